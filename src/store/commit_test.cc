#include "store/commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "store/test_ids.h"

namespace assay::store {
namespace {

using testing::HasSubstr;

Commit SomeCommit() {
  Commit commit;
  commit.dataset = "flights";
  commit.parents = {kA};
  commit.schema = {Field{"date", Type{TypeKind::kTimestamp, 0, 0, {}}},
                   Field{"late", Type{TypeKind::kBool, 0, 0, {}}}};
  commit.label = Json{{"column", "late"}, {"type", "bool"}};
  commit.key = {"date"};
  commit.split = Json{{"kind", "time"}, {"params", {{"time", "date"}}}};
  commit.tables = {
      SplitTable{
          "train",
          kA,
          kC,
          5,
          {Partition{{{"month", "2001-01"}, {"carrier", {}}},
                     5,
                     {FileRef{kB, 100, 5, {{"late", "false"}, {"date", "a"}}, {{"date", "b"}}}}}}},
      SplitTable{"test", kB, "", 0, {Partition{{}, 0, {FileRef{kC, 9, 0, {}, {}}}}}}};
  commit.sources = {CommitSource{
      "raw", "csv", "CC0-1.0", {Receipt{"data/a.csv", kC, 9, "2026-01-30T08:00:00Z"}}}};
  commit.recipe =
      Json{{"engine", "duckdb 1.5.5"}, {"files", {{{"path", "assay.yaml"}, {"sha256", kA}}}}};
  commit.run = "019c1234";
  commit.gates = Json::array({Json{{"gate", "checked"}, {"verdict", "pass"}}});
  commit.profile = kC;
  commit.owner = Json{{"name", "ML data"}};
  commit.licenses = {"CC0-1.0"};
  commit.message = "first \"one\"";
  commit.created_at = "2026-01-31T09:00:00Z";
  commit.created_by = "me";
  commit.version = VersionId(commit).value();
  return commit;
}

TEST(VersionId, IsTheHashOfSchemaLabelAndSplits) {
  Commit commit = SomeCommit();
  EXPECT_EQ(*VersionId(commit),
            Sha256Hex(R"({"assay.version/1":{"label":{"column":"late","type":"bool"},)"
                      R"("schema":[{"name":"date","type":"timestamp[us]"},)"
                      R"({"name":"late","type":"bool"}],"splits":{"test":")" +
                      kB + R"(","train":")" + kA + R"("}}})"));
  commit.label = Json();
  EXPECT_EQ(*VersionId(commit),
            Sha256Hex(R"({"assay.version/1":{"schema":[{"name":"date","type":"timestamp[us]"},)"
                      R"({"name":"late","type":"bool"}],"splits":{"test":")" +
                      kB + R"(","train":")" + kA + R"("}}})"));
}

TEST(VersionId, DependsOnNothingElse) {
  Commit other = SomeCommit();
  const std::string version = *VersionId(other);
  other.dataset = "other";
  other.parents.clear();
  other.key.clear();
  other.split = Json();
  other.tables[0].partitions.clear();
  other.sources.clear();
  other.created_at = "2030-01-01T00:00:00Z";
  std::reverse(other.tables.begin(), other.tables.end());
  EXPECT_EQ(*VersionId(other), version);
}

TEST(CommitText, IsCanonicalAndReadsBackTheSame) {
  const Commit commit = SomeCommit();
  const auto text = CommitText(commit);
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_EQ(*CanonicalJson(*ParseJson(*text)), *text);
  const auto read = ParseCommit(*text, "commit");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*CommitText(*read), *text);
  EXPECT_EQ(read->tables[0].name, "train");
  const std::vector<PartitionValue>& values = read->tables[0].partitions[0].values;
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0].name, "month");
  EXPECT_EQ(values[0].value, "2001-01");
  EXPECT_EQ(values[1].name, "carrier");
  EXPECT_EQ(values[1].value, std::nullopt);
  EXPECT_EQ(read->tables[0].partitions[0].files[0].min.at("late"), "false");
  EXPECT_EQ(read->sources[0].receipts[0].location, "data/a.csv");
  EXPECT_EQ(read->label, commit.label);
  EXPECT_EQ(read->key, commit.key);
  EXPECT_EQ(read->message, commit.message);
}

TEST(CommitText, ListsTheBoundsOfAFileInSchemaOrder) {
  const Json body = ParseJson(*CommitText(SomeCommit())).value()["assay.commit/1"];
  EXPECT_EQ(body["tables"]["train"]["partitions"][0]["files"][0]["columns"].dump(),
            R"([{"max":"b","min":"a","name":"date"},{"min":"false","name":"late"}])");
  EXPECT_FALSE(body["tables"]["test"]["partitions"][0]["files"][0].contains("columns"));
}

TEST(CommitText, LeavesOutWhatIsAbsent) {
  Commit commit = SomeCommit();
  commit.label = commit.split = Json();
  commit.key.clear();
  commit.parents.clear();
  commit.message.clear();
  commit.sources[0].license.clear();
  commit.version = VersionId(commit).value();
  const Json body = ParseJson(*CommitText(commit)).value()["assay.commit/1"];
  for (const char* member : {"label", "split", "key", "message"}) {
    EXPECT_FALSE(body.contains(member)) << member;
  }
  EXPECT_FALSE(body["sources"][0].contains("license"));
  EXPECT_EQ(body["parents"], Json::array());
  EXPECT_EQ(body["waivers"], Json::array());
}

TEST(CommitText, RefusesAVersionThatItsTablesDoNotMake) {
  Commit commit = SomeCommit();
  commit.version = kA;
  const auto text = CommitText(commit);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kInternal);
}

TEST(CommitText, RefusesWhatHasNoCanonicalForm) {
  Commit commit = SomeCommit();
  commit.recipe["seed"] = 0.5;
  EXPECT_FALSE(CommitText(commit).ok());
}

TEST(ParseCommit, IgnoresMembersItDoesNotKnow) {
  Json json = *ParseJson(*CommitText(SomeCommit()));
  json["assay.commit/1"]["lineage"] = Json{{"a", 1}};
  json["assay.commit/1"]["tables"]["train"]["sketches"] = "x";
  EXPECT_TRUE(ParseCommit(json.dump(), "commit").ok());
}

struct Wrong {
  const char* pointer;
  Json value;
  std::string message;
};

TEST(ParseCommit, NamesThePlaceOfWhatIsWrong) {
  const Wrong cases[] = {
      {"/dataset", 1, "/dataset is no text"},
      {"/dataset", "../etc", "/dataset is no name of a dataset"},
      {"/version", "abc", "/version is no sha256 of 64 lower-case hex digits"},
      {"/parents", Json(), "/parents is no list"},
      {"/parents/0", "abc", "/parents/0 is no sha256 of 64 lower-case hex digits"},
      {"/schema/0/type", "varchar", "/schema: unknown type: \"varchar\""},
      {"/schema/1/name", "DATE", "/schema holds a name twice: DATE"},
      {"/schema/1/name", "_Assay_row", "/schema holds a reserved name: _Assay_row"},
      {"/label", Json(), "/label is no object"},
      {"/label/column", "delay", "/label names no column"},
      {"/key/0", 1, "/key/0 is no text"},
      {"/split", "time", "/split is no object"},
      {"/tables", Json::object(), "/tables has no split"},
      {"/tables/train/digest", "", "/tables/train/digest is no sha256 of 64 lower-case hex digits"},
      {"/tables/train/rows", -5, "/tables/train/rows is no whole number below 2^53"},
      {"/tables/train/partitions/0/values", Json::object(),
       "/tables/train/partitions/0/values is no list"},
      {"/tables/train/partitions/0/values/0/value", Json(),
       "/tables/train/partitions/0/values/0/value is no text"},
      {"/tables/train/partitions/0/files/0/sha256", "../../x",
       "/tables/train/partitions/0/files/0/sha256 is no sha256 of 64 lower-case hex digits"},
      {"/tables/train/partitions/0/files/0/columns", Json::object(),
       "/tables/train/partitions/0/files/0/columns is no list"},
      {"/tables/train/partitions/0/files/0/columns/0/max", 1,
       "/tables/train/partitions/0/files/0/columns/0/max is no text"},
      {"/sources/0/receipts/0/bytes", 1e300,
       "/sources/0/receipts/0/bytes is no whole number below 2^53"},
      {"/sources/0/license", 1, "/sources/0/license is no text"},
      {"/recipe", Json::array(), "/recipe is no object"},
      {"/gates", Json::object(), "/gates is no list"},
      {"/owner", "me", "/owner is no object"},
      {"/licenses", "CC0-1.0", "/licenses is no list"},
      {"/profile", kA + "a", "/profile is no sha256 of 64 lower-case hex digits"},
      {"/created_at", 2026, "/created_at is no text"},
  };
  const Json good = *ParseJson(*CommitText(SomeCommit()));
  for (const Wrong& wrong : cases) {
    Json json = good;
    json["assay.commit/1"][Json::json_pointer(wrong.pointer)] = wrong.value;
    const auto commit = ParseCommit(json.dump(), "commit x");
    ASSERT_FALSE(commit.ok()) << wrong.pointer;
    EXPECT_EQ(commit.error().message, "commit x: " + wrong.message);
    EXPECT_EQ(commit.error().code, ErrorCode::kData);
  }
  for (const char* member : {"dataset", "version", "parents", "schema", "tables"}) {
    Json json = good;
    json["assay.commit/1"].erase(member);
    EXPECT_EQ(ParseCommit(json.dump(), "x").error().message,
              std::string("x: /") + member + " is missing");
  }
}

TEST(ParseCommit, RefusesWhatIsNoCommit) {
  const std::string deep(1'000'000, '[');
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string("null"),
        std::string("{\"assay.commit/2\":{}}"), std::string("{\"assay.commit/1\":[]}"),
        std::string("{\"assay.commit/1\":{},\"x\":1}"), std::string("\xff\xfe\0", 3), deep,
        "{\"assay.commit/1\":{\"gates\":" + deep}) {
    const auto commit = ParseCommit(text, "x");
    ASSERT_FALSE(commit.ok()) << text.substr(0, 40);
    EXPECT_EQ(commit.error().code, ErrorCode::kData);
  }
}

TEST(ParseCommit, SurvivesEveryCutAndEveryChangedByte) {
  const std::string text = *CommitText(SomeCommit());
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(ParseCommit(text.substr(0, i), "x").ok());
    for (const char c : {'\0', '"', '{', '}', '[', '9', '-', '\\', '\xff'}) {
      std::string changed = text;
      changed[i] = c;
      static_cast<void>(ParseCommit(changed, "x").ok());
    }
  }
}

TEST(ParseCommit, KeepsControlCharactersOutOfErrors) {
  Json json = *ParseJson(*CommitText(SomeCommit()));
  json["assay.commit/1"]["tables"]["a\x1b[31m\n"] = 1;
  EXPECT_THAT(ParseCommit(json.dump(), "x").error().message, HasSubstr("/tables/a?[31m? is no"));
}

TEST(Receipt, IsReadBackFromItsJson) {
  const Receipt receipt{"data/ä.csv", kA, 7, "2026-01-30T08:00:00Z"};
  const auto read = ParseReceiptJson(ReceiptJson(receipt));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->location, receipt.location);
  EXPECT_EQ(read->sha256, kA);
  EXPECT_EQ(read->bytes, 7U);
  EXPECT_EQ(read->collected_at, receipt.collected_at);
}

TEST(SplitBefore, PutsTheUsualNamesFirst) {
  std::vector<std::string> names = {"zeta", "test", "alpha", "train", "validation", "all"};
  std::sort(names.begin(), names.end(), SplitBefore);
  EXPECT_THAT(names, testing::ElementsAre("train", "validation", "test", "all", "alpha", "zeta"));
}

}  // namespace
}  // namespace assay::store
