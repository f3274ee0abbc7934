// MetricFeed: turns the output of an attempt into observations as it arrives: splits it into lines,
// parses them, and passes the observations to the sink at once. At most kObservationsMax
// observations of an attempt are stored one by one. Of later ones only the smallest, largest and
// latest value of each metric are passed on, at the end, so that a metric's min, max and latest
// stay right. One owner, one thread.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/workload/runner.h"
#include "metrics-collector/parse/line_parser.h"
#include "metrics-collector/parse/missed_metric.h"

namespace hone::controller {

/// Makes parsers, and keeps the latest: most attempts have the same source, whose filters are thus
/// compiled once. Also remembers that the hint has been shown, since it is shown for one attempt
/// only.
class ParserMemo {
 public:
  Result<std::unique_ptr<metrics::LineParser>> Make(const MetricSource& source);
  /// True at the first call only.
  bool IsFirstHint() { return !std::exchange(has_hinted_, true); }

 private:
  bool has_hinted_ = false;
  MetricSource source_;
  std::unique_ptr<metrics::LineParser> parser_;
};

class MetricFeed {
 public:
  static constexpr std::size_t kObservationsMax = 100'000;
  using Warn = std::function<void(const std::string&)>;

  /// `parsers` and `sink` must outlive the feed.
  MetricFeed(AttemptId id,
             MetricSource source,
             ParserMemo& parsers,
             ObservationSink& sink,
             Warn warn)
      : id_(std::move(id)),
        source_(std::move(source)),
        parsers_(parsers),
        sink_(sink),
        warn_(std::move(warn)),
        missed_({source_.format, source_.filters, source_.metrics}) {}

  /// Bytes of different streams (stdout is 0, stderr 1) are not mixed. Observations without a time
  /// in their line get `arrival`.
  void Feed(std::string_view bytes, Time arrival, std::size_t stream = 0);
  /// Ends the current line of every stream, although no line break has arrived.
  void EndLine(Time arrival);
  /// Called at the end: parses the last line and passes on the values that were held back.
  void Finish(Time arrival);
  /// Why there is no objective although the trial printed something; empty if there is one, or if
  /// the reason is unknown. The first attempt with a hint also warns the user.
  [[nodiscard]] std::string Hint();

 private:
  /// The values kept of a metric beyond the limit.
  struct Extremes {
    std::optional<Observation> smallest;
    std::optional<Observation> largest;
    std::optional<Observation> latest;
  };

  /// Called with the first bytes: a trial that prints nothing compiles no regular expression.
  bool MakeParser();
  void ParseLine(std::string_view line, Time arrival);
  void HandOver();
  void HoldBack(const Observation& observation);

  AttemptId id_;
  MetricSource source_;
  ParserMemo& parsers_;
  ObservationSink& sink_;
  Warn warn_;
  bool has_tried_parser_ = false;
  std::unique_ptr<metrics::LineParser> parser_;
  std::array<metrics::LineSplitter, 2> splitters_;
  metrics::MissedMetric missed_;
  bool has_objective_ = false;
  std::vector<Observation> pending_;
  std::string warning_;
  std::size_t handed_over_ = 0;
  std::map<std::string, Extremes> held_back_;
};

}  // namespace hone::controller
