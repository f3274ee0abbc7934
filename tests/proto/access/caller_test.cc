#include "proto/access/caller.h"

#include <gtest/gtest.h>

namespace hone::access {
namespace {

Caller Alice(Role role) {
  return {.name = "alice", .namespaces = {"team-a", "team-b"}, .role = role};
}

TEST(Caller, MayDoNothingUntilItIsTold) {
  const Caller nobody;

  EXPECT_EQ(nobody.Check("default", Role::kIngest).error().code, Code::kNotFound);
  EXPECT_EQ(nobody.Check("", Role::kIngest).error().code, Code::kNotFound);
}

TEST(Caller, WithoutRestrictionMayDoEverythingEverywhere) {
  const Caller caller = Caller::Unrestricted("anonymous");

  for (const Role role : {Role::kIngest, Role::kRead, Role::kWrite, Role::kAdmin}) {
    EXPECT_TRUE(caller.Check("any", role));
    EXPECT_TRUE(caller.CheckRole(role));
  }
}

TEST(Caller, DoesNotFindNamespacesOfOthersWhateverItsRole) {
  for (const Role role : {Role::kIngest, Role::kRead, Role::kWrite, Role::kAdmin}) {
    const Status status = Alice(role).Check("team", Role::kIngest);

    EXPECT_EQ(status.error().code, Code::kNotFound);
    EXPECT_EQ(status.error().message,
              "namespace \"team\": caller \"alice\" has none of that name; it has namespaces "
              "team-a, team-b");
  }
}

TEST(Caller, IsToldWhichRoleItWouldNeed) {
  const Status status = Alice(Role::kRead).Check("team-a", Role::kWrite);

  EXPECT_EQ(status.error().code, Code::kPermissionDenied);
  EXPECT_EQ(status.error().message,
            "namespace \"team-a\": caller \"alice\" has role read, and needs role write");
  EXPECT_EQ(Alice(Role::kIngest).CheckRole(Role::kRead).error().message,
            "caller \"alice\" has role ingest, and needs role read");
}

TEST(Roles, IncludeEachOtherAsTheTableSays) {
  constexpr Role kRoles[] = {Role::kIngest, Role::kRead, Role::kWrite, Role::kAdmin};
  constexpr bool kMay[4][4] = {
      {true, false, false, false},
      {false, true, false, false},
      {true, true, true, false},
      {true, true, true, true},
  };

  for (std::size_t has = 0; has < 4; ++has) {
    for (std::size_t needed = 0; needed < 4; ++needed) {
      EXPECT_EQ(Includes(kRoles[has], kRoles[needed]), kMay[has][needed])
          << NameOf(kRoles[has]) << " for " << NameOf(kRoles[needed]);
    }
  }
}

}  // namespace
}  // namespace hone::access
