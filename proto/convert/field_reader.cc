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

// A number as its shortest text; what else a scalar may be, as it stands.
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

FieldError WrongType(std::string field, const Json& value, std::string_view wanted) {
  std::string message = "must be " + std::string(wanted);
  if (!(value.is_number() && wanted == kInteger)) {
    message += ", not " + TypeName(value);
  }
  if (wanted.starts_with("a string") && !value.is_structured() && !value.is_null()) {
    message += "; write it in quotes";
  }
  return {Type::kInvalid, std::move(field), Shortened(ScalarText(value)), std::move(message)};
}

std::optional<std::string> ReadText(const Json& value) {
  return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

std::optional<std::string> ReadLiteral(const Json& value) {
  return value.is_string() || value.is_number() ? std::optional(ScalarText(value)) : std::nullopt;
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

// A list of a thousand wrong items, or an object of a thousand unknown fields, is answered by this
// many faults.
constexpr int kFaultsMax = 20;

// Reads every item; those of the wrong type are faults and read as empty ones.
template <typename T>
std::vector<T> ReadItems(const Json& list,
                         const std::string& path,
                         std::optional<T> (*read)(const Json&),
                         std::string_view wanted,
                         FieldErrors& errors) {
  std::vector<T> items;
  items.reserve(list.size());
  int faults = 0;
  for (const Json& item : list) {
    std::optional<T> value = read(item);
    if (!value && ++faults <= kFaultsMax) {
      errors.push_back(WrongType(path + "[" + std::to_string(items.size()) + "]", item, wanted));
    }
    items.push_back(std::move(value).value_or(T{}));
  }
  return items;
}

std::string Suggestion(const std::string& word) {
  return word.empty() ? "" : "; did you mean \"" + word + "\"?";
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

FieldReader::FieldReader(const Json& value, std::string path, FieldErrors& errors)
    : object_(value.is_object() ? &value : nullptr), path_(std::move(path)), errors_(&errors) {
  if (object_ == nullptr) {
    errors.push_back(WrongType(path_, value, "an object"));
  }
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
  // Words of Katib's types that no experiment can run with.
  std::erase_if(allowed, [](const std::string& x) { return x == "unknown" || x == "Invalid"; });
  Report(type, key, word, "must be " + JoinWords(allowed) + Suggestion(DidYouMean(word, allowed)));
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
  errors_->push_back(WrongType(PathOf(key), *value, "a string"));
  return "";
}

std::string FieldReader::Literal(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr) {
    return "";
  }
  if (std::optional<std::string> text = ReadLiteral(*value)) {
    return *std::move(text);
  }
  errors_->push_back(WrongType(PathOf(key), *value, "a string or a number"));
  return "";
}

std::optional<std::int32_t> FieldReader::Integer(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  std::optional<std::int32_t> number = ReadInteger(*value);
  if (!number) {
    errors_->push_back(WrongType(PathOf(key), *value, kInteger));
  }
  return number;
}

std::optional<double> FieldReader::Number(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_number()) {
    errors_->push_back(WrongType(PathOf(key), *value, "a number"));
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
    errors_->push_back(WrongType(PathOf(key), *value, "true or false"));
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
    errors_->push_back(WrongType(PathOf(key), *value, "an object of strings"));
    return texts;
  }
  for (const auto& [name, item] : value->items()) {
    const std::optional<std::string> text = ReadText(item);
    if (!text) {
      errors_->push_back(WrongType(PathOf(key) + "." + name, item, "a string"));
    }
    texts.emplace(name, text.value_or(""));
  }
  return texts;
}

const Json* FieldReader::FindList(std::string_view key) {
  const Json* value = Find(key);
  if (value != nullptr && !value->is_array()) {
    errors_->push_back(WrongType(PathOf(key), *value, "a list"));
    return nullptr;
  }
  return value;
}

std::optional<std::vector<std::string>> FieldReader::Texts(std::string_view key) {
  const Json* list = FindList(key);
  return list == nullptr
             ? std::nullopt
             : std::optional(ReadItems(*list, PathOf(key), ReadText, "a string", *errors_));
}

std::optional<std::vector<std::string>> FieldReader::Literals(std::string_view key) {
  const Json* list = FindList(key);
  return list == nullptr ? std::nullopt
                         : std::optional(ReadItems(
                               *list, PathOf(key), ReadLiteral, "a string or a number", *errors_));
}

std::optional<std::vector<std::int32_t>> FieldReader::Integers(std::string_view key) {
  const Json* list = FindList(key);
  return list == nullptr
             ? std::nullopt
             : std::optional(ReadItems(*list, PathOf(key), ReadInteger, kInteger, *errors_));
}

std::optional<FieldReader> FieldReader::Object(std::string_view key) {
  const Json* value = Find(key);
  return value == nullptr ? std::nullopt
                          : std::optional(FieldReader(*value, PathOf(key), *errors_));
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
               Suggestion(DidYouMean(key, names)));
  }
}

}  // namespace hone::proto
