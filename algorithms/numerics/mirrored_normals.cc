#include "algorithms/numerics/mirrored_normals.h"

#include <algorithm>
#include <vector>

#include "proto/model/normal_distribution.h"

namespace hone::algorithms {
namespace {

/// Separate from the streams of all attempts.
constexpr std::uint32_t kPairs = std::uint32_t{1} << 31U;

void TakeAway(const std::vector<Eigen::VectorXd>& directions, Eigen::VectorXd& vector) {
  for (const Eigen::VectorXd& direction : directions) {
    vector -= direction.dot(vector) * direction;
  }
}

}  // namespace

Eigen::VectorXd StandardNormals(CounterRandom& random, Eigen::Index dimensions) {
  Eigen::VectorXd normals(dimensions);
  for (double& normal : normals) {
    normal = NormalQuantile(std::max(random.Uniform(), 0x1p-60));
  }
  return normals;
}

Eigen::VectorXd MirroredNormals(std::uint64_t seed,
                                std::uint64_t first,
                                std::uint64_t index,
                                Eigen::Index dimensions) {
  const std::uint64_t pair = index / 2;
  const auto draw = [&](std::uint64_t drawn) {
    CounterRandom random(seed, first + 2 * drawn, kPairs);
    return StandardNormals(random, dimensions);
  };
  std::vector<Eigen::VectorXd> directions;
  for (std::uint64_t other = pair - pair % static_cast<std::uint64_t>(dimensions); other < pair;
       ++other) {
    Eigen::VectorXd direction = draw(other);
    TakeAway(directions, direction);
    directions.push_back(direction.normalized());
  }
  Eigen::VectorXd vector = draw(pair);
  const double length = vector.norm();
  TakeAway(directions, vector);
  return vector.normalized() * (index % 2 == 0 ? length : -length);
}

}  // namespace hone::algorithms
