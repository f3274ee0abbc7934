#include "proto/rpc/files.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace hone::rpc {
namespace {

constexpr std::uintmax_t kFileMax = 1 << 20;

}  // namespace

Result<std::string> ReadSmallFile(const char* what, const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file || size > kFileMax) {
    const std::string reason = error             ? error.message()
                               : size > kFileMax ? "more than 1 MiB"
                                                 : "cannot be opened";
    return Fail(Code::kInvalidArgument,
                std::string(what) + ": reading " + path.string() + ": " + reason);
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Result<std::string> ReadPem(const char* what, const std::filesystem::path& path) {
  HONE_ASSIGN_OR_RETURN(std::string text, ReadSmallFile(what, path));
  if (text.find("-----BEGIN ") == std::string::npos) {
    return Fail(Code::kInvalidArgument,
                std::string(what) + ": " + path.string() + " is no PEM file");
  }
  return text;
}

Result<std::string> ReadToken(const char* what, const std::filesystem::path& path) {
  HONE_ASSIGN_OR_RETURN(std::string text, ReadSmallFile(what, path));
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  text.resize(text.find_last_not_of(" \t") + 1);
  if (text.empty()) {
    return Fail(Code::kInvalidArgument, std::string(what) + ": " + path.string() + " is empty");
  }
  return text;
}

}  // namespace hone::rpc
