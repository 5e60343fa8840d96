#include "store/decision_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/drift_log.h"
#include "store/test_folder.h"

namespace assay::store {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(DecisionLog, KeepsTheOrderInWhichDecisionsWereMade) {
  TestFolder folder;
  FakeClock clock(1'000'000);
  auto catalog = Catalog::Open(folder.path(), true, clock);
  ASSERT_TRUE(catalog.ok());
  DecisionLog log(*catalog);
  const std::string id(64, 'a');
  EXPECT_EQ(*log.Add({0, "late", id, "2001-06-30T00:00:00Z", "none", ""}), 1);
  EXPECT_EQ(*log.Add({0, "other", id, "2001-06-29T00:00:00Z", "retrain", ""}), 2);
  EXPECT_EQ(*log.Add({0, "late", id, "2001-06-01T00:00:00Z", "retrain", ""}), 3);
  const auto late = log.Decisions("late");
  ASSERT_TRUE(late.ok());
  ASSERT_THAT(*late, SizeIs(2));
  EXPECT_EQ((*late)[0].seq, 1);
  EXPECT_EQ((*late)[1].seq, 3);
  EXPECT_EQ((*late)[1].as_of, "2001-06-01T00:00:00Z");
  EXPECT_EQ((*late)[1].action, "retrain");
  EXPECT_EQ((*late)[1].id, id);
  EXPECT_EQ((*late)[1].created_at, "1970-01-01T00:00:01Z");
  EXPECT_THAT(*log.Decisions(""), SizeIs(3));
  EXPECT_THAT(*log.Decisions("none"), IsEmpty());
}

TEST(DriftLog, HasNothingOfAMonitorThatNeverRan) {
  TestFolder folder;
  FakeClock clock(0);
  auto catalog = Catalog::Open(folder.path(), true, clock);
  ASSERT_TRUE(catalog.ok());
  const auto newest = DriftLog(*catalog).Newest("june");
  ASSERT_TRUE(newest.ok());
  EXPECT_FALSE(newest->has_value());
}

}  // namespace
}  // namespace assay::store
