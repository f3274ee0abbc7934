// The words of manifests for every enumeration of the model: one table for each, read in both
// directions.
#include "proto/model/words.h"

#include <array>
#include <utility>

#include "proto/model/condition.h"
#include "proto/model/experiment_spec.h"
#include "proto/model/metrics_collector_spec.h"
#include "proto/model/objective.h"
#include "proto/model/parameter_spec.h"
#include "proto/model/trial.h"

namespace hone {
namespace {

template <typename Enum>
using Word = std::pair<Enum, std::string_view>;

template <typename Enum>
struct Words;

template <>
struct Words<ParameterType> {
  static constexpr std::array<Word<ParameterType>, 6> kTable{{
      {ParameterType::kUnset, ""},
      {ParameterType::kDouble, "double"},
      {ParameterType::kInt, "int"},
      {ParameterType::kDiscrete, "discrete"},
      {ParameterType::kCategorical, "categorical"},
      {ParameterType::kUnknown, "unknown"},
  }};
};

template <>
struct Words<Distribution> {
  static constexpr std::array<Word<Distribution>, 6> kTable{{
      {Distribution::kUnset, ""},
      {Distribution::kUniform, "uniform"},
      {Distribution::kLogUniform, "logUniform"},
      {Distribution::kNormal, "normal"},
      {Distribution::kLogNormal, "logNormal"},
      {Distribution::kUnknown, "unknown"},
  }};
};

template <>
struct Words<ObjectiveType> {
  static constexpr std::array<Word<ObjectiveType>, 3> kTable{{
      {ObjectiveType::kUnset, ""},
      {ObjectiveType::kMinimize, "minimize"},
      {ObjectiveType::kMaximize, "maximize"},
  }};
};

template <>
struct Words<MetricStrategy> {
  static constexpr std::array<Word<MetricStrategy>, 4> kTable{{
      {MetricStrategy::kUnset, ""},
      {MetricStrategy::kMin, "min"},
      {MetricStrategy::kMax, "max"},
      {MetricStrategy::kLatest, "latest"},
  }};
};

template <>
struct Words<ResumePolicy> {
  static constexpr std::array<Word<ResumePolicy>, 4> kTable{{
      {ResumePolicy::kUnset, ""},
      {ResumePolicy::kNever, "Never"},
      {ResumePolicy::kLongRunning, "LongRunning"},
      {ResumePolicy::kFromVolume, "FromVolume"},
  }};
};

template <>
struct Words<CollectorKind> {
  static constexpr std::array<Word<CollectorKind>, 7> kTable{{
      {CollectorKind::kUnset, ""},
      {CollectorKind::kStdOut, "StdOut"},
      {CollectorKind::kFile, "File"},
      {CollectorKind::kTensorFlowEvent, "TensorFlowEvent"},
      {CollectorKind::kPrometheusMetric, "PrometheusMetric"},
      {CollectorKind::kCustom, "Custom"},
      {CollectorKind::kPush, "Push"},
  }};
};

template <>
struct Words<PathKind> {
  static constexpr std::array<Word<PathKind>, 4> kTable{{
      {PathKind::kUnset, ""},
      {PathKind::kFile, "File"},
      {PathKind::kDirectory, "Directory"},
      {PathKind::kInvalid, "Invalid"},
  }};
};

template <>
struct Words<MetricsFormat> {
  static constexpr std::array<Word<MetricsFormat>, 10> kTable{{
      {MetricsFormat::kUnset, ""},
      {MetricsFormat::kText, "TEXT"},
      {MetricsFormat::kJson, "JSON"},
      {MetricsFormat::kKeras, "KERAS"},
      {MetricsFormat::kLightning, "LIGHTNING"},
      {MetricsFormat::kHuggingFace, "HUGGINGFACE"},
      {MetricsFormat::kXgboost, "XGBOOST"},
      {MetricsFormat::kLightgbm, "LIGHTGBM"},
      {MetricsFormat::kTqdm, "TQDM"},
      {MetricsFormat::kLogfmt, "LOGFMT"},
  }};
};

template <>
struct Words<ConditionType> {
  static constexpr std::array<Word<ConditionType>, 6> kTable{{
      {ConditionType::kCreated, "Created"},
      {ConditionType::kRunning, "Running"},
      {ConditionType::kRestarting, "Restarting"},
      {ConditionType::kSuspended, "Suspended"},
      {ConditionType::kSucceeded, "Succeeded"},
      {ConditionType::kFailed, "Failed"},
  }};
};

template <>
struct Words<TrialState> {
  static constexpr std::array<Word<TrialState>, 7> kTable{{
      {TrialState::kCreated, "Created"},
      {TrialState::kRunning, "Running"},
      {TrialState::kSucceeded, "Succeeded"},
      {TrialState::kFailed, "Failed"},
      {TrialState::kKilled, "Killed"},
      {TrialState::kEarlyStopped, "EarlyStopped"},
      {TrialState::kMetricsUnavailable, "MetricsUnavailable"},
  }};
};

template <typename Enum>
std::string_view TextOf(Enum value) {
  for (const auto& [member, text] : Words<Enum>::kTable) {
    if (member == value) {
      return text;
    }
  }
  return "";
}

}  // namespace

template <typename Enum>
std::optional<Enum> FromText(std::string_view text) {
  for (const auto& [member, word] : Words<Enum>::kTable) {
    if (word == text) {
      return member;
    }
  }
  return std::nullopt;
}

template <typename Enum>
std::vector<std::string> WordsOf() {
  std::vector<std::string> words;
  for (const auto& [member, word] : Words<Enum>::kTable) {
    if (!word.empty()) {
      words.emplace_back(word);
    }
  }
  return words;
}

// One line for each enumeration: its ToText, and the two templates instantiated for it.
#define HONE_WORDS(Enum)                                         \
  std::string_view ToText(Enum value) {                          \
    return TextOf(value);                                        \
  }                                                              \
  template std::optional<Enum> FromText<Enum>(std::string_view); \
  template std::vector<std::string> WordsOf<Enum>();

HONE_WORDS(ParameterType)
HONE_WORDS(Distribution)
HONE_WORDS(ObjectiveType)
HONE_WORDS(MetricStrategy)
HONE_WORDS(ResumePolicy)
HONE_WORDS(CollectorKind)
HONE_WORDS(PathKind)
HONE_WORDS(MetricsFormat)
HONE_WORDS(ConditionType)
HONE_WORDS(TrialState)

#undef HONE_WORDS

}  // namespace hone
