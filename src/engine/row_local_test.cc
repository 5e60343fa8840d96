// Which SELECTs make each row of one row of one table, so that they can be computed by what reads
// them.
#include <gtest/gtest.h>

#include "engine/engine.h"

namespace assay::engine {
namespace {

class RowLocal : public testing::Test {
 protected:
  RowLocal() {
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

TEST_F(RowLocal, AreProjectionsAndConditions) {
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

TEST_F(RowLocal, AreNotWhatLooksAtOtherRowsOrMakesSeveral) {
  for (const char* sql : {
           "SELECT count(*) AS n FROM t",
           "SELECT a FROM t GROUP BY a",
           "SELECT a, count(*) AS n FROM t GROUP BY ALL",
           "SELECT max(a) AS a FROM t HAVING max(a) > 1",
           "SELECT 1 + coalesce(sum(a), 0) AS a FROM t",
           "SELECT list(a ORDER BY a) AS a FROM t",
           "SELECT arg_max(a, b) AS a FROM t",
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

}  // namespace
}  // namespace assay::engine
