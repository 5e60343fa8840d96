#include "engine/checked_cast.h"

#include <gtest/gtest.h>

#include "engine/engine.h"

namespace assay::engine {
namespace {

Type Of(TypeKind kind) { return {kind, 0, 0, {}}; }

TEST(CheckedCast, TypesThatCannotMeanEachOtherAreNotCast) {
  const Type text = Of(TypeKind::kString), whole = Of(TypeKind::kInt32), day = Of(TypeKind::kDate),
             moment = Of(TypeKind::kTimestampUtc), truth = Of(TypeKind::kBool),
             clock = Of(TypeKind::kTime), bytes = Of(TypeKind::kBytes),
             list{TypeKind::kList, 0, 0, {{"element", whole}}};
  for (const Type& type : {text, whole, day, moment, truth, clock, bytes, list}) {
    EXPECT_TRUE(CanCast(type, type)) << TypeText(type);
    EXPECT_EQ(CanCast(type, text), type.kind != TypeKind::kBytes) << TypeText(type);
    EXPECT_EQ(CanCast(text, type), type == text || (type != bytes && type != list))
        << TypeText(type);
  }
  EXPECT_TRUE(CanCast(whole, truth));
  EXPECT_TRUE(CanCast(truth, Of(TypeKind::kFloat64)));
  EXPECT_TRUE(CanCast(day, moment));
  EXPECT_TRUE(CanCast(moment, day));
  EXPECT_FALSE(CanCast(day, whole));
  EXPECT_FALSE(CanCast(whole, day));
  EXPECT_FALSE(CanCast(moment, clock));
  EXPECT_FALSE(CanCast(list, whole));
}

TEST(CheckedCast, WhatWouldBeLostIsTold) {
  const auto engine = Open({.threads = 1, .memory_bytes = 0, .spill = {}, .readable = {}});
  ASSERT_TRUE(engine.ok());
  const auto is_lost = [&](const Type& type, const std::string& text) {
    const auto grid = (*engine)->Query("SELECT " + LossOfText(type, "cell").condition + " FROM (" +
                                       "SELECT '" + text + "' AS cell)");
    return grid.ok() && grid->rows.at(0).at(0) == "true";
  };
  struct Case {
    TypeKind kind;
    const char *lost, *kept;
  };
  const Case cases[] = {
      {TypeKind::kInt32, "1.5", "1.0"},
      {TypeKind::kDecimal, "1.255", "1.250"},
      {TypeKind::kDate, "2001-02-28 10:00", "2001-02-28 00:00"},
      {TypeKind::kTimestamp, "2001-02-28 10:00:00.0000001", "2001-02-28 10:00:00.1000000"},
      {TypeKind::kTimestampUtc, "soon", "2001-02-28 10:00:00+01"},
      {TypeKind::kFloat64, "1e400", "Infinity"},
      {TypeKind::kFloat32, "1e40", "1e30"}};
  for (const Case& one : cases) {
    const Type type{one.kind, 4, 2, {}};
    EXPECT_TRUE(is_lost(type, one.lost)) << one.lost;
    EXPECT_FALSE(is_lost(type, one.kept)) << one.kept;
    EXPECT_NE(LossOfText(type, "cell").what, "");
  }
  EXPECT_EQ(LossOfText(Of(TypeKind::kString), "cell").condition, "");
}

}  // namespace
}  // namespace assay::engine
