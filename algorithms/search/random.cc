#include <memory>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/unseen_points.h"

namespace hone::algorithms {
namespace {

// Bergstra and Bengio 2012. In a finite space a point is drawn again while it is taken; when most
// points are taken, the next free point in random order is used.
constexpr std::uint32_t kAttemptsMax = 32;

class RandomSearch final : public SearchAlgorithm {
 public:
  explicit RandomSearch(const Problem& problem)
      : seed_(problem.seed), unseen_(problem.space, problem.seed) {}

  void Observe(std::span<const ObservedTrial> trials) override { unseen_.Observe(trials); }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    return unseen_.Propose(
        first_ordinal, count, kAttemptsMax, [this](std::uint64_t ordinal, std::uint32_t attempt) {
          return Proposal{RandomPoint(unseen_.space(), seed_, ordinal, attempt)};
        });
  }

 private:
  std::uint64_t seed_;
  UnseenPoints unseen_;
};

constexpr SettingSchema kSettings[] = {kRandomState};

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return std::make_unique<RandomSearch>(problem);
}

}  // namespace

extern const Algorithm k_random;
const Algorithm k_random = {
    .name = "random",
    .summary = "independent draws from the parameters' distributions, never the same point twice",
    .citation = "Bergstra and Bengio, Random search for hyper-parameter optimization, 2012",
    .settings = kSettings,
    .make = Make,
};

}  // namespace hone::algorithms
