// What SQLite's codes become: the errors that Driver promises.
#include "db/sqlite/sqlite_driver.h"

#include <gtest/gtest.h>

#include "tests/db/store_contract.h"
#include "tests/temporary_folder.h"

namespace hone::db {
namespace {

TEST(SqliteDriver, TellsAKeyThatIsTakenFromOtherConstraints) {
  const TemporaryFolder folder;
  const auto driver = SqliteDriver::Open(folder / "names.db", {}).value();
  ASSERT_TRUE(
      driver->Execute("CREATE TABLE names (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE)", {}));
  const auto insert = [&](std::int64_t id, const Value& name) {
    return driver->Execute("INSERT INTO names VALUES ($1, $2)", {id, name});
  };
  ASSERT_TRUE(insert(1, "ada"));

  EXPECT_EQ(CodeOf(insert(1, "grace")), Code::kAlreadyExists) << "the primary key";
  EXPECT_EQ(CodeOf(insert(2, "ada")), Code::kAlreadyExists) << "a unique column";
  EXPECT_EQ(CodeOf(insert(2, std::monostate())), Code::kInternal) << "a name that is missing";
}

}  // namespace
}  // namespace hone::db
