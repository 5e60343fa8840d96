#include "contract/check_decl.h"

#include <gtest/gtest.h>

namespace assay::contract {
namespace {

TEST(CheckDecl, WritesOwners) {
  EXPECT_EQ(OwnerText({"Ana", "a@x.org"}), "Ana <a@x.org>");
  EXPECT_EQ(OwnerText({"Ana", ""}), "Ana");
  EXPECT_EQ(OwnerText({"", "a@x.org"}), "a@x.org");
  EXPECT_EQ(OwnerText({}), "");
  EXPECT_EQ(OwnerJson({"Ana", "a@x.org"}).dump(), R"({"email":"a@x.org","name":"Ana"})");
}

TEST(CheckDecl, WritesBounds) {
  EXPECT_EQ(BoundText({BoundOp::kEqual, {"5"}, false}), "must be 5");
  EXPECT_EQ(BoundText({BoundOp::kNotEqual, {"5"}, false}), "must not be 5");
  EXPECT_EQ(BoundText({BoundOp::kGreater, {"5"}, false}), "must be above 5");
  EXPECT_EQ(BoundText({BoundOp::kGreaterOrEqual, {"5"}, false}), "must be at least 5");
  EXPECT_EQ(BoundText({BoundOp::kLess, {"1"}, true}), "must be below 1 %");
  EXPECT_EQ(BoundText({BoundOp::kLessOrEqual, {"5"}, false}), "must be at most 5");
  EXPECT_EQ(BoundText({BoundOp::kBetween, {"10 %", "30 %"}, true}),
            "must be between 10 % and 30 %");
  EXPECT_EQ(BoundText({BoundOp::kBetween, {"", "30 %"}, false}), "must be at most 30 %");
  EXPECT_EQ(BoundText({BoundOp::kBetween, {"10", ""}, false}), "must be at least 10");
  EXPECT_EQ(BoundText({BoundOp::kNotBetween, {"1", "2"}, false}), "must not be between 1 and 2");
}

}  // namespace
}  // namespace assay::contract
