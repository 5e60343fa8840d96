#include "run/project_text.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "base/letter_case.h"
#include "contract/number_text.h"
#include "contract/project.h"
#include "contract/yaml_scalar.h"
#include "engine/sql_text.h"
#include "run/kinds.h"

namespace assay::run {
namespace {

using contract::CommentText;
using contract::ProjectScalar;
using contract::YamlScalar;

// `1,234`
std::string Counted(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string CountOf(std::int64_t number, const std::string& what) {
  return Counted(number) + " " + what + (number == 1 ? "" : "s");
}

// Text with remarks, which stand one below the other, or above what they are about where they are
// long.
class Page {
 public:
  void Line(const std::string& text) { text_ += text + "\n"; }
  void Line(const std::string& text, const std::string& remark) {
    constexpr std::size_t kRemarkAt = 44, kWidest = 110;
    const std::size_t at = std::max(text.size() + 2, kRemarkAt);
    if (at + 2 + remark.size() > kWidest) {
      Remark(std::min(text.find_first_not_of(' '), text.size()), remark);
      return Line(text);
    }
    Line(text + std::string(at - text.size(), ' ') + "# " + remark);
  }
  std::string Take() && { return std::move(text_); }

 private:
  void Remark(std::size_t indent, std::string_view remark) {
    constexpr std::size_t kWidth = 96;
    while (!remark.empty()) {
      std::size_t end = remark.size();
      if (indent + 2 + end > kWidth) end = remark.rfind(' ', kWidth - indent - 2);
      if (end == std::string_view::npos) end = remark.size();
      Line(std::string(indent, ' ') + "# " + std::string(remark.substr(0, end)));
      remark.remove_prefix(std::min(end + 1, remark.size()));
    }
  }

  std::string text_;
};

template <typename Scalar>
std::string BracketList(const std::vector<std::string>& texts, Scalar scalar) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + scalar(text);
  return "[" + list + "]";
}

bool IsTime(const Type& type) {
  return type.kind == TypeKind::kDate || type.kind == TypeKind::kTimestamp ||
         type.kind == TypeKind::kTimestampUtc;
}

bool IsNestedType(const Type& type) { return type.kind >= TypeKind::kList; }

// ---- what is guessed from the columns ----

// Classes that a model could tell apart, with their rows; empty where the column has other values.
using Classes = std::vector<std::pair<std::string, std::int64_t>>;
Classes ClassesOf(const SeenColumn& column) {
  constexpr std::int64_t kMostClasses = 20;
  const stats::ColumnProfile& profile = column.profile;
  const TypeKind kind = column.type.kind;
  const bool may_be =
      kind == TypeKind::kBool || kind == TypeKind::kString || IsInteger(column.type);
  Classes classes;
  if (!may_be || profile.distinct < 2 || profile.distinct > kMostClasses) return classes;
  if (static_cast<std::int64_t>(profile.top.size()) != profile.distinct) return classes;
  for (const auto& [value, rows] : profile.top) {
    if (value.cut) return {};
    classes.emplace_back(value.text, rows);
  }
  return classes;
}

std::int64_t FewestOf(const Classes& classes) {
  std::int64_t fewest = classes.at(0).second;
  for (const auto& [value, rows] : classes) fewest = std::min(fewest, rows);
  return fewest;
}

bool IsNameOfLabel(const std::string& name) {
  const std::string lower = Lower(name);
  for (const char* word : {"label", "target", "class", "y", "outcome", "late", "spam", "churn",
                           "churned", "fraud", "is_fraud", "default", "diagnosis", "species",
                           "survived", "sentiment", "category", "result"}) {
    if (lower == word) return true;
  }
  return lower.ends_with("_label") || lower.ends_with("_class") || lower.ends_with("_target");
}

// The column by name, else the last one, if a model could tell its values apart.
const SeenColumn* FindLabel(const SeenSource& source) {
  const auto is_key = [&](const SeenColumn& column) {
    return std::find(source.key.begin(), source.key.end(), column.name) != source.key.end();
  };
  for (const SeenColumn& column : source.columns) {
    if (IsNameOfLabel(column.name) && !is_key(column) && !ClassesOf(column).empty()) return &column;
  }
  if (source.columns.empty()) return nullptr;
  const SeenColumn& last = source.columns.back();
  // Each class more than once: two values that differ are no classes.
  const Classes classes = ClassesOf(last);
  return !is_key(last) && !classes.empty() && FewestOf(classes) > 1 ? &last : nullptr;
}

// Words of a closed list: each was seen several times.
Classes CategoriesOf(const SeenColumn& column) {
  constexpr std::int64_t kSeveral = 5;
  if (column.type.kind != TypeKind::kString || column.has_variants) return {};
  Classes classes = ClassesOf(column);
  if (!classes.empty() && FewestOf(classes) < kSeveral) classes.clear();
  std::sort(classes.begin(), classes.end());
  return classes;
}

std::string ClassesText(const Classes& classes) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < classes.size() && i < kShown; ++i) {
    text +=
        (i == 0 ? "" : ", ") + Counted(classes[i].second) + " " + CommentText(classes[i].first, 20);
  }
  return text + (classes.size() > kShown ? ", …" : "");
}

const SeenColumn* FindTime(const SeenSource& source) {
  for (const SeenColumn& column : source.columns) {
    if (IsTime(column.type) && column.profile.nulls == 0 && column.profile.distinct > 2) {
      return &column;
    }
  }
  return nullptr;
}

// The day on which so much of the rows has passed.
std::string DayAt(const SeenColumn& column, const std::string& share) {
  constexpr std::size_t kDay = 10;
  for (const auto& [at, value] : column.profile.quantiles) {
    if (at == share && value.size() >= kDay && value[4] == '-') return value.substr(0, kDay);
  }
  return "";
}

// Columns by whose values rows are told apart: the key, or the few with the most different values.
std::vector<std::string> SplitColumns(const SeenSource& source) {
  if (!source.key.empty()) return source.key;
  constexpr std::size_t kEnough = 4;
  std::vector<const SeenColumn*> columns;
  for (const SeenColumn& column : source.columns) {
    if (!IsNestedType(column.type)) columns.push_back(&column);
  }
  std::stable_sort(columns.begin(), columns.end(), [](const SeenColumn* a, const SeenColumn* b) {
    return a->profile.distinct > b->profile.distinct;
  });
  if (columns.size() > kEnough) columns.resize(kEnough);
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const SeenColumn* column : columns) names.push_back(column->name);
  return names;
}

// ---- the contract ----

const char* LogicalTypeOf(const Type& type) {
  switch (type.kind) {
    case TypeKind::kFloat32:
    case TypeKind::kFloat64:
    case TypeKind::kDecimal:
      return "number";
    case TypeKind::kString:
    case TypeKind::kBytes:
      return "string";
    case TypeKind::kBool:
      return "boolean";
    case TypeKind::kDate:
      return "date";
    case TypeKind::kTime:
      return "time";
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return "timestamp";
    case TypeKind::kList:
      return "array";
    case TypeKind::kStruct:
    case TypeKind::kMap:
      return "object";
    default:
      return "integer";
  }
}

std::string SeenText(const SeenColumn& column) {
  constexpr std::size_t kShown = 24;
  const stats::ColumnProfile& profile = column.profile;
  if (profile.distinct == 0) return "no value at all";
  const std::string least = profile.min ? CommentText(profile.min->text, kShown) : "";
  const std::string greatest = profile.max ? CommentText(profile.max->text, kShown) : "";
  std::string text = CountOf(profile.distinct, "value");
  if (profile.distinct == 1 && !least.empty()) {
    text = "always " + least;
  } else if (!least.empty()) {
    text += ", " + least + " to " + greatest;
  }
  if (profile.nulls > 0) text += "; null in " + CountOf(profile.nulls, "row");
  return text;
}

void WriteCategories(const Classes& categories, Page& page) {
  std::vector<std::string> values;
  for (const auto& [value, rows] : categories) values.push_back(value);
  page.Line("        # all that were seen; a row with another value is refused");
  page.Line("        quality:");
  page.Line("          - metric: invalidValues");
  page.Line("            mustBe: 0");
  page.Line("            arguments: {validValues: " + BracketList(values, YamlScalar) + "}");
}

void WriteColumn(const SeenSource& source, const SeenColumn& column, Page& page) {
  const stats::ColumnProfile& profile = column.profile;
  page.Line("      - name: " + YamlScalar(column.name), SeenText(column));
  page.Line("        # description:");
  page.Line(std::string("        logicalType: ") + LogicalTypeOf(column.type));
  if (!IsNestedType(column.type)) {
    page.Line("        physicalType: " + YamlScalar(TypeText(column.type)));
  }
  if (source.rows > 0 && profile.nulls == 0) page.Line("        required: true");
  const auto key = std::find(source.key.begin(), source.key.end(), column.name);
  if (key != source.key.end()) {
    page.Line("        primaryKey: true");
    if (source.key.size() == 1) {
      page.Line("        unique: true");
    } else {
      page.Line("        primaryKeyPosition: " + std::to_string(key - source.key.begin() + 1));
    }
  }
  const bool has_range = IsNumber(column.type) && profile.min && profile.max &&
                         profile.distinct > 1 && contract::IsNumber(profile.min->text) &&
                         contract::IsNumber(profile.max->text);
  if (has_range && key == source.key.end()) {
    page.Line("        # logicalTypeOptions: {minimum: " + CommentText(profile.min->text) +
              ", maximum: " + CommentText(profile.max->text) + "}");
  }
  const Classes categories = CategoriesOf(column);
  if (!categories.empty()) WriteCategories(categories, page);
}

std::string ContractText(const SeenSource& source, const NewSource& names) {
  Page page;
  page.Line("# A draft, made of what was seen in " + CountOf(source.rows, "row") + ".");
  page.Line("# It asks for what is seldom true by chance: types, no nulls where none was seen" +
            std::string(source.key.empty() ? "." : ", a unique key."));
  page.Line(
      "# Ranges are comments: today's largest value is no law. Turn on what must hold, take out");
  page.Line("# what need not, and say in `description` what a column means.");
  page.Line("apiVersion: v3.1.0");
  page.Line("kind: DataContract");
  page.Line("id: " + names.source);
  page.Line("version: 0.1.0");
  page.Line("status: draft", "active, once somebody answers for it");
  page.Line("# description: {purpose: what it is for, limitations: what it is not for}");
  page.Line("# team: {members: [{username: data@example.org, name: Data team, role: owner}]}");
  page.Line("schema:");
  page.Line("  - name: " + names.source);
  page.Line("    logicalType: object");
  page.Line("    properties:");
  for (const SeenColumn& column : source.columns) WriteColumn(source, column, page);
  return std::move(page).Take();
}

// ---- the project file ----

void WriteOption(const SeenSource& source, const SeenOption& option, Page& page) {
  const std::string key = "    " + option.name + ":";
  if (option.value.is_boolean()) {
    return page.Line(key + (option.value.get<bool>() ? " true" : " false"), option.why);
  }
  if (option.value.is_string()) {
    return page.Line(key + " " + ProjectScalar(option.value.get<std::string>()), option.why);
  }
  if (option.value.is_array()) {
    return page.Line(
        key + " " + BracketList(option.value.get<std::vector<std::string>>(), ProjectScalar),
        option.why);
  }
  page.Line(key, option.why);
  for (const SeenColumn& column : source.columns) {
    if (!option.value.contains(column.name)) continue;
    page.Line("      " + YamlScalar(column.name) + ": " +
              ProjectScalar(option.value[column.name].get<std::string>()));
  }
}

bool TellsKind(const SeenSource& source) {
  return std::all_of(source.patterns.begin(), source.patterns.end(),
                     [&](const std::string& pattern) {
                       const auto* kind = contract::FindKindOfPath(AllKinds().sources, pattern);
                       return kind != nullptr && kind->name == source.kind;
                     });
}

void WriteSource(const SeenSource& source, const NewSource& names, Page& page) {
  page.Line("  " + names.source + ":");
  if (source.patterns.size() == 1) {
    const std::string& pattern = source.patterns[0];
    std::string remark;
    if (source.files > 1) remark = CountOf(static_cast<std::int64_t>(source.files), "file");
    if (pattern.starts_with('/')) remark = "outside the project: elsewhere it will not be found";
    const std::string line = "    files: " + ProjectScalar(pattern);
    remark.empty() ? page.Line(line) : page.Line(line, remark);
  } else {
    page.Line("    files:");
    for (const std::string& pattern : source.patterns) {
      page.Line("      - " + ProjectScalar(pattern));
    }
  }
  if (!TellsKind(source)) page.Line("    kind: " + source.kind);
  for (const SeenOption& option : source.options) WriteOption(source, option, page);
  if (source.files > 1 && source.can_tell_files) {
    page.Line("    # file_column: file",
              "where the name of a file says something: a column with it");
  }
  page.Line("    # license: CC-BY-4.0", "what may be done with the data; goes into every version");
}

// `SELECT * REPLACE (…)`; columns whose names do not stand on one line are left to the person.
std::vector<const SeenColumn*> CastColumns(const SeenSource& source) {
  std::vector<const SeenColumn*> columns;
  for (const SeenColumn& column : source.columns) {
    constexpr std::size_t kAny = 10'000;
    if (column.cast && CommentText(column.name, kAny) == column.name) columns.push_back(&column);
  }
  return columns;
}

void WriteStepIdeas(const SeenSource& source, const NewSource& names, Page& page) {
  const auto columns = CastColumns(source);
  if (!columns.empty()) {
    page.Line("#   " + names.source + "_typed:");
    page.Line("#     sql: |");
    page.Line("#       SELECT * REPLACE (");
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& why = columns[i]->cast->why;
      if (i == 0 || columns[i - 1]->cast->why != why) {
        page.Line("#         -- " + CommentText(why, 100));
      }
      page.Line("#         " + columns[i]->cast->expression + " AS " +
                engine::QuoteName(columns[i]->name) + (i + 1 < columns.size() ? "," : ""));
    }
    page.Line("#       ) FROM " + engine::QuoteName(names.source));
  }
  if (source.repeated > 0) {
    page.Line(
        "#   " + names.source + "_once: {kind: dedup, input: " + names.source + ", rows: whole}",
        CountOf(source.repeated, "row") + (source.repeated == 1 ? " repeats" : " repeat") +
            " another one");
  }
}

bool HasStepIdeas(const SeenSource& source) {
  return source.repeated > 0 || !CastColumns(source).empty();
}

// What a model sees of a row: neither its name nor its label. Where that is many columns, the
// kind's own choice is left.
std::string InputsText(const SeenSource& source, const std::string& label) {
  constexpr std::size_t kMost = 6;
  std::vector<std::string> inputs;
  for (const SeenColumn& column : source.columns) {
    const bool is_key =
        std::find(source.key.begin(), source.key.end(), column.name) != source.key.end();
    if (!is_key && column.name != label) inputs.push_back(column.name);
  }
  if (source.key.empty() || inputs.empty() || inputs.size() > kMost) return "";
  return ", inputs: " + BracketList(inputs, ProjectScalar);
}

void WriteGate(const SeenSource& source, const NewSource& names, Page& page) {
  page.Line("  " + names.gate + ":");
  page.Line("    input: " + names.source);
  page.Line("    contract: " + names.contract, "what must be true of every row");
  page.Line("    bad_rows: quarantine",
            "rows refused are kept: `assay quarantine show " + names.gate + "`");
  page.Line("    fail_above: 5 %", "with more of them the gate fails, and no version is made");
  const SeenColumn* time = FindTime(source);
  std::vector<std::string> ideas;
  if (source.rows > 1) {
    ideas.push_back("- {row_count: [" + std::to_string(source.rows / 2) + ", null]}");
  }
  if (time != nullptr) {
    ideas.push_back("- {newest: " + ProjectScalar(time->name) + ", at_most: 30 days}");
  }
  if (!names.label.empty()) {
    const SeenColumn* label = FindLabel(source);
    const Classes classes = ClassesOf(*label);
    std::int64_t most = 0;
    for (const auto& [value, rows] : classes) most = std::max(most, rows);
    const std::int64_t ratio = 2 * (most / FewestOf(classes) + 1);
    const std::string name = ProjectScalar(names.label);
    ideas.push_back("- {label_conflict: " + name + InputsText(source, names.label) + "}");
    constexpr std::int64_t kMostRatio = 100;  // rarer classes are looked at one by one
    if (ratio <= kMostRatio) {
      ideas.push_back("- {imbalance: " + name + ", at_most: " + std::to_string(ratio) + "}");
    }
  }
  if (ideas.empty()) return;
  page.Line("    # checks:", "beyond the contract; `assay kinds` lists them");
  for (const std::string& idea : ideas) page.Line("    #   " + idea);
}

// Of too few different rows all may fall on one side.
bool CanBeSplit(const SeenSource& source, const std::vector<std::string>& columns) {
  constexpr double kEnough = 10;
  double different = 1;
  for (const SeenColumn& column : source.columns) {
    if (std::find(columns.begin(), columns.end(), column.name) == columns.end()) continue;
    different *= static_cast<double>(std::max<std::int64_t>(column.profile.distinct, 1));
  }
  return std::min(different, static_cast<double>(source.rows)) >= kEnough;
}

void WriteSplitLines(const SeenSource& source, Page& page) {
  const std::vector<std::string> columns = SplitColumns(source);
  if (columns.empty()) return;
  if (!CanBeSplit(source, columns)) {
    page.Line("    # Too few different rows were seen to split them; with more of them:");
    page.Line("    # split: {hash: " + BracketList(columns, ProjectScalar) +
              ", train: 80 %, validation: 10 %, test: 10 %}");
    return;
  }
  page.Line(
      "    # A row keeps its side when more data comes. Where rows belong together (a customer, a");
  page.Line("    # patient, a day), name the column that says so.");
  page.Line("    split: {hash: " + BracketList(columns, ProjectScalar) +
            ", train: 80 %, validation: 10 %, test: 10 %}");
  const SeenColumn* time = FindTime(source);
  if (time == nullptr) return;
  const std::string validation = DayAt(*time, "0.8");
  const std::string test = DayAt(*time, "0.9");
  if (validation.empty() || validation >= test) return;
  page.Line("    # Or by time, as a model will meet the data: the newest rows test it.");
  page.Line("    # split: {time: " + ProjectScalar(time->name) +
            ", validation_from: " + validation + ", test_from: " + test + "}");
}

void WriteDataset(const SeenSource& source, const NewSource& names, Page& page) {
  page.Line("  " + names.dataset + ":");
  page.Line("    input: " + names.gate);
  if (source.key.empty()) {
    page.Line("    key: none", "nothing unique was found");
  } else {
    page.Line("    key: " + BracketList(source.key, ProjectScalar),
              source.rows == 0 ? "" : "unique in what was seen");
  }
  if (names.label.empty()) {
    page.Line("    # label: COLUMN", "what a model is to learn");
  } else {
    page.Line("    # label: " + ProjectScalar(names.label),
              "what a model is to learn? " + ClassesText(ClassesOf(*FindLabel(source))));
  }
  WriteSplitLines(source, page);
}

std::string ProjectText(const std::string& name, const Seen& seen,
                        const std::vector<NewSource>& names) {
  Page page;
  page.Line("# Begun by `assay init` from what it saw; from now on it is yours to change.");
  page.Line(
      "# `assay lint` checks it, `assay plan` says what a run would do, `assay run` makes a "
      "version.");
  page.Line("format: 1");
  page.Line("project: " + ProjectScalar(name));
  page.Line("# owner: {name: Data team, email: data@example.org}", "who answers for the data");
  page.Line("");
  page.Line("sources:");
  for (std::size_t i = 0; i < names.size(); ++i) WriteSource(seen.sources[i], names[i], page);
  if (std::any_of(seen.sources.begin(), seen.sources.end(), HasStepIdeas)) {
    page.Line("");
    page.Line(
        "# Ideas. A step comes into use when it is the `input` of the gate; where it changes a");
    page.Line("# type, the contract's must change too.");
    page.Line("# steps:");
    for (std::size_t i = 0; i < names.size(); ++i) WriteStepIdeas(seen.sources[i], names[i], page);
  }
  page.Line("");
  page.Line("gates:");
  for (std::size_t i = 0; i < names.size(); ++i) WriteGate(seen.sources[i], names[i], page);
  page.Line("");
  page.Line("datasets:");
  for (std::size_t i = 0; i < names.size(); ++i) WriteDataset(seen.sources[i], names[i], page);
  return std::move(page).Take();
}

// Names of which none stands twice, those of gates and datasets included.
std::vector<NewSource> NameSources(const Seen& seen) {
  std::set<std::string> used;
  std::vector<NewSource> names;
  for (const SeenSource& source : seen.sources) {
    for (int number = 1;; ++number) {
      const std::string name = source.name + (number == 1 ? "" : "_" + std::to_string(number));
      NewSource made{name, name + "_checked", name + "_train", "contracts/" + name + ".odcs.yaml",
                     ""};
      if (used.contains(made.source) || used.contains(made.gate) || used.contains(made.dataset)) {
        continue;
      }
      if (const SeenColumn* label = FindLabel(source)) made.label = label->name;
      used.insert({made.source, made.gate, made.dataset});
      names.push_back(std::move(made));
      break;
    }
  }
  return names;
}

}  // namespace

Result<NewProject> WriteProject(const std::string& name, const Seen& seen) {
  NewProject project;
  project.sources = NameSources(seen);
  project.files["assay.yaml"] = ProjectText(name, seen, project.sources);
  for (std::size_t i = 0; i < seen.sources.size(); ++i) {
    project.files[project.sources[i].contract] = ContractText(seen.sources[i], project.sources[i]);
  }
  contract::Diagnostics diagnostics;
  if (contract::ParseProject(project.files, AllKinds(), diagnostics)) return project;
  return Error{ErrorCode::kInternal, "what would be written is no project\n" + diagnostics.Render(),
               "please report it"};
}

}  // namespace assay::run
