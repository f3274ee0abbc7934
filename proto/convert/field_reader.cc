#include "proto/convert/field_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "proto/model/observation.h"

namespace hone::proto {
namespace {

using Type = FieldError::Type;

constexpr std::string_view kInteger = "a whole number between -2147483648 and 2147483647";

std::string TypeName(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::boolean:
      return "a boolean";
    case Json::value_t::null:
      return "nothing";
    default:
      return "a number";
  }
}

// A number as its shortest text; other scalars as they are.
std::string ScalarText(const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number_float()) {
    return FormatNumber(value.get<double>());
  }
  return value.is_structured() || value.is_null() ? "" : value.dump();
}

// Long values are cut between two characters of UTF-8.
std::string Shortened(std::string text) {
  constexpr std::size_t kFoundMax = 80;
  if (text.size() <= kFoundMax) {
    return text;
  }
  std::size_t end = kFoundMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return text.substr(0, end) + "...";
}

std::optional<std::string> ReadText(const Json& value) {
  return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

std::optional<std::int32_t> ReadInteger(const Json& value) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (!value.is_number()) {
    return std::nullopt;
  }
  const auto number = value.get<double>();
  if (!(number >= Limits::min() && number <= Limits::max()) || std::trunc(number) != number) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(number);
}

// A list of a thousand wrong items, or an object of a thousand unknown fields, gets this many
// faults.
constexpr int kFaultsMax = 20;

// True if `text` would be right if it were not quoted.
bool IsBare(std::string_view wanted, const std::string& text) {
  return wanted == "true or false"
             ? text == "true" || text == "false"
             : (wanted == kInteger || wanted == "a number") && ParseNumber(text).has_value();
}

}  // namespace

std::string JoinWords(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_last = i + 1 == words.size();
    text += i == 0 ? "" : is_last ? " or " : ", ";
    text += words[i];
  }
  return text;
}

FieldReader::FieldReader(const Json& value,
                         std::string path,
                         FieldErrors& errors,
                         const WrittenScalars* written)
    : object_(value.is_object() ? &value : nullptr),
      path_(std::move(path)),
      errors_(&errors),
      written_(written) {
  if (object_ == nullptr) {
    ReportType(path_, value, "an object");
  }
}

std::string FieldReader::TextOf(const Json& scalar, const std::string& field) const {
  if (written_ != nullptr && !scalar.is_string()) {
    if (const auto found = written_->find(field); found != written_->end()) {
      return found->second;
    }
  }
  return ScalarText(scalar);
}

std::optional<std::string> FieldReader::LiteralOf(const Json& value,
                                                  const std::string& field) const {
  return value.is_string() || value.is_number() ? std::optional(TextOf(value, field))
                                                : std::nullopt;
}

void FieldReader::ReportType(const std::string& field, const Json& value, std::string_view wanted) {
  std::string found = value.is_structured() ? "" : TextOf(value, field);
  std::string message = "must be " + std::string(wanted);
  if (!(value.is_number() && wanted == kInteger)) {
    message += ", not " + TypeName(value);
  }
  if (wanted.starts_with("a string") && !found.empty()) {
    message += "; write it in quotes";
  } else if (value.is_string() && IsBare(wanted, found)) {
    message += "; write it without quotes";
  }
  errors_->push_back({Type::kInvalid, field, Shortened(std::move(found)), std::move(message)});
}

template <typename Read>
auto FieldReader::Items(const Json& list,
                        const std::string& field,
                        Read read,
                        std::string_view wanted) {
  using T = typename decltype(read(list, field))::value_type;
  std::vector<T> items;
  items.reserve(list.size());
  int faults = 0;
  for (const Json& item : list) {
    const std::string path = field + "[" + std::to_string(items.size()) + "]";
    std::optional<T> value = read(item, path);
    if (!value && ++faults <= kFaultsMax) {
      ReportType(path, item, wanted);
    }
    items.push_back(std::move(value).value_or(T{}));
  }
  return items;
}

std::string FieldReader::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void FieldReader::Report(FieldError::Type type,
                         std::string_view key,
                         std::string found,
                         std::string message) {
  errors_->push_back({type, PathOf(key), Shortened(std::move(found)), std::move(message)});
}

void FieldReader::ReportWord(std::string_view key,
                             const std::string& word,
                             std::vector<std::string> allowed,
                             FieldError::Type type) {
  // Words of Katib's types with which no experiment can run.
  std::erase_if(allowed, [](const std::string& x) { return x == "unknown" || x == "Invalid"; });
  Report(type, key, word, "must be " + JoinWords(allowed) + SpellingHint(word, allowed));
}

const Json* FieldReader::Find(std::string_view key) {
  known_.push_back(key);
  if (object_ == nullptr) {
    return nullptr;
  }
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

void FieldReader::Ignore(std::initializer_list<std::string_view> keys) {
  known_.insert(known_.end(), keys);
}

std::string FieldReader::Text(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr) {
    return "";
  }
  if (std::optional<std::string> text = ReadText(*value)) {
    return *std::move(text);
  }
  ReportType(PathOf(key), *value, "a string");
  return "";
}

std::string FieldReader::Literal(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr) {
    return "";
  }
  if (std::optional<std::string> text = LiteralOf(*value, PathOf(key))) {
    return *std::move(text);
  }
  ReportType(PathOf(key), *value, "a string or a number");
  return "";
}

std::optional<std::int32_t> FieldReader::Integer(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  std::optional<std::int32_t> number = ReadInteger(*value);
  if (!number) {
    ReportType(PathOf(key), *value, kInteger);
  }
  return number;
}

std::optional<double> FieldReader::Number(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_number()) {
    ReportType(PathOf(key), *value, "a number");
    return std::nullopt;
  }
  return value->get<double>();
}

bool FieldReader::Bool(std::string_view key, bool fallback) {
  const Json* value = Find(key);
  if (value == nullptr) {
    return fallback;
  }
  if (!value->is_boolean()) {
    ReportType(PathOf(key), *value, "true or false");
    return fallback;
  }
  return value->get<bool>();
}

Time FieldReader::Instant(std::string_view key) {
  const std::string text = Text(key);
  if (text.empty()) {
    return {};
  }
  const std::optional<Time> time = ParseTime(text);
  if (!time) {
    Report(Type::kInvalid, key, text, "must be a time as in \"2026-01-31T12:00:00Z\"");
  }
  return time.value_or(Time{});
}

std::map<std::string, std::string> FieldReader::TextMap(std::string_view key) {
  std::map<std::string, std::string> texts;
  const Json* value = Find(key);
  if (value == nullptr) {
    return texts;
  }
  if (!value->is_object()) {
    ReportType(PathOf(key), *value, "an object of strings");
    return texts;
  }
  for (const auto& [name, item] : value->items()) {
    const std::optional<std::string> text = ReadText(item);
    if (!text) {
      ReportType(PathOf(key) + "." + name, item, "a string");
    }
    texts.emplace(name, text.value_or(""));
  }
  return texts;
}

const Json* FieldReader::FindList(std::string_view key) {
  const Json* value = Find(key);
  if (value != nullptr && !value->is_array()) {
    ReportType(PathOf(key), *value, "a list");
    return nullptr;
  }
  return value;
}

std::optional<std::vector<std::string>> FieldReader::Texts(std::string_view key) {
  const Json* list = FindList(key);
  const auto read = [](const Json& item, const std::string& /*path*/) {
    return ReadText(item);
  };
  return list == nullptr ? std::nullopt
                         : std::optional(Items(*list, PathOf(key), read, "a string"));
}

std::optional<std::vector<std::string>> FieldReader::Literals(std::string_view key) {
  const Json* list = FindList(key);
  const auto read = [this](const Json& item, const std::string& path) {
    return LiteralOf(item, path);
  };
  return list == nullptr ? std::nullopt
                         : std::optional(Items(*list, PathOf(key), read, "a string or a number"));
}

std::optional<std::vector<std::int32_t>> FieldReader::Integers(std::string_view key) {
  const Json* list = FindList(key);
  const auto read = [](const Json& item, const std::string& /*path*/) {
    return ReadInteger(item);
  };
  return list == nullptr ? std::nullopt : std::optional(Items(*list, PathOf(key), read, kInteger));
}

std::optional<FieldReader> FieldReader::Object(std::string_view key) {
  const Json* value = Find(key);
  return value == nullptr ? std::nullopt
                          : std::optional(FieldReader(*value, PathOf(key), *errors_, written_));
}

void FieldReader::Finish(Unknown unknown) {
  if (object_ == nullptr) {
    return;
  }
  const std::vector<std::string> names(known_.begin(), known_.end());
  int faults = 0;
  for (const auto& [key, value] : object_->items()) {
    const bool is_known = std::find(names.begin(), names.end(), key) != names.end();
    if (is_known || ++faults > kFaultsMax) {
      continue;
    }
    Report(Type::kUnknownField,
           key,
           "",
           (unknown == Unknown::kIgnored ? "is not known and is ignored" : "is not known") +
               SpellingHint(key, names));
  }
  object_ = nullptr;  // so that the second Finish, by Objects(), reports nothing again
}

}  // namespace hone::proto
