#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_sources.h"

namespace assay::source {
namespace {

class TsvSource : public SourceFiles {};

TEST_F(TsvSource, ReadsCellsBetweenTabs) {
  Add("a.tsv", "id\tname\n1\ta, b\n2\t\"two\twords\"\nx\ty\tz\n");
  const Outcome outcome = ReadAll("tsv", {{"file_column", "from"}});
  EXPECT_EQ(outcome.types, "id int64, name string, from string");
  EXPECT_EQ(outcome.rows, "1|a, b|data/a.tsv\n2|two\twords|data/a.tsv\n");
  EXPECT_THAT(outcome.refused, testing::StartsWith("data/a.tsv|4|"));
}

TEST_F(TsvSource, AQuoteMayBeACharacterLikeOthers) {
  Add("a.tsv", "id\tname\n1\t\"open\n2\tfive\" nails\n");
  EXPECT_NE(ReadAll("tsv").error, "");
  const Outcome outcome = ReadAll("tsv", {{"quote", "none"}});
  EXPECT_EQ(outcome.rows, "1|\"open\n2|five\" nails\n");
  EXPECT_EQ(outcome.refused, "");
}

// As a file that is compared with a version is read.
TEST_F(TsvSource, NeedsNoParameters) {
  Add("a.tsv", "id;x\tname\n1\ta\n");
  const Json none = Json::object();
  const auto read = FindSource("tsv")->read({*engine, none, files});
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(Types(*engine->Describe(read->query)), "id;x int64, name string");
}

}  // namespace
}  // namespace assay::source
