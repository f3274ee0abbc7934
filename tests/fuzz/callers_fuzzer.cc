// Any text as a callers file. If it is one, each of its callers is found by its token, and a call
// without credentials is not let in.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/access/callers.h"

namespace hone::access {
namespace {

/// The first word of each line that does not name a certificate.
void ShowTokens(const Callers& callers, std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    const std::size_t begin = line.find_first_not_of(kSpace);
    if (begin == std::string_view::npos || line[begin] == '#') {
      continue;
    }
    const std::string_view word = line.substr(begin, line.find_first_of(kSpace, begin) - begin);
    if (word.starts_with("certificate=")) {
      continue;
    }
    const Result<Caller> caller =
        callers.Identify({.authorization = "Bearer " + std::string(word), .certificate = {}});
    HONE_CHECK(caller.has_value() && !caller->name.empty());
    HONE_CHECK(caller->has_all_namespaces == caller->namespaces.empty());
  }
}

void Run(std::string_view text) {
  const Result<Callers> callers = Callers::Parse(text);
  if (!callers) {
    HONE_CHECK(!callers.error().message.empty());
    return;
  }
  HONE_CHECK(!callers->IsOpen());
  HONE_CHECK(!callers->Identify({}).has_value());
  ShowTokens(*callers, text);
}

}  // namespace
}  // namespace hone::access

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  hone::access::Run(std::string_view(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
