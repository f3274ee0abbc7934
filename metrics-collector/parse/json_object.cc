#include "metrics-collector/parse/json_object.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <nlohmann/json.hpp>

namespace hone::metrics {
namespace {

using Json = nlohmann::json;

/// The words that Python's json writes although JSON has no such numbers.
constexpr std::array<std::string_view, 3> kNonFinite = {"-Infinity", "Infinity", "NaN"};

/// The word that `text` begins with; empty if there is none.
std::string_view NonFiniteAt(std::string_view text) {
  const auto word = std::find_if(
      kNonFinite.begin(), kNonFinite.end(), [&](auto each) { return text.starts_with(each); });
  return word == kNonFinite.end() ? std::string_view() : *word;
}

/// Puts quotes around non-finite numbers, which makes them readable: {"a": NaN} -> {"a": "NaN"}.
std::string QuoteNonFinite(std::string_view text) {
  std::string quoted;
  quoted.reserve(text.size() + 16);
  bool in_string = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view word = in_string ? std::string_view() : NonFiniteAt(text.substr(at));
    const std::size_t escaped = in_string && text[at] == '\\' ? 2 : 1;
    const std::size_t length = word.empty() ? escaped : word.size();
    const char* const quote = word.empty() ? "" : "\"";
    in_string = in_string != (text[at] == '"');
    quoted.append(quote).append(text.substr(at, length)).append(quote);
    at += length;
  }
  return quoted;
}

/// Hears the parser's events and keeps the wanted fields of the outermost object.
class FieldReader final : public nlohmann::json_sax<Json> {
 public:
  explicit FieldReader(const std::vector<std::string>& keys) : keys_(keys), fields_(keys.size()) {}

  bool null() override { return Keep(JsonField::Kind::kOther, "null"); }
  bool boolean(bool value) override {
    return Keep(JsonField::Kind::kOther, value ? "true" : "false");
  }
  bool number_integer(number_integer_t value) override {
    return Keep(JsonField::Kind::kNumber, std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return Keep(JsonField::Kind::kNumber, std::to_string(value));
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return Keep(JsonField::Kind::kNumber, text);
  }
  bool string(string_t& value) override { return Keep(JsonField::Kind::kText, value); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*elements*/) override { return Open("an object"); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t /*elements*/) override { return Open("an array"); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    if (depth_ == 1) {
      key_ = std::move(name);
    }
    return true;
  }
  bool parse_error(std::size_t position,
                   const std::string& /*token*/,
                   const Json::exception& /*error*/) override {
    position_ = position;
    return false;
  }

  std::vector<JsonField> TakeFields() { return std::move(fields_); }
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  bool Keep(JsonField::Kind kind, const std::string& text) {
    if (depth_ != 1) {
      return true;
    }
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == key_) {
        fields_[i] = {.kind = kind, .text = text};
      }
    }
    return true;
  }
  bool Open(const char* what) {
    Keep(JsonField::Kind::kOther, what);
    ++depth_;
    return true;
  }
  bool Close() {
    --depth_;
    return true;
  }

  const std::vector<std::string>& keys_;
  std::vector<JsonField> fields_;
  std::string key_;
  int depth_ = 0;
  std::size_t position_ = 0;
};

bool MayHoldNonFinite(std::string_view text) {
  return text.find("NaN") != std::string_view::npos ||
         text.find("Infinity") != std::string_view::npos;
}

}  // namespace

std::optional<std::vector<JsonField>> ReadJsonObject(std::string_view text,
                                                     const std::vector<std::string>& keys,
                                                     std::string& fault) {
  if (text.empty() || text.front() != '{') {
    fault = "it does not begin with {";
    return std::nullopt;
  }
  std::string quoted;
  if (MayHoldNonFinite(text)) {
    quoted = QuoteNonFinite(text);
    text = quoted;
  }
  FieldReader reader(keys);
  if (!Json::sax_parse(text, &reader)) {
    fault = "it is not valid JSON at byte " + std::to_string(reader.position());
    return std::nullopt;
  }
  return reader.TakeFields();
}

}  // namespace hone::metrics
