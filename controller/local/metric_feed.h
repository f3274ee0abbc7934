// MetricFeed: bytes of an attempt become observations in the sink, as they come: lines are cut,
// parsed, and handed over at once. At most kObservationsMax of an attempt are kept as they are; of
// what comes after, only the smallest, largest and latest value of each metric, at the end: so the
// sums that matter stay right. One owner, one thread.
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

/// Makes parsers. One after the other, most are for the same source: its filters are compiled once.
/// Also what is said once and not of every attempt.
class ParserMemo {
 public:
  Result<std::unique_ptr<metrics::LineParser>> Make(const MetricSource& source);
  /// True the first time that it is asked.
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

  /// `parsers` must outlive it.
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

  /// Lines of different streams (stdout is 0, stderr 1) do not mix. `arrival` is the time of the
  /// observations whose lines name none.
  void Feed(std::string_view bytes, Time arrival, std::size_t stream = 0);
  /// What came so far without a line break is a line, in every stream.
  void EndLine(Time arrival);
  /// The end: the last line and what was held back.
  void Finish(Time arrival);
  /// Why there is no objective although the trial printed something; empty if there is one, or if
  /// nothing can be said. Told aloud for the first attempt that has one.
  [[nodiscard]] std::string Hint();

 private:
  /// What is kept of a metric beyond the limit.
  struct Extremes {
    std::optional<Observation> smallest;
    std::optional<Observation> largest;
    std::optional<Observation> latest;
  };

  /// Made with the first bytes: a trial that prints nothing pays for no regular expression.
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
