#include "run/budget.h"

#include <gtest/gtest.h>

namespace assay::run {
namespace {

constexpr std::uint64_t kGigabyte = 1'000'000'000;

TEST(Budget, OneNodeAloneHasEverything) {
  Budget budget({4, 8, 4 * kGigabyte});
  const Share share = budget.Take(100, 0, false);
  EXPECT_EQ(share, (Share{8, 4 * kGigabyte}));
  EXPECT_TRUE(budget.IsAll(share));
}

TEST(Budget, WhatMayBecomeReadyLaterFindsRoom) {
  Budget budget({2, 2, 4 * kGigabyte});
  const Share first = budget.Take(1'000'000, 0, true);
  EXPECT_EQ(first.memory_bytes, 4 * kGigabyte - Budget::kLeastMemory);
  ASSERT_TRUE(budget.HasRoom());
  EXPECT_EQ(budget.Take(1, 0, true).memory_bytes, Budget::kLeastMemory);
}

TEST(Budget, SharesFollowTheSizeOfInputs) {
  Budget budget({3, 8, 4 * kGigabyte});
  const Share large = budget.Take(3'000'000, 1'000'000, false);
  const Share small = budget.Take(1'000'000, 0, false);
  EXPECT_NEAR(static_cast<double>(large.memory_bytes), 3e9, 1e7);
  EXPECT_GE(small.memory_bytes, Budget::kLeastMemory);
  EXPECT_LE(large.memory_bytes + small.memory_bytes, 4 * kGigabyte);
}

TEST(Budget, ASmallNodeLeavesTheRest) {
  Budget budget({2, 2, 4 * kGigabyte});
  const Share small = budget.Take(1, 1'000'000'000, false);
  EXPECT_EQ(small.memory_bytes, Budget::kLeastMemory);
  const Share large = budget.Take(1'000'000'000, 0, false);
  EXPECT_EQ(large.memory_bytes, 4 * kGigabyte - Budget::kLeastMemory);
  EXPECT_EQ(large.threads, 2);
}

TEST(Budget, NoMoreNodesThanJobs) {
  Budget budget({2, 8, 8 * kGigabyte});
  (void)budget.Take(1, 2, false);
  EXPECT_TRUE(budget.HasRoom());
  const Share second = budget.Take(1, 1, false);
  EXPECT_FALSE(budget.HasRoom());
  budget.GiveBack(second);
  EXPECT_TRUE(budget.HasRoom());
}

TEST(Budget, LittleMemoryMeansFewNodes) {
  Budget budget({8, 8, 600'000'000});
  (void)budget.Take(1, 10, false);
  EXPECT_TRUE(budget.HasRoom());
  const Share second = budget.Take(1, 10, false);
  EXPECT_FALSE(budget.HasRoom());
  EXPECT_LE(second.threads, 5) << "a thread needs memory of its own";
  EXPECT_GE(second.threads, 1);
}

TEST(Budget, LessThanTheLeastStillRunsOneNode) {
  Budget budget({4, 4, 100'000'000});
  EXPECT_TRUE(budget.HasRoom());
  const Share share = budget.Take(1, 1, false);
  EXPECT_EQ(share.memory_bytes, 100'000'000U);
  EXPECT_FALSE(budget.HasRoom());
}

TEST(Budget, SharesNeverExceedTheWhole) {
  for (const int jobs : {1, 2, 3, 5, 16}) {
    for (const std::uint64_t memory : {100'000'000ULL, 700'000'000ULL, 3'000'000'000ULL}) {
      Budget budget({jobs, 4, memory});
      std::uint64_t taken = 0;
      for (int node = 0; budget.HasRoom() && node < 40; ++node) {
        taken += budget.Take(static_cast<std::uint64_t>(node) * 1000, 100'000, false).memory_bytes;
        EXPECT_LE(taken, memory);
      }
      EXPECT_GT(taken, 0U);
    }
  }
}

}  // namespace
}  // namespace assay::run
