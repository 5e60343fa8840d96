#include "engine/row_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/test_folder.h"
#include "engine/engine.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

using Cells = std::vector<std::optional<std::string>>;

// Tables of several files, each with a column that is the true id of its row.
class RowTrace : public testing::Test {
 protected:
  // One thread: with more, the engine itself may answer a LIMIT below a join in two ways.
  void SetUp() override { Open(1); }

  void Open(int threads) {
    Options options;
    options.threads = threads;
    options.readable = {testing::TempDir()};
    auto engine = engine::Open(options);
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    engine_ = std::move(engine).value();
    inputs_.clear();
    Make("a", {7, 5, 6},
         "i AS a_id, i % 5 AS k, 'n' || (i % 4) AS name, CASE WHEN i % 6 > 0 THEN i * 0.5 END AS v,"
         "CASE WHEN i % 7 = 0 THEN NULL WHEN i % 5 = 0 THEN [] ELSE [i, i + 1] END AS l, "
         "{'f': i, 'g': 'g' || i} AS s, DATE '2024-01-01' + i::INTEGER AS d");
    Make("b", {6, 4},
         "i AS b_id, i % 4 AS k, 'w' || i AS w, DATE '2024-01-02' + 2 * i::INTEGER AS d");
    Make("c", {5}, "i AS c_id, i % 3 AS k");
    Make("plausible", {3, 3}, "i AS p_id, i % 3 AS k");
    Make("plausible.refused", {2, 3}, "i AS r_id, i % 3 AS k, i * 10 AS _assay_row");
    Make("checked.refused", {4}, "i AS r_id, i % 2 AS k");
    Make("odd", {3, 2},
         "i AS \"select\", i % 2 AS \"Group By\", i + 1 AS \"x.y\", i AS odd, 'q' AS \"say "
         "\"\"q\"\"\"");
    Make("deep", {2, 2},
         "[{'x': i, 'y': [i, i + 1]}, {'x': i + 5, 'y': [7]}] AS m, {'p': {'q': i}, 'r': i} AS n, "
         "MAP {'one': i} AS h, [[i], [i, 2]] AS ll");
  }

  void Make(const std::string& name, const std::vector<int>& rows, const std::string& columns) {
    const std::size_t dot = name.find('.');
    const std::string last = dot == std::string::npos ? name : name.substr(dot + 1);
    std::vector<std::filesystem::path> files;
    int start = 1;
    for (std::size_t file = 0; file < rows.size(); ++file) {
      files.push_back(folder_ / (name + std::to_string(file) + ".parquet"));
      const std::string from = std::to_string(start);
      const std::string position =
          "((" + std::to_string(file) + "::UBIGINT << 40) | (i - " + from + ")::UBIGINT)";
      const auto copied = engine_->CopyToParquet(
          "SELECT " + columns + ", " + position + " AS " + last + "_pos FROM range(" + from + ", " +
              std::to_string(start + rows[file]) + ") t(i) ORDER BY i",
          files.back());
      ASSERT_TRUE(copied.ok()) << copied.error().message;
      start += rows[file];
    }
    TracedInput input{name, ReadParquet(files, {}), {}};
    const std::string view = " AS SELECT * FROM " + input.table;
    Run("CREATE OR REPLACE VIEW " + QuoteName(name) + view);
    if (dot != std::string::npos) {
      const std::string schema = QuoteName(name.substr(0, dot));
      Run("CREATE SCHEMA IF NOT EXISTS " + schema);
      Run("CREATE OR REPLACE VIEW " + schema + "." + QuoteName(last) + view);
    }
    const auto schema = engine_->Describe("SELECT * FROM " + input.table);
    ASSERT_TRUE(schema.ok()) << schema.error().message;
    input.columns = FieldNames(*schema);
    inputs_.push_back(input);
  }

  void Run(const std::string& sql) {
    const Status status = engine_->Execute(sql);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }

  Trace TraceOf(const std::string& sql) {
    auto trace = engine_->TraceRows(sql, inputs_);
    EXPECT_TRUE(trace.ok()) << sql << "\n" << trace.error().message;
    return trace.ok() ? *trace : Trace{};
  }

  Grid Rows(const std::string& sql) {
    auto grid = engine_->Query(sql);
    EXPECT_TRUE(grid.ok()) << sql << "\n" << grid.error().message;
    return grid.ok() ? *grid : Grid{};
  }

  // The user's column with the true id of a source: `p1` for the first one in FROM, or its table's
  // own, or `p` where a UNION ALL has one for all.
  static int PositionColumn(const Grid& grid, const Trace& trace, std::size_t source) {
    const std::string& input = trace.sources[source].input;
    std::string own = input.substr(input.find('.') + 1) + "_pos";
    if (!trace.sources[source].branch_column.empty()) own = "p";
    for (const std::string& name : {"p" + std::to_string(source + 1), own}) {
      for (std::size_t i = 0; i < grid.schema.size(); ++i) {
        if (grid.schema[i].name == name) return static_cast<int>(i);
      }
    }
    return -1;
  }

  static std::size_t ColumnOf(const Grid& grid, const std::string& name) {
    for (std::size_t i = 0; i < grid.schema.size(); ++i) {
      if (grid.schema[i].name == name) return i;
    }
    ADD_FAILURE() << "no column " << name;
    return 0;
  }

  // Every id of every row is the position that the statement itself hands through.
  static void ExpectTrueIds(const Grid& grid, const Trace& trace, const std::string& sql) {
    for (std::size_t i = 0; i < trace.sources.size(); ++i) {
      const Trace::Source& source = trace.sources[i];
      const int position = PositionColumn(grid, trace, i);
      ASSERT_GE(position, 0) << sql << "\nhas no position of source " << i + 1;
      const std::size_t id = ColumnOf(grid, source.column);
      for (const Cells& row : grid.rows) {
        EXPECT_TRUE(row[id].has_value() || source.may_be_null) << sql;
        if (source.branch_column.empty()) {
          EXPECT_EQ(row[id], row[static_cast<std::size_t>(position)]) << sql << "\n" << trace.query;
          continue;
        }
        const auto& branch = row[ColumnOf(grid, source.branch_column)];
        const bool is_ours = branch == std::to_string(source.branch);
        const Cells expected = {is_ours ? row[static_cast<std::size_t>(position)] : std::nullopt};
        EXPECT_EQ(row[id], expected[0]) << sql << "\n" << trace.query;
      }
    }
  }

  // The user's columns are those of the user's text: name, type, rows, and order where it has one.
  void ExpectSameRows(const Grid& traced, const Trace& trace, const std::string& sql) {
    Grid own = Rows(WithoutSemicolon(sql));
    const std::size_t width = own.schema.size();
    ASSERT_EQ(traced.schema.size(), width + trace.sources.size() + trace.branch_columns.size());
    for (std::size_t i = 0; i < width; ++i) EXPECT_EQ(traced.schema[i], own.schema[i]) << sql;
    for (std::size_t i = 0; i < trace.sources.size(); ++i) {
      EXPECT_EQ(traced.schema[width + i].name, trace.sources[i].column);
      EXPECT_EQ(traced.schema[width + i].type.kind, TypeKind::kUint64);
    }
    std::vector<Cells> rows;
    for (const Cells& row : traced.rows) {
      rows.emplace_back(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(width));
    }
    if (!IsOrdered(sql)) {
      std::sort(rows.begin(), rows.end());
      std::sort(own.rows.begin(), own.rows.end());
    }
    EXPECT_EQ(rows, own.rows) << sql << "\n" << trace.query;
  }

  // ORDER BY outside of all brackets.
  static bool IsOrdered(const std::string& sql) {
    int depth = 0;
    for (std::size_t i = 0; i < sql.size(); ++i) {
      if (sql[i] == '(') ++depth;
      if (sql[i] == ')') --depth;
      if (depth == 0 && sql.compare(i, 8, "ORDER BY") == 0) return true;
    }
    return false;
  }

  void ExpectTraced(const std::string& kind, const std::vector<std::string>& statements) {
    for (const std::string& sql : statements) {
      const Trace trace = TraceOf(sql);
      EXPECT_EQ(TraceKindName(trace.kind), kind) << sql << "\n" << trace.reason;
      EXPECT_EQ(trace.reason, "");
      EXPECT_FALSE(trace.sources.empty()) << sql;
      if (trace.sources.empty()) continue;
      const Grid grid = Rows(trace.query);
      EXPECT_FALSE(grid.rows.empty()) << sql << "\nproves nothing without rows";
      ExpectTrueIds(grid, trace, sql);
      ExpectSameRows(grid, trace, sql);
    }
  }

  // Each statement is given with what it would be with its ids selected by hand.
  void ExpectIds(const std::string& kind,
                 const std::vector<std::pair<std::string, std::string>>& statements) {
    for (const auto& [sql, by_hand] : statements) {
      const Trace trace = TraceOf(sql);
      EXPECT_EQ(TraceKindName(trace.kind), kind) << sql << "\n" << trace.reason;
      Grid grid = Rows(trace.query);
      ExpectSameRows(grid, trace, sql);
      Grid expected = Rows(by_hand);
      EXPECT_FALSE(grid.rows.empty()) << sql;
      std::sort(grid.rows.begin(), grid.rows.end());
      std::sort(expected.rows.begin(), expected.rows.end());
      EXPECT_EQ(grid.rows, expected.rows) << sql << "\n" << trace.query;
    }
  }

  void ExpectNoIds(const std::string& kind,
                   const std::vector<std::pair<std::string, std::string>>& statements) {
    for (const auto& [sql, reason] : statements) {
      const Trace trace = TraceOf(sql);
      EXPECT_EQ(TraceKindName(trace.kind), kind) << sql << "\n" << trace.query;
      EXPECT_EQ(trace.reason, reason) << sql;
      EXPECT_EQ(trace.query, sql);
      EXPECT_TRUE(trace.sources.empty() && trace.branch_columns.empty()) << sql;
    }
  }

  TestFolder folder_;
  std::unique_ptr<Engine> engine_;
  std::vector<TracedInput> inputs_;
};

TEST_F(RowTrace, FollowsProjectionsAndFilters) {
  ExpectTraced(
      "row-local",
      {
          "SELECT * FROM a",
          "FROM a",
          "FROM a SELECT a_pos, k",
          "TABLE a",
          "SELECT a_pos FROM a",
          "SELECT a_pos AS p1 FROM a WHERE k > 2",
          "SELECT a_id + 1, upper(name), a_pos FROM a WHERE name LIKE 'n%' AND v IS NOT NULL",
          "SELECT CASE WHEN k = 1 THEN 'x' ELSE name END, a_pos FROM a",
          "SELECT k::DECIMAL(9, 2), try_cast(name AS INTEGER), -k, NOT (k > 1), a_pos FROM a",
          "SELECT k BETWEEN 1 AND 2, k IN (1, 2), k NOT IN (3), a_pos FROM a",
          "SELECT d + INTERVAL 1 DAY, extract(year FROM d), d::TIMESTAMP AT TIME ZONE 'UTC', a_pos "
          "FROM a",
          "SELECT coalesce(v, 0), nullif(k, 1), if(k > 1, 1, 2), ifnull(v, 1), a_pos FROM a",
          "SELECT name || '!' AS loud, loud || '?' AS louder, a_pos FROM a WHERE loud <> 'n1!'",
          "SELECT name.upper().lower(), a.name.length(), a_pos FROM a",
          "SELECT s.f, s.g, s['f'], l[1], l[1:1], a_pos FROM a",
          "SELECT a.s.f, a.a_pos FROM a",
          "SELECT x.a_pos AS p1, x.k FROM a AS x WHERE x.k < 3",
          "SELECT A_POS, K FROM A",
          "SELECT q, p1 FROM a AS t(q, w, e, r, z, u, o, p1)",
          "SELECT q, w, name, a_pos FROM a AS t(q, w)",
          "SELECT a_pos, 1.5, 1e3, 'it''s', NULL, TRUE, DATE '2024-01-01', INTERVAL 2 HOUR FROM a",
          "SELECT {'x': k, 'y': name} AS st, [k, 2] AS li, MAP {'k': k} AS ma, row(k, name), a_pos "
          "FROM a",
          "SELECT name COLLATE NOCASE, a_pos FROM a WHERE name COLLATE NOCASE = 'N1'",
          "SELECT k IS DISTINCT FROM 3, try(k), a_pos FROM a",
          "SELECT a_pos FROM a WHERE true -- a comment",
          "SELECT a_pos, k FROM a;",
          "SELECT a_pos FROM a WHERE regexp_matches(name, 'n[12]') AND name ~ 'n.' AND name "
          "SIMILAR TO 'n.'",
          "SELECT printf('%d-%s', k, name), a_pos FROM a",
          "(SELECT a_pos FROM a)",
          "SELECT a_pos, random() < 2 AS always FROM a",
      });
}

TEST_F(RowTrace, StarsLeaveTheIdsOut) {
  ExpectTraced("row-local",
               {
                   "SELECT *, k + 1 AS more FROM a",
                   "SELECT a.* FROM a",
                   "SELECT t.*, t.k AS again FROM a AS t",
                   "SELECT T.* FROM a AS t",
                   "SELECT * EXCLUDE (k, name) FROM a",
                   "SELECT a.* EXCLUDE (a.k) FROM a",
                   "SELECT * REPLACE (k + 1 AS k) FROM a",
                   "SELECT * RENAME (k AS kk) FROM a",
                   "SELECT * EXCLUDE (l) REPLACE (v * 2 AS v) RENAME (name AS called) FROM a",
                   "SELECT COLUMNS(*) FROM a",
                   "SELECT COLUMNS('.*') FROM a",
                   "SELECT COLUMNS('a_.*') FROM a",
                   "SELECT COLUMNS('row|pos') FROM a",
                   "SELECT COLUMNS(c -> c LIKE '%a%' OR c LIKE '%_pos'), a_pos AS p1 FROM a",
                   "SELECT COLUMNS(lambda c: c LIKE '%\\_%' ESCAPE '\\') FROM a",
                   "SELECT COLUMNS(['k', 'a_pos']) FROM a",
                   "SELECT COLUMNS(* EXCLUDE (k)) FROM a",
                   "SELECT COLUMNS(a.*) FROM a",
                   "SELECT * LIKE '%\\_%' ESCAPE '\\' FROM a",
                   "SELECT * LIKE '%pos' FROM a",
                   "SELECT * NOT LIKE 'k' FROM a",
                   "SELECT * SIMILAR TO '.*pos|k' FROM a",
                   "SELECT * ILIKE '%POS%' FROM a",
                   "SELECT struct_pack(*COLUMNS(*)) AS all_of_it, a_pos FROM a",
                   "SELECT hash(*COLUMNS(*)) AS h, a_pos FROM a",
                   "SELECT concat_ws('|', *COLUMNS(* EXCLUDE (l, s))) AS h, a_pos FROM a",
                   "SELECT coalesce(*COLUMNS(['a_id', 'k'])) AS h, a_pos FROM a",
                   "SELECT COLUMNS(* EXCLUDE (name, l, s, d)) + 1, a_pos AS p1 FROM a",
                   "SELECT a_pos FROM a WHERE COLUMNS(* EXCLUDE (name, l, s, d)) IS NOT NULL",
                   "SELECT a_pos FROM a WHERE COLUMNS('k|a_id') > 2",
                   "SELECT s.*, a_pos FROM a",
                   "SELECT * FROM a ORDER BY ALL",
                   "SELECT k, a_pos FROM a ORDER BY ALL DESC",
                   "SELECT k, a_pos FROM a ORDER BY COLUMNS('k|a_id')",
                   "SELECT k, a_pos FROM a ORDER BY k, COLUMNS(*)",
                   "SELECT (SELECT max(COLUMNS(*)) FROM (SELECT b_id FROM b)), a_pos FROM a",
               });
  ExpectTraced("join", {
                           "SELECT a.*, b.b_pos, a.a_pos AS p1 FROM a JOIN b USING (k)",
                           "SELECT *, a.k FROM a JOIN b USING (k)",
                           "SELECT b.*, a.* FROM a JOIN b ON a.k = b.k",
                           "SELECT * EXCLUDE (k) FROM a JOIN b USING (k)",
                           "SELECT * EXCLUDE (a.k, b.d) FROM a JOIN b ON a.k = b.k",
                           "SELECT COLUMNS('pos') FROM a, b",
                           "SELECT COLUMNS(b.*), a_pos FROM a, b",
                           "SELECT x.a_pos AS p1, y.a_pos AS p2, x.* EXCLUDE (a_pos), y.* EXCLUDE "
                           "(a_pos) FROM a x, a y",
                       });
}

TEST_F(RowTrace, FollowsWindowsQualifyOrderAndLimit) {
  ExpectTraced(
      "row-local",
      {
          "SELECT row_number() OVER (ORDER BY a_id DESC), a_pos FROM a",
          "SELECT sum(k) OVER (PARTITION BY name ORDER BY a_id ROWS BETWEEN 1 PRECEDING AND "
          "CURRENT ROW), "
          "a_pos FROM a",
          "SELECT lag(a_id) OVER (ORDER BY a_id), lead(a_id, 2, 0) OVER (ORDER BY a_id), a_pos "
          "FROM a",
          "SELECT first_value(a_id) OVER w, count(*) OVER w, a_pos FROM a WINDOW w AS (PARTITION "
          "BY k ORDER BY a_id)",
          "SELECT sum(k) FILTER (k > 1) OVER (PARTITION BY name), a_pos FROM a",
          "SELECT a_pos, k FROM a QUALIFY row_number() OVER (PARTITION BY k ORDER BY a_id) = 1",
          "SELECT a_pos, rank() OVER (PARTITION BY k ORDER BY a_id) AS r FROM a QUALIFY r < 3",
          "SELECT * FROM a QUALIFY max(a_id) OVER (PARTITION BY k) = a_id",
          "SELECT a_pos FROM a ORDER BY a_id DESC",
          "SELECT a_pos, k FROM a ORDER BY 2 DESC, 1",
          "SELECT a_pos, v FROM a ORDER BY v NULLS FIRST, a_id",
          "SELECT a_pos, k + 1 AS z FROM a ORDER BY z, a_id DESC",
          "SELECT a_pos FROM a ORDER BY a_id LIMIT 5",
          "SELECT a_pos FROM a ORDER BY a_id DESC LIMIT 4 OFFSET 3",
          "SELECT a_pos FROM a ORDER BY a_id OFFSET 15",
          "SELECT a_pos FROM a ORDER BY a_id LIMIT 30%",
          "SELECT a_pos FROM a ORDER BY a_id LIMIT (SELECT count(*) FROM c)",
          "SELECT DISTINCT ON (k) k, a_pos FROM a ORDER BY k, a_id",
          "SELECT DISTINCT ON (k, name) * FROM a ORDER BY k, name, a_id DESC",
          "SELECT DISTINCT ON (k % 2) a_pos, a_id FROM a ORDER BY a_id",
          "SELECT a_pos FROM (SELECT * FROM a ORDER BY a_id DESC LIMIT 6) WHERE k > 0",
          "SELECT a_pos FROM (SELECT * FROM a QUALIFY row_number() OVER (PARTITION BY k ORDER BY "
          "a_id) = 1) t",
          "SELECT * FROM a ORDER BY k DESC, a_id LIMIT 3",
      });
}

TEST_F(RowTrace, ExpressionsMayReadOtherTables) {
  ExpectTraced(
      "row-local",
      {
          "SELECT a_pos, (SELECT max(b_id) FROM b) AS m FROM a",
          "SELECT a_pos, (SELECT count(*) FROM b WHERE b.k = a.k) AS n FROM a",
          "SELECT a_pos FROM a WHERE k IN (SELECT k FROM c)",
          "SELECT a_pos FROM a WHERE (k, a_id) IN (SELECT k, b_id FROM b)",
          "SELECT a_pos FROM a WHERE k NOT IN (SELECT k FROM c WHERE k IS NOT NULL)",
          "SELECT a_pos FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.b_id = a.a_id)",
          "SELECT a_pos FROM a WHERE EXISTS (FROM b WHERE b.b_id = a.a_id)",
          "SELECT a_pos FROM a WHERE NOT EXISTS (SELECT * FROM b WHERE b.k = a.k AND b.d < a.d)",
          "SELECT a_pos FROM a WHERE a_id > ALL (SELECT c_id FROM c)",
          "SELECT a_pos FROM a WHERE a_id = ANY (SELECT c_id FROM c)",
          "SELECT a_pos, ARRAY(SELECT b_id FROM b WHERE b.k = a.k ORDER BY b_id) AS list FROM a",
          "SELECT a_pos, EXISTS (SELECT 1 FROM a AS other WHERE other.a_id = a.a_id + 1) AS "
          "has_next FROM a",
          "SELECT a_pos FROM a WHERE a_id > (SELECT avg(a_id) FROM a)",
          "SELECT a_pos FROM a WHERE a_id IN (WITH z AS (SELECT b_id FROM b) SELECT b_id FROM z)",
          "SELECT a_pos FROM a WHERE a_id IN (SELECT b_id FROM b UNION SELECT c_id FROM c)",
          "SELECT a_pos, (SELECT b FROM b WHERE b_id = 1) AS whole FROM a",
          "SELECT a_pos FROM a SEMI JOIN b USING (k)",
          "SELECT a_pos FROM a SEMI JOIN b ON a.k = b.k AND b.b_id > 3",
          "SELECT * FROM a ANTI JOIN c ON a.a_id = c.c_id",
          "SELECT * FROM a ANTI JOIN (SELECT * FROM c WHERE c_id > 2) x ON a.a_id = x.c_id",
          "SELECT a_pos FROM a SEMI JOIN (SELECT k, count(*) AS n FROM b GROUP BY k) g USING (k)",
          "SELECT a_pos FROM a ORDER BY (SELECT count(*) FROM b WHERE b.k = a.k), a_id",
          "WITH r AS (SELECT k, max(b_id) AS m FROM b GROUP BY k) SELECT a_pos, (SELECT m FROM r "
          "WHERE r.k = a.k) FROM a",
          "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) "
          "SELECT a_pos FROM a WHERE a_id IN (FROM n)",
          "WITH f AS (SELECT a.k FROM a FULL JOIN b USING (k)) SELECT a_pos FROM a WHERE k IN "
          "(FROM f)",
      });
}

TEST_F(RowTrace, TablesOfExpressionsAreNamed) {
  const auto untraced = [&](const std::string& sql) {
    std::vector<std::string> names;
    for (const auto& table : TraceOf(sql).untraced) names.push_back(table.input + ": " + table.why);
    return names;
  };
  using testing::ElementsAre;
  EXPECT_THAT(untraced("SELECT * FROM a"), ElementsAre());
  EXPECT_THAT(untraced("SELECT * FROM a WHERE k IN (SELECT k FROM B) OR k IN (SELECT k FROM b)"),
              ElementsAre("b: in an expression"));
  EXPECT_THAT(untraced("SELECT * FROM a ANTI JOIN c USING (k)"), ElementsAre("c: in a ANTI JOIN"));
  EXPECT_THAT(untraced("SELECT * FROM a JOIN (SELECT DISTINCT k FROM b) x USING (k)"),
              ElementsAre("b: DISTINCT"));
  EXPECT_THAT(untraced("SELECT k, count(*) FROM a JOIN b USING (k) GROUP BY k"),
              ElementsAre("a: GROUP BY", "b: GROUP BY"));
  EXPECT_THAT(untraced("WITH x AS (SELECT * FROM b) SELECT * FROM a WHERE k IN (SELECT k FROM x)"),
              ElementsAre("b: in an expression"));
  EXPECT_THAT(untraced("SELECT * FROM a, memory.main.b"),
              ElementsAre("b: not a table that is traced"));
}

TEST_F(RowTrace, FollowsJoins) {
  ExpectTraced(
      "join",
      {
          "SELECT a_pos, b_pos FROM a JOIN b USING (k)",
          "SELECT a_pos, b_pos FROM a JOIN b ON a.k = b.k AND a.d < b.d",
          "SELECT a_pos, b_pos FROM a INNER JOIN b ON a.a_id = b.b_id",
          "SELECT a_pos, b_pos FROM a LEFT JOIN b ON a.a_id = b.b_id",
          "SELECT a_pos, b_pos FROM a RIGHT JOIN b ON a.a_id = b.b_id + 12",
          "SELECT a_pos, b_pos FROM a CROSS JOIN b",
          "SELECT a_pos, b_pos FROM a, b WHERE a.k = b.k",
          "SELECT a_pos, b_pos, c_pos FROM a, b, c WHERE a.k = b.k AND b.k = c.k",
          "SELECT * FROM a NATURAL JOIN c",
          "SELECT * FROM (SELECT k, b_pos FROM b) NATURAL LEFT JOIN (SELECT k, c_pos FROM c)",
          "SELECT * FROM a JOIN b USING (k) JOIN c USING (k)",
          "SELECT a_pos, b_pos, c_pos FROM a LEFT JOIN (b JOIN c USING (k)) ON a.a_id = b.b_id",
          "SELECT a_pos, b_pos, c_pos FROM (a LEFT JOIN b ON a.a_id = b.b_id) LEFT JOIN c ON "
          "b.b_id = c.c_id",
          "SELECT a_pos, b_pos, c_pos FROM c RIGHT JOIN (a LEFT JOIN b ON a_id = b_id + 9) ON a_id "
          "= c_id",
          "SELECT x.a_pos AS p1, y.a_pos AS p2 FROM a x JOIN a y ON x.a_id = y.a_id + 1",
          "SELECT x.a_pos AS p1, y.a_pos AS p2, z.a_pos AS p3 FROM a x LEFT JOIN a y ON x.a_id = "
          "y.k LEFT JOIN a z ON "
          "y.a_id = z.k",
          "SELECT a.a_pos AS p1, y.a_pos AS p2 FROM a, a y WHERE a.k = y.a_id",
          "SELECT a_pos, b_pos FROM a ASOF JOIN b ON a.d >= b.d",
          "SELECT a_pos, b_pos FROM a ASOF LEFT JOIN b ON a.k = b.k AND a.d >= b.d",
          "SELECT a_pos, b_pos FROM a ASOF JOIN b USING (k, d)",
          "SELECT a_pos, b_pos FROM a JOIN b ON a.name = 'n' || b.k AND a.a_id <> b.b_id ORDER BY "
          "a_id, b_id",
          "SELECT a_pos, b_pos FROM a JOIN b ON a.k > b.k",
          "SELECT a_pos, b_pos, row_number() OVER (PARTITION BY a.k ORDER BY a_id, b_id) FROM a "
          "JOIN b USING (k)",
          "SELECT a_pos, b_pos FROM a JOIN b USING (k) QUALIFY row_number() OVER (PARTITION BY "
          "a_id ORDER BY b_id) = 1",
          "SELECT DISTINCT ON (a_id) a_pos, b_pos FROM a JOIN b USING (k) ORDER BY a_id, b_id DESC",
          "SELECT a_pos, v.n FROM a JOIN (VALUES (1, 'one'), (2, 'two')) v(k, n) USING (k)",
          "SELECT a_pos, n FROM a, (SELECT 1 AS n) WHERE k > n",
          "SELECT a_pos, g.n FROM a JOIN (SELECT k, count(*) AS n FROM b GROUP BY k) g USING (k)",
          "SELECT a_pos, g.n FROM a LEFT JOIN (SELECT k, count(*) AS n FROM a GROUP BY ALL) AS g "
          "ON a.a_id = g.k",
          "SELECT a_pos FROM (SELECT DISTINCT k FROM b) RIGHT JOIN a USING (k)",
          "SELECT a_pos, b_pos FROM a JOIN b USING (k) SEMI JOIN c ON c.k = a.k",
          "SELECT a_pos, b_pos FROM a SEMI JOIN c USING (k) JOIN b USING (k)",
          "SELECT a_pos, b_pos FROM a LEFT JOIN b ON false",
          "SELECT a_pos, b_pos FROM a JOIN b ON a.k = b.k WHERE b_pos IS NOT NULL LIMIT 1000",
          "SELECT a_pos, b_pos FROM a LEFT JOIN b ON a.a_id = b.b_id AND b.b_id IN (SELECT c_id "
          "FROM c)",
      });
}

TEST_F(RowTrace, FollowsJoinsInAnyBrackets) {
  ExpectTraced(
      "join",
      {
          "SELECT a_pos, c_pos FROM (a JOIN c USING (k))",
          "SELECT a_pos, b_pos, c_pos FROM a CROSS JOIN b LEFT JOIN c ON c.c_id = a.a_id",
          "SELECT a_pos, b_pos, c_pos FROM a LEFT JOIN (b CROSS JOIN c) ON b.b_id = a.a_id",
          "SELECT a_pos, b_pos, c_pos FROM a, (b CROSS JOIN c)",
          "SELECT a_pos, b_pos, c_pos FROM a, b JOIN c USING (k)",
          "SELECT a_pos, b_pos, c_pos FROM a JOIN (b JOIN c USING (k)) USING (k)",
          "SELECT a_pos, n FROM a LEFT JOIN (SELECT count(*) AS n, min(b.k) AS k FROM b CROSS JOIN "
          "c LEFT JOIN c AS e ON "
          "b.k = e.c_id) g ON g.k = a.k",
          "SELECT a_pos, c_pos, b_pos FROM a NATURAL JOIN (SELECT k, c_pos FROM c) NATURAL JOIN "
          "(SELECT k, b_pos FROM b)",
          "SELECT b_pos, a_pos FROM b LEFT JOIN (a SEMI JOIN c USING (k)) ON a.a_id = b.b_id",
      });
  ExpectNoIds("none", {
                          // Printed without its brackets it would be another join.
                          {"SELECT a_pos FROM a NATURAL JOIN (c NATURAL JOIN (SELECT k FROM b))",
                           "SQL that the engine prints in another way than it reads"},
                      });
}

// Which table each id belongs to, in the order of FROM.
TEST_F(RowTrace, SourcesTellTheirTableAndBranch) {
  const auto sources = [&](const std::string& sql) {
    std::string text;
    for (const Trace::Source& source : TraceOf(sql).sources) {
      text += source.column + "=" + source.input;
      if (!source.branch_column.empty()) {
        text += " " + source.branch_column + ":" + std::to_string(source.branch);
      }
      text += source.may_be_null ? "?, " : ", ";
    }
    return text;
  };
  EXPECT_EQ(sources("SELECT 1 FROM A JOIN PLAUSIBLE.refused USING (k)"),
            "_assay_row_1=a, _assay_row_2=plausible.refused, ");
  EXPECT_EQ(sources("SELECT 1 FROM c RIGHT JOIN (b LEFT JOIN a USING (k)) ON b_id = c_id"),
            "_assay_row_1=c?, _assay_row_2=b, _assay_row_3=a?, ");
  EXPECT_EQ(sources("WITH x AS (SELECT * FROM b LEFT JOIN c USING (k)) SELECT 1 FROM a, x, x AS y"),
            "_assay_row_1=a, _assay_row_2=b, _assay_row_3=c?, _assay_row_4=b, _assay_row_5=c?, ");
  EXPECT_EQ(sources("SELECT k FROM a UNION ALL SELECT 5 UNION ALL SELECT k FROM (SELECT k FROM b "
                    "UNION ALL FROM "
                    "(SELECT k FROM c))"),
            "_assay_row_1=a _assay_branch_2:1?, _assay_row_2=b _assay_branch_1:1?, "
            "_assay_row_3=c _assay_branch_1:2?, ");
  EXPECT_THAT(TraceOf("SELECT k FROM a UNION ALL SELECT k FROM b").branch_columns,
              testing::ElementsAre("_assay_branch_1"));
}

// Written without names, the columns keep those that the engine gives them.
TEST_F(RowTrace, KeepsTheNamesThatTheEngineMakes) {
  ExpectTraced(
      "row-local",
      {
          "SELECT k + 1, -k, k::VARCHAR, CASE WHEN k > 1 THEN 1 END, k IN (1, 2), a_pos FROM a",
          "SELECT k = 1, name LIKE 'n%', [k], {'x': k}, l[1], INTERVAL 1 DAY, DATE '2024-01-01', "
          "a_pos FROM a",
          "SELECT (SELECT max(k) FROM b), EXISTS (FROM b), k IN (SELECT k FROM b), a_pos FROM a",
          "SELECT count(*) OVER (), row_number() OVER (ORDER BY k, a_id), list_transform(l, x -> x "
          "+ 1), a_pos FROM a",
          "SELECT 1, 'x', NULL, 1.50, 1e3, true, a_pos FROM a",
          "SELECT k BETWEEN 1 AND 2, NOT k > 1, k IS NULL, coalesce(k, 1), try_cast(k AS TINYINT), "
          "a_pos FROM a",
          "SELECT name.upper(), k % 2, k // 2, k ** 2, k << 1, xor(k, 1), extract(year FROM d), "
          "a_pos FROM a",
          "SELECT \"k\" + 1, a.k * 2, (((k))), a_pos FROM a",
          "SELECT VARCHAR 'x', '1'::INT, CAST(k AS DOUBLE PRECISION), k::DECIMAL, a_pos FROM a",
      });
}

TEST_F(RowTrace, FollowsSubqueriesInFrom) {
  ExpectTraced("row-local",
               {
                   "SELECT * FROM (SELECT * FROM a)",
                   "SELECT a_pos FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM a) x) y) z",
                   "SELECT p1 FROM (SELECT k, a_pos AS p1 FROM a) AS t",
                   "SELECT p1, z FROM (SELECT k, a_pos FROM a) AS t(z, p1)",
                   "SELECT z, a_pos FROM (SELECT k, a_pos FROM a) AS t(z)",
                   "SELECT t.* FROM (SELECT k, a_pos FROM a) AS t WHERE t.k > 1",
                   "SELECT * FROM (FROM a)",
                   "FROM (FROM a SELECT a_pos, k) WHERE k > 1",
                   "SELECT a_pos, k FROM (SELECT *, k + 1 AS k2 FROM a WHERE k > 0) WHERE k2 < 4",
                   "SELECT a_pos FROM (SELECT a_pos, a_pos AS again, a_pos FROM a)",
                   "SELECT a.a_pos FROM (SELECT * FROM a) a",
                   "SELECT \"(k + 1)\", a_pos FROM (SELECT k + 1, a_pos FROM a)",
                   "SELECT a_pos FROM (SELECT *, row_number() OVER (ORDER BY a_id) AS n FROM a) "
                   "WHERE n % 2 = 0",
                   "SELECT a_pos, a FROM (SELECT k AS a, a_pos FROM a) AS a",
               });
  ExpectTraced("join", {
                           "SELECT a_pos, b_pos FROM (SELECT * FROM a WHERE k > 1) x JOIN (SELECT "
                           "* FROM b) y USING (k)",
                           "SELECT * FROM (SELECT a_pos, b_pos FROM a JOIN b USING (k))",
                           "SELECT p1, p2 FROM (SELECT a_pos, k FROM a) x(p1, k) JOIN (SELECT "
                           "a_pos, k FROM a) y(p2, k) USING (k)",
                           "SELECT * FROM (SELECT x.a_pos AS p1, y.b_pos AS p2, y.k FROM a x LEFT "
                           "JOIN b y ON a_id = b_id) t "
                           "LEFT JOIN c ON t.k = c.c_id",
                       });
}

TEST_F(RowTrace, FollowsWith) {
  ExpectTraced(
      "row-local",
      {
          "WITH x AS (SELECT * FROM a) SELECT * FROM x",
          "WITH x AS (SELECT * FROM a) FROM x",
          "WITH x(p1, z) AS (SELECT a_pos, k FROM a) SELECT z, p1 FROM x",
          "WITH x(z) AS (SELECT k, a_pos FROM a) SELECT * FROM x",
          "WITH x AS (SELECT * FROM a), y AS (SELECT * FROM x WHERE k > 1) SELECT * FROM y",
          "WITH x AS (WITH y AS (SELECT * FROM a) SELECT * FROM y WHERE k > 1) SELECT a_pos FROM x",
          "WITH a AS (SELECT * FROM a WHERE k > 1) SELECT * FROM a",
          "WITH a AS (SELECT * FROM a WHERE k > 1), b AS (FROM a) SELECT * FROM b",
          "WITH b AS (SELECT * FROM a) SELECT * FROM b",
          "WITH x AS (SELECT * FROM a) SELECT * FROM (WITH x AS (SELECT * FROM x WHERE k > 2) "
          "SELECT * FROM x)",
          "WITH x AS (SELECT * FROM a) SELECT a_pos FROM x WHERE a_id IN (SELECT a_id FROM x WHERE "
          "k > 1)",
          "WITH x AS (SELECT * FROM a) SELECT a_pos FROM x WHERE EXISTS (FROM x AS y WHERE y.a_id "
          "= x.a_id + 1)",
          "WITH x AS (SELECT k FROM b) SELECT a_pos FROM a WHERE k IN (FROM x)",
          "WITH x AS (SELECT k FROM b), y AS (FROM x) SELECT a_pos FROM a WHERE k IN (FROM y)",
          "WITH x AS (SELECT b_id, k FROM b) SELECT a_pos, (SELECT max(x) FROM x) AS whole FROM a",
          "WITH x AS MATERIALIZED (SELECT * FROM a) SELECT t.a_pos FROM x AS t",
          "WITH x AS NOT MATERIALIZED (SELECT * FROM a) SELECT t.a_pos, q FROM x AS t(q)",
          "WITH late AS (SELECT k > 2 AS late, a_pos FROM a) SELECT late, a_pos FROM late",
          "WITH unused AS (SELECT * FROM a FULL JOIN b USING (k)) SELECT a_pos FROM a",
          "WITH x AS (SELECT * FROM a ORDER BY a_id LIMIT 5) SELECT * FROM x ORDER BY a_id DESC",
          "WITH x AS (SELECT *, random() AS r FROM a) SELECT a_pos FROM x WHERE r = (SELECT r FROM "
          "x AS y WHERE y.a_id = "
          "x.a_id)",
          "WITH \"Odd Name\" AS (SELECT * FROM a) SELECT * FROM \"odd name\"",
          "WITH x AS (SELECT * FROM a) SELECT * FROM x QUALIFY row_number() OVER (PARTITION BY k "
          "ORDER BY a_id) = 1",
      });
  ExpectTraced(
      "join",
      {
          "WITH x AS (SELECT * FROM a) SELECT l.a_pos AS p1, r.a_pos AS p2 FROM x "
          "l JOIN x r ON l.a_id = r.a_id + 1",
          "WITH x AS (SELECT a_pos, b_pos, a.k FROM a JOIN b USING (k)) SELECT "
          "l.a_pos AS p1, l.b_pos AS p2, r.a_pos AS "
          "p3, r.b_pos AS p4 FROM x l, x r WHERE l.k = r.k",
          "WITH x AS (SELECT * FROM a), y AS (SELECT * FROM b) SELECT a_pos, "
          "b_pos FROM x JOIN y USING (k)",
          "WITH x AS (SELECT * FROM a) SELECT x.a_pos AS p1, b_pos, y.a_pos AS p3 "
          "FROM x JOIN b USING (k) JOIN x AS y ON "
          "y.a_id = b.b_id",
          "WITH x AS (SELECT k, count(*) AS n FROM b GROUP BY k) SELECT a_pos, n "
          "FROM a JOIN x USING (k)",
          "WITH x AS (SELECT * FROM a ORDER BY a_id LIMIT 3) SELECT l.a_pos AS "
          "p1, r.a_pos AS p2 FROM x l, x r",
          "WITH x AS (SELECT *, random() AS r FROM a) SELECT l.a_pos AS p1, "
          "m.a_pos AS p2 FROM x l JOIN x m ON l.r = m.r",
          "WITH w AS (SELECT a.*, b.* FROM a JOIN b ON a.k = b.k) SELECT a_pos, b_pos, k_1 FROM w",
          "WITH w(x) AS (SELECT a.*, b.* FROM a JOIN b ON a.k = b.k) SELECT a_pos, b_pos, x FROM w",
          "WITH w AS (SELECT * FROM a), v AS (SELECT max(k) AS m FROM w) SELECT a_pos FROM w, v "
          "WHERE k = m",
          "WITH w AS (SELECT * FROM a), v AS (SELECT * FROM w WHERE k = (SELECT max(k) FROM w)) "
          "SELECT v.a_pos AS p1, w.a_pos "
          "AS p2 FROM v JOIN w USING (k)",
          "WITH w AS (SELECT a_pos, k FROM a USING SAMPLE 5 ROWS (reservoir, 3)) SELECT x.a_pos AS "
          "p1, y.a_pos AS p2 FROM w x "
          "JOIN w y USING (a_pos)",
          "WITH w AS (SELECT a_pos, random() AS r FROM a) SELECT x.a_pos AS p1, y.a_pos AS p2 FROM "
          "w x JOIN w y USING (r) WHERE "
          "x.a_pos IN (SELECT a_pos FROM w WHERE r = x.r)",
          "WITH v(k, word) AS (VALUES (1, 'x'), (2, 'y')) SELECT a_pos, word FROM "
          "a JOIN v USING (k)",
      });
}

TEST_F(RowTrace, FollowsLateralJoins) {
  ExpectTraced(
      "join",
      {
          "SELECT a_pos, y FROM a, LATERAL (SELECT a.k + 1 AS y)",
          "SELECT a_pos, y FROM a, (SELECT a.k + 1 AS y) AS t",
          "SELECT a_pos, b_pos FROM a, LATERAL (SELECT * FROM b WHERE b.k = a.k) AS t",
          "SELECT a_pos, b_pos FROM a LEFT JOIN LATERAL (SELECT * FROM b WHERE b.k = a.k AND "
          "b.b_id > a.a_id) AS t ON true",
          "SELECT a_pos, b_pos FROM a, LATERAL (SELECT * FROM b WHERE b.k = a.k ORDER BY b_id DESC "
          "LIMIT 1) AS t",
          "SELECT a_pos, b_pos, c_pos FROM a, LATERAL (SELECT b_pos, c_pos FROM b JOIN c USING (k) "
          "WHERE b.k = a.k) AS t",
          "SELECT a_pos, n FROM a, LATERAL (SELECT count(*) AS n FROM b WHERE b.k = a.k) AS t",
          "SELECT a_pos, b_pos FROM a, LATERAL (SELECT * FROM b WHERE b.k = a.k QUALIFY "
          "row_number() OVER (ORDER BY b_id) = "
          "1) t",
          "WITH x AS (SELECT * FROM b) SELECT a_pos, b_pos FROM a, LATERAL (SELECT * FROM x WHERE "
          "x.k = a.k) t",
          "SELECT a_pos, b_pos FROM a, LATERAL (WITH z AS (SELECT * FROM b WHERE b.k = a.k) SELECT "
          "* FROM z) l",
          "SELECT x.a_pos AS p1, t.p2 FROM a x, LATERAL (SELECT a_pos AS p2 FROM a WHERE a.a_id < "
          "x.a_id) t",
          "SELECT a_pos, z FROM a, LATERAL (SELECT a.k + 1 AS y) t, LATERAL (SELECT y + 1 AS z) u",
          "SELECT a_pos, w FROM a, (VALUES (a.k), (a.k + 1)) t(w)",
      });
}

TEST_F(RowTrace, FollowsRowsThatBecomeSeveral) {
  ExpectTraced(
      "expanding",
      {
          "SELECT unnest(l) AS e, a_pos FROM a",
          "SELECT unnest(l), unnest([1, 2, 3]), a_pos FROM a",
          "SELECT a_pos, e FROM a, unnest(l) AS t(e)",
          "SELECT a_pos, t.e FROM a, unnest(a.l) AS t(e)",
          "SELECT a_pos, e FROM a CROSS JOIN unnest(a.l) AS t(e)",
          "SELECT a_pos, e FROM a LEFT JOIN unnest(a.l) AS t(e) ON true",
          "SELECT a_pos, e FROM a, LATERAL (SELECT unnest(a.l) AS e) t",
          "SELECT a_pos, e FROM a LEFT JOIN LATERAL (SELECT unnest(a.l) AS e) t ON true",
          "SELECT a_pos, i FROM a, range(a.k) AS t(i)",
          "SELECT a_pos, i FROM a, generate_series(1, a.k) AS t(i)",
          "SELECT a_pos, i FROM a, range(3) AS t(i)",
          "SELECT a_pos, i FROM range(3) AS t(i), a",
          "SELECT a_pos, unnest(range(k)) AS i FROM a",
          "SELECT a_pos, unnest(generate_series(k)) AS i FROM a WHERE k < 3",
          "SELECT unnest(s), a_pos FROM a",
          "SELECT a_pos, unnest(s, recursive := true) FROM (SELECT a_pos, [s] AS s FROM a)",
          "SELECT unnest(n, recursive := true), deep_pos FROM deep",
          "SELECT unnest(m, recursive := true), deep_pos FROM deep",
          "SELECT unnest(m).x AS x, deep_pos FROM deep",
          "SELECT unnest(ll, max_depth := 2) AS e, deep_pos FROM deep",
          "SELECT deep_pos, e.x, f FROM deep, unnest(m) AS t(e), unnest(e.y) AS u(f)",
          "SELECT deep_pos, unnest(map_entries(h)) AS e FROM deep",
          "SELECT e, a_pos FROM (SELECT unnest(l) AS e, a_pos FROM a) WHERE e > 3 ORDER "
          "BY e, a_pos",
          "SELECT a_pos, unnest(string_split(name, '')) AS letter FROM a",
          "SELECT a_pos, regexp_split_to_table(name, 'n') AS part FROM a",
          "SELECT a_pos, generate_subscripts(l, 1) AS at FROM a",
          "SELECT a_pos, b_pos, e FROM a JOIN b USING (k), unnest(a.l) AS t(e)",
          "WITH x AS (SELECT a_pos, unnest(l) AS e FROM a) SELECT * FROM x WHERE e > 2",
          "WITH w AS (SELECT * FROM b) SELECT a_pos, b_pos, i FROM a, range(a.k) t(i) JOIN w AS x "
          "ON x.k = i",
          "SELECT a_pos, e, n FROM a, unnest(l) WITH ORDINALITY AS t(e, n)",
          "SELECT a_pos, j.key FROM a, json_each('{\"x\": 1, \"y\": 2}') AS j",
          "SELECT a_pos, unnest([{'q': k}, {'q': 2}]) FROM a",
          "SELECT a_pos, i FROM a, repeat('x', 2) AS t(i)",
          "SELECT a_pos, unnest(l) AS e FROM a ORDER BY a_id, e LIMIT 7",
      });
}

TEST_F(RowTrace, FollowsUnionAll) {
  ExpectTraced(
      "union",
      {
          "SELECT a_pos AS p FROM a UNION ALL SELECT b_pos FROM b",
          "SELECT k, a_pos AS p FROM a UNION ALL SELECT k, b_pos FROM b UNION ALL SELECT k, c_pos "
          "FROM c",
          "(SELECT k, a_pos AS p FROM a UNION ALL SELECT k, b_pos FROM b) UNION ALL SELECT k, "
          "c_pos FROM c",
          "SELECT k, a_pos AS p FROM a UNION ALL (SELECT k, b_pos FROM b UNION ALL SELECT k, c_pos "
          "FROM c)",
          "SELECT a_pos AS p FROM a UNION ALL SELECT a_pos FROM a",
          "SELECT a_pos AS p FROM a WHERE k > 1 UNION ALL SELECT b_pos FROM b WHERE k < 2 ORDER BY "
          "p",
          "SELECT k, a_pos AS p FROM a UNION ALL SELECT k, b_pos FROM b ORDER BY 2 LIMIT 6",
          "SELECT k, a_pos AS p FROM a UNION ALL SELECT k, b_pos FROM b ORDER BY ALL",
          "(SELECT a_pos AS p FROM a ORDER BY a_id LIMIT 2) UNION ALL (SELECT b_pos FROM b ORDER "
          "BY b_id DESC LIMIT 2)",
          "SELECT a_pos AS p FROM a UNION ALL SELECT 5",
          "SELECT a_pos AS p FROM a UNION ALL VALUES (1), (2)",
          "SELECT * FROM (VALUES (0::UBIGINT) UNION ALL SELECT a_pos FROM a UNION ALL SELECT 7 AS "
          "q) t(p)",
          "SELECT a_pos AS p, k FROM a UNION ALL BY NAME SELECT k, b_pos AS p FROM b",
          "SELECT k FROM (SELECT 1 AS k) UNION ALL BY NAME SELECT a_pos AS p, name FROM a",
          "SELECT a_pos AS p FROM a UNION ALL BY NAME SELECT w, b_pos AS p, k FROM b ORDER BY 3 "
          "NULLS FIRST, 2, 1",
          "SELECT a_pos AS p FROM a UNION ALL BY NAME SELECT b_pos AS p, w FROM b UNION ALL BY "
          "NAME SELECT c_id, c_pos AS p "
          "FROM c ORDER BY ALL",
          "SELECT p, k, w FROM (SELECT a_pos AS p, k FROM a UNION ALL BY NAME SELECT w, b_pos AS p "
          "FROM b)",
          "SELECT p, k FROM (SELECT a_pos AS p, k FROM a UNION ALL SELECT b_pos, k FROM b) t WHERE "
          "k > 1",
          "SELECT t.* FROM (SELECT a_pos, k FROM a UNION ALL SELECT b_pos, k FROM b) t(p, k)",
          "WITH u AS (SELECT a_pos AS p, k FROM a UNION ALL SELECT b_pos, k FROM b) SELECT * FROM "
          "u WHERE k = 2",
          "WITH x AS (SELECT a_pos, k FROM a) SELECT a_pos AS p FROM x UNION ALL SELECT a_pos FROM "
          "x WHERE k > 2",
          "WITH x AS (SELECT a_pos AS p FROM a UNION ALL SELECT b_pos FROM b) SELECT p FROM x "
          "UNION ALL SELECT c_pos FROM c",
          "(WITH x AS (SELECT a_pos AS p FROM a) FROM x) UNION ALL (WITH x AS (SELECT b_pos FROM "
          "b) FROM x)",
          "SELECT unnest(l) AS e, a_pos AS p FROM a UNION ALL SELECT k, b_pos FROM b",
          "FROM (SELECT a_pos AS p FROM a) UNION ALL FROM (SELECT b_pos FROM b)",
          "SELECT a_pos AS p, k + 1 FROM a UNION ALL SELECT b_pos, k FROM b",
          "SELECT p, row_number() OVER (ORDER BY p) FROM (SELECT a_pos AS p FROM a UNION ALL "
          "SELECT b_pos FROM b)",
          "SELECT a_pos AS p FROM a UNION ALL (SELECT b_pos FROM b UNION ALL BY NAME SELECT c_pos "
          "AS b_pos FROM c)",
          "SELECT a_pos AS p FROM a UNION ALL (SELECT b_pos FROM b ORDER BY b_id LIMIT (SELECT "
          "count(*) FROM c))",
      });
  ExpectIds(
      "union",
      {
          {"SELECT k, a_pos FROM a UNION ALL SELECT k, count(*) FROM b GROUP BY k",
           "SELECT k, a_pos, a_pos, 1 FROM a UNION ALL SELECT k, count(*), NULL, 2 FROM b GROUP BY "
           "k"},
          {"SELECT k FROM b GROUP BY ALL UNION ALL SELECT k FROM a UNION ALL (SELECT k FROM b "
           "EXCEPT SELECT k FROM c)",
           "SELECT k, NULL, 1 FROM b GROUP BY k UNION ALL SELECT k, a_pos, 2 FROM a UNION ALL "
           "SELECT k, NULL, 3 FROM b WHERE k NOT IN (SELECT k FROM c) GROUP BY k"},
          {"SELECT a.k FROM a JOIN b USING (k) UNION ALL SELECT k FROM c",
           "SELECT a.k, a_pos, b_pos, NULL, 1 FROM a JOIN b USING (k) UNION ALL SELECT k, NULL, "
           "NULL, c_pos, 2 FROM c"},
          {"SELECT x.k, y.w FROM (SELECT k FROM a UNION ALL SELECT k FROM b) x LEFT JOIN (SELECT "
           "w, k FROM b UNION ALL SELECT "
           "'c', k FROM c) y ON x.k = y.k",
           "SELECT x.k, y.w, x.a_pos, x.b_pos, y.b2, y.c_pos, x.n, y.n FROM (SELECT k, a_pos, NULL "
           "AS b_pos, 1 AS n FROM a "
           "UNION ALL SELECT k, NULL, b_pos, 2 FROM b) x LEFT JOIN (SELECT w, k, b_pos AS b2, NULL "
           "AS c_pos, 1 AS n FROM b "
           "UNION ALL SELECT 'c', k, NULL, c_pos, 2 FROM c) y ON x.k = y.k"},
          {"SELECT k FROM (SELECT k FROM a UNION ALL SELECT k FROM b) WHERE k > 1 UNION ALL SELECT "
           "c_id FROM c",
           "SELECT k, a_pos, b_pos, NULL, n, 1 FROM (SELECT k, a_pos, NULL AS b_pos, 1 AS n FROM a "
           "UNION ALL SELECT k, NULL, "
           "b_pos, 2 FROM b) WHERE k > 1 UNION ALL SELECT c_id, NULL, NULL, c_pos, NULL, 2 FROM c"},
          {"WITH u AS (SELECT k FROM a UNION ALL SELECT k FROM b) SELECT l.k, r.k FROM u l JOIN u "
           "r ON l.k = r.k + 1",
           "WITH u AS (SELECT k, a_pos, NULL AS b_pos, 1 AS n FROM a UNION ALL SELECT k, NULL, "
           "b_pos, 2 FROM b) SELECT l.k, "
           "r.k, l.a_pos, l.b_pos, r.a_pos, r.b_pos, l.n, r.n FROM u l JOIN u r ON l.k = r.k + 1"},
          {"SELECT name FROM a UNION ALL BY NAME SELECT k, w FROM b",
           "SELECT name, NULL, NULL, a_pos, NULL, 1 FROM a UNION ALL SELECT NULL, k, w, NULL, "
           "b_pos, 2 FROM b"},
      });
}

TEST_F(RowTrace, FollowsNamesOfAllKinds) {
  ExpectTraced(
      "row-local",
      {
          "SELECT * FROM odd",
          "SELECT \"select\", \"Group By\", \"x.y\", \"say \"\"q\"\"\", odd_pos FROM odd",
          "SELECT odd, odd_pos FROM odd",
          "SELECT odd.odd, odd_pos FROM odd WHERE odd > 1",
          "SELECT \"group by\" AS \"ORDER\", odd_pos FROM odd ORDER BY \"ORDER\", \"select\"",
          "SELECT o.\"x.y\" AS \"a b\", o.odd_pos FROM odd AS o",
          "SELECT \"My Alias\".odd_pos FROM odd AS \"My Alias\"",
          "SELECT \"where\".odd_pos FROM odd AS \"where\"",
          "SELECT * FROM plausible.refused",
          "SELECT * FROM \"plausible.refused\"",
          "SELECT * FROM Plausible.REFUSED",
          "SELECT refused.refused_pos FROM plausible.refused",
          "SELECT plausible.refused.refused_pos FROM plausible.refused WHERE plausible.refused.k > "
          "0",
          "SELECT refused.* FROM plausible.refused",
          "SELECT \"plausible.refused\".refused_pos, _assay_row FROM \"plausible.refused\"",
          "SELECT r.refused_pos FROM plausible.refused AS r",
          "SELECT refused_pos FROM plausible.refused WHERE EXISTS (FROM a WHERE a.k = "
          "plausible.refused.k)",
          "SELECT _assay_row, refused_pos FROM plausible.refused",
          "SELECT a_pos FROM a WHERE list_transform(l, a -> a + 1) IS NOT NULL",
          "SELECT list_transform(l, x -> x + k) AS y, [z * 2 FOR z IN l IF z > 2] AS w, a_pos FROM "
          "a",
          "SELECT list_reduce(l, lambda x, y: x + y) AS r, list_filter(l, e -> e > 2), a_pos FROM "
          "a WHERE len(l) > 0",
          "SELECT apply(l, lambda x, i: x + i), a_pos FROM a",
      });
  ExpectTraced(
      "join",
      {
          "SELECT plausible_pos, refused_pos FROM plausible JOIN plausible.refused USING (k)",
          "SELECT plausible.p_id, plausible.refused.r_id, plausible_pos, refused_pos FROM "
          "plausible, plausible.refused",
          "SELECT x.refused_pos AS p1, y.refused_pos AS p2 FROM plausible.refused x, "
          "checked.refused y WHERE x.k = y.k",
      });
}

TEST_F(RowTrace, AggregatesHaveNoIds) {
  ExpectNoIds(
      "aggregate",
      {
          {"SELECT count(*) FROM a", "the aggregate count_star"},
          {"SELECT max(k) FROM a", "the aggregate max"},
          {"SELECT k, sum(a_id) FROM a GROUP BY k", "GROUP BY"},
          {"SELECT k, sum(a_id) FROM a GROUP BY 1", "GROUP BY"},
          {"SELECT k, sum(a_id) FROM a GROUP BY ALL", "GROUP BY"},
          {"SELECT k FROM a GROUP BY ALL", "GROUP BY"},
          {"SELECT k, name, count(*) FROM a GROUP BY ROLLUP (k, name)", "GROUP BY"},
          {"SELECT k, name, count(*) FROM a GROUP BY GROUPING SETS ((k), (name))", "GROUP BY"},
          {"SELECT count(*) AS n FROM a HAVING n > 1", "HAVING"},
          {"SELECT k, count(*) FROM a GROUP BY k HAVING count(*) > 1", "GROUP BY"},
          {"SELECT DISTINCT k FROM a", "DISTINCT"},
          {"SELECT DISTINCT a_pos FROM a ORDER BY a_pos", "DISTINCT"},
          {"SELECT k FROM a UNION SELECT k FROM b", "UNION"},
          {"SELECT k FROM a UNION BY NAME SELECT k FROM b", "UNION"},
          {"SELECT k FROM a EXCEPT SELECT k FROM b", "EXCEPT"},
          {"SELECT k FROM a INTERSECT ALL SELECT k FROM b", "INTERSECT"},
          {"SELECT k FROM a EXCEPT ALL SELECT k FROM b", "EXCEPT"},
          {"SELECT * FROM (SELECT k, count(*) AS n FROM a GROUP BY k) WHERE n > 1", "GROUP BY"},
          {"WITH x AS (SELECT DISTINCT k FROM a) SELECT * FROM x", "DISTINCT"},
          {"WITH x AS (SELECT DISTINCT k FROM a) SELECT * FROM x UNION ALL SELECT count(*) FROM b",
           "DISTINCT"},
          {"SELECT * FROM (SELECT DISTINCT k FROM a) JOIN (SELECT k, max(w) FROM b GROUP BY k) "
           "USING (k)",
           "DISTINCT"},
          {"WITH x AS (SELECT * FROM a) SELECT k, count(*) FROM x GROUP BY k", "GROUP BY"},
          {"SELECT count(*) FROM a UNION ALL SELECT 5", "the aggregate count_star"},
          {"SELECT sum(sum(k)) OVER () FROM a GROUP BY name", "GROUP BY"},
          {"SELECT sum(sum(k)) OVER () FROM a", "the aggregate sum"},
          {"SELECT string_agg(name, ',' ORDER BY a_id) FROM a", "the aggregate string_agg"},
          {"SELECT count(DISTINCT k) FILTER (k > 1) FROM a", "the aggregate count"},
          {"SELECT max(COLUMNS(*)) FROM a", "the aggregate max"},
          {"SELECT 1 + coalesce(list(k)[1], 0) FROM a", "the aggregate list"},
          {"SELECT weighted_avg(k, a_id), geomean(a_id) FROM a", "the aggregate weighted_avg"},
          {"SELECT any_value(a) FROM a", "the aggregate any_value"},
          {"SELECT k.max() FROM a", "the aggregate max"},
          {"SELECT count(*) FROM a FULL JOIN b USING (k)", "the aggregate count_star"},
          {"SELECT count(*) FROM (PIVOT a ON k IN (1, 2) USING sum(a_id))",
           "the aggregate count_star"},
      });
}

TEST_F(RowTrace, WhatIsNotUnderstoodSaysWhy) {
  ExpectNoIds(
      "none",
      {
          {"SELECT a_pos, b_pos FROM a FULL JOIN b USING (k)", "FULL JOIN"},
          {"SELECT * FROM c JOIN (SELECT a.k FROM a FULL OUTER JOIN b ON a_id = b_id) USING (k)",
           "FULL JOIN"},
          {"SELECT * FROM a POSITIONAL JOIN b", "POSITIONAL JOIN"},

          {"PIVOT a ON k USING sum(a_id) GROUP BY name", "PIVOT"},
          {"SELECT * FROM (PIVOT (SELECT k, name, a_id FROM a) ON k USING sum(a_id))", "PIVOT"},
          {"PIVOT a ON k IN (1, 2) USING sum(a_id) GROUP BY name", "PIVOT"},
          {"FROM a PIVOT (sum(a_id) FOR k IN (1, 2) GROUP BY name)", "PIVOT"},
          {"UNPIVOT (SELECT a_id, k FROM a) ON a_id, k", "UNPIVOT"},
          {"SELECT * FROM (SELECT a_id, k FROM a) UNPIVOT (val FOR col IN (a_id, k))", "UNPIVOT"},
          {"WITH RECURSIVE r AS (SELECT a_id FROM a UNION ALL SELECT a_id + 100 FROM r WHERE a_id "
           "< 20) SELECT * FROM r",
           "recursive CTE"},
          {"WITH RECURSIVE r AS (SELECT 1 AS k UNION ALL SELECT k + 1 FROM r WHERE k < 3) SELECT "
           "a_pos FROM a JOIN r USING (k)",
           "recursive CTE"},
          {"WITH f AS (SELECT a.k FROM a FULL JOIN b USING (k)) SELECT a_pos FROM a JOIN f USING "
           "(k)",
           "FULL JOIN"},
          {"WITH w AS (SELECT * FROM b) SELECT a_pos, b_pos, i FROM a, range(a.k) t(i) JOIN "
           "(SELECT * FROM w) x ON x.k = i",
           "a join within a join with a subquery that reads a WITH"},
          {"WITH w AS (SELECT * FROM a) SELECT a_pos FROM a, plausible.refused, (SELECT 1 AS "
           "refused) AS plausible WHERE "
           "plausible.refused.k = a.k",
           "columns named by schema and table where a column has that name: refused"},
          {"SELECT a FROM a", "a whole row as one value: a"},
          {"SELECT a_pos, hash(a) FROM a", "a whole row as one value: a"},
          {"SELECT a_pos FROM a AS t WHERE t IS NOT NULL", "a whole row as one value: t"},
          {"SELECT unnest(a) FROM a", "a whole row as one value: a"},
          {"SELECT a_pos FROM a WHERE a IN (SELECT a FROM a)", "a whole row as one value: a"},
          {"SELECT x FROM (SELECT * FROM a) AS x", "a whole row as one value: x"},
          {"WITH x AS (SELECT * FROM a) SELECT x FROM x", "a whole row as one value: x"},
          {"SELECT a_pos, (SELECT count(*) FROM b WHERE hash(a) > 0) FROM a",
           "a whole row as one value: a"},
          {"SELECT plausible.refused FROM plausible.refused", "a whole row as one value: refused"},
          {"SELECT a_pos, y FROM a, LATERAL (SELECT hash(a) AS y)", "a whole row as one value: a"},
          {"SELECT #1 FROM a", "a column by its position: #1"},
          {"SELECT a_pos FROM a JOIN b ON #1 = #9", "a column by its position: #1"},
          {"SELECT COLUMNS('(a)_.*') AS 'x_\\1' FROM a",
           "COLUMNS of a regular expression with an alias or a table"},
          {"SELECT k FROM a ORDER BY COLUMNS(* RENAME (k AS q))",
           "ORDER BY of a star with EXCLUDE or RENAME"},
          {"SELECT k FROM a UNION ALL SELECT k FROM b ORDER BY k, COLUMNS('k')",
           "ORDER BY of a star over UNION ALL"},
          {"SELECT a_pos AS _assay_row_1 FROM a", "a name that is not the user's: _assay_row_"},
          {"SELECT unnamed_subquery FROM (SELECT * FROM a)",
           "a name that is not the user's: unnamed_subquery"},
          {"SELECT * FROM (DESCRIBE a)", "DESCRIBE or SUMMARIZE"},
          {"SELECT * FROM (SUMMARIZE a)", "DESCRIBE or SUMMARIZE"},
          {"SELECT * FROM query_table('a')", "the table function query_table"},
          {"SELECT * FROM query('SELECT * FROM a')", "the table function query"},
          {"SELECT a_pos FROM a, duckdb_settings()", "the table function duckdb_settings"},
          {"SELECT 1 AS one", "no table in FROM whose rows have ids"},
          {"SELECT * FROM range(3)", "no table in FROM whose rows have ids"},
          {"VALUES (1, 2)", "no table in FROM whose rows have ids"},
          {"SELECT (SELECT max(k) FROM a) AS m", "no table in FROM whose rows have ids"},
          {"SELECT * FROM memory.main.a", "no table in FROM whose rows have ids"},
          {"SELECT plausible.refused.k FROM plausible.refused, checked.refused",
           "two tables in FROM with one name, which AS could tell apart: refused"},
          {"SELECT plausible.refused.k FROM plausible.refused WHERE EXISTS (FROM checked.refused "
           "WHERE "
           "plausible.refused.k = checked.refused.k)",
           "columns named by schema and table where another table has that name: refused"},
      });
}

TEST_F(RowTrace, SamplesKeepTheirRows) {
  ExpectTraced("row-local",
               {
                   "SELECT a_pos FROM a USING SAMPLE 8 ROWS (reservoir, 7)",
                   "SELECT a_pos FROM a TABLESAMPLE reservoir(8 ROWS) REPEATABLE (7)",
                   "SELECT a_pos FROM a AS t(x) TABLESAMPLE bernoulli(50 PERCENT) REPEATABLE (3)",
                   "WITH x AS (SELECT * FROM a) SELECT a_pos FROM x TABLESAMPLE reservoir(5 ROWS) "
                   "REPEATABLE (7)",
                   "SELECT a_pos FROM (SELECT * FROM a) USING SAMPLE reservoir(50%) REPEATABLE (9)",
               });
}

TEST_F(RowTrace, NumbersKeepTheirTypes) {
  ExpectTraced("row-local",
               {
                   "SELECT 1e3, -1e3 AS minus, 0.1e0, 1e-7, 1.5, 1e300, "
                   "123456789012345678901234567890, a_pos FROM a",
                   "SELECT a_pos FROM a WHERE v < 1e1 AND k * 0.1 < 0.35",
                   "SELECT 18446744073709551615, 170141183460469231731687303715884105727, "
                   "-9223372036854775808, a_pos FROM a",
               });
  ExpectNoIds("none",
              {{"SELECT a_pos FROM a WHERE v < 1e400", "SQL that the engine cannot take apart"}});
}

TEST_F(RowTrace, WrongSqlIsAnError) {
  for (const char* sql : {"SELECT nothing_such FROM a", "SELECT FROM WHERE", "SELECT 1; SELECT 2",
                          "CREATE TABLE t (i INTEGER)", "SELECT $1 FROM a"}) {
    EXPECT_FALSE(engine_->TraceRows(sql, inputs_).ok()) << sql;
  }
  EXPECT_EQ(engine_->TraceRows("SELECT x FROM a", inputs_).error().code, ErrorCode::kUser);
}

// Where the engine may choose among equals, it must choose one row for all columns and the id.
TEST_F(RowTrace, IdsStayTrueOverManyRowsAndThreads) {
  Open(4);
  Make("big", {130000, 3, 70000},
       "hash(i) % 1000 AS k, hash(i) % 7 AS tie, i % 3 AS few, [i, i] AS l");
  Make("small", {400, 600}, "i - 1 AS k, i % 5 AS tie");
  for (const std::string sql : {
           "SELECT DISTINCT ON (k) k, tie, big_pos FROM big",
           "SELECT DISTINCT ON (k) * FROM big ORDER BY tie",
           "SELECT DISTINCT ON (few, tie) big_pos FROM big ORDER BY few DESC",
           "SELECT DISTINCT ON (k) big_pos, small_pos FROM big JOIN small USING (k)",
           "SELECT big_pos FROM big LIMIT 5000",
           "SELECT big_pos FROM big ORDER BY tie LIMIT 5000 OFFSET 100",
           "SELECT * FROM big ORDER BY few, tie LIMIT 10",
           "SELECT * FROM big QUALIFY row_number() OVER (PARTITION BY k ORDER BY tie) = 1",
           "SELECT *, ntile(9) OVER (ORDER BY few) FROM big",
           "SELECT big_pos, small_pos FROM big JOIN small USING (k)",
           "SELECT big_pos, small_pos FROM big LEFT JOIN small ON big.k = small.k AND small.tie > "
           "2",
           "SELECT big_pos, small_pos FROM big ASOF JOIN small ON big.k >= small.k",
           "SELECT big_pos, small_pos FROM big ASOF LEFT JOIN small ON big.few = small.tie AND "
           "big.k > small.k",
           "SELECT x.big_pos AS p1, y.big_pos AS p2 FROM big x JOIN big y ON x.k = y.k WHERE x.tie "
           "= 1 AND y.few = 0",
           "SELECT big_pos, small_pos FROM small, LATERAL (SELECT * FROM big WHERE big.k = small.k "
           "ORDER BY tie LIMIT 3)",
           "SELECT big_pos FROM big WHERE k IN (SELECT k FROM small WHERE tie = 1)",
           "SELECT big_pos FROM big USING SAMPLE 3000",
           "SELECT big_pos FROM big USING SAMPLE 5%",
           "SELECT unnest(l) AS e, big_pos FROM big WHERE tie = 1",
           "WITH x AS (SELECT * FROM big ORDER BY tie LIMIT 1000) SELECT l.big_pos AS p1, "
           "r.big_pos AS p2 FROM x l JOIN x "
           "r USING (k)",
           "SELECT p1 FROM (SELECT big_pos AS p1, row_number() OVER () AS n FROM big) WHERE n % 10 "
           "= 0",
       }) {
    const Trace trace = TraceOf(sql);
    EXPECT_EQ(trace.reason, "") << sql;
    const Grid columns = Rows("SELECT * FROM (" + trace.query + ") LIMIT 0");
    for (std::size_t i = 0; i < trace.sources.size(); ++i) {
      const int position = PositionColumn(columns, trace, i);
      ASSERT_GE(position, 0) << sql;
      const Grid wrong = Rows(
          "SELECT count(*), count(*) FILTER (" + trace.sources[i].column + " IS DISTINCT FROM " +
          columns.schema[static_cast<std::size_t>(position)].name + ") FROM (" + trace.query + ")");
      EXPECT_NE(wrong.rows[0][0], "0") << sql;
      EXPECT_EQ(wrong.rows[0][1], "0") << sql;
    }
  }
}

// A table of a subselect, and one of no files.
TEST_F(RowTrace, TakesAnyTableExpressionWithRowNumbers) {
  for (TracedInput& input : inputs_) {
    input.table = "(SELECT * EXCLUDE (k), k, file_row_number, file_index FROM " + input.table +
                  " WHERE true)";
  }
  ExpectTraced("join", {"SELECT * FROM a JOIN b USING (k)"});
  const auto schema = engine_->Describe("FROM a");
  ASSERT_TRUE(schema.ok());
  inputs_ = {{"a", ReadParquet({}, *schema), FieldNames(*schema)}};
  const Trace trace = TraceOf("SELECT a_pos FROM a");
  EXPECT_EQ(trace.reason, "");
  EXPECT_TRUE(Rows(trace.query).rows.empty());
}

// One that is not known as an aggregate would make a query that does not bind with ids.
TEST_F(RowTrace, EveryAggregateIsKnown) {
  // Functions of windows alone are listed by the engine as aggregates.
  const Grid grid = Rows(
      "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate' AND "
      "function_name NOT IN ('cume_dist', 'dense_rank', 'fill', 'first_value', 'lag', "
      "'last_value', "
      "'lead', 'nth_value', 'ntile', 'percent_rank', 'rank', 'rank_dense', 'row_number', "
      "'sum_no_overflow') UNION "
      "SELECT function_name FROM duckdb_functions() WHERE function_type = 'macro' AND "
      "regexp_matches(macro_definition, "
      "'\\b(avg|sum|string_agg|json_group_array|weighted_avg|geomean|count|max|min|list|first)\\('"
      ")");
  EXPECT_GT(grid.rows.size(), 80U);
  const std::vector<std::string> arguments = {"k",
                                              "k > 1",
                                              "name",
                                              "k, a_id",
                                              "k, 0.5",
                                              "k, 2",
                                              "k, [1, 2]",
                                              "k, a_id, 2",
                                              "k, 0, 9",
                                              "a_id, 0.5, 10",
                                              "",
                                              "{'count': 1::UBIGINT}",
                                              "a_id::UHUGEINT",
                                              "a_pos"};
  for (const Cells& row : grid.rows) {
    bool is_called = false;
    for (const std::string& list : arguments) {
      const std::string sql = "SELECT " + QuoteName(*row[0]) + "(" + list + ") AS x FROM a";
      if (is_called || !engine_->Query(sql).ok()) continue;
      is_called = true;
      EXPECT_EQ(TraceOf(sql).reason, "the aggregate " + *row[0]);
    }
    EXPECT_TRUE(is_called) << *row[0];
  }
}

TEST_F(RowTrace, RepeatsAreCounted) {
  const auto repeats = [&](const std::string& sql) {
    const Trace trace = TraceOf(sql);
    std::vector<std::string> columns;
    for (const auto& source : trace.sources) columns.push_back(source.column);
    const auto counts = engine_->CountRepeats(trace.query, columns);
    EXPECT_TRUE(counts.ok()) << counts.error().message;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Grid grid = Rows("SELECT count(" + columns[i] + ") - count(DISTINCT " + columns[i] +
                             ") FROM (" + trace.query + ")");
      EXPECT_EQ(std::to_string(counts->at(i)), grid.rows[0][0]) << sql;
    }
    return *counts;
  };
  using testing::ElementsAre;
  EXPECT_THAT(repeats("SELECT * FROM a"), ElementsAre(0));
  EXPECT_THAT(repeats("SELECT a_id FROM a JOIN c ON a.a_id = c.c_id"), ElementsAre(0, 0));
  EXPECT_THAT(repeats("SELECT a_id FROM a LEFT JOIN c ON a.k = c.c_id"), ElementsAre(0, 11));
  EXPECT_THAT(repeats("SELECT a_id FROM a, c"), ElementsAre(72, 85));
  EXPECT_THAT(repeats("SELECT a_id FROM a WHERE false"), ElementsAre(0));
  EXPECT_THAT(repeats("SELECT a_id FROM a LEFT JOIN b ON false"), ElementsAre(0, 0));
  const auto none = engine_->CountRepeats("SELECT 1", {});
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
  EXPECT_FALSE(engine_->CountRepeats("SELECT 1 AS x", {"y"}).ok());
}

}  // namespace
}  // namespace assay::engine
