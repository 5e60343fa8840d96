#include "run/look_at_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace assay::run {
namespace {

using ::testing::ElementsAre;

class LookAtTableTest : public testing::Test {
 protected:
  void SetUp() override {
    real_ = std::filesystem::canonical(folder_.path());
    engine::Options options;
    options.readable = {real_};
    auto opened = engine::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    engine_ = std::move(opened).value();
  }

  Result<SeenSource> Look(const std::string& text) {
    folder_.Write("file", text);
    files_ = {{real_ / "file", "data/file.csv"}};
    return LookAtTable({*engine_, *source::FindSource("csv"), files_, real_, '\0'});
  }

  TestFolder folder_;
  std::filesystem::path real_;
  std::vector<source::SourceFile> files_;
  std::unique_ptr<engine::Engine> engine_;
};

TEST_F(LookAtTableTest, OneColumnMayBeSeveralWithAnotherDelimiter) {
  for (const std::string cut : {";", "\t", "|"}) {
    const auto seen = Look("a" + cut + "b\n1" + cut + "x\n");
    ASSERT_TRUE(seen.ok()) << seen.error().message;
    EXPECT_EQ(seen->columns.size(), 2U);
    ASSERT_FALSE(seen->options.empty());
    EXPECT_EQ(seen->options[0].name, "delimiter");
    EXPECT_EQ(seen->options[0].value, cut);
  }
  const auto alone = Look("a\n1\n2\n");
  ASSERT_TRUE(alone.ok()) << alone.error().message;
  EXPECT_EQ(alone->columns.size(), 1U);
  ASSERT_EQ(alone->options.size(), 1U);
  EXPECT_EQ(alone->options[0].name, "columns");
}

// Among more rows than a sample holds, a pair that repeats behind it is none.
TEST_F(LookAtTableTest, APairIsUniqueInAllRows) {
  std::string text = "shop_id,day\n";
  constexpr int kRows = 100'400;
  for (int i = 0; i < kRows; ++i) {
    text += "s" + std::to_string(i % 400) + "," + std::to_string(i / 400) + "\n";
  }
  const auto unique = Look(text);
  ASSERT_TRUE(unique.ok()) << unique.error().message;
  EXPECT_THAT(unique->key, ElementsAre("shop_id", "day"));
  const auto repeated = Look(text + "s399," + std::to_string((kRows - 1) / 400) + "\n");
  ASSERT_TRUE(repeated.ok()) << repeated.error().message;
  EXPECT_TRUE(repeated->key.empty());
  EXPECT_EQ(repeated->repeated, 1);
}

}  // namespace
}  // namespace assay::run
