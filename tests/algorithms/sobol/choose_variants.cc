// Chooses the initial direction numbers of the Sobol sequence and prints the table
// algorithms/numerics/sobol_variants.inc. For each dimension in turn it takes, of some variants
// that MakeDirections knows, the one whose pairs with all earlier dimensions are the best: the sum
// of NetDefect^6 over the pairs and over 2^4, 2^6, ..., 2^12 points, the measure of Joe and Kuo,
// "Constructing Sobol sequences with better two-dimensional projections", 2008. Takes minutes:
//   g++ -std=c++20 -O2 -I. tests/algorithms/sobol/choose_variants.cc \
//     algorithms/numerics/{sobol_sequence,counter_random}.cc -o choose_variants
//   ./choose_variants > algorithms/numerics/sobol_variants.inc
#include <cstdio>
#include <limits>

#include "algorithms/numerics/sobol_sequence.h"

namespace hone::algorithms {
namespace {

using Directions = SobolSequence::Directions;

// The first dimensions are part of every search space, and are cheap to choose well.
std::uint32_t VariantsOf(std::size_t dimension) {
  return dimension < 100 ? 256 : 16;
}

double Cost(const Directions& candidate, const std::vector<Directions>& before, double bound) {
  double cost = 0;
  for (std::size_t i = 0; i < before.size() && cost < bound; ++i) {
    for (int m = 4; m <= 12; m += 2) {
      const double defect = NetDefect(candidate, before[i], m);
      cost += defect * defect * defect * defect * defect * defect;
    }
  }
  return cost;
}

void PrintVariants() {
  std::vector<Directions> chosen = ChosenDirections(1);
  for (const std::uint32_t polynomial : PrimitivePolynomials(SobolSequence::kDimensionsMax - 1)) {
    double best = std::numeric_limits<double>::infinity();
    std::uint32_t best_variant = 0;
    for (std::uint32_t variant = 0; variant < VariantsOf(chosen.size()); ++variant) {
      const double cost = Cost(MakeDirections(polynomial, variant), chosen, best);
      if (cost < best) {
        best = cost;
        best_variant = variant;
      }
    }
    std::printf("%u,%s", best_variant, chosen.size() % 20 == 0 ? "\n" : " ");
    chosen.push_back(MakeDirections(polynomial, best_variant));
  }
  std::printf("\n");
}

}  // namespace
}  // namespace hone::algorithms

int main() {
  hone::algorithms::PrintVariants();
}
