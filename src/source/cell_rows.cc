#include "source/cell_rows.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/letter_case.h"
#include "contract/type_name.h"
#include "engine/sql_text.h"
#include "source/cell_counts.h"
#include "source/declared_values.h"
#include "source/refusals.h"
#include "source/text_forms.h"

namespace assay::source {
namespace {

constexpr std::size_t kMostCellColumns = 2000;

struct SeenCells {
  std::string name;
  std::string where;  // of the first
  TextForms forms{};
  bool has_value = false;
};

// Names of columns and their places.
class NamePlaces {
 public:
  // `guess` is where the name was in the row before.
  std::pair<std::size_t, bool> Add(const std::string& name, std::size_t guess) {
    if (guess < names_.size() && names_[guess] == name) return {guess, false};
    const auto [found, is_new] = places_.try_emplace(name, names_.size());
    if (is_new) names_.push_back(name);
    return {found->second, is_new};
  }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> places_;
};

struct CellFindings {
  std::vector<SeenCells> columns;  // those known first, the others as they first appear
  std::uint64_t rows = 0;
  std::uint64_t refused = 0;
  std::string first_refused;  // `FILE:LINE: reason: text`
};

bool IsNullWord(const std::vector<std::string>& nulls, const std::string& text) {
  return std::ranges::find(nulls, text) != nulls.end();
}

Status NoteCells(const NamedRow& row, const std::vector<std::string>& nulls,
                 const std::string& where, NamePlaces& places, std::vector<SeenCells>& columns) {
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const NamedCell& cell = row.cells[i];
    const auto [place, is_new] = places.Add(cell.name, i);
    if (is_new) columns.push_back({cell.name, where});
    if (columns.size() > kMostCellColumns) {
      return Error{ErrorCode::kData,
                   "the rows have more than " + std::to_string(kMostCellColumns) + " columns; " +
                       where + " has one more",
                   "take rows that have fewer"};
    }
    columns[place].has_value = columns[place].has_value || cell.text.has_value();
    if (cell.text && !IsNullWord(nulls, *cell.text)) columns[place].forms.Note(*cell.text);
  }
  return {};
}

// Case does not tell columns apart in SQL.
Status CheckNamesDiffer(const std::vector<SeenCells>& columns) {
  std::unordered_map<std::string, const SeenCells*> lower;
  for (const SeenCells& column : columns) {
    const auto [known, is_new] = lower.emplace(Lower(column.name), &column);
    if (is_new) continue;
    return Error{ErrorCode::kData,
                 "names that differ in case alone cannot be two columns: " + known->second->name +
                     " (" + known->second->where + "), " + column.name + " (" + column.where + ")",
                 "write both alike, or rename one"};
  }
  return {};
}

Result<CellFindings> LookThroughCells(const SourceContext& context, const CellTable& cells,
                                      const std::vector<std::string>& nulls) {
  CellFindings found;
  NamePlaces places;
  for (const CellTable::Column& column : cells.columns) {
    places.Add(column.name, found.columns.size());
    found.columns.push_back({column.name, context.files[0].location});
  }
  NamedRow row;
  for (const SourceFile& file : context.files) {
    TRY_ASSIGN(const auto rows, cells.open(file));
    for (;;) {
      TRY_ASSIGN(const bool is_row, rows->Next(row));
      if (!is_row) break;
      const std::string where = file.location + ":" + std::to_string(row.line);
      if (row.reason.empty()) {
        ++found.rows;
        TRY(NoteCells(row, nulls, where, places, found.columns));
      } else if (++found.refused == 1) {
        const std::string of = row.column.empty() ? "" : row.column + ": ";
        found.first_refused = where + ": " + of + row.reason + ": " +
                              ShownText(std::string_view(row.text).substr(0, 100));
      }
    }
  }
  TRY(CheckNamesDiffer(found.columns));
  return found;
}

// All rows of the files, as text.
class NamedTextRows : public engine::TextRows {
 public:
  NamedTextRows(std::vector<SourceFile> files, CellTable cells, std::vector<std::string> nulls,
                const std::vector<std::string>& names, std::shared_ptr<KeptChanges> kept)
      : files_(std::move(files)),
        cells_(std::move(cells)),
        nulls_(std::move(nulls)),
        counts_(std::move(kept)) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      places_.Add(names[i], i);
      // What stands around a cell is the format's to say, and none of the text.
      of_file_.push_back({.column = names[i], .trimmed = std::nullopt});
    }
  }

  Result<bool> Next(Cells& cells) override {
    for (; place_.file < files_.size(); ++place_.file) {
      if (rows_ == nullptr) {
        TRY_ASSIGN(rows_, cells_.open(files_[place_.file]));
      }
      TRY_ASSIGN(const bool is_row, rows_->Next(row_));
      if (is_row) {
        Put(cells);
        return true;
      }
      rows_ = nullptr;
      NoteFile();
    }
    counts_.End();
    return false;
  }

 private:
  void NoteFile() {
    for (CellChanges& changes : of_file_) {
      CellChanges taken{.column = changes.column, .trimmed = std::nullopt};
      std::swap(taken, changes);
      counts_.Add(place_.file, std::move(taken));
    }
  }

  void Put(Cells& cells) {
    std::fill(cells.begin(), cells.end(), std::nullopt);
    place_.line = row_.line;
    place_.column = row_.column;
    place_.reason = row_.reason;
    for (std::size_t i = 0; row_.reason.empty() && i < row_.cells.size(); ++i) {
      const NamedCell& cell = row_.cells[i];
      const std::size_t column = places_.Add(cell.name, i).first;
      if (!cell.text || column >= of_file_.size()) continue;
      CellChanges& changes = of_file_[column];
      if (IsNullWord(nulls_, *cell.text)) {
        changes.nulls += cell.text->empty() ? 0U : 1U;
        continue;
      }
      cells[kPlaceColumns.size() + column] = *cell.text;
      ++*changes.cells;
      changes.in_utc += EndsInUtc(*cell.text) ? 1U : 0U;
    }
    place_cells_.Put(place_, row_.text, cells);
  }

  std::vector<SourceFile> files_;
  CellTable cells_;
  std::vector<std::string> nulls_;
  CellCounts counts_;
  std::vector<CellChanges> of_file_;  // of the one that is read
  std::unique_ptr<CellRows> rows_;
  NamedRow row_;
  NamePlaces places_;
  RowPlace place_;
  PlaceCells place_cells_;
};

FoundColumn CellColumn(const std::string& name, std::size_t place, const Type& type,
                       bool is_detected) {
  const std::string cell = "found.c" + std::to_string(place);
  FoundColumn column{name, cell};
  if (type.kind == TypeKind::kString) return column;
  column.sql = "TRY_CAST(" + cell + " AS " + engine::TypeSql(type) + ")";
  if (is_detected) return column;
  column.misfit = MisfitSql(type, cell);
  column.reason = MisfitReasonSql(type, cell);
  return column;
}

Result<std::vector<FoundColumn>> CellColumns(const SourceContext& context, const CellTable& cells,
                                             const CellFindings& found) {
  const auto declared = contract::PairsOf(context.params, "columns");
  std::string names;
  for (const SeenCells& seen : found.columns) names += (names.empty() ? "" : ", ") + seen.name;
  for (const auto& [name, type] : declared) {
    const bool is_there =
        std::ranges::find(found.columns, name, &SeenCells::name) != found.columns.end();
    if (is_there) continue;
    return Error{ErrorCode::kUser, "no " + cells.row_word + " has a column of this name: " + name,
                 "the columns are " + names};
  }
  std::vector<FoundColumn> columns;
  columns.reserve(found.columns.size());
  for (const SeenCells& seen : found.columns) {
    const std::size_t place = columns.size();
    bool is_detected = place >= cells.columns.size() || !cells.columns[place].type;
    Type type = is_detected ? seen.forms.Common() : *cells.columns[place].type;
    for (const auto& [name, text] : declared) {
      if (name != seen.name) continue;
      TRY_ASSIGN(type, contract::TypeNamed(text));
      is_detected = false;
    }
    if (context.WantsText(seen.name)) {
      type = {TypeKind::kString, 0, 0, {}};
      is_detected = false;
    }
    columns.push_back(CellColumn(seen.name, place, type, is_detected));
  }
  return columns;
}

}  // namespace

std::vector<contract::Param> CellParams(std::vector<contract::Param> own) {
  using contract::ParamType;
  own.insert(own.begin(), {.name = "files",
                           .type = ParamType::kPaths,
                           .summary = "path or glob, or a list of them",
                           .required = true});
  own.push_back({.name = "nulls",
                 .type = ParamType::kScalars,
                 .summary = "words that mean null",
                 .by_default = Json::array({""})});
  own.push_back({.name = "columns",
                 .type = ParamType::kMapping,
                 .summary = "column name to type, for columns whose type is not to be detected"});
  own.push_back({.name = "file_column",
                 .type = ParamType::kString,
                 .summary = "name of a column that gets each row's file name"});
  return own;
}

std::string CellsHelp() {
  return "A column whose values are all whole numbers is `int64`, all numbers `float64`, all "
         "`true` "
         "or `false` `bool`, all days or moments in ISO form `date`, `timestamp[us]` or, with an "
         "offset, `timestamp[us,utc]`; all else is text, also where a number would lose "
         "something (`007`). Types are declared in `columns` as for `csv`. A row with a value that "
         "its declared type cannot hold unbent is refused, with its file, line and reason, and "
         "readable as `NAME.refused`. Files whose name ends in `.gz` or `.zst` are unpacked as "
         "they are read.";
}

Result<SourceRead> ReadCellRows(const SourceContext& context, CellTable cells) {
  const std::vector<std::string> nulls = contract::TextsOf(context.params, "nulls");
  TRY_ASSIGN(const CellFindings found, LookThroughCells(context, cells, nulls));
  if (found.rows == 0 && found.refused > 0) {
    return Error{ErrorCode::kData, "no row of the source could be read; " + found.first_refused,
                 cells.hint};
  }
  if (found.rows == 0 && cells.no_rows) return cells.no_rows();
  for (std::size_t i = 0; cells.no_values && i < cells.columns.size(); ++i) {
    if (!found.columns[i].has_value) return cells.no_values(found.columns[i].name);
  }
  if (found.columns.empty()) {
    return Error{ErrorCode::kData,
                 context.files[0].location +
                     (context.files.size() > 1 ? " and the other files tell" : " tells") +
                     " no columns: no " + cells.row_word + " has any",
                 cells.hint};
  }
  TRY_ASSIGN(const std::vector<FoundColumn> columns, CellColumns(context, cells, found));
  engine::TextTable table;
  table.columns.assign(kPlaceColumns.begin(), kPlaceColumns.end());
  std::vector<std::string> names;
  for (const SeenCells& seen : found.columns) {
    table.columns.push_back("c" + std::to_string(names.size()));
    names.push_back(seen.name);
  }
  const std::string hint = cells.hint;
  const auto kept = std::make_shared<KeptChanges>();
  table.open = [files = context.files, cells = std::move(cells), nulls, names,
                kept]() -> Result<std::unique_ptr<engine::TextRows>> {
    return std::unique_ptr<engine::TextRows>(
        std::make_unique<NamedTextRows>(files, cells, nulls, names, kept));
  };
  SourceRead read = ReadFoundRows(context, context.engine.AddTextTable(std::move(table)), columns,
                                  context.params.value("file_column", ""), found.refused == 0);
  read.changes = [kept] { return kept->Get(); };
  read.refused_hint = hint;
  return read;
}

}  // namespace assay::source
