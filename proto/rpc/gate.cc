#include "proto/rpc/gate.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <utility>

#include "proto/rpc/files.h"

namespace hone::rpc {
namespace {

constexpr std::size_t kTokenMin = 16;
constexpr std::size_t kTokenMax = 4096;
constexpr std::size_t kTokensMax = 1000;

/// Compares in constant time: all bytes, wherever the first difference is.
bool IsEqual(std::string_view shown, std::string_view known) {
  unsigned difference = shown.size() == known.size() ? 0 : 1;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const char other = i < shown.size() ? shown[i] : '\0';
    difference |= static_cast<unsigned char>(other ^ known[i]);
  }
  return difference == 0;
}

tl::unexpected<Error> Wrong(const std::filesystem::path& path, const std::string& what) {
  return Fail(Code::kInvalidArgument, "--tokens: " + path.string() + ": " + what);
}

}  // namespace

Result<Gate> Gate::Read(const std::filesystem::path& tokens) {
  Gate gate;
  if (tokens.empty()) {
    return gate;
  }
  HONE_ASSIGN_OR_RETURN(std::string text, ReadSmallFile("--tokens", tokens));
  std::istringstream lines(std::move(text));
  for (std::string line; std::getline(lines, line);) {
    line.resize(line.find_last_not_of(" \t\r") + 1);  // blanks that an editor may not show
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (line.starts_with("-----")) {
      return Wrong(tokens, "is a PEM file and no list of tokens");
    }
    if (line.size() < kTokenMin || line.size() > kTokenMax) {
      return Wrong(tokens, "a token must have from 16 to 4096 characters");
    }
    if (gate.tokens_.size() == kTokensMax) {
      return Wrong(tokens, "has more than 1000 tokens");
    }
    gate.tokens_.push_back(std::move(line));
  }
  if (gate.tokens_.empty()) {
    return Wrong(tokens, "has no token, one a line");
  }
  return gate;
}

Status Gate::Admit(std::string_view method, std::string_view authorization) const {
  constexpr std::string_view kOpen[] = {"/grpc.health.v1.Health/",
                                        "/grpc.reflection.v1alpha.ServerReflection/"};
  if (tokens_.empty() || std::any_of(std::begin(kOpen), std::end(kOpen), [&](auto service) {
        return method.starts_with(service);
      })) {
    return {};
  }
  constexpr std::string_view kScheme = "Bearer ";
  const bool is_bearer = authorization.starts_with(kScheme);
  authorization.remove_prefix(is_bearer ? kScheme.size() : authorization.size());
  bool is_known = false;
  for (const std::string& token : tokens_) {
    is_known |= IsEqual(authorization, token);
  }
  if (is_bearer && is_known) {
    return {};
  }
  return Fail(Code::kUnauthenticated,
              is_bearer ? "the bearer token is not one that this server knows"
                        : "this server wants the header \"authorization: Bearer TOKEN\"");
}

}  // namespace hone::rpc
