// FieldReader: a cursor over one object of a manifest. It knows the field path, returns typed
// values, and adds a FieldError for every value of the wrong type. A key that was never read is
// unknown: Finish() warns of it with the nearest known name. Absent and null are the same, as in
// Kubernetes. Holds references to the tree and the errors; lives on the stack during one reading.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/convert/document.h"
#include "proto/core/time.h"
#include "proto/model/field_error.h"
#include "proto/model/words.h"

namespace hone::proto {

class FieldReader {
 public:
  /// How the caller treats an object with keys that it never read.
  enum class Unknown { kIgnored, kRefused };

  /// `value`, `errors` and `written` must outlive the reader. A value that is not an object is a
  /// fault at `path` and reads as an empty object. `written` has the spelling of scalars in the
  /// file, if it is known.
  FieldReader(const Json& value,
              std::string path,
              FieldErrors& errors,
              const WrittenScalars* written = nullptr);

  /// "" if absent.
  std::string Text(std::string_view key);
  /// Text that people may write as a bare number: the result is its spelling in the file ("3.10").
  std::string Literal(std::string_view key);
  std::optional<std::int32_t> Integer(std::string_view key);
  std::optional<double> Number(std::string_view key);
  /// `fallback` if absent.
  bool Bool(std::string_view key, bool fallback = false);
  /// RFC 3339; zero if absent.
  Time Instant(std::string_view key);
  std::map<std::string, std::string> TextMap(std::string_view key);

  /// Lists; nothing if absent. An item of the wrong type is a fault and reads as an empty item, so
  /// that the others keep their index.
  std::optional<std::vector<std::string>> Texts(std::string_view key);
  std::optional<std::vector<std::string>> Literals(std::string_view key);
  std::optional<std::vector<std::int32_t>> Integers(std::string_view key);

  /// One of the words of an enumeration whose first member is "unset"; unset if absent.
  template <typename Enum>
  Enum Word(std::string_view key, FieldError::Type type = FieldError::Type::kInvalid);

  /// The reader of a nested object; nothing if absent.
  std::optional<FieldReader> Object(std::string_view key);
  /// `read(FieldReader&)` makes each item of a list of objects; nothing if absent.
  template <typename Read>
  auto Objects(std::string_view key, Read read)
      -> std::optional<std::vector<decltype(read(std::declval<FieldReader&>()))>>;

  /// The raw value, whatever its type; null pointer if absent.
  const Json* Find(std::string_view key);
  /// Marks fields as known that are not used.
  void Ignore(std::initializer_list<std::string_view> keys);
  [[nodiscard]] std::string PathOf(std::string_view key) const;
  void Report(FieldError::Type type, std::string_view key, std::string found, std::string message);

  /// Reports every key that was never read. Call it once all fields have been read.
  void Finish(Unknown unknown = Unknown::kIgnored);

 private:
  const Json* FindList(std::string_view key);
  /// A scalar as spelled in the file; a number without a known spelling as its shortest text.
  [[nodiscard]] std::string TextOf(const Json& scalar, const std::string& field) const;
  [[nodiscard]] std::optional<std::string> LiteralOf(const Json& value,
                                                     const std::string& field) const;
  void ReportType(const std::string& field, const Json& value, std::string_view wanted);
  /// Reads every item; an item of the wrong type is a fault and reads as empty.
  template <typename Read>
  auto Items(const Json& list, const std::string& field, Read read, std::string_view wanted);
  void ReportWord(std::string_view key,
                  const std::string& word,
                  std::vector<std::string> allowed,
                  FieldError::Type type);

  const Json* object_;
  std::string path_;
  FieldErrors* errors_;
  const WrittenScalars* written_;
  std::vector<std::string_view> known_;
};

/// "a, b or c"
std::string JoinWords(const std::vector<std::string>& words);

template <typename Enum>
Enum FieldReader::Word(std::string_view key, FieldError::Type type) {
  const std::string word = Text(key);
  if (word.empty()) {
    return Enum{};
  }
  if (const std::optional<Enum> value = FromText<Enum>(word)) {
    return *value;
  }
  ReportWord(key, word, WordsOf<Enum>(), type);
  return Enum{};
}

template <typename Read>
auto FieldReader::Objects(std::string_view key, Read read)
    -> std::optional<std::vector<decltype(read(std::declval<FieldReader&>()))>> {
  const Json* list = FindList(key);
  if (list == nullptr) {
    return std::nullopt;
  }
  std::vector<decltype(read(std::declval<FieldReader&>()))> items;
  items.reserve(list->size());
  for (const Json& item : *list) {
    FieldReader reader(
        item, PathOf(key) + "[" + std::to_string(items.size()) + "]", *errors_, written_);
    items.push_back(read(reader));
    reader.Finish();
  }
  return items;
}

}  // namespace hone::proto
