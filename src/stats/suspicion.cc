#include "stats/suspicion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "contract/amount_text.h"
#include "contract/number_text.h"
#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "stats/number_sql.h"

namespace assay::stats {
namespace {

using engine::QuoteName;
using engine::QuoteText;

// Of the rows that have a value; from so many on, each its own is an identifier and no accident.
constexpr double kNearUniqueShare = 0.95;
constexpr std::int64_t kLeastForUnique = 20;
// Fewer rows fit each other by accident.
constexpr std::int64_t kLeastForPairs = 30;
constexpr std::size_t kMostPairs = 200;
// Share of rows that a one-to-one relation must hold for; and, for it and for the label, the share
// of what is not guessed right without the column that is guessed right with it.
constexpr double kRelationShare = 0.99, kLambda = 0.95;
constexpr std::int64_t kMostClasses = 100;
// A value must come up so often that the label's class within it says something.
constexpr std::int64_t kRowsOfValue = 10;
constexpr double kTypedShare = 0.5;
constexpr double kFences = 3;           // times the interquartile range: Tukey's outer fences
constexpr double kMostOutliers = 0.05;  // more rows than that are a long tail
constexpr std::size_t kMostExamples = 3;
constexpr std::size_t kLongestExample = 40;
constexpr int kLongText = 200;    // characters; no such text is a spelling of another
constexpr int kLongestForm = 40;  // no longer text is a number, a moment or a word for null
constexpr char kTexts[] = "_assay_texts";

constexpr std::array kNullWords = {
    "",        "na",      "n/a",       "#n/a",     "#na",    "n.a.",    "n.a",     "<na>",
    "nan",     "-nan",    "#nan",      "null",     "(null)", "nil",     "none",    "\\n",
    "missing", "unknown", "undefined", "-",        "--",     "---",     "?",       "??",
    ".",       "..",      "*",         "#null!",   "#ref!",  "#div/0!", "#value!", "1.#qnan",
    "1.#ind",  "-1.#ind", "-1.#qnan",  "#n/a n/a", "(blank)"};

// White space of Unicode: `trim` without it takes spaces alone.
constexpr char kSpaces[] =
    "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(133) || chr(160) || "
    "chr(5760) || chr(8192) || chr(8193) || chr(8194) || chr(8195) || chr(8196) || chr(8197) || "
    "chr(8198) || chr(8199) || chr(8200) || chr(8201) || chr(8202) || chr(8203) || chr(8232) || "
    "chr(8233) || chr(8239) || chr(8287) || chr(12288) || chr(65279)";

std::int64_t WholeNumber(const std::optional<std::string>& text) {
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

double RatioOf(std::int64_t part, std::int64_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

// `97.3 %`; what is not all is never told as all, what is there never as nothing.
std::string SharePercent(std::int64_t part, std::int64_t all) {
  const double percent = 100 * RatioOf(part, all);
  if (part == all) return "100 %";
  if (percent > 99.9) return "over 99.9 %";
  if (part > 0 && percent < 0.1) return "under 0.1 %";
  char text[16];
  std::snprintf(text, sizeof text, "%.1f %%", percent);
  return text;
}

std::string CountText(std::int64_t number) {
  return contract::GroupedText(static_cast<std::uint64_t>(number));
}

std::string RowsOf(std::int64_t rows) {
  return contract::RowsText(static_cast<std::uint64_t>(rows));
}

// `have` of one row, `has`.
const char* Verbal(std::int64_t rows, const char* of_one, const char* of_many) {
  return rows == 1 ? of_one : of_many;
}

// A value in a sentence: on one line, and not long.
std::string Quoted(const std::string& value) {
  std::string text;
  for (const char c : value) {
    if (c == '\n' || c == '\r' || c == '\t') {
      text += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else {
      text.push_back(c);
    }
  }
  return "`" + contract::CutText(contract::Printable(text), kLongestExample) + "`";
}

std::string QuotedList(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + Quoted(value);
  return text;
}

bool IsTime(const Type& type) {
  return type.kind >= TypeKind::kDate && type.kind <= TypeKind::kTimestampUtc;
}

bool HasParts(const Type& type) { return type.kind >= TypeKind::kList; }

std::int64_t Present(const ColumnProfile& profile) { return profile.rows - profile.nulls; }

bool NearlyUnique(const ColumnProfile& profile) {
  return static_cast<double>(profile.distinct) >=
         kNearUniqueShare * static_cast<double>(Present(profile));
}

std::optional<std::string> Quantile(const ColumnProfile& profile, const std::string& share) {
  for (const auto& [name, value] : profile.quantiles) {
    if (name == share) return value;
  }
  return std::nullopt;
}

class Search {
 public:
  Search(engine::Engine& engine, const std::string& table, const Schema& schema,
         const std::vector<ColumnProfile>& columns, const SuspicionOptions& options)
      : engine_(engine), table_(table), schema_(schema), columns_(columns), options_(options) {}

  Result<Suspicions> Run();

 private:
  // How the rows of a column are spread over its values, null among them. Columns that determine
  // each other have the same.
  struct Spread {
    std::size_t column = 0;
    double greatest = 0;  // share of the most frequent value
    double squares = 0;   // sum of the squares of all shares
  };

  void Add(SuspicionKind kind, std::vector<std::string> columns, std::int64_t rows,
           std::string message, std::vector<std::string> examples = {}) {
    suspicions_.found.push_back(
        {kind, std::move(columns), rows, std::move(message), std::move(examples)});
  }
  std::string Name(std::size_t column) const { return QuoteName(schema_[column].name); }
  std::optional<std::size_t> Label() const;
  bool IsClassLabel() const;

  void FindConstant(const ColumnProfile& column);
  void FindNearUnique(const Field& field, const ColumnProfile& column);
  Status FindRepeats();
  Status LookAtText(std::size_t column);
  Status FindMixed(const ColumnProfile& column);
  void FindTypes(const ColumnProfile& column, const std::vector<std::int64_t>& rows,
                 const std::vector<std::string>& examples, bool are_codes);
  Status FindNullWords(const ColumnProfile& column, std::int64_t rows);
  Status FindWhiteSpace(const ColumnProfile& column);
  Status FindSpellings(const ColumnProfile& column);
  Status LookAtNumbers();
  void FindOutliers(std::size_t column, const std::vector<std::optional<std::string>>& cells);
  Status FindEqual();
  Status FindLabelInDisguise();
  Result<std::int64_t> GuessedRight(std::size_t column, std::size_t label);
  Result<Spread> SpreadOf(std::size_t column);
  Status FindPairs();
  Status LookAtPair(const Spread& a, const Spread& b);
  bool AreEqual(std::size_t a, std::size_t b) const;

  engine::Engine& engine_;
  const std::string& table_;
  const Schema& schema_;
  const std::vector<ColumnProfile>& columns_;
  const SuspicionOptions& options_;
  std::vector<std::vector<std::size_t>> equal_;  // groups of columns of the same values
  Suspicions suspicions_;
};

std::optional<std::size_t> Search::Label() const {
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (!options_.label.empty() && schema_[i].name == options_.label) return i;
  }
  return std::nullopt;
}

bool Search::IsClassLabel() const {
  const auto label = Label();
  return label && columns_[*label].distinct >= 2 && columns_[*label].distinct <= kMostClasses;
}

// ---- what the profile alone tells ----

void Search::FindConstant(const ColumnProfile& column) {
  if (column.rows == 0) return;
  if (Present(column) == 0) {
    Add(SuspicionKind::kConstant, {column.name}, column.rows, "null in all rows");
  } else if (column.distinct == 1 && column.rows > 1) {
    const std::string value = column.min ? " " + Quoted(column.min->text) : "";
    std::vector<std::string> examples;
    if (column.min) examples.push_back(column.min->text);
    Add(SuspicionKind::kConstant, {column.name}, Present(column),
        column.nulls == 0 ? "the same value in all rows" + value
                          : "one value" + value + " beside " + CountText(column.nulls) +
                                Verbal(column.nulls, " null", " nulls"),
        std::move(examples));
  }
}

void Search::FindNearUnique(const Field& field, const ColumnProfile& column) {
  const bool may_be_name = IsInteger(field.type) || field.type.kind == TypeKind::kString ||
                           field.type.kind == TypeKind::kBytes;
  if (!may_be_name || Present(column) < kLeastForUnique || !NearlyUnique(column)) return;
  const std::string what =
      IsInteger(field.type) ? "an identifier, as a rule" : "an identifier or free text, as a rule";
  const bool is_unique = column.distinct == Present(column);
  Add(SuspicionKind::kNearUnique, {column.name}, column.distinct,
      (is_unique ? "each of its " + CountText(column.distinct) + " values comes up once: "
                 : CountText(column.distinct) + " different values in " + RowsOf(Present(column)) +
                       ": ") +
          what);
}

Status Search::FindRepeats() {
  if (!options_.whole_rows || columns_.empty() || columns_[0].rows < 2) return {};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnProfile& column = columns_[i];
    if (column.distinct == column.rows) return {};  // no two rows can be equal
  }
  TRY_ASSIGN(const engine::Grid grid,
             engine_.Query("SELECT count(*) FROM (SELECT DISTINCT * FROM " + table_ + ")"));
  const std::int64_t repeats = columns_[0].rows - WholeNumber(grid.rows.at(0).at(0));
  if (repeats <= 0) return {};
  Add(SuspicionKind::kRepeats, {}, repeats,
      RowsOf(repeats) + Verbal(repeats, " is", " are") + " wholly equal to an earlier one, " +
          SharePercent(repeats, columns_[0].rows) + " of all");
  return {};
}

// ---- text ----

// What a text can be read as; the numbers are those of the table below.
enum TextForm : std::size_t { kFormNull, kFormNumber, kFormMoment, kFormWord, kForms };

// The texts of a column, each once: `v`, its rows `n`, what it can be read as, whether there is
// white space around it. Of long ones only the beginning.
Status Search::LookAtText(std::size_t column) {
  std::string words;
  for (const char* word : kNullWords) words += (words.empty() ? "" : ", ") + QuoteText(word);
  const std::string name = Name(column), long_text = std::to_string(kLongText);
  TRY(engine_.Execute(
      std::string("CREATE OR REPLACE TEMP TABLE ") + kTexts + " AS SELECT left(v, " + long_text +
      ") AS v, n, CASE WHEN w = '' THEN 0 WHEN strlen(w) > " + std::to_string(kLongestForm) +
      " THEN 3 WHEN lower(w) IN (" + words + ") THEN 0 WHEN isfinite(TRY_CAST(w AS DOUBLE)) THEN " +
      "1 WHEN TRY_CAST(w AS TIMESTAMP) IS NOT NULL THEN 2 ELSE 3 END AS form, w <> '' AND w <> v " +
      "AS spaced, strlen(v) > " + long_text + " AS long FROM (SELECT v, n, trim(v, " + kSpaces +
      ") AS w FROM (SELECT " + name + " AS v, count(*)::BIGINT AS n FROM " + table_ + " WHERE " +
      name + " IS NOT NULL GROUP BY 1))"));
  const ColumnProfile& profile = columns_[column];
  TRY(FindMixed(profile));
  TRY(FindWhiteSpace(profile));
  if (!NearlyUnique(profile)) TRY(FindSpellings(profile));
  return engine_.Execute(std::string("DROP TABLE ") + kTexts);
}

// Forms of the texts, and one of each: the most frequent.
Status Search::FindMixed(const ColumnProfile& column) {
  // With a leading zero or more digits than a double holds it is a code and no number.
  TRY_ASSIGN(
      const engine::Grid grid,
      engine_.Query(std::string("SELECT form, sum(n)::BIGINT, arg_max(v, (n, v)), "
                                "count(CASE WHEN regexp_matches(v, '^\\W*0[0-9]|[0-9]{16}') THEN "
                                "1 END) FROM ") +
                    kTexts + " GROUP BY form"));
  std::vector<std::int64_t> rows(kForms, 0);
  std::vector<std::string> examples(kForms);
  bool are_codes = false;
  for (const auto& row : grid.rows) {
    const auto form = static_cast<std::size_t>(WholeNumber(row.at(0)));
    rows.at(form) = WholeNumber(row.at(1));
    examples[form] = row.at(2).value_or("");
    if (form == kFormNumber) are_codes = WholeNumber(row.at(3)) > 0;
  }
  FindTypes(column, rows, examples, are_codes);
  return rows[kFormNull] == 0 ? Status() : FindNullWords(column, rows[kFormNull]);
}

void Search::FindTypes(const ColumnProfile& column, const std::vector<std::int64_t>& rows,
                       const std::vector<std::string>& examples, bool are_codes) {
  const std::int64_t all = rows[kFormNumber] + rows[kFormMoment] + rows[kFormWord];
  if (all == 0) return;
  const std::size_t main = rows[kFormNumber] >= rows[kFormMoment] ? kFormNumber : kFormMoment;
  const char* const what = main == kFormNumber ? "numbers" : "dates or moments";
  if (rows[main] == all) {
    if (main == kFormNumber && are_codes) return;
    Add(SuspicionKind::kTypedText, {column.name}, all,
        std::string("text, but all values are ") + what + ", such as " + Quoted(examples[main]),
        {examples[main]});
    return;
  }
  if (RatioOf(rows[main], all) < kTypedShare) return;
  const std::int64_t others = all - rows[main];
  const std::size_t other = rows[kFormWord] > 0   ? kFormWord
                            : main == kFormNumber ? kFormMoment
                                                  : kFormNumber;
  Add(SuspicionKind::kMixed, {column.name}, others,
      SharePercent(rows[main], all) + " are " + what + " such as " + Quoted(examples[main]) + ", " +
          RowsOf(others) + Verbal(others, " is", " are") + " not, such as " +
          Quoted(examples[other]),
      {examples[main], examples[other]});
}

Status Search::FindNullWords(const ColumnProfile& column, std::int64_t rows) {
  TRY_ASSIGN(const engine::Grid grid, engine_.Query(std::string("SELECT v FROM ") + kTexts +
                                                    " WHERE form = 0 ORDER BY n DESC, v LIMIT " +
                                                    std::to_string(kMostExamples)));
  std::vector<std::string> examples;
  std::string shown;
  for (const auto& row : grid.rows) {
    examples.push_back(row.at(0).value_or(""));
    const std::string& text = examples.back();
    shown += (shown.empty() ? "" : ", ") + (text.empty() ? "empty text" : Quoted(text));
  }
  Add(SuspicionKind::kNullWords, {column.name}, rows,
      RowsOf(rows) + Verbal(rows, " has", " have") +
          " what often means null, left as text: " + shown,
      std::move(examples));
  return {};
}

Status Search::FindWhiteSpace(const ColumnProfile& column) {
  TRY_ASSIGN(const engine::Grid grid,
             engine_.Query(std::string("SELECT sum(n)::BIGINT, arg_max(v, (n, v)) FROM ") + kTexts +
                           " WHERE spaced"));
  const std::int64_t rows = WholeNumber(grid.rows.at(0).at(0));
  if (rows == 0) return {};
  const std::string example = grid.rows[0].at(1).value_or("");
  Add(SuspicionKind::kWhiteSpace, {column.name}, rows,
      RowsOf(rows) + Verbal(rows, " has", " have") + " white space before or after the text, as " +
          Quoted(example),
      {example});
  return {};
}

Status Search::FindSpellings(const ColumnProfile& column) {
  const std::string key = std::string("lower(nfc_normalize(trim(v, ") + kSpaces + ")))";
  TRY_ASSIGN(const engine::Grid groups,
             engine_.Query("SELECT count(*), arg_max(k, (n, k)) FROM (SELECT " + key +
                           " AS k, sum(n)::BIGINT AS n FROM " + kTexts +
                           " WHERE form <> 0 AND NOT long GROUP BY 1 HAVING count(*) > 1)"));
  const std::int64_t values = WholeNumber(groups.rows.at(0).at(0));
  if (values == 0) return {};
  // The rows that would change if each value were spelled as it is most often.
  TRY_ASSIGN(
      const engine::Grid changed,
      engine_.Query("SELECT sum(n - m)::BIGINT FROM (SELECT sum(n) AS n, max(n) AS m FROM " +
                    std::string(kTexts) + " WHERE form <> 0 AND NOT long GROUP BY " + key + ")"));
  TRY_ASSIGN(const engine::Grid spellings,
             engine_.Query(std::string("SELECT v, n FROM ") + kTexts +
                           " WHERE form <> 0 AND NOT long AND " + key + " = " +
                           QuoteText(groups.rows[0].at(1).value_or("")) +
                           " ORDER BY n DESC, v LIMIT " + std::to_string(kMostExamples)));
  std::vector<std::string> examples;
  std::string shown;
  for (const auto& row : spellings.rows) {
    examples.push_back(row.at(0).value_or(""));
    shown += (shown.empty() ? "" : ", ") + Quoted(examples.back()) + " (" +
             RowsOf(WholeNumber(row.at(1))) + ")";
  }
  Add(SuspicionKind::kSpellings, {column.name}, WholeNumber(changed.rows.at(0).at(0)),
      CountText(values) + (values == 1 ? " value has" : " values have") +
          " several spellings, as " + shown,
      std::move(examples));
  return {};
}

// ---- numbers and times ----

constexpr std::size_t kNumberCells = 5;

// One scan over all of them.
Status Search::LookAtNumbers() {
  std::string select;
  std::vector<std::size_t> looked_at;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    const Type& type = schema_[i].type;
    if (!IsNumber(type) && !IsTime(type)) continue;
    const auto low = Quantile(columns_[i], "0.25"), high = Quantile(columns_[i], "0.75");
    if (!low || !high) continue;
    const auto number = [&](const std::string& value) {
      return "(" +
             NumberSql(type, "CAST(" + QuoteText(value) + " AS " + engine::TypeSql(type) + ")") +
             ")";
    };
    const std::string x = "(" + NumberSql(type, Name(i)) + ")", q1 = number(*low),
                      q3 = number(*high);
    const std::string range = std::to_string(kFences) + " * (" + q3 + " - " + q1 + ")";
    const std::string when = "count(CASE WHEN isfinite(" + x + ") AND " + q1 + " < " + q3 + " AND ";
    const std::string finite = "(CASE WHEN isfinite(" + x + ") THEN " + x + " END)";
    select += (select.empty() ? "SELECT " : ", ") + ("count(CASE WHEN NOT isfinite(" + x) +
              ") THEN 1 END), " + when + x + " < " + q1 + " - " + range + " THEN 1 END), " + when +
              x + " > " + q3 + " + " + range + " THEN 1 END), min" + finite + ", max" + finite;
    looked_at.push_back(i);
  }
  if (looked_at.empty()) return {};
  TRY_ASSIGN(const engine::Grid grid, engine_.Query(select + " FROM " + table_));
  for (std::size_t i = 0; i < looked_at.size(); ++i) {
    const auto begin = grid.rows.at(0).begin() + static_cast<std::ptrdiff_t>(i * kNumberCells);
    const std::vector<std::optional<std::string>> cells(begin, begin + kNumberCells);
    const ColumnProfile& column = columns_[looked_at[i]];
    if (const std::int64_t rows = WholeNumber(cells[0]); rows > 0) {
      Add(SuspicionKind::kNotFinite, {column.name}, rows,
          RowsOf(rows) + Verbal(rows, " is", " are") + " NaN or infinite");
    }
    FindOutliers(looked_at[i], cells);
  }
  return {};
}

void Search::FindOutliers(std::size_t index, const std::vector<std::optional<std::string>>& cells) {
  const ColumnProfile& column = columns_[index];
  const Type& type = schema_[index].type;
  const std::int64_t below = WholeNumber(cells[1]), above = WholeNumber(cells[2]);
  const std::int64_t rows = below + above;
  if (rows == 0 || RatioOf(rows, Present(column)) > kMostOutliers) return;
  const auto farthest = [&](const std::optional<std::string>& number,
                            const std::optional<ShownValue>& value) {
    if (IsTime(type)) return value ? value->text : std::string();
    return contract::RoundedNumber(number.value_or(""), 6);
  };
  std::vector<std::string> examples;
  if (below > 0) examples.push_back(farthest(cells[3], column.min));
  if (above > 0) examples.push_back(farthest(cells[4], column.max));
  std::string fences;
  if (IsNumber(type)) {
    const double low = std::strtod(Quantile(column, "0.25")->c_str(), nullptr);
    const double high = std::strtod(Quantile(column, "0.75")->c_str(), nullptr);
    const double range = kFences * (high - low);
    fences = ", " + contract::RoundedNumber(DoubleText(low - range), 6) + " to " +
             contract::RoundedNumber(DoubleText(high + range), 6);
  }
  const std::string shown = QuotedList(examples);
  Add(SuspicionKind::kOutliers, {column.name}, rows,
      RowsOf(rows) + " (" + SharePercent(rows, Present(column)) + ")" +
          Verbal(rows, " lies", " lie") + " beyond Tukey's outer fences" + fences +
          ", the farthest " + shown,
      std::move(examples));
}

// ---- columns that give each other away ----

Status Search::FindEqual() {
  std::vector<bool> taken(schema_.size(), false);
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (taken[i] || columns_[i].distinct < 2) continue;
    ColumnProfile one = columns_[i];
    std::vector<std::size_t> group = {i};
    for (std::size_t k = i + 1; k < schema_.size(); ++k) {
      if (taken[k] || schema_[k].type != schema_[i].type) continue;
      one.name = columns_[k].name;
      if (ProfileJson({one}) != ProfileJson({columns_[k]})) continue;
      TRY_ASSIGN(const engine::Grid grid,
                 engine_.Query("SELECT count(CASE WHEN " + Name(i) + " IS DISTINCT FROM " +
                               Name(k) + " THEN 1 END) FROM " + table_));
      if (WholeNumber(grid.rows.at(0).at(0)) > 0) continue;
      taken[k] = true;
      group.push_back(k);
    }
    if (group.size() == 1) continue;
    std::vector<std::string> names, others;
    for (const std::size_t column : group) names.push_back(schema_[column].name);
    others.assign(names.begin() + 1, names.end());
    Add(SuspicionKind::kEqual, std::move(names), columns_[i].rows,
        "has the same value as " + QuotedList(others) + " in all rows");
    equal_.push_back(std::move(group));
  }
  return {};
}

bool Search::AreEqual(std::size_t a, std::size_t b) const {
  return std::any_of(equal_.begin(), equal_.end(), [&](const std::vector<std::size_t>& group) {
    return std::ranges::count(group, a) > 0 && std::ranges::count(group, b) > 0;
  });
}

// Of the rows with a label, how many a guess by the column's value alone gets right; -1 where the
// column has too many values to say.
Result<std::int64_t> Search::GuessedRight(std::size_t column, std::size_t label) {
  const ColumnProfile& profile = columns_[column];
  const Type& type = schema_[column].type;
  std::string value = Name(column);
  if (profile.distinct * kRowsOfValue > profile.rows) {
    if (!IsNumber(type) && !IsTime(type)) return -1;
    // The hundredth of the values that it is in; as far as it splits the classes, so does the
    // column.
    std::string borders;
    std::string last;
    for (int percent = 1; percent < 100; ++percent) {
      char share[8];
      std::snprintf(share, sizeof share, "0.%02d", percent);
      std::string name = share;
      if (name.back() == '0') name.pop_back();
      const auto border = Quantile(profile, name);
      if (!border || *border == last) continue;
      last = *border;
      borders += (borders.empty() ? "" : " + ") + ("(" + Name(column)) + " > CAST(" +
                 QuoteText(*border) + " AS " + engine::TypeSql(type) + "))::INTEGER";
    }
    if (borders.empty()) return -1;
    value = borders;
  }
  TRY_ASSIGN(const engine::Grid grid,
             engine_.Query("SELECT sum(m)::BIGINT FROM (SELECT max(n) AS m FROM (SELECT " + value +
                           " AS a, " + Name(label) + " AS b, count(*)::BIGINT AS n FROM " + table_ +
                           " WHERE " + Name(label) + " IS NOT NULL GROUP BY 1, 2) GROUP BY a)"));
  return WholeNumber(grid.rows.at(0).at(0));
}

Status Search::FindLabelInDisguise() {
  if (!IsClassLabel()) return {};
  const std::size_t label = *Label();
  const std::int64_t rows = Present(columns_[label]);
  if (rows < kLeastForPairs) return {};
  TRY_ASSIGN(const engine::Grid grid,
             engine_.Query("SELECT max(n) FROM (SELECT count(*) AS n FROM " + table_ + " WHERE " +
                           Name(label) + " IS NOT NULL GROUP BY " + Name(label) + ")"));
  const std::int64_t guessed = WholeNumber(grid.rows.at(0).at(0));
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (i == label || HasParts(schema_[i].type) || columns_[i].distinct == 0 ||
        AreEqual(i, label)) {
      continue;
    }
    TRY_ASSIGN(const std::int64_t right, GuessedRight(i, label));
    if (right <= guessed || RatioOf(right - guessed, rows - guessed) < kLambda) continue;
    Add(SuspicionKind::kLabelInDisguise, {schema_[i].name, schema_[label].name}, right,
        "tells the label " + Quoted(schema_[label].name) + ": a guess by it alone is right in " +
            SharePercent(right, rows) + " of the rows, without it in " +
            SharePercent(guessed, rows));
  }
  return {};
}

Result<Search::Spread> Search::SpreadOf(std::size_t column) {
  const auto rows = static_cast<double>(columns_[column].rows);
  TRY_ASSIGN(const engine::Grid grid,
             engine_.Query("SELECT max(n), sum(n::HUGEINT * n) FROM (SELECT count(*)::BIGINT AS n "
                           "FROM " +
                           table_ + " GROUP BY " + Name(column) + ")"));
  const auto number = [&](std::size_t cell) {
    return std::strtod(grid.rows.at(0).at(cell).value_or("0").c_str(), nullptr);
  };
  return Spread{column, number(0) / rows, number(1) / rows / rows};
}

Status Search::FindPairs() {
  if (columns_.empty() || columns_[0].rows < kLeastForPairs) return {};
  std::vector<Spread> spreads;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (HasParts(schema_[i].type) || columns_[i].distinct < 2 || NearlyUnique(columns_[i]))
      continue;
    if (IsClassLabel() && i == *Label()) continue;
    TRY_ASSIGN(const Spread spread, SpreadOf(i));
    spreads.push_back(spread);
  }
  std::size_t looked_at = 0;
  for (std::size_t i = 0; i < spreads.size(); ++i) {
    for (std::size_t k = i + 1; k < spreads.size(); ++k) {
      const Spread &a = spreads[i], &b = spreads[k];
      if (AreEqual(a.column, b.column)) continue;
      // Where the relation holds for all rows but a share s, no value's share changes by more than
      // s, and the sum of squares by no more than 4 s times the greatest.
      constexpr double kOthers = 1 - kRelationShare;
      const double greatest = std::max(a.greatest, b.greatest);
      if (std::abs(a.greatest - b.greatest) > kOthers ||
          std::abs(a.squares - b.squares) > 4 * kOthers * greatest) {
        continue;
      }
      if (looked_at == kMostPairs) {
        ++suspicions_.pairs_left_out;
        continue;
      }
      ++looked_at;
      TRY(LookAtPair(a, b));
    }
  }
  return {};
}

// Counts the rows in which each value is the most frequent partner of the other.
Status Search::LookAtPair(const Spread& a, const Spread& b) {
  TRY_ASSIGN(
      const engine::Grid grid,
      engine_.Query(
          "SELECT sum(CASE WHEN best THEN n ELSE 0 END)::BIGINT FROM (SELECT n, row_number() OVER "
          "(PARTITION BY a ORDER BY n DESC, b) = 1 AND row_number() OVER (PARTITION BY b ORDER BY "
          "n DESC, a) = 1 AS best FROM (SELECT " +
          Name(a.column) + " AS a, " + Name(b.column) + " AS b, count(*)::BIGINT AS n FROM " +
          table_ + " GROUP BY 1, 2))"));
  const std::int64_t rows = columns_[a.column].rows, held = WholeNumber(grid.rows.at(0).at(0));
  const double share = RatioOf(held, rows), base = std::max(a.greatest, b.greatest);
  if (share < kRelationShare || base >= 1 || (share - base) / (1 - base) < kLambda) return {};
  const auto label = Label();
  const bool swap = label && *label == a.column;
  const std::size_t first = swap ? b.column : a.column, second = swap ? a.column : b.column;
  const bool tells_label = label && *label == second;
  Add(tells_label ? SuspicionKind::kLabelInDisguise : SuspicionKind::kOneToOne,
      {schema_[first].name, schema_[second].name}, held,
      std::string(held == rows ? "each value goes with one of "
                               : "nearly each value goes with one of ") +
          (tells_label ? "the label " : "") + Quoted(schema_[second].name) +
          " and the other way round" +
          (held == rows ? "" : ", in " + SharePercent(held, rows) + " of the rows"));
  return {};
}

Result<Suspicions> Search::Run() {
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    FindConstant(columns_[i]);
    FindNearUnique(schema_[i], columns_[i]);
    if (schema_[i].type.kind == TypeKind::kString && Present(columns_[i]) > 0) {
      TRY(LookAtText(i).While("looking at `" + schema_[i].name + "`"));
    }
  }
  TRY(LookAtNumbers());
  TRY(FindEqual());
  TRY(FindLabelInDisguise());
  TRY(FindPairs());
  TRY(FindRepeats());
  std::ranges::stable_sort(suspicions_.found, {}, &Suspicion::kind);
  return std::move(suspicions_);
}

}  // namespace

const char* SuspicionName(SuspicionKind kind) {
  switch (kind) {
    case SuspicionKind::kLabelInDisguise:
      return "label_in_disguise";
    case SuspicionKind::kEqual:
      return "equal";
    case SuspicionKind::kOneToOne:
      return "one_to_one";
    case SuspicionKind::kRepeats:
      return "repeats";
    case SuspicionKind::kConstant:
      return "constant";
    case SuspicionKind::kNearUnique:
      return "near_unique";
    case SuspicionKind::kMixed:
      return "mixed";
    case SuspicionKind::kTypedText:
      return "typed_text";
    case SuspicionKind::kNullWords:
      return "null_words";
    case SuspicionKind::kSpellings:
      return "spellings";
    case SuspicionKind::kWhiteSpace:
      return "white_space";
    case SuspicionKind::kNotFinite:
      return "not_finite";
    case SuspicionKind::kOutliers:
      break;
  }
  return "outliers";
}

Result<Suspicions> FindSuspicions(engine::Engine& engine, const std::string& table,
                                  const Schema& schema, const std::vector<ColumnProfile>& columns,
                                  const SuspicionOptions& options) {
  return Search(engine, table, schema, columns, options).Run();
}

Json SuspicionsJson(const std::vector<Suspicion>& suspicions) {
  Json list = Json::array();
  for (const Suspicion& suspicion : suspicions) {
    list.push_back(Json{{"kind", SuspicionName(suspicion.kind)},
                        {"columns", suspicion.columns},
                        {"rows", suspicion.rows},
                        {"message", suspicion.message},
                        {"examples", suspicion.examples}});
  }
  return list;
}

}  // namespace assay::stats
