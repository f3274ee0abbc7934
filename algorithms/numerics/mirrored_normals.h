// MirroredNormals: standard normal vectors that say more together than independent ones do. They
// come in pairs of opposites, and pairs stand at right angles to each other (Wang, Emmerich, Bäck,
// "Mirrored orthogonal sampling for covariance matrix adaptation evolution strategies", 2019). Each
// alone is distributed as any other standard normal vector. Pure functions; any thread.
#pragma once

#include <cstdint>

#include <Eigen/Core>

#include "algorithms/numerics/counter_random.h"

namespace hone::algorithms {

/// `dimensions` independent standard normal numbers.
Eigen::VectorXd StandardNormals(CounterRandom& random, Eigen::Index dimensions);

/// Vector number `index`, from 0, of those that begin with `seed` at `first`: a function of its
/// place. As many pairs in a row as there are dimensions are orthogonal.
Eigen::VectorXd MirroredNormals(std::uint64_t seed,
                                std::uint64_t first,
                                std::uint64_t index,
                                Eigen::Index dimensions);

}  // namespace hone::algorithms
