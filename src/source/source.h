/// Kinds of sources: how declared files become a table. One kind is one file, `*_source.cc`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/kind_info.h"
#include "engine/engine.h"
#include "source/fetch.h"

namespace assay::source {

/// One file of a source: the stored object with its bytes, and where it was found.
struct SourceFile {
  std::filesystem::path object;
  std::string location;  ///< path in the project
};

struct SourceContext {
  engine::Engine& engine;
  const Json& params;
  const std::vector<SourceFile>& files;
  /// Columns, where they are there, to be given as the text that stands in the files instead of in
  /// a detected type; of a format that is no text, as they are.
  std::vector<std::string> as_text{};
  /// Whether `placed_query` must tell lines, where the kind has a faster way that does not.
  bool wants_lines = false;
  /// Whether the read may be one that fails where the types of the first rows do not hold for all,
  /// and has `exactly`.
  bool may_guess = false;

  bool WantsText(std::string_view column) const;
};

/// How many cells of a column of one file were changed on the way from the file to their type.
/// Counted are all rows that can be cut into cells, whether or not they are refused for one.
struct CellChanges {
  std::size_t file = 0;  ///< number among the source's files
  std::string column;
  std::optional<std::uint64_t> cells = 0;    ///< that had a value; absent: those that came of it
  std::uint64_t nulls = 0;                   ///< that were a word for null
  std::optional<std::uint64_t> trimmed = 0;  ///< that lost blanks at their ends; absent: unknown
  std::uint64_t thousands_marks = 0;
  std::uint64_t decimal_marks = 0;  ///< that had another decimal mark than a point
  std::uint64_t signs = 0;          ///< that lost a footnote sign or the parentheses of a negative
  std::uint64_t units = 0;   ///< that lost a currency, a percent sign or a word for a power of ten
  std::uint64_t in_utc = 0;  ///< that end as a moment does which is told in UTC

  bool operator==(const CellChanges&) const = default;
};

/// How a source's rows are read.
struct SourceRead {
  /// A SELECT over all files, in path order, of types that a version can hold.
  std::string query;
  /// The same with one column more, `_assay_file_index`: the number of each row's file, from 0.
  /// Empty where the files tell how many rows they have.
  std::string indexed_query;
  /// The same with two columns more, `_assay_file_index` and `_assay_line`: the line, or the row
  /// where rows are no lines, from 1; null where it is not known. Empty where `indexed_query` is
  /// all that can be told.
  std::string placed_query{};
  /// True when the stored files themselves are the table: nothing needs to be written.
  bool files_are_table = false;
  /// Of a read that guesses: the read that does not, for where `query` failed.
  std::function<Result<SourceRead>()> exactly{};
  /// Called after `query` ran: a SELECT of the rows that did not parse, with location, line,
  /// column, reason, text. Null when the format has none.
  std::function<Result<std::string>()> refused;
  /// What was decided that nobody declared, in sentences without a period.
  std::vector<std::string> told{};
  /// Called after `query` ran to its end: of each file and column, in their order. Of kinds with
  /// `info.ledger`.
  std::function<Result<std::vector<CellChanges>>()> changes{};
  /// What to look at where every row was refused.
  std::string refused_hint =
      "look at the delimiter, at lines before the header, and at declared types";
};

struct SourceKind {
  contract::KindInfo info;
  Result<SourceRead> (*read)(const SourceContext& context) = nullptr;
  /// Of kinds that lie elsewhere: asks, and keeps the answer as objects, which `read` then reads as
  /// its files. Null where `files` are the project's own.
  Result<Fetch> (*fetch)(const FetchContext& context) = nullptr;
  /// What of the parameters decides what is asked; where it changes, a load begins anew.
  Json (*asks)(const Json& params) = nullptr;
};

// One declaration for each *_source.cc, generated from the file names.
#include "source/all_sources_declared.inc"

/// All kinds, by name.
const std::vector<SourceKind>& AllSources();
const SourceKind* FindSource(const std::string& name);

/// The error of the engine over the content of a stored object, told of the source's own file;
/// other errors as they are.
Error NameSourceFile(Error error, const std::vector<SourceFile>& files);

}  // namespace assay::source
