// TextTemplate: a text with holes, split once so that filling it in is concatenation. A hole has
// the number of the parameter whose value goes there. Filled-in values are not searched for
// placeholders again. A plain value; const use is thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hone::controller {

class TextTemplate {
 public:
  /// A hole follows every piece but the last.
  struct Piece {
    std::string literal;
    std::size_t hole = 0;
  };

  TextTemplate() = default;
  /// Splits `text` at every ${trialParameters.<name>} with a name in `names`; the name's index is
  /// the hole's number. Placeholders with other names stay text.
  TextTemplate(std::string_view text, const std::vector<std::string>& names);

  void Append(std::string_view literal);
  void Append(const TextTemplate& other);
  void AppendHole(std::size_t hole);

  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
  /// The text after the last hole: all of it if there is none.
  [[nodiscard]] const std::string& tail() const { return tail_; }
  [[nodiscard]] bool HasHoles() const { return !pieces_.empty(); }
  /// Bytes of the template's own text, plus one for each hole.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// True if `word` occurs in the template's own text.
  [[nodiscard]] bool Contains(std::string_view word) const;

  /// The text with `values[hole]` in each hole.
  [[nodiscard]] std::string Fill(const std::vector<std::string>& values) const;

 private:
  std::vector<Piece> pieces_;
  std::string tail_;
  std::size_t size_ = 0;
};

/// A container's environment, in the order of its manifest; each name once.
using EnvironmentTemplate = std::vector<std::pair<std::string, TextTemplate>>;

/// Linux's limit for one word of a command line or environment, with its NUL: MAX_ARG_STRLEN.
inline constexpr std::size_t kWordBytesMax = std::size_t{128} * 1024 - 1;

/// Expands $(NAME) as the kubelet does: values come from `environment`, unknown names stay as they
/// are, and "$$" is one "$". Expands the template's own text only, never the values in its holes.
/// The text may double with each variable: beyond kWordBytesMax expansion stops, and the result is
/// larger than that.
TextTemplate ExpandVariables(const TextTemplate& text, const EnvironmentTemplate& environment);

}  // namespace hone::controller
