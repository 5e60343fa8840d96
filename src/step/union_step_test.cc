#include "step/test_shapes.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class UnionTest : public ShapeTest {
 protected:
  UnionTest() {
    Give("old", "SELECT * FROM (VALUES (1::SMALLINT, 'a', 0), (2, NULL, 1)) t(n, s, pos)");
    Give("new", "SELECT * FROM (VALUES ('b', 0, 3000000000::BIGINT), ('b', 1, NULL)) t(S, pos, N)");
    Give("more", "SELECT 5::TINYINT AS n, 'c' AS s, 0 AS pos, 1.5 AS d");
    Give("texts", "SELECT 'x' AS n, 's' AS s, 0 AS pos");
  }
};

TEST_F(UnionTest, ColumnsBelongTogetherByName) {
  const Json params = {{"inputs", {"old", "new"}}, {"missing", "error"}};
  EXPECT_EQ(Columns("union", params), "n int64, s string, pos int32");
  EXPECT_THAT(Rows("union", params),
              UnorderedElementsAre(Row{"1", "a", "0"}, Row{"2", std::nullopt, "1"},
                                   Row{"3000000000", "b", "0"}, Row{std::nullopt, "b", "1"}));
}

TEST_F(UnionTest, ARowMayTellItsInput) {
  const Json params = {{"inputs", {"new", "old"}}, {"source_column", "from"}};
  EXPECT_EQ(Columns("union", params), "S string, pos int32, N int64, from string");
  EXPECT_THAT(
      Rows("union", params),
      UnorderedElementsAre(Row{"a", "0", "1", "old"}, Row{std::nullopt, "1", "2", "old"},
                           Row{"b", "0", "3000000000", "new"}, Row{"b", "1", std::nullopt, "new"}));
}

TEST_F(UnionTest, MissingColumnsAreErrorsOrNulls) {
  Json params = {{"inputs", {"old", "more"}}};
  EXPECT_EQ(Mistake("union", params),
            "`old` does not have what another input has: d (write `missing: nulls` to fill them "
            "with null, or drop them from the others)");
  params["missing"] = "nulls";
  EXPECT_EQ(Columns("union", params), "n int16, s string, pos int32, d decimal(2,1)");
  EXPECT_THAT(Rows("union", params), UnorderedElementsAre(Row{"1", "a", "0", std::nullopt},
                                                          Row{"2", std::nullopt, "1", std::nullopt},
                                                          Row{"5", "c", "0", "1.5"}));
}

TEST_F(UnionTest, TypesThatNoneHoldsAreAnError) {
  EXPECT_EQ(Mistake("union", {{"inputs", {"old", "more", "texts"}}, {"missing", "nulls"}}),
            "`n` is int16 in `old` and string in `texts`: no type holds both without a loss (bring "
            "one of them to the type of the other first)");
}

TEST_F(UnionTest, ParametersMustMakeSense) {
  EXPECT_EQ(Misdeclared("union", {{"inputs", Json::array({"old"})}}),
            "a union needs two inputs at least");
  EXPECT_EQ(Misdeclared("union", {{"inputs", {"old", "new", "old"}}}),
            "`inputs` names a node twice: old");
  EXPECT_EQ(Misdeclared("union", {{"inputs", {"old", "new"}}, {"source_column", "file_index"}}),
            "Assay keeps this name for itself: file_index");
  EXPECT_EQ(Mistake("union", {{"inputs", {"old", "new"}}, {"source_column", "S"}}),
            "an input has a column already: S (give `source_column` another name)");
}

TEST_F(UnionTest, RowsLeadToTheirInput) {
  const auto trace = Traced("union", {{"inputs", {"old", "new"}}, {"source_column", "from"}});
  EXPECT_EQ(trace.kind, engine::Trace::Kind::kUnion) << trace.reason;
  EXPECT_EQ(Misled(trace, 0, "CASE WHEN \"from\" = 'old' THEN pos END"), "0 of 4");
  EXPECT_EQ(Misled(trace, 1, "CASE WHEN \"from\" = 'new' THEN pos END"), "0 of 4");
}

}  // namespace
}  // namespace assay::step
