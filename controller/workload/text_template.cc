#include "controller/workload/text_template.h"

#include <algorithm>

namespace hone::controller {
namespace {

constexpr std::string_view kOpen = "${trialParameters.";

const TextTemplate* FindVariable(const EnvironmentTemplate& environment, std::string_view name) {
  const auto found = std::find_if(environment.begin(),
                                  environment.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  return found == environment.end() ? nullptr : &found->second;
}

/// Expands one literal. kubernetes/third_party/forked/golang/expansion is the reference.
void AppendExpanded(std::string_view literal,
                    const EnvironmentTemplate& environment,
                    TextTemplate& out) {
  while (!literal.empty() && out.size() <= kWordBytesMax) {
    const std::size_t dollar = std::min(literal.find('$'), literal.size());
    out.Append(literal.substr(0, dollar));
    literal.remove_prefix(dollar);
    std::size_t length = std::min<std::size_t>(literal.size(), 1);
    const std::size_t close = literal.find(')');
    if (literal.substr(0, 2) == "$$") {
      out.Append("$");
      length = 2;
    } else if (literal.substr(0, 2) == "$(" && close != std::string_view::npos) {
      length = close + 1;
      const TextTemplate* value = FindVariable(environment, literal.substr(2, close - 2));
      if (value != nullptr) {
        out.Append(*value);
      } else {
        out.Append(literal.substr(0, length));
      }
    } else {
      out.Append(literal.substr(0, length));
    }
    literal.remove_prefix(length);
  }
}

}  // namespace

TextTemplate::TextTemplate(std::string_view text, const std::vector<std::string>& names) {
  while (true) {
    const std::size_t open = text.find(kOpen);
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) {
      Append(text);
      return;
    }
    const std::size_t start = open + kOpen.size();
    const auto name = std::find(names.begin(), names.end(), text.substr(start, close - start));
    if (name == names.end()) {
      // The text after the opening may contain another placeholder.
      Append(text.substr(0, start));
      text.remove_prefix(start);
    } else {
      Append(text.substr(0, open));
      AppendHole(static_cast<std::size_t>(name - names.begin()));
      text.remove_prefix(close + 1);
    }
  }
}

void TextTemplate::Append(std::string_view literal) {
  tail_ += literal;
  size_ += literal.size();
}

void TextTemplate::Append(const TextTemplate& other) {
  for (const Piece& piece : other.pieces_) {
    Append(piece.literal);
    AppendHole(piece.hole);
  }
  Append(other.tail_);
}

void TextTemplate::AppendHole(std::size_t hole) {
  pieces_.push_back({.literal = std::move(tail_), .hole = hole});
  tail_.clear();
  ++size_;
}

bool TextTemplate::Contains(std::string_view word) const {
  return tail_.find(word) != std::string::npos ||
         std::any_of(pieces_.begin(), pieces_.end(), [word](const Piece& piece) {
           return piece.literal.find(word) != std::string::npos;
         });
}

std::string TextTemplate::Fill(const std::vector<std::string>& values) const {
  std::size_t size = tail_.size();
  for (const Piece& piece : pieces_) {
    size += piece.literal.size() + values[piece.hole].size();
  }
  std::string text;
  text.reserve(size);
  for (const Piece& piece : pieces_) {
    text.append(piece.literal).append(values[piece.hole]);
  }
  return text.append(tail_);
}

TextTemplate ExpandVariables(const TextTemplate& text, const EnvironmentTemplate& environment) {
  TextTemplate expanded;
  for (const TextTemplate::Piece& piece : text.pieces()) {
    AppendExpanded(piece.literal, environment, expanded);
    expanded.AppendHole(piece.hole);
  }
  AppendExpanded(text.tail(), environment, expanded);
  return expanded;
}

}  // namespace hone::controller
