// Driver: one connection to one SQL database. The interface between the statements, which exist
// once in db/sql, and the databases, each of which has its own folder (db/sqlite).
//
// Statements are written for both SQLite 3.40 and PostgreSQL 15: parameters are $1, $2, ... and
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

/// The value of a parameter. Text is not copied: it must live until Execute returns.
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

/// Called with each row; an error ends the statement and is returned from Query.
using RowReader = std::function<Status(const Row&)>;

class Driver {
 public:
  virtual ~Driver() = default;

  /// Runs one statement and returns how many rows it changed. Errors: kUnavailable (locked,
  /// connection lost), kAlreadyExists (a unique key is taken), kResourceExhausted (disk full),
  /// kPermissionDenied (read-only), kDataLoss (damaged), kInternal (anything else).
  [[nodiscard]] virtual Result<std::int64_t> Execute(std::string_view sql,
                                                     std::initializer_list<Value> parameters) = 0;
  /// Runs one statement and passes its rows to `read`. Errors: those of Execute and of `read`.
  [[nodiscard]] virtual Status Query(std::string_view sql,
                                     std::initializer_list<Value> parameters,
                                     const RowReader& read) = 0;

  /// Runs a statement that creates a table or an index, in the variant that suits this database
  /// best. A key of one number is declared "BIGINT PRIMARY KEY" beside its column, any other on a
  /// line of its own.
  [[nodiscard]] virtual Status Define(std::string_view sql) = 0;

  /// Begins a writing transaction. Only one exists at a time, over all connections and processes:
  /// other callers of Begin wait. A database that does not guarantee this takes a lock.
  [[nodiscard]] virtual Status Begin() = 0;
  [[nodiscard]] virtual Status Commit() = 0;
  /// Ends the transaction, if there is one, without effect. Errors are ignored: a lost connection
  /// has rolled back already.
  virtual void Rollback() = 0;
};

}  // namespace hone::db
