#include "store/digest.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/row.h"

namespace assay::store {
namespace {

constexpr auto kNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string Row(std::int64_t number) {
  std::string row;
  row::AppendPresent(row);
  row::AppendInt(row, number);
  return row;
}

// Section 4 written down once more, without streaming: the rows of one partition as pages.
std::vector<std::string> Pages(const std::vector<std::string>& rows) {
  std::vector<std::string> pages;
  std::string page;
  std::size_t count = 0;
  for (const std::string& row : rows) {
    page += row;
    ++count;
    if ((count >= 256 && Xxh3(row) % 4096 == 0) || count == 65'536) {
      pages.push_back(page);
      page.clear();
      count = 0;
    }
  }
  if (count > 0) pages.push_back(page);
  return pages;
}

std::string DigestOf(const std::vector<std::string>& pages) {
  std::string digests;
  for (const std::string& page : pages) {
    Sha256 hash;
    hash.Update(page);
    digests += hash.Finish();
  }
  return Sha256Hex(digests);
}

TEST(SplitDigester, OfNoRowsIsTheHashOfNothing) {
  SplitDigester digester;
  digester.EndPartition();
  digester.EndPartition();
  EXPECT_EQ(digester.Finish(), kNothing);
  EXPECT_EQ(digester.pages(), 0U);
}

TEST(SplitDigester, CutsPagesByContent) {
  std::vector<std::string> rows;
  for (std::int64_t i = 0; i < 100'000; ++i) rows.push_back(Row(i));
  SplitDigester digester;
  for (const std::string& row : rows) digester.AddRow(row);
  const std::vector<std::string> pages = Pages(rows);
  EXPECT_GT(pages.size(), 10U);
  EXPECT_EQ(digester.Finish(), DigestOf(pages));
  EXPECT_EQ(digester.pages(), pages.size());
  EXPECT_EQ(digester.rows(), 100'000U);
}

TEST(SplitDigester, EndsAPageAt65536EqualRows) {
  const std::vector<std::string> rows(70'000, Row(1));
  ASSERT_NE(Xxh3(rows[0]) % 4096, 0U) << "the row must not end a page by its hash";
  SplitDigester digester;
  for (const std::string& row : rows) digester.AddRow(row);
  EXPECT_EQ(digester.Finish(), DigestOf(Pages(rows)));
  EXPECT_EQ(digester.pages(), 2U);
}

TEST(SplitDigester, EndsAPageWithItsPartition) {
  SplitDigester digester;
  digester.AddRow(Row(1));
  digester.EndPartition();
  digester.AddRow(Row(2));
  EXPECT_EQ(digester.Finish(), DigestOf({Row(1), Row(2)}));
  EXPECT_EQ(digester.pages(), 2U);
}

TEST(SplitDigester, TakesRowsOfAnyLength) {
  const std::vector<std::string> rows = {std::string(200'000, 'a'), "", std::string(70'000, 'b')};
  SplitDigester digester;
  for (const std::string& row : rows) digester.AddRow(row);
  EXPECT_EQ(digester.Finish(), DigestOf({rows[0] + rows[1] + rows[2]}));
}

}  // namespace
}  // namespace assay::store
