/// What was seen of files for which there is no project yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/type.h"
#include "stats/profile.h"

namespace assay::run {

/// A parameter of a source that is not its default.
struct SeenOption {
  std::string name;
  /// As ParamType has it: text, number, truth, list of texts, or pairs of a mapping, behind which
  /// may stand what is given beside a type, and why.
  Json value;
  std::string why;  ///< a line for people
};

/// What would make more of a column of text.
struct SeenCast {
  std::string expression;  ///< SQL
  std::string why;         ///< `text like 03/02/2026`
  bool is_number = false;
  TypeKind makes = TypeKind::kString;
  /// How a source reads such numbers by itself: `{"read": "money"}`, as `columns` has it. Null
  /// where it cannot.
  Json reading = nullptr;
};

struct SeenColumn {
  std::string name;
  Type type;
  stats::ColumnProfile profile;
  std::optional<SeenCast> cast;
  bool has_variants = false;  ///< text: some values differ in case or spaces at the ends alone
  bool stays_words = false;   ///< `cast` makes other words, neither numbers nor days
};

/// Files of the same columns, as one source.
struct SeenSource {
  std::string name;  ///< the files as the name of a node; may be that of another source
  std::string kind;
  std::vector<std::string> patterns;  ///< what `files:` says
  std::size_t files = 1;
  bool can_tell_files = false;  ///< the kind has a parameter `file_column`
  std::vector<SeenOption> options;
  std::vector<SeenColumn> columns;
  std::int64_t rows = 0;
  std::int64_t refused = 0;   ///< rows that do not parse
  std::string refused_place;  ///< `data/rides.csv:9: Could not convert …`, of the first
  std::int64_t repeated = 0;  ///< rows that equal another one; counted where there is no key and no
                              ///< more than 2 million
  std::vector<std::string> key;    ///< columns that are unique and never null; may be empty
  std::vector<std::string> notes;  ///< what a person should know of it at once, a sentence each
};

/// A file of a folder that is no part of the project, and why.
struct LeftOut {
  std::string file;
  std::string why;
  std::string hint;
};

struct Seen {
  std::vector<SeenSource> sources;
  std::vector<LeftOut> left_out;
};

}  // namespace assay::run
