// A column from the rows of both sides.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/sql_text.h"
#include "monitor/column_pair.h"
#include "stats/number_sql.h"

namespace assay::monitor {
namespace {

std::uint64_t CountOf(const std::optional<std::string>& text) {
  return text ? std::strtoull(text->c_str(), nullptr, 10) : 0;
}

// Reads values of `row/1`: one tag byte, 0 for null, then the value.
class RowReader {
 public:
  explicit RowReader(const char* at) : at_(at) {}
  template <typename Value>
  std::optional<Value> Next() {
    if (*at_++ == 0) return {};
    Value value;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

 private:
  const char* at_;
};

// All numbers of one side; counts what is left out.
Result<stats::ValueCounts> ReadNumbers(engine::Engine& engine, const std::string& sql,
                                       const Field& field, SideCounts& counts) {
  const std::string query = "SELECT x, count(*)::BIGINT FROM (SELECT " +
                            stats::NumberSql(field.type, engine::QuoteName(field.name)) +
                            " AS x FROM " + sql + ") GROUP BY x ORDER BY x";
  stats::ValueCounts values;
  TRY(engine.ReadRows(query, [&](const engine::EncodedRows& rows) -> Status {
    std::size_t begin = 0;
    for (const std::size_t end : rows.ends) {
      RowReader reader(rows.bytes.data() + begin);
      const auto value = reader.Next<double>();
      const auto times = static_cast<std::uint64_t>(reader.Next<std::int64_t>().value_or(0));
      counts.rows += times;
      if (!value) {
        counts.nulls += times;
      } else if (!std::isfinite(*value)) {
        counts.not_finite += times;
      } else {
        values.push_back({*value, times});
      }
      begin = end;
    }
    return {};
  }));
  return stats::Sorted(std::move(values));
}

Result<ColumnPair> ReadNumberColumn(engine::Engine& engine, const DriftSide& reference,
                                    const DriftSide& current, const Field& field) {
  ColumnPair pair;
  pair.facts.type = field.type;
  TRY_ASSIGN(pair.reference_numbers.values,
             ReadNumbers(engine, reference.sql, field, pair.reference));
  TRY_ASSIGN(pair.current_numbers.values, ReadNumbers(engine, current.sql, field, pair.current));
  const stats::ValueCounts &ours = *pair.reference_numbers.values,
                           &theirs = *pair.current_numbers.values;
  pair.facts.reference_rows = stats::TotalRows(ours);
  pair.facts.current_rows = stats::TotalRows(theirs);
  pair.facts.reference_distinct = ours.size();
  pair.facts.current_distinct = theirs.size();
  pair.facts.distinct = stats::Paired(ours, theirs).size();
  return pair;
}

Status CountValues(engine::Engine& engine, const char* table, const std::string& sql,
                   const Field& field, SideCounts& counts, std::uint64_t& distinct) {
  TRY(engine.Execute("CREATE OR REPLACE TEMP TABLE " + std::string(table) + " AS SELECT " +
                     engine::QuoteName(field.name) + " AS v, count(*)::BIGINT AS n FROM " + sql +
                     " GROUP BY 1"));
  TRY_ASSIGN(const engine::Grid grid,
             engine.Query("SELECT coalesce(sum(n), 0)::BIGINT, coalesce(sum(n) FILTER (WHERE v IS "
                          "NULL), 0)::BIGINT, count(v) FROM " +
                          std::string(table)));
  counts.rows = CountOf(grid.rows.at(0)[0]);
  counts.nulls = CountOf(grid.rows[0][1]);
  distinct = CountOf(grid.rows[0][2]);
  return {};
}

Result<ColumnPair> ReadCategoryColumn(engine::Engine& engine, const DriftSide& reference,
                                      const DriftSide& current, const Field& field) {
  ColumnPair pair;
  pair.facts.type = field.type;
  TRY(CountValues(engine, "_assay_reference", reference.sql, field, pair.reference,
                  pair.facts.reference_distinct));
  TRY(CountValues(engine, "_assay_current", current.sql, field, pair.current,
                  pair.facts.current_distinct));
  pair.facts.reference_rows = pair.reference.rows - pair.reference.nulls;
  pair.facts.current_rows = pair.current.rows - pair.current.nulls;
  const std::string both =
      " FROM (SELECT v, n FROM _assay_reference WHERE v IS NOT NULL) r FULL JOIN (SELECT v, n FROM "
      "_assay_current WHERE v IS NOT NULL) c ON r.v = c.v";
  TRY(engine.ReadRows("SELECT coalesce(r.n, 0)::BIGINT, coalesce(c.n, 0)::BIGINT" + both,
                      [&](const engine::EncodedRows& rows) -> Status {
                        std::size_t begin = 0;
                        for (const std::size_t end : rows.ends) {
                          RowReader reader(rows.bytes.data() + begin);
                          const std::int64_t ours = reader.Next<std::int64_t>().value_or(0);
                          const std::int64_t theirs = reader.Next<std::int64_t>().value_or(0);
                          pair.categories.push_back({static_cast<std::uint64_t>(ours),
                                                     static_cast<std::uint64_t>(theirs)});
                          begin = end;
                        }
                        return {};
                      }));
  // A join has no order, and a sum of floats depends on it.
  std::sort(pair.categories.begin(), pair.categories.end(),
            [](const stats::CountPair& a, const stats::CountPair& b) {
              return a.reference != b.reference ? a.reference > b.reference : a.current > b.current;
            });
  pair.facts.distinct = pair.categories.size();
  TRY_ASSIGN(
      const engine::Grid grid,
      engine.Query("SELECT coalesce(r.v, c.v)::VARCHAR AS v, coalesce(r.n, 0) AS r, "
                   "coalesce(c.n, 0) AS c" +
                   both + " ORDER BY greatest(coalesce(r.n, 0)::HUGEINT * " +
                   std::to_string(pair.facts.current_rows) + ", coalesce(c.n, 0)::HUGEINT * " +
                   std::to_string(pair.facts.reference_rows) + ") DESC, v LIMIT " +
                   std::to_string(kShownCategories)));
  DriftBin rest{"(others)", pair.facts.reference_rows, pair.facts.current_rows};
  for (const auto& row : grid.rows) {
    pair.bins.push_back({row[0].value_or(""), CountOf(row[1]), CountOf(row[2])});
    rest.reference -= pair.bins.back().reference;
    rest.current -= pair.bins.back().current;
  }
  if (rest.reference + rest.current > 0) pair.bins.push_back(rest);
  TRY(engine.Execute("DROP TABLE _assay_reference"));
  TRY(engine.Execute("DROP TABLE _assay_current"));
  return pair;
}

}  // namespace

Result<ColumnPair> ReadColumn(engine::Engine& engine, const DriftSide& reference,
                              const DriftSide& current, const Field& field) {
  const bool is_time =
      field.type.kind >= TypeKind::kDate && field.type.kind <= TypeKind::kTimestampUtc;
  return IsNumber(field.type) || is_time ? ReadNumberColumn(engine, reference, current, field)
                                         : ReadCategoryColumn(engine, reference, current, field);
}

}  // namespace assay::monitor
