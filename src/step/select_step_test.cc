#include "step/test_shapes.h"

namespace assay::step {
namespace {

using testing::ElementsAre;

class SelectTest : public ShapeTest {
 protected:
  static Json Names(const std::vector<std::string>& names) { return Json(names); }
  SelectTest() {
    Give("flights", "SELECT i AS delay, 'x' || i AS name, -i AS n FROM range(2) t(i)");
  }
};

TEST_F(SelectTest, SelectTakesColumnsInTheOrderDeclared) {
  const Json params = {{"input", "flights"}, {"columns", Names({"n", "DELAY"})}};
  EXPECT_EQ(Columns("select", params), "n int64, delay int64");
  EXPECT_THAT(Rows("select", params), ElementsAre(Row{"0", "0"}, Row{"-1", "1"}));
}

TEST_F(SelectTest, DropTakesColumnsAway) {
  const Json params = {{"input", "flights"}, {"columns", Names({"Delay", "n"})}};
  EXPECT_EQ(Columns("drop", params), "name string");
  EXPECT_THAT(Rows("drop", params), ElementsAre(Row{"x0"}, Row{"x1"}));
}

TEST_F(SelectTest, RenameChangesAllNamesAtOnce) {
  const Json params = {{"input", "flights"}, {"columns", Pairs({{"n", "delay"}, {"Delay", "n"}})}};
  EXPECT_EQ(Columns("rename", params), "n int64, name string, delay int64");
  EXPECT_THAT(Rows("rename", params), ElementsAre(Row{"0", "x0", "0"}, Row{"1", "x1", "-1"}));
  EXPECT_EQ(Columns("rename", {{"input", "flights"}, {"columns", Pairs({{"n", "N"}})}}),
            "delay int64, name string, N int64");
}

TEST_F(SelectTest, ColumnsMustBeThere) {
  const char* mistake = "`flights` has no column: dely (did you mean delay?)";
  const Json params = {{"input", "flights"}, {"columns", Names({"dely"})}};
  EXPECT_EQ(Mistake("select", params), mistake);
  EXPECT_EQ(Mistake("drop", params), mistake);
  EXPECT_EQ(Mistake("rename", {{"input", "flights"}, {"columns", Pairs({{"dely", "x"}})}}),
            mistake);
}

TEST_F(SelectTest, AColumnIsNamedOnce) {
  const char* mistake = "`columns` names a column twice: N";
  const Json params = {{"input", "flights"}, {"columns", Names({"n", "N"})}};
  EXPECT_EQ(Misdeclared("select", params), mistake);
  EXPECT_EQ(Misdeclared("drop", params), mistake);
  EXPECT_EQ(
      Misdeclared("rename", {{"input", "flights"}, {"columns", Pairs({{"n", "a"}, {"N", "b"}})}}),
      mistake);
  EXPECT_EQ(Misdeclared("select", {{"input", "flights"}, {"columns", Names({"n"})}}), "");
}

TEST_F(SelectTest, SomeColumnStays) {
  EXPECT_EQ(Mistake("drop", {{"input", "flights"}, {"columns", Names({"n", "delay", "name"})}}),
            "this drops every column of `flights` (leave one at least)");
}

TEST_F(SelectTest, NewNamesDoNotClash) {
  const auto misdeclared = [](const Json& columns) {
    return Misdeclared("rename", {{"input", "flights"}, {"columns", columns}});
  };
  EXPECT_EQ(misdeclared(Json::array()), "a rename step names no column");
  EXPECT_EQ(misdeclared(Pairs({{"n", "a"}, {"name", "A"}})), "two columns would have one name: A");
  EXPECT_EQ(misdeclared(Pairs({{"n", ""}})), "a column needs a name");
  EXPECT_EQ(misdeclared(Pairs({{"n", "file_index"}})),
            "Assay keeps this name for itself: file_index");
  EXPECT_EQ(Mistake("rename", {{"input", "flights"}, {"columns", Pairs({{"n", "Name"}})}}),
            "`flights` has a column already: Name (give n another name, or rename that one too)");
}

TEST_F(SelectTest, RowsLeadToWhereTheyCameFrom) {
  const auto renamed = Traced("rename", {{"input", "flights"}, {"columns", Pairs({{"n", "m"}})}});
  EXPECT_EQ(renamed.kind, engine::Trace::Kind::kRowLocal) << renamed.reason;
  EXPECT_EQ(Misled(renamed, 0, "delay"), "0 of 2");
  const auto dropped = Traced("drop", {{"input", "flights"}, {"columns", Names({"n"})}});
  EXPECT_EQ(Misled(dropped, 0, "delay"), "0 of 2");
}

}  // namespace
}  // namespace assay::step
