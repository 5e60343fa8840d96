#include "source/number_format.h"

#include <gtest/gtest.h>

namespace assay::source {
namespace {

std::string MeaningText(FormatMeaning meaning) {
  switch (meaning) {
    case FormatMeaning::kNumber:
      return "number";
    case FormatMeaning::kDay:
      return "day";
    case FormatMeaning::kTime:
      return "time";
    case FormatMeaning::kMoment:
      return "moment";
  }
  return "";
}

TEST(NumberFormat, CodesTellWhatANumberMeans) {
  const std::pair<const char*, const char*> cases[] = {
      {"General", "number"},
      {"0.00%", "number"},
      {"#,##0.00 [$\xe2\x82\xac-407]", "number"},
      {"0.00E+00", "number"},
      {"##0.0E-0", "number"},
      {"[Red]0;[Blue]-0", "number"},
      {"0 \"days\"", "number"},
      {"0\\d", "number"},
      {"_(* #,##0_);_(* (#,##0)", "number"},
      {"@", "number"},
      {"[h]:mm:ss", "number"},
      {"[mm]:ss", "number"},
      {"[ss].00", "number"},
      {"yyyy-mm-dd", "day"},
      {"D/M/YY", "day"},
      {"[$-409]mmmm d, yyyy;@", "day"},
      {"mmm", "day"},
      {"yyyy\"h\"", "day"},
      {"e", "day"},
      {"h:mm AM/PM", "time"},
      {"hh:mm:ss.000", "time"},
      {"mm:ss.0", "time"},
      {"A/P", "time"},
      {"m/d/yy h:mm", "moment"},
      {"dd.mm.yyyy hh:mm:ss", "moment"},
      {"hh:mm dd/mm", "moment"},
      {"0;yyyy", "number"},
      {"\"open", "number"},
      {"[open", "number"},
      {"\\", "number"},
      {"", "number"},
  };
  for (const auto& [code, meaning] : cases) {
    EXPECT_EQ(MeaningText(MeaningOfFormat(code)), meaning) << code;
  }
}

TEST(NumberFormat, SomeFormatsAreKnownByTheirNumber) {
  std::string days, times, moments;
  for (int id = -1; id < 200; ++id) {
    const FormatMeaning meaning = MeaningOfBuiltInFormat(id);
    const std::string text = std::to_string(id) + " ";
    if (meaning == FormatMeaning::kDay) days += text;
    if (meaning == FormatMeaning::kTime) times += text;
    if (meaning == FormatMeaning::kMoment) moments += text;
  }
  EXPECT_EQ(days, "14 15 16 17 27 28 29 30 31 36 50 51 52 53 54 55 56 57 58 ");
  EXPECT_EQ(times, "18 19 20 21 32 33 34 35 45 47 ");
  EXPECT_EQ(moments, "22 ");
}

std::string DayOf(double days, FormatMeaning meaning = FormatMeaning::kDay,
                  bool from_1904 = false) {
  const FormattedDay day = FormatDay(days, meaning, from_1904);
  return MeaningText(day.meaning) + " " + day.text;
}

// What a spreadsheet program shows.
TEST(NumberFormat, DaysCountFrom1900WithADayThatNeverWas) {
  EXPECT_EQ(DayOf(0), "day ");
  EXPECT_EQ(DayOf(1), "day 1900-01-01");
  EXPECT_EQ(DayOf(59), "day 1900-02-28");
  EXPECT_EQ(DayOf(60), "day ");
  EXPECT_EQ(DayOf(60.5), "moment ");
  EXPECT_EQ(DayOf(61), "day 1900-03-01");
  EXPECT_EQ(DayOf(36526), "day 2000-01-01");
  EXPECT_EQ(DayOf(45351), "day 2024-02-29");
  EXPECT_EQ(DayOf(2958465), "day 9999-12-31");
  EXPECT_EQ(DayOf(2958466), "day ");
  EXPECT_EQ(DayOf(2958465.9999999999), "day ");
  EXPECT_EQ(DayOf(-1), "day ");
}

TEST(NumberFormat, OrFrom1904) {
  EXPECT_EQ(DayOf(0, FormatMeaning::kDay, true), "day 1904-01-01");
  EXPECT_EQ(DayOf(60, FormatMeaning::kDay, true), "day 1904-03-01");
  EXPECT_EQ(DayOf(43889, FormatMeaning::kDay, true), "day 2024-02-29");
  EXPECT_EQ(DayOf(2957003, FormatMeaning::kDay, true), "day 9999-12-31");
  EXPECT_EQ(DayOf(2957004, FormatMeaning::kDay, true), "day ");
  EXPECT_EQ(DayOf(0.5, FormatMeaning::kMoment, true), "moment 1904-01-01 12:00:00");
  EXPECT_EQ(DayOf(0.5, FormatMeaning::kTime, true), "time 12:00:00");
}

TEST(NumberFormat, TimesAreRoundedToTheMillisecond) {
  EXPECT_EQ(DayOf(0.5, FormatMeaning::kTime), "time 12:00:00");
  EXPECT_EQ(DayOf(0, FormatMeaning::kTime), "time 00:00:00");
  EXPECT_EQ(DayOf(0.25, FormatMeaning::kMoment), "time 06:00:00");
  EXPECT_EQ(DayOf(45351.5, FormatMeaning::kDay), "moment 2024-02-29 12:00:00");
  EXPECT_EQ(DayOf(45351, FormatMeaning::kMoment), "moment 2024-02-29 00:00:00");
  EXPECT_EQ(DayOf(45351.25, FormatMeaning::kTime), "moment 2024-02-29 06:00:00");
  // 12:34:56.789 and 00:00:00.1 as the programs store them
  EXPECT_EQ(DayOf(45351.524268391205, FormatMeaning::kMoment), "moment 2024-02-29 12:34:56.789");
  EXPECT_EQ(DayOf(45351.000001157409, FormatMeaning::kMoment), "moment 2024-02-29 00:00:00.1");
  EXPECT_EQ(DayOf(45350.9999999999, FormatMeaning::kMoment), "moment 2024-02-29 00:00:00");
  EXPECT_EQ(DayOf(0.9999999999, FormatMeaning::kTime), "time ");
}

}  // namespace
}  // namespace assay::source
