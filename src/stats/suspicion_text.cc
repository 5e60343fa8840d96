// Suspicious text.
#include <algorithm>
#include <array>

#include "engine/sql_text.h"
#include "stats/suspicion_search.h"

namespace assay::stats {
namespace {

constexpr double kTypedShare = 0.5;
constexpr std::size_t kMostExamples = 3;
constexpr int kLongText = 200;    // characters; no such text is a spelling of another
constexpr int kLongestForm = 40;  // no longer text is a number, a moment or a word for null
constexpr char kTexts[] = "_assay_texts";

// In lower case.
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

// What a text can be read as; the numbers are those of the table below.
enum TextForm : std::size_t { kFormNull, kFormNumber, kFormMoment, kFormWord, kForms };

}  // namespace

// The texts of a column, each once: `v`, its rows `n`, what it can be read as, whether there is
// white space around it. Of long ones only the beginning.
Status SuspicionSearch::LookAtText(std::size_t column) {
  std::string words;
  for (const char* word : kNullWords) {
    words += (words.empty() ? "" : ", ") + engine::QuoteText(word);
  }
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
Status SuspicionSearch::FindMixed(const ColumnProfile& column) {
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

void SuspicionSearch::FindTypes(const ColumnProfile& column, const std::vector<std::int64_t>& rows,
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

Status SuspicionSearch::FindNullWords(const ColumnProfile& column, std::int64_t rows) {
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

Status SuspicionSearch::FindWhiteSpace(const ColumnProfile& column) {
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

Status SuspicionSearch::FindSpellings(const ColumnProfile& column) {
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
                           engine::QuoteText(groups.rows[0].at(1).value_or("")) +
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

}  // namespace assay::stats
