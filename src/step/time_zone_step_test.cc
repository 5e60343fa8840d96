#include <cstdlib>
#include <ctime>
#include <map>

#include "step/test_steps.h"
#include "step/zone_name.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

class TimeZoneStepTest : public StepKindTest {
 protected:
  static Json Params(const std::string& from, const Json& more = Json::object()) {
    Json params = {{"input", "t"}, {"columns", Json::array({"at"})}, {"from", from}};
    params.update(more);
    return params;
  }
  /// What becomes of one time: a moment, or the reason why not.
  std::string Moment(const std::string& at, const Json& params) {
    Give("t", "SELECT TIMESTAMP '" + at + "' AS at");
    const auto rows = Rows("time_zone", params);
    const auto refused = Refused("time_zone", params);
    EXPECT_EQ(rows.size() + refused.size(), 1u) << at;
    return refused.empty() ? rows.at(0).at(0).value_or("null") : refused[0].back().value_or("");
  }
};

/// The clocks of a zone by its rule as POSIX writes it, as the C library reads it.
class PosixZone {
 public:
  explicit PosixZone(const char* rule) {
    if (const char* old = std::getenv("TZ")) old_ = old;
    setenv("TZ", rule, 1);
    tzset();
  }
  ~PosixZone() {
    old_ ? setenv("TZ", old_->c_str(), 1) : unsetenv("TZ");
    tzset();
  }
  /// What the clocks show at a moment; both in seconds, as of a calendar without zones.
  static std::time_t Shown(std::time_t moment) {
    std::tm parts{};
    localtime_r(&moment, &parts);
    return timegm(&parts);
  }

 private:
  std::optional<std::string> old_;
};

std::string Text(std::time_t seconds, const char* end = "") {
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return std::string(text) + end;
}

TEST_F(TimeZoneStepTest, AgreesWithTheClocksOfTheCLibrary) {
  struct Zone {
    const char *name, *rule;
  };
  // The rules that these zones had in 2002.
  const Zone zones[] = {{"Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"},
                        {"America/New_York", "EST5EDT,M4.1.0,M10.5.0"},
                        {"Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.5.0,M3.5.0"},
                        {"Asia/Kolkata", "IST-5:30"}};
  constexpr std::time_t kFirst = 1'009'843'200, kLast = 1'041'379'200;  // 2002, UTC
  constexpr std::time_t kStep = 30 * 60, kDay = 86'400;
  for (const Zone& zone : zones) {
    std::map<std::time_t, std::vector<std::time_t>> moments;  // by what clocks show
    {
      const PosixZone rule(zone.rule);
      for (std::time_t moment = kFirst - kDay; moment < kLast + kDay; moment += kStep) {
        moments[PosixZone::Shown(moment)].push_back(moment);
      }
    }
    std::vector<Row> expected, refused, earlier, later;
    for (std::time_t shown = kFirst; shown < kLast; shown += kStep) {
      const auto& found = moments[shown];
      const std::string reason = found.empty() ? "no such time" : found.size() == 1 ? "" : "twice";
      if (reason.empty()) {
        expected.push_back({Text(found[0], "+00")});
      } else {
        refused.push_back({Text(shown), "at: " + reason + " in " + std::string(zone.name)});
      }
      if (!found.empty()) earlier.push_back({Text(found.front(), "+00")});
      if (!found.empty()) later.push_back({Text(found.back(), "+00")});
    }
    Give("t", "SELECT TIMESTAMP '2002-01-01' + INTERVAL (i * 30) MINUTE AS at FROM range(" +
                  std::to_string((kLast - kFirst) / kStep) + ") t(i)");
    const auto sorted = [](std::vector<Row> rows) {
      std::sort(rows.begin(), rows.end());
      return rows;
    };
    EXPECT_TRUE(sorted(Rows("time_zone", Params(zone.name))) == sorted(expected)) << zone.name;
    EXPECT_EQ(sorted(Refused("time_zone", Params(zone.name))), sorted(refused)) << zone.name;
    EXPECT_TRUE(sorted(Rows("time_zone", Params(zone.name, {{"ambiguous", "earlier"}}))) ==
                sorted(earlier))
        << zone.name;
    EXPECT_TRUE(sorted(Rows("time_zone", Params(zone.name, {{"ambiguous", "later"}}))) ==
                sorted(later))
        << zone.name;
  }
}

// From the tz database, worked by hand.
TEST_F(TimeZoneStepTest, KnowsChangesOfAllKindsAndDaysFarAway) {
  const Json apia = Params("Pacific/Apia");
  // Samoa left 30 December 2011 out, and went from 10 hours behind to 14 ahead.
  EXPECT_EQ(Moment("2011-12-29 23:30:00", apia), "2011-12-30 09:30:00+00");
  EXPECT_EQ(Moment("2011-12-30 12:00:00", apia), "at: no such time in Pacific/Apia");
  EXPECT_EQ(Moment("2011-12-31 00:30:00", apia), "2011-12-30 10:30:00+00");
  EXPECT_EQ(Moment("2075-07-01 12:00:00", Params("America/New_York")), "2075-07-01 16:00:00+00");
  EXPECT_EQ(Moment("2075-01-01 12:00:00", Params("America/New_York")), "2075-01-01 17:00:00+00");
  EXPECT_EQ(Moment("1941-01-15 12:00:00", Params("Europe/Berlin")), "1941-01-15 10:00:00+00");
  EXPECT_EQ(Moment("1960-07-01 12:00:00", Params("Europe/Berlin")), "1960-07-01 11:00:00+00");
  EXPECT_EQ(Moment("1949-10-02 02:30:00", Params("Europe/Berlin")), "at: twice in Europe/Berlin");
  EXPECT_EQ(Moment("1969-12-31 23:59:59.999999", Params("Asia/Kolkata")),
            "1969-12-31 18:29:59.999999+00");
}

TEST_F(TimeZoneStepTest, ShiftsOrTakesOneOfTwo) {
  const std::string gap = "2001-03-25 02:30:00", fold = "2001-10-28 02:30:00";
  EXPECT_EQ(Moment(gap, Params("Europe/Berlin")), "at: no such time in Europe/Berlin");
  EXPECT_EQ(Moment(fold, Params("Europe/Berlin")), "at: twice in Europe/Berlin");
  EXPECT_EQ(Moment(gap, Params("Europe/Berlin", {{"missing", "shift"}})), "2001-03-25 01:30:00+00");
  EXPECT_EQ(Moment(fold, Params("Europe/Berlin", {{"missing", "shift"}})),
            "at: twice in Europe/Berlin");
  EXPECT_EQ(Moment(gap, Params("Europe/Berlin", {{"ambiguous", "later"}})),
            "at: no such time in Europe/Berlin");
  const Json both = Params("Europe/Berlin", {{"ambiguous", "earlier"}, {"missing", "shift"}});
  EXPECT_FALSE(FindStep("time_zone")->info.refuses(both));
  EXPECT_TRUE(FindStep("time_zone")->info.refuses(Params("Europe/Berlin")));
  EXPECT_FALSE(FindStep("time_zone")->info.refuses(Params("UTC")));
  Give("t", "SELECT TIMESTAMP '" + fold + "' AS at UNION ALL SELECT NULL");
  EXPECT_THAT(Rows("time_zone", both),
              UnorderedElementsAreArray({Row{"2001-10-28 00:30:00+00"}, Row{std::nullopt}}));
}

TEST_F(TimeZoneStepTest, GoesFromZoneToZone) {
  Give("t", "SELECT 1 AS id, TIMESTAMP '2001-07-01 12:00:00' AS at");
  const Json params = Params("Europe/Berlin", {{"to", "America/New_York"}});
  EXPECT_EQ(Columns("time_zone", params), "id int32, at timestamp[us]");
  EXPECT_THAT(Rows("time_zone", params), ElementsAre(Row{"1", "2001-07-01 06:00:00"}));
  EXPECT_EQ(Columns("time_zone", Params("Europe/Berlin")), "id int32, at timestamp[us,utc]");
  EXPECT_THAT(Rows("time_zone", Params("UTC")), ElementsAre(Row{"1", "2001-07-01 12:00:00+00"}));

  Give("t", "SELECT TIMESTAMPTZ '2001-07-01 12:00:00+00' AS at");
  const Json moments = {{"input", "t"}, {"columns", Json::array({"at"})}, {"to", "Asia/Kolkata"}};
  EXPECT_EQ(Columns("time_zone", moments), "at timestamp[us]");
  EXPECT_THAT(Rows("time_zone", moments), ElementsAre(Row{"2001-07-01 17:30:00"}));
}

TEST_F(TimeZoneStepTest, SeveralColumnsEachHaveTheirDays) {
  Give("t",
       "SELECT TIMESTAMP '2001-03-25 02:30:00' AS at, TIMESTAMP '2001-10-28 02:30:00' AS till "
       "UNION ALL SELECT TIMESTAMP '2001-07-01 12:00:00', TIMESTAMP '2001-01-01 12:00:00'");
  Json params = Params("Europe/Berlin");
  params["columns"] = Json::array({"at", "till"});
  EXPECT_THAT(Rows("time_zone", params),
              ElementsAre(Row{"2001-07-01 10:00:00+00", "2001-01-01 11:00:00+00"}));
  EXPECT_THAT(Refused("time_zone", params),
              ElementsAre(Row{"2001-03-25 02:30:00", "2001-10-28 02:30:00",
                              "at: no such time in Europe/Berlin; till: twice in Europe/Berlin"}));
}

TEST_F(TimeZoneStepTest, ZonesAreThoseThatTheEngineKnows) {
  const auto known = engine->Query("SELECT name FROM pg_timezone_names()");
  ASSERT_TRUE(known.ok());
  std::vector<std::string> names;
  for (const Row& row : known->rows) names.push_back(*row[0]);
  std::sort(names.begin(), names.end());
  EXPECT_TRUE(std::includes(names.begin(), names.end(), ZoneNames().begin(), ZoneNames().end()));
  // What is left out are letters that mean several zones, and names of another kind.
  std::vector<std::string> others;
  std::set_difference(names.begin(), names.end(), ZoneNames().begin(), ZoneNames().end(),
                      std::back_inserter(others));
  for (const std::string& other : others) {
    EXPECT_TRUE(other.size() == 3 || other.starts_with("SystemV/") ||
                other == "Canada/East-Saskatchewan" || other == "US/Pacific-New")
        << other;
  }
}

TEST_F(TimeZoneStepTest, NamesWhatItCannotDo) {
  Give("t",
       "SELECT TIMESTAMP '2001-01-01' AS at, TIMESTAMPTZ '2001-01-01 00:00:00+00' AS moment, "
       "'x' AS name");
  const auto column = [](const std::string& name, Json params) {
    params["columns"] = Json::array({name});
    return params;
  };
  const Json berlin = Params("Europe/Berlin");
  EXPECT_EQ(Mistake("time_zone", column("att", berlin)),
            "`t` has no column: att (did you mean at?)");
  EXPECT_EQ(Mistake("time_zone", column("name", berlin)),
            "`name` of `t` is string; a time zone needs a timestamp (make it one in a clean step: "
            "`cast: {name: timestamp[us]}`)");
  EXPECT_EQ(Mistake("time_zone", column("moment", berlin)),
            "`moment` of `t` is timestamp[us,utc]: its moments are known (take `from` away; `to` "
            "says which zone's clocks you want)");
  EXPECT_EQ(Mistake("time_zone",
                    {{"input", "t"}, {"columns", Json::array({"at"})}, {"to", "Europe/Berlin"}}),
            "`at` of `t` is timestamp[us]: it does not say where the clocks stood (write `from: "
            "ZONE`)");
  EXPECT_EQ(Misdeclared("time_zone", Params("Europe/Berlni")),
            "from: no such time zone: Europe/Berlni");
  EXPECT_EQ(Misdeclared("time_zone", Params("UTC", {{"to", "Mars"}})),
            "to: no such time zone: Mars");
  EXPECT_EQ(CheckZone("Europe/Berlni").error().hint, "did you mean Europe/Berlin?");
  EXPECT_EQ(CheckZone("europe/berlin").error().hint, "did you mean Europe/Berlin?");
  EXPECT_EQ(CheckZone("+02:00").error().hint,
            "names are such as Europe/Berlin, America/New_York, UTC");
  EXPECT_EQ(Misdeclared("time_zone", {{"input", "t"}, {"columns", Json::array({"at"})}}),
            "a time_zone step needs `from` or `to`");
  Json none = berlin;
  none["columns"] = Json::array();
  EXPECT_EQ(Misdeclared("time_zone", none), "a time_zone step needs a column");
}

TEST_F(TimeZoneStepTest, RowsAreTraced) {
  Give("t", "SELECT TIMESTAMP '2001-03-25 02:30:00' AS at UNION ALL SELECT TIMESTAMP '2001-07-01'");
  const auto sql = StepSql(*FindStep("time_zone"), {Params("Europe/Berlin"), inputs});
  const auto trace = engine->TraceRows(*sql, {{"t", inputs[0].table, {"at"}}});
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ(trace->reason, "");
  EXPECT_THAT(engine->Query(trace->query)->rows, ElementsAre(Row{"2001-06-30 22:00:00+00", "1"}));
}

}  // namespace
}  // namespace assay::step
