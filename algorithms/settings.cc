#include "algorithms/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "proto/core/result.h"
#include "proto/model/observation.h"

namespace hone::algorithms {
namespace {

constexpr std::string_view kNone = "None";

bool IsInRange(const SettingSchema& schema, double value) {
  const bool is_above = schema.min_open ? value > schema.min : value >= schema.min;
  const bool is_below = schema.max_open ? value < schema.max : value <= schema.max;
  return is_above && is_below;
}

// True if `word` is one of the words of `choices`, which '|' separates.
bool IsOneOf(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    const auto end = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, end) == word) {
      return true;
    }
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

bool IsLegal(const SettingSchema& schema, const std::string& text) {
  if (schema.may_be_none && text == kNone) {
    return true;
  }
  const auto number = ParseNumber(text);
  switch (schema.kind) {
    case SettingSchema::Kind::kInt:
      return number && std::trunc(*number) == *number && IsInRange(schema, *number);
    case SettingSchema::Kind::kFloat:
      return number && std::isfinite(*number) && IsInRange(schema, *number);
    case SettingSchema::Kind::kChoice:
      return IsOneOf(schema.choices, text);
    case SettingSchema::Kind::kText:
      return !text.empty();
  }
  return false;
}

const SettingSchema* FindSchema(std::span<const SettingSchema> schemas, std::string_view name) {
  for (const SettingSchema& schema : schemas) {
    if (schema.name == name) {
      return &schema;
    }
  }
  return nullptr;
}

FieldError UnknownSetting(std::string_view owner,
                          std::span<const SettingSchema> schemas,
                          std::string path,
                          const std::string& name) {
  std::vector<std::string> known;
  std::string listing;
  for (const SettingSchema& schema : schemas) {
    known.emplace_back(schema.name);
    listing += (listing.empty() ? "" : ", ") + known.back();
  }
  std::string message = "unknown setting for " + std::string(owner);
  message +=
      SpellingHint(name, known, listing.empty() ? ", it has no settings" : ", it has: " + listing);
  return {FieldError::Type::kNotSupported, std::move(path), name, std::move(message)};
}

}  // namespace

std::string RangeOf(const SettingSchema& schema) {
  std::string range(schema.range);
  const bool is_number =
      schema.kind == SettingSchema::Kind::kInt || schema.kind == SettingSchema::Kind::kFloat;
  if (!is_number || schema.max_open || schema.max >= 0x1p63) {
    return range;
  }
  // Without an exponent, because users compare the number with their own setting.
  const bool is_whole = std::trunc(schema.max) == schema.max;
  const std::string most =
      is_whole ? std::to_string(std::llround(schema.max)) : FormatNumber(schema.max);
  return range.find(most) == std::string::npos ? range + ", at most " + most : range;
}

void CheckSettings(std::string_view owner,
                   std::span<const SettingSchema> schemas,
                   std::span<const Setting> settings,
                   std::string_view field,
                   FieldErrors& errors) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const Setting& setting = settings[i];
    const std::string path = std::string(field) + "[" + std::to_string(i) + "]";
    const SettingSchema* schema = FindSchema(schemas, setting.name);
    if (schema == nullptr) {
      errors.push_back(UnknownSetting(owner, schemas, path + ".name", setting.name));
    } else if (!seen.insert(setting.name).second) {
      errors.push_back(
          {FieldError::Type::kDuplicate, path + ".name", setting.name, "is given twice"});
    } else if (!IsLegal(*schema, setting.value)) {
      errors.push_back({FieldError::Type::kInvalid,
                        path + ".value",
                        setting.value,
                        setting.name + " must be " + RangeOf(*schema)});
    }
  }
}

const std::string* FindSetting(std::span<const Setting> settings, std::string_view name) {
  for (const Setting& setting : settings) {
    if (setting.name == name) {
      return &setting.value;
    }
  }
  return nullptr;
}

std::string_view SettingValues::Text(std::string_view name) const {
  const SettingSchema* const schema = FindSchema(schemas_, name);
  HONE_CHECK(schema != nullptr);
  const std::string* const given = FindSetting(given_, name);
  return given == nullptr ? schema->default_text : std::string_view(*given);
}

std::optional<double> SettingValues::NumberIfAny(std::string_view name) const {
  return ParseNumber(Text(name));
}

double SettingValues::Number(std::string_view name) const {
  const std::optional<double> number = NumberIfAny(name);
  HONE_CHECK(number.has_value());
  return *number;
}

std::size_t SettingValues::Count(std::string_view name) const {
  return static_cast<std::size_t>(Number(name));
}

std::optional<std::uint64_t> RandomState(std::span<const Setting> settings) {
  const std::string* const text = FindSetting(settings, kRandomState.name);
  if (text == nullptr) {
    return std::nullopt;
  }
  std::uint64_t state = 0;
  const char* const end = text->data() + text->size();
  if (std::from_chars(text->data(), end, state).ptr == end) {
    return state;
  }
  const auto number = ParseNumber(*text);  // "1e3"
  return number
             ? std::optional(static_cast<std::uint64_t>(std::clamp(*number, 0.0, kRandomStateMax)))
             : std::nullopt;
}

}  // namespace hone::algorithms
