// Dataset: the handwritten digits of digits.csv, in memory. Plain values; const use is thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <tl/expected.hpp>

namespace digits {

inline constexpr int kPixels = 64;
inline constexpr int kClasses = 10;

/// One image per column, pixels from 0 to 1; one label (0 to 9) per column.
struct Samples {
  Eigen::MatrixXd images;
  std::vector<int> labels;
};

struct Dataset {
  Samples training;
  Samples validation;
};

/// Reads lines of 64 pixels (0 to 16) and a label. The validation set is always the last quarter of
/// the file, so that trials are compared on the same samples. The error names the line.
tl::expected<Dataset, std::string> ReadDataset(const std::filesystem::path& path);

}  // namespace digits
