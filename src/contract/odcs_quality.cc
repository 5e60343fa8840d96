// The quality rules of a contract. The metrics of the library are in odcs_metric.cc.
#include <array>
#include <utility>

#include "base/letter_case.h"
#include "base/nearest.h"
#include "contract/number_text.h"
#include "contract/odcs_draft.h"
#include "contract/odcs_metric.h"
#include "contract/odcs_unused.h"
#include "contract/utf8.h"

namespace assay::contract {
namespace {

struct Operator {
  const char* key;
  BoundOp op;
  bool is_pair;
};

constexpr std::array kOperators = {
    Operator{"mustBe", BoundOp::kEqual, false},
    Operator{"mustNotBe", BoundOp::kNotEqual, false},
    Operator{"mustBeGreaterThan", BoundOp::kGreater, false},
    Operator{"mustBeGreaterOrEqualTo", BoundOp::kGreaterOrEqual, false},
    Operator{"mustBeLessThan", BoundOp::kLess, false},
    Operator{"mustBeLessOrEqualTo", BoundOp::kLessOrEqual, false},
    Operator{"mustBeBetween", BoundOp::kBetween, true},
    Operator{"mustNotBeBetween", BoundOp::kNotBetween, true},
};

// The numbers of an operator as they were written; a query may also be compared with a truth.
std::optional<std::vector<std::string>> OperatorValues(const Operator& op, const YamlNode& node,
                                                       bool allows_truth, ContractDraft& draft) {
  std::vector<std::string> numbers;
  const auto read = [&](const YamlNode& item) {
    const std::optional<std::string> text = draft.values.Text(item, op.key);
    if (!text) return false;
    const bool is_truth = allows_truth && (*text == "true" || *text == "false");
    if (!IsNumber(*text) && !is_truth) {
      draft.diagnostics.Error(item.place, std::string(op.key) + ": not a number: " + *text,
                              "write 10, 0.5 or 1e6; say percent with `unit: percent`");
      return false;
    }
    numbers.push_back(*text);
    return true;
  };
  if (!op.is_pair) return read(node) ? std::optional(numbers) : std::nullopt;
  if (!node.is_list() || node.items.size() != 2) {
    draft.diagnostics.Error(node.place, std::string(op.key) + " must be a list of two numbers",
                            "write [10, 20]");
    return std::nullopt;
  }
  for (const YamlNode& item : node.items) {
    if (!read(item)) return std::nullopt;
  }
  if (CompareNumbers(numbers[0], numbers[1]) > 0) {
    draft.diagnostics.Error(node.place, std::string(op.key) + " has its smaller number last",
                            "write [" + numbers[1] + ", " + numbers[0] + "]");
    return std::nullopt;
  }
  return numbers;
}

// The one operator of a rule.
std::optional<Bound> ReadOperator(MappingReader& mapping, bool allows_truth, ContractDraft& draft) {
  std::optional<Bound> bound;
  const Operator* first = nullptr;
  bool fine = true;
  for (const Operator& op : kOperators) {
    const YamlEntry* entry = mapping.TakeEntry(op.key);
    if (entry == nullptr) continue;
    if (first != nullptr) {
      draft.diagnostics.Error(entry->key_place,
                              std::string("rule has two operators: ") + first->key + ", " + op.key,
                              "keep one; mustBeBetween holds two numbers");
      fine = false;
      continue;
    }
    first = &op;
    auto values = OperatorValues(op, entry->value, allows_truth, draft);
    fine = fine && values.has_value();
    if (values) bound = Bound{op.op, *std::move(values), false};
  }
  if (first == nullptr) {
    draft.diagnostics.Error(mapping.node().place, "rule has no operator",
                            "add one, for example `mustBe: 0` or `mustBeLessThan: 10`");
  }
  return fine ? bound : std::nullopt;
}

CheckSeverity ReadSeverity(MappingReader& mapping, ContractDraft& draft) {
  const YamlNode* node = mapping.Take("severity");
  if (node == nullptr) return CheckSeverity::kError;
  const std::string text = Lower(draft.values.Text(*node, "severity").value_or("error"));
  if (text == "warning" || text == "info") return CheckSeverity::kWarning;
  if (text == "error" || text == "critical") return CheckSeverity::kError;
  draft.diagnostics.Warning(node->place, "severity is taken as error: " + text,
                            NearestHint(text, {"error", "warning", "info", "critical"}, "known"));
  return CheckSeverity::kError;
}

std::string ReadDimension(MappingReader& mapping, ContractDraft& draft) {
  struct Dimension {
    const char* name;
    const char* synonym;
  };
  constexpr std::array kDimensions = {
      Dimension{"accuracy", "ac"},   Dimension{"completeness", "cp"},
      Dimension{"conformity", "cf"}, Dimension{"consistency", "cs"},
      Dimension{"coverage", "cv"},   Dimension{"timeliness", "tm"},
      Dimension{"uniqueness", "uq"},
  };
  const YamlNode* node = mapping.Take("dimension");
  if (node == nullptr) return "";
  const std::string text = draft.values.Text(*node, "dimension").value_or("");
  std::vector<std::string> names;
  for (const Dimension& dimension : kDimensions) {
    if (text == dimension.name || text == dimension.synonym) return dimension.name;
    names.emplace_back(dimension.name);
  }
  if (!text.empty()) {
    draft.diagnostics.Warning(node->place, "not a dimension of the standard: " + text,
                              NearestHint(text, names, "dimensions"));
  }
  return text;
}

// Places `${object}` and the quoted column name where the standard writes {object} and {property}.
std::string FillQuery(std::string_view query, const std::string& column) {
  std::string quoted;
  for (const char c : column) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  std::string filled;
  for (std::size_t at = 0; at < query.size();) {
    const std::string_view rest = query.substr(at);
    bool is_found = false;
    for (const std::string_view word : {"object}", "table}", "property}", "column}"}) {
      const std::size_t lead = rest.starts_with("${") ? 2 : 1;
      if (!rest.starts_with("{") && lead == 1) break;
      if (!rest.substr(lead).starts_with(word)) continue;
      is_found = true;
      at += lead + word.size();
      const bool is_object = word == "object}" || word == "table}";
      const bool is_quoted = filled.ends_with('"') && query.substr(at).starts_with('"');
      filled += is_object ? "${object}" : is_quoted ? quoted : "\"" + quoted + "\"";
      break;
    }
    if (!is_found) filled += query[at++];
  }
  return filled;
}

bool NamesProperty(std::string_view query) {
  return query.find("{property}") != std::string_view::npos ||
         query.find("{column}") != std::string_view::npos;
}

CheckDraft* ReadSqlRule(MappingReader& mapping, const std::string& column, ContractDraft& draft) {
  const Place& place = mapping.node().place;
  const YamlNode* query = mapping.Need("query", place, "a rule of type sql has a `query`");
  mapping.Accept({"unit"});
  const std::optional<Bound> bound = ReadOperator(mapping, true, draft);
  if (query == nullptr) return nullptr;
  const std::optional<std::string> text = draft.values.Text(*query, "query");
  if (!text || !bound) return nullptr;
  if (column.empty() && NamesProperty(*text)) {
    draft.diagnostics.Error(query->place, "query names {property} outside of a property",
                            "write the column's name, or move the rule to the property");
    return nullptr;
  }
  CheckDraft* check = draft.AddCheck("query", Json{{"sql", FillQuery(*text, column)}}, place);
  if (check != nullptr) check->decl.bound = bound;
  return check;
}

CheckDraft* ReadCustomRule(MappingReader& mapping, ContractDraft& draft) {
  const Place& place = mapping.node().place;
  const YamlNode* engine = mapping.Need("engine", place, "write `engine: assay`");
  const YamlNode* implementation =
      mapping.Need("implementation", place, "write the check, for example {range: delay, min: 0}");
  mapping.Accept({"unit"});
  if (engine == nullptr || implementation == nullptr) return nullptr;
  const std::string name = draft.values.Text(*engine, "engine").value_or("");
  if (name.empty()) return nullptr;
  if (Lower(name) != "assay") {
    draft.diagnostics.Warning(engine->place, "not checked here: rule of engine " + name,
                              "write it with `engine: assay` to have it checked");
    return nullptr;
  }
  std::optional<YamlNode> parsed;
  if (implementation->is_scalar()) {
    parsed = ParseEmbeddedYaml(implementation->text_place, implementation->text, draft.diagnostics);
    if (!parsed) return nullptr;
    implementation = &*parsed;
  }
  std::optional<CheckDraft> check = ReadCheckEntry(*implementation, draft.kinds, draft.values);
  if (!check) return nullptr;
  draft.checks.push_back(*std::move(check));
  return &draft.checks.back();
}

std::string ReadType(MappingReader& mapping, ContractDraft& draft) {
  if (const YamlNode* type = mapping.Take("type")) {
    const auto choice = draft.values.Choice(*type, "type", {"library", "sql", "custom", "text"});
    return choice.value_or("");
  }
  for (const char* key : {"metric", "rule"}) {
    if (mapping.node().Find(key) != nullptr) return "library";
  }
  std::string hint = "write `metric: NAME`, or `type: sql`, `custom` or `text`";
  if (mapping.node().Find("query") != nullptr) hint = "add `type: sql`";
  if (mapping.node().Find("engine") != nullptr) hint = "add `type: custom`";
  draft.diagnostics.Error(mapping.node().place, "rule has neither a metric nor a type", hint);
  return "";
}

void ReadRule(const YamlNode& node, const std::string& column,
              const std::vector<std::string>& columns, ContractDraft& draft) {
  MappingReader mapping(node, "quality rule", draft.diagnostics);
  if (!mapping.is_mapping()) return;
  const std::string type = ReadType(mapping, draft);
  std::string name;
  Place name_place;
  if (const YamlNode* entry = mapping.Take("name")) {
    name = draft.values.Text(*entry, "name").value_or("");
    name_place = entry->place;
  }
  const std::string dimension = ReadDimension(mapping, draft);
  const bool has_severity = node.Find("severity") != nullptr;
  const CheckSeverity severity = ReadSeverity(mapping, draft);
  mapping.Accept({"id", "description", "businessImpact", "method", "schedule", "scheduler"});
  CheckUnusedExtras(mapping, draft.diagnostics);
  CheckDraft* check = nullptr;
  if (type == "library") {
    check = ReadMetric(
        mapping, column, columns, [&] { return ReadOperator(mapping, false, draft); }, draft);
  } else if (type == "sql") {
    check = ReadSqlRule(mapping, column, draft);
  } else if (type == "custom") {
    check = ReadCustomRule(mapping, draft);
  } else if (type == "text") {
    mapping.Accept({"unit"});
  }
  // Without a type it is not known which other keys belong here.
  if (!type.empty()) mapping.Finish();
  if (check == nullptr) return;
  // A custom check may say these itself.
  if (check->decl.name.empty()) {
    check->decl.name = name;
    check->name_place = name_place;
  }
  if (check->decl.dimension.empty()) check->decl.dimension = dimension;
  if (has_severity) check->decl.severity = severity;
}

}  // namespace

void ReadQuality(const YamlNode& quality, const std::string& column,
                 const std::vector<std::string>& columns, ContractDraft& draft) {
  if (!quality.is_list()) {
    draft.diagnostics.Error(quality.place,
                            std::string("quality must be a list, found ") + FormText(quality),
                            "write `- metric: NAME` lines under it");
    return;
  }
  for (const YamlNode& rule : quality.items) ReadRule(rule, column, columns, draft);
}

}  // namespace assay::contract
