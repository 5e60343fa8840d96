#include "run/run_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

RunRecord TwoNodes() {
  RunRecord record;
  record.run.id = "the-run";
  store::NodeRun first, second;
  first.node = "flights";
  first.status = "ran";
  first.rows_out = 1200;
  first.seconds = 1.5;
  first.detail = Json{{"started_at", "2026-01-31T09:00:00.250Z"},
                      {"log", {{{"at", "2026-01-31T09:00:00.250Z"}, {"text", "started"}}}},
                      {"warnings", {"1 row did not parse"}}};
  second.node = "joined";
  second.status = "failed";
  second.error = "no such column";
  second.seconds = 0.5;
  second.detail = Json{{"started_at", "2026-01-31T09:00:01.000Z"},
                       {"log", {{{"at", "2026-01-31T09:00:01.000Z"}, {"text", "started"}}}}};
  record.nodes = {first, second};
  return record;
}

std::vector<std::string> Texts(const std::vector<RunLogLine>& lines) {
  std::vector<std::string> texts;
  for (const RunLogLine& line : lines) {
    texts.push_back(line.at.substr(line.at.empty() ? 0 : 17) + " " + line.node + " " + line.kind +
                    ": " + line.text);
  }
  return texts;
}

TEST(RunLog, LinesOfAllNodesStandInTheOrderOfTime) {
  EXPECT_THAT(Texts(*RunLog(TwoNodes())),
              ElementsAre("00.250Z flights told: started", "01.000Z joined told: started",
                          "01.500Z joined error: no such column", "01.500Z joined ended: failed",
                          "01.750Z flights warning: 1 row did not parse",
                          "01.750Z flights ended: ran: 1,200 rows"));
}

// Times of what was told are cut to milliseconds; an end within the same one comes before the start
// of the node behind it.
TEST(RunLog, WhatEndedWithinTheMillisecondOfTheNextStartStandsBeforeIt) {
  RunRecord record = TwoNodes();
  record.nodes[0].seconds = 0.0008;
  record.nodes[1].detail =
      Json{{"started_at", "2026-01-31T09:00:00.250Z"},
           {"log", {{{"at", "2026-01-31T09:00:00.250Z"}, {"text", "started"}}}}};
  EXPECT_THAT(
      Texts(*RunLog(record)),
      ElementsAre("00.250Z flights told: started", "00.250Z flights warning: 1 row did not parse",
                  "00.250Z flights ended: ran: 1,200 rows", "00.250Z joined told: started",
                  "00.750Z joined error: no such column", "00.750Z joined ended: failed"));
}

TEST(RunLog, OneNodeAlone) { EXPECT_EQ(RunLog(TwoNodes(), "joined")->size(), 3U); }

TEST(RunLog, ANodeThatIsNotThereIsToldWithTheNearest) {
  const auto near = RunLog(TwoNodes(), "flihgts");
  ASSERT_FALSE(near.ok());
  EXPECT_EQ(near.error().code, ErrorCode::kUser);
  EXPECT_EQ(near.error().message, "no node of this run: flihgts");
  EXPECT_EQ(near.error().hint, "did you mean flights?");
  EXPECT_EQ(RunLog(TwoNodes(), "xyz").error().hint, "`assay runs show the-run` lists them");
}

TEST(RunLog, WhatDidNotRunTellsNothing) {
  RunRecord record;
  record.nodes.resize(2);
  record.nodes[0].status = "cached";
  record.nodes[1].status = "skipped";
  EXPECT_THAT(*RunLog(record), IsEmpty());
}

TEST(RunLog, AnErrorWithoutATimeIsToldFirst) {
  RunRecord record = TwoNodes();
  store::NodeRun early;
  early.node = "missing";
  early.status = "failed";
  early.error = "no file";
  record.nodes.push_back(early);
  EXPECT_EQ(Texts(*RunLog(record)).front(), " missing error: no file");
}

TEST(SpanOfNode, NeedsATimeAndSeconds) {
  store::NodeRun node;
  EXPECT_FALSE(SpanOf(node));
  node.detail = Json{{"started_at", "1970-01-01T00:00:01.500Z"}};
  node.seconds = 0.25;
  EXPECT_EQ(SpanOf(node)->begin, 1'500'000);
  EXPECT_EQ(SpanOf(node)->end, 1'750'000);
  node.seconds = -1;
  EXPECT_FALSE(SpanOf(node));
  node.seconds = 1e300;
  EXPECT_FALSE(SpanOf(node));
}

}  // namespace
}  // namespace assay::run
