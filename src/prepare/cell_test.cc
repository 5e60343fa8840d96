#include "prepare/cell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "prepare/test_engine.h"

namespace assay::prepare {
namespace {

using testing::HasSubstr;

Type Of(TypeKind kind, int precision = 0, int scale = 0) { return {kind, precision, scale, {}}; }

Result<Cell> Read(const Json& json, const Type& type) { return ReadCell(json, {"x", type}); }

TEST(Cell, ReadsWhatFitsTheType) {
  EXPECT_EQ(*Read(-128, Of(TypeKind::kInt8)), Cell(std::int64_t{-128}));
  EXPECT_EQ(*Read(4294967295U, Of(TypeKind::kUint32)), Cell(std::int64_t{4294967295}));
  EXPECT_EQ(*Read(1, Of(TypeKind::kFloat64)), Cell(1.0));
  EXPECT_EQ(*Read(0.1, Of(TypeKind::kFloat32)), Cell(static_cast<double>(0.1F)));
  EXPECT_EQ(*Read("inf", Of(TypeKind::kFloat64)), Cell(static_cast<double>(INFINITY)));
  EXPECT_EQ(*Read("12.50", Of(TypeKind::kDecimal, 6, 2)), Cell(std::int64_t{1250}));
  EXPECT_EQ(*Read(12.5, Of(TypeKind::kDecimal, 6, 2)), Cell(std::int64_t{1250}));
  EXPECT_EQ(*Read(-3, Of(TypeKind::kDecimal, 6, 2)), Cell(std::int64_t{-300}));
  EXPECT_EQ(*Read(true, Of(TypeKind::kBool)), Cell(std::int64_t{1}));
  EXPECT_EQ(*Read("a", Of(TypeKind::kString)), Cell(std::string("a")));
  EXPECT_EQ(*Read("1970-01-11", Of(TypeKind::kDate)), Cell(std::int64_t{10}));
  EXPECT_EQ(*Read("1970-01-01T01:00:00+01:00", Of(TypeKind::kTimestampUtc)), Cell(std::int64_t{0}));
  EXPECT_TRUE(IsNull(*Read(nullptr, Of(TypeKind::kInt32))));
}

TEST(Cell, RefusesWhatDoesNotFit) {
  struct Case {
    Json json;
    Type type;
  };
  const Case cases[] = {
      {128, Of(TypeKind::kInt8)},
      {1.5, Of(TypeKind::kInt32)},
      {"1", Of(TypeKind::kInt32)},
      {true, Of(TypeKind::kInt32)},
      {18446744073709551615U, Of(TypeKind::kInt64)},
      {-1, Of(TypeKind::kUint8)},
      {"1", Of(TypeKind::kFloat64)},
      {1e300, Of(TypeKind::kFloat32)},
      {"12.345", Of(TypeKind::kDecimal, 6, 2)},
      {100000, Of(TypeKind::kDecimal, 6, 2)},
      {"", Of(TypeKind::kDecimal, 6, 2)},
      {1, Of(TypeKind::kBool)},
      {5, Of(TypeKind::kString)},
      {"1970-01-11T01:00", Of(TypeKind::kDate)},
      {"yesterday", Of(TypeKind::kTimestamp)},
      {"1970-01-11T01:00Z", Of(TypeKind::kTimestamp)},
      {0, Of(TypeKind::kTimestamp)},
      {Json::array({1}), Of(TypeKind::kInt32)},
  };
  for (const Case& each : cases) {
    const auto cell = Read(each.json, each.type);
    ASSERT_FALSE(cell.ok()) << each.json << " as " << TypeText(each.type);
    EXPECT_EQ(cell.error().code, ErrorCode::kData);
    EXPECT_THAT(cell.error().message, HasSubstr("field `x` must be " + TypeText(each.type)));
  }
}

TEST(Cell, ALongValueIsCutInTheMessage) {
  const auto cell = Read(std::string(1000, 'a'), Of(TypeKind::kInt32));
  EXPECT_LT(cell.error().message.size(), 120U);
}

// What SQL and row/1 make of a cell comes back the same.
TEST(Cell, SqlAndRowsKeepEveryBit) {
  const auto engine = OpenEngine(1);
  const Type types[] = {
      Of(TypeKind::kInt8),      Of(TypeKind::kInt64),       Of(TypeKind::kUint32),
      Of(TypeKind::kFloat32),   Of(TypeKind::kFloat64),     Of(TypeKind::kDecimal, 18, 5),
      Of(TypeKind::kString),    Of(TypeKind::kBool),        Of(TypeKind::kDate),
      Of(TypeKind::kTimestamp), Of(TypeKind::kTimestampUtc)};
  const std::vector<Json> values = {
      -5,           std::int64_t{-1} << 62,       4000000000U,           0.3,
      -1.0 / 3,     "-1234567890123.00001",       "it's\n\xC3\xA9",      true,
      "1969-12-31", "1899-02-28T23:59:59.999999", "2004-02-29T00:00:00Z"};
  for (std::size_t i = 0; i < std::size(types); ++i) {
    const auto cell = Read(values[i], types[i]);
    ASSERT_TRUE(cell.ok()) << cell.error().message;
    std::string bytes;
    const std::string query =
        "SELECT " + CellSql(*cell, types[i]) + ", " + CellSql(Cell(), types[i]);
    EXPECT_EQ(engine->Describe(query)->at(0).type, types[i]) << query;
    ASSERT_TRUE(engine
                    ->ReadRows(query,
                               [&](const engine::EncodedRows& rows) -> Status {
                                 bytes = rows.bytes;
                                 return {};
                               })
                    .ok())
        << query;
    std::string_view rest = bytes;
    EXPECT_EQ(*TakeCell(rest, types[i]), *cell) << query;
    EXPECT_TRUE(IsNull(*TakeCell(rest, types[i])));
    EXPECT_TRUE(rest.empty());
    std::string again;
    AppendCell(again, *cell, types[i]);
    AppendCell(again, Cell(), types[i]);
    EXPECT_EQ(again, bytes) << query;
  }
}

TEST(Cell, ARowThatEndsTooEarlyIsAnError) {
  for (const std::string& row :
       {std::string(), std::string("\1abc"), std::string("\1\5\0\0\0abc", 8)}) {
    std::string_view rest = row;
    EXPECT_FALSE(TakeCell(rest, Of(row.size() == 8 ? TypeKind::kString : TypeKind::kInt64)).ok());
  }
}

TEST(Cell, DecimalsBecomeTheDoublesOfTheEngine) {
  const auto engine = OpenEngine(1);
  const Type type = Of(TypeKind::kDecimal, 18, 7);
  for (const char* text : {"0.1", "12345.6789", "-0.0000001", "99999999999.9999999",
                           "-90071992547.4099300", "12345678901.2345678"}) {
    const auto cell = Read(text, type);
    ASSERT_TRUE(cell.ok());
    std::string bytes;
    ASSERT_TRUE(engine
                    ->ReadRows("SELECT " + CellSql(*cell, type) + "::DOUBLE",
                               [&](const engine::EncodedRows& rows) -> Status {
                                 bytes = rows.bytes;
                                 return {};
                               })
                    .ok());
    std::string_view rest = bytes;
    EXPECT_EQ(*TakeCell(rest, Of(TypeKind::kFloat64)), Cell(CellNumber(*cell, type))) << text;
  }
}

TEST(Cell, BecomesJsonAgain) {
  EXPECT_EQ(CellJson(Cell(std::int64_t{1250}), Of(TypeKind::kDecimal, 6, 2)), "12.50");
  EXPECT_EQ(CellJson(Cell(std::int64_t{-5}), Of(TypeKind::kDecimal, 6, 3)), "-0.005");
  EXPECT_EQ(CellJson(Cell(std::int64_t{1}), Of(TypeKind::kBool)), true);
  EXPECT_EQ(CellJson(Cell(0.5), Of(TypeKind::kFloat64)), 0.5);
  EXPECT_EQ(CellJson(Cell(std::nan("")), Of(TypeKind::kFloat64)), "nan");
  EXPECT_EQ(CellJson(Cell(), Of(TypeKind::kInt32)), nullptr);
  EXPECT_EQ(CellJson(Cell(std::int64_t{0}), Of(TypeKind::kDate)), "1970-01-01");
}

}  // namespace
}  // namespace assay::prepare
