#include "controller/cli/text_file.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

#include "proto/convert/document.h"

namespace hone::controller {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) {
      // The file was only read, so closing it cannot lose data.
      std::fclose(file);
    }
  }
};

}  // namespace

Result<std::string> ReadTextFile(const std::string& name) {
  const std::size_t bytes_max = proto::ReadLimits{}.max_bytes;
  const auto failure = [&] {
    return Fail(Code::kNotFound, "reading " + name + ": " + std::generic_category().message(errno));
  };
  const std::unique_ptr<std::FILE, CloseFile> file(name == "-" ? stdin
                                                               : std::fopen(name.c_str(), "rbe"));
  if (file == nullptr) {
    return failure();
  }
  std::string text;
  std::vector<char> piece(64UL * 1024);
  while (text.size() <= bytes_max) {
    const std::size_t count = std::fread(piece.data(), 1, piece.size(), file.get());
    text.append(piece.data(), count);
    if (count < piece.size()) {
      break;
    }
  }
  if (std::ferror(file.get()) != 0) {
    return failure();
  }
  return text;
}

}  // namespace hone::controller
