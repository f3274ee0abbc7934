#include "metrics-collector/parse/name.h"

#include <algorithm>
#include <array>
#include <string>

#include "metrics-collector/parse/characters.h"

namespace hone::metrics {
namespace {

/// Maximum number of words in a name, and of bytes of one word that are examined.
constexpr int kWordsMax = 6;
constexpr std::size_t kWordBytesMax = 128;

/// Levels and words that may precede a name without belonging to it.
constexpr std::array<std::string_view, 14> kLevels = {"INFO",
                                                      "DEBUG",
                                                      "WARNING",
                                                      "WARN",
                                                      "ERROR",
                                                      "CRITICAL",
                                                      "FATAL",
                                                      "TRACE",
                                                      "NOTICE",
                                                      "SUCCESS",
                                                      "VERBOSE",
                                                      "LOG",
                                                      "and",
                                                      "with"};
/// Names of counters: epoch3 is a number, F1 is a name.
constexpr std::array<std::string_view, 11> kCounted =
    {"epoch", "ep", "step", "iteration", "iter", "it", "batch", "fold", "round", "trial", "e"};

/// Units after digits that make a number: 30s, 1m30s, 31T12, 1e-3. Other letters make the text a
/// word of a name: 5-shot, 3D.
constexpr std::array<std::string_view, 32> kUnits = {
    "%",  "ns",  "us", "ms", "s",  "sec", "secs", "m",   "min", "mins", "h",
    "hr", "hrs", "d",  "AM", "PM", "T",   "Z",    "e",   "E",   "x",    "k",
    "K",  "M",   "G",  "it", "KB", "MB",  "GB",   "KiB", "MiB", "GiB"};

template <typename Words>
bool IsOneOf(std::string_view word, const Words& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// True for one of kUnits, or a rate of one: it/s, ms/step, samples/sec.
bool IsUnit(std::string_view word) {
  const std::size_t slash = word.find('/');
  return IsOneOf(word, kUnits) || (slash != word.npos && (IsOneOf(word.substr(0, slash), kUnits) ||
                                                          IsOneOf(word.substr(slash + 1), kUnits)));
}

/// True for groups of digits, each with an optional unit: 3/10, 2026-01-31T12, 1m30s.
bool IsDigitsWithUnits(std::string_view word) {
  constexpr std::string_view kSigns = "+-.#/_";
  while (!word.empty()) {
    std::size_t end = 0;
    while (end < word.size() && (IsDigit(word[end]) || kSigns.find(word[end]) != kSigns.npos)) {
      ++end;
    }
    word.remove_prefix(end);
    std::string_view unit = word.substr(0, word.find_first_of("0123456789"));
    word.remove_prefix(unit.size());
    unit = unit.substr(0, unit.find_last_not_of(kSigns) + 1);  // npos + 1 is 0
    if (!unit.empty() && !IsUnit(unit)) {
      return false;
    }
  }
  return true;
}

bool IsNumber(std::string_view word) {
  const std::size_t first = std::min(word.find_first_not_of("+-.#"), word.size());
  if (first == word.size() || IsDigit(word[first])) {
    return IsDigitsWithUnits(word);
  }
  const std::size_t digits = word.find_last_not_of("0123456789") + 1;
  std::string letters(word.substr(0, digits));
  std::transform(letters.begin(), letters.end(), letters.begin(), ToLower);
  return letters == "nan" || letters == "inf" ||
         (digits < word.size() && IsOneOf(std::string_view(letters), kCounted));
}

bool IsInWord(Character character) {
  return character == Character::kWord || character == Character::kJoint;
}

/// The beginning of the word that ends before `end`.
std::size_t BeginOfWord(std::string_view line, std::size_t end) {
  std::size_t begin = end;
  while (end - begin < kWordBytesMax && IsInWord(CharacterBefore(line, begin))) {
    --begin;
    while (begin > 0 && (static_cast<unsigned char>(line[begin]) & 0xC0U) == 0x80U) {
      --begin;
    }
  }
  return begin;
}

/// The number of blanks before `end`, counted up to a wide gap; a tab counts as a wide gap.
std::size_t CountBlanks(std::string_view line, std::size_t end) {
  std::size_t count = 0;
  while (end > 0 && count < kWideGap && (line[end - 1] == ' ' || line[end - 1] == '\t')) {
    count += line[end - 1] == '\t' ? kWideGap : 1;
    --end;
  }
  return count;
}

/// True if the word at [begin, end) is the value of a pair, "phase=train" or "phase = train".
bool IsValue(std::string_view line, std::size_t begin) {
  const std::size_t gap = CountBlanks(line, begin);
  return gap < kWideGap && begin > gap && line[begin - gap - 1] == '=';
}

/// The start of the word left of `at` if it belongs to the same name; `at` if there is none.
std::size_t WordOfNameBefore(std::string_view line, std::size_t at) {
  const Character before = CharacterBefore(line, at);
  if (IsInWord(before)) {
    return BeginOfWord(line, at);
  }
  if (before != Character::kBlank || CountBlanks(line, at) >= kWideGap || at < 2 ||
      CharacterBefore(line, at - 1) != Character::kWord) {
    return at;
  }
  const std::size_t begin = BeginOfWord(line, at - 1);
  const std::string_view word = line.substr(begin, at - 1 - begin);
  return IsNumber(word) || IsOneOf(word, kLevels) || IsValue(line, begin) ? at : begin;
}

}  // namespace

bool BeginsName(std::string_view line, std::size_t at, bool takes_words) {
  if (takes_words && CharacterBefore(line, at) == Character::kBlank) {
    return true;
  }
  return WordOfNameBefore(line, at) == at;
}

std::size_t BeginOfName(std::string_view line, std::size_t at) {
  for (int words = 0; words < kWordsMax; ++words) {
    const std::size_t begin = WordOfNameBefore(line, at);
    if (begin == at) {
      break;
    }
    at = begin;
  }
  return at;
}

}  // namespace hone::metrics
