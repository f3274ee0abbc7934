#include "proto/access/callers_line.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "proto/access/callers.h"
#include "proto/model/dns_label.h"

namespace hone::access {
namespace {

constexpr std::string_view kSpace = " \t\r";
constexpr std::string_view kCertificate = "certificate=";
constexpr std::size_t kNameMax = 253;

/// In the order of Field.
constexpr std::string_view kFieldNames[] = {"name", "namespaces", "role"};
enum Field : std::size_t { kName, kNamespaces, kRole, kFieldCount };
using Fields = std::array<std::optional<std::string_view>, kFieldCount>;

tl::unexpected<Error> Wrong(std::string_view field, const std::string& what) {
  return Fail(Code::kInvalidArgument, std::string(field) + ": " + what);
}

/// Its beginning, if it is long.
std::string Quoted(std::string_view text) {
  return "\"" + std::string(text.substr(0, kNamespaceMax + 1)) + "\"";
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

/// The field that a word gives, "role" in "role=read"; nothing if it gives none.
std::optional<Field> FieldOf(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  const auto found = std::find(std::begin(kFieldNames), std::end(kFieldNames), name);
  if (name.size() == word.size() || found == std::end(kFieldNames)) {
    return std::nullopt;
  }
  return static_cast<Field>(found - std::begin(kFieldNames));
}

Status CheckName(std::string_view field, std::string_view name) {
  if (name.empty() || name.size() > kNameMax || !IsPrintable(name)) {
    return Wrong(field, "must be 1 to 253 printable ASCII characters");
  }
  return {};
}

/// The token or the certificate, with which a line begins.
Result<CallersLine> ReadCredential(std::string_view word) {
  if (word.starts_with(kCertificate)) {
    word.remove_prefix(kCertificate.size());
    HONE_RETURN_IF_ERROR(CheckName("certificate", word));
    return CallersLine{.is_certificate = true, .credential = std::string(word), .caller = {}};
  }
  if (const std::optional<Field> field = FieldOf(word)) {
    return Wrong("token",
                 "is missing: the line begins with " + std::string(kFieldNames[*field]) + "=");
  }
  if (word.starts_with("-----")) {
    return Wrong("token", "is the beginning of a PEM file, which is no list of tokens");
  }
  if (word.size() < Callers::kTokenMin || word.size() > Callers::kTokenMax || !IsPrintable(word)) {
    return Wrong("token", "must be 16 to 4096 printable ASCII characters");
  }
  return CallersLine{.credential = std::string(word), .caller = {}};
}

/// The words behind the credential. A word that gives no field may be a part of a token: the error
/// does not show it.
Status ReadFields(const std::vector<std::string_view>& words, Fields& fields) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::optional<Field> field = FieldOf(words[i]);
    if (!field) {
      return Wrong("field " + std::to_string(i + 2),
                   "must be name=NAME, namespaces=NAMES or role=ROLE");
    }
    if (fields[*field]) {
      return Wrong(kFieldNames[*field],
                   "is given twice (the name of a certificate's caller is its common name)");
    }
    fields[*field] = words[i].substr(kFieldNames[*field].size() + 1);
  }
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    if (!fields[i]) {
      return Wrong(kFieldNames[i],
                   "is missing: a caller has name=NAME, namespaces=NAMES and role=ROLE");
    }
  }
  return {};
}

Status ReadNamespaces(std::string_view text, Caller& caller) {
  caller.has_all_namespaces = text == "*";
  if (caller.has_all_namespaces) {
    return {};
  }
  for (const std::string_view ns : Split(text, ",")) {
    if (!IsNamespace(ns)) {
      return Wrong("namespaces",
                   Quoted(ns) +
                       " must be * alone, or 1 to 63 lower-case letters, digits and '-', "
                       "neither beginning nor ending with '-'");
    }
    caller.namespaces.emplace_back(ns);
  }
  if (caller.namespaces.size() > Callers::kNamespacesMax) {
    return Wrong("namespaces",
                 "are " + std::to_string(caller.namespaces.size()) + ", must be at most " +
                     std::to_string(Callers::kNamespacesMax) + ", or * for all");
  }
  std::sort(caller.namespaces.begin(), caller.namespaces.end());
  caller.namespaces.erase(std::unique(caller.namespaces.begin(), caller.namespaces.end()),
                          caller.namespaces.end());
  return {};
}

Status ReadRole(std::string_view text, Caller& caller) {
  for (const Role role : {Role::kIngest, Role::kRead, Role::kWrite, Role::kAdmin}) {
    if (text == NameOf(role)) {
      caller.role = role;
      return {};
    }
  }
  return Wrong("role", "is " + Quoted(text) + ", must be ingest, read, write or admin");
}

}  // namespace

std::string_view Trimmed(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
  return line.substr(0, line.find_last_not_of(kSpace) + 1);
}

Result<CallersLine> ReadCallersLine(std::string_view line) {
  std::vector<std::string_view> words = Split(line, kSpace);
  std::erase(words, std::string_view());
  HONE_ASSIGN_OR_RETURN(CallersLine read, ReadCredential(words.front()));
  words.erase(words.begin());
  if (words.empty() && !read.is_certificate) {
    read.caller = Caller::Unrestricted("");
    return read;
  }
  Fields fields;
  if (read.is_certificate) {
    fields[kName] = read.credential;
  }
  HONE_RETURN_IF_ERROR(ReadFields(words, fields));
  HONE_RETURN_IF_ERROR(CheckName("name", *fields[kName]));
  read.caller.name = *fields[kName];
  HONE_RETURN_IF_ERROR(ReadNamespaces(*fields[kNamespaces], read.caller));
  HONE_RETURN_IF_ERROR(ReadRole(*fields[kRole], read.caller));
  return read;
}

}  // namespace hone::access
