// Output: what a command prints. Data goes to stdout, messages to stderr. A reader of stdout that
// went away (`hone get trials | head`) ends the printing, not with an error; a full disk is one.
// Owned by one command; one thread.
#pragma once

#include <string>
#include <string_view>

#include "controller/cli/terminal.h"
#include "proto/core/result.h"

namespace hone::controller {

class Output {
 public:
  Output(bool is_quiet, std::string_view color_flag);

  /// Data. Returns false once nobody reads any more: then there is no use in going on.
  bool Write(std::string_view text);
  /// Data for programs, with names and values as they are; on a terminal control characters are
  /// made visible.
  bool WriteRaw(std::string_view text);
  /// Everything written so far reaches stdout. An error if it could not, unless the reader left.
  [[nodiscard]] Status Flush();

  /// A line for the person; not printed with --quiet. Here and below control characters, which may
  /// come from a file or a name, are made visible.
  void Note(std::string_view line) const;
  /// Lines for the person, always printed.
  void Warn(std::string_view message) const;
  void Fail(std::string_view message) const;

  /// True once nobody reads stdout any more.
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

/// Writes to stderr; a closed stderr is no reason to end.
void WriteToStderr(std::string_view text);

}  // namespace hone::controller
