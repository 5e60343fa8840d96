// What the engine says of people's mistakes is told in words of ours, whatever its own were.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>

#include "engine/engine.h"

namespace assay::engine {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class EngineErrors : public testing::Test {
 protected:
  void SetUp() override {
    auto engine = Open({});
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    engine_ = std::move(engine).value();
    for (const char* table : {"o", "m"}) {
      ASSERT_TRUE(engine_
                      ->Execute(std::string("CREATE TABLE ") + table +
                                " AS SELECT 1::BIGINT AS id, 'ann' AS name, DATE '2024-01-01' AS "
                                "day, 1e30 AS amount, [1] AS items, {'a': 1} AS pair")
                      .ok());
    }
  }

  Error ErrorOf(const std::string& query) {
    auto rows = engine_->Query(query);
    EXPECT_FALSE(rows.ok()) << query;
    return rows.ok() ? Error{} : rows.error();
  }

  std::unique_ptr<Engine> engine_;
};

struct Mistake {
  const char* sql;
  ErrorCode code;
  const char* message;
  const char* hint;
};

TEST_F(EngineErrors, NameWhatIsWrongAndWhatToWrite) {
  constexpr auto kSql = ErrorCode::kUser;
  constexpr auto kData = ErrorCode::kData;
  constexpr auto kTry =
      "TRY_CAST gives null in its place, a clean step with `cast` refuses its row";
  constexpr auto kCast = "cast one of them, as with CAST(x AS BIGINT)";
  constexpr auto kDates = "write dates as 2024-12-31; strptime reads other forms";
  const Mistake mistakes[] = {
      {"SELECT nmae FROM o", kSql, "there is no column: nmae", "did you mean name?"},
      {"SELECT id FROM o WHERE name = \"ann\"", kSql, "there is no column: ann",
       "columns are amount, name, pair and so on; a text stands in 'single quotes'"},
      {"SELECT id", kSql, "there is no FROM, so there is no column: id", "write FROM and a table"},
      {"SELECT o.idd FROM o", kSql, "`o` has no column: idd", "did you mean id?"},
      {"SELECT m.id FROM o", kSql, "FROM has no table or alias: m", "did you mean o?"},
      {"SELECT pair.b FROM o", kSql, "the struct has no field: b", "did you mean a?"},
      {"SELECT lenght(name) FROM o", kSql, "there is no function: lenght", "did you mean length?"},
      {"SELECT row_number() FROM o", kSql, "there is no function: row_number",
       "a window function is written row_number(...) OVER (ORDER BY ...)"},
      {"SELECT id::BIGNIT FROM o", kSql, "there is no type: BIGNIT", "did you mean BIGINT?"},
      {"SELECT id FROM o, m", kSql, "several tables have a column: id", "write o.id or m.id"},
      {"SELECT * EXCLUDE (foo) FROM o", kSql, "EXCLUDE names what is no column: foo", ""},
      {"SELECT * FROM o JOIN m USING (foo)", kSql, "the left side of the join has no column: foo",
       ""},
      {"SELECT name, count(*) FROM o", kSql, "a column is neither grouped nor aggregated: name",
       "add it to GROUP BY, or take one of its values, as max(name)"},
      {"SELECT id FROM o GROUP BY id HAVING name > 'a'", kSql,
       "a column is neither grouped nor aggregated: name",
       "add it to GROUP BY, or take one of its values, as max(name)"},
      {"SELECT id FROM o WHERE count(*) > 1", kSql, "WHERE cannot hold an aggregate",
       "HAVING filters groups, after GROUP BY"},
      {"SELECT id FROM o WHERE sum(id) OVER () > 1", kSql, "WHERE cannot hold a window function",
       "QUALIFY filters by one"},
      {"SELECT sum(sum(id)) FROM o", kSql, "an aggregate stands in an aggregate",
       "aggregate in a subquery first"},
      {"SELECT id FROM o UNION SELECT id, name FROM o", kSql,
       "the SELECTs of a UNION, INTERSECT or EXCEPT have different numbers of columns",
       "UNION ALL BY NAME matches columns by their names"},
      {"SELECT id FROM o ORDER BY 7", kSql, "ORDER BY has the number of no column",
       "columns are numbered from 1 to 1"},
      {"SELECT coalesce(name, 0) FROM o", kSql, "COALESCE operator mixes VARCHAR and INTEGER",
       "cast all of them to one type"},
      {"SELECT sum(name) FROM o", kSql, "no function or operator takes these types: sum(VARCHAR)",
       kCast},
      {"SELECT name + 1 FROM o", kSql,
       "no function or operator takes these types: +(VARCHAR, INTEGER)", kCast},
      {"SELECT substr(name) FROM o", kSql, "wrong number of arguments: substr(VARCHAR)",
       "write substr(VARCHAR, BIGINT, BIGINT) or substr(VARCHAR, BIGINT)"},
      {"SELECT to_days('x')", kSql, "several functions take this call: to_days(VARCHAR)",
       "cast its arguments, as with CAST(x AS BIGINT)"},
      {"SELECT unnest(id) FROM o", kSql, "UNNEST takes a list or a struct, not BIGINT", ""},
      {"SELECT id FROM o WHERE id IN (SELECT id, name FROM m)", kSql,
       "the number of columns of a subquery must be 1, found: 2", "select only what is compared"},
      {"SELECT name::INTEGER FROM o", kData, "column `name` has a text that is no INTEGER: ann",
       kTry},
      {"SELECT id FROM o WHERE id IN ('x')", kData, "there is a text that is no BIGINT: x", kTry},
      {"SELECT name::DECIMAL(5,2) FROM o", kData,
       "column `name` has a text that is no DECIMAL(5,2): ann", kTry},
      {"SELECT name::DATE FROM o", kData, "column `name` has a text that is no DATE: ann", kDates},
      {"SELECT id FROM o WHERE day > '2024-13-01'", kData,
       "there is a date that no calendar has: 2024-13-01", kDates},
      {"SELECT amount::INTEGER FROM o", kData,
       "column `amount` has a value beyond the range of INTEGER: 1e+30",
       "cast to a wider type, or with TRY_CAST, which gives null"},
      {"SELECT id::DATE FROM o", kData, "column `id`: BIGINT cannot be cast to DATE", ""},
      {"SELECT id + 9223372036854775807 FROM o", kData,
       "addition beyond the range of BIGINT: 1 + 9223372036854775807",
       "cast one side to DOUBLE or DECIMAL first"},
      {"SELECT strptime(name, '%Y') FROM o", kData,
       "there is a text that does not fit the format %Y: ann",
       "try_strptime gives null in its place"},
      {"SELECT date_trunc('foo', day) FROM o", kData, "a date and time has no such part: foo",
       "parts are year, quarter, month, week, day, hour, minute, second and so on"},
      {"SELECT regexp_matches(name, '(') FROM o", kData,
       "not a regular expression, as ) is missing: (",
       "put a backslash before a character that stands for itself"},
      {"SELECT (SELECT id FROM (VALUES (1), (2)) t(id))", kData,
       "a subquery that stands for one value gives several rows",
       "write IN for =, or take one of its rows, as with max(x)"},
      {"SELECT * FROM read_parquet('no/such.parquet')", kSql, "SQL reads no files: no/such.parquet",
       "declare it as a source"},
      {"SELECT sqrt(-1.0)", kData, "cannot take square root of a negative number", ""},
  };
  for (const Mistake& mistake : mistakes) {
    const Error error = ErrorOf(mistake.sql);
    EXPECT_EQ(error.message, mistake.message) << mistake.sql;
    EXPECT_EQ(error.hint, mistake.hint) << mistake.sql;
    EXPECT_EQ(error.code, mistake.code) << mistake.sql;
  }
}

TEST_F(EngineErrors, OfSyntaxNameTheWord) {
  const Mistake mistakes[] = {
      {"SELEC id FROM o", ErrorCode::kUser, "syntax error at `SELEC`", "did you mean SELECT?"},
      {"SELECT id FROM o wher id = 1", ErrorCode::kUser, "syntax error at `id`",
       "did you mean WHERE for wher?"},
      {"SELECT id FROM o WHERE id = = 1", ErrorCode::kUser, "syntax error at `=`", ""},
      {"SELECT (id FROM o", ErrorCode::kUser, "syntax error at `FROM`", ""},
      {"SELECT id FROM o WHERE (id", ErrorCode::kUser, "the SQL ends where more is expected",
       "close what is still open, or write what is missing"},
      {"SELECT 'a FROM o", ErrorCode::kUser, "a text in the SQL is not closed",
       "close it with '; one inside is written twice"},
      {"SELECT id FROM \"o", ErrorCode::kUser, "a quoted name is not closed", "close it with \""},
      {"SELECT FROM o", ErrorCode::kUser, "SELECT names no column", "write SELECT *, or columns"},
      {"DROP TABLE o", ErrorCode::kUser, "only one SELECT can be run",
       "write one SELECT, which reads and changes nothing"},
  };
  for (const Mistake& mistake : mistakes) {
    const auto parsed = engine_->Parse(mistake.sql, nullptr);
    ASSERT_FALSE(parsed.ok()) << mistake.sql;
    EXPECT_EQ(parsed.error().message, mistake.message) << mistake.sql;
    EXPECT_EQ(parsed.error().hint, mistake.hint) << mistake.sql;
    EXPECT_EQ(parsed.error().code, mistake.code) << mistake.sql;
  }
}

TEST_F(EngineErrors, WithoutWordsOfOursLoseTheirClassAndTheirShouting) {
  for (const char* sql :
       {"SELECT current_setting('foo')", "SELECT enum_range(NULL)", "SELECT * FROM o NATURAL JOIN",
        "SELECT id FROM o QUALIFY id > 1", "SELECT repeat('a', 99999999999)"}) {
    const Error error = ErrorOf(sql);
    EXPECT_THAT(error.message, Not(HasSubstr("Error"))) << sql;
    EXPECT_THAT(error.message, Not(HasSubstr("\n"))) << sql;
    EXPECT_THAT(error.message, Not(testing::EndsWith("!"))) << sql;
    EXPECT_NE(error.message.substr(0, 1), "") << sql;
    EXPECT_TRUE(std::islower(static_cast<unsigned char>(error.message[0])) != 0) << error.message;
  }
}

TEST(EngineErrorsOfMemory, AreKnownAgain) {
  Options options;
  options.memory_bytes = std::uint64_t{64} << 20;
  options.threads = 1;
  auto engine = Open(options);
  ASSERT_TRUE(engine.ok()) << engine.error().message;
  const auto rows = (*engine)->Query("SELECT length(list(i)::VARCHAR) FROM range(100000000) t(i)");
  ASSERT_FALSE(rows.ok());
  EXPECT_TRUE(IsOutOfMemory(rows.error())) << rows.error().message;
  EXPECT_THAT(rows.error().message, StartsWith("the memory is used up: "));
  EXPECT_THAT(rows.error().hint, HasSubstr("--memory"));
}

}  // namespace
}  // namespace assay::engine
