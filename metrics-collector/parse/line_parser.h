// LineParser: turns the lines that a trial printed into observations. One parser per attempt; it
// counts steps and sequences. Pure: no I/O and no clock (the caller passes the time of arrival).
// Any bytes and any length: a line that cannot be read causes one warning and nothing else.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics-collector/parse/escapes.h"
#include "proto/core/result.h"
#include "proto/model/metrics_collector_spec.h"
#include "proto/model/observation.h"

namespace hone::metrics {

/// Katib's default filter: "name = number", in Go RE2 syntax. If it is configured, or no filter is,
/// Hone reads the notation of kText instead: whole names and whole values, see notation.h.
inline constexpr std::string_view kDefaultFilter =
    R"(([\w|-]+)\s*=\s*([+-]?\d*(\.\d+)?([Ee][+-]?\d+)?))";

struct ParserOptions {
  MetricsFormat format = MetricsFormat::kText;
  /// RE2 expressions with two groups, name and value; for kText. Empty: the notation of the format.
  std::vector<std::string> filters;
  /// The metrics of interest; all others are ignored.
  std::vector<std::string> metrics;
};

/// Compiles a filter; the error is RE2's, or says that the two groups are missing.
[[nodiscard]] Status CheckFilter(const std::string& filter);

class LineParser {
 public:
  virtual ~LineParser() = default;
  static Result<std::unique_ptr<LineParser>> Make(ParserOptions options);
  /// A parser for another attempt: it shares the compiled filters and the units of metrics, and
  /// counts from the start.
  [[nodiscard]] virtual std::unique_ptr<LineParser> Fresh() const = 0;

  /// Reads one line (without its line break) and appends its observations to `out`. Sets `warning`
  /// if the line looks like a metric and cannot be read.
  virtual void Parse(std::string_view line,
                     Time arrival,
                     std::vector<Observation>& out,
                     std::string& warning) = 0;
};

/// Splits a stream of bytes into lines as displayed, without escape sequences: a line ends with \n,
/// \r\n, or a character that returns to overwrite it (progress bars), a lone \r or \b. Lines above
/// `limit` bytes are cut there, at the end of a word, so that no number loses its last digits; the
/// rest of the line is dropped. Empty lines are skipped.
class LineSplitter {
 public:
  explicit LineSplitter(std::size_t limit = std::size_t{64} * 1024) : limit_(limit) {}
  /// Calls `sink(line)` for every line that `bytes` completes.
  template <typename Sink>
  void Feed(std::string_view bytes, Sink&& sink) {
    const auto ends_line = [](char byte) {
      return byte == '\n' || byte == '\r' || byte == '\b';
    };
    while (!bytes.empty()) {
      const auto end = std::find_if(bytes.begin(), bytes.end(), ends_line);
      const auto length = static_cast<std::size_t>(end - bytes.begin());
      Keep(bytes.substr(0, length));
      if (end == bytes.end()) {
        return;
      }
      Flush(sink);
      bytes.remove_prefix(length + 1);
    }
  }
  /// Calls `sink` with the last line, if it had no line break.
  template <typename Sink>
  void Flush(Sink&& sink) {
    if (is_cut_) {
      buffer_.resize(buffer_.find_last_of(" \t,;\"") + 1);
    }
    StripEscapes(buffer_);
    if (!buffer_.empty()) {
      sink(std::string_view(buffer_));
    }
    buffer_.clear();
    is_cut_ = false;
  }

 private:
  void Keep(std::string_view bytes) {
    const std::size_t room = limit_ - buffer_.size();
    is_cut_ = is_cut_ || bytes.size() > room;
    buffer_.append(bytes.substr(0, room));
  }

  std::size_t limit_;
  std::string buffer_;
  bool is_cut_ = false;
};

}  // namespace hone::metrics
