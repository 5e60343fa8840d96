#include "contract/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<std::string> Refused(const std::string& text) {
  Diagnostics diagnostics;
  EXPECT_EQ(ParseYaml("a.yaml", text, diagnostics), std::nullopt) << text;
  return Lines(diagnostics);
}

YamlNode Parsed(const std::string& text) {
  Diagnostics diagnostics;
  std::optional<YamlNode> node = ParseYaml("a.yaml", text, diagnostics);
  EXPECT_THAT(Lines(diagnostics), IsEmpty());
  return node.value_or(YamlNode{});
}

TEST(Yaml, KeepsScalarsAsTheyWereWritten) {
  const YamlNode root = Parsed("a: no\nb: 1.10\nc: 'true'\nd: ~\ne:\nf: \"x\\ty\"\n");
  EXPECT_EQ(root.Find("a")->text, "no");
  EXPECT_FALSE(root.Find("a")->quoted);
  EXPECT_EQ(root.Find("b")->text, "1.10");
  EXPECT_TRUE(root.Find("c")->quoted);
  EXPECT_TRUE(root.Find("d")->is_null());
  EXPECT_TRUE(root.Find("e")->is_null());
  EXPECT_EQ(root.Find("f")->text, "x\ty");
  EXPECT_EQ(root.Find("g"), nullptr);
}

TEST(Yaml, KnowsThePlaceOfKeysAndValues) {
  const YamlNode root = Parsed("é: \"ü\"\nlist:\n  - {a: [1, x]}\nempty:\nlast: 1\n");
  EXPECT_EQ(PlaceText(root.place), "a.yaml:1:1");
  EXPECT_EQ(PlaceText(root.entries[0].key_place), "a.yaml:1:1");
  EXPECT_EQ(PlaceText(root.entries[0].value.place), "a.yaml:1:4");
  EXPECT_EQ(PlaceText(root.entries[0].value.text_place), "a.yaml:1:5");
  const YamlNode& item = root.Find("list")->items[0];
  EXPECT_EQ(PlaceText(item.place), "a.yaml:3:5");
  EXPECT_EQ(PlaceText(item.Find("a")->items[1].place), "a.yaml:3:13");
  EXPECT_EQ(PlaceText(root.Find("empty")->place), "a.yaml:4:1");
}

TEST(Yaml, KnowsWhereABlockTextBegins) {
  const YamlNode root =
      Parsed("a:\n  sql: |\n    SELECT\n      1\n  b: >-\n\n     x\n  c: |2\n      y\n");
  const YamlNode* a = root.Find("a");
  EXPECT_EQ(a->Find("sql")->text, "SELECT\n  1\n");
  EXPECT_EQ(PlaceText(a->Find("sql")->text_place), "a.yaml:3:5");
  EXPECT_EQ(PlaceText(a->Find("b")->text_place), "a.yaml:6:6");
  EXPECT_EQ(PlaceText(a->Find("c")->text_place), "a.yaml:9:5");
}

TEST(Yaml, ReadsAKeyWithoutAValueInBraces) {
  EXPECT_TRUE(Parsed("a: {b}\n").Find("a")->Find("b")->is_null());
}

TEST(Yaml, ReadsAnEmptyFileAndWindowsLineBreaks) {
  EXPECT_TRUE(Parsed("").is_null());
  EXPECT_TRUE(Parsed("# only a comment\n").is_null());
  const YamlNode root = Parsed(
      "\xef\xbb\xbf"
      "a: 1\r\nb: |\r\n  x\r\n  y\r\n");
  EXPECT_EQ(root.Find("b")->text, "x\ny\n");
  EXPECT_EQ(PlaceText(root.entries[0].key_place), "a.yaml:1:1");
}

TEST(Yaml, RefusesDuplicateKeysWithBothPlaces) {
  EXPECT_THAT(Refused("a: 1\nb: {c: 1, d: 2, c: 3}\na: 2\n"),
              ElementsAre("a.yaml:2:17: error: duplicate key: c (it stands at a.yaml:2:5 already)",
                          "a.yaml:3:1: error: duplicate key: a (it stands at a.yaml:1:1 already)"));
}

TEST(Yaml, RefusesTabsAsIndentation) {
  EXPECT_THAT(
      Refused("a:\n\tb: 1\n  c:\n  \t- 1\n"),
      ElementsAre("a.yaml:2:1: error: tabs cannot indent YAML (use spaces, two for each level)",
                  "a.yaml:4:3: error: tabs cannot indent YAML (use spaces, two for each level)"));
}

TEST(Yaml, LetsTabsBeInsideABlockText) {
  const YamlNode root = Parsed("a:\n  - sql: |  # why\n      SELECT\n      \t1\nc: d\nb: x\ty\n");
  EXPECT_EQ(root.Find("a")->items[0].Find("sql")->text, "SELECT\n\t1\n");
  EXPECT_EQ(Parsed("- |\n a\n \tb\n").items[0].text, "a\n\tb\n");
}

TEST(Yaml, RefusesABlockTextThatTabsIndent) {
  EXPECT_THAT(Refused("sql: |\n  SELECT\n\t\n  1\n"),
              ElementsAre("a.yaml:3:1: error: tabs cannot indent YAML (use spaces, two for each "
                          "level; remove a tab from an empty line)"));
  EXPECT_THAT(Refused("sql: |\n\tSELECT 1\n"),
              ElementsAre(StartsWith("a.yaml:2:1: error: tabs cannot indent YAML")));
}

TEST(Yaml, RefusesAnchorsAliasesMergeKeysAndTags) {
  const std::string anchor = "anchors and aliases are not read here";
  EXPECT_THAT(Refused("x: &a 1\ny: *a\n"),
              ElementsAre("a.yaml:1:4: error: " + anchor + " (write the value out)"));
  EXPECT_THAT(Refused("x: *a\n"), ElementsAre("a.yaml:1:4: error: " + anchor +
                                              " (quote a text that begins with `*` or `&`)"));
  EXPECT_THAT(
      Refused("<<: {a: 1}\n"),
      ElementsAre("a.yaml:1:1: error: merge keys are not read here: << (write the keys out)"));
  const std::string tag = "error: YAML tags are not read here (remove the tag, quote what is text)";
  EXPECT_THAT(Refused("a: !!str 1\n"), ElementsAre("a.yaml:1:4: " + tag));
  EXPECT_THAT(Refused("a: ! 1\n"), ElementsAre("a.yaml:1:4: " + tag));
  EXPECT_THAT(Refused("a: !x {b: 1}\n"), ElementsAre("a.yaml:1:4: " + tag));
}

TEST(Yaml, RefusesSeveralDocuments) {
  EXPECT_THAT(
      Refused("---\na: 1\n---\nb: 2\n"),
      ElementsAre("a.yaml:3:1: error: a second YAML document begins here (keep one document "
                  "in a file)"));
  EXPECT_THAT(Refused("- a\nb: 1\n"),
              ElementsAre("a.yaml:2:1: error: line does not belong to what stands above it (check "
                          "the indentation: a file is one mapping)"));
}

TEST(Yaml, RefusesKeysThatAreNoText) {
  EXPECT_THAT(Refused("? [a]\n: 1\n"),
              ElementsAre("a.yaml:1:3: error: a key must be text (quote it)"));
  EXPECT_THAT(Refused(": 1\n"),
              ElementsAre("a.yaml:1:1: error: a key is missing before the colon (write `key: "
                          "value`)"));
}

TEST(Yaml, RefusesWhatIsNoText) {
  EXPECT_THAT(Refused("a: 1\nb: é\xff\n"),
              ElementsAre("a.yaml:2:5: error: text is no UTF-8 (save the file as UTF-8)"));
  EXPECT_THAT(Refused("a: 1\nb: \x04\n"),
              ElementsAre("a.yaml:2:4: error: text holds a control character with code: 4 (remove "
                          "it; it cannot be seen in most editors)"));
  EXPECT_THAT(Refused("a: \"x\\0y\"\n"),
              ElementsAre("a.yaml:1:4: error: text holds the character with code 0 (remove the "
                          "`\\0`)"));
  EXPECT_THAT(Refused("a: \"\\ud800\"\n"),
              ElementsAre("a.yaml:1:11: error: unknown escape in a \"quoted\" text (write the "
                          "character itself)"));
}

TEST(Yaml, RefusesWhatIsTooLargeOrTooDeep) {
  EXPECT_THAT(
      Refused("a: " + std::string(kMaxTextBytes, 'x')),
      ElementsAre("a.yaml: error: file is larger than 4 MB (only files that people write are "
                  "read here)"));
  EXPECT_THAT(Refused(std::string(101, '-').replace(0, 101,
                                                    [] {
                                                      std::string text;
                                                      for (int i = 0; i < 101; ++i) text += "- ";
                                                      return text + "x";
                                                    }())),
              ElementsAre("a.yaml:1:201: error: nested deeper than 100 levels"));
  std::string many = "[";
  for (int i = 0; i < 100'001; ++i) many += "1,";
  EXPECT_THAT(Refused(many + "]"),
              ElementsAre("a.yaml:1:200002: error: file holds more than 100,000 values"));
}

struct WrongYaml {
  std::string text;
  std::string line;
};

TEST(Yaml, SaysWhatIsWrongInPlainWords) {
  const std::vector<WrongYaml> mistakes = {
      {"a: b: c\n",
       "a.yaml:1:5: error: a mapping cannot begin here (quote a value that holds `: `; check the "
       "indentation and the colon above)"},
      {"a:\n  - b\n c: d\n",
       "a.yaml:3:2: error: line does not fit the mapping it stands in (begin all keys of a mapping "
       "in the same column, and quote odd values)"},
      {"a: [1, 2\n",
       "a.yaml:1:4: error: `[` is not closed (close it with `]`; quote text that holds any of { } "
       "[ ] ,)"},
      {"a: {b: ${N}}\n",
       "a.yaml:1:9: error: `{` is not closed (close it with `}`; quote text that holds any of { } "
       "[ ] ,)"},
      {"a: ]\n",
       "a.yaml:1:4: error: a bracket is closed that was not opened (remove it, or quote the text "
       "it "
       "belongs to)"},
      {"a: @x\n", "a.yaml:1:4: error: a value cannot begin with this character (quote the value)"},
      {"a: {b: \"x}\nc: 1\n",
       "a.yaml:1:8: error: quoted text is not closed (close it with the quote it began with)"},
      {"a: {\"b\": [\"ä\", 'it''s}\nc: 1\n",
       "a.yaml:1:16: error: quoted text is not closed (close it with the quote it began with)"},
      {"a: [1\nb: the 'n\n",
       "a.yaml:1:4: error: `[` is not closed (close it with `]`; quote text that holds any of { } "
       "[ ] ,)"},
      {"a: \"x",
       "a.yaml:1:4: error: quoted text is not closed (close it with the quote it began with)"},
      {"a: 'it''s\nb: 'x'\n",
       "a.yaml:2:5: error: line does not fit the mapping it stands in (begin all keys of a mapping "
       "in the same column, and quote odd values)"},
      {"a: 'it''s\n",
       "a.yaml:1:4: error: quoted text is not closed (close it with the quote it began with)"},
      {"a: 1\nb: \"x \\\" \nc: 2\nd: 3\n",
       "a.yaml:2:4: error: quoted text is not closed (close it with the quote it began with)"},
      {"a: \"^\\d+$\"\n",
       "a.yaml:1:8: error: unknown escape in a \"quoted\" text (use 'single quotes', in which a "
       "backslash is a backslash)"},
      {"a: - b\n",
       "a.yaml:1:4: error: a list cannot begin here (put it on a line of its own, or write [a, "
       "b])"},
      {"a:\n  - 1\nb c\n",
       "a.yaml:3:1: error: line has no colon: b c (write `key: value`, or indent a text that goes "
       "on)"},
      {"a: 1\nb c\nd: 2\n",
       "a.yaml:3:2: error: a mapping cannot begin here (quote a value that holds `: `; check the "
       "indentation and the colon above)"},
      {"a: |x\n",
       "a.yaml:1:5: error: not YAML: unexpected character in block scalar (quote odd values, and "
       "check the indentation)"},
  };
  for (const WrongYaml& mistake : mistakes) {
    EXPECT_THAT(Refused(mistake.text), ElementsAre(mistake.line)) << mistake.text;
  }
}

TEST(Yaml, PlacesEmbeddedTextInItsFile) {
  Diagnostics diagnostics;
  const auto node = ParseEmbeddedYaml(Place{"a.yaml", 10, 5}, "x: 1\ny: [2]\n", diagnostics);
  ASSERT_TRUE(node);
  EXPECT_EQ(PlaceText(node->entries[1].key_place), "a.yaml:11:5");
  EXPECT_EQ(PlaceText(node->Find("y")->items[0].place), "a.yaml:11:9");
  EXPECT_EQ(ParseEmbeddedYaml(Place{"a.yaml", 10, 5}, "x: 1\ny: [2\n", diagnostics), std::nullopt);
  EXPECT_THAT(Lines(diagnostics), ElementsAre(HasSubstr("a.yaml:11:8: error: `[` is not closed")));
}

}  // namespace
}  // namespace assay::contract
