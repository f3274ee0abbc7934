// Table: rows for people, with columns as wide as their widest cell. Rows are kept until a window
// is full; then the widths are fixed and later rows are printed at once, so a table of any length
// takes bounded memory. Owned by one command; one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/cli/terminal.h"

namespace hone::controller {

struct Column {
  std::string title;
  bool is_number = false;
};

struct Cell {
  std::string text;
  Color color = Color::kPlain;
};

class Table {
 public:
  /// Receives whole lines; returns false when no more are wanted.
  using Sink = std::function<bool(std::string_view)>;
  static constexpr std::size_t kWindowRows = 1000;

  Table(std::vector<Column> columns, Painter painter, Sink sink);

  /// Missing cells are empty. Returns false when no more rows are wanted.
  bool Add(std::vector<Cell> row);
  /// Prints the rows that are still kept, and the titles even if there was no row.
  void Finish();

 private:
  bool PrintWindow();
  bool Print(const std::vector<Cell>& row);

  std::vector<Column> columns_;
  Painter painter_;
  Sink sink_;
  std::vector<std::vector<Cell>> window_;
  std::vector<std::size_t> widths_;
  bool has_titles_ = false;
  bool is_wanted_ = true;
};

}  // namespace hone::controller
