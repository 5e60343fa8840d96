#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_sources.h"

namespace assay::source {
namespace {

class JsonSource : public SourceFiles {
 protected:
  std::string ErrorOf(const std::string& text, Json params = Json::object()) {
    files.clear();
    Add("a.json", text);
    const Outcome outcome = ReadAll("json", std::move(params));
    EXPECT_NE(outcome.error, "") << text;
    EXPECT_NE(outcome.hint, "") << text;
    return outcome.error;
  }
};

TEST_F(JsonSource, AListAnObjectAndAnObjectThatHoldsAList) {
  Add("a.json", "\xef\xbb\xbf[\n  {\"n\": 1, \"s\": \"x\"},\n  {\"n\": 2.5, \"l\": [ 1, 2 ]}\n]\n");
  Add("b.json", "{\"n\": 3,\n \"s\": null}");
  EXPECT_EQ(ReadAll("json").types, "n float64, s string, l string");
  EXPECT_EQ(ReadAll("json").rows, "1.0|x|-\n2.5|-|[1,2]\n3.0|-|-\n");
  files.clear();
  Add("c.json", "{\"meta\": 1, \"da/ta\": {\"ro~ws\": [[{\"n\": 7}], [{\"n\": 8}]]}}");
  const Outcome outcome = ReadAll("json", {{"records", "/da~1ta/ro~0ws/1"}, {"file_column", "f"}});
  EXPECT_EQ(outcome.rows, "8|data/c.json\n");
}

TEST_F(JsonSource, ItemsThatAreNoObjectsAreRefusedWithTheirLine) {
  Add("a.json", "[\n{\"n\": 1},\n7, null,\n[{\"n\": 2}],\n{\"n\": 3, \"n\": 4},\n{\"n\": 5}\n]");
  const Outcome outcome = ReadAll("json");
  EXPECT_EQ(outcome.rows, "1\n5\n");
  EXPECT_EQ(outcome.refused,
            "data/a.json|3|-|not an object, which is written {\"key\": value}|7\n"
            "data/a.json|3|-|not an object, which is written {\"key\": value}|null\n"
            "data/a.json|4|-|not an object, which is written {\"key\": value}|[{\"n\": 2}]\n"
            "data/a.json|5|n|a key that comes twice|{\"n\": 3, \"n\": 4}\n");
}

TEST_F(JsonSource, ADocumentThatIsNoJsonIsAnErrorWithItsPlace) {
  EXPECT_EQ(ErrorOf("[\n {\"n\": 1},\n {\"\xc3\xa4\": 2,}\n]"),
            "data/a.json:3:10 is not JSON: expected a key in quotes");
  EXPECT_EQ(ErrorOf("{\"n\": 1}\n{\"n\": 2}\n"),
            "data/a.json:2:1 is not JSON: expected nothing behind the value");
  EXPECT_EQ(ErrorOf(""), "data/a.json:1:1 is not JSON: it ends here, expected a value");
  EXPECT_EQ(ErrorOf("[\"\xe9\"]"), "data/a.json:1:3 is not JSON: not UTF-8: the byte 233");
  EXPECT_EQ(ErrorOf("[]"), "data/a.json tells no columns: no object has a key");
  EXPECT_EQ(ErrorOf("5"), "data/a.json:1:1 is neither an object nor a list of objects");
}

TEST_F(JsonSource, RecordsThatAreNotThereAreNamed) {
  EXPECT_EQ(ErrorOf("{\"a\": [1]}", {{"records", "/b"}}),
            "data/a.json has nothing at `records`: /b");
  EXPECT_EQ(ErrorOf("{\"a\": [1]}", {{"records", "/a/1"}}),
            "data/a.json has nothing at `records`: /a/1");
  EXPECT_EQ(ErrorOf("{\"a\":\n 5}", {{"records", "/a"}}),
            "data/a.json:2:2 is neither an object nor a list of objects");
  for (const char* wrong : {"a", "a/b", "/a~2", "/a~"}) {
    const Status status = FindSource("json")->info.check({{"records", wrong}});
    ASSERT_FALSE(status.ok()) << wrong;
    EXPECT_EQ(status.error().message, std::string("not a JSON Pointer: ") + wrong);
  }
  EXPECT_TRUE(FindSource("json")->info.check({{"records", "/a/0/~0~1"}}).ok());
  EXPECT_FALSE(FindSource("json")
                   ->info.check({{"columns", Json::array({Json::array({"a", "nit64"})})}})
                   .ok());
}

}  // namespace
}  // namespace assay::source
