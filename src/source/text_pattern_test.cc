#include "source/text_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::source {
namespace {

using testing::ElementsAre;

TextPattern Compiled(const std::string& expression) {
  auto pattern = TextPattern::Compile(expression);
  EXPECT_TRUE(pattern.ok()) << pattern.error().message;
  return *std::move(pattern);
}

// `a|b`, groups that took no part as `-`; `no` where it is not found.
std::string CapturedText(const std::string& expression, std::string_view text) {
  const TextPattern pattern = Compiled(expression);
  std::vector<std::optional<std::string_view>> values = {"left from before"};
  const bool is_found = pattern.Capture(text, values);
  EXPECT_EQ(is_found, pattern.IsFoundIn(text));
  if (!is_found) return "no";
  EXPECT_EQ(values.size(), pattern.names().size());
  std::string shown;
  for (std::size_t i = 0; i < values.size(); ++i) {
    shown += (i == 0 ? "" : "|") + std::string(values[i].value_or("-"));
  }
  return shown;
}

TEST(TextPattern, NamedGroupsAreCapturedAndOthersAreNot) {
  const std::string expression = "([a-z]+) (?P<number>[0-9]+)(?: (?<unit>km|m))?(x)?";
  EXPECT_THAT(Compiled(expression).names(), ElementsAre("number", "unit"));
  EXPECT_EQ(CapturedText(expression, "say about 12 km"), "12|km");
  EXPECT_EQ(CapturedText(expression, "about 12"), "12|-");
  EXPECT_EQ(CapturedText(expression, "about x"), "no");
  EXPECT_EQ(CapturedText("(?P<a>x*)", "y"), "");
  EXPECT_EQ(CapturedText("^(?P<a>.)$", "\xc3\xa9"), "\xc3\xa9");
  EXPECT_EQ(CapturedText("^(?P<a>.*)$", "one\ntwo"), "no");
  EXPECT_EQ(CapturedText("(?s)^(?P<a>.*)$", "one\ntwo"), "one\ntwo");
  EXPECT_EQ(CapturedText("(?m)^(?P<a>t.*)$", "one\ntwo"), "two");
}

TEST(TextPattern, AnExpressionWithoutNamesCapturesNothing) {
  EXPECT_TRUE(Compiled("(a)").names().empty());
  EXPECT_EQ(CapturedText("(a)", "a"), "");
  EXPECT_EQ(CapturedText("(a)", "b"), "no");
}

// What stands in a class, behind a backslash or in a literal text is no group.
TEST(TextPattern, TheCommonFormOfNamesIsUnderstood) {
  for (const auto& [common, ours] : std::vector<std::pair<std::string, std::string>>{
           {"(?<a>x)(?P<b>y)", "(?P<a>x)(?P<b>y)"},
           {"((?<a>x))", "((?P<a>x))"},
           {"[(?<a>](?<b>x)", "[(?<a>](?P<b>x)"},
           {"[](?<a>](?<b>x)", "[](?<a>](?P<b>x)"},
           {"[^](?<a>](?<b>x)", "[^](?<a>](?P<b>x)"},
           {"[[:alpha:](?<a>](?<b>x)", "[[:alpha:](?<a>](?P<b>x)"},
           {"[\\](?<a>](?<b>x)", "[\\](?<a>](?P<b>x)"},
           {"\\(?<a>\\((?<b>x)", "\\(?<a>\\((?P<b>x)"},
           {"\\Q(?<a>\\E(?<b>x)", "\\Q(?<a>\\E(?P<b>x)"},
           {"\\Q(?<a>x", "\\Q(?<a>x"},
           {"(?<=a)b", "(?<=a)b"},
           {"(?<!a)b", "(?<!a)b"},
           {"(?<", "(?<"},
           {"[", "["},
           {"\\", "\\"},
           {"", ""}}) {
    EXPECT_EQ(WithNamedGroupsOfRe2(common), ours) << common;
  }
}

TEST(TextPattern, WhatIsNoExpressionIsRefusedWithTheReason) {
  for (const auto& [expression, reason] : std::vector<std::pair<std::string, std::string>>{
           {"(?P<a>x", "missing ): (?P<a>x"},
           {"x)", "unexpected ): x)"},
           {"[a", "missing ]: [a"},
           {"a**", "bad repetition operator: **"},
           {"(?P<a>x)(?P<a>y)", "duplicate capture group name: a"},
           {"(?P<a b>x)", "invalid named capture group: (?P<a b>"},
           {"(a)\\1", "invalid escape sequence: \\1"},
           {"(?<=a)b", "invalid perl operator: (?<"},
           {"a(?=b)", "invalid perl operator: (?="},
           {"a{100000}", "invalid repetition size: {100000}"}}) {
    const auto pattern = TextPattern::Compile(expression);
    ASSERT_FALSE(pattern.ok()) << expression;
    EXPECT_EQ(pattern.error().code, ErrorCode::kUser);
    EXPECT_EQ(pattern.error().message, "not a regular expression: " + reason);
    EXPECT_THAT(pattern.error().hint, testing::HasSubstr("RE2"));
  }
}

// As Python's re.findall, which gives the one group or the whole: checked by hand against it.
TEST(TextPattern, AllPlacesAreFound) {
  EXPECT_THAT(Compiled("(?m)^[A-Z] (.*)$").FindAll("\nA one\nB two\nx\nC "),
              ElementsAre("one", "two", ""));
  EXPECT_THAT(Compiled("[0-9]+").FindAll("1, 22,333"), ElementsAre("1", "22", "333"));
  EXPECT_THAT(Compiled("([a-z])([0-9])").FindAll("a1b2"), ElementsAre("a", "b"));
  EXPECT_THAT(Compiled("x*").FindAll("axxb"), ElementsAre("", "xx", "", ""));
  EXPECT_THAT(Compiled("x*").FindAll("\xc3\xa9"), ElementsAre("", ""));
  EXPECT_THAT(Compiled("^a").FindAll("aaa"), ElementsAre("a"));
  EXPECT_THAT(Compiled("a(b)?").FindAll("aab"), ElementsAre("", "b"));
  EXPECT_THAT(Compiled("x").FindAll("abc"), ElementsAre());
  EXPECT_THAT(Compiled("x").FindAll(""), ElementsAre());
}

// An expression that takes a backtracking reader exponential time.
TEST(TextPattern, NoExpressionTakesExponentialTime) {
  const std::string text = std::string(5000, 'a') + "b";
  EXPECT_FALSE(Compiled("^(a+)+$").IsFoundIn(text));
  EXPECT_EQ(CapturedText("^(?P<a>(a|aa)+)$", text), "no");
}

}  // namespace
}  // namespace assay::source
