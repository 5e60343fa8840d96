#include "source/key_pattern.h"

#include <gtest/gtest.h>

namespace assay::source {
namespace {

bool Match(const std::string& pattern, const std::string& key) {
  const auto parsed = KeyPattern::Parse(pattern);
  return parsed.ok() && parsed->Matches(key);
}

TEST(KeyPattern, MatchesWithinOneName) {
  EXPECT_TRUE(Match("a/*.csv", "a/b.csv"));
  EXPECT_TRUE(Match("a/*.csv", "a/.csv") == false) << "a point at the beginning is written";
  EXPECT_FALSE(Match("a/*.csv", "a/b/c.csv"));
  EXPECT_FALSE(Match("a/*.csv", "a/b.csv.gz"));
  EXPECT_TRUE(Match("a/*/c-?.csv", "a/b/c-1.csv"));
  EXPECT_FALSE(Match("a/*/c-?.csv", "a/b/c-12.csv"));
  EXPECT_TRUE(Match("[ab]/[!0-9].csv", "b/x.csv"));
  EXPECT_FALSE(Match("[ab]/[!0-9].csv", "b/7.csv"));
}

TEST(KeyPattern, ReadsBraces) {
  EXPECT_TRUE(Match("{a,b/c}/x{1,2}.csv", "b/c/x2.csv"));
  EXPECT_FALSE(Match("{a,b/c}/x{1,2}.csv", "b/c/x3.csv"));
  EXPECT_TRUE(Match("{a,{b,c}d}", "cd"));
  EXPECT_TRUE(Match("a{,-old}.csv", "a.csv"));
  EXPECT_TRUE(Match("a{}b", "a{}b"));
  EXPECT_TRUE(Match("a{b", "a{b"));
  EXPECT_TRUE(Match("\\{a,b\\}", "{a,b}"));
  EXPECT_FALSE(Match("\\{a,b\\}", "a"));
  EXPECT_TRUE(Match("{a\\,b,c}", "a,b"));
}

TEST(KeyPattern, RefusesTooManyTexts) {
  std::string pattern;
  for (int i = 0; i < 12; ++i) pattern += "{a,b}";
  const auto parsed = KeyPattern::Parse(pattern);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, ErrorCode::kUser);
  EXPECT_FALSE(parsed.error().hint.empty());
}

TEST(KeyPattern, KnowsWhatToListFor) {
  EXPECT_EQ(KeyPattern::Parse("a/b-*.csv")->prefix(), "a/b-");
  EXPECT_TRUE(KeyPattern::Parse("a/b-*.csv")->is_flat());
  EXPECT_FALSE(KeyPattern::Parse("a/*/b.csv")->is_flat());
  EXPECT_FALSE(KeyPattern::Parse("a{/b,}.csv")->is_flat());
  EXPECT_EQ(KeyPattern::Parse("a\\*b{c,d}")->prefix(), "a*b");
  EXPECT_EQ(KeyPattern::Parse("*")->prefix(), "");
}

TEST(KeyPattern, MatchesNoKeyWithZeroBytes) { EXPECT_FALSE(Match("a*", std::string("a\0b", 3))); }

TEST(EscapedKey, IsAPatternOfTheKeyAlone) {
  for (const std::string key : {"a*b", "a?b[c]{d,e}\\f", "plain", "{}"}) {
    EXPECT_TRUE(Match(EscapedKey(key), key)) << key;
    EXPECT_EQ(KeyOfPlainPattern(EscapedKey(key)), key);
    EXPECT_EQ(KeyPattern::Parse(EscapedKey(key))->prefix(), key);
  }
  EXPECT_FALSE(Match(EscapedKey("a*b"), "axb"));
}

}  // namespace
}  // namespace assay::source
