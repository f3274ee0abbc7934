#include "algorithms/numerics/mirrored_normals.h"

#include <cmath>

#include <gtest/gtest.h>

namespace hone::algorithms {
namespace {

constexpr std::uint64_t kSeed = 7;

TEST(MirroredNormals, ComeInPairsOfOpposites) {
  for (const Eigen::Index dimensions : {1, 2, 5, 40}) {
    for (std::uint64_t index = 0; index < 12; index += 2) {
      EXPECT_EQ(MirroredNormals(kSeed, 1, index, dimensions),
                -MirroredNormals(kSeed, 1, index + 1, dimensions));
    }
  }
}

TEST(MirroredNormals, StandAtRightAnglesAsManyAsThereAreDimensions) {
  for (std::uint64_t a = 0; a < 3; ++a) {
    for (std::uint64_t b = 0; b < a; ++b) {
      EXPECT_NEAR(
          MirroredNormals(kSeed, 9, 2 * a, 3).dot(MirroredNormals(kSeed, 9, 2 * b, 3)), 0, 1e-12);
    }
  }
  EXPECT_GT(MirroredNormals(kSeed, 9, 6, 3).norm(), 0);
}

TEST(MirroredNormals, AreEachNormal) {
  constexpr int kDraws = 20'000;
  Eigen::Vector2d sum = Eigen::Vector2d::Zero();
  Eigen::Vector2d squares = Eigen::Vector2d::Zero();
  Eigen::Vector2d fourths = Eigen::Vector2d::Zero();
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    const Eigen::Array2d normals = MirroredNormals(kSeed, 1 + 8 * draw, 2, 2);  // a second pair
    sum += normals.matrix();
    squares += normals.square().matrix();
    fourths += normals.pow(4).matrix();
  }
  for (Eigen::Index i = 0; i < 2; ++i) {
    EXPECT_NEAR(sum[i] / kDraws, 0, 0.03);
    EXPECT_NEAR(squares[i] / kDraws, 1, 0.04);
    EXPECT_NEAR(fourths[i] / kDraws, 3, 0.3);
  }
}

TEST(MirroredNormals, DifferBySeedAndBeginning) {
  const Eigen::VectorXd one = MirroredNormals(kSeed, 1, 0, 4);

  EXPECT_EQ(one, MirroredNormals(kSeed, 1, 0, 4));
  EXPECT_NE(one, MirroredNormals(kSeed + 1, 1, 0, 4));
  EXPECT_NE(one, MirroredNormals(kSeed, 2, 0, 4));
}

}  // namespace
}  // namespace hone::algorithms
