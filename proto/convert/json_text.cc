#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "proto/convert/document.h"
#include "proto/convert/text_position.h"

namespace hone::proto {
namespace {

/// Iterates over a text, counting how many characters the parser has read: nlohmann's events do not
/// tell.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t& taken) : at_(at), taken_(&taken) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*taken_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* taken_;
};

/// True if an odd number of backslashes stands before `offset`.
bool IsEscaped(std::string_view text, std::size_t offset) {
  std::size_t first = offset;
  while (first > 0 && text[first - 1] == '\\') {
    --first;
  }
  return (offset - first) % 2 == 1;
}

/// The offset of the string whose closing quote the parser has just read.
std::size_t StringStart(std::string_view text, std::size_t taken) {
  std::size_t quote = taken - 1;
  do {
    quote = text.rfind('"', quote - 1);
  } while (IsEscaped(text, quote));
  return quote;
}

/// Builds a tree from nlohmann's events; the names of the methods are nlohmann's.
class JsonBuilder final : public Json::json_sax_t {
 public:
  JsonBuilder(std::string_view text, const ReadLimits& limits) : text_(text), limits_(limits) {}

  /// The number of characters that the parser has read.
  std::size_t& taken() { return taken_; }
  Result<Json> Take() {
    HONE_RETURN_IF_ERROR(status_);
    return std::move(root_);
  }

  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return Add(value); }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t& value) override { return Add(std::move(value)); }
  bool start_object(std::size_t /*size*/) override { return Open(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return Open(Json::array()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    const auto [slot, is_new] = open_.back()->emplace(name, nullptr);
    last_ = &*slot;
    return is_new ||
           Refuse(StringStart(text_, taken_), "duplicate key \"" + name.substr(0, 60) + "\"");
  }

  bool parse_error(std::size_t position,
                   const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    std::string_view what = error.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ..."
    what.remove_prefix(std::min(what.find("] ") + 2, what.size()));
    if (what.starts_with("parse error at")) {
      what.remove_prefix(std::min(what.find(": ") + 2, what.size()));
    }
    // The token in "last read" may be as long as the text.
    what = what.substr(0, what.find("; last read"));
    return Refuse(position == 0 ? 0 : position - 1, std::string(what));
  }

 private:
  bool Refuse(std::size_t offset, const std::string& what) {
    status_ = FailAt(PositionAt(text_, offset), what);
    return false;
  }

  /// Adds `value` at the current place and points last_ at it.
  bool Add(Json value) {
    if (++node_count_ > limits_.max_nodes) {
      return Refuse(taken_ - 1, "more than " + std::to_string(limits_.max_nodes) + " values");
    }
    if (open_.empty()) {
      last_ = &root_;
    } else if (open_.back()->is_array()) {
      last_ = &open_.back()->emplace_back(nullptr);
    }
    *last_ = std::move(value);
    return true;
  }

  bool Open(Json container) {
    if (open_.size() >= static_cast<std::size_t>(limits_.max_depth)) {
      return Refuse(taken_ - 1, "nested more than " + std::to_string(limits_.max_depth) + " deep");
    }
    if (!Add(std::move(container))) {
      return false;
    }
    open_.push_back(last_);
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  const std::string_view text_;
  const ReadLimits& limits_;
  std::size_t taken_ = 0;
  std::size_t node_count_ = 0;
  Status status_;
  Json root_;
  /// The open containers, the innermost last. Only the last value of each can grow, so the pointers
  /// stay valid.
  std::vector<Json*> open_;
  /// The last value, or the place of the next one if a key has just been read.
  Json* last_ = nullptr;
};

std::string Dump(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Result<Json> ReadJson(std::string_view text, const ReadLimits& limits) {
  HONE_RETURN_IF_ERROR(CheckSize(text, limits));
  JsonBuilder builder(text, limits);
  const CountingIterator begin(text.data(), builder.taken());
  const CountingIterator end(text.data() + text.size(), builder.taken());
  Json::sax_parse(begin, end, &builder);
  return builder.Take();
}

std::string WriteJson(const Json& value) {
  return Dump(value, -1);
}

std::string WritePrettyJson(const Json& value) {
  return Dump(value, 2);
}

}  // namespace hone::proto
