#include "serve/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::serve {
namespace {

using testing::HasSubstr;

Result<Answer> Nothing(const Call&) { return Answer{}; }

const std::vector<RouteKind>& Sample() {
  static const std::vector<RouteKind> kKinds = {
      {.name = "trees",
       .summary = "Trees",
       .routes = {{.method = "GET", .path = "/v1/trees", .handle = Nothing},
                  {.method = "POST", .path = "/v1/trees", .handle = Nothing},
                  {.method = "GET",
                   .path = "/v1/trees/{name}/leaves",
                   .parameters = {{.name = "name"},
                                  {.name = "limit",
                                   .type = ValueType::kInteger,
                                   .by_default = Json(7),
                                   .least = -1,
                                   .most = 9},
                                  {.name = "green", .type = ValueType::kBool},
                                  {.name = "like"}},
                   .handle = Nothing},
                  {.method = "GET",
                   .path = "/v1/nearest",
                   .parameters = {{.name = "to", .summary = "where from", .is_needed = true},
                                  {.name = "by", .one_of = {"air", "road"}}},
                   .handle = Nothing}}}};
  return kKinds;
}

std::variant<Matched, Answer> Find(std::string_view method, std::string_view target) {
  static const Router kRouter(Sample());
  return kRouter.Find(method, ParseTarget(target).value());
}

Answer Refused(std::string_view method, std::string_view target) {
  auto found = Find(method, target);
  EXPECT_TRUE(std::holds_alternative<Answer>(found)) << target;
  return std::get<Answer>(found);
}

Json ErrorOfAnswer(const Answer& answer) { return Json::parse(answer.body).at("error"); }

TEST(Router, FindsByMethodAndPath) {
  EXPECT_EQ(std::get<Matched>(Find("GET", "/v1/trees")).route, &Sample()[0].routes[0]);
  EXPECT_EQ(std::get<Matched>(Find("HEAD", "/v1/trees")).route, &Sample()[0].routes[0]);
  EXPECT_EQ(std::get<Matched>(Find("POST", "/v1/trees")).route, &Sample()[0].routes[1]);
}

TEST(Router, ReadsArgumentsByTheirTypes) {
  const auto found =
      std::get<Matched>(Find("GET", "/v1/trees/a%2Fb/leaves?limit=-1&green=false&like=x+y"));
  EXPECT_EQ(found.arguments.Text("name"), "a/b");
  EXPECT_EQ(found.arguments.Integer("limit"), -1);
  EXPECT_FALSE(found.arguments.Bool("green"));
  EXPECT_EQ(found.arguments.Text("like"), "x y");
}

TEST(Router, WhatIsLeftOutHasItsDefaultOrIsAbsent) {
  const auto found = std::get<Matched>(Find("GET", "/v1/trees/oak/leaves"));
  EXPECT_EQ(found.arguments.Integer("limit"), 7);
  EXPECT_FALSE(found.arguments.has("green"));
  EXPECT_FALSE(found.arguments.has("like"));
}

TEST(Router, RefusesWrongArguments) {
  for (const auto& [query, message] : std::vector<std::pair<std::string, std::string>>{
           {"limit=10", "parameter limit must be a whole number from -1 to 9, found: 10"},
           {"limit=-2", "parameter limit must be a whole number from -1 to 9, found: -2"},
           {"limit=1.0", "parameter limit must be a whole number from -1 to 9, found: 1.0"},
           {"limit=%2B1", "parameter limit must be a whole number from -1 to 9, found: +1"},
           {"limit=99999999999999999999", "parameter limit must be a whole number"},
           {"limit", "parameter limit must be a whole number from -1 to 9, found: "},
           {"green=1", "parameter green must be true or false, found: 1"},
           {"green=True", "parameter green must be true or false, found: True"},
           {"like=", "parameter like must be a text that is not empty, found: "},
           {"like=a&like=b", "query parameter given twice: like"},
           {"name=a", "unknown query parameter: name"},
       }) {
    const Answer answer = Refused("GET", "/v1/trees/oak/leaves?" + query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(answer.route, "/v1/trees/{name}/leaves");
    EXPECT_EQ(ErrorOfAnswer(answer)["code"], "user");
    EXPECT_THAT(ErrorOfAnswer(answer)["message"].get<std::string>(), HasSubstr(message));
  }
}

TEST(Router, WhatIsNeededMustBeThere) {
  const Answer answer = Refused("GET", "/v1/nearest?by=air");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(ErrorOfAnswer(answer)["message"], "query parameter is missing: to");
  EXPECT_EQ(ErrorOfAnswer(answer)["hint"], "to is where from");
}

TEST(Router, OneOfSomeTextsIsNoOther) {
  EXPECT_EQ(std::get<Matched>(Find("GET", "/v1/nearest?to=x&by=road")).arguments.Text("by"),
            "road");
  EXPECT_EQ(ErrorOfAnswer(Refused("GET", "/v1/nearest?to=x&by=sea"))["message"],
            "parameter by must be one of air, road, found: sea");
}

TEST(Router, NamesTheNearestParameter) {
  EXPECT_EQ(ErrorOfAnswer(Refused("GET", "/v1/trees/oak/leaves?limt=1"))["hint"],
            "did you mean limit?");
  EXPECT_EQ(ErrorOfAnswer(Refused("GET", "/v1/trees/oak/leaves?zzzzzz=1"))["hint"],
            "its parameters are limit, green, like");
  EXPECT_EQ(ErrorOfAnswer(Refused("GET", "/v1/trees?a=1"))["hint"],
            "this path takes no parameters");
}

TEST(Router, OtherMethodsAre405WithThoseThereAre) {
  const Answer answer = Refused("DELETE", "/v1/trees");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.route, "/v1/trees");
  EXPECT_THAT(answer.headers, testing::ElementsAre(testing::Pair("Allow", "GET, HEAD, POST")));
  EXPECT_EQ(ErrorOfAnswer(answer)["hint"], "it takes GET, HEAD, POST");
  EXPECT_EQ(Refused("get", "/v1/trees").status, 405);
}

TEST(Router, UnknownPathsAre404WithTheNearest) {
  const Answer answer = Refused("GET", "/v1/tress");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.route, "");
  EXPECT_EQ(ErrorOfAnswer(answer)["hint"], "did you mean /v1/trees?");
  EXPECT_EQ(ErrorOfAnswer(Refused("GET", "/v1/trees/oak/leafs"))["hint"],
            "did you mean /v1/trees/oak/leaves?");
  EXPECT_EQ(ErrorOfAnswer(Refused("GET", "/"))["hint"], "GET /openapi.json tells all paths");
  // An empty segment is no argument.
  EXPECT_EQ(Refused("GET", "/v1/trees//leaves").status, 404);
}

}  // namespace
}  // namespace assay::serve
