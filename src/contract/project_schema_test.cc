#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "contract/project.h"
#include "contract/sample_kinds.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

const Json& KindOf(const Json& schema, const std::string& table, const std::string& kind) {
  for (const Json& one : schema["$defs"][table]["oneOf"]) {
    if (one["title"] == kind) return one;
  }
  ADD_FAILURE() << "no kind " << kind;
  return schema;
}

// Every `$ref` leads to a definition, and every object says which keys it has.
void CheckNode(const Json& schema, const Json& node) {
  if (node.is_object()) {
    if (node.contains("$ref")) {
      const auto ref = node["$ref"].get<std::string>();
      EXPECT_TRUE(schema["$defs"].contains(ref.substr(std::string("#/$defs/").size()))) << ref;
    }
    if (node.value("type", Json()) == "object") {
      EXPECT_TRUE(node.contains("additionalProperties")) << node.dump();
    }
    for (const auto& [key, value] : node.items()) CheckNode(schema, value);
  }
  if (node.is_array()) {
    for (const Json& item : node) CheckNode(schema, item);
  }
}

TEST(ProjectSchema, HoldsTogether) {
  const Json schema = ProjectSchema(SampleKinds());
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_THAT(Keys(schema["properties"]),
              ElementsAre("datasets", "feedback", "format", "gates", "include", "monitors", "owner",
                          "project", "retrain", "sources", "steps", "vars"));
  EXPECT_EQ(schema["additionalProperties"], false);
  CheckNode(schema, schema);
}

TEST(ProjectSchema, HasEveryKindOfEveryTable) {
  const KindTables kinds = SampleKinds();
  const Json schema = ProjectSchema(kinds);
  EXPECT_EQ(schema["$defs"]["source"]["oneOf"].size(), kinds.sources.size());
  EXPECT_EQ(schema["$defs"]["step"]["oneOf"].size(), kinds.steps.size());
  EXPECT_EQ(schema["$defs"]["split"]["oneOf"].size(), kinds.splits.size());
  EXPECT_EQ(schema["$defs"]["check"]["oneOf"].size(), kinds.checks.size());
}

TEST(ProjectSchema, DescribesKinds) {
  const Json schema = ProjectSchema(SampleKinds());
  const Json& dedup = KindOf(schema, "step", "dedup");
  EXPECT_EQ(dedup["description"], "What dedup does");
  EXPECT_THAT(Keys(dedup["properties"]),
              ElementsAre("input", "kind", "materialize", "order_by", "retries", "retry_wait",
                          "rows", "tags", "timeout"));
  EXPECT_EQ(dedup["properties"]["rows"]["enum"], Json({"whole", "key"}));
  EXPECT_EQ(dedup["properties"]["input"]["description"], "the input");
  EXPECT_THAT(dedup["required"], UnorderedElementsAre("input", "rows", "kind"));
  EXPECT_THAT(KindOf(schema, "step", "sql")["required"], ElementsAre("sql"));
}

TEST(ProjectSchema, TellsSourcesBySuffix) {
  const Json schema = ProjectSchema(SampleKinds());
  const Json& csv = KindOf(schema, "source", "csv");
  EXPECT_EQ(csv["then"]["properties"]["files"]["anyOf"][0]["pattern"],
            "(\\.csv|\\.csv\\.gz)($|[?#])");
  EXPECT_EQ(csv["properties"]["header"]["default"], true);
  KindTables kinds;
  kinds.sources = {SampleKind("web", {})};
  EXPECT_THAT(ProjectSchema(kinds)["$defs"]["source"]["oneOf"][0]["required"], ElementsAre("kind"));
}

TEST(ProjectSchema, PutsTheSubjectOfACheckBehindItsKind) {
  const Json schema = ProjectSchema(SampleKinds());
  const Json& share = KindOf(schema, "check", "share");
  EXPECT_THAT(Keys(share["properties"]),
              ElementsAre("between", "dimension", "fail_above", "name", "of", "owner", "severity",
                          "share", "warn_above"));
  EXPECT_THAT(share["required"], UnorderedElementsAre("share", "of", "between"));
}

TEST(ProjectSchema, IsValidWithoutAnyKind) {
  EXPECT_TRUE(ProjectSchema(KindTables{})["$defs"]["step"].contains("not"));
}

}  // namespace
}  // namespace assay::contract
