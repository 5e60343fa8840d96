#include "source/refusals.h"

#include <gtest/gtest.h>

namespace assay::source {
namespace {

TEST(Refusals, ShownTextIsTheTextAsFarAsItIsOne) {
  EXPECT_EQ(ShownText(""), "");
  EXPECT_EQ(ShownText("a\tb\n\xc3\xa9"), "a\tb\n\xc3\xa9");
  EXPECT_EQ(ShownText("caf\xe9 \xc3\xa9"), "caf\\xe9 \xc3\xa9");
  EXPECT_EQ(ShownText(std::string("a\0b", 3)), "a\\x00b");
}

TEST(Refusals, AMebibyteOfALongTextIsShownAndNoCharacterIsCut) {
  constexpr std::size_t kMebibyte = 1 << 20;
  EXPECT_EQ(ShownText(std::string(kMebibyte, 'x')).size(), kMebibyte);
  EXPECT_EQ(ShownText(std::string(kMebibyte + 1, 'x')).size(), kMebibyte);
  const std::string before(kMebibyte - 1, 'x');
  EXPECT_EQ(ShownText(before + "\xc3\xa9y"), before);
  // Among bytes that begin no character, none is looked for.
  EXPECT_EQ(ShownText(std::string(kMebibyte + 1, '\x80')).size(), 4 * (kMebibyte - 3));
}

TEST(Refusals, CellsTellThePlaceAndTheReason) {
  engine::TextRows::Cells cells(kPlaceColumns.size() + 1);
  PlaceCells place;
  RowPlace row{7, 12, "", ""};
  place.Put(row, "text", cells);
  EXPECT_EQ(cells[0], "7");
  EXPECT_EQ(cells[1], "12");
  EXPECT_EQ(cells[2], std::nullopt);
  EXPECT_EQ(cells[3], std::nullopt);
  EXPECT_EQ(cells[4], "text");
  row.reason = "why";
  place.Put(row, "t\xff", cells);
  EXPECT_EQ(cells[2], std::nullopt);
  EXPECT_EQ(cells[3], "why");
  EXPECT_EQ(cells[4], "t\\xff");
  row.column = "where";
  place.Put(row, "", cells);
  EXPECT_EQ(cells[2], "where");
}

}  // namespace
}  // namespace assay::source
