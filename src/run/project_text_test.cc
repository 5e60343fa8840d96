#include "run/project_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "contract/project.h"
#include "contract/utf8.h"
#include "run/kinds.h"

namespace assay::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

SeenColumn SeenColumnOf(const std::string& name, TypeKind kind,
                        std::vector<std::pair<std::string, std::int64_t>> values,
                        std::int64_t nulls = 0) {
  SeenColumn column;
  column.name = name;
  column.type.kind = kind;
  column.profile.name = name;
  column.profile.nulls = nulls;
  column.profile.rows = nulls;
  for (const auto& [value, rows] : values) {
    column.profile.rows += rows;
    column.profile.top.push_back({{value, false}, rows});
  }
  column.profile.distinct = static_cast<std::int64_t>(values.size());
  if (!values.empty()) {
    column.profile.min = stats::ShownValue{values.front().first, false};
    column.profile.max = stats::ShownValue{values.back().first, false};
  }
  return column;
}

// As many values as that, each in one row.
std::vector<std::pair<std::string, std::int64_t>> Different(const std::string& start, int number) {
  std::vector<std::pair<std::string, std::int64_t>> values;
  for (int i = 10; i < 10 + number; ++i) values.emplace_back(start + std::to_string(i), 1);
  return values;
}

SeenSource RidesSeen() {
  SeenSource source;
  source.name = "rides";
  source.kind = "csv";
  source.patterns = {"data/rides.csv"};
  source.rows = 20;
  source.key = {"ride"};
  source.columns = {
      SeenColumnOf("ride", TypeKind::kInt64, Different("", 20)),
      SeenColumnOf("station", TypeKind::kString, {{"north", 12}, {"no", 8}}),
      SeenColumnOf("minutes", TypeKind::kInt64, {{"-3", 9}, {"52", 9}}, 2),
      SeenColumnOf("member", TypeKind::kBool, {{"true", 15}, {"false", 5}}),
  };
  return source;
}

contract::Project ProjectOf(const NewProject& made) {
  contract::Diagnostics diagnostics;
  auto project = contract::ParseProject(made.files, AllKinds(), diagnostics);
  EXPECT_TRUE(project.has_value()) << diagnostics.Render();
  EXPECT_TRUE(diagnostics.all().empty()) << diagnostics.Render();
  return project.value_or(contract::Project{});
}

std::vector<std::string> CheckKinds(const contract::Gate& gate) {
  std::vector<std::string> kinds;
  kinds.reserve(gate.checks.size());
  for (const contract::CheckDecl& check : gate.checks) {
    kinds.push_back(check.kind + " " +
                    check.params.value("column", check.params.contains("columns")
                                                     ? check.params["columns"].dump()
                                                     : std::string()));
  }
  return kinds;
}

TEST(ProjectText, AsksForWhatIsSeldomTrueByChance) {
  const auto made = WriteProject("bikes", {{RidesSeen()}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  const contract::Project project = ProjectOf(*made);
  EXPECT_EQ(project.name, "bikes");
  ASSERT_EQ(project.gates.size(), 1U);
  EXPECT_THAT(CheckKinds(project.gates[0]),
              ElementsAre("type ride", "not_null ride", "unique [\"ride\"]", "type station",
                          "not_null station", "accepted station", "type minutes", "type member",
                          "not_null member"));
  EXPECT_EQ(project.gates[0].checks[5].params["values"].dump(), R"(["no","north"])");
  const contract::Dataset& dataset = project.datasets.at(0);
  EXPECT_THAT(dataset.key, ElementsAre("ride"));
  EXPECT_EQ(dataset.label, "");
  EXPECT_EQ(dataset.split_kind, "hash");
  EXPECT_EQ(made->sources.at(0).label, "member");
  EXPECT_THAT(made->files.at("assay.yaml"), HasSubstr("# label: member"));
  EXPECT_THAT(made->files.at("contracts/rides.odcs.yaml"),
              HasSubstr("# logicalTypeOptions: {minimum: -3, maximum: 52}"));
}

TEST(ProjectText, AKeyOfTwoColumnsIsUniqueTogether) {
  SeenSource source = RidesSeen();
  source.key = {"station", "ride"};
  const auto made = WriteProject("bikes", {{source}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  const contract::Project project = ProjectOf(*made);
  EXPECT_THAT(CheckKinds(project.gates[0]), testing::Contains("unique [\"station\",\"ride\"]"));
  EXPECT_THAT(project.datasets.at(0).key, ElementsAre("station", "ride"));
}

TEST(ProjectText, WithoutAKeyTheSplitGoesByTheColumnsWithMostValues) {
  SeenSource source = RidesSeen();
  source.key.clear();
  source.repeated = 3;
  const auto made = WriteProject("bikes", {{source}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  const contract::Project project = ProjectOf(*made);
  EXPECT_TRUE(project.datasets.at(0).key.empty());
  EXPECT_EQ(project.datasets[0].split_params["hash"].size(), 4U);
  EXPECT_THAT(made->files.at("assay.yaml"),
              HasSubstr("rides_once: {kind: dedup, input: rides, rows: whole}"));
}

TEST(ProjectText, TooFewRowsAreNotSplit) {
  SeenSource source = RidesSeen();
  source.columns[0] = SeenColumnOf("ride", TypeKind::kInt64, Different("", 9));
  source.rows = 9;
  const auto made = WriteProject("bikes", {{source}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(ProjectOf(*made).datasets.at(0).split_kind, "");
  EXPECT_THAT(made->files.at("assay.yaml"), HasSubstr("    # split: {hash: [ride]"));
}

TEST(ProjectText, WhatIsNoNumberIsNoBorder) {
  SeenSource source = RidesSeen();
  source.columns[2] = SeenColumnOf("minutes", TypeKind::kFloat64, {{"1.5", 10}, {"nan", 10}});
  const auto made = WriteProject("bikes", {{source}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_THAT(made->files.at("contracts/rides.odcs.yaml"), Not(HasSubstr("logicalTypeOptions")));
}

TEST(ProjectText, OptionsAreReadAsTheyWereSeen) {
  SeenSource source = RidesSeen();
  source.options = {
      {"delimiter", "\t", "a tab"},
      {"nulls", Json::array({"", "NA", "- \"x\": #"}), "missing"},
      {"header", false, "none"},
      {"columns",
       Json::array({Json::array({"ride", "int64"}), Json::array({"a: b", "decimal(10,2)"})}),
       "types"}};
  source.columns.push_back(SeenColumnOf("a: b", TypeKind::kInt64, {{"1", 20}}));
  source.patterns = {"/other place/a\\[1\\].csv", "../b ${HOME}.csv"};
  const auto made = WriteProject("bikes", {{source}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  const contract::Project project = ProjectOf(*made);
  const Json& params = project.sources.at(0).params;
  EXPECT_EQ(params["delimiter"], "\t");
  EXPECT_EQ(params["nulls"], source.options[1].value);
  EXPECT_EQ(params["header"], false);
  EXPECT_EQ(params["columns"], source.options[3].value);
  EXPECT_EQ(params["files"], Json(source.patterns));
}

TEST(ProjectText, NoNameStandsTwice) {
  SeenSource rides = RidesSeen();
  SeenSource checked = RidesSeen();
  checked.name = "rides_checked";
  const auto made = WriteProject("bikes", {{rides, rides, checked, rides}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->files.size(), 5U);
  const contract::Project project = ProjectOf(*made);
  std::vector<std::string> names;
  names.reserve(project.sources.size());
  for (const contract::Declared& source : project.sources) names.push_back(source.name);
  EXPECT_THAT(names, ElementsAre("rides", "rides_2", "rides_checked_2", "rides_3"));
}

TEST(ProjectText, AnEmptyTableAsksForTypesAlone) {
  SeenSource source = RidesSeen();
  source.rows = 0;
  source.key.clear();
  for (SeenColumn& column : source.columns) {
    column = SeenColumnOf(column.name, TypeKind::kString, {});
  }
  const auto made = WriteProject("bikes", {{source}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_THAT(CheckKinds(ProjectOf(*made).gates.at(0)),
              ElementsAre("type ride", "type station", "type minutes", "type member"));
}

TEST(ProjectText, EveryTypeHasItsCheck) {
  SeenSource source = RidesSeen();
  source.key.clear();
  source.columns.clear();
  for (int kind = 0; kind <= static_cast<int>(TypeKind::kMap); ++kind) {
    SeenColumn column = SeenColumnOf("c" + std::to_string(kind), static_cast<TypeKind>(kind), {});
    const Type text{TypeKind::kString, 0, 0, {}};
    if (column.type.kind == TypeKind::kDecimal) column.type = {TypeKind::kDecimal, 10, 2, {}};
    if (column.type.kind >= TypeKind::kList) column.type.children = {{"a", text}, {"b", text}};
    source.columns.push_back(column);
  }
  const auto made = WriteProject("bikes", {{source}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  const contract::Project project = ProjectOf(*made);
  std::size_t types = 0;
  for (const contract::CheckDecl& check : project.gates.at(0).checks) {
    if (check.kind != "type") continue;
    const Type& type = source.columns.at(types++).type;
    // Those of nested columns are the standard's own names.
    if (type.kind >= TypeKind::kList) continue;
    EXPECT_EQ(check.params["is"], TypeText(type));
  }
  EXPECT_EQ(types, source.columns.size());
}

// What is written is read as it was meant, whatever the columns and values are called.
TEST(ProjectText, NamesAndValuesComeBackWhateverTheyAre) {
  const std::vector<std::string> pieces = {
      "a", "B",      " ",      ":",    ": ",   "#",   " #",   "-",    "- ",    "\"",
      "'", "\\",     "\n",     "\r\n", "\t",   ",",   "[",    "]",    "{",     "}",
      "$", "${A}",   "*",      "&",    "!",    "|",   ">",    "%",    "@",     "`",
      "~", "?",      ".",      "1",    "no",   "yes", "null", "none", "größe", "日本",
      "🚲", "\u0085", "\u2028", "\x01", "\x7f", "/"};
  std::mt19937 random(11);
  const auto odd_text = [&] {
    std::string text;
    const auto length = 1 + random() % 5;
    for (std::size_t i = 0; i < length; ++i) text += pieces[random() % pieces.size()];
    return contract::Trim(text).empty() ? "x" + text : text;
  };
  for (int round = 0; round < 300; ++round) {
    SeenSource source = RidesSeen();
    const std::string key = odd_text(), category = "c" + odd_text(), label = "l" + odd_text();
    if (key == category || key == label || category == label) continue;
    source.columns = {SeenColumnOf(key, TypeKind::kDate, Different("2024-01-", 20)),
                      SeenColumnOf(category, TypeKind::kString, {{odd_text(), 7}, {"other", 9}}),
                      SeenColumnOf(label, TypeKind::kInt64, {{"0", 7}, {"1", 9}})};
    source.columns[1].cast = SeenCast{"x", odd_text(), false};
    source.key = {key};
    const auto made = WriteProject(odd_text(), {{source}, {}});
    ASSERT_TRUE(made.ok()) << made.error().message;
    const contract::Project project = ProjectOf(*made);
    const contract::Gate& gate = project.gates.at(0);
    ASSERT_TRUE(gate.contract);
    std::vector<std::string> names;
    for (const contract::ContractColumn& column : gate.contract->columns) {
      names.push_back(column.name);
    }
    ASSERT_THAT(names, ElementsAre(key, category, label));
    ASSERT_THAT(project.datasets.at(0).key, ElementsAre(key));
    ASSERT_EQ(project.datasets[0].split_params["hash"], Json(std::vector<std::string>{key}));
    for (const contract::CheckDecl& check : gate.checks) {
      if (check.kind != "accepted") continue;
      std::vector<std::string> values = check.params["values"].get<std::vector<std::string>>();
      ASSERT_THAT(values, testing::UnorderedElementsAre(source.columns[1].profile.top[0].first.text,
                                                        "other"));
    }
  }
}

// What stands commented out can be turned on.
TEST(ProjectText, IdeasCanBeTurnedOn) {
  SeenSource source = RidesSeen();
  source.repeated = 2;
  source.columns[1].cast = SeenCast{"upper(\"station\")", "text like north", false};
  SeenColumn day = SeenColumnOf("day", TypeKind::kDate,
                                {{"2024-01-01", 1}, {"2024-01-02", 1}, {"2024-01-09", 1}});
  day.profile.quantiles = {{"0.8", "2024-01-02"}, {"0.9", "2024-01-09"}};
  source.columns.insert(source.columns.begin(), day);
  const auto made = WriteProject("bikes", {{source}, {}});
  ASSERT_TRUE(made.ok()) << made.error().message;
  NewProject turned = *made;
  std::string& text = turned.files["assay.yaml"];
  std::string next;
  for (std::string line : contract::SplitLines(text)) {
    const std::size_t at = line.find_first_not_of(' ');
    const std::string_view rest = at == std::string::npos ? "" : std::string_view(line).substr(at);
    const bool is_idea = rest.starts_with("# owner:") || rest.starts_with("# license:") ||
                         rest.starts_with("# label:") || rest.starts_with("# checks:") ||
                         rest.starts_with("#   ") || rest.starts_with("# steps:") ||
                         rest.starts_with("# split:");
    if (is_idea) line.erase(at, 2);
    if (rest.starts_with("split: {hash")) continue;
    next += line + "\n";
  }
  text = next;
  contract::Diagnostics diagnostics;
  const auto project = contract::ParseProject(turned.files, AllKinds(), diagnostics);
  ASSERT_TRUE(project.has_value()) << text << diagnostics.Render();
  EXPECT_EQ(project->steps.size(), 2U);
  EXPECT_EQ(project->datasets[0].label, "member");
  EXPECT_EQ(project->datasets[0].split_kind, "time");
  EXPECT_EQ(project->owner.name, "Data team");
  EXPECT_EQ(project->sources[0].license, "CC-BY-4.0");
  EXPECT_THAT(CheckKinds(project->gates[0]), testing::Contains("newest day"));
}

}  // namespace
}  // namespace assay::run
