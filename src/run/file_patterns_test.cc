#include "run/file_patterns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::run {
namespace {

using ::testing::ElementsAre;
using Paths = std::vector<std::string>;

TEST(FilePatterns, OneFileIsNamedAsItIs) {
  EXPECT_THAT(PatternsFor({"data/sales_2024.csv"}, {"data/sales_2024.csv", "data/sales_2023.csv"}),
              ElementsAre("data/sales_2024.csv"));
  EXPECT_THAT(PatternsFor({"a[1]{x}*?.csv"}, {"a[1]{x}*?.csv"}),
              ElementsAre("a\\[1\\]\\{x\\}\\*\\?.csv"));
}

TEST(FilePatterns, ASeriesIsOnePattern) {
  const Paths years = {"data/flights-2001.csv", "data/flights-2002.csv"};
  EXPECT_THAT(PatternsFor(years, years), ElementsAre("data/flights-*.csv"));
  // Another file in the folder does not change it, one that would be taken along does.
  Paths all = years;
  all.push_back("data/airports.csv");
  EXPECT_THAT(PatternsFor(years, all), ElementsAre("data/flights-*.csv"));
  all.push_back("data/flights-notes.csv");
  EXPECT_THAT(PatternsFor(years, all),
              ElementsAre("data/flights-2001.csv", "data/flights-2002.csv"));
}

TEST(FilePatterns, FilesWithNothingInCommonAreAllOfTheirSuffix) {
  const Paths two = {"data/north.csv", "data/south.csv"};
  EXPECT_THAT(PatternsFor(two, {"data/north.csv", "data/south.csv", "data/notes.txt"}),
              ElementsAre("data/*.csv"));
  EXPECT_THAT(PatternsFor(two, {"data/north.csv", "data/south.csv", "data/x.csv"}),
              ElementsAre("data/north.csv", "data/south.csv"));
}

TEST(FilePatterns, LongSuffixesStay) {
  const Paths two = {"a-1.csv.gz", "a-2.csv.gz"};
  EXPECT_THAT(PatternsFor(two, {"a-1.csv.gz", "a-2.csv.gz", "b-1.jsonl.gz"}),
              ElementsAre("*.csv.gz"));
}

TEST(FilePatterns, FoldersOfOneFormAreOnePattern) {
  const Paths years = {"data/2001/rides.csv", "data/2002/rides.csv"};
  EXPECT_THAT(PatternsFor(years, years), ElementsAre("data/*/rides.csv"));
  const Paths mails = {"mail/ham/1.txt", "mail/ham/2.txt", "mail/spam/1.txt"};
  EXPECT_THAT(PatternsFor(mails, mails), ElementsAre("mail/*/*.txt"));
  Paths all = mails;
  all.push_back("mail/other/3.txt");
  EXPECT_THAT(PatternsFor(mails, all), ElementsAre("mail/ham/*.txt", "mail/spam/1.txt"));
  const Paths depths = {"data/a.csv", "data/old/a.csv"};
  EXPECT_THAT(PatternsFor(depths, depths), ElementsAre("data/a.csv", "data/old/a.csv"));
}

TEST(FilePatterns, CharactersAreNotCut) {
  const Paths two = {"größé.csv", "größè.csv"};  // differ within a character
  EXPECT_THAT(PatternsFor(two, two), ElementsAre("größ*.csv"));
}

TEST(SourceName, IsMadeOfTheFiles) {
  EXPECT_EQ(SourceNameOf({"data/Sales 2024.csv"}), "sales_2024");
  EXPECT_EQ(SourceNameOf({"data/flights-2001.csv", "data/flights-2002.csv"}), "flights");
  EXPECT_EQ(SourceNameOf({"mail/ham/1.txt", "mail/ham/2.txt"}), "ham");
  EXPECT_EQ(SourceNameOf({"mail/ham/1.txt", "mail/spam/2.txt"}), "mail");
  EXPECT_EQ(SourceNameOf({"2024.csv"}), "data_2024");
  EXPECT_EQ(SourceNameOf({"données/日本.csv"}), "donn_es");
  EXPECT_EQ(SourceNameOf({"日本.csv"}), "data");
  EXPECT_EQ(SourceNameOf({"x/a.csv.gz"}), "a");
  EXPECT_LE(SourceNameOf({std::string(200, 'a') + ".csv"}).size(), 48U);
}

}  // namespace
}  // namespace assay::run
