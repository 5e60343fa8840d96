#include "stats/suspicion.h"

#include <algorithm>
#include <cstdlib>

#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "stats/number_sql.h"
#include "stats/suspicion_search.h"

namespace assay::stats {
namespace {

constexpr std::int64_t kLeastForUnique = 20;  // fewer are unique by accident
constexpr double kFences = 3;                 // times the interquartile range: Tukey's outer fences
constexpr double kMostOutliers = 0.05;        // more rows than that are a long tail
constexpr std::size_t kNumberCells = 5;

}  // namespace

void SuspicionSearch::FindConstant(const ColumnProfile& column) {
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

void SuspicionSearch::FindNearUnique(const Field& field, const ColumnProfile& column) {
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

// One scan over all of them.
Status SuspicionSearch::LookAtNumbers() {
  std::string select;
  std::vector<std::size_t> looked_at;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    const Type& type = schema_[i].type;
    if (!IsNumber(type) && !IsTime(type)) continue;
    const auto low = Quantile(columns_[i], "0.25"), high = Quantile(columns_[i], "0.75");
    if (!low || !high) continue;
    const auto number = [&](const std::string& value) {
      return "(" +
             NumberSql(type,
                       "CAST(" + engine::QuoteText(value) + " AS " + engine::TypeSql(type) + ")") +
             ")";
    };
    const std::string x = "(" + NumberSql(type, Name(i)) + ")", q1 = number(*low),
                      q3 = number(*high);
    const std::string range = std::to_string(kFences) + " * (" + q3 + " - " + q1 + ")";
    const bool may_be_infinite = IsFloat(type) || IsTime(type);
    const std::string finite = may_be_infinite ? "isfinite(" + x + ") AND " : "";
    const std::string when = "count(CASE WHEN " + finite + q1 + " < " + q3 + " AND ";
    select += (select.empty() ? "SELECT " : ", ") + when + x + " < " + q1 + " - " + range +
              " THEN 1 END), " + when + x + " > " + q3 + " + " + range + " THEN 1 END)";
    select += may_be_infinite ? ", count(CASE WHEN NOT isfinite(" + x + ") THEN 1 END)" : ", 0";
    // The profile has the bounds of those that cannot be infinite.
    const std::string value = "(CASE WHEN isfinite(" + x + ") THEN " + x + " END)";
    select += IsFloat(type) ? ", min" + value + ", max" + value : ", NULL, NULL";
    looked_at.push_back(i);
  }
  if (looked_at.empty()) return {};
  TRY_ASSIGN(const engine::Grid grid, engine_.Query(select + " FROM " + table_));
  for (std::size_t i = 0; i < looked_at.size(); ++i) {
    const auto begin = grid.rows.at(0).begin() + static_cast<std::ptrdiff_t>(i * kNumberCells);
    const std::vector<std::optional<std::string>> cells(begin, begin + kNumberCells);
    const ColumnProfile& column = columns_[looked_at[i]];
    if (const std::int64_t rows = WholeNumber(cells[2]); rows > 0) {
      Add(SuspicionKind::kNotFinite, {column.name}, rows,
          RowsOf(rows) + Verbal(rows, " is", " are") + " NaN or infinite");
    }
    FindOutliers(looked_at[i], cells);
  }
  return {};
}

void SuspicionSearch::FindOutliers(std::size_t index,
                                   const std::vector<std::optional<std::string>>& cells) {
  const ColumnProfile& column = columns_[index];
  const Type& type = schema_[index].type;
  const std::int64_t below = WholeNumber(cells[0]), above = WholeNumber(cells[1]);
  const std::int64_t rows = below + above;
  if (rows == 0 || RatioOf(rows, Present(column)) > kMostOutliers) return;
  const auto farthest = [&](const std::optional<std::string>& number,
                            const std::optional<ShownValue>& value) {
    const std::string text = number ? *number : value ? value->text : "";
    return IsTime(type) ? text : contract::RoundedNumber(text, 6);
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

Result<Suspicions> SuspicionSearch::Run() {
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
  return SuspicionSearch(engine, table, schema, columns, options).Run();
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
