#include <memory>

#include "algorithms/algorithm.h"
#include "algorithms/numerics/unseen_points.h"

namespace hone::algorithms {
namespace {

class GridSearch final : public SearchAlgorithm {
 public:
  explicit GridSearch(const Problem& problem)
      : unseen_(problem.space, RandomState(problem.settings)) {
    HONE_CHECK(problem.space.Cardinality().has_value());
  }

  void Observe(std::span<const ObservedTrial> trials) override { unseen_.Observe(trials); }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    return unseen_.Propose(first_ordinal, count, 0, nullptr);
  }

 private:
  UnseenPoints unseen_;
};

constexpr SettingSchema kSettings[] = {RandomStateSetting(
    "seed of a random order; without it the order is lexicographic, the last parameter fastest")};

void Check(const Problem& problem, FieldErrors& errors) {
  const auto& parameters = problem.space.parameters();
  bool is_finite = true;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].Cardinality()) {
      continue;
    }
    is_finite = false;
    const std::string path = "spec.parameters[" + std::to_string(i) + "].feasibleSpace";
    if (parameters[i].type == ParameterType::kDouble) {
      errors.push_back({FieldError::Type::kRequired,
                        path + ".step",
                        "",
                        "a grid needs the step of every double (" + parameters[i].name + ")"});
    } else {
      errors.push_back({FieldError::Type::kInvalid,
                        path + ".max",
                        parameters[i].Format(parameters[i].high),
                        "a grid cannot count a range this wide; give narrower bounds or a step"});
    }
  }
  if (is_finite && !problem.space.Cardinality()) {
    errors.push_back({FieldError::Type::kInvalid,
                      "spec.parameters",
                      "",
                      "a grid can have at most 9223372036854775807 points"});
  }
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return std::make_unique<GridSearch>(problem);
}

}  // namespace

extern const Algorithm k_grid;
const Algorithm k_grid = {
    .name = "grid",
    .summary = "every point of a finite space, each once",
    .settings = kSettings,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
