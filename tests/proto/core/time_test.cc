#include "proto/core/time.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

TEST(Time, IsWrittenAsRfc3339WithoutNeedlessDigits) {
  const Time whole = *ParseTime("2026-11-22T12:28:06Z");

  EXPECT_EQ(FormatTime(whole), "2026-11-22T12:28:06Z");
  EXPECT_EQ(FormatTime(whole + std::chrono::milliseconds(20)), "2026-11-22T12:28:06.020Z");
  EXPECT_EQ(FormatTime(whole + Duration(7)), "2026-11-22T12:28:06.000007Z");
  EXPECT_EQ(FormatTime(Time()), "");
}

TEST(Time, IsReadWithOffsetsAndFractions) {
  const Time expected = *ParseTime("2026-11-22T12:28:06.123456Z");

  EXPECT_EQ(ParseTime("2026-11-22T14:28:06.123456+02:00"), expected);
  EXPECT_EQ(ParseTime("2026-11-22T07:58:06.123456789-04:30"), expected);
  EXPECT_EQ(ParseTime("2026-11-22t12:28:06.123456z"), expected);
}

TEST(Time, RefusesWhatIsNotExactlyAnInstant) {
  for (const char* const text : {"",
                                 "2026-11-22",
                                 "2026-11-22 12:28:06Z",
                                 "2026-11-22T12:28:06",
                                 "2026-02-30T12:28:06Z",
                                 "2026-11-22T24:28:06Z",
                                 "2026-11-22T12:60:06Z",
                                 "2026-11-22T12:28:06.Z",
                                 "2026-11-22T12:28:06.1234567890Z",
                                 "2026-11-22T12:28:06+2:00",
                                 "2026-11-22T12:28:06Zx",
                                 "2026-11-22T12:28:-6Z",
                                 "0000-01-01T00:00:00+00:01",
                                 "9999-12-31T23:59:00-00:01"}) {
    EXPECT_FALSE(ParseTime(text).has_value()) << text;
  }
}

TEST(Time, SurvivesWritingAndReadingOverTheCenturies) {
  for (const std::int64_t micros : {-62'135'596'800'000'000LL,  // 0001-01-01, Go's zero time
                                    -1LL,
                                    1LL,
                                    999'999LL,
                                    951'782'400'000'000LL,
                                    4'102'444'799'999'999LL}) {
    const Time time{Duration(micros)};

    EXPECT_EQ(ParseTime(FormatTime(time)), time);
  }
}

}  // namespace
}  // namespace hone
