#include "step/common_type.h"

#include <gtest/gtest.h>

namespace assay::step {
namespace {

using enum TypeKind;

std::string CommonText(const Type& one, const Type& other) {
  const auto common = CommonType(one, other);
  EXPECT_EQ(common, CommonType(other, one));
  return common ? TypeText(*common) : "none";
}

std::string CommonText(TypeKind one, TypeKind other) {
  return CommonText(Type{one, 0, 0, {}}, Type{other, 0, 0, {}});
}

TEST(CommonType, WholeNumbersGrowUntilBothFit) {
  EXPECT_EQ(CommonText(kInt8, kInt64), "int64");
  EXPECT_EQ(CommonText(kUint8, kUint32), "uint32");
  EXPECT_EQ(CommonText(kInt8, kUint8), "int16");
  EXPECT_EQ(CommonText(kInt64, kUint16), "int64");
  EXPECT_EQ(CommonText(kInt16, kUint32), "int64");
  EXPECT_EQ(CommonText(kInt32, kUint64), "int128");
  EXPECT_EQ(CommonText(kInt128, kUint8), "int128");
}

TEST(CommonType, FloatsTakeWhatTheyHoldExactly) {
  EXPECT_EQ(CommonText(kFloat32, kFloat64), "float64");
  EXPECT_EQ(CommonText(kInt16, kFloat32), "float32");
  EXPECT_EQ(CommonText(kInt32, kFloat32), "float64");
  EXPECT_EQ(CommonText(kUint32, kFloat64), "float64");
  EXPECT_EQ(CommonText(kInt64, kFloat64), "none");
  EXPECT_EQ(CommonText({kDecimal, 5, 2, {}}, {kFloat64, 0, 0, {}}), "none");
}

TEST(CommonType, DecimalsKeepDigitsOnBothSidesOfThePoint) {
  EXPECT_EQ(CommonText({kDecimal, 10, 2, {}}, {kDecimal, 6, 4, {}}), "decimal(12,4)");
  EXPECT_EQ(CommonText({kDecimal, 4, 2, {}}, {kInt32, 0, 0, {}}), "decimal(12,2)");
  EXPECT_EQ(CommonText({kDecimal, 38, 2, {}}, {kDecimal, 4, 4, {}}), "none");
}

TEST(CommonType, OthersMustBeOfOneKind) {
  EXPECT_EQ(CommonText(kDate, kTimestamp), "timestamp[us]");
  EXPECT_EQ(CommonText(kTimestamp, kTimestampUtc), "none");
  EXPECT_EQ(CommonText(kString, kInt8), "none");
  EXPECT_EQ(CommonText(kString, kBytes), "none");
  EXPECT_EQ(CommonText(kBool, kInt8), "none");
  EXPECT_EQ(CommonText(kBool, kBool), "bool");
}

TEST(CommonType, NestedTypesGrowWithin) {
  const auto list = [](TypeKind kind) {
    return Type{kList, 0, 0, {{"element", {kind, 0, 0, {}}}}};
  };
  EXPECT_EQ(CommonText(list(kInt8), list(kInt64)), "list<int64>");
  EXPECT_EQ(CommonText(list(kInt8), list(kString)), "none");
  EXPECT_EQ(CommonText(list(kInt8), {kInt8, 0, 0, {}}), "none");
  const Type one{kStruct, 0, 0, {{"a", {kInt8, 0, 0, {}}}}};
  const Type other{kStruct, 0, 0, {{"b", {kInt8, 0, 0, {}}}}};
  EXPECT_EQ(CommonText(one, one), "struct<a: int8>");
  EXPECT_EQ(CommonText(one, other), "none");
}

TEST(CommonType, NumbersCompareWithNumbersAndDatesWithTimestamps) {
  const auto compare = [](TypeKind one, TypeKind other) {
    return CanBeEqual({one, 0, 0, {}}, {other, 0, 0, {}});
  };
  EXPECT_TRUE(compare(kInt64, kFloat64));
  EXPECT_TRUE(compare(kDate, kTimestamp));
  EXPECT_TRUE(compare(kString, kString));
  EXPECT_FALSE(compare(kString, kInt64));
  EXPECT_FALSE(compare(kTimestamp, kTimestampUtc));
  EXPECT_FALSE(compare(kBool, kInt8));
  const Type numbers{kList, 0, 0, {{"element", {kInt64, 0, 0, {}}}}};
  const Type texts{kList, 0, 0, {{"element", {kString, 0, 0, {}}}}};
  EXPECT_TRUE(CanBeEqual(numbers, numbers));
  EXPECT_FALSE(CanBeEqual(numbers, texts));
  EXPECT_FALSE(CanBeEqual(numbers, {kInt64, 0, 0, {}}));
}

}  // namespace
}  // namespace assay::step
