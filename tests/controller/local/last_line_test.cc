#include "controller/local/last_line.h"

#include <gtest/gtest.h>

namespace hone::controller {
namespace {

TEST(LastLine, IsTheLastOneThatSaysSomething) {
  EXPECT_EQ(LastLine(""), "");
  EXPECT_EQ(LastLine("\n \t\n"), "");
  EXPECT_EQ(LastLine("starting\nout of memory\n"), "out of memory");
  EXPECT_EQ(LastLine("train.py: error: no --lr\n  ^~~~\n--------\n\n"), "train.py: error: no --lr");
  EXPECT_EQ(LastLine("loss 0.3\r 10%\r 20%"), "20%");
  EXPECT_EQ(LastLine("größe fehlt\nñ"), "ñ");
}

TEST(LastLine, IsTheExceptionOfAPythonTraceback) {
  EXPECT_EQ(LastLine("epoch 1\n"
                     "Traceback (most recent call last):\n"
                     "  File \"train.py\", line 1, in <module>\n"
                     "    import torch\n"
                     "ModuleNotFoundError: No module named 'torch'\n"),
            "ModuleNotFoundError: No module named 'torch'");
  EXPECT_EQ(LastLine("Traceback (most recent call last):\n"
                     "  File \"a.py\", line 1, in <module>\n"
                     "KeyError: 'x'\n\n"
                     "During handling of the above exception, another exception occurred:\n\n"
                     "Traceback (most recent call last):\n"
                     "  File \"a.py\", line 3, in <module>\n"
                     "ValueError: shapes differ:\n"
                     "expected 3\n"
                     "found 4\n"),
            "ValueError: shapes differ:");
  EXPECT_EQ(LastLine("Traceback (most recent call last):\n  File \"a.py\", line 1\n"),
            "File \"a.py\", line 1");
}

TEST(LastLine, CanBeShownAnywhere) {
  EXPECT_EQ(LastLine("\x1b[31merror:\x1b[0m \x1b]0;title\abad\x1b]8;;x\x1b\\ file\x1b"),
            "error: bad file");
  EXPECT_EQ(LastLine("a\x01\x7f\xc2\x85\u202eb\u2066c"), "a    b c");
  EXPECT_EQ(LastLine("broken \xff\xc3"), "broken ??");
  EXPECT_EQ(LastLine("x\x1b["), "x");
}

TEST(LastLine, IsCutBetweenTwoCharacters) {
  const std::string line = LastLine(std::string(199, 'x') + "üü");

  EXPECT_EQ(line, std::string(199, 'x'));
  EXPECT_EQ(LastLine(std::string(kOutputTailMax, 'y')).size(), 200U);
}

}  // namespace
}  // namespace hone::controller
