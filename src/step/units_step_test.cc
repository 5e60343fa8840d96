#include <cmath>
#include <cstdlib>

#include "step/test_steps.h"
#include "step/unit.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class UnitsStepTest : public StepKindTest {
 protected:
  static Json Params(const std::string& from, const std::string& to) {
    return {{"input", "t"}, {"column", "v"}, {"from", from}, {"to", to}};
  }
  double Converted(const std::string& value, const std::string& from, const std::string& to) {
    Give("t", "SELECT CAST(" + value + " AS DOUBLE) AS v");
    const auto rows = Rows("units", Params(from, to));
    return rows.size() == 1 && rows[0][0] ? std::strtod(rows[0][0]->c_str(), nullptr) : NAN;
  }
};

// Worked by hand from the definitions in NIST Special Publication 811, appendix B.
TEST_F(UnitsStepTest, KnowsWhatUnitsAre) {
  struct Case {
    const char *value, *from, *to;
    double expected;
  };
  const Case cases[] = {
      {"1", "in", "mm", 25.4},
      {"1", "ft", "m", 0.3048},
      {"1", "yd", "m", 0.9144},
      {"26", "mi", "km", 41.842944},
      {"1", "nmi", "km", 1.852},
      {"5280", "ft", "mi", 1},
      {"1", "lb", "g", 453.59237},
      {"16", "oz", "lb", 1},
      {"1", "st", "lb", 14},
      {"1", "ton_us", "kg", 907.18474},
      {"1.5", "t", "kg", 1500},
      {"90", "min", "h", 1.5},
      {"2", "week", "d", 14},
      {"1", "d", "ms", 86400000},
      {"100", "C", "F", 212},
      {"98.6", "F", "C", 37},
      {"-40", "F", "C", -40},
      {"0", "K", "C", -273.15},
      {"0", "C", "K", 273.15},
      {"0", "F", "R", 459.67},
      {"36", "km/h", "m/s", 10},
      {"1", "mph", "km/h", 1.609344},
      {"1", "kn", "km/h", 1.852},
      {"1", "KiB", "B", 1024},
      {"1", "MB", "KiB", 976.5625},
      {"8", "bit", "B", 1},
      {"1", "ha", "m2", 10000},
      {"1", "acre", "m2", 4046.8564224},
      {"640", "acre", "mi2", 1},
      {"1", "ft2", "in2", 144},
      {"1", "gal_us", "l", 3.785411784},
      {"1", "gal_uk", "l", 4.54609},
      {"128", "fl_oz_us", "gal_us", 1},
      {"1", "ft3", "in3", 1728},
      {"1", "m3", "l", 1000},
      {"42", "gal_us", "bbl", 1},
      {"1", "atm", "hPa", 1013.25},
      {"1", "inHg", "mmHg", 25.4},
      {"1", "bar", "kPa", 100},
      {"1", "cal", "J", 4.184},
      {"1", "kWh", "MJ", 3.6},
      {"1", "BTU", "J", 1055.05585262},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(Converted(one.value, one.from, one.to), one.expected) << one.from << " " << one.to;
  }
  // A pound-force on a square inch: 0.45359237 kg * 9.80665 m/s2 / (0.0254 m)^2.
  EXPECT_NEAR(Converted("1", "psi", "Pa"), 6894.757293168361, 1e-11);
}

TEST_F(UnitsStepTest, EveryPairLeadsThereAndBack) {
  for (const char* dimension : {"length", "mass", "time", "temperature", "speed", "data", "area",
                                "volume", "pressure", "energy"}) {
    const std::vector<Unit> units = UnitsOf(dimension);
    EXPECT_GT(units.size(), 3u) << dimension;
    for (const Unit& from : units) {
      for (const Unit& to : units) {
        const auto there = ConversionOf(from, to), back = ConversionOf(to, from);
        ASSERT_TRUE(there.ok() && back.ok());
        // (v * f + s) / d and back are v for every v.
        EXPECT_EQ(there->factor, back->divisor) << from.name << " " << to.name;
        EXPECT_EQ(there->divisor, back->factor) << from.name << " " << to.name;
        EXPECT_EQ(there->shift, -back->shift) << from.name << " " << to.name;
      }
    }
  }
}

TEST_F(UnitsStepTest, ReplacesOrAddsAFloat) {
  Give("t", "SELECT * FROM (VALUES (5::SMALLINT, 'a'), (NULL, 'b')) t(v, name)");
  EXPECT_EQ(Columns("units", Params("km", "m")), "v float64, name string");
  EXPECT_THAT(Rows("units", Params("km", "m")),
              ElementsAre(Row{"5000.0", "a"}, Row{std::nullopt, "b"}));
  Json params = Params("km", "m");
  params["into"] = "metres";
  EXPECT_EQ(Columns("units", params), "v int16, name string, metres float64");
  EXPECT_THAT(Rows("units", params),
              ElementsAre(Row{"5", "a", "5000.0"}, Row{std::nullopt, "b", std::nullopt}));
  EXPECT_FALSE(FindStep("units")->info.refuses(params));
}

TEST_F(UnitsStepTest, TakesTheUnitOfEachRow) {
  Give("t",
       "SELECT * FROM (VALUES (1, 32.0::DOUBLE, 'F'), (2, 1.0, 'C'), (3, 1.0, 'ft'), (4, 1.0, "
       "NULL), (5, NULL, NULL), (6, NULL, 'x'), (7, 300, 'K')) t(id, v, unit)");
  Json params = {{"input", "t"}, {"column", "v"}, {"unit_column", "unit"}, {"to", "C"}};
  EXPECT_TRUE(FindStep("units")->info.refuses(params));
  EXPECT_THAT(Rows("units", params),
              ElementsAre(Row{"1", "0.0", "C"}, Row{"2", "1.0", "C"}, Row{"5", std::nullopt, "C"},
                          Row{"6", std::nullopt, "C"}, Row{"7", "26.85", "C"}));
  EXPECT_THAT(Refused("units", params),
              ElementsAre(Row{"3", "1.0", "ft", "unit: no unit of temperature: 'ft'"},
                          Row{"4", "1.0", std::nullopt, "unit: no unit"}));
  params["into"] = "celsius";
  EXPECT_THAT(Rows("units", params)[0], ElementsAre("1", "32.0", "F", "0.0"));
}

TEST_F(UnitsStepTest, NamesWhatItCannotDo) {
  Give("t", "SELECT 1 AS v, 'x' AS name");
  EXPECT_EQ(Mistake("units", {{"input", "t"}, {"column", "w"}, {"from", "m"}, {"to", "km"}}),
            "`t` has no column: w (did you mean v?)");
  EXPECT_EQ(Mistake("units", {{"input", "t"}, {"column", "name"}, {"from", "m"}, {"to", "km"}}),
            "`name` of `t` is string; a unit needs a number (make it one in a clean step: `cast: "
            "{name: float64}`)");
  Json params = Params("m", "km");
  params["into"] = "name";
  EXPECT_THAT(Mistake("units", params), HasSubstr("`t` has a column already: name"));
  EXPECT_EQ(Mistake("units", {{"input", "t"}, {"column", "v"}, {"unit_column", "v"}, {"to", "km"}}),
            "`v` of `t` is int32; the names of units are text (name the column that has them)");
  EXPECT_EQ(Misdeclared("units", Params("m", "kg")), "m measures length, kg mass");
  EXPECT_EQ(Misdeclared("units", Params("KM", "m")), "from: no such unit: KM");
  EXPECT_EQ(Misdeclared("units", Params("m", "parsec")), "to: no such unit: parsec");
  EXPECT_EQ(UnitNamed("KM").error().hint, "did you mean km?");
  EXPECT_EQ(UnitNamed("parsec").error().hint,
            "units are such as m, ft, kg, lb, s, h, C, km/h or GiB; the reference lists all");
  EXPECT_THAT(ConversionOf(*UnitNamed("K"), *UnitNamed("s")).error().hint,
              HasSubstr("units of temperature are K, C, F, R"));
  for (Json wrong :
       {Json{{"input", "t"}, {"column", "v"}, {"to", "m"}}, Json{{"input", "t"},
                                                                 {"column", "v"},
                                                                 {"to", "m"},
                                                                 {"from", "m"},
                                                                 {"unit_column", "name"}}}) {
    EXPECT_EQ(Misdeclared("units", wrong), "a units step needs either `from` or `unit_column`");
  }
}

}  // namespace
}  // namespace assay::step
