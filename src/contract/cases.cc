#include "contract/cases.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "contract/mapping.h"
#include "contract/number_text.h"
#include "contract/utf8.h"
#include "contract/value_reader.h"

namespace assay::contract {
namespace {

const std::vector<std::string> kVerdicts = {"pass", "warn", "fail"};

// A whole number as a person writes one: no leading zero, no sign but a minus.
bool IsWhole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return IsDigits(text) && (text == "0" || text[0] != '0');
}

// `007`, `+49`: digits that nobody counts with.
bool IsIdentifier(std::string_view text) {
  if (text.starts_with('+')) return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

class CaseReader {
 public:
  explicit CaseReader(Diagnostics& diagnostics)
      : diagnostics_(diagnostics), values_(diagnostics, nullptr, false) {}

  Case Read(const YamlNode& node, std::size_t number) {
    MappingReader mapping(node, "a case", diagnostics_);
    Case read;
    read.place = node.place;
    read.name = "case " + std::to_string(number);
    if (!mapping.is_mapping()) return read;
    for (const char* word : {"model", "step", "gate"}) {
      mapping.Misspelt(word, "write `node` instead");
    }
    for (const char* word : {"input", "inputs"}) mapping.Misspelt(word, "write `given` instead");
    for (const char* word : {"output", "outputs", "expected"}) {
      mapping.Misspelt(word, "write `expect` instead");
    }
    mapping.Misspelt("partial", "name the columns that are compared, as `only: [late]`");
    if (const YamlNode* name = mapping.Take("name")) {
      read.name = values_.Text(*name, "name").value_or(read.name);
    }
    if (const YamlNode* named = mapping.Need("node", node.place, "write `node: NAME`")) {
      read.node = values_.Text(*named, "node").value_or("");
      read.node_place = named->place;
    }
    ReadGiven(mapping, read);
    ReadExpected(mapping, read);
    ReadComparison(mapping, read);
    mapping.Finish();
    CheckExpected(read);
    return read;
  }

 private:
  void ReadGiven(MappingReader& mapping, Case& read) {
    const YamlNode* given = mapping.Need("given", read.place, "write `given: {INPUT: [ROWS]}`");
    if (given == nullptr) return;
    read.given_place = given->place;
    const MappingReader inputs(*given, "given", diagnostics_);
    for (const YamlEntry& entry : inputs.node().entries) {
      CaseRows& rows = read.given.emplace_back(ReadRows(entry.value, "rows of " + entry.key));
      rows.input = entry.key;
      if (!entry.value.is_mapping()) rows.place = entry.key_place;
    }
  }

  void ReadExpected(MappingReader& mapping, Case& read) {
    if (const YamlNode* expect = mapping.Take("expect")) {
      read.expect = ReadRows(*expect, "expect");
    }
    if (const YamlNode* refused = mapping.Take("expect_refused")) {
      read.refused_place = refused->place;
      read.expect_refused = ReadRefused(*refused);
    }
    if (const YamlNode* error = mapping.Take("expect_error")) {
      read.error_place = error->place;
      read.expect_error = values_.Text(*error, "expect_error").value_or("");
    }
    if (const YamlNode* verdict = mapping.Take("verdict")) {
      read.verdict_place = verdict->place;
      read.verdict = values_.Choice(*verdict, "verdict", kVerdicts).value_or("");
    }
  }

  void ReadComparison(MappingReader& mapping, Case& read) {
    if (const YamlNode* ordered = mapping.Take("ordered")) {
      read.ordered = values_.Bool(*ordered, "ordered").value_or(false);
    }
    if (const YamlNode* only = mapping.Take("only")) {
      read.only = values_.Texts(*only, "only").value_or(std::vector<std::string>());
      if (!only->is_list()) read.only_places = {only->place};
      for (const YamlNode& item : only->items) read.only_places.push_back(item.place);
    }
    if (const YamlNode* tolerance = mapping.Take("tolerance")) {
      read.tolerance = values_.Text(*tolerance, "tolerance").value_or("");
      const bool good = read.tolerance.empty() ||
                        (IsNumber(read.tolerance) && CompareNumbers(read.tolerance, "0") >= 0);
      if (!good) {
        diagnostics_.Error(tolerance->place, "not a tolerance: " + read.tolerance,
                           "write how far numbers may be apart, as `tolerance: 0.001`");
      }
    }
    if (const YamlNode* at = mapping.Take("at")) {
      read.at = values_.Parsed(*at, "at", ParseTime).value_or("");
    }
  }

  // What goes together, and that something is expected at all.
  void CheckExpected(const Case& read) {
    const bool rows = read.expect || read.expect_refused || !read.verdict.empty();
    const bool error = read.error_place.line > 0;
    if (!rows && !error && read.verdict_place.line == 0) {
      diagnostics_.Error(read.place, "the case expects nothing",
                         "write `expect`, `expect_refused`, `verdict` or `expect_error`");
    }
    if (rows && error) {
      diagnostics_.Error(read.error_place, "a case expects rows or an error, not both",
                         "make two cases of it");
    }
    if (!read.only.empty() && !read.expect && !read.expect_refused) {
      diagnostics_.Error(read.only_places.at(0), "`only` without rows that are expected",
                         "write `expect`, or take `only` away");
    }
  }

  CaseRows ReadRows(const YamlNode& node, const std::string& what) {
    CaseRows rows;
    rows.place = node.place;
    if (!node.is_mapping()) {
      rows.rows = ReadList(node, what);
      return rows;
    }
    MappingReader mapping(node, what, diagnostics_);
    const YamlNode* list = mapping.Take("rows");
    const YamlNode* file = mapping.Take("file");
    if (list != nullptr) rows.rows = ReadList(*list, what);
    if (file != nullptr) {
      rows.file_place = file->place;
      rows.file = values_.Text(*file, "file").value_or("");
      CheckSuffix(rows);
    }
    if (const YamlNode* columns = mapping.Take("columns")) {
      const MappingReader types(*columns, "columns", diagnostics_);
      for (const YamlEntry& entry : types.node().entries) {
        const auto type = values_.Text(entry.value, "type of " + entry.key);
        if (type) rows.columns.push_back({entry.key, *type, entry.value.place});
      }
    }
    mapping.Finish();
    if ((list != nullptr) == (file != nullptr)) {
      diagnostics_.Error(node.place, what + " must have either `rows` or `file`",
                         "write a list of rows, {rows: [...], columns: {...}} or {file: PATH}");
    }
    return rows;
  }

  void CheckSuffix(const CaseRows& rows) {
    const bool known = rows.file.ends_with(".csv") || rows.file.ends_with(".parquet");
    if (known || rows.file.empty()) return;
    diagnostics_.Error(rows.file_place, "not the name of a CSV or Parquet file: " + rows.file,
                       "name a file that ends with .csv or .parquet");
  }

  std::vector<YamlNode> ReadList(const YamlNode& node, const std::string& what) {
    if (!node.is_list()) {
      diagnostics_.Error(node.place, what + " must be a list of rows, found " + FormText(node),
                         "write rows as `- {column: value}`; `[]` for none");
      return {};
    }
    for (const YamlNode& row : node.items) CheckRow(row);
    return node.items;
  }

  void CheckRow(const YamlNode& row) {
    if (row.is_mapping()) return;
    diagnostics_.Error(row.place, std::string("a row must be a mapping, found ") + FormText(row),
                       "write it as {column: value}");
  }

  std::vector<RefusedRow> ReadRefused(const YamlNode& node) {
    std::vector<RefusedRow> rows;
    const std::string form = "write {row: {column: value}, checks: [NAME]}";
    if (!node.is_list()) {
      diagnostics_.Error(node.place,
                         std::string("expect_refused must be a list, found ") + FormText(node),
                         form + "; `[]` for none");
      return rows;
    }
    for (const YamlNode& item : node.items) {
      MappingReader mapping(item, "a refused row", diagnostics_);
      if (!mapping.is_mapping()) continue;
      RefusedRow refused;
      if (const YamlNode* row = mapping.Need("row", item.place, form)) {
        CheckRow(*row);
        refused.row = *row;
      }
      if (const YamlNode* checks = mapping.Take("checks")) {
        refused.checks = values_.Texts(*checks, "checks");
        if (!checks->is_list()) refused.check_places = {checks->place};
        for (const YamlNode& check : checks->items) refused.check_places.push_back(check.place);
      }
      mapping.Finish();
      rows.push_back(std::move(refused));
    }
    return rows;
  }

  Diagnostics& diagnostics_;
  ValueReader values_;
};

void CheckNames(const std::vector<Case>& cases, Diagnostics& diagnostics) {
  std::map<std::string, Place> seen;
  for (const Case& read : cases) {
    const auto [other, is_new] = seen.emplace(read.name, read.place);
    if (is_new) continue;
    diagnostics.Error(read.place, "two cases have one name: " + read.name,
                      "the other stands at " + PlaceText(other->second));
  }
}

Json ListOfRows(const Json& row) { return Json{{"type", "array"}, {"items", row}}; }

}  // namespace

CellForm CellFormOf(const std::string& text) {
  if (IsWhole(text)) return CellForm::kWhole;
  if (IsNumber(text) && !IsIdentifier(text)) return CellForm::kFraction;
  for (const char* word : {"true", "True", "TRUE", "false", "False", "FALSE"}) {
    if (text == word) return CellForm::kTruth;
  }
  const Result<std::string> time = ParseTime(text);
  if (!time.ok()) return CellForm::kText;
  constexpr std::size_t kDayLength = 10;
  if (time->size() == kDayLength) return CellForm::kDay;
  return time->find_first_of("Z+-", kDayLength) == std::string::npos ? CellForm::kMoment
                                                                     : CellForm::kMomentUtc;
}

CellForm CellFormOf(const YamlNode& node) {
  if (node.is_null()) return CellForm::kNull;
  if (!node.is_scalar()) return CellForm::kNested;
  return node.quoted ? CellForm::kText : CellFormOf(node.text);
}

const char* CellFormText(CellForm look) {
  switch (look) {
    case CellForm::kNull:
      return "null";
    case CellForm::kWhole:
      return "a whole number";
    case CellForm::kFraction:
      return "a fraction";
    case CellForm::kTruth:
      return "true or false";
    case CellForm::kDay:
      return "a date";
    case CellForm::kMoment:
      return "a timestamp";
    case CellForm::kMomentUtc:
      return "a timestamp with a time zone";
    case CellForm::kText:
      return "text";
    case CellForm::kNested:
      break;
  }
  return "a list or mapping";
}

std::vector<Case> ReadCases(const std::string& file, const std::string& text,
                            Diagnostics& diagnostics) {
  std::vector<Case> cases;
  diagnostics.AddText(file, text);
  if (Trim(text).empty()) {
    diagnostics.Error(Place{file, 1, 1}, "the file is empty", "write cases into it, or remove it");
    return cases;
  }
  const std::optional<YamlNode> root = ParseYaml(file, text, diagnostics);
  if (!root) return cases;
  if (!root->is_list()) {
    diagnostics.Error(root->place,
                      std::string("a file of cases is a list, found ") + FormText(*root),
                      "begin each case with `- name: TEXT` or `- node: NAME`");
    return cases;
  }
  CaseReader reader(diagnostics);
  for (const YamlNode& item : root->items) {
    cases.push_back(reader.Read(item, cases.size() + 1));
  }
  CheckNames(cases, diagnostics);
  return cases;
}

Json CasesSchema() {
  const Json text = Json::object({{"type", "string"}});
  const Json row = Json::object({{"type", "object"}});
  const Json texts{{"type", Json::array({"string", "array"})}, {"items", text}};
  const Json written{{"type", "object"},
                     {"properties",
                      {{"rows", ListOfRows(row)},
                       {"file", {{"type", "string"}, {"pattern", "\\.(csv|parquet)$"}}},
                       {"columns", {{"type", "object"}, {"additionalProperties", text}}}}},
                     {"oneOf", Json::array({Json::object({{"required", Json::array({"rows"})}}),
                                            Json::object({{"required", Json::array({"file"})}})})},
                     {"additionalProperties", false}};
  const Json rows = Json::object({{"oneOf", Json::array({ListOfRows(row), written})}});
  const Json refused{{"type", "object"},
                     {"properties", {{"row", row}, {"checks", texts}}},
                     {"required", Json::array({"row"})},
                     {"additionalProperties", false}};
  Json properties = Json::object();
  const auto add = [&](const char* key, const char* description, Json schema) {
    schema["description"] = description;
    properties[key] = std::move(schema);
  };
  add("name", "what the case shows", text);
  add("node", "the step or gate of assay.yaml that is tested", text);
  add("given", "rows of each input of the node, by its name",
      Json{{"type", "object"}, {"additionalProperties", rows}});
  add("expect", "rows that the step makes, or that the gate's checks let through", rows);
  add("expect_refused", "rows that the gate's checks find bad, with the checks' names",
      ListOfRows(refused));
  add("expect_error", "the step must fail, and this be in the message", text);
  add("verdict", "of the gate", Json::object({{"enum", kVerdicts}}));
  add("ordered", "the order of rows matters", Json::object({{"type", "boolean"}}));
  add("only", "the columns that are compared", texts);
  add("tolerance", "how far numbers may be apart", Json{{"type", "number"}, {"minimum", 0}});
  add("at", "when the gate judges, for ages", text);
  return Json{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "Cases of steps and gates, for `assay test`"},
              {"type", "array"},
              {"items",
               {{"type", "object"},
                {"properties", properties},
                {"required", Json::array({"node", "given"})},
                {"additionalProperties", false}}}};
}

std::string SampleCases() {
  return "- name: a delay of an hour is late\n"
         "  node: late                      # a step or a gate\n"
         "  given:                          # rows of each of its inputs\n"
         "    flights:\n"
         "      - {origin: SFO, delay: 61}\n"
         "      - {origin: JFK, delay: -3}\n"
         "  expect:                         # rows that it makes, or lets through\n"
         "    - {origin: SFO, delay: 61, late: true}\n"
         "    - {origin: JFK, delay: -3, late: false}\n";
}

}  // namespace assay::contract
