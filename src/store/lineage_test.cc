#include "store/lineage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/object_id.h"

namespace assay::store {
namespace {

using testing::ElementsAre;

Lineage Parsed(const Json& json) {
  const auto parsed = ParseLineage(JsonPlace(json));
  EXPECT_TRUE(parsed.ok()) << parsed.error().message;
  return parsed.ok() ? *parsed : Lineage();
}

TEST(LineageTest, IsReadAsItWasWritten) {
  const std::string table(64, 'a'), file(64, 'b');
  const std::vector<Lineage> all = {
      {"source", "", {{"data/a.csv", file, 3}, {"data/b.csv", file, 0}}, {}},
      {"source", "", {{"data/a.csv", file, 3}}, {{"src", "_assay_row_id", "", 0}}},
      {"union", "", {}, {{"one", "_assay_row_1", table, 1}, {"two", "_assay_row_2", table, 2}}},
      {"none", "GROUP BY", {}, {}}};
  for (const Lineage& lineage : all) {
    EXPECT_EQ(LineageJson(Parsed(LineageJson(lineage))), LineageJson(lineage));
  }
  EXPECT_EQ(Parsed(LineageJson(all[0])).sources[0].location, "data/a.csv");
  EXPECT_EQ(Parsed(LineageJson(all[2])).ids[1].branch, 2);
  EXPECT_EQ(LineageWords(all[2]), "union");
  EXPECT_EQ(LineageWords(all[3]), "none: GROUP BY");
}

TEST(LineageTest, ItsTablesAreFoundInAText) {
  const std::string a(64, 'a'), b(64, 'b');
  const Json json{{"files",
                   {{{"sha256", b},
                     {"lineage", LineageJson({"join",
                                              "",
                                              {},
                                              {{"one", "_assay_row_1", a, 0},
                                               {"two", "_assay_row_2", b, 0}}})}}}}};
  std::vector<std::string> found;
  EachTableOfLineage(json.dump(), [&](std::string id) { found.push_back(std::move(id)); });
  EXPECT_THAT(found, ElementsAre(a, b));
  found.clear();
  EachTableOfLineage(R"({"table":"short","table":)", [&](std::string id) { found.push_back(id); });
  EXPECT_THAT(found, ElementsAre());
}

TEST(LineageTest, OtherFormsAreErrors) {
  for (const char* text :
       {R"({})", R"({"kind":1})", R"({"kind":"source","sources":{}})",
        R"({"kind":"join","ids":[{"input":"a"}]})",
        R"({"kind":"join","ids":[{"input":"a","column":"c","table":"nothing"}]})",
        R"({"kind":"source","sources":[{"location":"a","sha256":"x","rows":1}]})"}) {
    const Json json = *ParseJson(text);
    EXPECT_FALSE(ParseLineage(JsonPlace(json)).ok()) << text;
  }
}

}  // namespace
}  // namespace assay::store
