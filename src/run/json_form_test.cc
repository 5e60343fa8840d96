#include "run/json_form.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace assay::run {
namespace {

class JsonFormTest : public testing::Test {
 protected:
  JsonFileForm FormOf(const std::string& text) {
    const auto path = folder_.Write("a.json", text);
    const auto form = GuessJsonForm({path, "a.json"});
    EXPECT_TRUE(form.ok()) << (form.ok() ? "" : form.error().message);
    return form.ok() ? *form : JsonFileForm{};
  }
  bool IsPlain(const std::string& text) {
    const JsonFileForm form = FormOf(text);
    return !form.is_lines && form.records.empty() && form.keyed_rows == 0;
  }
  static std::string Keyed(int count, const std::string& value) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) {
      text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":" + value;
    }
    return text + "}";
  }

  TestFolder folder_;
};

TEST_F(JsonFormTest, WhatTheSourceReadsAsItStandsIsPlain) {
  EXPECT_TRUE(IsPlain("[{\"a\":1},{\"a\":2}]"));
  EXPECT_TRUE(IsPlain("{\"a\":1,\"b\":[1,2]}"));
  EXPECT_TRUE(IsPlain("{\"a\":[{\"x\":1}]}"));
  EXPECT_TRUE(IsPlain("{\"a\":[{\"x\":1},2]}"));
  EXPECT_TRUE(IsPlain("[]"));
  EXPECT_TRUE(IsPlain("{}"));
  EXPECT_TRUE(IsPlain(""));
  EXPECT_TRUE(IsPlain("7"));
  EXPECT_TRUE(IsPlain("{\"a\":1,"));
  EXPECT_TRUE(IsPlain("{\"a\":1}"));
  EXPECT_TRUE(IsPlain("{\"a\":1}\n[2]\n"));
}

TEST_F(JsonFormTest, ObjectsInLinesAreLines) {
  EXPECT_TRUE(FormOf("{\"a\":1}\n{\"a\":2}\n").is_lines);
  EXPECT_TRUE(FormOf("\n {\"a\":1} \r\n\r\n{\"a\":2}\nwhatever\n").is_lines);
}

TEST_F(JsonFormTest, TheOneListOfObjectsHoldsTheRows) {
  EXPECT_EQ(FormOf("{\"total\":2,\"data\":[{\"a\":1},{\"a\":2}]}").records, "/data");
  EXPECT_EQ(FormOf("{\"r\":{\"of\":[{\"a\":1},{\"a\":2}],\"n\":{}}}").records, "/r/of");
  EXPECT_EQ(FormOf("{\"a/b~c\":[{},{}]}").records, "/a~1b~0c");
  EXPECT_EQ(FormOf("{\"\\u00e4\":[{},{}]}").records, "/\xc3\xa4");
  // Two may be, and what lies deep is hardly a list of rows.
  EXPECT_EQ(FormOf("{\"a\":[{},{}],\"b\":[{},{}]}").records, "");
  EXPECT_EQ(FormOf("{\"a\":{\"b\":{\"c\":[{},{}]}}}").records, "/a/b/c");
  EXPECT_EQ(FormOf("{\"a\":{\"b\":{\"c\":{\"d\":[{},{}]}}}}").records, "");
  EXPECT_EQ(FormOf("[{\"data\":[{},{}]}]").records, "");
}

TEST_F(JsonFormTest, ManyKeysOfOneFormNameRows) {
  const JsonFileForm objects = FormOf(Keyed(20, "{\"q\":1}"));
  EXPECT_EQ(objects.keyed_rows, 20U);
  EXPECT_TRUE(objects.rows_are_objects);
  const JsonFileForm texts = FormOf(Keyed(100, "\"yes\""));
  EXPECT_EQ(texts.keyed_rows, 100U);
  EXPECT_FALSE(texts.rows_are_objects);
  EXPECT_TRUE(IsPlain(Keyed(19, "{\"q\":1}")));
  EXPECT_TRUE(IsPlain(Keyed(99, "\"yes\"")));
  EXPECT_TRUE(IsPlain(Keyed(100, "null")));
  std::string mixed = Keyed(100, "\"yes\"");
  mixed.insert(1, "\"first\":1,");
  EXPECT_TRUE(IsPlain(mixed));
}

TEST_F(JsonFormTest, ADamagedFileIsAnError) {
  const auto path = folder_.Write("a.json.gz", "no gzip");
  const auto form = GuessJsonForm({path, "a.json.gz"});
  ASSERT_FALSE(form.ok());
  EXPECT_EQ(form.error().code, ErrorCode::kData);
}

}  // namespace
}  // namespace assay::run
