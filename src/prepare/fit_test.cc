#include "prepare/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "prepare/parity.h"
#include "prepare/test_engine.h"

namespace assay::prepare {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FitTest : public testing::Test {
 protected:
  FitTest() : engine_(OpenEngine(2)) {}

  // A table `t` of these rows.
  void Make(const std::string& query) {
    ASSERT_TRUE(engine_->Execute("CREATE OR REPLACE TABLE t AS " + query).ok()) << query;
    schema_ = *engine_->Describe("SELECT * FROM t");
  }

  Result<FitResult> TryFit(const std::vector<Declaration>& declared) {
    std::vector<std::string> places;
    for (std::size_t i = 0; i < declared.size(); ++i) places.push_back("p" + std::to_string(i));
    return Fit(*engine_, declared, places, {"t", schema_, {"train", 0, std::string(64, 'a')}});
  }

  FitResult Fitted(const std::vector<Declaration>& declared) {
    auto fit = TryFit(declared);
    EXPECT_TRUE(fit.ok()) << fit.error().message;
    return std::move(fit).value();
  }

  std::string Failure(const std::vector<Declaration>& declared) {
    auto fit = TryFit(declared);
    EXPECT_FALSE(fit.ok());
    return fit.ok() ? "" : fit.error().message + " | " + fit.error().hint;
  }

  // Prepared columns as the engine prints them.
  std::vector<std::string> Column(const Preparation& preparation, const std::string& name) {
    const auto grid = engine_->Query("SELECT \"" + name + "\" FROM (" + preparation.Sql("t") + ")");
    EXPECT_TRUE(grid.ok()) << grid.error().message;
    std::vector<std::string> values;
    for (const auto& row : grid->rows) values.push_back(row[0].value_or("NULL"));
    return values;
  }

  void ExpectParity(const Preparation& preparation) {
    const auto count = engine_->Query("SELECT count(*) FROM t");
    const auto report = CheckParity(*engine_, preparation, "t", std::stoull(*count->rows[0][0]));
    ASSERT_TRUE(report.ok()) << report.error().message;
    for (const StepParity& step : report->steps) EXPECT_EQ(step.example, "");
  }

  std::unique_ptr<engine::Engine> engine_;
  Schema schema_;
};

Declaration Of(const std::string& kind, const std::string& column, Json params = Json::object(),
               bool keep = false) {
  return {kind, column, std::move(params), keep};
}

TEST_F(FitTest, ScalesByWhatTheTrainingRowsAre) {
  Make("SELECT unnest([2.0::DOUBLE, 4, 4, 4, 5, 5, 7, 9, NULL, 'nan'::DOUBLE]) AS x");
  const FitResult fit = Fitted({Of("standard_scale", "x")});
  EXPECT_EQ(fit.preparation.steps()[0].state, (Json{{"mean", "5"}, {"deviation", "2"}}));
  EXPECT_THAT(Column(fit.preparation, "x"), ElementsAre("-1.5", "-0.5", "-0.5", "-0.5", "0.0",
                                                        "0.0", "1.0", "2.0", "NULL", "NULL"));
  ExpectParity(fit.preparation);
}

TEST_F(FitTest, AConstantColumnBecomesZeroWithAWarning) {
  Make("SELECT 3 AS x, 7.5 AS y FROM range(5)");
  const FitResult fit = Fitted({Of("standard_scale", "x"), Of("min_max_scale", "y")});
  EXPECT_THAT(Column(fit.preparation, "x"), testing::Each("0.0"));
  EXPECT_THAT(Column(fit.preparation, "y"), testing::Each("0.0"));
  EXPECT_THAT(fit.warnings,
              ElementsAre(HasSubstr("`x` is constant"), HasSubstr("`y` is constant")));
}

TEST_F(FitTest, OneScanServesAllThatDoNotWaitForEachOther) {
  Make(
      "SELECT i::DOUBLE AS x, 'c' || i % 3 AS c, TIMESTAMP '2001-01-01' + INTERVAL (i) HOUR AS at "
      "FROM range(100) t(i)");
  const FitResult fit =
      Fitted({Of("calendar", "at", {{"parts", {"hour", "weekday"}}}), Of("standard_scale", "x"),
              Of("one_hot", "c"), Of("one_hot", "at_weekday"), Of("min_max_scale", "at_hour")});
  EXPECT_EQ(fit.scans, 1);
  EXPECT_EQ(FieldNames(fit.preparation.output())[0], "x");
  ExpectParity(fit.preparation);
}

// What an impute fills in counts in what stands behind it, as if the rows were read again.
TEST_F(FitTest, BehindAnImputeNoScanIsNeeded) {
  Make(
      "SELECT CASE WHEN i % 7 <> 0 THEN sin(i) * 100 END AS x, "
      "CASE WHEN i % 5 <> 0 THEN i % 4 END AS k FROM range(1000) t(i)");
  const FitResult fit =
      Fitted({Of("impute", "x", {{"with", "median"}}), Of("standard_scale", "x"),
              Of("impute", "k", {{"with", "most_frequent"}}), Of("one_hot", "k")});
  EXPECT_EQ(fit.scans, 1);
  const auto grid = engine_->Query(
      "SELECT avg(f), stddev_pop(f) FROM (SELECT coalesce(x, (SELECT median(x) FROM t)) AS f "
      "FROM t)");
  const Json& state = fit.preparation.steps()[1].state;
  EXPECT_NEAR(std::stod(state["mean"].get<std::string>()), std::stod(*grid->rows[0][0]), 1e-12);
  EXPECT_NEAR(std::stod(state["deviation"].get<std::string>()), std::stod(*grid->rows[0][1]),
              1e-12 * 100);
  EXPECT_EQ(fit.preparation.steps()[3].state["categories"], (Json{"0", "1", "2", "3"}));
  ExpectParity(fit.preparation);
}

TEST_F(FitTest, AnImputeMayBringACategoryOfItsOwn) {
  Make("SELECT unnest([10, NULL, 9, 100]) AS k");
  const FitResult fit =
      Fitted({Of("impute", "k", {{"with", "median"}}), Of("bucketize", "k", {{"quantiles", 2}})});
  EXPECT_EQ(fit.scans, 2) << "quantiles cannot be told from figures";
  Make("SELECT unnest(['b', NULL, 'c']) AS k");
  const FitResult constant =
      Fitted({Of("impute", "k", {{"with", "constant"}, {"value", "a"}}), Of("ordinal", "k")});
  EXPECT_EQ(constant.preparation.steps()[1].state["categories"], (Json{"a", "b", "c"}));
}

TEST_F(FitTest, BehindAnotherFittedTransformThereIsOneScanMore) {
  Make("SELECT 'c' || i % 3 AS c FROM range(9) t(i)");
  const FitResult fit = Fitted({Of("ordinal", "c"), Of("standard_scale", "c")});
  EXPECT_EQ(fit.scans, 2);
  EXPECT_EQ(fit.preparation.steps()[1].state["mean"], "1");
  ExpectParity(fit.preparation);
}

TEST_F(FitTest, WhatAOneHotMakesCanBeReadBehindIt) {
  Make("SELECT 'c' || i % 3 AS c FROM range(9) t(i)");
  const FitResult fit = Fitted({Of("one_hot", "c"), Of("standard_scale", "c_c1")});
  EXPECT_THAT(FieldNames(fit.preparation.output()), ElementsAre("c_c0", "c_c1", "c_c2"));
  ExpectParity(fit.preparation);
}

TEST_F(FitTest, CategoriesStandInTheOrderOfTheirValues) {
  Make(
      "SELECT unnest([10, 9, -1, 100, 9, NULL]) AS k, unnest(['b', 'B', 'a', '\xC3\xA9', 'a', '']) "
      "AS c, "
      "unnest([true, false, true, NULL, true, true]) AS b");
  const FitResult fit = Fitted({Of("ordinal", "k"), Of("ordinal", "c"), Of("one_hot", "b")});
  EXPECT_EQ(fit.preparation.steps()[0].state["categories"], (Json{"-1", "9", "10", "100"}));
  EXPECT_EQ(fit.preparation.steps()[1].state["categories"], (Json{"", "B", "a", "b", "\xC3\xA9"}));
  EXPECT_THAT(Column(fit.preparation, "k"), ElementsAre("2", "1", "0", "3", "1", "NULL"));
  EXPECT_THAT(Column(fit.preparation, "b_true"), ElementsAre("1", "0", "1", "0", "1", "1"));
  ExpectParity(fit.preparation);
}

TEST_F(FitTest, TopKeepsTheMostFrequentTiesByValue) {
  Make("SELECT unnest(['d', 'd', 'b', 'b', 'a', 'c']) AS c");
  const FitResult fit = Fitted({Of("one_hot", "c", {{"top", 3}})});
  EXPECT_EQ(fit.preparation.steps()[0].state["categories"], (Json{"a", "b", "d"}));
}

TEST_F(FitTest, BothZerosAreOneValue) {
  Make("SELECT unnest([0.0::DOUBLE, -0.0, 1, 1, NULL, 0.0, 'nan'::DOUBLE]) AS x");
  const FitResult fit = Fitted({Of("impute", "x", {{"with", "most_frequent"}})});
  EXPECT_EQ(fit.preparation.steps()[0].state["value"], "0");
}

// The places of these need more than a byte.
TEST_F(FitTest, MoreThan255CategoriesHaveAColumnEach) {
  Make(
      "SELECT CASE WHEN i < 300 THEN 'c' || lpad(i::VARCHAR, 3, '0') END AS c FROM range(302) "
      "t(i)");
  const FitResult fit = Fitted({Of("one_hot", "c")});
  ASSERT_EQ(fit.preparation.outputs().size(), 300U);
  const auto grid = engine_->Query(
      "SELECT sum(\"c_c000\"), sum(\"c_c255\"), sum(\"c_c256\"), "
      "max(list_sum([*COLUMNS(*)])), min(list_sum([*COLUMNS(*)])) FROM (" +
      fit.preparation.Sql("t") + ")");
  ASSERT_TRUE(grid.ok()) << grid.error().message;
  std::vector<std::string> figures;
  for (const auto& figure : grid->rows[0]) figures.push_back(figure.value_or("NULL"));
  EXPECT_THAT(figures, ElementsAre("1", "1", "1", "1", "0"));
  ExpectParity(fit.preparation);
}

TEST_F(FitTest, BucketsBeginAtTheirBorder) {
  Make("SELECT unnest([0::DOUBLE, 499.9, 500, 1000, 5000, NULL, 'nan'::DOUBLE]) AS x");
  const FitResult fit = Fitted({Of("bucketize", "x", {{"edges", {"500", "1000"}}})});
  EXPECT_EQ(fit.scans, 0);
  EXPECT_THAT(Column(fit.preparation, "x"), ElementsAre("0", "0", "1", "2", "2", "NULL", "NULL"));
  ExpectParity(fit.preparation);
}

TEST_F(FitTest, TheStateComesBackFromItsText) {
  Make(
      "SELECT i::FLOAT / 7 AS x, 'c' || i % 3 AS c, i::DECIMAL(9,2) AS d, "
      "DATE '2000-02-28' + i::INTEGER AS day FROM range(50) t(i)");
  const FitResult fit = Fitted(
      {Of("standard_scale", "x", {{"as", "scaled"}}, true), Of("one_hot", "c"),
       Of("min_max_scale", "d"), Of("bucketize", "x", {{"quantiles", 4}}),
       Of("calendar", "day",
          {{"parts", {"year", "quarter", "month", "week", "day", "day_of_year", "weekday"}}})});
  const auto text = fit.preparation.Text();
  ASSERT_TRUE(text.ok()) << text.error().message;
  const auto again = Preparation::Parse(*text);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again->Text(), *text);
  EXPECT_EQ(again->Sql("t"), fit.preparation.Sql("t"));
  ExpectParity(*again);
}

TEST_F(FitTest, RefusesWithThePlaceAndTheReason) {
  Make(
      "SELECT i AS x, 'c' AS c, NULL::DOUBLE AS empty, CASE WHEN i = 1 THEN 'inf'::DOUBLE ELSE i "
      "END "
      "AS far, [i] AS list, DATE '2001-01-01' AS day FROM range(3) t(i)");
  EXPECT_THAT(Failure({Of("standard_scale", "y")}), HasSubstr("p0: no such column: y"));
  EXPECT_THAT(Failure({Of("standard_scale", "x"), Of("standard_scale", "c")}),
              HasSubstr("p1: `c` is no number, it is string"));
  EXPECT_THAT(Failure({Of("standard_scale", "empty")}), HasSubstr("has no value in the training"));
  EXPECT_THAT(Failure({Of("standard_scale", "far")}), HasSubstr("infinite values"));
  EXPECT_THAT(Failure({Of("standard_scale", "list")}), HasSubstr("cannot be transformed"));
  EXPECT_THAT(Failure({Of("one_hot", "far")}), HasSubstr("has no categories"));
  EXPECT_THAT(Failure({Of("calendar", "day", {{"parts", {"hour"}}})}), HasSubstr("it has no hour"));
  EXPECT_THAT(Failure({Of("calendar", "x", {{"parts", {"year"}}})}),
              HasSubstr("is no date or timestamp"));
  EXPECT_THAT(Failure({Of("impute", "x", {{"with", "constant"}, {"value", "a"}})}),
              HasSubstr("`value` is no int64: a"));
  EXPECT_THAT(Failure({Of("standard_scale", "x", {{"as", "C"}})}),
              HasSubstr("makes a column whose name is taken: C"));
  EXPECT_THAT(Failure({Of("ordinal", "c", {{"order", {"a", "a"}}})}), HasSubstr("there twice: a"));
  Make("SELECT 1.5 AS x WHERE false");
  EXPECT_THAT(Failure({Of("standard_scale", "x")}), HasSubstr("the split `train` is empty"));
}

TEST_F(FitTest, TooManyCategoriesAreASlip) {
  Make("SELECT i::VARCHAR AS id FROM range(1001) t(i)");
  EXPECT_THAT(Failure({Of("one_hot", "id")}), HasSubstr("would become so many columns: 1001"));
  EXPECT_EQ(Fitted({Of("one_hot", "id", {{"top", 2}})}).preparation.output().size(), 2U);
}

// Random tables, both ways, bit for bit.
TEST_F(FitTest, TwoExecutionsAreOne) {
  for (int seed = 1; seed <= 8; ++seed) {
    ASSERT_TRUE(engine_->Query("SELECT setseed(" + std::to_string(seed / 10.0) + ")").ok());
    Make(
        "SELECT CASE WHEN random() < 0.9 THEN exp(random() * 40 - 20) * (random() - 0.5) END AS a, "
        "(random() * 1e6)::INTEGER AS b, (random() * 100)::FLOAT AS c, "
        "(random() * 1e9)::DECIMAL(18,4) AS d, chr(97 + (random() * 25)::INTEGER) AS e, "
        "random() < 0.3 AS f, make_timestamp((random() * 4e15 - 2e15)::BIGINT) AS g, "
        "(random() * 9)::TINYINT AS h FROM range(2000)");
    const FitResult fit = Fitted(
        {Of("impute", "a", {{"with", "mean"}}), Of("standard_scale", "a"), Of("min_max_scale", "b"),
         Of("standard_scale", "c"), Of("bucketize", "d", {{"quantiles", 7}}),
         Of("one_hot", "e", {{"top", 5}}), Of("ordinal", "f"),
         Of("calendar", "g",
            {{"parts", {"year", "week", "day_of_year", "weekday", "hour", "minute"}}}),
         Of("standard_scale", "g_year"), Of("ordinal", "h", {{"order", {"3", "1", "2"}}})});
    ExpectParity(fit.preparation);
  }
}

TEST_F(FitTest, TheStateIsTheSameOnAnyNumberOfThreads) {
  const std::string query =
      "SELECT sin(i) * 1e9 AS x, CASE WHEN i % 3 > 0 THEN cos(i) END AS y FROM range(200000) t(i)";
  Make(query);
  const std::vector<Declaration> declared = {
      Of("standard_scale", "x"), Of("impute", "y", {{"with", "mean"}}), Of("standard_scale", "y")};
  const std::string two = *Fitted(declared).preparation.Text();
  engine_ = OpenEngine(1);
  Make(query + " ORDER BY x");
  EXPECT_EQ(*Fitted(declared).preparation.Text(), two);
}

class TransformTest : public FitTest {
 protected:
  TransformTest() {
    Make(
        "SELECT i::INTEGER AS distance, 'c' || i % 3 AS origin, [i] AS list, true AS late "
        "FROM range(3) t(i)");
    preparation_ = std::move(
        Fitted({Of("standard_scale", "distance"), Of("one_hot", "origin", Json::object(), true)})
            .preparation);
  }
  std::string Refusal(const Json& row) {
    const auto prepared = preparation_.Transform(row);
    EXPECT_FALSE(prepared.ok());
    return prepared.ok() ? "" : prepared.error().message + " | " + prepared.error().hint;
  }
  Preparation preparation_;
};

TEST_F(TransformTest, OneRowAsTheTable) {
  const auto prepared = preparation_.Transform({{"distance", 1}, {"origin", "c1"}});
  ASSERT_TRUE(prepared.ok());
  EXPECT_EQ(*prepared, (Json{{"distance", 0.0},
                             {"origin", "c1"},
                             {"origin_c0", 0},
                             {"origin_c1", 1},
                             {"origin_c2", 0}}));
}

TEST_F(TransformTest, WhatIsNotReadPasses) {
  const auto prepared = preparation_.Transform(
      {{"distance", nullptr}, {"origin", "elsewhere"}, {"late", true}, {"list", {1, 2}}});
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  EXPECT_EQ((*prepared)["late"], true);
  EXPECT_EQ((*prepared)["list"], Json({1, 2}));
  EXPECT_EQ((*prepared)["distance"], nullptr);
  EXPECT_EQ((*prepared)["origin_c0"], 0);
}

TEST_F(TransformTest, RefusesWhatIsNoRow) {
  EXPECT_THAT(Refusal({{"distance", 1}}), HasSubstr("fields are missing: origin | write null"));
  EXPECT_THAT(Refusal(Json::object()), HasSubstr("fields are missing: distance, origin"));
  EXPECT_THAT(Refusal({{"distanse", 1}, {"origin", "c1"}}),
              HasSubstr("no such field: distanse | did you mean distance?"));
  EXPECT_THAT(Refusal({{"distance", "1"}, {"origin", "c1"}}),
              HasSubstr("field `distance` must be int32, found \"1\""));
  EXPECT_THAT(Refusal({{"distance", 1}, {"origin", 5}}), HasSubstr("must be string, found 5"));
  EXPECT_THAT(Refusal({{"distance", 1}, {"origin", "a"}, {"late", "yes"}}),
              HasSubstr("field `late` must be bool"));
  EXPECT_THAT(Refusal(Json::array()), HasSubstr("must be a JSON object"));
}

TEST(Preparation, ADamagedTextIsAnError) {
  const Json good = {{"input", {{{"name", "x"}, {"type", "float64"}}}},
                     {"output", {{{"name", "x"}, {"type", "float64"}}}},
                     {"fitted_on", {{"split", "train"}, {"rows", 3}, {"digest", "d"}}},
                     {"transforms",
                      {{{"kind", "standard_scale/1"},
                        {"column", "x"},
                        {"params", Json::object()},
                        {"outputs", {"x"}},
                        {"state", {{"mean", "1"}, {"deviation", "2"}}}}}}};
  const auto parse = [](const Json& json) {
    return Preparation::Parse(Json{{"assay.preparation/1", json}}.dump());
  };
  ASSERT_TRUE(parse(good).ok()) << parse(good).error().message;
  struct Case {
    const char* pointer;
    Json value;
    const char* says;
  };
  const Case cases[] = {
      {"/output/0/name", "y", "do not make its output"},
      {"/transforms/0/kind", "standard_scale/2", "does not know: standard_scale/2"},
      {"/transforms/0/kind", "other/1", "does not know: other/1"},
      {"/transforms/0/kind", 5, "not whole"},
      {"/transforms/0/column", "z", "no such column: z"},
      {"/transforms/0/params", {{"edges", 1}}, "has no parameter edges"},
      {"/transforms/0/params", {{"as", 1}}, "of another form: as"},
      {"/transforms/0/state/mean", "one", "has no number: mean"},
      {"/transforms/0/state", Json::array(), "not whole"},
      {"/transforms", "x", "no list"},
      {"/fitted_on/rows", "3", "not whole"},
      {"/input/0/type", "float65", "float65"},
  };
  for (const Case& each : cases) {
    Json bad = good;
    bad[Json::json_pointer(each.pointer)] = each.value;
    const auto parsed = parse(bad);
    ASSERT_FALSE(parsed.ok()) << each.pointer;
    EXPECT_THAT(parsed.error().message, HasSubstr(each.says)) << each.pointer;
  }
  for (const char* text : {"", "{}", "[]", "{\"assay.preparation/1\":5}"}) {
    EXPECT_FALSE(Preparation::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace assay::prepare
