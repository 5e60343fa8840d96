#include "serve/route.h"

#include <gtest/gtest.h>

namespace assay::serve {
namespace {

std::string ErrorOf(const Json& body) {
  Json schema = ObjectSchema({{"name", TextSchema()},
                              {"row", Json{{"type", "object"}}},
                              {"rows", ListSchema(TextSchema())},
                              {"dry", BoolSchema()},
                              {"id", Json{{"type", Json::array({"string", "integer"})}}}});
  schema["required"] = Json::array({"name"});
  const Status checked = CheckMembers(body, schema);
  return checked.ok() ? "fine" : checked.error().message;
}

TEST(CheckMembers, NamesThePlaceOfWhatIsWrong) {
  EXPECT_EQ(ErrorOf({{"name", "a"}}), "fine");
  EXPECT_EQ(ErrorOf({{"name", "a"}, {"row", Json::object()}, {"rows", Json::array()}}), "fine");
  EXPECT_EQ(ErrorOf(Json::object()), "the body has no `name`");
  EXPECT_EQ(ErrorOf(Json::array()), "the body is no object: []");
  EXPECT_EQ(ErrorOf({{"name", 5}}), "/name is no text: 5");
  EXPECT_EQ(ErrorOf({{"name", nullptr}}), "/name is no text: null");
  EXPECT_EQ(ErrorOf({{"name", "a"}, {"row", "x"}}), "/row is no object: \"x\"");
  EXPECT_EQ(ErrorOf({{"name", "a"}, {"rows", Json::object()}}), "/rows is no list: {}");
  EXPECT_EQ(ErrorOf({{"name", "a"}, {"dry", 1}}), "/dry is neither true nor false: 1");
  EXPECT_EQ(ErrorOf({{"name", "a"}, {"nmae", 1}}), "unknown member of the body: nmae");
}

TEST(CheckMembers, HintsAtTheNearestMember) {
  const Json schema = ObjectSchema({{"stream", TextSchema()}});
  EXPECT_EQ(CheckMembers({{"steam", "a"}}, schema).error().hint, "did you mean stream?");
}

TEST(CheckMembers, CutsWhatAStrangerWrote) {
  const std::string message = ErrorOf({{"name", Json::array({std::string(5000, 'x')})}});
  EXPECT_LT(message.size(), 200U);
  EXPECT_TRUE(message.ends_with("...")) << message;
}

}  // namespace
}  // namespace assay::serve
