// The paths of a store, and their form in messages for users.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/world.h"

namespace hone::controller {
namespace {

TEST(StorePaths, OfAFileAreTheFileAndAFolderBesideIt) {
  const StorePaths paths = StorePaths::Resolve("/nowhere/s.db").value();

  EXPECT_EQ(paths.database, "/nowhere/s.db");
  EXPECT_EQ(paths.trials, "/nowhere/s.db.trials");
  EXPECT_EQ(paths.url, "");
  EXPECT_EQ(paths.Name(), "/nowhere/s.db");
}

TEST(StorePaths, OfAUrlHaveNoFile) {
  const StorePaths paths = StorePaths::Resolve("postgresql://u:secret@host/hone").value();

  EXPECT_EQ(paths.database, "");
  EXPECT_EQ(paths.url, "postgresql://u:secret@host/hone");
  EXPECT_EQ(paths.trials.filename(), "trials");
}

TEST(StorePaths, AreNamedWithoutTheirSecrets) {
  constexpr std::pair<const char*, const char*> kNames[] = {
      {"postgresql://host/hone", "postgresql://host/hone"},
      {"postgresql://u@host:5432/hone", "postgresql://u@host:5432/hone"},
      {"postgresql://u:secret@host/hone", "postgresql://u@host/hone"},
      {"postgresql://u:a@secret@host/hone", "postgresql://u@host/hone"},
      {"postgresql://u:a/secret@host/hone", "postgresql://u@host/hone"},
      {"postgresql://u:a?secret@host/hone", "postgresql://..."},
      {"postgresql://host/hone?user=u&password=secret", "postgresql://host/hone"},
      {"postgresql://u:secret@host/hone?password=secret", "postgresql://u@host/hone"},
      {"postgresql://host/hone?password=a@secret", "postgresql://..."},
  };
  for (const auto& [url, name] : kNames) {
    EXPECT_EQ(StorePaths::Resolve(url)->Name(), name);
  }
}

}  // namespace
}  // namespace hone::controller
