#include <memory>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/sobol_sequence.h"
#include "algorithms/numerics/unseen_points.h"

namespace hone::algorithms {
namespace {

// A point of the sequence that is taken (only in finite spaces) is replaced by a random draw, up to
// this many attempts, then by the next free point.
constexpr std::uint32_t kAttemptsMax = 32;

class SobolSearch final : public SearchAlgorithm {
 public:
  explicit SobolSearch(const Problem& problem)
      : seed_(problem.seed),
        sequence_(problem.space.size(), problem.seed),
        unseen_(problem.space, problem.seed) {}

  void Observe(std::span<const ObservedTrial> trials) override { unseen_.Observe(trials); }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    return unseen_.Propose(
        first_ordinal, count, kAttemptsMax, [this](std::uint64_t ordinal, std::uint32_t attempt) {
          return Proposal{attempt == 0 ? SobolPoint(unseen_.space(), sequence_, ordinal)
                                       : RandomPoint(unseen_.space(), seed_, ordinal, attempt)};
        });
  }

 private:
  std::uint64_t seed_;
  SobolSequence sequence_;
  UnseenPoints unseen_;
};

constexpr SettingSchema kSettings[] = {{
    .name = "random_state",
    .kind = SettingSchema::Kind::kInt,
    .range = kRandomState.range,
    .summary = "seed of the scrambling; by default it follows from the experiment's uid",
    .min = kRandomState.min,
    .max = kRandomState.max,
}};

void Check(const Problem& problem, FieldErrors& errors) {
  if (problem.space.size() > SobolSequence::kDimensionsMax) {
    errors.push_back({FieldError::Type::kInvalid,
                      "spec.parameters",
                      std::to_string(problem.space.size()) + " parameters",
                      "sobol has at most " + std::to_string(SobolSequence::kDimensionsMax) +
                          " dimensions; use random"});
  }
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return std::make_unique<SobolSearch>(problem);
}

}  // namespace

extern const Algorithm k_sobol;
const Algorithm k_sobol = {
    .name = "sobol",
    .summary = "a scrambled Sobol sequence: spreads over the space more evenly than random draws",
    .citation = "Sobol 1967; Owen, Scrambling Sobol and Niederreiter-Xing points, 1998",
    .settings = kSettings,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
