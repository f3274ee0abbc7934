#include "proto/access/callers.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::access {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kToken[] = "a-token-of-enough-length";

std::string ErrorOf(const std::string& text) {
  const Result<Callers> callers = Callers::Parse(text);
  EXPECT_FALSE(callers.has_value()) << text;
  EXPECT_EQ(callers ? Code::kUnknown : callers.error().code, Code::kInvalidArgument);
  return callers ? "" : callers.error().message;
}

Result<Caller> Show(const Callers& callers, const std::string& token) {
  return callers.Identify({.authorization = "Bearer " + token, .certificate = {}});
}

TEST(Callers, OfATokenAloneMayDoEverything) {
  const Callers callers =
      Callers::Parse("# of the test\r\n\n \t" + std::string(kToken) + " \r\n").value();

  const Caller caller = Show(callers, kToken).value();

  EXPECT_FALSE(callers.IsOpen());
  EXPECT_EQ(caller.name, "token of line 3");
  EXPECT_TRUE(caller.Check("any", Role::kAdmin));
}

TEST(Callers, OfALongerLineHaveWhatItSays) {
  const Callers callers =
      Callers::Parse(
          "first-token-of-length role=read\tnamespaces=team-b,team-a,team-b name=alice\n"
          "second-token-of-length name=ci@example.com namespaces=* role=ingest")
          .value();

  const Caller alice = Show(callers, "first-token-of-length").value();
  const Caller ci = Show(callers, "second-token-of-length").value();

  EXPECT_EQ(alice.name, "alice");
  EXPECT_FALSE(alice.has_all_namespaces);
  EXPECT_THAT(alice.namespaces, ElementsAre("team-a", "team-b"));
  EXPECT_EQ(alice.role, Role::kRead);
  EXPECT_EQ(ci.name, "ci@example.com");
  EXPECT_TRUE(ci.has_all_namespaces);
  EXPECT_EQ(ci.role, Role::kIngest);
}

TEST(Callers, AreKnownByTheWholeTokenAlone) {
  const Callers callers = Callers::Parse(std::string(kToken) + "\nanother-token-of-length").value();

  for (const std::string authorization : {"",
                                          "Bearer ",
                                          "Bearer a-token-of-enough-lengt",
                                          "Bearer a-token-of-enough-lengthx",
                                          "a-token-of-enough-length",
                                          "Basic a-token-of-enough-length",
                                          "bearer a-token-of-enough-length"}) {
    const Result<Caller> caller = callers.Identify({authorization, std::nullopt});
    ASSERT_FALSE(caller.has_value()) << authorization;
    EXPECT_EQ(caller.error().code, Code::kUnauthenticated);
    EXPECT_THAT(caller.error().message, Not(HasSubstr("length")));
  }
}

TEST(Callers, WithoutAFileAreAllLetIn) {
  const Callers callers;

  EXPECT_TRUE(callers.IsOpen());
  EXPECT_TRUE(Show(callers, "whatever")->Check("any", Role::kAdmin));
  EXPECT_EQ(callers.Identify({})->name, "anonymous");
  EXPECT_EQ(callers.Identify({.authorization = "", .certificate = "alice"})->name, "alice");
}

TEST(Callers, MayBeNamedByCertificates) {
  const Callers callers =
      Callers::Parse("certificate=alice namespaces=team-a role=write\n" + std::string(kToken))
          .value();

  EXPECT_TRUE(callers.HasCertificates());
  const Caller alice = callers.Identify({.authorization = "", .certificate = "alice"}).value();
  EXPECT_EQ(alice.name, "alice");
  EXPECT_THAT(alice.namespaces, ElementsAre("team-a"));
  EXPECT_EQ(alice.role, Role::kWrite);
  for (const char* other : {"", "alic", "alice2", kToken}) {
    EXPECT_EQ(callers.Identify({"", other}).error().code, Code::kUnauthenticated) << other;
  }
  EXPECT_EQ(callers.Identify({}).error().code, Code::kUnauthenticated);
}

TEST(Callers, ThatShowATokenAndACertificateAreThoseOfTheToken) {
  const Callers callers =
      Callers::Parse("certificate=alice namespaces=* role=admin\n" + std::string(kToken) +
                     " name=bob namespaces=team-a role=read")
          .value();

  EXPECT_EQ(callers.Identify({"Bearer " + std::string(kToken), "alice"})->name, "bob");
  EXPECT_EQ(callers.Identify({"Bearer x", "alice"}).error().code, Code::kUnauthenticated);
  EXPECT_EQ(callers.Identify({"Basic x", "alice"}).error().code, Code::kUnauthenticated);
}

struct Fault {
  std::string line;
  std::string message;
};

std::vector<Fault> Faults() {
  const std::string token = kToken;
  const std::string missing = "is missing: a caller has name=NAME, namespaces=NAMES and role=ROLE";
  const std::string label =
      " must be * alone, or 1 to 63 lower-case letters, digits and '-', neither beginning nor "
      "ending with '-'";
  return {
      {"too-short", "token: must be 16 to 4096 printable ASCII characters"},
      {std::string(4097, 'x'), "token: must be 16 to 4096 printable ASCII characters"},
      {"a-t\xC3\xB6ken-of-enough-length", "token: must be 16 to 4096 printable ASCII characters"},
      {"-----BEGIN CERTIFICATE-----",
       "token: is the beginning of a PEM file, which is no list of tokens"},
      {"namespaces=team-a,team-b role=read name=a",
       "token: is missing: the line begins with namespaces="},
      {token + " name=a namespaces=b", "role: " + missing},
      {token + " name=a role=read", "namespaces: " + missing},
      {token + " namespaces=b role=read", "name: " + missing},
      {token + " name=a namespaces=b role=read role=read",
       "role: is given twice (the name of a certificate's caller is its common name)"},
      {token + " name=a namespaces=b role=owner",
       "role: is \"owner\", must be ingest, read, write or admin"},
      {token + " name=a namespaces=b role=", "role: is \"\", must be ingest, read, write or admin"},
      {token + " name= namespaces=b role=read",
       "name: must be 1 to 253 printable ASCII characters"},
      {token + " name=a namespaces=b,,c role=read", "namespaces: \"\"" + label},
      {token + " name=a namespaces=*,b role=read", "namespaces: \"*\"" + label},
      {token + " name=a namespaces=Team role=read", "namespaces: \"Team\"" + label},
      {token + " name=a namespaces=" + std::string(64, 'a') + " role=read",
       "namespaces: \"" + std::string(64, 'a') + "\"" + label},
      {token + " name=a secret-words role=read",
       "field 3: must be name=NAME, namespaces=NAMES or role=ROLE"},
      {token + " name=a nam=spaces= role=read",
       "field 3: must be name=NAME, namespaces=NAMES or role=ROLE"},
      {"certificate= namespaces=a role=read",
       "certificate: must be 1 to 253 printable ASCII characters"},
      {"certificate=alice", "namespaces: " + missing},
      {"certificate=alice name=bob namespaces=a role=read",
       "name: is given twice (the name of a certificate's caller is its common name)"},
  };
}

TEST(CallersFile, NamesTheLineTheFieldAndWhatWouldBeRight) {
  for (const Fault& fault : Faults()) {
    EXPECT_EQ(ErrorOf("# callers\n" + fault.line + "\n"), "line 2: " + fault.message) << fault.line;
  }
}

TEST(CallersFile, HasEachCredentialOnce) {
  const std::string token = kToken;

  EXPECT_EQ(ErrorOf(token + "\n\n" + token + " name=a namespaces=b role=read"),
            "line 3: token: is that of line 1 too: a line needs one of its own");
  EXPECT_EQ(ErrorOf("certificate=a namespaces=b role=read\ncertificate=a namespaces=c role=read"),
            "line 2: certificate: is that of line 1 too: a line needs one of its own");
}

TEST(CallersFile, NamesSomebody) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("names no caller"));
  EXPECT_THAT(ErrorOf("# nobody\n \r\n"), HasSubstr("names no caller"));
}

TEST(CallersFile, IsBounded) {
  std::string lines;
  std::string namespaces = "n0";
  for (std::size_t i = 0; i < Callers::kCallersMax; ++i) {
    lines += "token-of-enough-length-" + std::to_string(i) + "\n";
  }
  for (std::size_t i = 1; i < Callers::kNamespacesMax; ++i) {
    namespaces += ",n" + std::to_string(i);
  }
  const std::string fields = std::string(kToken) + " name=a role=read namespaces=" + namespaces;

  EXPECT_TRUE(Callers::Parse(lines));
  EXPECT_EQ(ErrorOf(lines + kToken), "line 1001: is one too many: at most 1000 lines name callers");
  EXPECT_TRUE(Callers::Parse(fields));
  EXPECT_EQ(ErrorOf(fields + ",more"),
            "line 1: namespaces: are 101, must be at most 100, or * for all");
}

}  // namespace
}  // namespace hone::access
