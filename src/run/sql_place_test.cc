#include "run/sql_place.h"

#include <gtest/gtest.h>

namespace assay::run {
namespace {

contract::Declared StepOf(const std::string& sql) {
  contract::Declared step;
  step.place = {"assay.yaml", 3, 5};
  step.params = Json{{"sql", sql}, {"multiplies", false}};
  step.text_places["sql"] = contract::TextPlace{{"sql/step.sql", 1, 1}, {}, {}};
  return step;
}

std::string PlaceIn(const std::string& sql, const std::string& message) {
  return PlaceText(PlaceInSql(StepOf(sql), message));
}

TEST(SqlPlace, IsWhereTheNameStands) {
  EXPECT_EQ(PlaceIn("SELECT a,\n  bb\nFROM t", "there is no column: bb"), "sql/step.sql:2:3");
  EXPECT_EQ(PlaceIn("SELECT lenght(a) FROM t", "there is no function: lenght"), "sql/step.sql:1:8");
  EXPECT_EQ(PlaceIn("SELECT 1, sum(a) FROM t", "no function takes these types: sum(VARCHAR)"),
            "sql/step.sql:1:11");
}

TEST(SqlPlace, IsOfTheWholeNameOnly) {
  EXPECT_EQ(PlaceIn("SELECT ab, b_, b FROM t", "there is no column: b"), "sql/step.sql:1:16");
  EXPECT_EQ(PlaceIn("SELECT ab, ba FROM t", "there is no column: a"), "assay.yaml:3:5");
}

TEST(SqlPlace, IsThatOfTheStepWhereItCannotBeTold) {
  EXPECT_EQ(PlaceIn("SELECT a, a AS b FROM t", "there is no column: a"), "assay.yaml:3:5");
  EXPECT_EQ(PlaceIn("SELECT 1, a FROM t", "columns: 1"), "assay.yaml:3:5");
  EXPECT_EQ(PlaceIn("SELECT a + 1 FROM t", "no operator takes these types: +(VARCHAR)"),
            "assay.yaml:3:5");
  EXPECT_EQ(PlaceIn("SELECT a FROM t", "WHERE cannot hold an aggregate"), "assay.yaml:3:5");
  EXPECT_EQ(PlaceIn("SELECT a FROM t", "the names differ: a and b"), "assay.yaml:3:5");
  contract::Declared kind = StepOf("SELECT a FROM t");
  kind.text_places.clear();
  EXPECT_EQ(PlaceText(PlaceInSql(kind, "there is no column: a")), "assay.yaml:3:5");
}

}  // namespace
}  // namespace assay::run
