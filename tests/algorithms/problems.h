// Search spaces and histories for tests of algorithms.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "algorithms/algorithm.h"
#include "algorithms/catalogue.h"
#include "proto/model/nas_config.h"

namespace hone::algorithms {

inline ParameterSpec Range(ParameterType type,
                           const std::string& min,
                           const std::string& max,
                           const std::string& step = "",
                           Distribution distribution = Distribution::kUniform) {
  return {"", type, {min, max, step, {}, distribution}};
}

inline ParameterSpec Int(const std::string& min,
                         const std::string& max,
                         const std::string& step = "",
                         Distribution distribution = Distribution::kUniform) {
  return Range(ParameterType::kInt, min, max, step, distribution);
}

inline ParameterSpec Double(const std::string& min,
                            const std::string& max,
                            const std::string& step = "",
                            Distribution distribution = Distribution::kUniform) {
  return Range(ParameterType::kDouble, min, max, step, distribution);
}

inline ParameterSpec Words(std::vector<std::string> values) {
  return {"", ParameterType::kCategorical, {"", "", "", std::move(values), Distribution::kUniform}};
}

inline ParameterSpec Numbers(std::vector<std::string> values) {
  return {"", ParameterType::kDiscrete, {"", "", "", std::move(values), Distribution::kUniform}};
}

/// The same parameter, active only when another one has one of these values.
inline ParameterSpec Under(const std::string& parent,
                           std::vector<std::string> values,
                           ParameterSpec spec) {
  spec.active_when = ActiveWhen{parent, std::move(values)};
  return spec;
}

/// A problem over these parameters, which are named x0, x1, ...
inline Problem ProblemOver(std::vector<ParameterSpec> specs, std::uint64_t seed = 7) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    specs[i].name = "x" + std::to_string(i);
  }
  FieldErrors errors;
  Problem problem;
  problem.space = SearchSpace::Make(specs, "spec.parameters", errors).value_or(SearchSpace{});
  EXPECT_TRUE(errors.empty()) << errors.front().ToString();
  problem.seed = seed;
  return problem;
}

inline bool HasSetting(const Algorithm& algorithm, std::string_view name) {
  return std::any_of(algorithm.settings.begin(),
                     algorithm.settings.end(),
                     [&](const SettingSchema& setting) { return setting.name == name; });
}

/// Architectures of `layers` layers over the variants of one operation, whose parameters are named
/// like those of ProblemOver.
inline NasConfig Architectures(std::int32_t layers, std::vector<ParameterSpec> specs) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    specs[i].name = "x" + std::to_string(i);
  }
  return {layers, {32, 32, 3}, {10}, {{"convolution", std::move(specs)}}};
}

inline Problem ProblemOver(const Algorithm& algorithm,
                           const NasConfig& nas,
                           std::uint64_t seed = 7,
                           std::vector<Setting> settings = {}) {
  FieldErrors errors;
  Problem problem;
  problem.settings = std::move(settings);
  problem.seed = seed;
  algorithm.read_architectures(nas, problem, errors);
  EXPECT_TRUE(errors.empty()) << errors.front().ToString();
  return problem;
}

/// The same for an algorithm that may also need a resource: 1 to 9, the last parameter.
inline Problem ProblemFor(const Algorithm& algorithm,
                          std::vector<ParameterSpec> specs,
                          std::uint64_t seed = 7) {
  if (!HasSetting(algorithm, "resource_name")) {
    return ProblemOver(std::move(specs), seed);
  }
  specs.push_back(Int("1", "9"));
  Problem problem = ProblemOver(specs, seed);
  problem.settings = {{"resource_name", "x" + std::to_string(specs.size() - 1)}};
  return problem;
}

inline std::unique_ptr<SearchAlgorithm> MakeAlgorithm(std::string_view name,
                                                      const Problem& problem) {
  const Algorithm* algorithm = Find(name);
  FieldErrors errors;
  algorithm->check(problem, errors);
  EXPECT_TRUE(errors.empty()) << errors.front().ToString();
  return algorithm->make(problem);
}

inline std::vector<Point> PointsOf(const Proposals& proposals) {
  std::vector<Point> points;
  for (const Proposal& proposal : proposals.list) {
    points.push_back(proposal.point);
  }
  return points;
}

/// The assignments of trials at these points. Unlike points with NaN, they can be compared.
inline std::vector<Assignments> AssignmentsOf(const SearchSpace& space,
                                              const std::vector<Point>& points) {
  std::vector<Assignments> list;
  for (const Point& point : points) {
    EXPECT_TRUE(space.Contains(point));
    list.push_back(space.Format(point));
  }
  return list;
}

/// Trials 1, 2, ... at these points, all running.
inline std::vector<ObservedTrial> Running(const std::vector<Point>& points) {
  std::vector<ObservedTrial> trials;
  for (std::size_t i = 0; i < points.size(); ++i) {
    trials.push_back({i + 1, points[i], Outcome::kRunning, {}, {}});
  }
  return trials;
}

/// The points of trials 1 ... `trials` when `count` are requested at a time; fewer if the algorithm
/// has no more points while no trial ends.
inline std::vector<Point> RunTrials(SearchAlgorithm& algorithm,
                                    std::size_t trials,
                                    std::size_t count) {
  std::vector<Point> points;
  bool has_ended = false;
  while (points.size() < trials && !has_ended) {
    const std::size_t first = points.size() + 1;
    const Proposals proposals = algorithm.Suggest(first, std::min(count, trials - points.size()));
    has_ended = proposals.list.size() < std::min(count, trials - points.size());
    std::vector<ObservedTrial> observed = Running(PointsOf(proposals));
    for (ObservedTrial& trial : observed) {
      trial.parent = proposals.list[trial.ordinal - 1].parent;
      trial.ordinal += first - 1;
    }
    algorithm.Observe(observed);
    for (const Proposal& proposal : proposals.list) {
      points.push_back(proposal.point);
    }
  }
  return points;
}

/// The smallest value of `loss` that an algorithm finds, when `parallel` trials run at a time.
template <typename Loss>
double Minimise(std::string_view name,
                const Problem& problem,
                std::size_t trials,
                std::size_t parallel,
                Loss loss) {
  const auto search = MakeAlgorithm(name, problem);
  double best = HUGE_VAL;
  for (std::size_t first = 1; first <= trials; first += parallel) {
    const Proposals proposals = search->Suggest(first, parallel);
    std::vector<ObservedTrial> observed;
    for (std::size_t i = 0; i < proposals.list.size(); ++i) {
      const double value = loss(proposals.list[i].point);
      best = std::min(best, value);
      observed.push_back({first + i, proposals.list[i].point, Outcome::kComplete, {value}, {}});
    }
    search->Observe(observed);
  }
  return best;
}

}  // namespace hone::algorithms
