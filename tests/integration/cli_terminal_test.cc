// The live display of `hone run` on a real terminal that changes its size.
#include <algorithm>
#include <array>
#include <csignal>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/cli/text.h"
#include "tests/integration/program.h"
#include "tests/paths.inc"

namespace hone {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Le;

/// A terminal in which hone runs. Read collects its output.
class Terminal {
 public:
  Terminal(const Sandbox& sandbox,
           unsigned short columns,
           std::vector<std::string> words,
           std::string type = "TERM=xterm") {
    winsize size{};
    size.ws_row = 24;
    size.ws_col = columns;
    pid_ = ::forkpty(&screen_, nullptr, nullptr, &size);
    if (pid_ == 0) {
      words.insert(words.begin(), HONE_PROGRAM);
      std::vector<char*> arguments;
      for (std::string& word : words) {
        arguments.push_back(word.data());
      }
      arguments.push_back(nullptr);
      std::string home = "HOME=" + sandbox.path().string();
      std::array<std::string, 4> variables = {
          home, "PATH=/usr/bin:/bin", std::move(type), "LANG=C"};
      std::vector<char*> environment;
      for (std::string& variable : variables) {
        environment.push_back(variable.data());
      }
      environment.push_back(nullptr);
      if (::chdir(sandbox.path().c_str()) == 0) {
        ::execve(arguments[0], arguments.data(), environment.data());
      }
      ::_exit(127);
    }
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(screen_);
  }

  void Resize(unsigned short columns) const {
    winsize size{};
    size.ws_row = 24;
    size.ws_col = columns;
    ::ioctl(screen_, TIOCSWINSZ, &size);
  }

  /// The output since the last call, as soon as it holds `count` complete frames.
  std::string Read(std::size_t count) const {
    return ReadUntil([count](const std::string& text) {
      std::size_t found = 0;
      for (std::size_t at = 0; (at = text.find("\x1b[J", at)) != std::string::npos; ++at) {
        ++found;
      }
      return found > count;
    });
  }

  /// The output since the last call, as soon as `is_enough` is true or the program has ended.
  [[nodiscard]] std::string ReadUntil(
      const std::function<bool(const std::string&)>& is_enough) const {
    std::string text;
    bool is_open = true;
    Eventually([&] {
      pollfd readable{screen_, POLLIN, 0};
      std::array<char, 4096> buffer{};
      if (::poll(&readable, 1, 0) == 1) {
        const ssize_t size = ::read(screen_, buffer.data(), buffer.size());
        text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        is_open = size > 0;
      }
      return !is_open || is_enough(text);
    });
    return text;
  }

 private:
  pid_t pid_ = 0;
  int screen_ = -1;
};

/// The number of columns of every line, without escape sequences.
std::vector<std::size_t> Widths(const std::string& text) {
  std::vector<std::size_t> widths;
  std::string line;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b') {  // CSI: up to its letter
      at = text.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", at);
    } else if (text[at] == '\r' || text[at] == '\n') {
      widths.push_back(controller::DisplayWidth(line));
      line.clear();
    } else {
      line += text[at];
    }
  }
  return widths;
}

TEST(CliTerminal, FitsTheTerminalWhenItsSizeChanges) {
  const Sandbox sandbox;
  Terminal terminal(sandbox,
                    100,
                    {"run",
                     "--maximize=score",
                     "-p",
                     "some_long_parameter=uniform:0..1",
                     "-p",
                     "another_long_parameter=uniform:0..1",
                     "-n",
                     "1000",
                     "--",
                     "/bin/sh",
                     "-c",
                     "echo score=$0; sleep 0.05",
                     "{some_long_parameter}",
                     "{another_long_parameter}"});
  const std::string wide = terminal.Read(3);
  EXPECT_THAT(wide, HasSubstr("some_long_parameter"));
  EXPECT_THAT(Widths(wide), Each(Le(99U)));

  terminal.Resize(40);
  terminal.Read(2);  // these frames may be older than the resize
  const std::string narrow = terminal.Read(3);

  const std::vector<std::size_t> widths = Widths(narrow);
  ASSERT_FALSE(widths.empty());
  EXPECT_THAT(widths, Each(Le(39U)));
  EXPECT_GT(*std::max_element(widths.begin(), widths.end()), 20U);
}

/// One trial that prints, waits for the file `go` of the sandbox, and fails.
std::vector<std::string> OneTrial(const Sandbox& sandbox) {
  const std::string go = (sandbox.path() / "go").string();
  return {"run",
          "--maximize=score",
          "-p",
          "x=int:3..3",
          "-n",
          "1",
          "--",
          "/bin/sh",
          "-c",
          "echo score=0.125; while [ ! -e " + go + " ]; do sleep 0.02; done; echo boom; exit {x}"};
}

std::function<bool(const std::string&)> Has(const std::string& part) {
  return [part](const std::string& text) {
    return text.find(part) != std::string::npos;
  };
}

TEST(CliTerminal, ShowsWhatARunningTrialReportsAndWhyItFailed) {
  const Sandbox sandbox;
  const Terminal terminal(sandbox, 100, OneTrial(sandbox));

  EXPECT_THAT(terminal.ReadUntil(Has("0.125")), HasSubstr("0.125"));
  sandbox.Write("go", "");

  EXPECT_THAT(terminal.ReadUntil(Has("exited with code 3: boom")),
              HasSubstr("exited with code 3: boom"));
}

TEST(CliTerminal, GetsNoEscapeSequencesIfItKnowsNone) {
  for (const char* type : {"TERM=dumb", "TERM="}) {
    const Sandbox sandbox;
    sandbox.Write("go", "");
    const Terminal terminal(sandbox, 100, OneTrial(sandbox), type);

    const std::string text = terminal.ReadUntil([](const std::string&) { return false; });

    EXPECT_THAT(text, HasSubstr("exited with code 3: boom"));
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace hone
