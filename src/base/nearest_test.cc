#include "base/nearest.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(NearestName, FindsSlipsOfTheHand) {
  const std::vector<std::string> names = {"dataset", "gates", "sources", "steps"};
  EXPECT_EQ(NearestName("datset", names), "dataset");
  EXPECT_EQ(NearestName("dataste", names), "dataset") << "a swap counts one";
  EXPECT_EQ(NearestName("Gates", names), "gates");
  EXPECT_EQ(NearestName("source", names), "sources");
  EXPECT_EQ(NearestName("steps", names), "steps");
}

TEST(NearestName, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(NearestName("x", {"steps", "gates"}), "");
  EXPECT_EQ(NearestName("monitors", {"steps", "gates"}), "");
  EXPECT_EQ(NearestName("ab", {"cd"}), "");
  EXPECT_EQ(NearestName("steps", {}), "");
}

TEST(NearestName, TakesTheFirstOfEquallyNearOnes) {
  EXPECT_EQ(NearestName("v3", {"v1", "v2"}), "v1");
  EXPECT_EQ(NearestName("steps", {"step", "steps_", "stops"}), "step");
}

TEST(NearestName, DoesNotLookAtVeryLongWords) {
  EXPECT_EQ(NearestName(std::string(101, 'a'), {std::string(101, 'a')}), "");
}

}  // namespace
}  // namespace assay
