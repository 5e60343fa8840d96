// Which SELECTs make each row of one row of one table, so that what reads them can compute them,
// and over which tables they distribute, so that they can be computed part by part.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/engine.h"

namespace assay::engine {
namespace {

class Distribution : public testing::Test {
 protected:
  Distribution() {
    Options options;
    options.threads = 1;
    engine_ = *Open(options);
  }

  bool Is(const std::string& sql) {
    const auto facts = engine_->Parse(sql, nullptr);
    EXPECT_TRUE(facts.ok()) << sql << ": " << facts.error().message;
    return facts.ok() && facts->row_local;
  }

  std::unique_ptr<Engine> engine_;
};

TEST_F(Distribution, AreProjectionsAndConditions) {
  for (const char* sql : {
           "SELECT * FROM t",
           "FROM t",
           "FROM t SELECT a",
           "SELECT a, b + 1 AS c FROM t AS x WHERE x.a > 3 AND b IS NOT NULL",
           "SELECT * EXCLUDE (a) REPLACE (upper(b) AS b) FROM t",
           "SELECT CASE WHEN a > 1 THEN 'x' ELSE b END AS c, a::VARCHAR AS d FROM t",
           "SELECT list_transform(l, lambda x: x + 1) AS l FROM t",
           "SELECT a BETWEEN 1 AND 2 AS b, a IN (1, 2) AS c FROM t",
           "SELECT list_sum([a, b]) AS s, greatest(a, b) AS g FROM t",
           "SELECT struct_pack(x := a) AS s, {'y': b} AS m FROM t",
           "SELECT COLUMNS('a.*') FROM t",
           "SELECT a FROM \"plausible.refused\"",
       }) {
    EXPECT_TRUE(Is(sql)) << sql;
  }
}

TEST_F(Distribution, AreNotWhatLooksAtOtherRowsOrMakesSeveral) {
  for (const char* sql : {
           "SELECT count(*) AS n FROM t",
           "SELECT a FROM t GROUP BY a",
           "SELECT a, count(*) AS n FROM t GROUP BY ALL",
           "SELECT max(a) AS a FROM t HAVING max(a) > 1",
           "SELECT 1 + coalesce(sum(a), 0) AS a FROM t",
           "SELECT list(a ORDER BY a) AS a FROM t",
           "SELECT arg_max(a, b) AS a FROM t",
           "SELECT geomean(a) AS a FROM t",
           "SELECT weighted_avg(a, b) AS a FROM t",
           "SELECT count_if(a > 1) AS a FROM t",
           "SELECT DISTINCT a FROM t",
           "SELECT DISTINCT ON (a) a, b FROM t",
           "SELECT a FROM t ORDER BY a",
           "SELECT a FROM t LIMIT 3",
           "SELECT a FROM t OFFSET 3",
           "SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1",
           "SELECT sum(a) OVER () AS a FROM t",
           "SELECT unnest(l) AS a FROM t",
           "SELECT a FROM t, u",
           "SELECT t.a FROM t JOIN u USING (a)",
           "SELECT a FROM t WHERE a IN (SELECT b FROM u)",
           "SELECT (SELECT max(b) FROM u) AS a FROM t",
           "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.b = t.a)",
           "WITH x AS (SELECT a FROM t) SELECT a FROM x",
           "SELECT a FROM (SELECT a FROM t)",
           "SELECT a FROM t UNION ALL SELECT a FROM u",
           "SELECT a FROM t TABLESAMPLE 10 PERCENT",
           "SELECT a FROM t USING SAMPLE reservoir(3 ROWS) REPEATABLE (1)",
           "SELECT a COLLATE NOCASE AS a FROM t",
           "SELECT 1 AS a",
           "SELECT range AS a FROM range(3)",
           "VALUES (1)",
       }) {
    EXPECT_FALSE(Is(sql)) << sql;
  }
}

TEST_F(Distribution, OtherSelectsDistributeOverTablesWhoseRowsGoInOneByOne) {
  const std::vector<std::pair<const char*, std::vector<std::string>>> cases = {
      {"SELECT a FROM t WHERE a > 1", {"t"}},
      {"SELECT unnest(l) AS a FROM t", {"t"}},
      {"SELECT t.a FROM t JOIN u ON t.a = u.a", {"t", "u"}},
      {"SELECT t.a FROM t, u", {"t", "u"}},
      {"SELECT t.a FROM t CROSS JOIN u", {"t", "u"}},
      {"SELECT t.a FROM t LEFT JOIN u ON t.a = u.a", {"t"}},
      {"SELECT t.a FROM t RIGHT JOIN u ON t.a = u.a", {"u"}},
      {"SELECT t.a FROM t FULL JOIN u ON t.a = u.a", {}},
      {"SELECT t.a FROM t LEFT JOIN u USING (a) LEFT JOIN v USING (a)", {"t"}},
      {"SELECT t.a FROM t JOIN (SELECT a, count(*) AS n FROM u GROUP BY a) AS c USING (a)", {"t"}},
      {"SELECT t.a FROM t SEMI JOIN u USING (a)", {"t"}},
      {"SELECT t.a FROM t ANTI JOIN u USING (a)", {"t"}},
      {"SELECT t.a FROM t NATURAL JOIN u", {"t", "u"}},
      {"SELECT t.a FROM t ASOF JOIN u ON t.a >= u.a", {}},
      {"SELECT t.a FROM t POSITIONAL JOIN u", {}},
      {"SELECT a FROM t WHERE a IN (SELECT b FROM u)", {"t"}},
      {"SELECT a FROM t WHERE a > (SELECT avg(a) FROM t)", {}},
      {"SELECT a, (SELECT max(b) FROM u WHERE u.a = t.a) AS m FROM t", {"t"}},
      {"SELECT x.a FROM t AS x JOIN t AS y ON x.a = y.b", {}},
      {"SELECT count(*) AS n FROM t", {}},
      {"SELECT DISTINCT a FROM t", {}},
      {"SELECT a FROM t ORDER BY a", {}},
      {"SELECT a FROM t LIMIT 3", {}},
      {"SELECT row_number() OVER () AS n FROM t", {}},
      {"SELECT a FROM (SELECT a FROM t)", {}},
      {"WITH x AS (SELECT a FROM u) SELECT t.a FROM t JOIN x USING (a)", {}},
      {"SELECT a FROM t UNION ALL SELECT a FROM u", {}},
  };
  for (const auto& [sql, tables] : cases) {
    const auto facts = engine_->Parse(sql, nullptr);
    ASSERT_TRUE(facts.ok()) << sql << ": " << facts.error().message;
    EXPECT_EQ(facts->distributes, tables) << sql;
  }
}

TEST_F(Distribution, TellsTheColumnsThatComeThroughAsTheyAre) {
  const std::vector<std::pair<const char*, std::vector<std::string>>> cases = {
      {"SELECT * FROM t", {"t.* *"}},
      {"FROM t", {"t.* *"}},
      {"SELECT a, b AS c, a + 1 AS d FROM t", {"t.a a", "t.b c"}},
      {"SELECT x.a, T.b FROM t AS x", {"t.a a"}},
      {"SELECT X.a FROM t AS x", {"t.a a"}},
      {"SELECT * EXCLUDE (a) FROM t", {}},
      {"SELECT * REPLACE (a + 1 AS a) FROM t", {}},
      {"SELECT * RENAME (a AS b) FROM t", {}},
      {"SELECT COLUMNS('a') FROM t", {}},
      {"SELECT a FROM t AS x(b, a)", {}},
      {"SELECT t.a, u.b AS c, d FROM t JOIN u ON t.a = u.a", {"t.a a", "u.b c"}},
      {"SELECT t.*, u.b FROM t LEFT JOIN u ON t.a = u.a", {"t.* *"}},
      {"SELECT * FROM t LEFT JOIN u ON t.a = u.a", {}},
      {"SELECT s.a FROM t", {}},
      {"SELECT max(a) AS a FROM t", {}},
      {"SELECT a::DATE AS a FROM t", {}},
  };
  for (const auto& [sql, columns] : cases) {
    const auto facts = engine_->Parse(sql, nullptr);
    ASSERT_TRUE(facts.ok()) << sql << ": " << facts.error().message;
    std::vector<std::string> kept;
    for (const SqlFacts::Kept& one : facts->kept) {
      kept.push_back(one.table + "." + one.column + " " + one.as);
    }
    EXPECT_EQ(kept, columns) << sql;
    const auto again = ParseSqlFacts(SqlFactsJson(*facts));
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again->kept.size(), kept.size());
  }
}

// The union of the answers over the parts is the answer over the whole, with any cut.
TEST_F(Distribution, AnswersOverPartsUniteToTheAnswerOverAll) {
  const std::string t =
      "(SELECT i AS a, i % 3 AS b, [i, i + 1] AS l FROM range(40) AS r(i) UNION ALL SELECT NULL, "
      "1, "
      "NULL)";
  const std::string u = "(SELECT i AS a, i % 5 AS b FROM range(20, 60) AS r(i))";
  const std::vector<std::string> queries = {
      "SELECT a + 1 AS x, b FROM t WHERE b = 1",
      "SELECT unnest(l) AS x, a FROM t",
      "SELECT t.a, u.b FROM t JOIN u ON t.a = u.a",
      "SELECT t.a, u.b FROM t LEFT JOIN u ON t.a = u.a",
      "SELECT t.a, u.b FROM u RIGHT JOIN t ON t.b = u.b",
      "SELECT a FROM t SEMI JOIN u ON t.a = u.a",
      "SELECT a FROM t ANTI JOIN u ON t.a = u.a",
      "SELECT t.a, c.n FROM t JOIN (SELECT b, count(*) AS n FROM u GROUP BY b) AS c USING (b)",
      "SELECT a FROM t WHERE a NOT IN (SELECT a FROM u WHERE b = 2)",
      "SELECT a, (SELECT max(u.a) FROM u WHERE u.b = t.b) AS m FROM t",
  };
  ASSERT_TRUE(engine_->Execute("CREATE VIEW u AS FROM " + u).ok());
  for (const std::string& query : queries) {
    const auto facts = engine_->Parse(query, nullptr);
    ASSERT_EQ(std::count(facts->distributes.begin(), facts->distributes.end(), "t"), 1) << query;
    std::vector<std::vector<std::optional<std::string>>> united;
    for (const char* part : {"a < 7", "a >= 7 AND a < 31", "a >= 31", "a IS NULL"}) {
      ASSERT_TRUE(
          engine_->Execute("CREATE OR REPLACE VIEW t AS SELECT * FROM " + t + " WHERE " + part)
              .ok());
      const auto rows = engine_->Query(query);
      ASSERT_TRUE(rows.ok()) << query << ": " << rows.error().message;
      united.insert(united.end(), rows->rows.begin(), rows->rows.end());
    }
    ASSERT_TRUE(engine_->Execute("CREATE OR REPLACE VIEW t AS FROM " + t).ok());
    auto whole = engine_->Query(query)->rows;
    std::sort(whole.begin(), whole.end());
    std::sort(united.begin(), united.end());
    EXPECT_EQ(united, whole) << query;
  }
}

}  // namespace
}  // namespace assay::engine
