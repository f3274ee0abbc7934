// Output: a command's stdout and stderr. Data goes to stdout, messages to stderr. If the reader of
// stdout goes away (`hone get trials | head`), printing ends without an error; a full disk is an
// error. Owned by one command; one thread.
#pragma once

#include <string>
#include <string_view>

#include "controller/cli/terminal.h"
#include "proto/core/result.h"

namespace hone::controller {

class Output {
 public:
  Output(bool is_quiet, std::string_view color_flag);

  /// Writes data. Returns false once stdout has no reader: then the command can stop.
  bool Write(std::string_view text);
  /// Writes data for programs, with names and values as they are; on a terminal control characters
  /// are made visible.
  bool WriteRaw(std::string_view text);
  /// Writes everything to stdout that is still buffered. An error if that fails, unless the reader
  /// has gone.
  [[nodiscard]] Status Flush();

  /// Prints a line for the user; not printed with --quiet. Here and below control characters, which
  /// may come from a file or a name, are made visible.
  void Note(std::string_view line) const;
  /// Print lines for the user, with --quiet too.
  void Warn(std::string_view message) const;
  void Fail(std::string_view message) const;

  /// True once stdout has no reader, or writing to it has failed.
  [[nodiscard]] bool is_closed() const { return failure_ != 0; }
  [[nodiscard]] bool is_quiet() const { return is_quiet_; }
  [[nodiscard]] const Painter& out_painter() const { return out_painter_; }
  [[nodiscard]] const Painter& error_painter() const { return error_painter_; }
  /// True if stderr is a terminal that can move its cursor.
  [[nodiscard]] bool can_redraw() const { return can_redraw_; }

 private:
  bool is_quiet_;
  bool is_out_terminal_;
  bool can_redraw_;
  Painter out_painter_;
  Painter error_painter_;
  int failure_ = 0;
};

/// Writes to stderr; ignores errors, as of a closed stderr.
void WriteToStderr(std::string_view text);

}  // namespace hone::controller
