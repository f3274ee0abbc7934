#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "controller/cli/inline_experiment.h"
#include "controller/cli/text.h"
#include "proto/convert/text_position.h"
#include "proto/model/field_error.h"
#include "proto/model/observation.h"

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

// "a..b" or "a..b/step"
bool ParseRange(std::string_view text, FeasibleSpace& space) {
  const std::size_t dots = text.find("..");
  const std::size_t slash = std::min(text.find('/'), text.size());
  if (dots == std::string_view::npos || dots > slash) {
    return false;
  }
  space.min = Trimmed(text.substr(0, dots));
  space.max = Trimmed(text.substr(dots + 2, slash - dots - 2));
  space.step = slash < text.size() ? Trimmed(text.substr(slash + 1)) : "";
  return !space.min.empty() && !space.max.empty() && (slash == text.size() || !space.step.empty());
}

// Checks that a name can be found between braces in the command, and that a user can see all of it.
Status CheckName(const std::string& text, const std::string& name) {
  if (name.find_first_of("{}") != std::string::npos || Trimmed(name) != name) {
    return FailFlag(text,
                    "the name \"" + name +
                        "\" has a brace, or a blank at an end; take another, which the command "
                        "may have in braces");
  }
  for (std::size_t at = 0; at < name.size();) {
    const auto [code, length] = proto::DecodeUtf8(name, at);
    if (length == 0 || !proto::IsPrintable(code)) {
      return FailFlag(text, "the name contains a character that cannot be printed");
    }
    at += length;
  }
  return {};
}

// Rejects a list in brackets, as other languages write it: the list is written plainly, "1,2".
Status CheckBrackets(const std::string& text, const std::string& list) {
  const std::string trimmed = Trimmed(list);
  if (trimmed.size() < 2 || !((trimmed.front() == '[' && trimmed.back() == ']') ||
                              (trimmed.front() == '(' && trimmed.back() == ')'))) {
    return {};
  }
  std::string plain;
  for (std::string item : SplitList(std::string_view(trimmed).substr(1, trimmed.size() - 2))) {
    const bool is_quoted = item.size() > 1 && item.front() == item.back() &&
                           (item.front() == '"' || item.front() == '\'');
    plain += (plain.empty() ? "" : ",") + (is_quoted ? item.substr(1, item.size() - 2) : item);
  }
  return FailFlag(text,
                  "write the values without brackets: -p " +
                      text.substr(0, text.find(list, text.find('='))) + plain);
}

bool AreNumbers(const std::vector<std::string>& items) {
  return std::all_of(items.begin(), items.end(), [](const std::string& item) {
    const std::optional<double> number = ParseNumber(item);
    return number && std::isfinite(*number);
  });
}

// Parses a specification whose first word is not a kind: a plain list of categories, or a mistake.
Result<FeasibleSpace> ParsePlainList(const std::string& text, const std::string& specification) {
  const std::size_t colon = specification.find(':');
  const std::string word = specification.substr(0, colon);
  const std::string hint = SpellingHint(word, KindWords());
  if (colon != std::string::npos && !hint.empty()) {
    return FailFlag(text, "unknown kind \"" + word + "\"" + hint);
  }
  const std::string called = specification.substr(0, specification.find_first_of("(["));
  if (called.size() < specification.size() && FindKind(called) != nullptr) {
    return FailFlag(text,
                    "write a kind with a colon and no brackets, for example uniform:0..1 or "
                    "choice:a,b");
  }
  if (specification.find("..") != std::string::npos) {
    return FailFlag(text, "a range needs its kind, for example uniform:0..1 or int:1..4");
  }
  HONE_RETURN_IF_ERROR(CheckBrackets(text, specification));
  if (specification.find(',') == std::string::npos) {
    return FailFlag(text,
                    "write a kind with a range (uniform:0..1, loguniform:1e-4..1e-1, int:1..4), "
                    "or several values (relu,tanh)");
  }
  FeasibleSpace space;
  space.list = SplitList(specification);
  return space;
}

// Removes " if PARENT=VALUE,..." from the end of a specification.
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
  HONE_RETURN_IF_ERROR(CheckName(text, parameter.name));
  std::string specification = text.substr(equals + 1);
  HONE_ASSIGN_OR_RETURN(parameter.active_when, TakeCondition(text, specification));
  const std::size_t colon = specification.find(':');
  const Kind* kind =
      colon == std::string::npos ? nullptr : FindKind(specification.substr(0, colon));
  if (kind == nullptr) {
    HONE_ASSIGN_OR_RETURN(parameter.feasible_space, ParsePlainList(text, specification));
    parameter.type = AreNumbers(parameter.feasible_space.list) ? ParameterType::kDiscrete
                                                               : ParameterType::kCategorical;
  } else if (const std::string range = specification.substr(colon + 1);
             kind->distribution == Distribution::kUnset) {
    HONE_RETURN_IF_ERROR(CheckBrackets(text, range));
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
