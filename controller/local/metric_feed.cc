#include "controller/local/metric_feed.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hone::controller {

Result<std::unique_ptr<metrics::LineParser>> ParserMemo::Make(const MetricSource& source) {
  if (parser_ == nullptr || source != source_) {
    HONE_ASSIGN_OR_RETURN(
        parser_, metrics::LineParser::Make({source.format, source.filters, source.metrics}));
    source_ = source;
  }
  return parser_->Fresh();
}

void MetricFeed::Feed(std::string_view bytes, Time arrival, std::size_t stream) {
  if (!MakeParser()) {
    return;
  }
  splitters_.at(stream).Feed(bytes, [&](std::string_view line) { ParseLine(line, arrival); });
  HandOver();
}

void MetricFeed::EndLine(Time arrival) {
  for (metrics::LineSplitter& splitter : splitters_) {
    splitter.Flush([&](std::string_view line) { ParseLine(line, arrival); });
  }
  HandOver();
}

void MetricFeed::Finish(Time arrival) {
  EndLine(arrival);
  std::map<std::uint64_t, Observation> last;
  for (auto& [metric, extremes] : held_back_) {
    for (auto* kept : {&extremes.smallest, &extremes.largest, &extremes.latest}) {
      if (kept->has_value()) {
        last.emplace((*kept)->sequence, **kept);
      }
    }
  }
  held_back_.clear();
  for (auto& [sequence, observation] : last) {
    pending_.push_back(std::move(observation));
  }
  if (!pending_.empty()) {
    sink_.Append(id_, std::exchange(pending_, {}));
  }
}

std::string MetricFeed::Hint() {
  if (has_objective_) {
    return "";
  }
  std::string hint = missed_.Hint();
  if (!hint.empty() && parsers_.IsFirstHint()) {
    warn_("it reported no " + source_.metrics.front() + "; " + hint);
  }
  return hint;
}

bool MetricFeed::MakeParser() {
  if (!has_tried_parser_) {
    has_tried_parser_ = true;
    auto parser = parsers_.Make(source_);
    if (parser) {
      parser_ = std::move(*parser);
    } else {
      warn_("its metrics cannot be read: " + parser.error().message);
    }
  }
  return parser_ != nullptr;
}

void MetricFeed::ParseLine(std::string_view line, Time arrival) {
  warning_.clear();
  const auto known = static_cast<std::ptrdiff_t>(pending_.size());
  parser_->Parse(line, arrival, pending_, warning_);
  if (!has_objective_) {
    has_objective_ = std::any_of(
        pending_.begin() + known, pending_.end(), [this](const Observation& observation) {
          return observation.metric == source_.metrics.front();
        });
    missed_.Look(line);
  }
  if (!warning_.empty()) {
    warn_(warning_);
  }
}

void MetricFeed::HandOver() {
  if (pending_.empty()) {
    return;
  }
  const std::size_t room = kObservationsMax - handed_over_;
  if (pending_.size() > room) {
    if (held_back_.empty()) {
      warn_("it reports more than " + std::to_string(kObservationsMax) +
            " observations; of the rest only the smallest, largest and latest value of each "
            "metric are kept");
    }
    const auto rest = pending_.begin() + static_cast<std::ptrdiff_t>(room);
    std::for_each(rest, pending_.end(), [this](const auto& each) { HoldBack(each); });
    pending_.erase(rest, pending_.end());
  }
  handed_over_ += pending_.size();
  if (!pending_.empty()) {
    sink_.Append(id_, std::exchange(pending_, {}));
  }
}

void MetricFeed::HoldBack(const Observation& observation) {
  Extremes& kept = held_back_[observation.metric];
  kept.latest = observation;
  const std::optional<double> value = ParseNumber(observation.value);
  if (!value || !std::isfinite(*value)) {
    return;
  }
  if (!kept.smallest || *value < *ParseNumber(kept.smallest->value)) {
    kept.smallest = observation;
  }
  if (!kept.largest || *value > *ParseNumber(kept.largest->value)) {
    kept.largest = observation;
  }
}

}  // namespace hone::controller
