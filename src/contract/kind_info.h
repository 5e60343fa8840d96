/// What a kind (of source, step, split, check, export) tells of itself. Command line help, the
/// editor's JSON Schema and the reference pages are derived from it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay::contract {

/// The form of a parameter's value in YAML, and what it is after reading.
enum class ParamType {
  kString,   ///< text
  kText,     ///< text, or `{file: PATH}` read relative to the project: JSON string
  kInteger,  ///< JSON integer
  kNumber,   ///< a number; kept as JSON string, exactly as written: "0.5"
  kBool,     ///< true or false
  kColumn,   ///< a column's name: JSON string
  kColumns,  ///< a list of column names, or one name: JSON list of strings
  kInput,    ///< the name of a node output (`flights`, `checked.refused`): JSON string
  kInputs,   ///< a list of them, or one: JSON list of strings
  kPath,     ///< a path or glob, relative to the project: JSON string
  kPaths,    ///< a list of paths or globs, or one: JSON list of strings
  kScalar,   ///< text, number, truth: JSON string as written; what it means is the kind's to say
  kScalars,  ///< a list of scalars: JSON list of strings
  kTime,     ///< a date or timestamp, kept as text in ISO form: JSON string
  kShare,    ///< a percentage `80 %`: JSON integer in millionths (800000)
  kRange,    ///< a list of two numbers or percentages, either may be null (open): JSON list of two
             ///< strings as written ("10 %", "30 %"), "" where open
  kNames,    ///< a list of plain names: JSON list of strings
  kChoice,   ///< one of `choices`: JSON string
  kMapping,  ///< a mapping of names to text, in the order written: JSON list of [name, text]
  kCellTypes,    ///< a mapping of column names to types, or to `{type, read, nulls, decimal,
                 ///< thousands, format}`, in the order written: JSON list of [name, type] and
                 ///< [name, type, {..}] with what was given beside a type, which is "" where none
                 ///< was; `choices` are those of `read`
  kExpression,   ///< an SQL expression over columns: JSON string
  kExpressions,  ///< a mapping of names to SQL expressions: JSON list of [name, expression]
  kTaxonomy,     ///< labels and how else they are spelt, or `{file: PATH}` with the same: JSON list
                 ///< of [spelling, label], each label's own spelling first
  kSecret,       ///< `${NAME}`, an environment variable that is a secret: JSON list of its name and
                 ///< of what tells two values apart (`SecretMark`); never the value
};

struct Param {
  std::string name{};
  ParamType type = ParamType::kString;
  std::string summary{};  ///< one sentence, no final period
  bool required = false;
  std::optional<Json> by_default{};    ///< written into the parameters when absent
  std::vector<std::string> choices{};  ///< for kChoice
  std::string names_one_of{};          ///< section of the project file whose names it may have
};

/// What a check looks after: the rows themselves, the truth of the label, the classes' shares, or
/// whether the data still looks like the world the model meets (docs/concepts).
inline constexpr std::string_view kIntegrity = "integrity";
inline constexpr std::string_view kLabelAccuracy = "label_accuracy";
inline constexpr std::string_view kClassBalance = "class_balance";
inline constexpr std::string_view kRelevance = "relevance";
inline constexpr std::string_view kAxes[] = {kIntegrity, kLabelAccuracy, kClassBalance, kRelevance};

/// What the parts of a table say of the whole, by a check or a step.
enum class OverParts {
  kNothing,  ///< it must see all rows
  kLocal,    ///< steps: each row is made of one row, with no look at the others
  kRows,     ///< steps: which rows it takes out is told within a part; it changes none
  kCounts,   ///< bad rows are told within a part, and their numbers add up
  kNumber,   ///< its number is taken over all rows that pass, in any order; which pass is told
             ///< before
};

/// When a node counts what it does to values.
enum class Ledger {
  kNone,    ///< it has nothing to count
  kAlways,  ///< it costs little
  kIfRead,  ///< steps: where another node reads the counts
};

struct KindInfo {
  std::string name{};
  std::string summary{};        ///< one sentence for lists, no final period
  std::string help{};           ///< paragraphs for the reference page (Markdown)
  int version = 1;              ///< enters the fingerprint: change the meaning, raise the version
  std::vector<Param> params{};  ///< in the order in which help shows them
  std::string subject{};    ///< checks, signals: name of the param that stands behind the kind's
                            ///< name, `{range: delay, min: 0}` has subject `column`; may be empty
  std::string_view axis{};  ///< checks only: one of kAxes
  OverParts over_parts = OverParts::kNothing;  ///< checks and steps
  /// Of those that compare rows with each other: the param that names the columns which are equal
  /// in such rows; all columns where it is not given.
  std::string together{};
  /// Sources and steps: whether it has rows that it cannot take, as `NAME.refused`; nullptr: never.
  bool (*refuses)(const Json& params) = nullptr;
  /// Sources and steps: whether what was done to the values is counted, as `NAME.ledger`.
  Ledger ledger = Ledger::kNone;
  /// Steps: what it computes is told by an SQL text that its parameters alone make, and enters the
  /// fingerprint in their place (step::StepKind::select).
  bool by_select = false;
  /// Mistakes that the parameters alone show; nullptr where there are none to find.
  Status (*check)(const Json& params) = nullptr;
  std::vector<std::string> suffixes{};  ///< sources and exports: file suffixes, `.parquet`
  /// What the reference shows and a test runs: YAML, of exports a command.
  std::string example{};
};

/// All kinds the program has, handed up by the doors.
struct KindTables {
  std::vector<KindInfo> sources;
  std::vector<KindInfo> steps;
  std::vector<KindInfo> splits;
  std::vector<KindInfo> checks;
  std::vector<KindInfo> exports;
  std::vector<KindInfo> transforms;
  std::vector<KindInfo> signals{};           ///< of retrain policies
  std::vector<std::string> drift_methods{};  ///< names, for monitors
  std::vector<std::string> metrics{};        ///< names of the metrics that models are compared by
};

/// The kind of this name, or nullptr.
const KindInfo* FindKind(const std::vector<KindInfo>& kinds, const std::string& name);

/// The kind with the longest suffix that the path ends in, or nullptr.
const KindInfo* FindKindOfPath(const std::vector<KindInfo>& kinds, const std::string& path);

/// The suffixes of a kind for people, without those of packed files.
std::vector<std::string> PlainSuffixes(const KindInfo& kind);
/// `.csv, .json, .parquet, packed also with .gz or .zst behind`.
std::string SuffixesText(const std::vector<KindInfo>& kinds);

/// Their names, in the order of the table.
std::vector<std::string> KindNames(const std::vector<KindInfo>& kinds);

/// The pairs of a kMapping, kCellTypes, kExpressions or kTaxonomy; none where it is not given.
std::vector<std::pair<std::string, std::string>> PairsOf(const Json& params,
                                                         const std::string& param);
/// The texts of a list; none where it is not given.
std::vector<std::string> TextsOf(const Json& params, const std::string& param);

/// What tells a secret's values apart without telling them: the first 16 hex digits of an
/// HMAC-SHA-256 under the secret.
std::string SecretMark(const std::string& secret);

/// An error where parameters that were kept in a file are not what reading a project gives:
/// unknown, missing, or of another form. The subject is not among them.
Status CheckParams(const KindInfo& kind, const Json& params);

}  // namespace assay::contract
