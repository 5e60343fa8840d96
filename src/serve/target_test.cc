#include "serve/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::vector<std::string> Segments(std::string_view text) {
  const auto target = ParseTarget(text);
  return target.ok() ? target->segments : std::vector<std::string>{target.error().message};
}

TEST(ParseTarget, CutsAPathAtItsSlashes) {
  EXPECT_THAT(Segments("/"), ElementsAre(""));
  EXPECT_THAT(Segments("/v1/runs/last"), ElementsAre("v1", "runs", "last"));
  EXPECT_THAT(Segments("/v1/"), ElementsAre("v1", ""));
  EXPECT_THAT(Segments("//v1"), ElementsAre("", "v1"));
}

TEST(ParseTarget, DecodesEachSegmentOnItsOwn) {
  EXPECT_THAT(Segments("/v1/versions/a%40b%2Fc"), ElementsAre("v1", "versions", "a@b/c"));
  EXPECT_THAT(Segments("/%e2%82%AC"), ElementsAre("\xe2\x82\xac"));
  EXPECT_THAT(Segments("/a+b"), ElementsAre("a+b"));
  EXPECT_THAT(Segments("/%2e%2e/%2525"), ElementsAre("..", "%25"));
}

TEST(ParseTarget, ReadsTheQueryInOrder) {
  const auto target = ParseTarget("/v1/runs?limit=5&a=&b&limit=6&x=1+2%2B3&&q=a=b?c");
  ASSERT_TRUE(target.ok());
  EXPECT_THAT(target->query,
              ElementsAre(Pair("limit", "5"), Pair("a", ""), Pair("b", ""), Pair("limit", "6"),
                          Pair("x", "1 2+3"), Pair("q", "a=b?c")));
}

TEST(ParseTarget, TakesAnAbsoluteTarget) {
  const auto target = ParseTarget("http://localhost:80/v1?a=1");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->authority, "localhost:80");
  EXPECT_THAT(target->segments, ElementsAre("v1"));
  EXPECT_THAT(Segments("http://localhost"), ElementsAre(""));
  EXPECT_THAT(Segments("http:///v1"), ElementsAre(HasSubstr("names no host")));
  EXPECT_THAT(Segments("/a?b=http://c"), ElementsAre("a"));
}

TEST(ParseTarget, RefusesWhatIsNotWellFormed) {
  for (const auto& [text, what] : std::vector<std::pair<std::string, std::string>>{
           {"", "is no path"},
           {"*", "is no path"},
           {"v1", "is no path"},
           {"/%", "% without two hex digits behind it"},
           {"/%4", "% without two hex digits behind it"},
           {"/%4g", "% without two hex digits behind it"},
           {"/a?x=%zz", "% without two hex digits behind it"},
           {"/%00", "decodes to a control character"},
           {"/a?x=%0d%0aSet-Cookie", "decodes to a control character"},
           {"/%7f", "decodes to a control character"},
           {"/%ff", "decodes to what is no UTF-8"},
           {"/%c0%af", "decodes to what is no UTF-8"},
           {"/a b", "must be encoded"},
           {std::string("/a\0b", 4), "must be encoded"},
           {"/\xe2\x82\xac", "must be encoded"},
           {"/a#b", "must be encoded"},
           {"/..\\etc", "must be encoded"},
       }) {
    const auto target = ParseTarget(text);
    ASSERT_FALSE(target.ok()) << text;
    EXPECT_EQ(target.error().code, ErrorCode::kUser);
    EXPECT_THAT(target.error().message, HasSubstr(what));
  }
}

TEST(ParseTarget, TakesAHundredParameters) {
  std::string text = "/?";
  for (int i = 0; i < 100; ++i) text += "a=1&";
  EXPECT_TRUE(ParseTarget(text).ok());
  const auto target = ParseTarget(text + "b=2");
  ASSERT_FALSE(target.ok());
  EXPECT_EQ(target.error().message, "more query parameters than 100");
}

TEST(PercentEncoded, ComesBackDecoded) {
  std::string all;
  for (int c = 0x20; c < 0x7f; ++c) all += static_cast<char>(c);
  all += "\xe2\x82\xac";
  EXPECT_EQ(PercentEncoded("a@v1/x"), "a%40v1%2Fx");
  EXPECT_THAT(Segments("/" + PercentEncoded(all)), ElementsAre(all));
}

TEST(IsLoopbackHost, KnowsTheNamesOfThisMachine) {
  for (const char* host : {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:1", "127.9.8.255",
                           "[::1]", "[::1]:8080", "localhost:"}) {
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
  }
  for (const char* host :
       {"", "example.org", "localhost.example.org", "127.0.0.1.example.org", "127.0.0.1.", "127.1",
        "127.0.0.256", "128.0.0.1", "0.0.0.0", "10.127.0.1", "::1", "[::2]", "localhost:80:80",
        "localhost:123456", "localhost:x", "127.0.0.1@example.org", "user@localhost", "127..0.1"}) {
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
  }
}

}  // namespace
}  // namespace assay::serve
