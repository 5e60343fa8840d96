#include "run/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::run {
namespace {

TEST(RequestText, IsACommandThatCouldBeGivenAgain) {
  store::RunRow run;
  EXPECT_EQ(RequestText(run), "assay run");
  run.detail = Json{{"nodes", {"+checked"}},
                    {"select", {"tag:nightly", "tag:a b"}},
                    {"force", true},
                    {"as_of", "2001-06-15T00:00:00Z"},
                    {"jobs", 2},
                    {"message", "it's June"}};
  EXPECT_EQ(RequestText(run),
            "assay run +checked --as-of 2001-06-15T00:00:00Z --force --jobs 2 "
            "--message 'it'\\''s June' --select tag:nightly --select 'tag:a b'");
  run.detail = "not an object";
  EXPECT_EQ(RequestText(run), "assay run");
}

TEST(NodeDetail, IsWhatTheRunWrote) {
  NodeReport report;
  report.type = "gate";
  report.engine = "duckdb 1";
  report.started_at = "2026-01-31T09:00:00.250Z";
  report.hint = "mend it";
  report.attempts = 3;
  report.inputs = {{"unique", "c1", 5, 70}};
  report.outputs = {{"", "c2", 4, 60}, {"refused", "c3", 1, 10}};
  report.log = {{"2026-01-31T09:00:00.250Z", "started"}};
  report.warnings = {"odd"};
  store::NodeRun node;
  node.detail = NodeDetailJson(report);
  const NodeDetail detail = DetailOf(node);
  EXPECT_EQ(detail.type, "gate");
  EXPECT_EQ(detail.engine, "duckdb 1");
  EXPECT_EQ(detail.started_at, report.started_at);
  EXPECT_EQ(detail.hint, "mend it");
  EXPECT_EQ(detail.attempts, 3);
  ASSERT_EQ(detail.inputs.size(), 1U);
  EXPECT_EQ(detail.inputs[0].content_id, "c1");
  EXPECT_EQ(detail.inputs[0].bytes, 70U);
  ASSERT_EQ(detail.outputs.size(), 2U);
  EXPECT_EQ(detail.outputs[1].name, "refused");
  EXPECT_EQ(detail.outputs[1].rows, 1U);
  ASSERT_EQ(detail.log.size(), 1U);
  EXPECT_EQ(detail.log[0].text, "started");
  EXPECT_THAT(detail.warnings, testing::ElementsAre("odd"));
}

TEST(NodeDetail, LeavesOutWhatIsDamaged) {
  store::NodeRun node;
  for (const char* text :
       {"null", "[]", "7",
        R"({"type": 1, "attempts": "x", "inputs": {"a": 1}, "outputs": [1, null]})",
        R"({"log": [3, {"at": 4, "text": null}], "warnings": [null, {}], "attempts": -5})"}) {
    node.detail = Json::parse(text);
    const NodeDetail detail = DetailOf(node);
    EXPECT_EQ(detail.type, "");
    EXPECT_EQ(detail.attempts, 1);
    EXPECT_TRUE(detail.inputs.empty());
    EXPECT_TRUE(detail.outputs.empty());
    EXPECT_TRUE(detail.warnings.empty());
  }
}

TEST(RunRecordJson, HasAllMembersOfANodeOfAnOldProgramToo) {
  RunRecord record;
  record.nodes.resize(1);
  record.versions = {{"train", "v", "c", "", true}};
  const Json json = RunRecordJson(record);
  EXPECT_TRUE(json["request"].is_object());
  const Json& node = json["nodes"][0];
  EXPECT_TRUE(node["type"].is_null());
  EXPECT_TRUE(node["started_at"].is_null());
  EXPECT_EQ(node["attempts"], 1);
  EXPECT_TRUE(node["log"].is_array());
  EXPECT_TRUE(json["versions"][0]["number"].is_null());
}

}  // namespace
}  // namespace assay::run
