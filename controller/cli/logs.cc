#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "controller/cli/query.h"
#include "db/store/find_trial.h"

namespace hone::controller {
namespace {

struct LogsOptions {
  std::optional<std::string> trial;
  bool follows = false;
};

constexpr auto kPollInterval = std::chrono::milliseconds(100);

// Reads a log while it is written and rotated: when it has become too long, the runner moves it to
// "<log>.1". The reader then reads the old file to its end, and goes on with the new one.
class LogReader {
 public:
  explicit LogReader(std::string path) : path_(std::move(path)) {}
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;
  ~LogReader() { Close(); }

  // Prints the new part of the log; returns false when the reader of stdout has gone.
  Result<bool> Print(Output& output) {
    while (true) {
      if (fd_ < 0 && !Open()) {
        return errno == ENOENT ? Result<bool>(true) : Failure();
      }
      HONE_ASSIGN_OR_RETURN(const bool is_wanted, PrintToEnd(output));
      if (!is_wanted || !HasMoved()) {
        return is_wanted;
      }
      Close();
    }
  }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  bool Open() {
    fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    return fd_ >= 0;
  }
  void Close() {
    if (fd_ >= 0) {
      ::close(fd_);
      fd_ = -1;
    }
  }
  [[nodiscard]] tl::unexpected<Error> Failure() const {
    return Fail(Code::kUnavailable,
                "reading " + path_ + ": " + std::generic_category().message(errno));
  }
  // True if the log's name now belongs to another file than the open one.
  [[nodiscard]] bool HasMoved() const {
    struct stat open_file {};
    struct stat named_file {};
    return ::fstat(fd_, &open_file) == 0 && ::stat(path_.c_str(), &named_file) == 0 &&
           open_file.st_ino != named_file.st_ino;
  }
  Result<bool> PrintToEnd(Output& output) {
    while (true) {
      const ssize_t count = ::read(fd_, buffer_.data(), buffer_.size());
      if (count < 0 && errno != EINTR) {
        return Failure();
      }
      if (count == 0) {
        return true;
      }
      const auto length = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
      if (!output.Write({buffer_.data(), length})) {
        return false;
      }
    }
  }

  std::string path_;
  int fd_ = -1;
  std::array<char, 64UL * 1024> buffer_{};
};

// Prints until the trial has ended and its log has been read to the end.
Status Follow(const Session& session, db::Store& store, const FoundTrial& found, LogReader& log) {
  while (true) {
    // The trial's state is read before its log: if it had ended by then, everything that it wrote
    // is in the log.
    HONE_ASSIGN_OR_RETURN(auto trial,
                          db::FindTrial(store, found.trial.experiment, found.trial.ordinal));
    HONE_ASSIGN_OR_RETURN(const bool is_wanted, log.Print(session.output));
    HONE_RETURN_IF_ERROR(session.output.Flush());
    if (!is_wanted || session.output.is_closed() || !trial || IsTerminal(trial->state)) {
      return {};
    }
    if (!IsControlled(session, found.experiment)) {
      session.output.Note("nobody runs experiment " + found.experiment.key.name +
                          " now; its trial is not finished");
      return {};
    }
    std::this_thread::sleep_for(kPollInterval);
  }
}

Result<int> Logs(const LogsOptions& options, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const auto store, OpenStore(session));
  HONE_ASSIGN_OR_RETURN(FoundTrial found, FindTrialOrLast(session, *store, options.trial));
  const std::string path =
      session.factory.trial_files(session.paths, found.experiment.key, found.trial.name())
          .log.string();
  LogReader older(path + ".1");
  HONE_RETURN_IF_ERROR(older.Print(session.output));
  LogReader log(path);
  if (options.follows) {
    HONE_RETURN_IF_ERROR(Follow(session, *store, found, log));
    return kExitOk;
  }
  HONE_RETURN_IF_ERROR(log.Print(session.output));
  if (!log.is_open() && !older.is_open()) {
    session.output.Note("trial " + found.trial.name() + " has printed nothing");
  }
  return kExitOk;
}

}  // namespace

Command MakeLogsCommand() {
  auto options = std::make_shared<LogsOptions>();
  Command command;
  command.name = "logs";
  command.summary = "Print what a trial printed (the last one if none is named)";
  command.examples = {{"all of it", "hone logs train-7k2q-17"},
                      {"as it is written, until the trial ends", "hone logs train-7k2q-17 -f"}};
  command.positionals = {{"[TRIAL]", &options->trial, {}, Completes::kTrial}};
  command.flags = {{"-f,--follow", "", "go on until the trial has ended", &options->follows}};
  command.run = [options](Session& session) {
    return Logs(*options, session);
  };
  return command;
}

}  // namespace hone::controller
