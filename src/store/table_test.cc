#include "store/table.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "store/test_ids.h"

namespace assay::store {
namespace {

Table SomeTable() {
  return Table{.schema = {Field{"n", Type{TypeKind::kInt64, 0, 0, {}}}},
               .rows = 3,
               .content_id = kB,
               .sum = std::string(32, '7'),
               .files = {FileRef{kA, 10, 3, {}, {}}, FileRef{kB, 0, 0, {}, {}}},
               .removed = FileRef{kB, 5, 1, {}, {}},
               .parts = {}};
}

TEST(Table, IsReadBackFromItsJson) {
  const Table table = SomeTable();
  const auto read = ParseTableJson(TableJson(table));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->schema, table.schema);
  EXPECT_EQ(read->rows, 3U);
  EXPECT_EQ(read->content_id, kB);
  ASSERT_EQ(read->files.size(), 2U);
  EXPECT_EQ(read->files[0].sha256, kA);
  EXPECT_EQ(read->files[0].bytes, 10U);
  EXPECT_EQ(read->files[0].rows, 3U);
  EXPECT_EQ(read->sum, table.sum);
  ASSERT_TRUE(read->removed.has_value());
  EXPECT_EQ(read->removed->rows, 1U);
  EXPECT_EQ(TableJson(*read), TableJson(table));
}

TEST(Table, OfAnOlderProgramHasNoSumAndLacksNoRows) {
  Json json = TableJson(SomeTable());
  json.erase("sum");
  json.erase("removed");
  const auto read = ParseTableJson(json);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->sum, "");
  EXPECT_FALSE(read->removed.has_value());
}

TEST(Table, LeavesTheBoundsToCommits) {
  EXPECT_EQ(FileJson(FileRef{kA, 1, 2, {{"n", "1"}}, {}}).dump(),
            "{\"bytes\":1,\"rows\":2,\"sha256\":\"" + kA + "\"}");
}

struct WrongTable {
  const char* pointer;
  Json value;
  const char* message;
};

TEST(Table, NamesThePlaceOfWhatIsWrong) {
  const WrongTable cases[] = {
      {"/rows", -1, "/rows is no whole number below 2^53"},
      {"/rows", 1.5, "/rows is no whole number below 2^53"},
      {"/rows", std::uint64_t{1} << 53, "/rows is no whole number below 2^53"},
      {"/files", "x", "/files is no list"},
      {"/files/1", 7, "/files/1 is no object"},
      {"/files/1/sha256", std::string(64, 'A'),
       "/files/1/sha256 is no sha256 of 64 lower-case hex digits"},
      {"/removed", "x", "/removed is no object"},
      {"/removed/rows", -1, "/removed/rows is no whole number below 2^53"},
      {"/schema", 1, "/schema: unknown type: {\"struct\":1}"},
  };
  for (const WrongTable& wrong : cases) {
    Json json = TableJson(SomeTable());
    json[Json::json_pointer(wrong.pointer)] = wrong.value;
    const auto table = ParseTableJson(json);
    ASSERT_FALSE(table.ok()) << wrong.pointer;
    EXPECT_EQ(table.error().message, wrong.message);
    EXPECT_EQ(table.error().code, ErrorCode::kData);
  }
  EXPECT_EQ(ParseTableJson(Json::array()).error().message, "the whole is no object");
  EXPECT_EQ(ParseFileJson(Json::object()).error().message, "/sha256 is missing");
}

TEST(ContentId, IsTheHashOfItsText) {
  const auto id = ContentId({Field{"a", Type{TypeKind::kBool, 0, 0, {}}}}, 2,
                            "000000000000000000000000000000ff");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(*id, Sha256Hex(R"({"assay.content/1":{"rows":2,"schema":[{"name":"a","type":"bool"}],)"
                           R"("sum":"000000000000000000000000000000ff"}})"));
}

// Two months, of one file and of two; the second lacks a row.
Table TwoMonths() {
  Table january = SomeTable();
  january.files.resize(1);
  january.removed.reset();
  january.sum = std::string(31, '0') + "5";
  Table february = SomeTable();
  february.sum = std::string(31, 'f') + "e";
  const auto whole = UniteParts({"2001-01", "2001-02"}, {january, february});
  EXPECT_TRUE(whole.ok()) << whole.error().message;
  return whole.ok() ? *whole : Table{};
}

TEST(Table, PartsAddUpAndAreTakenApartAgain) {
  const Table whole = TwoMonths();
  EXPECT_EQ(whole.rows, 6U);
  EXPECT_EQ(whole.files.size(), 3U);
  EXPECT_EQ(whole.sum, std::string(31, '0') + "3") << "modulo 2^128";
  EXPECT_EQ(whole.content_id, *ContentId(whole.schema, 6, whole.sum));
  const auto parts = PartsAsTables(whole);
  ASSERT_TRUE(parts.ok());
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].files.size(), 1U);
  EXPECT_FALSE((*parts)[0].removed.has_value());
  EXPECT_EQ((*parts)[1].files.size(), 2U);
  EXPECT_EQ((*parts)[1].files[1].sha256, kB);
  EXPECT_TRUE((*parts)[1].removed.has_value());
  EXPECT_EQ((*parts)[1].content_id, *ContentId(whole.schema, 3, (*parts)[1].sum));
  EXPECT_EQ(AllFiles(whole).size(), 4U) << "places of rows are files, too";
}

TEST(Table, PartsAreReadBackAndMustAddUp) {
  const Json json = TableJson(TwoMonths());
  const auto read = ParseTableJson(json);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(TableJson(*read), json);
  for (const auto& [pointer, value] : std::vector<std::pair<const char*, Json>>{
           {"/parts/0/files", 2}, {"/parts/1/rows", 4}, {"/rows", 7}}) {
    Json wrong = json;
    wrong[Json::json_pointer(pointer)] = value;
    const auto table = ParseTableJson(wrong);
    ASSERT_FALSE(table.ok()) << pointer;
    EXPECT_EQ(table.error().message, "/parts do not add up to the table");
  }
}

TEST(Table, PartsHaveTheSameColumns) {
  Table other = SomeTable();
  other.schema[0].name = "m";
  const auto whole = UniteParts({"a", "b"}, {SomeTable(), other});
  ASSERT_FALSE(whole.ok());
  EXPECT_EQ(whole.error().message, "part b has other columns than part a");
}

}  // namespace
}  // namespace assay::store
