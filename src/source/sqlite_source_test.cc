#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <limits>

#include "source/source.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

using testing::HasSubstr;

// A SQLite file, and a store for what is fetched of it.
class SqliteSource : public SourceFiles {
 protected:
  SqliteSource() : store(folder / ".assay") {
    EXPECT_TRUE(store.Create().ok());
    EXPECT_EQ(sqlite3_open((folder / "shop.db").c_str(), &database), SQLITE_OK);
  }
  ~SqliteSource() override { sqlite3_close(database); }

  void Run(const std::string& sql) {
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << (message == nullptr ? "" : message);
    sqlite3_free(message);
  }

  /// Fetches and takes over the state, as a run with `write: append` does.
  Result<Fetch> FetchOnce(Json params) {
    if (!params.contains("database")) params["database"] = "shop.db";
    const std::function<Result<engine::Engine*>()> open = [&] { return engine.get(); };
    const std::function<bool()> stop = [&] { return stopped; };
    const std::function<void(const std::string&)> tell = [&](const std::string& text) {
      told.push_back(text);
    };
    const FakeClock clock(1'700'000'000'000'000);
    auto fetch =
        FindSource("sqlite")->fetch({params, state, store, open, clock, stop, tell, folder.path()});
    if (fetch.ok()) {
      if (!fetch->is_unchanged) {
        for (const auto& object : fetch->objects) state.objects.push_back(object);
      }
      state.cursor = fetch->cursor;
    }
    return fetch;
  }

  /// Types and rows of all that was fetched.
  std::string AllRows(const Json& params) {
    const auto fetch = FetchOnce(params);
    if (!fetch.ok()) return "error: " + fetch.error().message;
    std::vector<SourceFile> fetched;
    for (const auto& object : state.objects) {
      fetched.push_back({store.PathOf(object.receipt.sha256), object.receipt.location});
    }
    const auto read = FindSource("sqlite")->read({*engine, params, fetched});
    if (!read.ok()) return "error: " + read.error().message;
    return Types(*engine->Describe(read->query)) + "\n" + Text(Rows(read->query));
  }

  /// What one column with these values is fetched as; the state is forgotten.
  std::string Column(const std::string& declared, const std::string& values) {
    Run("DROP TABLE IF EXISTS one; CREATE TABLE one (x " + declared + "); INSERT INTO one VALUES " +
        values);
    state = {};
    return AllRows({{"table", "one"}});
  }

  Error ErrorOf(const Json& params) {
    auto fetch = FetchOnce(params);
    return fetch.ok() ? Error{ErrorCode::kInternal, "no error", ""} : std::move(fetch).error();
  }

  store::ObjectStore store;
  sqlite3* database = nullptr;
  LoadState state;
  std::vector<std::string> told;
  bool stopped = false;
};

TEST_F(SqliteSource, ATypeIsThatOfTheValues) {
  EXPECT_EQ(Column("INTEGER", "(1), (-9223372036854775808), (NULL)"),
            "x int64\n-9223372036854775808\n1\n-\n");
  EXPECT_EQ(Column("BIGINT", "(2)"), "x int64\n2\n");
  EXPECT_EQ(Column("REAL", "(1), (0.1)"), "x float64\n0.1\n1.0\n");
  EXPECT_EQ(Column("DECIMAL(10, 2)", "(12.5), (3)"), "x float64\n3.0\n12.5\n");
  EXPECT_EQ(Column("NUMERIC", "(3)"), "x float64\n3.0\n");
  EXPECT_EQ(Column("BOOLEAN", "(1), (0)"), "x bool\nfalse\ntrue\n");
  EXPECT_EQ(Column("BOOLEAN", "(2), (0)"), "x int64\n0\n2\n");
  EXPECT_EQ(Column("TEXT", "('b'), ('a'), ('')"), "x string\n\na\nb\n");
  EXPECT_EQ(Column("VARCHAR(2)", "('long')"), "x string\nlong\n");
  EXPECT_EQ(Column("BLOB", "(x'00ff'), (x'')"), "x bytes\n\n\\x00\\xFF\n");
  EXPECT_EQ(Column("", "('t')"), "x string\nt\n");
  EXPECT_EQ(Column("", "(7)"), "x int64\n7\n");
}

TEST_F(SqliteSource, DatesAndTimesAreThoseThatAreDeclared) {
  EXPECT_EQ(Column("DATE", "('2020-02-29')"), "x date\n2020-02-29\n");
  EXPECT_EQ(Column("DATETIME", "('2020-01-01 12:00'), ('2020-01-01 12:00:00.123456')"),
            "x timestamp[us]\n2020-01-01 12:00:00\n2020-01-01 12:00:00.123456\n");
  EXPECT_EQ(Column("TIMESTAMP", "('2020-01-01T12:00:01')"),
            "x timestamp[us]\n2020-01-01 12:00:01\n");
  EXPECT_EQ(Column("TIMESTAMP", "(1577880000)"), "x int64\n1577880000\n");
  EXPECT_EQ(Column("TEXT", "('2020-02-29')"), "x string\n2020-02-29\n");
}

TEST_F(SqliteSource, WhatWouldChangeIsRefusedWithItsColumn) {
  const auto refused = [&](const std::string& declared, const std::string& values) {
    return Column(declared, values);
  };
  EXPECT_EQ(refused("INTEGER", "(1), ('abc')"), "error: column `x` mixes whole numbers and texts");
  EXPECT_EQ(refused("TEXT", "('a'), (x'00')"), "error: column `x` mixes texts and bytes");
  EXPECT_EQ(refused("", "(1.5), (x'00')"), "error: column `x` mixes numbers and bytes");
  EXPECT_EQ(
      refused("NUMERIC", "(9007199254740993), (0.5)"),
      "error: column `x` has whole numbers beyond 2^53, which its type, a double, cannot hold "
      "exactly");
  EXPECT_EQ(refused("DATE", "('2020-01-01 10:00:00')"),
            "error: column `x` is declared DATE and has texts of another form than 2024-12-31");
  for (const char* values : {"('2020-01-01T12:00:00Z')", "('2020-01-01 12:00:00+02:00')",
                             "('2020-01-01 12:00'), ('2020-01-01T12:00')", "('yesterday')"}) {
    EXPECT_THAT(refused("TIMESTAMP", values),
                HasSubstr("column `x` is declared timestamp and has texts of another form"));
  }
  EXPECT_EQ(refused("TEXT", "(CAST(x'ff' AS TEXT))"),
            "error: column `x` has a text that is not UTF-8");
  // A day that no calendar has is the engine's to find.
  EXPECT_THAT(refused("DATE", "('2020-02-31')"), HasSubstr("2020-02-31"));
}

TEST_F(SqliteSource, AQueryCastsWhatATableCannotGive) {
  Run("CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1), ('abc')");
  EXPECT_EQ(AllRows({{"query", "SELECT CAST(x AS TEXT) AS x FROM t;"}}), "x string\n1\nabc\n");
}

TEST_F(SqliteSource, ATableWithoutRowsHasTheDeclaredTypes) {
  Run("CREATE TABLE t (i INTEGER, r REAL, t TEXT, b BLOB, d DATE, at DATETIME, f BOOLEAN, x)");
  EXPECT_EQ(AllRows({{"table", "t"}}),
            "i int64, r float64, t string, b bytes, d date, at timestamp[us], f bool, x string\n");
}

TEST_F(SqliteSource, RowsStandInAnOrderOfTheirOwn) {
  Run("CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (2, 'x'), (1, 'z'), (1, 'y')");
  EXPECT_EQ(AllRows({{"table", "t"}}), "a int64, b string\n1|y\n1|z\n2|x\n");
  const LoadState first = state;
  Run("DELETE FROM t; INSERT INTO t VALUES (1, 'y'), (2, 'x'), (1, 'z')");
  const auto again = FetchOnce({{"table", "t"}});
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->is_unchanged);
  EXPECT_EQ(LoadStateJson(state), LoadStateJson(first));
  state = {};
  EXPECT_EQ(AllRows({{"table", "t"}, {"order_by", Json::array({"b"})}}),
            "a int64, b string\n2|x\n1|y\n1|z\n");
  state = {};
  EXPECT_EQ(AllRows({{"table", "t"}, {"columns", Json::array({"b"})}}), "b string\nx\ny\nz\n");
}

TEST_F(SqliteSource, AFetchGoesOnBehindTheCursor) {
  Run("CREATE TABLE t (id INTEGER, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  const Json params = {{"table", "t"}, {"cursor", "id"}};
  EXPECT_EQ(AllRows(params), "id int64, v string\n1|a\n2|b\n");
  EXPECT_EQ(state.cursor, (Json{{"column", "id"}, {"type", "integer"}, {"value", "2"}}));
  const auto nothing = FetchOnce(params);
  ASSERT_TRUE(nothing.ok());
  EXPECT_TRUE(nothing->is_unchanged);
  EXPECT_EQ(nothing->objects.size(), 1U);
  Run("INSERT INTO t VALUES (9223372036854775807, 'c'); UPDATE t SET v = 'changed' WHERE id = 1");
  EXPECT_EQ(AllRows(params), "id int64, v string\n1|a\n2|b\n9223372036854775807|c\n");
  EXPECT_EQ(state.objects.back().receipt.location, "sqlite t, id > 2");
  EXPECT_EQ(state.objects.back().receipt.collected_at, "2023-11-14T22:13:20Z");
}

TEST_F(SqliteSource, ACursorOfTextsGoesByTheirBytes) {
  Run("CREATE TABLE t (at DATETIME COLLATE NOCASE); INSERT INTO t VALUES ('2020-01-01T10:00:00')");
  const Json params = {{"table", "t"}, {"cursor", "at"}};
  ASSERT_TRUE(FetchOnce(params).ok());
  EXPECT_EQ(state.cursor["value"], "2020-01-01T10:00:00");
  Run("INSERT INTO t VALUES ('2020-01-01T10:00:00.5')");
  EXPECT_EQ(AllRows(params), "at timestamp[us]\n2020-01-01 10:00:00\n2020-01-01 10:00:00.5\n");
  state = {};
  Run("CREATE TABLE u (k TEXT COLLATE NOCASE); INSERT INTO u VALUES ('B')");
  const Json of_texts = {{"table", "u"}, {"cursor", "k"}};
  ASSERT_TRUE(FetchOnce(of_texts).ok());
  Run("INSERT INTO u VALUES ('a')");
  EXPECT_EQ(AllRows(of_texts), "k string\nB\na\n");
}

TEST_F(SqliteSource, CursorsThatCannotBe) {
  Run("CREATE TABLE t (id INTEGER, r REAL, n INTEGER); INSERT INTO t VALUES (1, 0.5, 1)");
  EXPECT_EQ(ErrorOf({{"table", "t"}, {"cursor", "x"}}).message,
            "there is no column for the cursor: x");
  EXPECT_THAT(ErrorOf({{"table", "t"}, {"cursor", "r"}}).message,
              HasSubstr("without an exact order: float64"));
  const Json params = {{"table", "t"}, {"cursor", "n"}};
  ASSERT_TRUE(FetchOnce(params).ok());
  Run("INSERT INTO t VALUES (2, 1, NULL)");
  const Error error = ErrorOf(params);
  EXPECT_EQ(error.code, ErrorCode::kData);
  EXPECT_THAT(error.message, HasSubstr("cursor `n` is null"));
  state.cursor = Json{{"column", "n"}};
  EXPECT_THAT(ErrorOf(params).message, HasSubstr("the state of a load is damaged"));
}

TEST_F(SqliteSource, ATableThatWasEmptyIsAskedForAll) {
  Run("CREATE TABLE t (id INTEGER)");
  const Json params = {{"table", "t"}, {"cursor", "id"}};
  EXPECT_EQ(AllRows(params), "id int64\n");
  EXPECT_EQ(state.cursor, Json());
  Run("INSERT INTO t VALUES (-5)");
  EXPECT_EQ(AllRows(params), "id int64\n-5\n");
}

TEST_F(SqliteSource, NothingIsChanged) {
  Run("CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1)");
  for (const char* sql : {"DELETE FROM t", "SELECT 1 AS a) AS q; DELETE FROM t; --",
                          "SELECT 1 AS a; SELECT 2 AS a", "ATTACH 'x.db' AS y", ""}) {
    EXPECT_EQ(ErrorOf({{"query", sql}}).code, ErrorCode::kUser) << sql;
  }
  EXPECT_EQ(AllRows({{"table", "t"}}), "id int64\n1\n");
}

TEST_F(SqliteSource, WhatCannotBeAsked) {
  Run("CREATE TABLE t (id INTEGER)");
  EXPECT_THAT(ErrorOf({{"table", "nowhere"}}).message, HasSubstr("no such table: nowhere"));
  EXPECT_THAT(ErrorOf({{"query", "SELECT x FROM t"}}).message, HasSubstr("no such column: x"));
  EXPECT_EQ(ErrorOf({{"table", "t"}, {"order_by", Json::array({"y"})}}).message,
            "there is no column to order by: y");
  const Error missing = ErrorOf({{"database", "other.db"}, {"table", "t"}});
  EXPECT_EQ(missing.code, ErrorCode::kIo);
  EXPECT_EQ(missing.message, "there is no such file: other.db");
  folder.Write("text.db", std::string(5000, 'x'));
  const Error text = ErrorOf({{"database", "text.db"}, {"table", "t"}});
  EXPECT_EQ(text.code, ErrorCode::kData);
  EXPECT_EQ(text.message, "text.db is no SQLite database");
}

TEST_F(SqliteSource, AFetchStopsWhenItIsTold) {
  Run("CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1)");
  stopped = true;
  EXPECT_EQ(ErrorOf({{"table", "t"}}).code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace assay::source
