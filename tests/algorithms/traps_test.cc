// README.md of this folder names tests; each of them exists.
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/paths.inc"

namespace hone::algorithms {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Traps, HaveTestsThatExist) {
  const std::filesystem::path root = std::filesystem::path(HONE_SOURCE_DIR) / "tests";
  std::string code;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    code += entry.path().extension() == ".cc" ? ReadFile(entry.path()) : "";
  }
  const std::string page = ReadFile(root / "algorithms/README.md");

  std::size_t named = 0;
  for (std::size_t at = page.find('`'); at != std::string::npos; at = page.find('`', at + 1)) {
    const std::size_t end = page.find('`', at + 1);
    ASSERT_NE(end, std::string::npos);
    const std::string name = page.substr(at + 1, end - at - 1);
    const std::size_t dot = name.find('.');
    at = end;
    if (dot == std::string::npos || std::isupper(static_cast<unsigned char>(name[0])) == 0) {
      continue;  // a file
    }
    ++named;
    EXPECT_NE(code.find("(" + name.substr(0, dot) + ", " + name.substr(dot + 1) + ")"),
              std::string::npos)
        << name;
  }
  EXPECT_GT(named, 70U);
}

}  // namespace
}  // namespace hone::algorithms
