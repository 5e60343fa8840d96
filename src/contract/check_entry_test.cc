#include "contract/check_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct EntryRead {
  std::vector<CheckDecl> checks;
  std::vector<std::string> lines;
};

EntryRead ReadChecks(const std::string& yaml, const std::vector<CheckDecl>& before = {}) {
  KindTables kinds = SampleKinds();
  kinds.checks.push_back(SampleKind("alone", {}));
  Diagnostics diagnostics;
  ValueReader values(diagnostics, nullptr, false);
  std::vector<CheckDraft> drafts;
  if (const auto root = ParseYaml("a.yaml", yaml, diagnostics)) {
    for (const YamlNode& item : root->items) {
      auto draft = ReadCheckEntry(item, kinds, values);
      if (draft) drafts.push_back(*std::move(draft));
    }
  }
  EntryRead read;
  read.checks = NameChecks(std::move(drafts), before, kinds, diagnostics);
  read.lines = Lines(diagnostics);
  return read;
}

std::vector<std::string> Names(const std::vector<CheckDecl>& checks) {
  std::vector<std::string> names;
  names.reserve(checks.size());
  for (const CheckDecl& check : checks) names.push_back(check.name);
  return names;
}

TEST(CheckEntry, ReadsTheSubjectBehindTheKind) {
  const EntryRead read = ReadChecks("- {share: late, of: true, between: [10 %, 30 %]}\n");
  EXPECT_THAT(read.lines, IsEmpty());
  ASSERT_EQ(read.checks.size(), 1U);
  EXPECT_EQ(read.checks[0].kind, "share");
  EXPECT_EQ(read.checks[0].name, "share_late");
  EXPECT_EQ(read.checks[0].params.dump(),
            R"({"between":["10 %","30 %"],"column":"late","of":"true"})");
  EXPECT_EQ(PlaceText(read.checks[0].place), "a.yaml:1:4");
}

TEST(CheckEntry, ReadsTheKeysThatEveryCheckHas) {
  const EntryRead read = ReadChecks(
      "- range: delay\n  min: -60\n  name: sane\n  dimension: validity\n  severity: warning\n"
      "  warn_above: 1 row\n  fail_above: 1 %\n  owner: {name: Ana}\n");
  EXPECT_THAT(read.lines, IsEmpty());
  const CheckDecl& check = read.checks.at(0);
  EXPECT_EQ(check.name, "sane");
  EXPECT_EQ(check.dimension, "validity");
  EXPECT_EQ(check.severity, CheckSeverity::kWarning);
  EXPECT_EQ(check.warn_above->amount, 1);
  EXPECT_TRUE(check.fail_above->is_share);
  EXPECT_EQ(check.owner->name, "Ana");
  EXPECT_EQ(check.bound, std::nullopt);
}

TEST(CheckEntry, DerivesNamesThatAreUnique) {
  CheckDecl known;
  known.kind = "not_null";
  known.name = "not_null_x";
  CheckDecl rule;
  rule.kind = "rule";
  rule.name = "my_rule";
  const EntryRead read = ReadChecks(
      "- not_null: x\n- not_null: x\n- unique: [a, b]\n- rule: a > 1\n- {rule: b > 1, name: "
      "named}\n"
      "- rule: c > 1\n- row_count: [1, null]\n- {not_null: y, name: not_null_z}\n- not_null: z\n"
      "- alone:\n",
      {known, rule});
  EXPECT_THAT(read.lines, IsEmpty());
  EXPECT_THAT(Names(read.checks),
              ElementsAre("not_null_x_2", "not_null_x_3", "unique_a_b", "rule_2", "named", "rule_4",
                          "row_count_1", "not_null_z", "not_null_z_2", "alone"));
}

TEST(CheckEntry, RefusesTwoChecksOfOneName) {
  CheckDecl known;
  known.name = "sane";
  known.place = Place{"c.yaml", 7, 3};
  const EntryRead read = ReadChecks(
      "- {rule: a > 1, name: one}\n- {rule: b > 1, name: one}\n"
      "- {rule: c > 1, name: sane}\n",
      {known});
  EXPECT_THAT(read.lines,
              ElementsAre("a.yaml:2:23: error: two checks have one name: one (the other stands at "
                          "a.yaml:1:23)",
                          "a.yaml:3:23: error: two checks have one name: sane (the other stands at "
                          "c.yaml:7:3)"));
}

TEST(CheckEntry, SaysWhatIsWrong) {
  const EntryRead read = ReadChecks(
      "- not_null\n- {}\n- {shar: late}\n- {flights: late}\n- {min: 1, range: delay}\n"
      "- {range: delay, mni: 1}\n- {share: late, of: true}\n- {range: [a]}\n- {range: }\n"
      "- {range: a, severity: info}\n- {alone: 1}\n- {range: a, fail_above: 0.001}\n"
      "- {range: a, warn_above: 10, fail_above: 5}\n");
  EXPECT_THAT(
      read.lines,
      ElementsAre(
          "a.yaml:1:3: error: a check must be a mapping, found text (write {KIND: COLUMN, …}, for "
          "example {not_null: id})",
          "a.yaml:2:3: error: a check must be a mapping, found an empty one (write {KIND: COLUMN, "
          "…}, for example {not_null: id})",
          "a.yaml:3:4: error: unknown check: shar (did you mean share?)",
          "a.yaml:4:4: error: unknown check: flights (checks: not_null, unique, type, range, "
          "accepted, pattern, row_count, share, rule, aggregate, query, alone)",
          "a.yaml:5:4: error: a check begins with its kind, found: min (write `range` first)",
          "a.yaml:6:18: error: unknown key: mni (did you mean min?)",
          "a.yaml:7:4: error: missing key: between (between is two numbers such as [0, 100] or [10 "
          "%, 30 %]: the between)",
          "a.yaml:8:11: error: column must be text, found a list",
          "a.yaml:9:4: error: key has no value: range (range is a column: the column)",
          "a.yaml:10:24: error: severity must be one of error, warning, found: info (write one of: "
          "error, warning)",
          "a.yaml:11:11: error: check takes no value of its own: alone (write `alone:`)",
          "a.yaml:12:26: error: fail_above: a threshold needs a unit: 0.001 (write 0.1 % or a "
          "number of rows)",
          "a.yaml:13:26: warning: warn_above is never reached: fail_above lies below it at 5 "
          "(raise "
          "fail_above above 10, or remove warn_above)"));
}

TEST(CheckEntry, WarnsOnlyOfThresholdsThatCompare) {
  const auto warns = [](const std::string& warn, const std::string& fail) {
    Diagnostics diagnostics;
    WarnOfOrder(*ParseThreshold(warn), *ParseThreshold(fail), Place{}, diagnostics);
    return !diagnostics.all().empty();
  };
  EXPECT_TRUE(warns("2 %", "1 %"));
  EXPECT_TRUE(warns("1 %", "0"));
  EXPECT_TRUE(warns("10", "0"));
  EXPECT_FALSE(warns("1 %", "1 %"));
  EXPECT_FALSE(warns("10", "1 %"));
  EXPECT_FALSE(warns("0", "0 %"));
}

}  // namespace
}  // namespace assay::contract
