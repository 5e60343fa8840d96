#include "contract/odcs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Lines 1 to 6 of every contract here; the text under test begins in line 7.
constexpr const char* kHead =
    "apiVersion: v3.1.0\nkind: DataContract\nid: flights-1\nversion: 1.0.0\nstatus: active\n"
    "name: Flights\n";

struct OdcsRead {
  std::optional<Contract> contract;
  std::vector<std::string> lines;
};

OdcsRead ReadWhole(const std::string& text) {
  Diagnostics diagnostics;
  OdcsRead read;
  read.contract = ParseContract("c.yaml", text, SampleKinds(), diagnostics);
  read.lines = Lines(diagnostics);
  return read;
}

OdcsRead ReadContract(const std::string& text) { return ReadWhole(kHead + text); }

// A contract with these properties; they begin in line 10.
OdcsRead ReadColumns(const std::string& properties) {
  return ReadContract("schema:\n  - name: flights\n    properties:\n" + properties);
}

// `NAME: KIND PARAMS`
std::vector<std::string> Checks(const OdcsRead& read) {
  std::vector<std::string> texts;
  if (!read.contract) return {"refused"};
  for (const CheckDecl& check : read.contract->checks) {
    texts.push_back(check.name + ": " + check.kind + " " + check.params.dump());
  }
  return texts;
}

TEST(Odcs, ReadsItsHeadAndColumns) {
  const OdcsRead read = ReadColumns(
      "      - name: delay\n        logicalType: integer\n        physicalType: INTEGER\n"
      "        required: true\n        description: Minutes\n"
      "      - {name: id, primaryKey: true, unique: true}\n");
  EXPECT_THAT(read.lines, IsEmpty());
  ASSERT_TRUE(read.contract);
  EXPECT_EQ(read.contract->file, "c.yaml");
  EXPECT_EQ(read.contract->id, "flights-1");
  EXPECT_EQ(read.contract->version, "1.0.0");
  EXPECT_EQ(read.contract->status, "active");
  EXPECT_EQ(read.contract->object, "flights");
  ASSERT_EQ(read.contract->columns.size(), 2U);
  const ContractColumn& delay = read.contract->columns[0];
  EXPECT_EQ(delay.name, "delay");
  EXPECT_EQ(delay.logical_type, "integer");
  EXPECT_EQ(delay.physical_type, "INTEGER");
  EXPECT_TRUE(delay.required);
  EXPECT_EQ(delay.description, "Minutes");
  EXPECT_EQ(PlaceText(delay.place), "c.yaml:10:15");
  EXPECT_TRUE(read.contract->columns[1].primary_key);
  EXPECT_TRUE(read.contract->columns[1].unique);
}

TEST(Odcs, TurnsColumnsIntoChecksInTheOrderOfTheFile) {
  const OdcsRead read = ReadColumns(
      "      - name: b\n        logicalType: string\n        required: true\n        unique: true\n"
      "        logicalTypeOptions: {minLength: 2, maxLength: 3, pattern: '^[A-Z]+$'}\n"
      "        quality: [{metric: duplicateValues, mustBeLessThan: 5}]\n"
      "      - {name: a, physicalType: date}\n");
  EXPECT_THAT(read.lines, IsEmpty());
  EXPECT_THAT(Checks(read), ElementsAre(R"(type_b: type {"column":"b","is":"string"})",
                                        R"(not_null_b: not_null {"column":"b"})",
                                        R"(unique_b: unique {"columns":["b"]})",
                                        R"(pattern_b: pattern {"column":"b","regex":"(?s).{2,3}"})",
                                        R"(pattern_b_2: pattern {"column":"b","regex":"^[A-Z]+$"})",
                                        R"(unique_b_2: unique {"columns":["b"]})",
                                        R"(type_a: type {"column":"a","is":"date"})"));
  EXPECT_EQ(PlaceText(read.contract->checks[1].place), "c.yaml:12:19");
  EXPECT_EQ(PlaceText(read.contract->checks[3].place), "c.yaml:14:41");
  EXPECT_EQ(PlaceText(read.contract->checks[4].place), "c.yaml:14:67");
}

TEST(Odcs, TurnsThePrimaryKeyIntoOneCheck) {
  EXPECT_THAT(Checks(ReadColumns("      - {name: a, primaryKey: true, primaryKeyPosition: 2}\n"
                                 "      - {name: b, primaryKey: true, primaryKeyPosition: 1}\n")),
              ElementsAre(R"(not_null_a: not_null {"column":"a"})",
                          R"(not_null_b: not_null {"column":"b"})",
                          R"(unique_b_a: unique {"columns":["b","a"]})"));
  EXPECT_THAT(
      Checks(ReadColumns("      - {name: a, primaryKey: true, required: true, unique: true}\n"
                         "      - {name: b, primaryKey: false}\n")),
      ElementsAre(R"(not_null_a: not_null {"column":"a"})",
                  R"(unique_a: unique {"columns":["a"]})"));
}

TEST(Odcs, TurnsOptionsIntoRanges) {
  EXPECT_THAT(
      Checks(ReadColumns(
          "      - {name: a, logicalType: integer, logicalTypeOptions: {minimum: -60, maximum: "
          "600, format: i64}}\n"
          "      - {name: b, logicalType: number, logicalTypeOptions: {exclusiveMinimum: 0.5}}\n"
          "      - {name: c, logicalType: date, logicalTypeOptions: {exclusiveMaximum: "
          "2001-07-01}}\n"
          "      - {name: d, logicalType: string, logicalTypeOptions: {minLength: 1}}\n")),
      ElementsAre(R"(type_a: type {"column":"a","is":"integer"})",
                  R"(range_a: range {"column":"a","max":"600","min":"-60"})",
                  R"(type_b: type {"column":"b","is":"number"})",
                  R"(range_b: range {"above":"0.5","column":"b"})",
                  R"(type_c: type {"column":"c","is":"date"})",
                  R"(range_c: range {"below":"2001-07-01","column":"c"})",
                  R"(type_d: type {"column":"d","is":"string"})",
                  R"(pattern_d: pattern {"column":"d","regex":"(?s).{1,}"})"));
}

TEST(Odcs, ReportsMistakesInOptions) {
  EXPECT_THAT(
      ReadColumns(
          "      - {name: a, logicalTypeOptions: {minimum: 1}}\n"
          "      - {name: b, logicalType: string, logicalTypeOptions: {minimum: 1, maxLenght: 1}}\n"
          "      - {name: c, logicalType: integer, logicalTypeOptions: {minimum: low}}\n"
          "      - {name: d, logicalType: date, logicalTypeOptions: {minimum: 01.02.2001}}\n"
          "      - {name: e, logicalType: string, logicalTypeOptions: {minLength: 3, maxLength: "
          "2}}\n"
          "      - {name: f, logicalType: string, logicalTypeOptions: {minLength: -1}}\n"
          "      - {name: g, logicalType: text, logicalTypeOptions: {minLength: 1}}\n")
          .lines,
      ElementsAre(
          "c.yaml:10:39: error: logicalTypeOptions without a logicalType (add `logicalType:` to "
          "the "
          "property)",
          "c.yaml:11:61: error: unknown key: minimum (minimum is an option of: date, timestamp, "
          "time, integer, number)",
          "c.yaml:11:73: error: unknown key: maxLenght (did you mean maxLength?)",
          "c.yaml:12:71: error: minimum: not a number: low (write 10, 0.5 or 1e6)",
          "c.yaml:13:68: error: minimum: not a date or timestamp: 01.02.2001 (write 2001-05-01 or "
          "2001-05-01T09:00:00Z)",
          "c.yaml:14:72: error: minLength is above maxLength",
          "c.yaml:15:72: error: minLength is below zero",
          "c.yaml:16:32: error: logicalType must be one of string, date, timestamp, time, number, "
          "integer, boolean, object, array, found: text (write one of: string, date, timestamp, "
          "time, number, integer, boolean, object, array)"));
}

TEST(Odcs, WarnsOfWhatItDoesNotCheck) {
  const std::string hint = " (write a rule of type sql, or a check in the gate)";
  const OdcsRead read = ReadColumns(
      "      - {name: a, logicalType: integer, logicalTypeOptions: {multipleOf: 2}}\n"
      "      - {name: b, logicalType: array, logicalTypeOptions: {minItems: 1, uniqueItems: "
      "true}}\n"
      "      - {name: c, logicalType: object, properties: [{name: d, quality: [{type: text}]}]}\n"
      "      - {name: e, logicalType: string, logicalTypeOptions: {maxLength: 20001}}\n");
  EXPECT_TRUE(read.contract);
  EXPECT_THAT(read.lines,
              ElementsAre("c.yaml:10:62: warning: not checked here: multipleOf" + hint,
                          "c.yaml:11:60: warning: not checked here: minItems" + hint,
                          "c.yaml:11:73: warning: not checked here: uniqueItems" + hint,
                          "c.yaml:12:63: warning: not checked here: rules inside a column, quality "
                          "(check the outer column, or a step's output that has the field)",
                          "c.yaml:13:72: warning: not checked here: maxLength above 20000"));
}

TEST(Odcs, ReportsMistakesInColumns) {
  EXPECT_THAT(
      ReadColumns("      - {name: a, requierd: true}\n      - {physicalType: int}\n"
                  "      - {name: a, required: yes}\n      - b\n")
          .lines,
      ElementsAre("c.yaml:10:19: error: unknown key: requierd (did you mean required?)",
                  "c.yaml:11:9: error: missing key: name (write `name: COLUMN`)",
                  "c.yaml:12:16: error: two columns have one name: a (the other stands at "
                  "c.yaml:10:16)",
                  "c.yaml:12:29: error: required must be true or false, found: yes (write true or "
                  "false)",
                  "c.yaml:13:9: error: property must be a mapping, found text (write `key: value` "
                  "lines under it)"));
}

TEST(Odcs, NeedsItsHead) {
  EXPECT_THAT(ReadWhole("schema: [{name: a}]\n").lines,
              ElementsAre("c.yaml:1:1: error: missing key: apiVersion (write `apiVersion: v3.1.0`)",
                          "c.yaml:1:1: error: missing key: kind (write `kind: DataContract`)",
                          "c.yaml:1:1: error: missing key: id (the standard asks for it)",
                          "c.yaml:1:1: error: missing key: version (the standard asks for it)",
                          "c.yaml:1:1: error: missing key: status (the standard asks for it)"));
}

TEST(Odcs, ReadsVersionsOfTheStandard) {
  const auto lines = [](const std::string& version) {
    return ReadWhole("apiVersion: " + version +
                     "\nkind: DataContract\nid: a\nversion: 1\nstatus: x\nschema: [{name: a}]\n")
        .lines;
  };
  for (const char* version : {"v3.0.0", "v3.0.2", "v3.1.0", "v3.1.7"}) {
    EXPECT_THAT(lines(version), IsEmpty()) << version;
  }
  for (const char* version : {"v2.2.2", "v3.2.0", "3.1.0", "v3.1.", "v3.1.x"}) {
    EXPECT_THAT(lines(version),
                ElementsAre("c.yaml:1:13: error: unknown version of the contract standard: " +
                            std::string(version) +
                            " (v3.0.x and v3.1.x are read; write `apiVersion: v3.1.0`)"));
  }
}

TEST(Odcs, ReportsMistakesAtTheTop) {
  EXPECT_THAT(ReadContract("shema: []\nschema: [{name: a, propertys: []}]\n").lines,
              ElementsAre("c.yaml:7:1: error: unknown key: shema (did you mean schema?)",
                          "c.yaml:8:20: error: unknown key: propertys (did you mean properties?)"));
  EXPECT_THAT(
      ReadWhole("- a\n").lines,
      ElementsAre("c.yaml:1:1: error: contract must be a mapping, found a list (write `key: "
                  "value` lines under it)"));
  EXPECT_THAT(ReadWhole("kind: Data\napiVersion: v3.1.0\nid: a\nversion: 1\nstatus: a\nschema: "
                        "[{name: a}]\n")
                  .lines,
              ElementsAre("c.yaml:1:7: error: kind must be one of DataContract, found: Data (write "
                          "one of: DataContract)"));
}

TEST(Odcs, ReadsExactlyOneObject) {
  const std::string hint = " (write `schema:` with one object: `- name: NAME`, `properties: …`)";
  EXPECT_THAT(ReadContract("").lines,
              ElementsAre("c.yaml:1:1: error: contract has no schema object" + hint));
  EXPECT_THAT(ReadContract("schema: []\n").lines,
              ElementsAre("c.yaml:7:1: error: contract has no schema object" + hint));
  EXPECT_THAT(ReadContract("schema: {name: a}\n").lines,
              ElementsAre("c.yaml:7:9: error: schema must be a list, found a mapping" + hint));
  EXPECT_THAT(ReadContract("schema:\n  - name: a\n  - name: b\n    nmae: c\n").lines,
              ElementsAre("c.yaml:9:5: error: contract has 2 schema objects: a, b (one is read for "
                          "now; write a contract for each)",
                          "c.yaml:10:5: error: unknown key: nmae (did you mean name?)"));
}

TEST(Odcs, ChecksTheKeysOfSectionsWithoutEffect) {
  EXPECT_THAT(
      ReadContract(
          "schema: [{name: a}]\nservers: [{server: a, type: local, path: x, fromat: csv}]\n"
          "support: {}\nroles: [{access: read}]\ntags: [a, [b]]\n"
          "slaProperties: [{property: latency, value: 4, unti: d}]\n"
          "price: {priceAmount: 1, currency: USD}\ncustomProperties: [{property: a}]\n"
          "description: {anything: goes}\ntenant: x\n")
          .lines,
      ElementsAre(
          "c.yaml:8:45: error: unknown key: fromat (did you mean format?)",
          "c.yaml:9:10: error: support must be a list, found a mapping (write `- ` lines "
          "under it)",
          "c.yaml:10:9: error: missing key: role (each item of roles has one)",
          "c.yaml:11:11: error: a tag must be text, found a list",
          "c.yaml:12:47: error: unknown key: unti (did you mean unit?)",
          "c.yaml:13:25: error: unknown key: currency (known here: id, priceAmount, "
          "priceCurrency, priceUnit)",
          "c.yaml:14:20: error: missing key: value (each item of customProperties has one)"));
}

std::string OwnerOf(const std::string& team) {
  const OdcsRead read = ReadContract("schema: [{name: a}]\nteam: " + team);
  EXPECT_THAT(read.lines, IsEmpty());
  return read.contract ? OwnerText(read.contract->owner) : "refused";
}

TEST(Odcs, ChoosesTheOwnerFromTheTeam) {
  EXPECT_EQ(OwnerOf("[{username: ana}, {username: bo@x.org, name: Bo, role: Owner}]\n"),
            "Bo <bo@x.org>")
      << "the list form of v3.0";
  EXPECT_EQ(OwnerOf("{name: Flights, members: [{username: ana}, {username: bo}]}\n"), "ana");
  EXPECT_EQ(OwnerOf("{members: [{username: a@x.org}]}\n"), "a@x.org");
  EXPECT_EQ(OwnerOf("{name: Flights}\n"), "Flights");
  EXPECT_EQ(OwnerOf("[{username: ana, role: owner, dateOut: 2020-01-01}, {username: bo}]\n"), "bo")
      << "who left answers for nothing";
  EXPECT_EQ(OwnerOf("[{username: ana, role: owner, dateOut: 2020-01-01}]\n"), "ana");
}

TEST(Odcs, ReportsMistakesInTheTeam) {
  EXPECT_THAT(
      ReadContract("schema: [{name: a}]\nteam: {memebers: [], members: [{name: Ana}]}\n").lines,
      ElementsAre("c.yaml:8:8: error: unknown key: memebers (did you mean members?)",
                  "c.yaml:8:32: error: missing key: username (write `username: NAME`)"));
  EXPECT_THAT(ReadContract("schema: [{name: a}]\nteam: Ana\n").lines,
              ElementsAre("c.yaml:8:7: error: team must be a list of members, found text (write "
                          "`team: {name: NAME, members: [{username: NAME, role: owner}]}`)"));
}

TEST(Odcs, CountsOnlyItsOwnErrors) {
  Diagnostics diagnostics;
  diagnostics.Error(Place{"other.yaml", 1, 1}, "wrong");
  EXPECT_TRUE(ParseContract("c.yaml", std::string(kHead) + "schema: [{name: a}]\n", SampleKinds(),
                            diagnostics));
}

TEST(Odcs, SaysWhenTheProgramLacksACheck) {
  KindTables kinds = SampleKinds();
  std::erase_if(kinds.checks, [](const KindInfo& kind) { return kind.name == "not_null"; });
  Diagnostics diagnostics;
  EXPECT_FALSE(ParseContract(
      "c.yaml",
      std::string(kHead) + "schema: [{name: a, properties: [{name: x, required: true}]}]\n", kinds,
      diagnostics));
  EXPECT_THAT(Lines(diagnostics),
              ElementsAre("c.yaml:7:53: error: rule needs a check that this program does not have: "
                          "not_null (checks: unique, type, range, accepted, pattern, row_count, "
                          "share, rule, aggregate, query)"));
}

}  // namespace
}  // namespace assay::contract
