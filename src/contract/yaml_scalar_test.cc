#include "contract/yaml_scalar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "contract/test_diagnostics.h"
#include "contract/utf8.h"
#include "contract/yaml.h"

namespace assay::contract {
namespace {

const std::vector<std::string>& OddTexts() {
  static const std::vector<std::string> kTexts = {"a b",        "yes",
                                                  "No",         "null",
                                                  "Null",       "~",
                                                  "none",       "y",
                                                  "true",       "1",
                                                  "1.10",       "1e5",
                                                  "0x1F",       "2001-01-01",
                                                  ".5",         ".inf",
                                                  ".nan",       "- a",
                                                  "-",          "-a",
                                                  "? a",        ": a",
                                                  "a: b",       "a:",
                                                  "a #b",       "#a",
                                                  "*a",         "&a",
                                                  "!a",         "%a",
                                                  "@a",         "`a`",
                                                  "[a]",        "{a: b}",
                                                  "a, b",       "|",
                                                  ">",          "'a'",
                                                  "\"a\"",      "a\"b",
                                                  "a\\b",       "\\",
                                                  "a\nb",       "\n",
                                                  "a\r\nb",     "\ta",
                                                  "a\t",        " a",
                                                  "a ",         "<<",
                                                  "=",          "größe",
                                                  "日本",       "🚲",
                                                  "\x01",       "a\x7f",
                                                  "\u0085",     "\u00a0",
                                                  "\u2028",     "\ufeff",
                                                  "\ufffe",     "---",
                                                  "...",        "${HOME}",
                                                  "$${",        "$$$${a}",
                                                  "100%",       "drop table x; --",
                                                  "o'clock",    "data/a[1]*.csv",
                                                  "../a/b.csv", "./a",
                                                  "/a b/c",     "..",
                                                  ".",          "a.b",
                                                  "A*",         ""};
  return kTexts;
}

// The value that stands behind a key, between brackets, as a key, and in a list.
void ExpectComesBack(const std::string& text) {
  const std::string scalar = YamlScalar(text);
  const std::string yaml = "value: " + scalar + "  # a comment\nflow: {" + scalar + ": [" + scalar +
                           ", " + scalar + "]}\nlist:\n  - " + scalar + "\nkeys:\n  " + scalar +
                           ": 1\n";
  Diagnostics diagnostics;
  const auto root = ParseYaml("f.yaml", yaml, diagnostics);
  ASSERT_TRUE(root.has_value()) << yaml << diagnostics.Render();
  const auto is_text = [&](const YamlNode& node) { return node.is_scalar() && node.text == text; };
  EXPECT_TRUE(is_text(*root->Find("value"))) << yaml;
  const YamlNode* flow = root->Find("flow");
  ASSERT_EQ(flow->entries.size(), 1U) << yaml;
  EXPECT_EQ(flow->entries[0].key, text) << yaml;
  ASSERT_EQ(flow->entries[0].value.items.size(), 2U) << yaml;
  EXPECT_TRUE(is_text(flow->entries[0].value.items[1])) << yaml;
  ASSERT_EQ(root->Find("list")->items.size(), 1U) << yaml;
  EXPECT_TRUE(is_text(root->Find("list")->items[0])) << yaml;
  ASSERT_EQ(root->Find("keys")->entries.size(), 1U) << yaml;
  EXPECT_EQ(root->Find("keys")->entries[0].key, text) << yaml;
}

TEST(YamlScalar, ComesBackAsItWas) {
  for (const std::string& text : OddTexts()) ExpectComesBack(text);
}

TEST(YamlScalar, ComesBackWhateverTheTextIs) {
  std::mt19937 random(5);
  const std::vector<std::string> pieces = {
      "a",    "B",   "1",  "0",  " ",  "  ",     ":",      ": ",   "#",    " #",   "-",  "- ",
      "\"",   "'",   "\\", "\n", "\r", "\t",     ",",      "[",    "]",    "{",    "}",  "$",
      "${",   "*",   "&",  "!",  "|",  ">",      "%",      "@",    "~",    "?",    ".",  "/",
      "null", "yes", "é",  "日", "🚲",  "\u0085", "\u2028", "\x01", "\x1f", "\x7f", "<<", "="};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const auto length = 1 + random() % 6;
    for (std::size_t i = 0; i < length; ++i) text += pieces[random() % pieces.size()];
    ExpectComesBack(text);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(YamlScalar, QuotesOnlyWhereAReaderCouldMistakeIt) {
  for (const char* plain :
       {"rides", "data/rides-*.csv", "../here/b.csv", "late arrivals", "a_b-c+d"}) {
    EXPECT_EQ(YamlScalar(plain), plain);
  }
  EXPECT_EQ(YamlScalar("no"), "\"no\"");
  EXPECT_EQ(YamlScalar("2001"), "\"2001\"");
  EXPECT_EQ(YamlScalar("naïve \"Größe\"\n"), "\"naïve \\\"Größe\\\"\\n\"");
}

// A kind whose parameter is a list of columns reads them as a project does: with the environment.
TEST(ProjectScalar, IsNoVariableOfTheEnvironment) {
  for (const std::string& text : OddTexts()) {
    if (Trim(text).empty()) continue;  // no value of a project
    const ReadProject read = ReadText(
        "sources:\n  s: {files: a.csv}\nsteps:\n  t: {kind: every, value: " + ProjectScalar(text) +
        "}\n");
    ASSERT_TRUE(read.project.has_value())
        << ProjectScalar(text) << testing::PrintToString(read.lines);
    EXPECT_EQ(read.project->steps.at(0).params.at("value"), text);
  }
}

TEST(CommentText, StaysOnOneLine) {
  EXPECT_EQ(CommentText("a\r\nb\x01\u2028#"), "a  b  #");
  EXPECT_EQ(CommentText("größe größe", 6), "größe …");
  EXPECT_EQ(CommentText("größe", 5), "größe");
}

}  // namespace
}  // namespace assay::contract
