#include "serve/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "serve/router.h"

namespace assay::serve {
namespace {

using testing::HasSubstr;

TEST(OpenApi, HasEveryRouteOfTheTable) {
  const Json document = OpenApi(AllRoutes());
  EXPECT_EQ(document["openapi"], "3.1.0");
  std::set<std::string> operations;
  for (const RouteKind& kind : AllRoutes()) {
    for (const Route& route : kind.routes) {
      const std::string method = route.method == "GET" ? "get" : "post";
      ASSERT_TRUE(document["paths"].contains(route.path)) << route.path;
      const Json& operation = document["paths"][route.path][method];
      EXPECT_EQ(operation["operationId"], route.operation);
      EXPECT_TRUE(operations.insert(route.operation).second) << route.operation;
      EXPECT_EQ(operation["parameters"].size(), route.parameters.size());
      EXPECT_EQ(operation.contains("requestBody"), !route.body.is_null());
    }
  }
}

TEST(OpenApi, TellsWhereAParameterStandsAndWhatItMayBe) {
  const Json document = OpenApi(AllRoutes());
  const Json limit = document["paths"]["/v1/runs"]["get"]["parameters"][0];
  EXPECT_EQ(limit["in"], "query");
  EXPECT_EQ(limit["required"], false);
  EXPECT_EQ(limit["schema"],
            (Json{{"type", "integer"}, {"minimum", 1}, {"maximum", 10'000}, {"default", 20}}));
  const Json id = document["paths"]["/v1/runs/{id}"]["get"]["parameters"][0];
  EXPECT_EQ(id["in"], "path");
  EXPECT_EQ(id["required"], true);
  const Json reference = document["paths"]["/v1/drift"]["get"]["parameters"][0];
  EXPECT_EQ(reference["in"], "query");
  EXPECT_EQ(reference["required"], true);
  const Json by = document["paths"]["/v1/feedback/{stream}/report"]["get"]["parameters"][1];
  EXPECT_EQ(by["schema"], (Json{{"type", "string"},
                                {"enum", Json::array({"day", "week", "month"})},
                                {"default", "month"}}));
}

TEST(Routes, AreWholeRows) {
  for (const RouteKind& kind : AllRoutes()) {
    EXPECT_FALSE(kind.name.empty() || kind.summary.empty());
    for (const Route& route : kind.routes) {
      SCOPED_TRACE(route.path);
      EXPECT_NE(route.handle, nullptr);
      EXPECT_FALSE(route.summary.empty() || route.operation.empty());
      EXPECT_FALSE(route.answer.is_null() && route.other_types.empty());
      EXPECT_NE(route.summary.back(), '.');
      std::size_t in_path = 0;
      for (const Parameter& parameter : route.parameters) {
        EXPECT_FALSE(parameter.summary.empty()) << parameter.name;
        if (parameter.type == ValueType::kInteger) {
          EXPECT_LT(parameter.least, parameter.most);
        }
        if (route.path.find("{" + parameter.name + "}") != std::string::npos) ++in_path;
      }
      EXPECT_EQ(static_cast<std::size_t>(std::count(route.path.begin(), route.path.end(), '{')),
                in_path)
          << "a name in braces has no parameter";
    }
  }
}

TEST(RoutePage, ShowsParametersAndForms) {
  const std::string page = RoutePage(AllRoutes());
  EXPECT_THAT(page, HasSubstr("### GET /v1/runs/{id}\n"));
  EXPECT_THAT(page, HasSubstr("| `limit` | whole number from 1 to 10000 | 20 | how many |"));
  EXPECT_THAT(page, HasSubstr("| `reference` (needed) | text |"));
  EXPECT_THAT(page, HasSubstr("| `by` | day, week, month | \"month\" |"));
  EXPECT_THAT(page, HasSubstr("| `io` | 503 |"));
  EXPECT_THAT(page, HasSubstr("`{\"status\": string}`"));
}

}  // namespace
}  // namespace assay::serve
