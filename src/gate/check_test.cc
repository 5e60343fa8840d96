#include "gate/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace assay::gate {
namespace {

TEST(Check, EveryKindIsOnAnAxisAndEveryAxisHasOne) {
  for (const CheckKind& kind : AllChecks()) {
    EXPECT_THAT(contract::kAxes, testing::Contains(kind.info.axis)) << kind.info.name;
  }
  for (const std::string_view axis : contract::kAxes) {
    EXPECT_TRUE(std::any_of(AllChecks().begin(), AllChecks().end(), [&](const CheckKind& kind) {
      return kind.info.axis == axis;
    })) << axis;
  }
}

}  // namespace
}  // namespace assay::gate
