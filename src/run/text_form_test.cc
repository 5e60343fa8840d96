#include "run/text_form.h"

#include <gtest/gtest.h>

#include <string>

#include "base/test_folder.h"

namespace assay::run {
namespace {

char DelimiterOf(std::string_view text) { return GuessTextForm(text, ',').delimiter; }
int TitlesOf(std::string_view text) { return GuessTextForm(text, ',').title_lines; }

TEST(TextForm, TheDelimiterIsWhatCutsAllLinesAlike) {
  EXPECT_EQ(DelimiterOf("a,b,c\n1,2,3\n"), ',');
  EXPECT_EQ(DelimiterOf("a;b;c\n1;2;3\n"), ';');
  EXPECT_EQ(DelimiterOf("a\tb\n1\t2\n"), '\t');
  EXPECT_EQ(DelimiterOf("a|b\n1|2\n"), '|');
  // Commas of decimals and of sentences do not count.
  EXPECT_EQ(DelimiterOf("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n1,5;2,5;3,5\n"), ';');
  EXPECT_EQ(DelimiterOf("a;b\n1;x, y, z\n2;x\n3;x, y\n"), ';');
  EXPECT_EQ(DelimiterOf("a,b\n1,x; y\n2,x\n3,x; y; z\n"), ',');
  EXPECT_EQ(DelimiterOf("a,b\n\"1;2;3\",x\n\"1;\n2;3\",y\n"), ',');
}

TEST(TextForm, WithoutACutTheUsualOneIsTaken) {
  EXPECT_EQ(DelimiterOf(""), ',');
  EXPECT_EQ(DelimiterOf("alone\n1\n2\n"), ',');
  EXPECT_EQ(GuessTextForm("alone\n1\n", '\t').delimiter, '\t');
  EXPECT_EQ(GuessTextForm("a,b\n1,2\n", '\t').delimiter, ',');
  EXPECT_EQ(DelimiterOf("one; line"), ';');
}

TEST(TextForm, CellsAreWhatIsCutAlikeInAllLines) {
  EXPECT_EQ(FindCellDelimiter("a,b\n1,2\n3,4\n"), ',');
  EXPECT_EQ(FindCellDelimiter("a\tb\n1\t2, x\n3\t4\n"), '\t');
  EXPECT_EQ(FindCellDelimiter("\xef\xbb\xbf"
                              "a;b\n1,5;2\n\n3,5;4\n"),
            ';');
  EXPECT_EQ(FindCellDelimiter("a|b\n1|2\n3|4\n5|"), '|');
  EXPECT_EQ(FindCellDelimiter(""), std::nullopt);
  EXPECT_EQ(FindCellDelimiter("a,b\n1,2\n"), std::nullopt);
  EXPECT_EQ(FindCellDelimiter("a,b\n1,2\n3,4,5\n"), std::nullopt);
  EXPECT_EQ(FindCellDelimiter("a\nb\nc\n"), std::nullopt);
  EXPECT_EQ(FindCellDelimiter("Yes, he said.\nNo, she said.\nWell, then.\n"), std::nullopt);
}

TEST(TextForm, TitleLinesStandBeforeTheHeader) {
  EXPECT_EQ(TitlesOf("a,b,c\n1,2,3\n"), 0);
  EXPECT_EQ(TitlesOf("\xef\xbb\xbf"
                     "Report\n\na,b,c\n1,2,3\n4,5,6\n"),
            2);
  EXPECT_EQ(TitlesOf("# source: x\n# of: 2024\n# all\na,b\n1,2\n3,4\n5,6\n7,8\n"), 3);
  EXPECT_EQ(TitlesOf("\"a title\nof two lines\"\na,b\n1,2\n3,4\n"), 2);
  EXPECT_EQ(TitlesOf("Report of sales;;\na;b;c\n1;2;3\n"), 1);  // as spreadsheets write it
  // Rows may have a cell more than the header, and a header of one column is no title.
  EXPECT_EQ(TitlesOf("a,b,c\n1,2,3,\n4,5,6,\n"), 0);
  EXPECT_EQ(TitlesOf("alone\n1\n2\n"), 0);
}

TEST(TextForm, TheFirstByteThatIsNoUtf8IsFound) {
  const TestFolder folder;
  EXPECT_FALSE(FindInvalidByte(folder.Write("fine", "größe\n日本 🚲\n")));
  EXPECT_FALSE(FindInvalidByte(folder.Write("empty", "")));
  const auto found = FindInvalidByte(folder.Write("latin",
                                                  "a\nb\ngr\xf6\xdf"
                                                  "e\n"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->line, 3);
  EXPECT_EQ(found->offset, 6);
  EXPECT_EQ(found->byte, 0xf6);
  EXPECT_TRUE(FindInvalidByte(folder.Write("cut", "gr\xc3")));
}

// A block ends after each of the bytes of a character in turn.
TEST(TextForm, CharactersGoOverTheEndOfABlock) {
  const TestFolder folder;
  for (std::size_t before = (1 << 20) - 4; before <= (1 << 20) + 1; ++before) {
    const std::string text = std::string(before, 'a') + "🚲" + "b";
    EXPECT_FALSE(FindInvalidByte(folder.Write("fine", text))) << before;
    const auto found = FindInvalidByte(folder.Write("wrong", text + "\n\xff"));
    ASSERT_TRUE(found) << before;
    EXPECT_EQ(found->offset, static_cast<std::int64_t>(text.size() + 1));
    EXPECT_EQ(found->line, 2);
  }
}

}  // namespace
}  // namespace assay::run
