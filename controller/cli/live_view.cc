#include <algorithm>

#include <unistd.h>

#include "controller/cli/progress.h"
#include "controller/cli/text.h"

namespace hone::controller {
namespace {

constexpr Duration kRedrawInterval = std::chrono::milliseconds(100);

// Redraws the frame in place: moves the cursor up over the previous frame, clears it and writes the
// new one, all in one write. The cursor stays visible below the frame, so nothing has to be
// restored, however the program ends.
class LiveView final : public ProgressView {
 public:
  explicit LiveView(const Painter& painter) : painter_(painter), has_utf8_(HasUtf8Locale()) {}

  void ShowTrial(const TrialLine& /*trial*/, const Frame& /*frame*/) override {}

  void ShowMessage(const std::string& line) override {
    WriteToStderr(Erase() + line + "\n");
    drawn_widths_.clear();
    next_ = Duration{0};
  }

  void ShowNotice(const Frame& frame) override { Draw(frame); }

  void Refresh(const Frame& frame, Duration now) override {
    if (now >= next_) {
      Draw(frame);
      next_ = now + kRedrawInterval;
    }
  }

  void Close(const Frame& frame) override { Draw(frame); }

  [[nodiscard]] std::optional<Duration> interval() const override { return kRedrawInterval; }
  [[nodiscard]] bool shows_running() const override { return true; }

 private:
  // Moves to the first line of the previous frame and clears everything below. If the terminal has
  // become narrower since, it has wrapped the lines that no longer fit.
  [[nodiscard]] std::string Erase() const {
    const std::size_t columns = std::max<std::size_t>(TerminalColumns(STDERR_FILENO), 1);
    std::size_t rows = 0;
    for (const std::size_t width : drawn_widths_) {
      rows += std::max<std::size_t>((width + columns - 1) / columns, 1);
    }
    return rows == 0 ? "\r\x1b[J" : "\r\x1b[" + std::to_string(rows) + "A\x1b[J";
  }

  void Draw(const Frame& frame) {
    const std::size_t rows = TerminalRows(STDERR_FILENO);
    FrameStyle style;
    // The last column stays free: some terminals break the line there.
    style.columns = std::max<std::size_t>(TerminalColumns(STDERR_FILENO), 11) - 1;
    style.trials_max = std::min<std::size_t>(style.trials_max, rows > 4 ? rows - 4 : 0);
    style.has_utf8 = has_utf8_;
    std::string text = Erase();
    drawn_widths_.clear();
    for (const std::string& line : RenderFrame(frame, style)) {
      drawn_widths_.push_back(DisplayWidth(line));
    }
    style.painter = painter_;
    for (const std::string& line : RenderFrame(frame, style)) {
      text += line + "\n";
    }
    WriteToStderr(text);
  }

  Painter painter_;
  bool has_utf8_;
  // The width of each line of the previous frame.
  std::vector<std::size_t> drawn_widths_;
  Duration next_{0};
};

}  // namespace

std::unique_ptr<ProgressView> MakeLiveView(const Painter& painter) {
  return std::make_unique<LiveView>(painter);
}

}  // namespace hone::controller
