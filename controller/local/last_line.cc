#include "controller/local/last_line.h"

#include <algorithm>
#include <vector>

#include "metrics-collector/parse/escapes.h"
#include "proto/convert/text_position.h"

namespace hone::controller {
namespace {

constexpr std::size_t kLineMax = 200;
constexpr std::string_view kTraceback = "Traceback (most recent call last):";

bool IsBetween(char c, char first, char last) {
  return c >= first && c <= last;
}

/// `line` without escape sequences, with blanks for control characters and '?' for bytes that are
/// not UTF-8.
std::string Cleaned(std::string line) {
  metrics::StripEscapes(line);
  std::string text;
  for (std::size_t i = 0; i < line.size() && text.size() < kLineMax;) {
    const proto::Utf8Char character = proto::DecodeUtf8(line, i);
    if (character.length == 0) {
      text += '?';
    } else if (proto::IsControl(character.code)) {
      text += ' ';
    } else if (text.size() + character.length <= kLineMax) {
      text.append(line, i, character.length);
    } else {
      break;
    }
    i += std::max<std::size_t>(character.length, 1);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

bool SaysSomething(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return IsBetween(c, '0', '9') || IsBetween(c, 'A', 'Z') || IsBetween(c, 'a', 'z') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

/// A carriage return also begins a line, as in progress bars.
std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    lines.push_back(Cleaned(std::string(text.substr(begin, end - begin))));
    begin = end + 1;
  }
  return lines;
}

/// The first line after the frames of the traceback with the title lines[title]; frames are
/// indented.
std::string ExceptionBelow(const std::vector<std::string>& lines, std::size_t title) {
  for (std::size_t i = title + 1; i < lines.size(); ++i) {
    if (!lines[i].starts_with(' ') && SaysSomething(lines[i])) {
      return lines[i];
    }
  }
  return "";
}

}  // namespace

std::string LastLine(std::string_view text) {
  const std::vector<std::string> lines = Lines(text);
  for (std::size_t i = lines.size(); i > 0; --i) {
    if (lines[i - 1].starts_with(kTraceback)) {
      if (std::string exception = ExceptionBelow(lines, i - 1); !exception.empty()) {
        return exception;
      }
    }
  }
  const auto last = std::find_if(lines.rbegin(), lines.rend(), SaysSomething);
  if (last == lines.rend()) {
    return "";
  }
  return last->substr(last->find_first_not_of(' '));
}

}  // namespace hone::controller
