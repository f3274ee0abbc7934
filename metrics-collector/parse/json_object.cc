#include "metrics-collector/parse/json_object.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <nlohmann/json.hpp>

namespace hone::metrics {
namespace {

using Json = nlohmann::json;

/// Words that Python's json writes for numbers that JSON does not have.
constexpr std::array<std::string_view, 3> kNonFinite = {"-Infinity", "Infinity", "NaN"};

/// The word at the beginning of `text`; empty if there is none.
std::string_view NonFiniteAt(std::string_view text) {
  const auto word = std::find_if(
      kNonFinite.begin(), kNonFinite.end(), [&](auto each) { return text.starts_with(each); });
  return word == kNonFinite.end() ? std::string_view() : *word;
}

/// Quotes non-finite numbers, so that a JSON parser can read them: {"a": NaN} -> {"a": "NaN"}.
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

/// Receives the parser's events and keeps the requested fields.
class FieldReader final : public nlohmann::json_sax<Json> {
 public:
  /// `name`: its first path is recorded, if it is not empty.
  explicit FieldReader(const std::vector<std::string>& keys, std::string_view name = "")
      : keys_(keys), name_(name), fields_(keys.size()) {}

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
  bool start_object(std::size_t /*elements*/) override {
    Keep(JsonField::Kind::kOther, "an object");
    parents_.push_back(path_.size());
    return true;
  }
  bool end_object() override {
    path_.resize(parents_.back());
    parents_.pop_back();
    return true;
  }
  bool start_array(std::size_t /*elements*/) override {
    Keep(JsonField::Kind::kOther, "an array");
    ++arrays_;
    return true;
  }
  bool end_array() override {
    --arrays_;
    return true;
  }
  bool key(string_t& name) override {
    path_.resize(parents_.back());
    path_.append(parents_.size() == 1 ? "" : ".").append(name);
    return true;
  }
  bool parse_error(std::size_t position,
                   const std::string& /*token*/,
                   const Json::exception& /*error*/) override {
    position_ = position;
    return false;
  }

  std::vector<JsonField> TakeFields() { return std::move(fields_); }
  [[nodiscard]] const std::string& first_path() const { return first_path_; }
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  bool Keep(JsonField::Kind kind, const std::string& text) {
    if (arrays_ > 0) {
      return true;
    }
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == path_) {
        fields_[i] = {.kind = kind, .text = text};
      }
    }
    const bool is_value = kind == JsonField::Kind::kNumber || kind == JsonField::Kind::kText;
    if (is_value && first_path_.empty() && EndsWithName()) {
      first_path_ = path_;
    }
    return true;
  }

  /// "loss" and "train.loss" end with the name "loss", "val_loss" does not.
  [[nodiscard]] bool EndsWithName() const {
    const std::string_view path = path_;
    return !name_.empty() && path.ends_with(name_) &&
           (path.size() == name_.size() || path[path.size() - name_.size() - 1] == '.');
  }

  const std::vector<std::string>& keys_;
  std::string_view name_;
  std::vector<JsonField> fields_;
  std::string first_path_;
  /// The path of the current key; at most as long as the line.
  std::string path_;
  /// The path length of each open object.
  std::vector<std::size_t> parents_;
  int arrays_ = 0;
  std::size_t position_ = 0;
};

/// `text` itself if it has no non-finite numbers, else `quoted`, which receives the quoted text.
std::string_view WithoutNonFinite(std::string_view text, std::string& quoted) {
  if (text.find("NaN") == std::string_view::npos &&
      text.find("Infinity") == std::string_view::npos) {
    return text;
  }
  quoted = QuoteNonFinite(text);
  return quoted;
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
  text = WithoutNonFinite(text, quoted);
  FieldReader reader(keys);
  if (!Json::sax_parse(text, &reader)) {
    fault = "it is not valid JSON at byte " + std::to_string(reader.position());
    return std::nullopt;
  }
  return reader.TakeFields();
}

std::string FindJsonPath(std::string_view text, std::string_view name) {
  std::string quoted;
  const std::vector<std::string> no_keys;
  FieldReader reader(no_keys, name);
  return Json::sax_parse(WithoutNonFinite(text, quoted), &reader) ? reader.first_path() : "";
}

}  // namespace hone::metrics
