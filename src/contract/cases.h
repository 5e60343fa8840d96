/// Cases of the user's own steps and gates, as the files in `tests/` hold them: rows in and rows
/// expected. Knows no project: whether a node or column is there is for the runner to say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "contract/diagnostic.h"
#include "contract/yaml.h"

namespace assay::contract {

/// What a scalar says of its type as it is written. Digits behind a zero or a plus
/// (`007`, `+49`) are text: identifiers, as a rule.
enum class CellForm {
  kNull,
  kWhole,      ///< `61`, `-3`
  kFraction,   ///< `0.5`, `1e6`
  kTruth,      ///< `true`, `false`
  kDay,        ///< `2001-05-01`
  kMoment,     ///< `2001-05-01 09:00:00`
  kMomentUtc,  ///< the same with a time zone
  kText,       ///< whatever is quoted, and the rest
  kNested,     ///< a list or a mapping
};
CellForm CellFormOf(const YamlNode& node);
/// The same of a text that is not quoted.
CellForm CellFormOf(const std::string& text);
/// `a whole number`, `text`: for messages.
const char* CellFormText(CellForm look);

/// The declared type of a column, as it was written.
struct CaseColumn {
  std::string name, type;
  Place place;  ///< of the type
};

/// Rows of a table: written down, or in a file.
struct CaseRows {
  std::string input;  ///< of given rows: the node output that they stand for
  Place place;
  std::vector<YamlNode> rows;  ///< mappings of columns to values
  std::string file;            ///< path in the project; empty when the rows are written down
  Place file_place;
  std::vector<CaseColumn> columns;
};

/// A row that a gate is expected to refuse.
struct RefusedRow {
  YamlNode row;                                    ///< a mapping
  std::optional<std::vector<std::string>> checks;  ///< names; nothing: whichever
  std::vector<Place> check_places;
};

struct Case {
  std::string name;  ///< as written, else `case N`; unique in its file
  Place place;
  std::string node;
  Place node_place;
  std::vector<CaseRows> given;
  Place given_place;
  std::optional<CaseRows> expect;
  std::optional<std::vector<RefusedRow>> expect_refused;
  Place refused_place;
  std::string expect_error;  ///< part of the message; empty where the step must not fail
  Place error_place;
  std::string verdict;  ///< `pass`, `warn`, `fail`; empty where any will do
  Place verdict_place;
  bool ordered = false;
  std::vector<std::string> only;  ///< columns that are compared; empty: all
  std::vector<Place> only_places;
  std::string tolerance;  ///< a number; empty: numbers are compared exactly
  std::string at;         ///< when a gate judges, as `ParseTime` has it; empty: now
};

/// The cases of one file. All that is wrong goes to `diagnostics`; what is returned then is not
/// for running.
std::vector<Case> ReadCases(const std::string& file, const std::string& text,
                            Diagnostics& diagnostics);

/// JSON Schema (draft 2020-12) of such a file, for editors.
Json CasesSchema();

/// A short file of cases, for a person who has none yet.
std::string SampleCases();

}  // namespace assay::contract
