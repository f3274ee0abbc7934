#include "examples/digits/dataset.h"

#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

namespace digits {
namespace {

constexpr int kPixelMax = 16;
using Row = std::array<int, kPixels + 1>;

std::optional<Row> ReadRow(std::string_view line) {
  Row row{};
  const char* at = line.data();
  const char* const end = line.data() + line.size();
  for (std::size_t column = 0; column < row.size(); ++column) {
    const int max = column < kPixels ? kPixelMax : kClasses - 1;
    const auto [next, error] = std::from_chars(at, end, row[column]);
    const bool is_last = column + 1 == row.size();
    const bool ends_well = is_last ? next == end : next != end && *next == ',';
    if (error != std::errc() || row[column] < 0 || row[column] > max || !ends_well) {
      return std::nullopt;
    }
    at = next + (is_last ? 0 : 1);
  }
  return row;
}

Samples ToSamples(const std::vector<Row>& rows, std::size_t first, std::size_t count) {
  Samples samples;
  samples.images.resize(kPixels, static_cast<Eigen::Index>(count));
  samples.labels.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Row& row = rows[first + i];
    for (int pixel = 0; pixel < kPixels; ++pixel) {
      samples.images(pixel, static_cast<Eigen::Index>(i)) =
          static_cast<double>(row[static_cast<std::size_t>(pixel)]) / kPixelMax;
    }
    samples.labels.push_back(row.back());
  }
  return samples;
}

}  // namespace

tl::expected<Dataset, std::string> ReadDataset(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) {
    return tl::unexpected("read data " + path.string() + ": cannot be opened");
  }
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    const std::optional<Row> row = ReadRow(line);
    if (!row) {
      return tl::unexpected("read data " + path.string() + ":" + std::to_string(rows.size() + 1) +
                            ": must be 64 pixels from 0 to 16 and a label from 0 to 9");
    }
    rows.push_back(*row);
  }
  const std::size_t validation = rows.size() / 4;
  if (validation == 0) {
    return tl::unexpected("read data " + path.string() + ": must have at least 4 samples");
  }
  const std::size_t training = rows.size() - validation;
  return Dataset{ToSamples(rows, 0, training), ToSamples(rows, training, validation)};
}

}  // namespace digits
