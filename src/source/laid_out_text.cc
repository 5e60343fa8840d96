#include "source/laid_out_text.h"

#include <algorithm>
#include <memory>

#include "base/letter_case.h"
#include "contract/mapping.h"
#include "contract/type_name.h"
#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "source/cell_counts.h"
#include "source/column_cells.h"
#include "source/laid_out_table.h"
#include "source/refusals.h"
#include "source/text_file.h"

namespace assay::source {
namespace {

// How the cells of a column become plain text.
struct CellTreatment {
  std::string column;
  bool trims = false;
  std::vector<std::string> nulls;
  std::optional<NumberForm> form;
  NumberMarks marks;
};

// A file and how it is laid out.
struct LaidOutFile {
  SourceFile file;
  TextLayout layout;
};
using LaidOutFiles = std::shared_ptr<const std::vector<LaidOutFile>>;

bool IsOneOf(const std::vector<std::string>& words, std::string_view cell) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return word == cell; });
}

const char* NumberFormWord(NumberForm form) {
  switch (form) {
    case NumberForm::kMarked:
      return "no number with these marks: ";
    case NumberForm::kNumber:
      return "not read as a number: ";
    case NumberForm::kScaled:
      return "not read as a scaled number: ";
    case NumberForm::kMoney:
      return "not read as money: ";
    case NumberForm::kPercent:
    case NumberForm::kFraction:
      break;
  }
  return "not read as a percentage: ";
}

// Makes cells of one column plain.
class CellMaker {
 public:
  explicit CellMaker(CellTreatment treatment) : treatment_(std::move(treatment)) {
    changes_.column = treatment_.column;
  }

  // What becomes of a cell; false where it is no number and should be one.
  bool Make(std::string_view cell, std::optional<std::string_view>& made) {
    const std::string_view trimmed = contract::Trim(cell);
    const bool trims = treatment_.trims || treatment_.form.has_value();
    if (IsOneOf(treatment_.nulls, cell) || (trims && IsOneOf(treatment_.nulls, trimmed))) {
      changes_.nulls += cell.empty() ? 0U : 1U;
      return true;
    }
    ++*changes_.cells;
    if (!treatment_.form) {
      made = treatment_.trims ? trimmed : cell;
      if (treatment_.trims && trimmed.size() < cell.size()) ++*changes_.trimmed;
      changes_.in_utc += EndsInUtc(trimmed) ? 1U : 0U;
      return true;
    }
    const NumberChanges done = MakePlainNumber(cell, *treatment_.form, treatment_.marks, number_);
    if (!done.is_number) return false;
    *changes_.trimmed += done.was_trimmed ? 1U : 0U;
    changes_.thousands_marks += done.lost_thousands ? 1U : 0U;
    changes_.decimal_marks += done.lost_decimal ? 1U : 0U;
    changes_.signs += done.lost_signs ? 1U : 0U;
    changes_.units += done.lost_unit ? 1U : 0U;
    made = number_;
    return true;
  }

  const CellTreatment& treatment() const { return treatment_; }
  const CellChanges& changes() const { return changes_; }
  // What was counted since it was taken the last time.
  CellChanges TakeChanges() {
    CellChanges taken;
    taken.column = treatment_.column;
    std::swap(taken, changes_);
    return taken;
  }

 private:
  CellTreatment treatment_;
  CellChanges changes_;
  std::string number_;
};

// All rows of the files, as text.
class LaidOutRows : public engine::TextRows {
 public:
  LaidOutRows(LaidOutFiles files, const std::vector<CellTreatment>& treatments,
              std::shared_ptr<KeptChanges> kept)
      : files_(std::move(files)), counts_(std::move(kept)) {
    makers_.reserve(treatments.size());
    for (const CellTreatment& treatment : treatments) makers_.emplace_back(treatment);
  }

  Result<bool> Next(Cells& cells) override {
    for (; place_.file < files_->size(); ++place_.file) {
      if (table_ == nullptr) {
        const LaidOutFile& file = (*files_)[place_.file];
        TRY_ASSIGN(table_, LaidOutTable::Open(file.file, file.layout));
      }
      TRY_ASSIGN(const bool there, table_->Next(row_));
      if (there) {
        Put(cells);
        return true;
      }
      table_ = nullptr;
      NoteFile();
    }
    counts_.End();
    return false;
  }

 private:
  void Put(Cells& cells) {
    place_.line = row_.line;
    place_.reason = row_.fault;
    place_.column.clear();
    std::fill(cells.begin(), cells.end(), std::nullopt);
    for (std::size_t i = 0; i < row_.cells.size(); ++i) {
      if (!row_.cells[i]) continue;
      const bool fits = makers_[i].Make(*row_.cells[i], cells[kPlaceColumns.size() + i]);
      if (fits || !place_.reason.empty()) continue;
      const CellTreatment& treatment = makers_[i].treatment();
      place_.column = treatment.column;
      place_.reason = NumberFormWord(*treatment.form) + ShownText(row_.cells[i]->substr(0, 100));
    }
    place_cells_.Put(place_, row_.text, cells);
  }

  void NoteFile() {
    for (CellMaker& maker : makers_) counts_.Add(place_.file, maker.TakeChanges());
  }

  LaidOutFiles files_;
  CellCounts counts_;
  std::vector<CellMaker> makers_;
  std::unique_ptr<LaidOutTable> table_;
  LaidOutRow row_;
  RowPlace place_;
  PlaceCells place_cells_;
};

// The names of all files, which must be alike.
Result<std::vector<std::string>> LaidOutNames(const std::vector<LaidOutFile>& files,
                                              std::vector<std::string>& told) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool is_wide = Lower(files[i].layout.encoding).find("16") != std::string::npos;
    if (!is_wide) TRY(CheckHasNoMark(files[i].file));
    TRY_ASSIGN(const auto table, LaidOutTable::Open(files[i].file, files[i].layout));
    if (i == 0) {
      names = table->names();
      if (table->made_names().empty()) continue;
      told.push_back(MadeNamesText(files[0].file, table->made_names()));
    } else if (table->names() != names) {
      return Error{ErrorCode::kData,
                   files[i].file.location + " has the columns " + contract::Join(table->names()) +
                       " where " + files[0].file.location + " has " + contract::Join(names),
                   "make the files alike, or declare them as two sources"};
    }
  }
  return names;
}

const ColumnReading* FindReading(const TextLayout& layout, const std::string& column) {
  for (const ColumnReading& reading : layout.columns) {
    if (reading.column == column) return &reading;
  }
  return nullptr;
}

Result<std::vector<CellTreatment>> Treatments(const TextLayout& layout,
                                              const std::vector<std::string>& names,
                                              const std::string& location) {
  for (const ColumnReading& reading : layout.columns) {
    if (std::find(names.begin(), names.end(), reading.column) != names.end()) continue;
    return Error{ErrorCode::kUser, "no column of this name in " + location + ": " + reading.column,
                 "its columns are " + contract::Join(names)};
  }
  std::vector<CellTreatment> treatments;
  for (const std::string& name : names) {
    CellTreatment treatment{name, layout.trims, layout.nulls, std::nullopt, layout.marks};
    if (const ColumnReading* reading = FindReading(layout, name)) {
      treatment.form = reading->form;
      treatment.marks = reading->marks;
      treatment.nulls.insert(treatment.nulls.end(), reading->nulls.begin(), reading->nulls.end());
    }
    treatments.push_back(std::move(treatment));
  }
  return treatments;
}

// Marks that hold for all columns make a number of each column whose cells all are one with them.
Status FindMarkedColumns(const std::vector<LaidOutFile>& files,
                         std::vector<CellTreatment>& treatments) {
  const TextLayout& layout = files[0].layout;
  std::vector<CellMaker> makers;
  std::vector<bool> are_numbers;
  for (const CellTreatment& treatment : treatments) {
    const ColumnReading* reading = FindReading(layout, treatment.column);
    CellTreatment tried = treatment;
    tried.form = NumberForm::kMarked;
    makers.emplace_back(std::move(tried));
    are_numbers.push_back(!treatment.form && (reading == nullptr || reading->type.empty()));
  }
  for (const LaidOutFile& file : files) {
    TRY_ASSIGN(const auto table, LaidOutTable::Open(file.file, file.layout));
    LaidOutRow row;
    for (;;) {
      TRY_ASSIGN(const bool there, table->Next(row));
      if (!there) break;
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        std::optional<std::string_view> made;
        if (are_numbers[i] && row.cells[i]) are_numbers[i] = makers[i].Make(*row.cells[i], made);
      }
    }
  }
  for (std::size_t i = 0; i < treatments.size(); ++i) {
    if (!are_numbers[i] || makers[i].changes().cells == std::uint64_t{0}) continue;
    treatments[i].form = NumberForm::kMarked;
  }
  return {};
}

// The good rows' cells by the names of their columns.
std::string NamedCells(const std::string& table, const std::vector<std::string>& names) {
  std::string select;
  for (std::size_t i = 0; i < names.size(); ++i) {
    select += (i == 0 ? "(SELECT found.c" : ", found.c") + std::to_string(i) + " AS " +
              engine::QuoteName(names[i]);
  }
  return select + " FROM " + table + " AS found WHERE found.reason IS NULL)";
}

struct TypedColumns {
  Schema columns;
  std::vector<bool> are_declared;
};

Result<TypedColumns> TypeColumns(const SourceContext& context, const std::string& cells,
                                 const std::vector<std::string>& names, const TextLayout& layout) {
  TypedColumns typed;
  Schema open, declared;
  for (const std::string& name : names) {
    Field field{name, {}};
    const ColumnReading* reading = FindReading(layout, name);
    const bool is_declared = reading != nullptr && !reading->type.empty();
    const bool is_text = context.WantsText(name);
    if (is_declared) {
      TRY_ASSIGN(field.type, contract::TypeNamed(reading->type));
      if (reading->format.empty()) declared.push_back(field);
    } else if (!is_text) {
      open.push_back(field);
    }
    typed.columns.push_back(std::move(field));
    typed.are_declared.push_back(is_declared || is_text);
  }
  TRY_ASSIGN(const Schema found, DetectTypes(context.engine, cells, open));
  std::size_t next = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!typed.are_declared[i]) typed.columns[i].type = found[next++].type;
  }
  TRY(CheckNothingIsLost(context.engine, cells, declared));
  return typed;
}

FoundColumn LaidOutColumn(const Field& field, std::size_t place, bool is_declared,
                          const std::string& format) {
  const std::string cell = "found.c" + std::to_string(place);
  FoundColumn column;
  column.name = field.name;
  column.sql = cell;
  if (field.type.kind == TypeKind::kString) return column;
  const std::string value =
      format.empty() ? cell : "try_strptime(" + cell + ", " + engine::QuoteText(format) + ")";
  column.sql = "TRY_CAST(" + value + " AS " + engine::TypeSql(field.type) + ")";
  if (!is_declared) return column;
  column.misfit = cell + " IS NOT NULL AND " + column.sql + " IS NULL";
  column.reason = engine::QuoteText("not a value of type " + TypeText(field.type) + ": ") +
                  " || left(" + cell + ", 100)";
  return column;
}

}  // namespace

Result<SourceRead> ReadLaidOut(const SourceContext& context, std::vector<TextLayout> layouts) {
  auto laid_out = std::make_shared<std::vector<LaidOutFile>>();
  laid_out->reserve(layouts.size());
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    laid_out->push_back({context.files[i], std::move(layouts[i])});
  }
  const LaidOutFiles files = laid_out;
  const TextLayout& layout = files->at(0).layout;
  std::vector<std::string> told;
  TRY_ASSIGN(const std::vector<std::string> names, LaidOutNames(*files, told));
  TRY_ASSIGN(std::vector<CellTreatment> treatments,
             Treatments(layout, names, context.files[0].location));
  if (layout.has_marks) TRY(FindMarkedColumns(*files, treatments));

  engine::TextTable text;
  text.columns.assign(kPlaceColumns.begin(), kPlaceColumns.end());
  for (std::size_t i = 0; i < names.size(); ++i) text.columns.push_back("c" + std::to_string(i));
  const auto kept = std::make_shared<KeptChanges>();
  text.open = [files, treatments, kept]() -> Result<std::unique_ptr<engine::TextRows>> {
    return std::unique_ptr<engine::TextRows>(
        std::make_unique<LaidOutRows>(files, treatments, kept));
  };
  const std::string table = context.engine.AddTextTable(std::move(text));
  TRY_ASSIGN(const TypedColumns typed,
             TypeColumns(context, NamedCells(table, names), names, layout));
  std::vector<FoundColumn> columns;
  columns.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ColumnReading* reading = FindReading(layout, names[i]);
    columns.push_back(LaidOutColumn(typed.columns[i], i, typed.are_declared[i],
                                    reading == nullptr ? "" : reading->format));
  }
  SourceRead read =
      ReadFoundRows(context, table, columns, context.params.value("file_column", ""), false);
  read.told = std::move(told);
  read.changes = [kept] { return kept->Get(); };
  read.refused_hint =
      "look at `delimiter`, `skip` and `drop_footer`, and at how the columns are read";
  return read;
}

}  // namespace assay::source
