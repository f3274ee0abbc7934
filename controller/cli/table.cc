#include "controller/cli/table.h"

#include <algorithm>
#include <utility>

#include "controller/cli/text.h"

namespace hone::controller {

Table::Table(std::vector<Column> columns, Painter painter, Sink sink)
    : columns_(std::move(columns)), painter_(painter), sink_(std::move(sink)) {
  for (Column& column : columns_) {
    column.title = Printable(column.title);
    widths_.push_back(DisplayWidth(column.title));
  }
}

bool Table::Add(std::vector<Cell> row) {
  row.resize(columns_.size());
  for (Cell& cell : row) {
    cell.text = Printable(cell.text);
  }
  if (has_titles_) {
    return Print(row);
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    widths_[i] = std::max(widths_[i], DisplayWidth(row[i].text));
  }
  window_.push_back(std::move(row));
  return window_.size() < kWindowRows || PrintWindow();
}

void Table::Finish() {
  if (!has_titles_) {
    PrintWindow();
  }
}

bool Table::PrintWindow() {
  std::vector<Cell> titles;
  for (const Column& column : columns_) {
    titles.push_back({column.title, Color::kBold});
  }
  has_titles_ = true;
  Print(titles);
  for (const std::vector<Cell>& row : window_) {
    Print(row);
  }
  window_.clear();
  return is_wanted_;
}

bool Table::Print(const std::vector<Cell>& row) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::size_t width = DisplayWidth(row[i].text);
    const std::string blanks(widths_[i] > width ? widths_[i] - width : 0, ' ');
    const std::string text = painter_.Paint(row[i].color, row[i].text);
    if (columns_[i].is_number) {
      line.append(blanks).append(text);
    } else {
      line.append(text).append(blanks);
    }
    line += i + 1 < row.size() ? "  " : "";
  }
  line.erase(line.find_last_not_of(' ') + 1);
  is_wanted_ = is_wanted_ && sink_(line + "\n");
  return is_wanted_;
}

}  // namespace hone::controller
