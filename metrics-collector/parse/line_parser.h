// LineParser: lines that a trial printed become observations. One parser an attempt; it counts
// steps and sequences. Pure: no I/O and no clock (the time of arrival is handed in). Any bytes and
// any length: a line that cannot be read is one warning, never the end.
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

/// Katib's: "name = number", Go RE2 syntax. Where it is written, and where no filter is, Hone reads
/// the notation of kText: whole names and whole values, see notation.h.
inline constexpr std::string_view kDefaultFilter =
    R"(([\w|-]+)\s*=\s*([+-]?\d*(\.\d+)?([Ee][+-]?\d+)?))";

struct ParserOptions {
  MetricsFormat format = MetricsFormat::kText;
  /// RE2 expressions with two groups, name and value; for kText. Empty: what the format says.
  std::vector<std::string> filters;
  /// The metrics of interest; all others are ignored.
  std::vector<std::string> metrics;
};

/// Compiles a filter; the error says what RE2 found wrong or that it lacks its two groups.
[[nodiscard]] Status CheckFilter(const std::string& filter);

class LineParser {
 public:
  virtual ~LineParser() = default;
  static Result<std::unique_ptr<LineParser>> Make(ParserOptions options);
  /// A parser for another attempt: it shares what this one compiled and the units of metrics, and
  /// counts from the start.
  [[nodiscard]] virtual std::unique_ptr<LineParser> Fresh() const = 0;

  /// Reads one line (without its line break) and appends what it finds to `out`. `warning` is set
  /// if the line looks like a metric and cannot be read.
  virtual void Parse(std::string_view line,
                     Time arrival,
                     std::vector<Observation>& out,
                     std::string& warning) = 0;
};

/// Cuts a stream of bytes into lines as a person sees them, without escape sequences: \n, \r\n, and
/// what goes back to write over (progress bars), a lone \r or \b, end one. Lines above `limit`
/// bytes are cut there, and back to the end of a word, so that no number loses its last digits; the
/// rest is dropped until the line ends. Empty lines are skipped.
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
  /// The last line, if it had no line break.
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
