#include "run/look_at_table.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/letter_case.h"
#include "contract/number_text.h"
#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "run/column_hints.h"
#include "run/find_key.h"

namespace assay::run {
namespace {

using engine::QuoteName;
using engine::QuoteText;

// A source as it is read with some parameters.
struct Reading {
  Schema schema;
  std::string table;  // a table expression
  std::int64_t rows = 0;
  std::int64_t refused = 0;
  std::string refused_place;
};

std::int64_t CountIn(const engine::Grid& grid, std::size_t column = 0) {
  return std::strtoll(grid.rows.at(0).at(column).value_or("0").c_str(), nullptr, 10);
}

std::string OneLine(const std::string& text) { return text.substr(0, text.find('\n')); }

// A type that a person declares for a column of text cells: not text, and none that is nested.
bool CanBeDeclared(const Type& type) {
  return type.kind != TypeKind::kString && type.kind < TypeKind::kList;
}

// ---- a first line that is data ----

bool FitsType(const std::string& text, const Type& type) {
  if (IsNumber(type)) return contract::IsNumber(text);
  if (type.kind == TypeKind::kBool) return Lower(text) == "true" || Lower(text) == "false";
  const bool is_day = type.kind == TypeKind::kDate || type.kind == TypeKind::kTimestamp ||
                      type.kind == TypeKind::kTimestampUtc;
  return is_day && text.size() >= 8 && text[0] >= '0' && text[0] <= '9' &&
         text.find_first_of("-/:") != std::string::npos;
}

// `5.1_1` as `5.1`: a name that stands twice gets a number.
std::string WithoutCounter(const std::string& name) {
  const std::size_t at = name.rfind('_');
  if (at == std::string::npos || !contract::IsDigits(name.substr(at + 1))) return name;
  return name.substr(0, at);
}

bool AreCounted(const std::vector<std::string>& numbers) {
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const long long last = std::strtoll(numbers[i - 1].c_str(), nullptr, 10);
    if (std::strtoll(numbers[i].c_str(), nullptr, 10) != last + 1) return false;
  }
  return true;
}

// Whether the names of the columns are values of the columns. Whole numbers alone may be years.
Result<bool> NamesAreData(engine::Engine& engine, const Reading& reading) {
  std::vector<std::string> whole_numbers;
  std::string same;
  bool is_certain = false;
  bool has_typed = false;
  for (const Field& field : reading.schema) {
    const std::string name = WithoutCounter(field.name);
    if (field.type.kind == TypeKind::kString) {
      same += (same.empty() ? "" : " + ") + std::string("count(CASE WHEN ") +
              QuoteName(field.name) + " = " + QuoteText(name) + " THEN 1 END)";
      continue;
    }
    if (!FitsType(name, field.type)) return false;
    has_typed = true;
    if (contract::IsDigits(name)) {
      whole_numbers.push_back(name);
    } else {
      is_certain = true;
    }
  }
  if (!has_typed) return false;
  if (is_certain) return true;
  if (same.empty()) return !AreCounted(whole_numbers);
  TRY_ASSIGN(const engine::Grid grid, engine.Query("SELECT " + same + " FROM " + reading.table));
  return CountIn(grid) > 0;
}

// Columns of floats in which not-a-number stands: in text, as a rule, for a missing value.
Result<std::vector<std::string>> ColumnsWithNan(engine::Engine& engine, const Reading& reading) {
  std::vector<std::string> names;
  std::string counts;
  for (const Field& field : reading.schema) {
    if (!IsFloat(field.type)) continue;
    counts += (names.empty() ? "" : ", ") + std::string("count(CASE WHEN isnan(") +
              QuoteName(field.name) + ") THEN 1 END)";
    names.push_back(field.name);
  }
  if (names.empty()) return names;
  TRY_ASSIGN(const engine::Grid grid, engine.Query("SELECT " + counts + " FROM " + reading.table));
  std::vector<std::string> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (CountIn(grid, i) > 0) found.push_back(names[i]);
  }
  return found;
}

// A column of numbers that are text for their marks alone.
struct MarkedNumbers {
  std::string column;
  Json reading;
  std::string why;
};

// What a person should know who reads percentages.
std::string WhyMarked(const SeenCast& cast) {
  if (cast.reading.value("read", "") != "percent") return cast.why;
  return cast.why.substr(0, cast.why.rfind(", as shares")) + "; `read: fraction` makes 0.5 of 50 %";
}

class TableLooker {
 public:
  explicit TableLooker(const TableLook& look)
      : look_(look), engine_(look.engine), delimiter_(look.delimiter) {
    for (const contract::Param& param : look.kind.info.params) {
      if (param.by_default) params_[param.name] = *param.by_default;
    }
    std::vector<std::string> locations;
    locations.reserve(look.files.size());
    for (const source::SourceFile& file : look.files) locations.push_back(file.location);
    params_["files"] = locations;
    Declare("delimiter", look.delimiter == '\0' ? "" : std::string(1, look.delimiter));
    Declare("records", look.records);
    Declare("encoding", look.encoding);
    if (look.title_lines > 0) Declare("skip", std::to_string(look.title_lines));
  }

  Result<Reading> Read();
  Result<Reading> ReadGuessing();
  Result<SeenSource> Look();

 private:
  const contract::Param* FindParam(const std::string& name) const {
    for (const contract::Param& param : look_.kind.info.params) {
      if (param.name == name) return &param;
    }
    return nullptr;
  }
  void Declare(const std::string& name, const std::string& text) {
    if (!text.empty() && FindParam(name) != nullptr) params_[name] = text;
  }
  void Note(const std::string& name, const std::string& why) {
    noted_.push_back({name, params_.at(name), why});
  }
  void NoteDelimiter();
  Status FindHeader(Reading& reading);
  Status FindNulls(Reading& reading);
  Status ReadMarkedNumbers(Reading& reading);
  void NoteMarkedNumbers();
  Status DeclareTypes(Reading& reading);
  void CastNearlyTyped(SeenSource& seen);
  Result<std::string> AlsoElsewhere(const Reading& reading, const std::vector<std::string>& words,
                                    const std::set<std::string>& meant);

  const TableLook& look_;
  engine::Engine& engine_;
  Json params_ = Json::object();
  std::vector<SeenOption> noted_;
  std::vector<NearlyTyped> nearly_;
  std::vector<MarkedNumbers> marked_;
  char delimiter_;
  int reads_ = 0;
};

Result<Reading> TableLooker::Read() {
  const source::SourceContext context{engine_, params_, look_.files};
  TRY_ASSIGN(const source::SourceRead read, look_.kind.read(context));
  Reading reading;
  if (read.files_are_table) {
    reading.table = "(" + read.query + ")";
  } else {
    const auto path = look_.scratch / ("table" + std::to_string(reads_++) + ".parquet");
    const auto copied = engine_.CopyToParquet(read.query, path);
    if (!copied.ok()) return source::NameSourceFile(copied.error(), look_.files);
    reading.table = engine::ReadParquet({path}, {});
  }
  TRY_ASSIGN(reading.schema, engine_.Describe("SELECT * FROM " + reading.table));
  TRY_ASSIGN(const engine::Grid rows, engine_.Query("SELECT count(*) FROM " + reading.table));
  reading.rows = CountIn(rows);
  if (!read.refused) return reading;
  TRY_ASSIGN(const std::string refused, read.refused());
  TRY_ASSIGN(const engine::Grid count, engine_.Query("SELECT count(*) FROM (" + refused + ")"));
  reading.refused = CountIn(count);
  if (reading.refused == 0) return reading;
  TRY_ASSIGN(const engine::Grid first,
             engine_.Query("SELECT location, line, reason FROM (" + refused + ") LIMIT 1"));
  reading.refused_place = first.rows.at(0)[0].value_or("") + ":" + first.rows[0][1].value_or("") +
                          ": " + OneLine(first.rows[0][2].value_or(""));
  if (reading.rows > 0) return reading;
  const bool is_encoding = Lower(reading.refused_place).find("utf-8") != std::string::npos;
  return Error{ErrorCode::kData, "no row could be read: " + reading.refused_place,
               is_encoding ? "unpack it, convert it, as with `iconv -f windows-1252 -t utf-8`, and "
                             "begin with that file"
                           : "look at the delimiter, the quotes, and at lines before the header"};
}

// Of files that could not be looked into, those that are packed: one column alone may be several
// with another delimiter.
Result<Reading> TableLooker::ReadGuessing() {
  auto reading = Read();
  const bool may_be_cut = delimiter_ == '\0' && FindParam("delimiter") != nullptr;
  if (!may_be_cut || (reading.ok() && reading->schema.size() > 1)) return reading;
  const Json before = params_;
  for (const char delimiter : {',', ';', '\t', '|'}) {
    params_["delimiter"] = std::string(1, delimiter);
    auto other = Read();
    if (!other.ok() || other->schema.size() < 2) continue;
    delimiter_ = delimiter;
    return other;
  }
  params_ = before;
  return reading;
}

void TableLooker::NoteDelimiter() {
  const contract::Param* param = FindParam("delimiter");
  if (param == nullptr || delimiter_ == '\0') return;
  const std::string usual = param->by_default ? param->by_default->get<std::string>() : "";
  const bool is_tab = delimiter_ == '\t';
  if (usual == params_["delimiter"].get<std::string>() || (is_tab && usual == "\\t")) return;
  Note("delimiter", is_tab ? "a tab stands between the cells" : "stands between the cells");
}

Status TableLooker::FindHeader(Reading& reading) {
  const contract::Param* param = FindParam("header");
  if (param == nullptr || param->type != contract::ParamType::kBool) return {};
  TRY_ASSIGN(const bool is_data, NamesAreData(engine_, reading));
  if (!is_data) return {};
  params_["header"] = false;
  TRY_ASSIGN(reading, Read());
  Note("header",
       "the first line is data like the others; `SELECT column0 AS …` in a step gives "
       "names");
  return {};
}

// `, and in `region` too (12 rows)`: a word may be a value elsewhere.
Result<std::string> TableLooker::AlsoElsewhere(const Reading& reading,
                                               const std::vector<std::string>& words,
                                               const std::set<std::string>& meant) {
  std::string also;
  for (const Field& field : reading.schema) {
    if (field.type.kind != TypeKind::kString || meant.contains(field.name)) continue;
    TRY_ASSIGN(
        const engine::Grid grid,
        engine_.Query("SELECT count(*) FROM " + reading.table + " WHERE " + QuoteName(field.name) +
                      " IN (SELECT unnest(" + engine::TextList(words) + "))"));
    if (CountIn(grid) == 0) continue;
    also += (also.empty() ? "; also in " : ", ") + field.name + " (" +
            std::to_string(CountIn(grid)) + " rows)";
  }
  return also;
}

// Words such as NA make text of a column of numbers; declared as nulls they do not.
Status TableLooker::FindNulls(Reading& reading) {
  TRY_ASSIGN(nearly_, FindNearlyTyped(engine_, reading.table, reading.schema));
  const contract::Param* param = FindParam("nulls");
  if (param == nullptr || param->type != contract::ParamType::kScalars) return {};
  std::vector<std::string> words;
  std::set<std::string> columns;
  for (const NearlyTyped& nearly : nearly_) {
    const bool all_null = std::all_of(nearly.others.begin(), nearly.others.end(),
                                      [](const auto& other) { return IsNullWord(other.first); });
    if (!all_null) continue;
    columns.insert(nearly.column);
    for (const auto& [word, rows] : nearly.others) {
      if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    }
  }
  TRY_ASSIGN(const auto not_numbers, ColumnsWithNan(engine_, reading));
  if (!not_numbers.empty()) words.insert(words.end(), {"NaN", "nan"});
  columns.insert(not_numbers.begin(), not_numbers.end());
  if (words.empty()) return {};
  TRY_ASSIGN(const std::string also, AlsoElsewhere(reading, words, columns));
  const Json before = params_;
  Json nulls = params_.value("nulls", Json::array());
  for (const std::string& word : words) nulls.push_back(word);
  params_["nulls"] = nulls;
  auto again = Read();
  if (!again.ok() || again->refused > reading.refused) {
    params_ = before;
    return {};
  }
  reading = std::move(again).value();
  Note("nulls", "these mean that a value is missing, as in " + *columns.begin() + also);
  TRY_ASSIGN(nearly_, FindNearlyTyped(engine_, reading.table, reading.schema));
  return {};
}

// Numbers such as $1,300 and 17.5 % need no SQL: the source reads them.
Status TableLooker::ReadMarkedNumbers(Reading& reading) {
  const contract::Param* param = FindParam("columns");
  if (param == nullptr || param->type != contract::ParamType::kCellTypes) return {};
  std::vector<SeenColumn> columns;
  columns.reserve(reading.schema.size());
  for (const Field& field : reading.schema) {
    if (!contract::Trim(field.name).empty()) columns.push_back({field.name, field.type, {}, {}});
  }
  TRY(FindCasts(engine_, reading.table, delimiter_ == ';', columns));
  Json given = Json::array();
  for (const SeenColumn& column : columns) {
    if (!column.cast || column.cast->reading.is_null()) continue;
    given.push_back(Json::array({column.name, "", column.cast->reading}));
    marked_.push_back({column.name, column.cast->reading, WhyMarked(*column.cast)});
  }
  if (marked_.empty()) return {};
  const Json before = params_;
  params_["columns"] = given;
  auto again = Read();
  const bool are_numbers = again.ok() && again->refused == reading.refused &&
                           std::ranges::all_of(marked_, [&](const MarkedNumbers& one) {
                             const Field* field = FindField(again->schema, one.column);
                             return field != nullptr && IsNumber(field->type);
                           });
  if (!are_numbers) {
    params_ = before;
    marked_.clear();
    return {};
  }
  reading = std::move(again).value();
  return {};
}

// How they are read, where no types are declared.
void TableLooker::NoteMarkedNumbers() {
  if (marked_.empty()) return;
  Json columns = Json::array();
  for (const MarkedNumbers& one : marked_) {
    columns.push_back(Json::array({one.column, "", one.reading, one.why}));
  }
  noted_.push_back({"columns", columns, "numbers with marks"});
}

// What was detected is written down: then a cell that does not fit is refused, where it would make
// text of the whole column.
Status TableLooker::DeclareTypes(Reading& reading) {
  const contract::Param* param = FindParam("columns");
  const bool takes_types = param != nullptr && (param->type == contract::ParamType::kMapping ||
                                                param->type == contract::ParamType::kCellTypes);
  if (!takes_types || reading.rows == 0) {
    return {};
  }
  Json columns = Json::array();
  Json noted = Json::array();
  for (const Field& field : reading.schema) {
    if (!CanBeDeclared(field.type) || contract::Trim(field.name).empty()) continue;
    columns.push_back(Json::array({field.name, TypeText(field.type)}));
    noted.push_back(columns.back());
    const auto marked = std::ranges::find(marked_, field.name, &MarkedNumbers::column);
    if (marked == marked_.end()) continue;
    columns.back().push_back(marked->reading);
    noted.back().push_back(marked->reading);
    noted.back().push_back(marked->why);
  }
  if (columns.empty()) return {};
  const Json before = params_;
  params_["columns"] = columns;
  auto again = Read();
  if (!again.ok() || again->refused != reading.refused || again->schema != reading.schema) {
    params_ = before;
    NoteMarkedNumbers();
    return {};
  }
  reading = std::move(again).value();
  Note("columns",
       "types as seen. A value that does not fit is refused with its row; without them it would "
       "make "
       "its whole column text.");
  noted_.back().value = noted;
  return {};
}

Status CheckNames(const Schema& schema) {
  for (const Field& field : schema) {
    if (IsReservedColumn(field.name)) {
      return Error{ErrorCode::kData,
                   "a column has a name that Assay keeps for itself: " + field.name,
                   "rename it where it comes from"};
    }
    const bool has_end = field.name.find('\0') != std::string::npos;
    if (contract::Trim(field.name).empty() || has_end || contract::FindInvalidUtf8(field.name)) {
      return Error{ErrorCode::kData,
                   "a column has no name that can be written: " + contract::Escaped(field.name),
                   "give it a name where it comes from"};
    }
  }
  return {};
}

// What a column would be but for a few values that are no words for null.
void TableLooker::CastNearlyTyped(SeenSource& seen) {
  constexpr std::size_t kFewOthers = 20;
  for (SeenColumn& column : seen.columns) {
    const auto nearly = std::find_if(nearly_.begin(), nearly_.end(), [&](const NearlyTyped& one) {
      return one.column == column.name;
    });
    if (nearly == nearly_.end() || column.cast || nearly->others.size() > kFewOthers) continue;
    const bool is_number = std::string(nearly->type) == "float64";
    column.cast = SeenCast{
        "TRY_CAST(" + QuoteName(column.name) + " AS " + (is_number ? "DOUBLE)" : "TIMESTAMP)"),
        std::string("most are ") + nearly->what + ", not " + nearly->others[0].first +
            (nearly->others.size() > 1 ? " and others" : "") + ", which would be null",
        is_number, is_number ? TypeKind::kFloat64 : TypeKind::kTimestamp};
  }
}

Result<SeenSource> TableLooker::Look() {
  TRY_ASSIGN(Reading reading, ReadGuessing());
  NoteDelimiter();
  if (!look_.encoding.empty()) Note("encoding", "it is not UTF-8; look whether letters are right");
  if (look_.title_lines > 0) {
    noted_.push_back({"skip", look_.title_lines, "lines stand before the header"});
  }
  if (!look_.records.empty()) Note("records", "the rows stand there in the document");
  TRY(FindHeader(reading));
  TRY(CheckNames(reading.schema));
  TRY(FindNulls(reading));
  TRY(ReadMarkedNumbers(reading));
  TRY(DeclareTypes(reading));
  SeenSource seen;
  seen.kind = look_.kind.info.name;
  seen.files = look_.files.size();
  seen.can_tell_files = FindParam("file_column") != nullptr;
  seen.options = noted_;
  seen.rows = reading.rows;
  seen.refused = reading.refused;
  seen.refused_place = reading.refused_place;
  TRY_ASSIGN(const auto profiles, stats::ProfileTable(engine_, reading.table, reading.schema));
  for (std::size_t i = 0; i < reading.schema.size(); ++i) {
    seen.columns.push_back({reading.schema[i].name, reading.schema[i].type, profiles[i], {}});
  }
  TRY(FindCasts(engine_, reading.table, delimiter_ == ';', seen.columns));
  CastNearlyTyped(seen);
  TRY(FindKey(engine_, reading.table, seen));
  return seen;
}

}  // namespace

Result<SeenSource> LookAtTable(const TableLook& look) { return TableLooker(look).Look(); }

Result<std::string> ColumnsText(const TableLook& look) {
  TRY_ASSIGN(const Reading reading, TableLooker(look).Read());
  return SchemaJson(reading.schema).dump();
}

}  // namespace assay::run
