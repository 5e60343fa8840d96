#include "contract/odcs_type.h"

#include <gtest/gtest.h>

namespace assay::contract {
namespace {

TEST(OdcsType, KnowsOurNamesAndCommonSqlNames) {
  EXPECT_EQ(DeclaredType("int64", "integer"), "int64");
  EXPECT_EQ(DeclaredType("Timestamp[us,utc]", ""), "timestamp[us,utc]");
  EXPECT_EQ(DeclaredType("DECIMAL(10, 2)", "number"), "decimal(10,2)");
  EXPECT_EQ(DeclaredType("numeric(12)", "number"), "decimal(12,0)");
  EXPECT_EQ(DeclaredType("BIGINT", ""), "int64");
  EXPECT_EQ(DeclaredType("VARCHAR(18)", "string"), "string");
  EXPECT_EQ(DeclaredType("character varying (40)", "string"), "string");
  EXPECT_EQ(DeclaredType("Double Precision", "number"), "float64");
  EXPECT_EQ(DeclaredType("BOOLEAN", "boolean"), "bool");
  EXPECT_EQ(DeclaredType("timestamp with time zone", ""), "timestamp[us,utc]");
  EXPECT_EQ(DeclaredType("date", "date"), "date");
}

TEST(OdcsType, FallsBackToTheLogicalType) {
  EXPECT_EQ(DeclaredType("", "integer"), "integer");
  EXPECT_EQ(DeclaredType("float", "number"), "number") << "32 bits here, 64 there";
  EXPECT_EQ(DeclaredType("timestamp(3)", "timestamp"), "timestamp");
  EXPECT_EQ(DeclaredType("varchar[15]", "string"), "string");
  EXPECT_EQ(DeclaredType("varchar(x)", "string"), "string");
  EXPECT_EQ(DeclaredType("decimal(99,2)", "number"), "number");
  EXPECT_EQ(DeclaredType("decimal(1", "number"), "number");
  EXPECT_EQ(DeclaredType("serial", ""), "");
}

TEST(OdcsType, WritesLengthsAsPatterns) {
  EXPECT_EQ(LengthPattern(2, 3), "(?s).{2,3}");
  EXPECT_EQ(LengthPattern(0, 1000), "(?s).{0,1000}");
  EXPECT_EQ(LengthPattern(1, -1), "(?s).{1,}");
  EXPECT_EQ(LengthPattern(2500, -1), "(?s).{1000}.{1000}.{500}.*");
  EXPECT_EQ(LengthPattern(5, 2005), "(?s).{5}.{0,1000}.{0,1000}");
  EXPECT_EQ(LengthPattern(1000, 1500), "(?s).{1000}.{0,500}");
}

}  // namespace
}  // namespace assay::contract
