// MirroredNormals: standard normal vectors that cover the space better than independent ones. They
// come in pairs of opposites, and the pairs are orthogonal to each other (Wang, Emmerich, Bäck,
// "Mirrored orthogonal sampling for covariance matrix adaptation evolution strategies", 2019). Each
// vector alone is standard normal. Pure functions; any thread.
#pragma once

#include <cstdint>

#include <Eigen/Core>

#include "algorithms/numerics/counter_random.h"

namespace hone::algorithms {

/// `dimensions` independent standard normal numbers.
Eigen::VectorXd StandardNormals(CounterRandom& random, Eigen::Index dimensions);

/// Vector number `index`, from 0, of the sequence of `seed` that begins at `first`: a function of
/// its position. In each run of as many pairs as there are dimensions, the pairs are orthogonal.
Eigen::VectorXd MirroredNormals(std::uint64_t seed,
                                std::uint64_t first,
                                std::uint64_t index,
                                Eigen::Index dimensions);

}  // namespace hone::algorithms
