#include "store/model_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_folder.h"

namespace assay::store {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kAt = "2001-06-01T00:00:00Z";

class Models : public ::testing::Test {
 protected:
  void SetUp() override {
    auto catalog = Catalog::Open(folder_.path(), true, clock_);
    ASSERT_TRUE(catalog.ok()) << catalog.error().message;
    catalog_.emplace(std::move(catalog).value());
    for (const char digit : {'1', '2'}) {
      ASSERT_TRUE(
          catalog_->PutCommit({std::string(64, digit), "train", std::string(64, 'a'), "run", kAt})
              .ok());
    }
  }
  ModelRegistry models() { return ModelRegistry(*catalog_); }
  ModelRow Row(const std::string& name, char commit, char id) {
    return {.name = name,
            .number = 0,
            .id = std::string(64, id),
            .commit = std::string(64, commit),
            .created_at = kAt};
  }

  TestFolder folder_;
  FakeClock clock_{0};
  std::optional<Catalog> catalog_;
};

TEST_F(Models, CountFromOneUnderEachName) {
  EXPECT_EQ(*models().Add(Row("late", '1', 'c')), 1);
  EXPECT_EQ(*models().Add(Row("late", '2', 'd')), 2);
  EXPECT_EQ(*models().Add(Row("early", '2', 'e')), 1);
  const auto all = models().Models();
  ASSERT_TRUE(all.ok());
  ASSERT_THAT(*all, SizeIs(3));
  EXPECT_EQ((*all)[0].name, "early");
  EXPECT_EQ((*all)[2].number, 2);
  EXPECT_THAT(*models().Models("late"), SizeIs(2));
  EXPECT_THAT(*models().Models("none"), IsEmpty());
  const auto second = models().Find("late", 2);
  ASSERT_TRUE(second.ok() && second->has_value());
  EXPECT_EQ((*second)->commit, std::string(64, '2'));
  EXPECT_EQ((*second)->id, std::string(64, 'd'));
  EXPECT_EQ((*second)->created_at, kAt);
  EXPECT_FALSE(models().Find("late", 3)->has_value());
}

TEST_F(Models, HaveACommitThatIsThere) { EXPECT_FALSE(models().Add(Row("late", '7', 'c')).ok()); }

TEST_F(Models, ARoleBelongsToOneModelAtATime) {
  EXPECT_FALSE(models().SetRole({"late", "champion", 1}).ok()) << "there is no late@v1";
  ASSERT_TRUE(models().Add(Row("late", '1', 'c')).ok());
  ASSERT_TRUE(models().Add(Row("late", '1', 'd')).ok());
  ASSERT_TRUE(models().SetRole({"late", "champion", 1}).ok());
  ASSERT_TRUE(models().SetRole({"late", "shadow", 1}).ok());
  ASSERT_TRUE(models().SetRole({"late", "champion", 2}).ok());
  const auto roles = models().Roles("late");
  ASSERT_TRUE(roles.ok());
  ASSERT_THAT(*roles, SizeIs(2));
  EXPECT_EQ((*roles)[0].role, "champion");
  EXPECT_EQ((*roles)[0].number, 2);
  EXPECT_EQ((*roles)[1].number, 1);
}

}  // namespace
}  // namespace assay::store
