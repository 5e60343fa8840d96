#include "run/column_hints.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "engine/sql_text.h"

namespace assay::run {
namespace {

using engine::QuoteName;
using engine::QuoteText;

constexpr char kHintRows[] = "20000";

constexpr std::array kNullWords = {"na",   "n/a",  "#n/a", "#na",    "n.a.", "(na)",    "nan",
                                   "null", "none", "nil",  "<null>", "\\n",  "missing", "unknown",
                                   "-",    "--",   "---",  "?",      ".",    ".."};

std::string NullWordList() { return engine::TextList({kNullWords.begin(), kNullWords.end()}); }

std::string FirstRowsOf(const std::string& table) {
  return "(SELECT * FROM " + table + " LIMIT " + kHintRows + ")";
}

// Not with FILTER: for each of those the engine keeps room for all columns.
std::string RowsWith(const std::string& condition) {
  return "count(CASE WHEN " + condition + " THEN 1 END)";
}

std::int64_t NumberIn(const engine::Grid& grid, std::size_t at) {
  return std::strtoll(grid.rows.at(0).at(at).value_or("0").c_str(), nullptr, 10);
}

bool IsText(const Type& type) { return type.kind == TypeKind::kString; }

struct Target {
  const char* type;
  const char* what;
  const char* sql;
};
constexpr std::array kTargets = {Target{"float64", "numbers", "DOUBLE"},
                                 Target{"timestamp[us]", "moments", "TIMESTAMP"}};

// Of values with the engine's own reading of a type. A number alone is no moment.
std::string Fits(const Target& target, const std::string& column) {
  return "TRY_CAST(trim(" + column + ") AS " + target.sql + ") IS NOT NULL";
}

Result<NearlyTyped> OthersOf(engine::Engine& engine, const std::string& table,
                             const std::string& name, const Target& target) {
  const std::string column = QuoteName(name);
  NearlyTyped nearly{name, target.type, target.what, 0, {}};
  TRY_ASSIGN(const engine::Grid grid, engine.Query("SELECT count(" + column + ") FROM " + table));
  nearly.values = NumberIn(grid, 0);
  TRY_ASSIGN(const engine::Grid others,
             engine.Query("SELECT " + column + ", count(*) FROM " + table + " WHERE " + column +
                          " IS NOT NULL AND NOT (" + Fits(target, column) +
                          ") GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 21"));
  for (const auto& row : others.rows) {
    nearly.others.emplace_back(row[0].value_or(""),
                               std::strtoll(row[1].value_or("0").c_str(), nullptr, 10));
  }
  return nearly;
}

// A form of text, and what makes another type of it; `{}` stands for the column.
struct Form {
  const char* condition;
  const char* expression;
  const char* why;
};

const std::vector<Form>& DayForms() {
  static const std::vector<Form> kForms = {
      {"%d.%m.%Y", "::DATE", "day.month.year"},
      {"%d/%m/%Y", "::DATE", "day/month/year"},
      {"%m/%d/%Y", "::DATE", "month/day/year"},
      {"%m/%d/%y", "::DATE", "month/day/year"},
      {"%Y/%m/%d", "::DATE", "year/month/day"},
      {"%d-%m-%Y", "::DATE", "day-month-year"},
      {"%d-%b-%Y", "::DATE", "day-month-year"},
      {"%b %d, %Y", "::DATE", "month day, year"},
      {"%B %d, %Y", "::DATE", "month day, year"},
      {"%d.%m.%Y %H:%M", "", "day.month.year and time"},
      {"%d/%m/%Y %H:%M", "", "day/month/year and time"},
      {"%m/%d/%Y %H:%M", "", "month/day/year and time"},
      {"%d.%m.%Y %H:%M:%S", "", "day.month.year and time"},
      {"%d/%m/%Y %H:%M:%S", "", "day/month/year and time"},
      {"%m/%d/%Y %H:%M:%S", "", "month/day/year and time"},
      {"%m/%d/%Y %I:%M:%S %p", "", "month/day/year and time"},
  };
  return kForms;
}

constexpr char kWithDecimalComma[] = "[+-]?([0-9]+|[0-9]{1,3}(\\.[0-9]{3})+)(,[0-9]+)?";
constexpr char kWithThousands[] = "[+-]?[0-9]{1,3}(,[0-9]{3})*(\\.[0-9]+)?";
constexpr char kSignBefore[] =
    "[+-]?[$\u20ac\u00a3] ?[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\\.[0-9]+)?";
constexpr char kSignBehind[] = "[+-]?([0-9]+|[0-9]{1,3}(\\.[0-9]{3})+)(,[0-9]+)? ?[$\u20ac\u00a3]";
constexpr char kPercent[] = "[+-]?[0-9]+([.,][0-9]+)? ?%";

std::string Matches(const std::string& column, const char* regex) {
  return "regexp_full_match(trim(" + column + "), " + QuoteText(regex) + ")";
}

// How many of the values fit each form: all values, those with a comma, numbers, days.
std::string CountsSql(const std::string& column) {
  std::string sql =
      "count(" + column + "), " + RowsWith("contains(" + column + ", ',')") + ", " +
      RowsWith(Matches(column, kWithDecimalComma)) + ", " +
      RowsWith(Matches(column, kWithThousands)) + ", " + RowsWith(Matches(column, kSignBefore)) +
      ", " + RowsWith(Matches(column, kSignBehind)) + ", " + RowsWith(Matches(column, kPercent));
  for (const Form& form : DayForms()) {
    sql += ", " + RowsWith("try_strptime(trim(" + column + "), " + QuoteText(form.condition) +
                           ") IS NOT NULL");
  }
  return sql;
}

Json NumberReading(const char* read, bool with_decimal_comma) {
  Json reading = {{"read", read}};
  if (with_decimal_comma) {
    reading["decimal"] = ",";
    reading["thousands"] = ".";
  }
  return reading;
}

// `first` is where the counts of the column begin.
std::optional<SeenCast> CastOf(const std::string& name, const engine::Grid& grid, std::size_t first,
                               bool commas_are_decimal) {
  const std::string column = QuoteName(name);
  const auto count = [&](std::size_t at) { return NumberIn(grid, first + at); };
  const std::int64_t values = count(0);
  if (values == 0) return std::nullopt;
  const bool has_commas = count(1) > 0;
  const bool decimal = has_commas && count(2) == values;
  const bool thousands = has_commas && count(3) == values;
  if (decimal && (commas_are_decimal || !thousands)) {
    return SeenCast{"replace(replace(trim(" + column + "), '.', ''), ',', '.')::DOUBLE",
                    "numbers with a decimal comma", true, TypeKind::kFloat64,
                    NumberReading("number", true)};
  }
  if (thousands) {
    return SeenCast{"replace(trim(" + column + "), ',', '')::DOUBLE",
                    "numbers with commas at the thousands", true, TypeKind::kFloat64,
                    NumberReading("number", false)};
  }
  const std::string amount = "regexp_replace(" + column + ", '[^0-9,.+-]', '', 'g')";
  if (count(4) == values) {
    return SeenCast{"replace(" + amount + ", ',', '')::DOUBLE", "amounts of money", true,
                    TypeKind::kFloat64, NumberReading("money", false)};
  }
  if (count(5) == values) {
    return SeenCast{"replace(replace(" + amount + ", '.', ''), ',', '.')::DOUBLE",
                    "amounts of money with a decimal comma", true, TypeKind::kFloat64,
                    NumberReading("money", true)};
  }
  if (count(6) == values) {
    return SeenCast{"replace(" + amount + ", ',', '.')::DOUBLE / 100", "percentages, as shares",
                    true, TypeKind::kFloat64, NumberReading("percent", has_commas)};
  }
  std::optional<SeenCast> cast;
  constexpr std::size_t kFirstForm = 7;
  for (std::size_t i = 0; i < DayForms().size(); ++i) {
    if (count(kFirstForm + i) != values) continue;
    const Form& form = DayForms()[i];
    if (cast) {
      cast->why += std::string(", or ") + form.why + ": no value tells which";
      break;
    }
    cast = SeenCast{
        "strptime(trim(" + column + "), " + QuoteText(form.condition) + ")" + form.expression,
        form.why, false, *form.expression == '\0' ? TypeKind::kTimestamp : TypeKind::kDate};
  }
  return cast;
}

// Values that are the same but for case and spaces around them: `no`, `No`.
std::optional<SeenCast> VariantsOf(const SeenColumn& column) {
  std::map<std::string, std::vector<std::string>> spellings;
  for (const auto& [value, rows] : column.profile.top) {
    if (value.cut) continue;
    spellings[Lower(contract::Trim(value.text))].push_back(value.text);
  }
  const auto most = std::max_element(
      spellings.begin(), spellings.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  if (most == spellings.end() || most->second.size() < 2) return std::nullopt;
  std::string names;
  for (const std::string& name : most->second) {
    names += (names.empty() ? "`" : ", `") + name + "`";
  }
  return SeenCast{"lower(trim(" + QuoteName(column.name) + "))",
                  names + " differ in case or spaces alone", false};
}

// Words with spaces at their ends, which no other table will have.
std::optional<SeenCast> SpacesOf(const SeenColumn& column) {
  constexpr std::size_t kLongestWord = 40;  // a longer one is a sentence
  for (const auto& [value, rows] : column.profile.top) {
    const std::string_view word = contract::Trim(value.text);
    const bool is_word = !value.cut && !word.empty() && word.size() <= kLongestWord;
    if (!is_word || word == value.text) continue;
    return SeenCast{"trim(" + QuoteName(column.name) + ")",
                    "`" + std::string(word) + "` stands with spaces at its ends", false};
  }
  return std::nullopt;
}

void SetCast(std::optional<SeenCast> cast, SeenColumn& column) {
  column.cast = std::move(cast);
  if (column.cast) {
    const std::string example =
        column.profile.min ? contract::Printable(column.profile.min->text) : "";
    if (!example.empty()) column.cast->why = "text like " + example + ": " + column.cast->why;
    return;
  }
  column.cast = VariantsOf(column);
  column.has_variants = column.cast.has_value();
  if (!column.cast) column.cast = SpacesOf(column);
  column.stays_words = column.cast.has_value();
}

}  // namespace

bool IsNullWord(std::string_view text) {
  const std::string lower = Lower(contract::Trim(text));
  return std::find(kNullWords.begin(), kNullWords.end(), lower) != kNullWords.end();
}

Result<std::vector<NearlyTyped>> FindNearlyTyped(engine::Engine& engine, const std::string& table,
                                                 const Schema& schema) {
  std::string select;
  std::vector<std::string> names;
  for (const Field& field : schema) {
    if (!IsText(field.type)) continue;
    const std::string column = QuoteName(field.name);
    select += (select.empty() ? "" : ", ") +
              RowsWith("NOT list_contains(" + NullWordList() + ", lower(trim(" + column + ")))");
    for (const Target& target : kTargets) {
      select += ", " + RowsWith(Fits(target, column));
    }
    names.push_back(field.name);
  }
  std::vector<NearlyTyped> found;
  if (names.empty()) return found;
  TRY_ASSIGN(const engine::Grid counts,
             engine.Query("SELECT " + select + " FROM " + FirstRowsOf(table)));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t first = i * (1 + kTargets.size());
    for (std::size_t target = 0; target < kTargets.size(); ++target) {
      // More than half of what is no word for null; the whole table may be another matter, so that
      // is looked at then.
      if (NumberIn(counts, first + 1 + target) * 2 <= NumberIn(counts, first)) continue;
      TRY_ASSIGN(NearlyTyped nearly, OthersOf(engine, table, names[i], kTargets[target]));
      if (!nearly.others.empty()) found.push_back(std::move(nearly));
      break;
    }
  }
  return found;
}

Status FindCasts(engine::Engine& engine, const std::string& table, bool commas_are_decimal,
                 std::vector<SeenColumn>& columns) {
  constexpr std::size_t kAtOnce = 50;
  std::vector<SeenColumn*> texts;
  for (SeenColumn& column : columns) {
    if (IsText(column.type)) texts.push_back(&column);
  }
  for (std::size_t begin = 0; begin < texts.size(); begin += kAtOnce) {
    const std::size_t end = std::min(begin + kAtOnce, texts.size());
    std::string select;
    for (std::size_t i = begin; i < end; ++i) {
      select += (i > begin ? ", " : "") + CountsSql(QuoteName(texts[i]->name));
    }
    TRY_ASSIGN(const engine::Grid counts,
               engine.Query("SELECT " + select + " FROM " + FirstRowsOf(table)));
    const std::size_t each = counts.schema.size() / (end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      SetCast(CastOf(texts[i]->name, counts, (i - begin) * each, commas_are_decimal), *texts[i]);
    }
  }
  return {};
}

}  // namespace assay::run
