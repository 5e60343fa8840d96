#include "source/json_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/letter_case.h"
#include "contract/type_name.h"
#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "source/declared_values.h"
#include "source/json_text.h"
#include "source/refusals.h"
#include "source/text_file.h"

namespace assay::source {
namespace {

// So many keys are no longer columns: they are values that stand in the place of keys.
constexpr std::size_t kMostColumns = 2000;

constexpr char kFlatten[] = "flatten";

// What becomes of values in values.
struct JsonShape {
  bool flattens = false;  // objects are taken apart, their keys joined with the separator
  std::string separator;
  std::string explode;  // the column whose lists make a row of each item; empty: none
};

JsonShape ShapeOf(const Json& params) {
  return {params.value("nested", "text") == kFlatten, params.value("separator", "_"),
          params.value("explode", "")};
}

struct JsonCell {
  std::string_view key;
  JsonForm form = JsonForm::kNull;
  std::string_view text;  // what the value means; of a list or an object, as written
};

// Takes items apart. What it hands out lives until the next item, or the next row of one.
class JsonRowParser {
 public:
  explicit JsonRowParser(JsonShape shape) : shape_(std::move(shape)) {}

  // False when the item is no row, or has one that is none; `column` and `reason` tell why.
  bool Parse(std::string_view text) {
    column_.clear();
    cells_.clear();
    listed_.clear();
    is_exploded_ = false;
    own_.Clear(text.size());
    if (const auto fault = ScanObject(text, members_)) return Refuse(text, *fault);
    for (const JsonMember& member : members_) {
      if (!Add(Decoded(member.key, own_), member.value, own_)) return false;
    }
    return CheckKeysDiffer() && (shape_.explode.empty() || ParseList());
  }

  // How many rows the item is.
  std::size_t num_rows() const { return std::max<std::size_t>(listed_.size(), 1); }
  // Whether one of its values is a list of which each item is a row.
  bool is_exploded() const { return is_exploded_; }
  // Makes `cells` those of a row of the item, which are good.
  void Choose(std::size_t row) {
    if (is_exploded_) PutListed(row);
  }

  const std::vector<JsonCell>& cells() const { return cells_; }
  const std::string& column() const { return column_; }
  const std::string& reason() const { return reason_; }

 private:
  // Texts that do not stand in the item as they are.
  struct MadeTexts {
    std::string decoded;
    std::deque<std::string> names;

    // What is decoded of a text is no longer than it, so nothing moves.
    void Clear(std::size_t size) {
      decoded.clear();
      decoded.reserve(size);
      names.clear();
    }
  };

  bool Refuse(std::string_view text, const JsonFault& fault) {
    const std::string place =
        "character " + std::to_string(contract::CountCharacters(text.substr(0, fault.offset)) + 1);
    switch (fault.kind) {
      case JsonFaultKind::kSyntax:
        reason_ = "not JSON at " + place + ": " + fault.reason;
        break;
      case JsonFaultKind::kEncoding:
        reason_ = fault.reason + " as " + place;
        break;
      case JsonFaultKind::kNoObject:
        reason_ = fault.reason;
    }
    return false;
  }

  bool Refuse(std::string_view column, const char* reason) {
    column_ = column;
    reason_ = reason;
    return false;
  }

  static std::string_view Decoded(std::string_view string, MadeTexts& made) {
    const std::string_view inner = string.substr(1, string.size() - 2);
    if (inner.find('\\') == std::string_view::npos) return inner;
    const std::size_t first = made.decoded.size();
    AppendDecoded(string, made.decoded);
    return std::string_view(made.decoded).substr(first);
  }

  // A value under its key, or, where objects are taken apart, the values in it.
  bool Add(std::string_view key, const JsonValue& value, MadeTexts& made) {
    if (!CheckKey(key)) return false;
    if (shape_.flattens && value.form == JsonForm::kObject) return AddMembers(key, value, made);
    JsonCell cell{key, value.form, value.text};
    if (cell.form == JsonForm::kString) cell.text = Decoded(cell.text, made);
    const bool is_text = cell.form == JsonForm::kString;
    if (is_text && cell.text.find('\0') != std::string_view::npos) {
      return Refuse(cell.key, "text with a zero character");
    }
    cells_.push_back(cell);
    return true;
  }

  bool AddMembers(std::string_view key, const JsonValue& object, MadeTexts& made) {
    for (const JsonMember& member : MembersOf(object)) {
      const std::string_view inner = Decoded(member.key, made);
      if (!CheckKey(inner)) return false;
      const std::string_view name =
          made.names.emplace_back(std::string(key) + shape_.separator + std::string(inner));
      if (!Add(name, member.value, made)) return false;
    }
    return true;
  }

  bool CheckKey(std::string_view key) {
    if (key.empty()) return Refuse("", "an empty key, which can name no column");
    if (key.find('\0') != std::string_view::npos) {
      return Refuse("", "a key with a zero character, which can name no column");
    }
    return true;
  }

  // Looks for the list whose items are rows, and through all of them.
  bool ParseList() {
    const auto found = std::ranges::find(cells_, shape_.explode, &JsonCell::key);
    if (found == cells_.end() || found->form != JsonForm::kList) return true;
    is_exploded_ = true;
    listed_ = ItemsOf({JsonForm::kList, found->text});
    cells_.erase(found);
    num_own_ = cells_.size();
    for (std::size_t row = 0; row < num_rows(); ++row) {
      if (!PutListed(row)) return false;
    }
    return true;
  }

  // The cells of a row: those beside the list, and behind them those of one of its items. Where
  // there is none, that is null.
  bool PutListed(std::size_t row) {
    cells_.resize(num_own_);
    const JsonValue item = listed_.empty() ? JsonValue{JsonForm::kNull, "null"} : listed_[row];
    of_item_.Clear(item.text.size());
    return Add(shape_.explode, item, of_item_) && CheckKeysDiffer();
  }

  bool CheckKeysDiffer() {
    sorted_.clear();
    for (const JsonCell& cell : cells_) sorted_.push_back(cell.key);
    std::ranges::sort(sorted_);
    const auto twice = std::ranges::adjacent_find(sorted_);
    return twice == sorted_.end() || Refuse(*twice, "a key that comes twice");
  }

  JsonShape shape_;
  std::vector<JsonMember> members_;
  std::vector<JsonCell> cells_;
  std::size_t num_own_ = 0;  // of the cells beside the list
  std::vector<JsonValue> listed_;
  bool is_exploded_ = false;
  std::vector<std::string_view> sorted_;
  MadeTexts own_, of_item_;
  std::string column_;
  std::string reason_;
};

constexpr std::size_t kJsonForms = static_cast<std::size_t>(JsonForm::kObject) + 1;

// What was seen of the values of one key.
struct SeenValues {
  std::string key;
  std::string where;  // of the first
  bool has_bool = false;
  bool has_whole = false;     // a whole number that fits int64
  bool has_fraction = false;  // another number that a double holds, perhaps rounded
  bool has_bent = false;      // a whole number that a double would bend
  bool has_text = false;      // all else, numbers among it that no double holds
  // How many values there are of each form.
  std::array<std::uint64_t, kJsonForms> forms{};
};

bool IsWhole(std::string_view number) {
  return number.find_first_of(".eE") == std::string_view::npos;
}

// Whether a number that is too large or too small for a double is the former.
bool IsTooLarge(std::string_view number) {
  const std::size_t end = std::min(number.find_first_of("eE"), number.size());
  const std::string_view digits = number.substr(0, end);
  const std::string_view power = number.substr(std::min(end + 1, number.size()));
  const std::size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  const auto point = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
  std::int64_t exponent = 0;
  const std::size_t sign = power.starts_with('+') ? 1 : 0;
  const auto parsed = std::from_chars(power.data() + sign, power.data() + power.size(), exponent);
  if (parsed.ec == std::errc::result_out_of_range) return !power.starts_with('-');
  return point - static_cast<std::int64_t>(first) + exponent > 0;
}

// Whether a double holds the number, perhaps rounded.
bool IsInRange(std::string_view number) {
  double value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  return parsed.ec != std::errc::result_out_of_range || !IsTooLarge(number);
}

bool FitsExactly(std::int64_t value) {
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63, which is no int64
  const auto number = static_cast<double>(value);
  return number < kBeyond && static_cast<std::int64_t>(number) == value;
}

void NoteNumber(std::string_view number, SeenValues& seen) {
  if (IsWhole(number)) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error == std::errc()) {
      seen.has_whole = true;
      seen.has_bent = seen.has_bent || !FitsExactly(value);
    } else {
      seen.has_text = true;  // an identifier, as a rule
    }
    return;
  }
  (IsInRange(number) ? seen.has_fraction : seen.has_text) = true;
}

void NoteCell(const JsonCell& cell, SeenValues& seen) {
  ++seen.forms[static_cast<std::size_t>(cell.form)];
  switch (cell.form) {
    case JsonForm::kNull:
      return;
    case JsonForm::kBool:
      seen.has_bool = true;
      return;
    case JsonForm::kNumber:
      return NoteNumber(cell.text, seen);
    default:
      seen.has_text = true;
  }
}

Type DetectedType(const SeenValues& seen) {
  const auto type = [](TypeKind kind) { return Type{kind, 0, 0, {}}; };
  const bool has_number = seen.has_whole || seen.has_fraction;
  if (seen.has_text || (seen.has_bool && has_number)) return type(TypeKind::kString);
  if (seen.has_bool) return type(TypeKind::kBool);
  if (!has_number) return type(TypeKind::kString);
  if (!seen.has_fraction) return type(TypeKind::kInt64);
  return type(seen.has_bent ? TypeKind::kString : TypeKind::kFloat64);
}

// Places of keys among the columns.
class KeyPlaces {
 public:
  // The place of a key, and whether it is new there. `guess` is where it was in the row before.
  std::pair<std::size_t, bool> Add(std::string_view key, std::size_t guess) {
    if (guess < keys_.size() && keys_[guess] == key) return {guess, false};
    const auto [found, is_new] = places_.try_emplace(std::string(key), keys_.size());
    if (is_new) keys_.emplace_back(key);
    return {found->second, is_new};
  }

 private:
  std::vector<std::string> keys_;
  std::unordered_map<std::string, std::size_t> places_;
};

// What a look through all files found.
struct JsonFindings {
  std::vector<SeenValues> columns;  // in order of their first appearance
  std::uint64_t rows = 0;
  std::uint64_t refused = 0;
  std::string first_refused;  // `FILE:LINE: reason: text`
  bool is_exploded = false;   // a list was found whose items are rows
};

std::string WhereText(const SourceFile& file, std::int64_t line) {
  return file.location + ":" + std::to_string(line);
}

Status NoteRow(const std::vector<JsonCell>& cells, const SourceFile& file, std::int64_t line,
               KeyPlaces& places, std::vector<SeenValues>& columns) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto [place, is_new] = places.Add(cells[i].key, i);
    if (is_new) {
      columns.push_back({std::string(cells[i].key), WhereText(file, line)});
      if (columns.size() > kMostColumns) {
        return Error{ErrorCode::kData,
                     "the objects have more than " + std::to_string(kMostColumns) +
                         " different keys, which are columns here; " + columns.back().where +
                         " has one more",
                     "write objects of few keys, with what stands in their place as a value"};
      }
    }
    NoteCell(cells[i], columns[place]);
  }
  return {};
}

// Case does not tell columns apart in SQL.
Status CheckCase(const std::vector<SeenValues>& columns) {
  std::unordered_map<std::string, const SeenValues*> lower;
  for (const SeenValues& column : columns) {
    const auto [known, is_new] = lower.emplace(Lower(column.key), &column);
    if (is_new) continue;
    return Error{ErrorCode::kData,
                 "keys that differ in case alone cannot be two columns: " + known->second->key +
                     " (" + known->second->where + "), " + column.key + " (" + column.where + ")",
                 "write both alike, or rename one"};
  }
  return {};
}

bool HasValues(const SeenValues& seen) {
  return std::any_of(seen.forms.begin() + 1, seen.forms.end(),
                     [](std::uint64_t count) { return count > 0; });
}

// An object that is null somewhere is no column where the values in it are.
void DropNullObjects(const std::string& separator, std::vector<SeenValues>& columns) {
  std::erase_if(columns, [&](const SeenValues& one) {
    const std::string prefix = one.key + separator;
    return !HasValues(one) && std::ranges::any_of(columns, [&](const SeenValues& other) {
      return other.key.starts_with(prefix);
    });
  });
}

Result<JsonFindings> LookThrough(const std::vector<SourceFile>& files, const OpenJsonItems& open,
                                 const JsonShape& shape) {
  JsonFindings found;
  KeyPlaces places;
  JsonRowParser parser(shape);
  for (const SourceFile& file : files) {
    TRY(CheckHasNoMark(file));
    TRY_ASSIGN(const auto items, open(file));
    for (;;) {
      TRY_ASSIGN(const std::optional<JsonItem> item, items->Next());
      if (!item) break;
      const std::string& own = item->reason;
      if (own.empty() && parser.Parse(item->text)) {
        found.rows += parser.num_rows();
        found.is_exploded = found.is_exploded || parser.is_exploded();
        for (std::size_t row = 0; row < parser.num_rows(); ++row) {
          parser.Choose(row);
          TRY(NoteRow(parser.cells(), file, item->line, places, found.columns));
        }
      } else if (++found.refused == 1) {
        found.first_refused = WhereText(file, item->line) + ": " +
                              (own.empty() ? parser.reason() : own) + ": " +
                              ShownText(item->text.substr(0, 100));
      }
    }
  }
  if (shape.flattens) DropNullObjects(shape.separator, found.columns);
  TRY(CheckCase(found.columns));
  return found;
}

// All rows of the files, as text.
class JsonTextRows : public engine::TextRows {
 public:
  JsonTextRows(std::vector<SourceFile> files, OpenJsonItems open, const JsonShape& shape,
               const std::vector<std::string>& keys)
      : files_(std::move(files)), open_(std::move(open)), parser_(shape) {
    for (const std::string& key : keys) places_.Add(key, keys.size());
  }

  Result<bool> Next(Cells& cells) override {
    if (next_row_ < num_rows_) {
      PutRow(cells);
      return true;
    }
    while (place_.file < files_.size()) {
      if (items_ == nullptr) {
        TRY_ASSIGN(items_, open_(files_[place_.file]));
      }
      TRY_ASSIGN(const std::optional<JsonItem> item, items_->Next());
      if (item) {
        Begin(*item);
        PutRow(cells);
        return true;
      }
      items_ = nullptr;
      ++place_.file;
    }
    return false;
  }

 private:
  void Begin(const JsonItem& item) {
    text_ = item.text;
    place_.line = item.line;
    place_.reason = item.reason;
    place_.column.clear();
    if (place_.reason.empty() && !parser_.Parse(item.text)) {
      place_.column = parser_.column();
      place_.reason = parser_.reason();
    }
    next_row_ = 0;
    num_rows_ = place_.reason.empty() ? parser_.num_rows() : 1;
  }

  void PutRow(Cells& cells) {
    std::fill(cells.begin(), cells.end(), std::nullopt);
    if (place_.reason.empty()) {
      parser_.Choose(next_row_);
      PutValues(text_.size(), cells);
    }
    place_cells_.Put(place_, text_, cells);
    ++next_row_;
  }

  void PutValues(std::size_t size, Cells& cells) {
    compact_.clear();
    compact_.reserve(size);
    const std::vector<JsonCell>& row = parser_.cells();
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::size_t place = kPlaceColumns.size() + places_.Add(row[i].key, i).first;
      if (place >= cells.size() || row[i].form == JsonForm::kNull) continue;
      cells[place] = row[i].text;
      if (row[i].form != JsonForm::kList && row[i].form != JsonForm::kObject) continue;
      const std::size_t first = compact_.size();
      AppendCompact(row[i].text, compact_);
      cells[place] = std::string_view(compact_).substr(first);
    }
  }

  std::vector<SourceFile> files_;
  OpenJsonItems open_;
  std::unique_ptr<JsonItems> items_;
  KeyPlaces places_;
  JsonRowParser parser_;
  std::string_view text_;     // of the item
  std::size_t next_row_ = 0;  // of it
  std::size_t num_rows_ = 0;
  RowPlace place_;
  PlaceCells place_cells_;
  std::string compact_;
};

// By name.
using DeclaredTypes = std::map<std::string, std::string>;

Result<FoundColumn> ColumnOf(const SeenValues& seen, std::size_t place, bool wants_text,
                             const DeclaredTypes& declared) {
  const std::string cell = "found.c" + std::to_string(place);
  const auto found = declared.find(seen.key);
  const bool is_declared = found != declared.end();
  Type type = wants_text ? Type{TypeKind::kString, 0, 0, {}} : DetectedType(seen);
  if (is_declared) {
    TRY_ASSIGN(type, contract::TypeNamed(found->second));
  }
  FoundColumn column;
  column.name = seen.key;
  if (type.kind == TypeKind::kString) {
    column.sql = cell;
    return column;
  }
  // What does not fit is refused before; a cast that fails would end the run.
  column.sql = "TRY_CAST(" + cell + " AS " + engine::TypeSql(type) + ")";
  if (!is_declared) return column;
  column.misfit = MisfitSql(type, cell);
  column.reason = MisfitReasonSql(type, cell);
  return column;
}

// `value` is read as text, for its values are of several types: 2 numbers, 1 text`; empty where
// they are of one.
std::string MixedText(const SeenValues& seen) {
  struct Word {
    JsonForm form;
    const char* name;
  };
  constexpr std::array kWords = {Word{JsonForm::kBool, "truth value"},
                                 Word{JsonForm::kNumber, "number"}, Word{JsonForm::kString, "text"},
                                 Word{JsonForm::kList, "list"}, Word{JsonForm::kObject, "object"}};
  std::string counts;
  int several = 0;
  for (const Word& word : kWords) {
    const std::uint64_t count = seen.forms[static_cast<std::size_t>(word.form)];
    if (count == 0) continue;
    counts += (counts.empty() ? "" : ", ") + std::to_string(count) + " " + word.name +
              (count == 1 ? "" : "s");
    ++several;
  }
  if (several < 2) return "";
  return "`" + seen.key + "` is read as text, for its values are of several types: " + counts;
}

Status CheckExploded(const JsonFindings& found, const JsonShape& shape) {
  if (shape.explode.empty() || found.is_exploded) return {};
  std::string names;
  for (const SeenValues& column : found.columns) {
    names += (names.empty() ? "" : ", ") + column.key;
  }
  return Error{ErrorCode::kUser, "explode: no object has a list there: " + shape.explode,
               "the columns are " + names};
}

Status CheckDeclaredKeys(const std::vector<SeenValues>& columns, const DeclaredTypes& declared) {
  std::string names;
  for (const SeenValues& column : columns) names += (names.empty() ? "" : ", ") + column.key;
  for (const auto& [name, type] : declared) {
    const bool is_there = std::ranges::find(columns, name, &SeenValues::key) != columns.end();
    if (is_there) continue;
    return Error{ErrorCode::kUser, "no object has a key of this name: " + name,
                 "the keys are " + names};
  }
  return {};
}

}  // namespace

std::vector<contract::Param> JsonParams() {
  using contract::ParamType;
  return {
      {.name = "files",
       .type = ParamType::kPaths,
       .summary = "path or glob, or a list of them",
       .required = true},
      {.name = "columns",
       .type = ParamType::kMapping,
       .summary = "key to type, for columns whose type is not to be detected"},
      {.name = "nested",
       .type = ParamType::kChoice,
       .summary = "what becomes of objects in objects: JSON as text, or a column for each value",
       .by_default = "text",
       .choices = {"text", kFlatten}},
      {.name = "separator",
       .type = ParamType::kString,
       .summary = "what stands between the keys in the name of a column that was in an object; "
                  "`_` where not said"},
      {.name = "explode",
       .type = ParamType::kString,
       .summary = "the column whose lists make a row of each of their items"},
      {.name = "file_column",
       .type = ParamType::kString,
       .summary = "name of a column that gets each row's file name"}};
}

std::string JsonColumnsHelp() {
  return "The keys of all objects are the columns, in the order in which they first appear; where "
         "an object lacks one it is null. Numbers without a fraction are `int64`, others "
         "`float64`, `true` and `false` are `bool`, all else is text: strings as they are (declare "
         "a date), lists and objects as JSON without white space (`->>` and `from_json` in a sql "
         "step take them apart), and the numbers of a key as they are written where `int64` or "
         "`float64` would bend one of them. Types are declared in `columns` as for `csv`. Where "
         "the "
         "values of a column are of several types, as numbers and texts, a warning tells how many "
         "there are of each, and the column is text.\n\n"
         "With `nested: flatten` the values in an object are columns, at any depth: "
         "`{\"address\": {\"city\": …}}` is `address_city`. `explode: items` makes a row of each "
         "item of the list in that column, with all other values beside it; where the list is "
         "empty "
         "or null there is one row with a null, and a value that is no list is left as it is. With "
         "both, items that are objects are columns too (`items_sku`), and the list may stand in an "
         "object (`explode: order_items`).\n\n"
         "An object that does not parse, has a key twice or an empty one, or a value that its "
         "declared type cannot hold unbent, is refused, with its file, line and reason, and "
         "readable as `NAME.refused`; no row is made of nulls. Text is UTF-8. Files whose name "
         "ends in `.gz` or `.zst` are unpacked as they are read.";
}

Result<SourceRead> ReadJsonRows(const SourceContext& context, const OpenJsonItems& open) {
  constexpr char kHint[] = "look at the first lines of the file, and at declared types";
  const JsonShape shape = ShapeOf(context.params);
  TRY_ASSIGN(const JsonFindings found, LookThrough(context.files, open, shape));
  if (found.rows == 0 && found.refused > 0) {
    return Error{ErrorCode::kData, "no row of the source could be read; " + found.first_refused,
                 kHint};
  }
  if (found.columns.empty()) {
    return Error{ErrorCode::kData,
                 context.files[0].location +
                     (context.files.size() > 1 ? " and the other files tell" : " tells") +
                     " no columns: no object has a key",
                 "write it again, or take it away"};
  }
  DeclaredTypes declared;
  for (auto& [name, type] : contract::PairsOf(context.params, "columns")) declared[name] = type;
  TRY(CheckDeclaredKeys(found.columns, declared));
  TRY(CheckExploded(found, shape));
  engine::TextTable table;
  table.columns.assign(kPlaceColumns.begin(), kPlaceColumns.end());
  std::vector<FoundColumn> columns;
  std::vector<std::string> keys;
  for (const SeenValues& seen : found.columns) {
    table.columns.push_back("c" + std::to_string(keys.size()));
    TRY_ASSIGN(FoundColumn column,
               ColumnOf(seen, keys.size(), context.WantsText(seen.key), declared));
    columns.push_back(std::move(column));
    keys.push_back(seen.key);
  }
  table.open = [files = context.files, open, shape,
                keys]() -> Result<std::unique_ptr<engine::TextRows>> {
    return std::unique_ptr<engine::TextRows>(
        std::make_unique<JsonTextRows>(files, open, shape, keys));
  };
  SourceRead read = ReadFoundRows(context, context.engine.AddTextTable(std::move(table)), columns,
                                  context.params.value("file_column", ""), found.refused == 0);
  read.refused_hint = kHint;
  for (const SeenValues& seen : found.columns) {
    if (declared.contains(seen.key) || context.WantsText(seen.key)) continue;
    if (std::string mixed = MixedText(seen); !mixed.empty()) read.told.push_back(std::move(mixed));
  }
  return read;
}

}  // namespace assay::source
