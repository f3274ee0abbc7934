#include <algorithm>
#include <array>
#include <string_view>

#include "controller/cli/inline_experiment.h"
#include "proto/model/field_error.h"

namespace hone::controller {
namespace {

struct Kind {
  std::string_view word;
  ParameterType type;
  Distribution distribution;
};

constexpr std::array kKinds = {
    Kind{"uniform", ParameterType::kDouble, Distribution::kUniform},
    Kind{"loguniform", ParameterType::kDouble, Distribution::kLogUniform},
    Kind{"normal", ParameterType::kDouble, Distribution::kNormal},
    Kind{"lognormal", ParameterType::kDouble, Distribution::kLogNormal},
    Kind{"int", ParameterType::kInt, Distribution::kUniform},
    Kind{"logint", ParameterType::kInt, Distribution::kLogUniform},
    Kind{"discrete", ParameterType::kDiscrete, Distribution::kUnset},
    Kind{"choice", ParameterType::kCategorical, Distribution::kUnset},
};

const Kind* FindKind(std::string_view word) {
  const auto* kind = std::find_if(
      kKinds.begin(), kKinds.end(), [&](const Kind& entry) { return entry.word == word; });
  return kind == kKinds.end() ? nullptr : kind;
}

std::vector<std::string> KindWords() {
  std::vector<std::string> words;
  for (const Kind& kind : kKinds) {
    words.emplace_back(kind.word);
  }
  return words;
}

tl::unexpected<Error> FailFlag(const std::string& text, const std::string& message) {
  return Fail(Code::kInvalidArgument, "-p " + text + ": " + message);
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    items.emplace_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return items;
}

// "a..b" or "a..b/step"
bool ParseRange(std::string_view text, FeasibleSpace& space) {
  const std::size_t dots = text.find("..");
  const std::size_t slash = std::min(text.find('/'), text.size());
  if (dots == std::string_view::npos || dots > slash) {
    return false;
  }
  space.min = text.substr(0, dots);
  space.max = text.substr(dots + 2, slash - dots - 2);
  space.step = slash < text.size() ? text.substr(slash + 1) : "";
  return !space.min.empty() && !space.max.empty() && (slash == text.size() || !space.step.empty());
}

// A specification whose first word is no kind: a plain list of categories, or a mistake.
Result<FeasibleSpace> ParsePlainList(const std::string& text, const std::string& specification) {
  const std::size_t colon = specification.find(':');
  const std::string word = specification.substr(0, colon);
  const std::string meant = DidYouMean(word, KindWords());
  if (colon != std::string::npos && !meant.empty()) {
    return FailFlag(text, "unknown kind \"" + word + "\"; did you mean \"" + meant + "\"?");
  }
  if (specification.find("..") != std::string::npos) {
    return FailFlag(text, "a range needs its kind, for example uniform:0..1 or int:1..4");
  }
  if (specification.find(',') == std::string::npos) {
    return FailFlag(text,
                    "write a kind with a range (uniform:0..1, loguniform:1e-4..1e-1, int:1..4), "
                    "or several values (relu,tanh)");
  }
  FeasibleSpace space;
  space.list = SplitList(specification);
  return space;
}

// Takes " if PARENT=VALUE,..." off the end of a specification.
Result<std::optional<ActiveWhen>> TakeCondition(const std::string& text,
                                                std::string& specification) {
  constexpr std::string_view kIf = " if ";
  const std::size_t at = specification.rfind(kIf);
  if (at == std::string::npos) {
    return std::optional<ActiveWhen>();
  }
  const std::string condition = specification.substr(at + kIf.size());
  const std::size_t equals = condition.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == condition.size()) {
    return FailFlag(text,
                    "write a condition as NAME=SPEC if PARENT=VALUE or PARENT=VALUE,VALUE, for "
                    "example momentum=uniform:0..1 if optimizer=sgd");
  }
  specification.resize(at);
  return std::optional(
      ActiveWhen{condition.substr(0, equals), SplitList(condition.substr(equals + 1))});
}

}  // namespace

Result<ParameterSpec> ParseParameter(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return FailFlag(text, "write NAME=SPEC, for example lr=loguniform:1e-4..1e-1");
  }
  ParameterSpec parameter;
  parameter.name = text.substr(0, equals);
  std::string specification = text.substr(equals + 1);
  HONE_ASSIGN_OR_RETURN(parameter.active_when, TakeCondition(text, specification));
  const std::size_t colon = specification.find(':');
  const Kind* kind =
      colon == std::string::npos ? nullptr : FindKind(specification.substr(0, colon));
  if (kind == nullptr) {
    HONE_ASSIGN_OR_RETURN(parameter.feasible_space, ParsePlainList(text, specification));
    parameter.type = ParameterType::kCategorical;
  } else if (const std::string range = specification.substr(colon + 1);
             kind->distribution == Distribution::kUnset) {
    parameter.type = kind->type;
    parameter.feasible_space.list = SplitList(range);
  } else {
    parameter.type = kind->type;
    parameter.feasible_space.distribution = kind->distribution;
    if (!ParseRange(range, parameter.feasible_space)) {
      return FailFlag(text,
                      "write a range as " + std::string(kind->word) + ":MIN..MAX or " +
                          std::string(kind->word) + ":MIN..MAX/STEP");
    }
  }
  const std::vector<std::string>& list = parameter.feasible_space.list;
  if (std::find(list.begin(), list.end(), "") != list.end()) {
    return FailFlag(text, "a value in the list is empty");
  }
  return parameter;
}

}  // namespace hone::controller
