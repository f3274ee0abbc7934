// The line near the end of a process's output that tells why it failed. Pure.
#pragma once

#include <string>
#include <string_view>

namespace hone::controller {

/// How many bytes from the end of the output are kept: a Python traceback with a long message.
inline constexpr std::size_t kOutputTailMax = 4096;

/// The exception that ends the last Python traceback in `text`, else the last line with a letter
/// or digit in it; empty if there is none. One line of UTF-8 without control characters and
/// escape sequences, at most 200 bytes: it can be stored and shown anywhere.
std::string LastLine(std::string_view text);

}  // namespace hone::controller
