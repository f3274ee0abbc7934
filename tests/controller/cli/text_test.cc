#include "controller/cli/text.h"

#include <gtest/gtest.h>

#include "controller/cli/csv.h"
#include "controller/cli/table.h"

namespace hone::controller {
namespace {

TEST(Text, CountsColumnsAsATerminalDoes) {
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("größe"), 5U);
  EXPECT_EQ(DisplayWidth("日本"), 4U);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U);
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2U);
  EXPECT_EQ(DisplayWidth("\xe2\x82"), 2U);
}

TEST(Text, TruncatesWholeCharacters) {
  EXPECT_EQ(Truncate("abcdef", 6), "abcdef");
  EXPECT_EQ(Truncate("abcdef", 4), "abc…");
  EXPECT_EQ(Truncate("日本語", 4), "日…");
  EXPECT_EQ(Truncate("abc", 1), "…");
  EXPECT_EQ(Truncate("abc", 0), "");
}

TEST(Text, FillsToTheColumnsAskedFor) {
  EXPECT_EQ(PadRight("日", 4), "日  ");
  EXPECT_EQ(PadLeft("1.5", 5), "  1.5");
  EXPECT_EQ(DisplayWidth(PadRight("日本語", 4)), 4U);
}

TEST(Text, ShowsControlCharacters) {
  EXPECT_EQ(Printable("a\x1b[2Jb\n"), "a\\x1b[2Jb\\n");
  EXPECT_EQ(Printable("größe"), "größe");
  EXPECT_EQ(Printable("\xff"), "\\xff");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "2J"),
            "\\x9b2J");
  // A surrogate, and a code point above the maximum.
  EXPECT_EQ(Printable("\xed\xa0\x80 \xf4\x90\x80\x80"), "\\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80");
  EXPECT_EQ(Printable("a\u202eb\u2066c\u200fd\u2028e"), "a\\u202eb\\u2066c\\u200fd\\u2028e");
  EXPECT_EQ(PrintableLines("a\nb\r\x1b"), "a\nb\\x0d\\x1b");
}

TEST(Text, ShortensNumbersAndNothingElse) {
  EXPECT_EQ(FormatShort("0.039649247192758516"), "0.0396492");
  EXPECT_EQ(FormatShort("-1.23456789e-12"), "-1.23457e-12");
  for (const char* text :
       {"0.10", "1e-3", "123456789", "relu", "nan", "1.10.3", "", "0.000123456"}) {
    EXPECT_EQ(FormatShort(std::string_view(text)), text);
  }
  EXPECT_EQ(FormatAssignments({{"l\x1br", "0.12345678"}, {"act", "re\nlu"}}),
            "l\\x1br=0.123457 act=re\\nlu");
}

TEST(Text, WritesDurationsInTheirUnits) {
  using std::chrono::seconds;
  EXPECT_EQ(FormatDuration(std::chrono::milliseconds(12)), "12ms");
  EXPECT_EQ(FormatDuration(std::chrono::milliseconds(3456)), "3.4s");
  EXPECT_EQ(FormatDuration(seconds(125)), "2m05s");
  EXPECT_EQ(FormatDuration(seconds(3720)), "1h02m");
  EXPECT_EQ(FormatDuration(seconds(86400 * 3 + 4 * 3600)), "3d04h");
  EXPECT_EQ(FormatAge(seconds(-5)), "0s");
  EXPECT_EQ(FormatAge(seconds(300)), "5m");
}

TEST(Text, ReadsDurationsThatPeopleWrite) {
  EXPECT_EQ(ParseSeconds("90"), 90);
  EXPECT_EQ(ParseSeconds("90s"), 90);
  EXPECT_EQ(ParseSeconds("1h30m"), 5400);
  EXPECT_EQ(ParseSeconds("2d"), 172800);
  for (const char* text :
       {"", "0", "-1", "5x", "m", "1.5h", "99999999999999999999", "9999999999d"}) {
    EXPECT_EQ(ParseSeconds(text), std::nullopt) << text;
  }
}

TEST(Table, MakesColumnsAsWideAsTheirWidestCell) {
  std::string text;
  Table table({{"NAME"}, {"VALUE", true}}, Painter(), [&](std::string_view line) {
    text += line;
    return true;
  });

  table.Add({{"größe"}, {"1"}});
  table.Add({{"x"}, {"100000"}});
  table.Add({{"missing"}});
  table.Finish();

  EXPECT_EQ(text,
            "NAME      VALUE\n"
            "größe         1\n"
            "x        100000\n"
            "missing\n");
}

TEST(Table, StreamsBeyondItsWindowAndStopsWhenTheReaderIsGone) {
  std::size_t lines = 0;
  Table table({{"N", true}}, Painter(), [&](std::string_view) { return ++lines < 1500; });

  std::size_t added = 0;
  while (added < 100000 && table.Add({{"1"}})) {
    ++added;
  }

  EXPECT_EQ(lines, 1500U);
  EXPECT_LT(added, 1500U);
}

TEST(Csv, QuotesWhatWouldBreakARow) {
  EXPECT_EQ(CsvRow({"a", "", "1.5"}), "a,,1.5\n");
  EXPECT_EQ(CsvRow({"a,b", "say \"x\"", "two\nlines", "r\r"}),
            "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\"r\r\"\n");
}

}  // namespace
}  // namespace hone::controller
