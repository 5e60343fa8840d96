#include "run/project_text.h"

#include <algorithm>
#include <set>

#include "contract/project.h"
#include "contract/yaml_scalar.h"
#include "engine/sql_text.h"
#include "run/column_guess.h"
#include "run/contract_text.h"
#include "run/kinds.h"
#include "run/remarked_text.h"

namespace assay::run {
namespace {

using contract::CommentText;
using contract::ProjectScalar;
using contract::YamlScalar;

std::string ClassesText(const Classes& classes) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < classes.size() && i < kShown; ++i) {
    text += (i == 0 ? "" : ", ") + GroupedDigits(classes[i].second) + " " +
            CommentText(classes[i].first, 20);
  }
  return text + (classes.size() > kShown ? ", …" : "");
}

void WriteOption(const SeenOption& option, RemarkedText& page) {
  const std::string key = "    " + option.name + ":";
  if (option.value.is_boolean()) {
    return page.Line(key + (option.value.get<bool>() ? " true" : " false"), option.why);
  }
  if (option.value.is_number_integer()) {
    return page.Line(key + " " + option.value.dump(), option.why);
  }
  if (option.value.is_string()) {
    return page.Line(key + " " + ProjectScalar(option.value.get<std::string>()), option.why);
  }
  if (option.name != "columns") {
    return page.Line(
        key + " " + BracketList(option.value.get<std::vector<std::string>>(), ProjectScalar),
        option.why);
  }
  page.Line(key, option.why);
  for (const Json& column : option.value) {
    const std::string line = "      " + YamlScalar(column.at(0).get<std::string>()) + ": ";
    const std::string type = ProjectScalar(column.at(1).get<std::string>());
    if (column.size() < 4) {
      page.Line(line + type);
      continue;
    }
    std::string given = type == ProjectScalar("") ? "" : "type: " + type;
    for (const auto& [name, value] : column.at(2).items()) {
      given += (given.empty() ? "" : ", ") + name + ": " + ProjectScalar(value.get<std::string>());
    }
    page.Line(line + "{" + given + "}", column.at(3).get<std::string>());
  }
}

bool TellsKind(const SeenSource& source) {
  return std::all_of(source.patterns.begin(), source.patterns.end(),
                     [&](const std::string& pattern) {
                       const auto* kind = contract::FindKindOfPath(AllKinds().sources, pattern);
                       return kind != nullptr && kind->name == source.kind;
                     });
}

void WriteSource(const SeenSource& source, const NewSource& names, RemarkedText& page) {
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
  for (const SeenOption& option : source.options) WriteOption(option, page);
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

void WriteStepIdeas(const SeenSource& source, const NewSource& names, RemarkedText& page) {
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

void WriteGate(const SeenSource& source, const NewSource& names, RemarkedText& page) {
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

void WriteSplitLines(const SeenSource& source, RemarkedText& page) {
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

void WriteDataset(const SeenSource& source, const NewSource& names, RemarkedText& page) {
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
  RemarkedText page;
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
    project.files[project.sources[i].contract] =
        ContractText(seen.sources[i], project.sources[i].source);
  }
  contract::Diagnostics diagnostics;
  if (contract::ParseProject(project.files, AllKinds(), diagnostics)) return project;
  return Error{ErrorCode::kInternal, "what would be written is no project\n" + diagnostics.Render(),
               "please report it"};
}

}  // namespace assay::run
