#include "proto/model/field_error.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <string_view>

namespace hone {
namespace {

std::string_view Title(FieldError::Type type) {
  switch (type) {
    case FieldError::Type::kRequired:
      return "Required value";
    case FieldError::Type::kInvalid:
      return "Invalid value";
    case FieldError::Type::kForbidden:
      return "Forbidden";
    case FieldError::Type::kNotSupported:
      return "Unsupported value";
    case FieldError::Type::kDuplicate:
      return "Duplicate value";
    case FieldError::Type::kUnknownField:
      return "Unknown field";
  }
  return "Invalid value";
}

std::string Lowered(const std::string& text) {
  std::string result = text;
  for (char& c : result) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

/// Levenshtein distance where a swap of neighbours counts once (Damerau, restricted).
std::size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string FieldError::ToString() const {
  std::string text = field + ": " + std::string(Title(type)) + ": ";
  if (!found.empty()) {
    text += "\"" + found + "\": ";
  }
  return text + message;
}

std::string Join(const FieldErrors& errors) {
  std::string text;
  for (const FieldError& error : errors) {
    text += (text.empty() ? "" : "; ") + error.ToString();
  }
  return text;
}

bool HasErrors(const FieldErrors& errors) {
  return std::any_of(
      errors.begin(), errors.end(), [](const FieldError& error) { return !error.IsWarning(); });
}

std::string DidYouMean(const std::string& word, const std::vector<std::string>& allowed) {
  // Only short words are compared: a longer text is not a slip of the keyboard.
  constexpr std::size_t kLongestWord = 64;
  if (word.empty() || word.size() > kLongestWord) {
    return "";
  }
  const std::string lowered = Lowered(word);
  std::string best;
  std::size_t best_distance = SIZE_MAX;
  for (const std::string& candidate : allowed) {
    if (candidate.size() > kLongestWord) {
      continue;
    }
    const std::size_t distance = EditDistance(lowered, Lowered(candidate));
    const std::size_t bound = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    if (distance <= bound && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string SpellingHint(const std::string& word,
                         const std::vector<std::string>& allowed,
                         const std::string& otherwise) {
  const std::string meant = DidYouMean(word, allowed);
  return meant.empty() ? otherwise : "; did you mean \"" + meant + "\"?";
}

}  // namespace hone
