/// How rows of cells lie in a text file: encoding, what stands before and behind a table, its
/// header, and how its cells are read. What people declare, as it is used; reads nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "source/source.h"
#include "source/written_number.h"

namespace assay::source {

inline constexpr char kDetected[] = "detect";

/// Rows of a number, or those up to one that looks like a pattern.
struct RowMark {
  std::int64_t rows = 0;
  std::string pattern;  ///< `*` stands for any characters; empty: `rows` counts

  bool is_given() const { return rows > 0 || !pattern.empty(); }
};

enum class LongRows { kRefuse, kJoin, kDropEmpty };

/// How one column's cells are read, where that is declared.
struct ColumnReading {
  std::string column;
  std::string type;    ///< as declared; empty: detected
  std::string format;  ///< of days and moments, as strptime has it; empty: ISO
  std::optional<NumberForm> form;
  NumberMarks marks;
  std::vector<std::string> nulls;  ///< beside those of all columns
};

struct TextLayout {
  std::string encoding = "utf-8";
  // Cells between delimiters.
  std::string delimiter;
  char quote = '"';  ///< 0: none
  char escape = '"';
  // Cells at places in the line, where `starts` is not empty.
  std::vector<std::size_t> starts;  ///< from 0, in characters, ascending
  std::size_t end = 0;              ///< behind the last cell; 0: the line's end

  std::string comment;  ///< what lines begin with that are no rows; empty: none
  RowMark skip, drop_footer;
  bool footer_is_blank = false;  ///< the table ends at the first row without a value
  std::string table_title;       ///< a pattern
  std::vector<std::string> table_header;

  std::size_t header_rows = 1;  ///< 0: none
  std::string header_separator = " ";
  std::vector<std::string> unpivot;
  std::vector<std::string> names;
  bool refuses_repeated_names = false;

  bool pads_short_rows = false;
  LongRows long_rows = LongRows::kRefuse;
  bool drops_blank_rows = false;
  bool trims = false;

  std::vector<std::string> nulls = {""};
  bool has_marks = false;  ///< `marks` are declared for all columns
  NumberMarks marks;
  std::vector<ColumnReading> columns;

  /// Whether the table ends at a blank row.
  bool ends_at_blank() const {
    return footer_is_blank || !table_title.empty() || !table_header.empty();
  }
};

/// The layout that parameters declare; they are free of mistakes.
TextLayout LayoutOf(const Json& params);

/// Whether anything is declared that only code of ours reads, and not the engine.
bool NeedsOwnReader(const Json& params);

/// Mistakes in what both kinds of layout share.
Status CheckLayout(const Json& params);

/// The parameters that both kinds of layout share, behind `files`.
std::vector<contract::Param> LayoutParams();

/// `*` in a pattern stands for any characters; all else for itself.
bool MatchesPattern(std::string_view text, std::string_view pattern);

/// Paragraphs of help on these parameters.
std::string LayoutHelp();

}  // namespace assay::source
