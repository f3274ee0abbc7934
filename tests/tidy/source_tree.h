// SourceTree: the repository's files, separated into code, comments and literals, for the tests of
// this folder. Read once; const use is thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hone::tidy {

/// One C++ file. `code`, `comments` and `literals` have the text's length and line breaks, with
/// blanks in place of the other two; so an offset means the same position in all.
struct Source {
  /// Relative to the repository, with '/'.
  std::string path;
  std::string text;
  std::string code;
  std::string comments;
  std::string literals;

  [[nodiscard]] bool IsHeader() const { return path.ends_with(".h"); }
  [[nodiscard]] bool IsUnder(std::string_view folder) const;
  [[nodiscard]] std::size_t LineOf(std::size_t offset) const;
  [[nodiscard]] std::size_t LineCount() const;
};

/// An #include line: `name` without its quotes or brackets.
struct Include {
  std::string name;
  bool is_ours = false;
  std::size_t line = 0;
};

/// A function body: a definition at namespace or class level, tests too.
struct Function {
  /// The text before the body, with blanks squeezed: "TEST(Grid, EndsAfterItsLastPoint)".
  std::string head;
  std::string body;
  std::size_t line = 0;
  /// From the line of the head's first word to the closing brace.
  std::size_t lines = 0;

  [[nodiscard]] bool IsTest() const { return head.starts_with("TEST"); }
};

std::filesystem::path RepositoryRoot();
std::string ReadText(const std::filesystem::path& path);

/// Every C++ file of the repository, by path.
const std::vector<Source>& Sources();
/// Every Markdown file of the repository, as relative paths.
std::vector<std::string> Documents();

Source ParseSource(std::string path, std::string text);
std::vector<Include> IncludesOf(const Source& source);
std::vector<Function> FunctionsOf(const Source& source);
/// Names that the file gives to types: class, struct, enum and using.
std::vector<std::string> TypesOf(const Source& source);

/// The positions of `word` in `text` as a whole word (letters, digits and '_' are word characters).
std::vector<std::size_t> FindWord(std::string_view text, std::string_view word);
/// The identifiers and words of a text, in order.
std::vector<std::string> WordsOf(std::string_view text);

}  // namespace hone::tidy
