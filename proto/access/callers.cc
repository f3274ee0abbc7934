#include "proto/access/callers.h"

#include <algorithm>
#include <utility>

#include "proto/access/callers_line.h"

namespace hone::access {
namespace {

constexpr std::string_view kScheme = "Bearer ";

/// Compares in constant time: all bytes, wherever the first difference is.
bool IsEqual(std::string_view shown, std::string_view known) {
  unsigned difference = shown.size() == known.size() ? 0 : 1;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const char other = i < shown.size() ? shown[i] : '\0';
    difference |= static_cast<unsigned char>(other ^ known[i]);
  }
  return difference == 0;
}

}  // namespace

Result<Callers> Callers::Parse(std::string_view text) {
  Callers callers;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') {
      continue;
    }
    const std::string where = "line " + std::to_string(number);
    Result<CallersLine> read = ReadCallersLine(line);
    if (!read) {
      return Wrap(where, std::move(read).error());
    }
    if (read->caller.name.empty()) {
      read->caller.name = "token of " + where;
    }
    std::vector<Known>& to = read->is_certificate ? callers.certificates_ : callers.tokens_;
    Known known{std::move(read->credential), std::move(read->caller), number};
    if (Status added = callers.Add(std::move(known), to); !added) {
      return Wrap(where, std::move(added).error());
    }
  }
  if (callers.IsOpen()) {
    return Fail(Code::kInvalidArgument,
                "names no caller: write one a line, beginning with a token");
  }
  return callers;
}

Status Callers::Add(Known known, std::vector<Known>& to) {
  for (const Known& other : to) {
    if (other.credential == known.credential) {
      return Fail(Code::kInvalidArgument,
                  std::string(&to == &tokens_ ? "token" : "certificate") + ": is that of line " +
                      std::to_string(other.line) + " too: a line needs one of its own");
    }
  }
  if (tokens_.size() + certificates_.size() == kCallersMax) {
    return Fail(Code::kInvalidArgument,
                "is one too many: at most " + std::to_string(kCallersMax) + " lines name callers");
  }
  to.push_back(std::move(known));
  return {};
}

Result<Caller> Callers::Identify(const Credentials& shown) const {
  if (IsOpen()) {
    return Caller::Unrestricted(std::string(shown.certificate.value_or("anonymous")));
  }
  const Caller* found = nullptr;
  if (!shown.authorization.starts_with(kScheme)) {
    const bool is_certificate = shown.authorization.empty() && shown.certificate;
    for (const Known& known : certificates_) {
      found = is_certificate && known.credential == *shown.certificate ? &known.caller : found;
    }
    return found != nullptr ? Result<Caller>(*found)
                            : Fail(Code::kUnauthenticated,
                                   "this server wants the header \"authorization: Bearer TOKEN\"");
  }
  const std::string_view token = shown.authorization.substr(kScheme.size());
  for (const Known& known : tokens_) {
    found = IsEqual(token, known.credential) ? &known.caller : found;
  }
  return found != nullptr
             ? Result<Caller>(*found)
             : Fail(Code::kUnauthenticated, "the bearer token is not one that this server knows");
}

}  // namespace hone::access
