#include "controller/cli/progress.h"
#include "controller/cli/text.h"

namespace hone::controller {
namespace {

/// The most lines in one interval; further trials are only counted.
constexpr int kLinesMax = 10;
constexpr Duration kInterval = std::chrono::seconds(1);

std::string RenderCounts(const Frame& frame) {
  std::string text = std::to_string(frame.done);
  if (frame.max) {
    text += " of " + std::to_string(*frame.max);
  }
  return text + " trials done";
}

std::string RenderBest(const Frame& frame) {
  return frame.best ? ", best " + Printable(frame.metric) + "=" + FormatShort(*frame.best) + " (" +
                          frame.best_trial + ")"
                    : "";
}

// Prints one line for each finished trial; if trials end too fast for reading, only the number of
// the others.
class PlainView final : public ProgressView {
 public:
  void ShowTrial(const TrialLine& trial, const Frame& frame) override {
    if (!IsTerminal(trial.state)) {
      return;
    }
    if (lines_ >= kLinesMax) {
      ++skipped_;
      return;
    }
    ++lines_;
    std::string line = trial.name + "  " + std::string(ToText(trial.state));
    if (trial.objective) {
      line += "  " + Printable(frame.metric) + "=" + FormatShort(*trial.objective);
    }
    if (trial.duration) {
      line += "  " + FormatDuration(*trial.duration);
    }
    if (!trial.reason.empty()) {
      line += "  " + Printable(trial.reason);
    }
    WriteToStderr(line + "  " + trial.parameters + "\n");
  }

  void ShowMessage(const std::string& line) override { WriteToStderr(line + "\n"); }

  void ShowNotice(const Frame& frame) override { ShowMessage(frame.notice); }

  void Refresh(const Frame& frame, Duration now) override {
    if (now >= next_) {
      PrintSkipped(frame);
      lines_ = 0;
      next_ = now + kInterval;
    }
  }

  void Close(const Frame& frame) override { PrintSkipped(frame); }

  [[nodiscard]] std::optional<Duration> interval() const override { return kInterval; }

 private:
  void PrintSkipped(const Frame& frame) {
    if (skipped_ > 0) {
      ShowMessage("... and " + std::to_string(skipped_) + " more: " + RenderCounts(frame) +
                  RenderBest(frame));
      skipped_ = 0;
    }
  }

  int lines_ = 0;
  std::int64_t skipped_ = 0;
  Duration next_{0};
};

// Shows warnings only.
class QuietView final : public ProgressView {
 public:
  void ShowTrial(const TrialLine& /*trial*/, const Frame& /*frame*/) override {}
  void ShowMessage(const std::string& line) override { WriteToStderr(line + "\n"); }
  void ShowNotice(const Frame& /*frame*/) override {}
  void Refresh(const Frame& /*frame*/, Duration /*now*/) override {}
  void Close(const Frame& /*frame*/) override {}
  [[nodiscard]] std::optional<Duration> interval() const override { return std::nullopt; }
};

}  // namespace

std::unique_ptr<ProgressView> MakePlainView() {
  return std::make_unique<PlainView>();
}

std::unique_ptr<ProgressView> MakeQuietView() {
  return std::make_unique<QuietView>();
}

}  // namespace hone::controller
