// Driver: one connection to one SQL database. The seam between the statements, which stand in
// db/sql once, and the databases, of which each has a folder beside it (db/sqlite).
//
// Statements are written for SQLite 3.40 and PostgreSQL 15 alike: parameters are $1, $2, ... and
// first occur in this order; whole numbers are BIGINT, documents and names are TEXT.
// A connection belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "proto/core/result.h"

namespace hone::db {

/// What a parameter is bound to. Text is not copied: it must live until Execute returns.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view>;

/// One row of an answer, valid while its RowReader runs. Columns count from 0.
class Row {
 public:
  virtual ~Row() = default;
  [[nodiscard]] virtual bool IsNull(int column) const = 0;
  [[nodiscard]] virtual std::int64_t Integer(int column) const = 0;
  [[nodiscard]] virtual double Real(int column) const = 0;
  /// Valid as long as the row.
  [[nodiscard]] virtual std::string_view Text(int column) const = 0;
};

/// Shown each row; an error ends the statement and is returned from Query.
using RowReader = std::function<Status(const Row&)>;

class Driver {
 public:
  virtual ~Driver() = default;

  /// Runs one statement and answers how many rows it changed. Errors: kUnavailable (locked,
  /// connection lost), kAlreadyExists (a unique key is taken), kResourceExhausted (disk full),
  /// kPermissionDenied (read-only), kDataLoss (damaged), kInternal (anything else).
  [[nodiscard]] virtual Result<std::int64_t> Execute(std::string_view sql,
                                                     std::initializer_list<Value> parameters) = 0;
  /// Runs one statement and shows its rows to `read`. Errors: those of Execute and of `read`.
  [[nodiscard]] virtual Status Query(std::string_view sql,
                                     std::initializer_list<Value> parameters,
                                     const RowReader& read) = 0;

  /// Runs a statement that makes a table or an index, put as this database keeps it best. A key of
  /// one number is declared "BIGINT PRIMARY KEY" beside its column, any other on a line of its own.
  [[nodiscard]] virtual Status Define(std::string_view sql) = 0;

  /// Begins a transaction that will write. It is the only one until its end, whichever connection
  /// of whichever process asks: others wait here. A database that cannot promise that of itself
  /// takes a lock.
  [[nodiscard]] virtual Status Begin() = 0;
  [[nodiscard]] virtual Status Commit() = 0;
  /// Ends the transaction, if there is one, without effect. Cannot fail in a way that matters: a
  /// connection that is lost has rolled back.
  virtual void Rollback() = 0;
};

}  // namespace hone::db
