#include "base/type.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay {
namespace {

using testing::ElementsAre;

Result<Schema> Parse(const std::string& type) {
  return ParseSchemaJson(ParseJson(R"j([{"name":"a","type":)j" + type + "}]").value());
}

TEST(Type, IsReadBackFromItsJson) {
  const char* const types[] = {
      R"j("int8")j",
      R"j("int16")j",
      R"j("int32")j",
      R"j("int64")j",
      R"j("uint8")j",
      R"j("uint16")j",
      R"j("uint32")j",
      R"j("uint64")j",
      R"j("int128")j",
      R"j("float32")j",
      R"j("float64")j",
      R"j("string")j",
      R"j("bytes")j",
      R"j("bool")j",
      R"j("date")j",
      R"j("time")j",
      R"j("timestamp[us]")j",
      R"j("timestamp[us,utc]")j",
      R"j("decimal(1,0)")j",
      R"j("decimal(38,38)")j",
      R"j({"list":"int8"})j",
      R"j({"map":["string",{"list":"decimal(9,2)"}]})j",
      R"j({"struct":[{"name":"x","type":"int8"},{"name":"y","type":{"struct":[]}}]})j"};
  for (const char* text : types) {
    const auto schema = Parse(text);
    ASSERT_TRUE(schema.ok()) << text << ": " << schema.error().message;
    EXPECT_EQ((*schema)[0].name, "a");
    EXPECT_EQ(TypeJson((*schema)[0].type).dump(), text);
  }
}

TEST(Type, OfAnotherNameOrFormIsAnError) {
  const char* const types[] = {R"j("varchar")j",
                               R"j("INT64")j",
                               R"j("")j",
                               R"j("timestamp")j",
                               R"j("timestamp[ns]")j",
                               "1",
                               "null",
                               "[]",
                               "{}",
                               R"j("decimal")j",
                               R"j("decimal()")j",
                               R"j("decimal(0,0)")j",
                               R"j("decimal(39,0)")j",
                               R"j("decimal(4,5)")j",
                               R"j("decimal(4)")j",
                               R"j("decimal(4,1")j",
                               R"j("decimal(4,1)x")j",
                               R"j("decimal(4, 1)")j",
                               R"j("decimal(99999999999,1)")j",
                               R"j({"list":1})j",
                               R"j({"list":"int8","map":["int8","int8"]})j",
                               R"j({"map":["int8"]})j",
                               R"j({"map":"int8"})j",
                               R"j({"struct":{}})j",
                               R"j({"struct":[{"name":"x"}]})j",
                               R"j({"struct":[{"type":"int8"}]})j",
                               R"j({"struct":[{"name":1,"type":"int8"}]})j",
                               R"j({"struct":["x"]})j",
                               R"j({"set":"int8"})j"};
  for (const char* text : types) {
    const auto schema = Parse(text);
    ASSERT_FALSE(schema.ok()) << text;
    EXPECT_EQ(schema.error().code, ErrorCode::kData);
  }
}

TEST(Type, NestedWithoutEndIsAnErrorNotACrash) {
  Json type = "int8";
  for (int i = 0; i < 1000; ++i) type = Json{{"list", std::move(type)}};
  const auto schema = ParseSchemaJson(Json::array({Json{{"name", "a"}, {"type", type}}}));
  ASSERT_FALSE(schema.ok());
  EXPECT_EQ(schema.error().message, "type nested deeper than 100");
}

TEST(Type, IsShownToPeopleInOneLine) {
  const auto text = [](const char* json) { return TypeText(Parse(json).value()[0].type); };
  EXPECT_EQ(text(R"j("timestamp[us,utc]")j"), "timestamp[us,utc]");
  EXPECT_EQ(text(R"j("decimal(10,2)")j"), "decimal(10,2)");
  EXPECT_EQ(text(R"j({"list":{"map":["string","int8"]}})j"), "list<map<string, int8>>");
  EXPECT_EQ(text(R"j({"struct":[{"name":"a","type":"int8"},{"name":"b","type":"date"}]})j"),
            "struct<a: int8, b: date>");
}

TEST(Type, ComparesByMeaning) {
  const auto type = [](const char* json) { return Parse(json).value()[0].type; };
  EXPECT_EQ(type(R"j({"list":"int8"})j"), type(R"j({"list":"int8"})j"));
  EXPECT_FALSE(type(R"j({"list":"int8"})j") == type(R"j({"list":"int16"})j"));
  EXPECT_FALSE(type(R"j("decimal(4,1)")j") == type(R"j("decimal(4,2)")j"));
}

TEST(Type, KnowsIntegersAndNumbers) {
  const auto type = [](const char* json) { return Parse(json).value()[0].type; };
  EXPECT_TRUE(IsInteger(type(R"j("int128")j")));
  EXPECT_TRUE(IsInteger(type(R"j("uint8")j")));
  EXPECT_FALSE(IsInteger(type(R"j("float32")j")));
  EXPECT_TRUE(IsNumber(type(R"j("decimal(4,1)")j")));
  EXPECT_TRUE(IsNumber(type(R"j("float64")j")));
  EXPECT_FALSE(IsNumber(type(R"j("bool")j")));
  EXPECT_FALSE(IsNumber(type(R"j("date")j")));
}

TEST(Schema, FindsColumnsByName) {
  const Schema schema = {Field{"a", Type{TypeKind::kBool, 0, 0, {}}},
                         Field{"b", Type{TypeKind::kInt8, 0, 0, {}}}};
  EXPECT_THAT(FieldNames(schema), ElementsAre("a", "b"));
  ASSERT_NE(FindField(schema, "b"), nullptr);
  EXPECT_EQ(FindField(schema, "b")->type.kind, TypeKind::kInt8);
  EXPECT_EQ(FindField(schema, "c"), nullptr);
  EXPECT_EQ(SchemaJson({}), Json::array());
}

TEST(Schema, ReservesTheNamesOfAssay) {
  for (const char* name : {"_assay_row", "_assay_", "file_row_number", "file_index"}) {
    EXPECT_TRUE(IsReservedColumn(name)) << name;
  }
  for (const char* name : {"assay_row", "_assay", "file", "file_row", ""}) {
    EXPECT_FALSE(IsReservedColumn(name)) << name;
  }
}

}  // namespace
}  // namespace assay
