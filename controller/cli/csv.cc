#include "controller/cli/csv.h"

namespace hone::controller {

std::string CsvRow(const std::vector<std::string>& fields) {
  std::string row;
  bool is_first = true;
  for (const std::string& field : fields) {
    row += is_first ? "" : ",";
    is_first = false;
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      row += field;
      continue;
    }
    row += '"';
    for (const char byte : field) {
      row += byte == '"' ? "\"\"" : std::string(1, byte);
    }
    row += '"';
  }
  return row + "\n";
}

}  // namespace hone::controller
