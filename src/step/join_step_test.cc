#include <random>

#include "step/test_shapes.h"

namespace assay::step {
namespace {

using testing::ElementsAre;

// The answer by loops over both sides, all partners of all rows.
class JoinTest : public ShapeTest {
 protected:
  void SetUp() override {
    std::mt19937 random(7);
    const auto key = [&]() -> Cell {
      const int value = static_cast<int>(random() % 12);
      return value < 2 ? Cell() : Cell(value);
    };
    for (int i = 0; i < 60; ++i) left_.push_back({key(), key()});
    for (int i = 0; i < 40; ++i) right_.push_back({key(), key()});
    GiveSide("flights", left_, "a", "b", "pos");
    GiveSide("airports", right_, "a", "c", "place");
  }

  void GiveSide(const std::string& name, const std::vector<std::pair<Cell, Cell>>& rows,
                const std::string& first, const std::string& second, const std::string& number) {
    std::vector<std::vector<std::string>> values;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      values.push_back({Literal(rows[i].first), Literal(rows[i].second), std::to_string(i)});
    }
    Give(name, "SELECT * FROM (VALUES " + Values(values) + ") t(" + first + ", " + second + ", " +
                   number + ")");
  }

  std::vector<Row> Expected(const std::string& how, bool nulls_equal) const {
    std::vector<Row> rows;
    const auto is_pair = [&](const auto& one, const auto& other) {
      const auto equal = [&](const Cell& a, const Cell& b) {
        return a && b ? *a == *b : nulls_equal && !a && !b;
      };
      return equal(one.first, other.first) && equal(one.second, other.second);
    };
    for (std::size_t i = 0; i < left_.size(); ++i) {
      const Row left = {CellText(left_[i].first), CellText(left_[i].second), std::to_string(i)};
      int partners = 0;
      for (std::size_t j = 0; j < right_.size(); ++j) {
        if (!is_pair(left_[i], right_[j])) continue;
        ++partners;
        Row row = left;
        row.emplace_back(std::to_string(j));
        if (how != "semi" && how != "anti") rows.push_back(row);
      }
      Row alone = left;
      if (how == "left" || how == "full") alone.emplace_back(std::nullopt);
      if (partners == 0 && how != "inner" && how != "semi") rows.push_back(alone);
      if (partners > 0 && how == "semi") rows.push_back(left);
    }
    for (std::size_t j = 0; how == "full" && j < right_.size(); ++j) {
      const bool found = std::any_of(left_.begin(), left_.end(),
                                     [&](const auto& row) { return is_pair(row, right_[j]); });
      if (found) continue;
      rows.push_back(
          {CellText(right_[j].first), CellText(right_[j].second), std::nullopt, std::to_string(j)});
    }
    return rows;
  }

  Json Params(const std::string& how) const {
    return {{"left", "flights"},      {"right", "airports"}, {"on", {"a", "b"}},
            {"right_on", {"a", "c"}}, {"how", how},          {"cardinality", "many_to_one"}};
  }

  std::vector<std::pair<Cell, Cell>> left_;
  std::vector<std::pair<Cell, Cell>> right_;
};

TEST_F(JoinTest, PutsEveryPairOfPartnersTogether) {
  for (const char* how : {"left", "inner", "full", "semi", "anti"}) {
    for (const bool nulls_equal : {false, true}) {
      Json params = Params(how);
      params["nulls_equal"] = nulls_equal;
      EXPECT_EQ(Sorted(Rows("join", params)), Sorted(Expected(how, nulls_equal)))
          << how << nulls_equal;
    }
  }
  EXPECT_EQ(Columns("join", Params("left")), "a int32, b int32, pos int32, place int32");
  EXPECT_EQ(Columns("join", Params("full")), "a int32, b int32, pos int32, place int32");
  EXPECT_EQ(Columns("join", Params("semi")), "a int32, b int32, pos int32");
}

TEST_F(JoinTest, RowsLeadToBothSides) {
  for (const char* how : {"left", "inner"}) {
    const auto trace = Traced("join", Params(how));
    EXPECT_EQ(trace.kind, engine::Trace::Kind::kJoin) << trace.reason;
    const std::string all = std::to_string(Expected(how, false).size());
    EXPECT_EQ(Misled(trace, 0, "pos"), "0 of " + all);
    EXPECT_EQ(Misled(trace, 1, "place"), "0 of " + all);
  }
  const auto semi = Traced("join", Params("semi"));
  EXPECT_EQ(Misled(semi, 0, "pos"), "0 of " + std::to_string(Expected("semi", false).size()));
}

TEST_F(JoinTest, AFullJoinStatesNoLineage) {
  const auto trace = Traced("join", Params("full"));
  EXPECT_EQ(trace.kind, engine::Trace::Kind::kNone);
  EXPECT_NE(trace.reason, "");
}

TEST_F(JoinTest, TakesColumnsAndRenamesThem) {
  Json params = Params("inner");
  params["on"] = Json::array({"b"});
  params["right_on"] = Json::array({"c"});
  EXPECT_EQ(Mistake("join", params),
            "`flights` and `airports` both have a (write `rename: {a: a_right}`, or name in "
            "`columns` what to take of the right side)");
  params["rename"] = Pairs({{"A", "origin"}});
  EXPECT_EQ(Columns("join", params), "a int32, b int32, pos int32, origin int32, place int32");
  params["columns"] = {"place", "a"};
  EXPECT_EQ(Columns("join", params), "a int32, b int32, pos int32, place int32, origin int32");
  params["columns"] = Json::array({"place"});
  EXPECT_EQ(Mistake("join", params),
            "`rename` names a column that is not taken: A (name it in `columns`)");
  params.erase("rename");
  EXPECT_EQ(Columns("join", params), "a int32, b int32, pos int32, place int32");
  params["columns"] = {"a", "PLACE"};
  params["rename"] = Pairs({{"a", "Place"}});
  EXPECT_EQ(Mistake("join", params),
            "`rename` names a column twice: place (name it once; SQL does not look at case)");
}

TEST_F(JoinTest, ARightSideOfKeysAloneAddsNothing) {
  Give("known", "SELECT DISTINCT a, c FROM airports WHERE a < 6");
  Json params = Params("inner");
  params["right"] = "known";
  EXPECT_EQ(Columns("join", params), "a int32, b int32, pos int32");
  Json semi = Params("semi");
  semi["right"] = "known";
  EXPECT_EQ(Sorted(Rows("join", params)), Sorted(Rows("join", semi)));
}

TEST_F(JoinTest, ATableIsJoinedWithItself) {
  Json params = {{"left", "flights"},
                 {"right", "flights"},
                 {"on", Json::array({"pos"})},
                 {"how", "inner"},
                 {"rename", Pairs({{"a", "a2"}, {"b", "b2"}})}};
  const auto rows = Rows("join", params);
  EXPECT_EQ(rows.size(), left_.size());
  for (const Row& row : rows) EXPECT_EQ(row[0], row[3]);
}

TEST_F(JoinTest, CardinalityTellsWhichRowsComeUpOnce) {
  const auto once = [&](const char* cardinality, const char* how = "left") {
    Json params = Params(how);
    params["cardinality"] = cardinality;
    return FindStep("join")->once(params);
  };
  EXPECT_THAT(once("many_to_one"), ElementsAre("flights"));
  EXPECT_THAT(once("one_to_many"), ElementsAre("airports"));
  EXPECT_THAT(once("one_to_one"), ElementsAre("flights", "airports"));
  EXPECT_THAT(once("many_to_many"), ElementsAre());
  EXPECT_THAT(once("many_to_one", "anti"), ElementsAre());
}

TEST_F(JoinTest, ColumnsThatDoNotCompareAreErrors) {
  Give("texts", "SELECT '1' AS a, 2 AS c, 3 AS d");
  Json params = Params("left");
  params["right"] = "texts";
  EXPECT_EQ(Mistake("join", params),
            "`a` of `flights` is int32, `a` of `texts` is string: these do not compare (bring one "
            "of them to the type of the other first)");
  params["right_on"] = {"c", "e"};
  EXPECT_EQ(Mistake("join", params), "`texts` has no column: e (did you mean a?)");
  params["right_on"] = {"c", "d"};
  params["on"] = {"a", "poss"};
  EXPECT_EQ(Mistake("join", params), "`flights` has no column: poss (did you mean pos?)");
}

TEST_F(JoinTest, ParametersThatSayNothingAreErrors) {
  const auto misdeclared = [&](const char* how, const Json& more) {
    Json params = Params(how);
    params.update(more);
    return Misdeclared("join", params);
  };
  EXPECT_EQ(misdeclared("left", Json::object()), "");
  EXPECT_EQ(misdeclared("left", {{"on", {"a", "A"}}}), "`on` names a column twice: A");
  EXPECT_EQ(misdeclared("left", {{"right_on", {"a", "A"}}}), "`right_on` names a column twice: A");
  EXPECT_EQ(misdeclared("left", {{"right_on", Json::array({"a"})}}),
            "`on` names 2 columns, `right_on` names 1");
  EXPECT_EQ(misdeclared("left", {{"columns", {"a", "A"}}}), "`columns` names a column twice: A");
  EXPECT_EQ(misdeclared("left", {{"rename", Pairs({{"a", "file_index"}})}}),
            "Assay keeps this name for itself: file_index");
  EXPECT_EQ(misdeclared("semi", {{"columns", Json::array({"a"})}}),
            "`columns` says nothing in a semi join");
  EXPECT_EQ(misdeclared("anti", {{"rename", Pairs({{"a", "d"}})}}),
            "`rename` says nothing in an anti join");
  EXPECT_EQ(misdeclared("anti", {{"cardinality", "one_to_one"}}),
            "`cardinality` says nothing in an anti join");
}

TEST_F(StepKindTest, AFullJoinPromisesNothing) {
  const Json params = {{"left", "a"}, {"right", "b"}, {"on", Json::array({"k"})}, {"how", "full"}};
  EXPECT_EQ(Misdeclared("join", params), "the cardinality of a full join is not counted");
  Json many = params;
  many["cardinality"] = "many_to_many";
  EXPECT_TRUE(FindStep("join")->info.check(many).ok());
}

}  // namespace
}  // namespace assay::step
