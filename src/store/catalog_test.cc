#include "store/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "store/test_folder.h"

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kNine = 1'769'850'000'000'000;  // 2026-01-31T09:00:00Z

class CatalogTest : public testing::Test {
 protected:
  CatalogTest() : clock_(kNine), catalog_(Catalog::Open(root_.path(), true, clock_).value()) {}

  // What plain SQL answers, from a connection of its own; "" for no row.
  std::string Ask(const std::string& sql) {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open((root_ / "catalog.sqlite").c_str(), &handle), SQLITE_OK);
    std::string answer;
    char* message = nullptr;
    const auto take = [](void* out, int, char** values, char**) {
      *static_cast<std::string*>(out) = values[0] == nullptr ? "NULL" : values[0];
      return 0;
    };
    if (sqlite3_exec(handle, sql.c_str(), take, &answer, &message) != SQLITE_OK) answer = message;
    sqlite3_free(message);
    sqlite3_close(handle);
    return answer;
  }

  RunRow Run(const std::string& id) {
    return {.id = id,
            .status = "running",
            .started_at = "2026-01-31T09:00:00Z",
            .finished_at = "",
            .who = "me",
            .program = "0.1.0",
            .exit_code = 0};
  }

  TestFolder root_;
  FakeClock clock_;
  Catalog catalog_;
};

TEST_F(CatalogTest, IsMadeAsThePageSays) {
  EXPECT_EQ(Ask("PRAGMA user_version"), "4");
  EXPECT_EQ(Ask("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(Ask("SELECT value FROM meta WHERE key = 'format'"), "1");
  EXPECT_EQ(Ask("SELECT value FROM meta WHERE key = 'created_at'"), "2026-01-31T09:00:00Z");
  EXPECT_EQ(Ask("SELECT count(*) FROM meta WHERE key = 'assay' AND value <> ''"), "1");
  EXPECT_EQ(
      Ask("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE "
          "type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name)"),
      "commit decision drift event feedback_batch feedback_event file_seen load_state meta model "
      "model_role node_record node_result node_run object outbox quarantine ref run run_record "
      "sql_seen");
  EXPECT_EQ(Ask("SELECT group_concat(name, ' ') FROM pragma_table_info('ref')"),
            "dataset kind name commit_id");
  EXPECT_TRUE(catalog_.CheckIntegrity().ok());
}

TEST_F(CatalogTest, OpenedAgainHoldsWhatWasPut) {
  ASSERT_TRUE(catalog_.PutRun(Run("run-1")).ok());
  auto again = Catalog::Open(root_.path(), true, clock_);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->Runs(10)->size(), 1U);
}

TEST_F(CatalogTest, SeenFilesAreReplacedByPath) {
  SeenFile file{.path = "data/a.csv",
                .size = 10,
                .mtime_ns = -5,
                .ctime_ns = 7,
                .inode = 0xffffffffffffffffULL,
                .sha256 = "s1",
                .seen_at_ns = 9};
  EXPECT_FALSE(catalog_.FindSeenFile("data/a.csv")->has_value());
  ASSERT_TRUE(catalog_.PutSeenFile(file).ok());
  file.sha256 = "s2";
  ASSERT_TRUE(catalog_.PutSeenFile(file).ok());
  const SeenFile found = **catalog_.FindSeenFile("data/a.csv");
  EXPECT_EQ(found.path, "data/a.csv");
  EXPECT_EQ(found.size, 10U);
  EXPECT_EQ(found.mtime_ns, -5);
  EXPECT_EQ(found.ctime_ns, 7);
  EXPECT_EQ(found.inode, 0xffffffffffffffffULL);
  EXPECT_EQ(found.sha256, "s2");
  EXPECT_EQ(found.seen_at_ns, 9);
}

TEST_F(CatalogTest, APathMayBeAnyBytes) {
  const std::string path("a\0\xff'\";--", 8);
  ASSERT_TRUE(catalog_.PutSeenFile({.path = path, .sha256 = "s"}).ok());
  EXPECT_TRUE(catalog_.FindSeenFile(path)->has_value());
  EXPECT_FALSE(catalog_.FindSeenFile("a")->has_value());
}

TEST_F(CatalogTest, SeenSqlIsKnownByTextAndEngine) {
  ASSERT_TRUE(catalog_.PutSeenSql("t", "duckdb/1", Json{{"tables", {"a"}}}).ok());
  EXPECT_EQ(**catalog_.FindSeenSql("t", "duckdb/1"), (Json{{"tables", {"a"}}}));
  EXPECT_FALSE(catalog_.FindSeenSql("t", "duckdb/2")->has_value());
}

TEST_F(CatalogTest, NodeResultsAreReplacedByFingerprint) {
  NodeResult result{.fingerprint = "f1",
                    .node = "gate",
                    .kind = "gate/1",
                    .manifest = "kind gate/1\n",
                    .result = Json{{"verdict", "pass"}},
                    .run = "r1",
                    .created_at = "2026-01-31T09:00:00Z"};
  EXPECT_FALSE(catalog_.FindNodeResult("f1")->has_value());
  ASSERT_TRUE(catalog_.PutNodeResult(result).ok());
  result.run = "r2";
  ASSERT_TRUE(catalog_.PutNodeResult(result).ok());
  const NodeResult found = **catalog_.FindNodeResult("f1");
  EXPECT_EQ(found.fingerprint, "f1");
  EXPECT_EQ(found.node, "gate");
  EXPECT_EQ(found.kind, "gate/1");
  EXPECT_EQ(found.manifest, "kind gate/1\n");
  EXPECT_EQ(found.result, result.result);
  EXPECT_EQ(found.run, "r2");
  EXPECT_EQ(found.created_at, "2026-01-31T09:00:00Z");
}

TEST_F(CatalogTest, TheNewestResultOfANodeIsTheLastPutAlsoWithinASecond) {
  NodeResult result{.fingerprint = "f1",
                    .node = "gate",
                    .kind = "",
                    .manifest = "",
                    .result = Json::object(),
                    .run = "",
                    .created_at = "2026-01-31T09:00:00Z"};
  ASSERT_TRUE(catalog_.PutNodeResult(result).ok());
  result.fingerprint = "f2";
  ASSERT_TRUE(catalog_.PutNodeResult(result).ok());
  EXPECT_EQ((*catalog_.NewestNodeResult("gate"))->fingerprint, "f2");
  result.fingerprint = "f1";
  ASSERT_TRUE(catalog_.PutNodeResult(result).ok());
  EXPECT_EQ((*catalog_.NewestNodeResult("gate"))->fingerprint, "f1");
  EXPECT_FALSE(catalog_.NewestNodeResult("other")->has_value());
}

TEST_F(CatalogTest, JsonWithTextThatIsNoUtf8IsKeptAsFarAsItGoes) {
  ASSERT_TRUE(catalog_.AddEvent("run.started", "r", Json{{"file", "a\xff"}}).ok());
  EXPECT_EQ((*catalog_.Events("r"))[0].body["file"], "a\xef\xbf\xbd");
}

TEST_F(CatalogTest, RunsComeNewestFirstAndKeepTheirPlaceWhenTheyEnd) {
  for (const char* id : {"run-b", "run-a", "run-c"}) ASSERT_TRUE(catalog_.PutRun(Run(id)).ok());
  RunRow ended = Run("run-b");
  ended.status = "done";
  ended.exit_code = 1;
  ended.finished_at = "2026-01-31T09:01:00Z";
  ASSERT_TRUE(catalog_.PutRun(ended).ok());
  const auto runs = *catalog_.Runs(10);
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].id, "run-c");
  EXPECT_EQ(runs[1].id, "run-a");
  EXPECT_EQ(runs[2].id, "run-b");
  EXPECT_EQ(runs[2].status, "done");
  EXPECT_EQ(runs[2].exit_code, 1);
  EXPECT_EQ(runs[2].finished_at, "2026-01-31T09:01:00Z");
  EXPECT_EQ(runs[2].who, "me");
  EXPECT_EQ(runs[2].program, "0.1.0");
  EXPECT_EQ(catalog_.Runs(2)->size(), 2U);
}

TEST_F(CatalogTest, ARunIsFoundByIdPrefixOrAsTheLast) {
  EXPECT_THAT(catalog_.FindRun("last").error().message, HasSubstr("nothing has been run"));
  for (const char* id : {"0190-aaaa", "0190-aabb", "0190-bbbb"}) {
    ASSERT_TRUE(catalog_.PutRun(Run(id)).ok());
  }
  EXPECT_EQ(catalog_.FindRun("last")->id, "0190-bbbb");
  EXPECT_EQ(catalog_.FindRun("last~0")->id, "0190-bbbb");
  EXPECT_EQ(catalog_.FindRun("last~2")->id, "0190-aaaa");
  EXPECT_EQ(catalog_.FindRun("last~3").error().message, "no such run: last~3");
  for (const char* bad : {"last~", "last~x", "last~-1", "last~1x", "last~99999999999999999999"}) {
    EXPECT_THAT(catalog_.FindRun(bad).error().message, HasSubstr("no number of runs behind"));
  }
  EXPECT_EQ(catalog_.FindRun("0190-aaaa")->id, "0190-aaaa");
  EXPECT_EQ(catalog_.FindRun("0190-b")->id, "0190-bbbb");
  const auto many = catalog_.FindRun("0190-aa");
  ASSERT_FALSE(many.ok());
  EXPECT_EQ(many.error().code, ErrorCode::kUser);
  EXPECT_EQ(many.error().message, "2 runs have an id that begins with: 0190-aa");
  EXPECT_EQ(many.error().hint, "give more of it: 0190-aaaa, 0190-aabb");
  EXPECT_EQ(catalog_.FindRun("019").error().message, "too short for the id of a run: 019");
  EXPECT_EQ(catalog_.FindRun("0191-x").error().message, "no run has this id: 0191-x");
  EXPECT_EQ(catalog_.FindRun("%%%%").error().message, "no run has this id: %%%%");
}

TEST_F(CatalogTest, NodeRunsComeInTheOrderTheyWerePut) {
  ASSERT_TRUE(catalog_.PutRun(Run("r")).ok());
  NodeRun node{.run = "r",
               .node = "z",
               .kind = "csv",
               .fingerprint = "f",
               .status = "ran",
               .verdict = "",
               .reason = "new",
               .error = "",
               .rows_in = 1,
               .rows_out = 2,
               .rows_refused = 3,
               .seconds = 0.25,
               .peak_buffer_bytes = 1U << 30};
  ASSERT_TRUE(catalog_.PutNodeRun(node).ok());
  node.node = "a";
  ASSERT_TRUE(catalog_.PutNodeRun(node).ok());
  node.node = "z";
  node.status = "failed";
  node.verdict = "fail";
  node.error = "no such file";
  ASSERT_TRUE(catalog_.PutNodeRun(node).ok());
  const auto nodes = *catalog_.NodeRuns("r");
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[0].node, "z");
  EXPECT_EQ(nodes[0].status, "failed");
  EXPECT_EQ(nodes[0].verdict, "fail");
  EXPECT_EQ(nodes[0].error, "no such file");
  EXPECT_EQ(nodes[0].reason, "new");
  EXPECT_EQ(nodes[0].kind, "csv");
  EXPECT_EQ(nodes[0].fingerprint, "f");
  EXPECT_EQ(nodes[0].rows_in, 1U);
  EXPECT_EQ(nodes[0].rows_out, 2U);
  EXPECT_EQ(nodes[0].rows_refused, 3U);
  EXPECT_EQ(nodes[0].seconds, 0.25);
  EXPECT_EQ(nodes[0].peak_buffer_bytes, 1U << 30);
  EXPECT_EQ(nodes[1].node, "a");
}

TEST_F(CatalogTest, ANodeOfAnUnknownRunIsRefused) {
  const Status status =
      catalog_.PutNodeRun({"nobody", "a", "csv", "f", "ran", "", "", "", 0, 0, 0, 0, 0});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInternal);
}

TEST_F(CatalogTest, QuarantinesAreReplacedAndComeNewestFirst) {
  QuarantineRow row{.gate = "g",
                    .fingerprint = "f1",
                    .run = "r1",
                    .rows = 5,
                    .table = Json{{"rows", 5}},
                    .reasons = Json{{"not null", 5}},
                    .created_at = "2026-01-31T09:00:00Z"};
  ASSERT_TRUE(catalog_.PutQuarantine(row).ok());
  row.fingerprint = "f2";
  ASSERT_TRUE(catalog_.PutQuarantine(row).ok());
  row.gate = "h";
  ASSERT_TRUE(catalog_.PutQuarantine(row).ok());
  row.gate = "g";
  row.fingerprint = "f1";
  row.rows = 6;
  ASSERT_TRUE(catalog_.PutQuarantine(row).ok());
  const auto rows = *catalog_.Quarantines("g");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fingerprint, "f1");
  EXPECT_EQ(rows[0].rows, 6U);
  EXPECT_EQ(rows[0].run, "r1");
  EXPECT_EQ(rows[0].table, row.table);
  EXPECT_EQ(rows[0].reasons, row.reasons);
  EXPECT_EQ(rows[0].created_at, row.created_at);
  EXPECT_EQ(rows[1].fingerprint, "f2");
  EXPECT_EQ(catalog_.Quarantines("")->size(), 3U);
}

TEST_F(CatalogTest, EventsAreOrderedAndCannotBeChanged) {
  ASSERT_TRUE(catalog_.AddEvent("run.started", "r1", Json{{"a", 1}}).ok());
  clock_.Advance(1'000'000);
  ASSERT_TRUE(catalog_.AddEvent("run.started", "r2", Json::object()).ok());
  ASSERT_TRUE(catalog_.AddEvent("run.finished", "r1", Json::object()).ok());
  const auto events = *catalog_.Events("r1");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].type, "run.started");
  EXPECT_EQ(events[0].at, "2026-01-31T09:00:00Z");
  EXPECT_EQ(events[0].run, "r1");
  EXPECT_EQ(events[0].body, (Json{{"a", 1}}));
  EXPECT_EQ(events[1].at, "2026-01-31T09:00:01Z");
  EXPECT_LT(events[0].seq, events[1].seq);
  EXPECT_EQ(catalog_.Events("")->size(), 3U);
  EXPECT_EQ(Ask("SELECT version FROM event"), "1");
  EXPECT_EQ(Ask("DELETE FROM event"), "events are append-only");
  EXPECT_EQ(Ask("UPDATE event SET type = 'x'"), "events are append-only");
}

TEST_F(CatalogTest, WhatWasNotCommittedIsRolledBack) {
  {
    Catalog::Transaction transaction(catalog_);
    ASSERT_TRUE(transaction.Begin().ok());
    ASSERT_TRUE(catalog_.PutRun(Run("lost")).ok());
    EXPECT_EQ(catalog_.Runs(10)->size(), 1U);
  }
  EXPECT_EQ(catalog_.Runs(10)->size(), 0U);
  {
    Catalog::Transaction transaction(catalog_);
    ASSERT_TRUE(transaction.Begin().ok());
    ASSERT_TRUE(catalog_.PutRun(Run("kept")).ok());
    ASSERT_TRUE(transaction.Commit().ok());
  }
  EXPECT_EQ(catalog_.Runs(10)->size(), 1U);
}

TEST_F(CatalogTest, ATransactionThatNeverBeganEndsQuietly) {
  { Catalog::Transaction transaction(catalog_); }
  EXPECT_TRUE(catalog_.PutRun(Run("r")).ok());
}

TEST_F(CatalogTest, AReaderSeesTheStateBeforeAnOpenTransaction) {
  Catalog reader = Catalog::Open(root_.path(), false, clock_).value();
  Catalog::Transaction transaction(catalog_);
  ASSERT_TRUE(transaction.Begin().ok());
  ASSERT_TRUE(catalog_.PutRun(Run("r")).ok());
  EXPECT_EQ(reader.Runs(10)->size(), 0U);
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_EQ(reader.Runs(10)->size(), 1U);
}

TEST_F(CatalogTest, TheCurrentFingerprintIsThatOfTheNewestRunWithAResult) {
  const auto put = [&](const std::string& run, const std::string& node, const std::string& status,
                       const std::string& fingerprint) {
    ASSERT_TRUE(catalog_.PutRun(Run(run)).ok());
    NodeRun row;
    row.run = run;
    row.node = node;
    row.status = status;
    row.fingerprint = fingerprint;
    ASSERT_TRUE(catalog_.PutNodeRun(row).ok());
  };
  EXPECT_EQ(*catalog_.CurrentFingerprint("a"), "");
  put("z", "a", "ran", "f1");
  put("y", "a", "ran", "f2");
  put("y", "b", "ran", "f3");
  put("x", "a", "cached", "f1");
  for (int i = 0; i < 60; ++i) {
    put("idle-" + std::to_string(i), "a", i % 2 == 0 ? "skipped" : "failed", "f4");
  }
  EXPECT_EQ(*catalog_.CurrentFingerprint("a"), "f1");
  EXPECT_EQ(*catalog_.CurrentFingerprint("b"), "f3");
  EXPECT_EQ(*catalog_.CurrentFingerprint("c"), "");
}

TEST_F(CatalogTest, OldNodeResultsAreNeitherNewestNorInUseNorYoung) {
  const auto put = [&](const std::string& node, const std::string& fingerprint,
                       const std::string& at) {
    ASSERT_TRUE(catalog_.PutNodeResult({fingerprint, node, "", "", Json::object(), "r", at}).ok());
  };
  put("a", "a1", "2026-01-01T00:00:00Z");
  put("a", "a2", "2026-01-01T00:00:00Z");
  put("a", "a3", "2026-01-02T00:00:00Z");
  put("a", "a4", "2026-01-02T00:00:00Z");
  put("b", "b1", "2026-01-01T00:00:00Z");
  ASSERT_TRUE(catalog_.PutRun(Run("r")).ok());
  // A node of another name made the same, and still uses it.
  NodeRun row;
  row.run = "r";
  row.node = "c";
  row.status = "cached";
  row.fingerprint = "a2";
  ASSERT_TRUE(catalog_.PutNodeRun(row).ok());
  EXPECT_THAT(*catalog_.OldNodeResults("2026-01-03T00:00:00Z"), ElementsAre("a1", "a3"));
  EXPECT_THAT(*catalog_.OldNodeResults("2026-01-01T12:00:00Z"), ElementsAre("a1"));
  EXPECT_THAT(*catalog_.OldNodeResults("2025-01-01T00:00:00Z"), ElementsAre());
}

TEST_F(CatalogTest, MayBeMoved) {
  Catalog moved = std::move(catalog_);
  EXPECT_TRUE(moved.PutRun(Run("r")).ok());
  catalog_ = std::move(moved);
  EXPECT_EQ(catalog_.Runs(1)->size(), 1U);
}

TEST_F(CatalogTest, NamedObjectsAreTheIdsInItsTexts) {
  const std::string a(64, 'a'), b(64, 'b'), c(64, 'c'), d(64, 'd'), e(64, 'e');
  ASSERT_TRUE(
      catalog_
          .PutNodeResult(
              {.fingerprint = "f",
               .node = "n",
               .kind = "",
               .manifest = "file 0 " + a + "\n",
               .result = Json{{"outputs", {{"n", {{"files", {{{"sha256", b}}}}}}}}, {"table", c}},
               .run = "",
               .created_at = ""})
          .ok());
  ASSERT_TRUE(catalog_
                  .PutQuarantine({.gate = "g",
                                  .fingerprint = std::string(64, 'f'),
                                  .run = "",
                                  .rows = 1,
                                  .table = Json{{"files", {{{"sha256", d}}}}},
                                  .reasons = Json::object(),
                                  .created_at = ""})
                  .ok());
  ASSERT_TRUE(catalog_.PutSeenFile({.path = "p", .sha256 = e}).ok());
  EXPECT_THAT(catalog_.NamedObjects({})->ids, ElementsAre(a, b, c, d))
      << "a file that was seen spares its reading, which needs no object";
  EXPECT_THAT(catalog_.NamedObjects({})->tables, ElementsAre(c));
  EXPECT_THAT(catalog_.NamedObjects({"f"})->ids, ElementsAre(d));
  EXPECT_THAT(catalog_.NamedObjects({"f"})->tables, testing::IsEmpty());

  ASSERT_TRUE(catalog_.PutObject({e, 1, 0, {}, {}}).ok());
  ASSERT_TRUE(catalog_.PutObject({e, 1, 0, {}, {}}).ok());
  const auto objects = catalog_.NeededObjects();
  ASSERT_TRUE(objects.ok()) << objects.error().message;
  std::vector<std::string> needed;
  for (const NeededObject& object : *objects) {
    needed.push_back(object.sha256.substr(0, 1) + " " + object.by.substr(0, 24));
  }
  EXPECT_THAT(needed, ElementsAre("b the result of node n (f)", "d the quarantine of gate g",
                                  "e the catalog's list"));
}

TEST_F(CatalogTest, EventsAfterASeqComeInPages) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(catalog_.AddEvent("t", "r", Json{{"i", i}}).ok());
  const auto seqs = [&](std::int64_t after, int limit) {
    std::vector<std::int64_t> found;
    const auto events = *catalog_.EventsAfter(after, limit);
    for (const EventRow& event : events) found.push_back(event.seq);
    return found;
  };
  EXPECT_THAT(seqs(0, 2), ElementsAre(1, 2));
  EXPECT_THAT(seqs(2, 100), ElementsAre(3, 4, 5));
  EXPECT_THAT(seqs(5, 100), ElementsAre());
  EXPECT_THAT(seqs(1'000'000, 100), ElementsAre());
}

TEST_F(CatalogTest, CountsAreThoseOfPlainSql) {
  const auto none = *catalog_.Counts();
  EXPECT_TRUE(none.runs.empty());
  EXPECT_EQ(none.newest_start + none.newest_finish, "");
  EXPECT_EQ(none.versions + none.commits + none.datasets, 0U);
  RunRow done = Run("r1");
  done.status = "done";
  done.finished_at = "2026-01-31T09:00:05Z";
  ASSERT_TRUE(catalog_.PutRun(done).ok());
  ASSERT_TRUE(catalog_.PutRun(Run("r2")).ok());
  ASSERT_TRUE(catalog_.PutRun(Run("r3")).ok());
  // The same content came back once, and another dataset has it, too.
  for (const char* row : {"c1 a v1", "c2 a v2", "c3 a v1", "c4 b v1"}) {
    const std::string text = row;
    ASSERT_TRUE(catalog_
                    .PutCommit({.id = text.substr(0, 2),
                                .dataset = text.substr(3, 1),
                                .version = text.substr(5),
                                .run = "r1",
                                .created_at = ""})
                    .ok());
  }
  ASSERT_TRUE(catalog_.AddEvent("t", "r1", Json::object()).ok());
  const auto counts = *catalog_.Counts();
  EXPECT_EQ(counts.runs, (std::map<std::string, std::uint64_t>{{"done", 1}, {"running", 2}}));
  EXPECT_EQ(counts.newest_start, "2026-01-31T09:00:00Z");
  EXPECT_EQ(counts.newest_finish, "2026-01-31T09:00:05Z");
  EXPECT_EQ(counts.datasets, 2U);
  EXPECT_EQ(counts.commits, 4U);
  EXPECT_EQ(counts.versions, 3U);
  EXPECT_EQ(counts.newest_event, 1);
}

}  // namespace
}  // namespace assay::store
