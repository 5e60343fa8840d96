#include "contract/value_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Param Of(ParamType type) {
  Param param;
  param.name = "x";
  param.type = type;
  param.choices = {"whole", "key"};
  return param;
}

struct ValueRead {
  std::string json;  // empty when refused
  std::vector<std::string> lines;
};

// Reads `x: YAML` as a parameter of this type.
ValueRead ReadAs(ParamType type, const std::string& yaml) {
  Diagnostics diagnostics;
  const std::optional<YamlNode> root = ParseYaml("a.yaml", "x: " + yaml, diagnostics);
  if (!root) return ValueRead{"", Lines(diagnostics)};
  static const std::map<std::string, std::string> kFiles = {
      {"a.sql", "\xef\xbb\xbfSELECT 1"},
      {"blank.sql", " \n"},
      {"latin1.sql", "caf\xe9"},
      {"labels.yaml", "no: [NO, 'No ']\nyes: 1\n"}};
  MapFiles texts(kFiles);
  ValueReader values(diagnostics, &texts, true);
  TextPlaces text_places;
  const std::optional<Json> value = values.Value(Of(type), *root->Find("x"), text_places);
  return ValueRead{value ? value->dump() : "", Lines(diagnostics)};
}

std::string Value(ParamType type, const std::string& yaml) {
  const ValueRead read = ReadAs(type, yaml);
  EXPECT_THAT(read.lines, IsEmpty()) << yaml;
  return read.json;
}

std::string Wrong(ParamType type, const std::string& yaml) {
  const ValueRead read = ReadAs(type, yaml);
  EXPECT_EQ(read.json, "") << yaml;
  EXPECT_EQ(read.lines.size(), 1U) << yaml;
  return read.lines.empty() ? "" : read.lines[0];
}

TEST(ValueReader, TakesTextAsItIsWritten) {
  EXPECT_EQ(Value(ParamType::kString, "no"), R"("no")");
  EXPECT_EQ(Value(ParamType::kString, "1.10"), R"("1.10")");
  EXPECT_EQ(Value(ParamType::kString, "true"), R"("true")");
  EXPECT_EQ(Value(ParamType::kColumn, "'Ünï'"), R"("Ünï")");
  EXPECT_EQ(Value(ParamType::kPath, "data/*.csv"), R"("data/*.csv")");
  EXPECT_EQ(Wrong(ParamType::kString, "[a]"), "a.yaml:1:4: error: x must be text, found a list");
  EXPECT_EQ(Wrong(ParamType::kString, "{a: 1}"),
            "a.yaml:1:4: error: x must be text, found a mapping");
  EXPECT_EQ(Wrong(ParamType::kString, "null"),
            "a.yaml:1:4: error: x must be text, found nothing (quote it if the word is meant)");
  EXPECT_EQ(Value(ParamType::kString, "' '"), R"(" ")");  // a delimiter, say
  EXPECT_EQ(Wrong(ParamType::kColumn, "' '"),
            "a.yaml:1:4: error: x is empty (write a value or remove the key)");
}

TEST(ValueReader, ReadsNumbers) {
  EXPECT_EQ(Value(ParamType::kInteger, "-12"), "-12");
  EXPECT_EQ(Value(ParamType::kInteger, "'12'"), "12");
  EXPECT_EQ(Value(ParamType::kNumber, "0.50"), R"("0.50")");
  EXPECT_EQ(Wrong(ParamType::kInteger, "1.5"),
            "a.yaml:1:4: error: x: not a whole number: 1.5 (write digits alone, such as 100)");
  EXPECT_EQ(Wrong(ParamType::kInteger, "9007199254740992"),
            "a.yaml:1:4: error: x: number is too large: 9007199254740992 (the largest is "
            "9007199254740991)");
  EXPECT_EQ(Wrong(ParamType::kNumber, "1,5"),
            "a.yaml:1:4: error: x: not a number: 1,5 (write 10, 0.5 or 1e6)");
}

TEST(ValueReader, ReadsTruth) {
  EXPECT_EQ(Value(ParamType::kBool, "true"), "true");
  EXPECT_EQ(Value(ParamType::kBool, "False"), "false");
  EXPECT_EQ(Wrong(ParamType::kBool, "no"),
            "a.yaml:1:4: error: x must be true or false, found: no (write true or false)");
}

TEST(ValueReader, ReadsLists) {
  EXPECT_EQ(Value(ParamType::kColumns, "a"), R"(["a"])");
  EXPECT_EQ(Value(ParamType::kColumns, "[a, no]"), R"(["a","no"])");
  EXPECT_EQ(Value(ParamType::kPaths, "[a*.csv, b]"), R"(["a*.csv","b"])");
  EXPECT_EQ(Value(ParamType::kNames, "[a, B_2]"), R"(["a","B_2"])");
  EXPECT_EQ(Wrong(ParamType::kColumns, "[]"),
            "a.yaml:1:4: error: x is an empty list (write at least one item)");
  EXPECT_EQ(Wrong(ParamType::kColumns, "[a, b, a]"),
            "a.yaml:1:11: error: x names one thing twice: a (name it once)");
  EXPECT_EQ(Wrong(ParamType::kColumns, "[a, null]"),
            "a.yaml:1:8: error: x must be text, found nothing (quote it if the word is meant)");
  EXPECT_EQ(Wrong(ParamType::kNames, "a"),
            "a.yaml:1:4: error: x must be a list of names, found text (write [a, b])");
  EXPECT_EQ(Wrong(ParamType::kNames, "[a, b c]"),
            "a.yaml:1:8: error: x holds what is no name: b c (use letters, digits and _, a letter "
            "first)");
}

TEST(ValueReader, ReadsNodeOutputs) {
  EXPECT_EQ(Value(ParamType::kInput, "checked.refused"), R"("checked.refused")");
  EXPECT_EQ(Value(ParamType::kInputs, "a"), R"(["a"])");
  EXPECT_EQ(Value(ParamType::kInputs, "[a, b.c]"), R"(["a","b.c"])");
  const std::string hint =
      " (write the name of a source, step or gate, or an output such as gate.refused)";
  EXPECT_EQ(Wrong(ParamType::kInput, "Flights"),
            "a.yaml:1:4: error: x is not the name of a node: Flights" + hint);
  EXPECT_EQ(Wrong(ParamType::kInputs, "[a, b.c.d]"),
            "a.yaml:1:8: error: x is not the name of a node: b.c.d" + hint);
}

TEST(ValueReader, ReadsScalarsWithoutGuessing) {
  EXPECT_EQ(Value(ParamType::kScalar, "true"), R"("true")");
  EXPECT_EQ(Value(ParamType::kScalar, "'true'"), R"("true")");
  EXPECT_EQ(Value(ParamType::kScalar, "no"), R"("no")");
  EXPECT_EQ(Value(ParamType::kScalar, "010"), R"("010")");
  EXPECT_EQ(Value(ParamType::kScalar, "''"), R"("")");
  EXPECT_EQ(Value(ParamType::kScalars, "[NO, 1, false, '']"), R"(["NO","1","false",""])");
  EXPECT_EQ(Wrong(ParamType::kScalars, "[a, null]"),
            "a.yaml:1:8: error: x must be a single value, found nothing (write '' for an empty "
            "text, 'null' for the word)");
  EXPECT_EQ(Wrong(ParamType::kScalar, "[a]"),
            "a.yaml:1:4: error: x must be a single value, found a list");
  EXPECT_EQ(Wrong(ParamType::kScalars, "a"),
            "a.yaml:1:4: error: x must be a list, found text (write [a, b])");
  EXPECT_EQ(Wrong(ParamType::kScalars, "[]"),
            "a.yaml:1:4: error: x is an empty list (write at least one item)");
}

TEST(ValueReader, ReadsTimesAndShares) {
  EXPECT_EQ(Value(ParamType::kTime, "2001-05-01 10:00"), R"("2001-05-01T10:00:00")");
  EXPECT_EQ(Value(ParamType::kShare, "12.5 %"), "125000");
  EXPECT_EQ(Wrong(ParamType::kTime, "2001-02-30"),
            "a.yaml:1:4: error: x: not a date or timestamp: 2001-02-30 (write 2001-05-01 or "
            "2001-05-01T09:00:00Z)");
  EXPECT_EQ(Wrong(ParamType::kShare, "0.8"),
            "a.yaml:1:4: error: x: not a percentage: 0.8 (write 80 %)");
}

TEST(ValueReader, ReadsRanges) {
  EXPECT_EQ(Value(ParamType::kRange, "[10 %, 30 %]"), R"(["10 %","30 %"])");
  EXPECT_EQ(Value(ParamType::kRange, "[null, 1.5]"), R"(["","1.5"])");
  EXPECT_EQ(Value(ParamType::kRange, "[-1, null]"), R"(["-1",""])");
  EXPECT_EQ(Value(ParamType::kRange, "[1, 1.0]"), R"(["1","1.0"])");
  const std::string hint = " (write [10 %, 30 %] or [0, 100]; null leaves a side open)";
  const std::string list = "a.yaml:1:4: error: x must be a list of two numbers or percentages";
  EXPECT_EQ(Wrong(ParamType::kRange, "10"), list + hint);
  EXPECT_EQ(Wrong(ParamType::kRange, "[1, 2, 3]"), list + hint);
  EXPECT_EQ(Wrong(ParamType::kRange, "[1, x]"),
            "a.yaml:1:8: error: x holds what is no number: x" + hint);
  EXPECT_EQ(Wrong(ParamType::kRange, "[null, null]"),
            "a.yaml:1:4: error: x is open on both sides" + hint);
  EXPECT_EQ(Wrong(ParamType::kRange, "[1, 30 %]"),
            "a.yaml:1:4: error: x mixes a number and a percentage" + hint);
  EXPECT_EQ(
      Wrong(ParamType::kRange, "[10 %, 9 %]"),
      "a.yaml:1:4: error: x has its lower side above the upper: 10 %, 9 % (write [9 %, 10 %])");
}

TEST(ValueReader, ReadsChoicesAndMappings) {
  EXPECT_EQ(Value(ParamType::kChoice, "whole"), R"("whole")");
  EXPECT_EQ(Wrong(ParamType::kChoice, "hole"),
            "a.yaml:1:4: error: x must be one of whole, key, found: hole (did you mean whole?)");
  EXPECT_EQ(Wrong(ParamType::kChoice, "everything"),
            "a.yaml:1:4: error: x must be one of whole, key, found: everything (write one of: "
            "whole, key)");
  EXPECT_EQ(Value(ParamType::kMapping, "{day: date, n: 1}"), R"([["day","date"],["n","1"]])");
  EXPECT_EQ(Value(ParamType::kMapping, "{tür: a}"), R"([["tür","a"]])");
  EXPECT_EQ(Wrong(ParamType::kMapping, "[a]"),
            "a.yaml:1:4: error: x must be a mapping of names to text, found a list (write {NAME: "
            "TEXT})");
  EXPECT_EQ(Wrong(ParamType::kMapping, "{a: [1]}"),
            "a.yaml:1:8: error: a must be text, found a list");
}

TEST(ValueReader, ReadsTypesOfCells) {
  EXPECT_EQ(Value(ParamType::kCellTypes, "{day: date, n: 1}"), R"([["day","date"],["n","1"]])")
      << "as a mapping";
  EXPECT_EQ(
      Value(ParamType::kCellTypes,
            "{a: {type: 'decimal(9,2)', read: key, nulls: [M, '']}, b: {read: whole, decimal: "
            "',', thousands: ' '}, c: {type: date, format: '%Y'}, d: {type: date}}"),
      R"x([["a","decimal(9,2)",{"nulls":["M",""],"read":"key"}],)x"
      R"(["b","",{"decimal":",","read":"whole","thousands":" "}],)"
      R"(["c","date",{"format":"%Y"}],["d","date"]])");
  EXPECT_EQ(
      Wrong(ParamType::kCellTypes, "[a]"),
      "a.yaml:1:4: error: x must be a mapping of columns to types, found a list (write {NAME: "
      "TYPE})");
  EXPECT_THAT(Wrong(ParamType::kCellTypes, "{a: {read: hole}}"),
              HasSubstr("read must be one of whole, key, found: hole"));
  EXPECT_EQ(Wrong(ParamType::kCellTypes, "{a: {nulls: M}}"),
            "a.yaml:1:16: error: nulls must be a list, found text (write [a, b])");
  EXPECT_EQ(Wrong(ParamType::kCellTypes, "{a: [1]}"),
            "a.yaml:1:8: error: a must be text, found a list");
  EXPECT_THAT(ReadAs(ParamType::kCellTypes, "{a: {tpye: date}}").lines,
              ElementsAre(HasSubstr("tpye")));
}

TEST(ValueReader, ReadsExpressions) {
  EXPECT_EQ(Value(ParamType::kExpression, "delay > ${x}"), R"("delay > ${x}")") << "taken as it is";
  EXPECT_EQ(Wrong(ParamType::kExpression, "[a]"),
            "a.yaml:1:4: error: x must be an SQL expression, found a list (write it in quotes, "
            "such as \"distance > 0\")");
  EXPECT_EQ(Value(ParamType::kExpressions, "{late: delay > 15, 'ö b': 1}"),
            R"([["late","delay > 15"],["ö b","1"]])");
  const std::string form = " (write {NAME: EXPRESSION})";
  EXPECT_EQ(
      Wrong(ParamType::kExpressions, "{}"),
      "a.yaml:1:4: error: x must be a mapping of names to SQL expressions, found an empty one" +
          form);
  EXPECT_EQ(Wrong(ParamType::kExpressions, "{a: ''}"),
            "a.yaml:1:8: error: a is empty (write an SQL expression)");
  Diagnostics diagnostics;
  const auto root = ParseYaml("a.yaml", "x:\n  late: delay > 15\n", diagnostics);
  ValueReader values(diagnostics, nullptr, true);
  TextPlaces places;
  ASSERT_TRUE(values.Value(Of(ParamType::kExpressions), *root->Find("x"), places));
  EXPECT_EQ(PlaceText(places.at("x.late")), "a.yaml:2:9");
}

TEST(ValueReader, ReadsTaxonomies) {
  const std::string labels = R"([["no","no"],["yes","yes"],["NO","no"],["No ","no"],["1","yes"]])";
  EXPECT_EQ(Value(ParamType::kTaxonomy, "{no: [NO, 'No '], yes: 1}"), labels);
  EXPECT_EQ(Value(ParamType::kTaxonomy, "{file: labels.yaml}"), labels);
  EXPECT_EQ(Value(ParamType::kTaxonomy, "{spam: null}"), R"([["spam","spam"]])");
  EXPECT_EQ(Wrong(ParamType::kTaxonomy, "{no: [x], yes: [x]}"),
            "a.yaml:1:20: error: one spelling of two labels: x (it is also one of no)");
  EXPECT_EQ(Wrong(ParamType::kTaxonomy, "{no: [yes], yes: }"),
            "a.yaml:1:10: error: one spelling of two labels: yes (it is also one of yes)");
  EXPECT_EQ(Wrong(ParamType::kTaxonomy, "{file: labls.yaml}"),
            "a.yaml:1:11: error: no such file: labls.yaml (did you mean labels.yaml?)");
  EXPECT_EQ(Wrong(ParamType::kTaxonomy, "[a]"),
            "a.yaml:1:4: error: x must be a mapping of labels to their spellings, found a list "
            "(write {LABEL: [SPELLING, …], LABEL: null}, or {file: PATH} of such)");
}

TEST(ValueReader, ASecretIsNeverKept) {
  setenv("ASSAY_TEST_SECRET", "hush", 1);
  unsetenv("ASSAY_TEST_UNSET");
  EXPECT_EQ(Value(ParamType::kSecret, "'${ASSAY_TEST_SECRET}'"),
            "[\"ASSAY_TEST_SECRET\",\"" + SecretMark("hush") + "\"]");
  EXPECT_NE(SecretMark("hush"), SecretMark("hush "));
  EXPECT_EQ(Wrong(ParamType::kSecret, "hush"),
            "a.yaml:1:4: error: x is a secret, so it does not stand here itself (write `${NAME}`, "
            "the name of an environment variable)");
  EXPECT_EQ(Wrong(ParamType::kSecret, "'${ASSAY_TEST_UNSET}'"),
            "a.yaml:1:4: error: environment variable is not set: ASSAY_TEST_UNSET (set it to the "
            "secret that x is)");
}

TEST(ValueReader, ReadsTextsFromFiles) {
  EXPECT_EQ(Value(ParamType::kText, "SELECT 1"), R"("SELECT 1")");
  EXPECT_EQ(Value(ParamType::kText, "{file: a.sql}"), R"("SELECT 1")");
  EXPECT_EQ(Wrong(ParamType::kText, "{file: b.sql}"),
            "a.yaml:1:11: error: no such file: b.sql (did you mean a.sql?)");
  EXPECT_THAT(ReadAs(ParamType::kText, "{fiel: a.sql}").lines,
              ElementsAre("a.yaml:1:4: error: missing key: file (write {file: PATH})",
                          "a.yaml:1:5: error: unknown key: fiel (did you mean file?)"));
  EXPECT_EQ(Wrong(ParamType::kText, "{file: blank.sql}"),
            "a.yaml:1:11: error: file is empty: blank.sql");
  EXPECT_EQ(Wrong(ParamType::kText, "{file: latin1.sql}"),
            "latin1.sql:1:4: error: text is no UTF-8 (save the file as UTF-8)");
  EXPECT_EQ(Wrong(ParamType::kText, "[a]"),
            "a.yaml:1:4: error: x must be text or {file: PATH}, found a list");
  EXPECT_EQ(Wrong(ParamType::kText, "''"),
            "a.yaml:1:4: error: x is empty (write a text or {file: PATH})");
}

TEST(ValueReader, ReadsTheEnvironment) {
  setenv("ASSAY_TEST_FOLDER", "data", 1);
  setenv("ASSAY_TEST_LATIN1", "caf\xe9", 1);
  unsetenv("ASSAY_TEST_UNSET");
  EXPECT_EQ(Value(ParamType::kPath, "${ASSAY_TEST_FOLDER}/x.csv"), R"("data/x.csv")");
  EXPECT_EQ(Value(ParamType::kPath, "a$b$${c}"), R"("a$b${c}")");
  EXPECT_EQ(Value(ParamType::kText, "SELECT '${ASSAY_TEST_FOLDER}'"),
            R"("SELECT '${ASSAY_TEST_FOLDER}'")")
      << "a text is taken as it is";
  EXPECT_EQ(
      Wrong(ParamType::kPath, "'ab/${ASSAY_TEST_UNSET}'"),
      "a.yaml:1:8: error: environment variable is not set: ASSAY_TEST_UNSET (set it, or write "
      "`$${` for the characters `${` themselves)");
  const std::string form =
      " error: `${` without the name of an environment variable and `}` (write `$${` for the "
      "characters themselves)";
  EXPECT_EQ(Wrong(ParamType::kPath, "a${1}"), "a.yaml:1:5:" + form);
  EXPECT_EQ(Wrong(ParamType::kPath, "${A"), "a.yaml:1:4:" + form);
  EXPECT_EQ(Wrong(ParamType::kPath, "${ASSAY_TEST_LATIN1}"),
            "a.yaml:1:4: error: environment variable is no UTF-8: ASSAY_TEST_LATIN1");
}

TEST(ValueReader, ReadsOwners) {
  const auto lines = [](const std::string& yaml) {
    Diagnostics diagnostics;
    const auto root = ParseYaml("a.yaml", "owner: " + yaml, diagnostics);
    ValueReader values(diagnostics, nullptr, false);
    values.ReadOwner(*root->Find("owner"));
    return Lines(diagnostics);
  };
  EXPECT_THAT(lines("{name: Ana, email: a@x.org}"), IsEmpty());
  EXPECT_THAT(lines("Ana"),
              ElementsAre("a.yaml:1:8: error: owner must be a mapping, found text (write `owner: "
                          "{name: NAME, email: EMAIL}`)"));
  EXPECT_THAT(lines("{}"), ElementsAre("a.yaml:1:8: error: owner is empty (write `owner: {name: "
                                       "NAME, email: EMAIL}`)"));
  EXPECT_THAT(lines("{email: Ana}"),
              ElementsAre("a.yaml:1:16: error: not an email address: Ana (write NAME@HOST, or only "
                          "`name`)"));
  EXPECT_THAT(lines("{name: Ana, mail: x}"),
              ElementsAre("a.yaml:1:20: error: unknown key: mail (did you mean email?)"));
}

TEST(ValueReader, ForbidsFilesWhereATextStandsAlone) {
  Diagnostics diagnostics;
  const auto root = ParseYaml("c.yaml", "x: {file: a.sql}", diagnostics);
  ValueReader values(diagnostics, nullptr, false);
  TextPlace place;
  EXPECT_EQ(values.LongText(*root->Find("x"), "sql", place), std::nullopt);
  EXPECT_THAT(Lines(diagnostics),
              ElementsAre("c.yaml:1:4: error: sql must be text, found a mapping (write the text "
                          "here; a contract stands alone)"));
}

TEST(ValueReader, SaysTheFormOfEveryType) {
  for (int type = 0; type <= static_cast<int>(ParamType::kSecret); ++type) {
    EXPECT_NE(ParamForm(Of(static_cast<ParamType>(type))), "");
  }
  EXPECT_THAT(ParamForm(Of(ParamType::kChoice)), HasSubstr("whole, key"));
}

}  // namespace
}  // namespace assay::contract
