#include "db/sql/migrations.h"

#include <array>
#include <random>
#include <vector>

#include "db/migrations/0001_store.h"

namespace hone::db {
namespace {

constexpr std::array kMigrations{kMigration0001};

constexpr std::string_view kCreateLedger =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY, "
    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
constexpr std::string_view kReadLedger =
    "SELECT version, checksum FROM schema_migrations ORDER BY version";
constexpr std::string_view kWriteLedger =
    "INSERT INTO schema_migrations (version, checksum, applied_at) VALUES ($1, $2, $3)";
constexpr std::string_view kGiveIdentity =
    "INSERT INTO store (id, store_id, epoch, change_sequence, trimmed_sequence, "
    "experiment_sequence) VALUES (1, $1, 0, 0, 0, 0) ON CONFLICT DO NOTHING";

std::string HexText(std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = text.size(); i > 0; --i) {
    text[i - 1] = kDigits[value % 16];
    value /= 16;
  }
  return text;
}

std::string RandomId() {
  std::random_device device;
  std::uniform_int_distribution<std::uint64_t> any;
  return HexText(any(device)) + HexText(any(device));
}

tl::unexpected<Error> Mismatch(const std::string& fault) {
  return Fail(Code::kFailedPrecondition, "check schema: " + fault);
}

/// The number of migrations that the database has run.
Result<std::size_t> CountApplied(Driver& driver) {
  std::size_t count = 0;
  HONE_RETURN_IF_ERROR(driver.Query(kReadLedger, {}, [&](const Row& row) -> Status {
    const std::int64_t version = row.Integer(0);
    if (version > static_cast<std::int64_t>(kMigrations.size())) {
      return Mismatch("the store was written by a newer hone (schema version " +
                      std::to_string(version) + ", this hone knows up to " +
                      std::to_string(kMigrations.size()) + "); use that or a newer hone");
    }
    if (version != static_cast<std::int64_t>(count + 1)) {
      return Mismatch("migration " + std::to_string(count + 1) + " is not recorded");
    }
    if (row.Text(1) != Checksum(kMigrations[count])) {
      return Mismatch("migration " + std::to_string(version) +
                      " differs from the one that made this store; use the hone that made it");
    }
    ++count;
    return {};
  }));
  return count;
}

Status RunScript(Driver& driver, std::string_view sql) {
  constexpr std::string_view kEnd = ";\n";
  for (std::size_t end = sql.find(kEnd); end != std::string_view::npos; end = sql.find(kEnd)) {
    HONE_RETURN_IF_ERROR(driver.Define(sql.substr(0, end)));
    sql.remove_prefix(end + kEnd.size());
  }
  return {};
}

}  // namespace

std::span<const std::string_view> Migrations() {
  return kMigrations;
}

// FNV-1a, 64 bits: detects a changed text; it is not cryptographic.
std::string Checksum(std::string_view sql) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : sql) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3U;
  }
  return HexText(hash);
}

Status Migrate(Driver& driver, Time now) {
  HONE_RETURN_IF_ERROR(driver.Execute(kCreateLedger, {}));
  HONE_ASSIGN_OR_RETURN(const std::size_t applied, CountApplied(driver));
  for (std::size_t i = applied; i < kMigrations.size(); ++i) {
    const auto version = static_cast<std::int64_t>(i + 1);
    HONE_RETURN_IF_ERROR(RunScript(driver, kMigrations[i]));
    HONE_RETURN_IF_ERROR(driver.Execute(
        kWriteLedger, {version, Checksum(kMigrations[i]), now.time_since_epoch().count()}));
  }
  HONE_RETURN_IF_ERROR(driver.Execute(kGiveIdentity, {RandomId()}));
  return {};
}

Status CheckSchema(Driver& driver) {
  HONE_ASSIGN_OR_RETURN(const std::size_t applied, CountApplied(driver));
  if (applied < kMigrations.size()) {
    return Mismatch("the store has schema version " + std::to_string(applied) +
                    " and this hone needs " + std::to_string(kMigrations.size()) +
                    "; run a command that writes to it once, e.g. hone run");
  }
  return {};
}

}  // namespace hone::db
