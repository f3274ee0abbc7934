// The inner loops of the Gaussian process, compiled once for each width of vector registers and
// chosen when the program starts. Sums are neither reordered nor fused, so every machine computes
// the same bits. Pure functions.
#pragma once

#include <cstddef>

namespace hone::algorithms::wide {

/// distances[i] += weight * (column[i] - coordinate)^2, with 1 for the square where column[i] is
/// NaN.
void AddSquares(const double* column,
                std::size_t count,
                double coordinate,
                double weight,
                double* distances);

/// Squared distances become Matern-5/2 kernels of variance `scale`, to about 1e-15 of it.
void Matern(double* distances, std::size_t count, double scale);

/// The same, with the derivatives with respect to the squared distances.
void MaternAndSlope(const double* distances,
                    std::size_t count,
                    double scale,
                    double* kernel,
                    double* slope);

/// product = `factor` times `vector`. `factor` is lower triangular, `size` rows of `stride` numbers
/// with zeros after the diagonal.
void TriangularTimes(const double* factor,
                     std::size_t size,
                     std::size_t stride,
                     const double* vector,
                     double* product);

/// product = the transpose of `factor` times `vector`.
void TransposedTimes(const double* factor,
                     std::size_t size,
                     std::size_t stride,
                     const double* vector,
                     double* product);

/// Number of columns processed together.
inline constexpr std::size_t kColumns = 8;

/// norms[c] = the squared norm of `factor` times column c. `factor` is lower triangular, `size`
/// rows of `stride` numbers; row i of `columns` is element i of kColumns columns.
void TriangularNorms(const double* factor,
                     std::size_t size,
                     std::size_t stride,
                     const double* columns,
                     double* norms);

}  // namespace hone::algorithms::wide
