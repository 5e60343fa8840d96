#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "base/hash.h"
#include "base/row.h"
#include "base/test_folder.h"
#include "engine/arrow_data.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

std::unique_ptr<Engine> OpenEngine(int threads = 2) {
  Options options;
  options.threads = threads;
  options.readable = {testing::TempDir()};
  auto engine = Open(options);
  EXPECT_TRUE(engine.ok()) << engine.error().message;
  return std::move(engine).value();
}

TEST(Engine, TellsItsVersion) { EXPECT_EQ(OpenEngine()->Version(), "duckdb 1.5.5"); }

TEST(Engine, FindsTablesWithCteScoping) {
  const auto engine = OpenEngine();
  const auto facts = engine->Parse(
      "WITH flights AS (SELECT * FROM flights), b AS (FROM flights) "
      "SELECT * FROM b JOIN \"a.refused\" ON true WHERE x IN (SELECT y FROM other)",
      nullptr);
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  std::vector<std::string> names;
  for (const auto& read : facts->reads) names.push_back(read.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("flights", "a.refused", "other"));
}

TEST(Engine, TreeIdIgnoresFormattingAndComments) {
  const auto engine = OpenEngine();
  const auto one = engine->Parse("SELECT a, 1.5 AS b FROM t -- note", nullptr);
  const auto two = engine->Parse("select  a,\n 1.5 as b\nfrom t", nullptr);
  const auto three = engine->Parse("select a, 1.6 as b from t", nullptr);
  ASSERT_TRUE(one.ok() && two.ok() && three.ok());
  EXPECT_EQ(one->tree, two->tree);
  EXPECT_NE(one->tree, three->tree);
}

TEST(Engine, SyntaxErrorHasAPlace) {
  std::size_t offset = 0;
  const auto facts = OpenEngine()->Parse("SELECT a FROM t WHERE WHERE", &offset);
  ASSERT_FALSE(facts.ok());
  EXPECT_EQ(facts.error().code, ErrorCode::kUser);
  EXPECT_EQ(offset, 22U);
}

TEST(Engine, ManyTextsAreParsedAsEachAlone) {
  const auto engine = OpenEngine();
  std::vector<std::string> texts = {"SELECT a FROM t WHERE WHERE",
                                    "SELECT 'é' FROM t WHERE é é",
                                    "SELECT 1e999",
                                    "SELECT 1; SELECT 2",
                                    "DELETE FROM t",
                                    "",
                                    "SELECT a,\n  b -- note\nFROM \"t\n\"",
                                    "SELECT now(), 'it''s' FROM t JOIN u USING (a)"};
  for (int deep = 0; deep < 3; ++deep) texts.push_back(std::string(20000, '(') + "1");
  for (int i = 0; i < 300; ++i) texts.push_back("SELECT a + " + std::to_string(i) + " FROM t");
  texts.push_back("SELECT '" + std::string(2 << 20, 'x') + "' FROM large");
  texts.push_back("SELECT a FROM last");
  for (const auto& some : {texts, std::vector<std::string>(texts.begin() + 11, texts.end()),
                           std::vector<std::string>()}) {
    const auto parsed = engine->ParseAll(some);
    ASSERT_EQ(parsed.size(), some.size());
    for (std::size_t i = 0; i < some.size(); ++i) {
      std::size_t offset = 0;
      const auto alone = engine->Parse(some[i], &offset);
      EXPECT_EQ(parsed[i].error_offset, offset) << some[i].substr(0, 100);
      ASSERT_EQ(parsed[i].facts.ok(), alone.ok()) << some[i].substr(0, 100);
      if (alone.ok()) {
        EXPECT_EQ(SqlFactsJson(*parsed[i].facts), SqlFactsJson(*alone));
      } else {
        EXPECT_EQ(parsed[i].facts.error().message, alone.error().message);
      }
    }
  }
}

TEST(Engine, FindsCallsThatDiffer) {
  const auto facts = OpenEngine()->Parse("SELECT now(), random(), current_date FROM t", nullptr);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->calls.size(), 3U);
}

TEST(Engine, FindsOrderDependence) {
  const auto engine = OpenEngine();
  const auto reason = [&](const std::string& select) {
    return engine->FindOrderDependence(select + " FROM (VALUES (1, 1.5::DOUBLE, 'x')) t(i, d, s)")
        .reason;
  };
  EXPECT_EQ(reason("SELECT i, s"), "");
  EXPECT_EQ(reason("SELECT sum(i), count(*), min(d), median(d)"), "");
  EXPECT_EQ(reason("SELECT sum(d)"), "sum of a floating-point column");
  EXPECT_EQ(reason("SELECT string_agg(s, ',')"), "the aggregate string_agg");
  EXPECT_EQ(reason("SELECT row_number() OVER ()"), "a window function");
  EXPECT_EQ(engine->FindOrderDependence("SELECT * FROM range(10) LIMIT 3").reason, "LIMIT");
}

TEST(Engine, RowSumIsOrderFreeAndEqualsRowBytes) {
  const auto engine = OpenEngine();
  const auto sum = engine->SumRows("SELECT i::BIGINT AS i, NULL::VARCHAR AS s FROM range(3) t(i)");
  ASSERT_TRUE(sum.ok()) << sum.error().message;
  Uint128 expected = 0;
  for (int i = 0; i < 3; ++i) {
    std::string bytes;
    row::AppendPresent(bytes);
    row::AppendInt(bytes, i);
    row::AppendNull(bytes);
    expected += Xxh3Wide(bytes);
  }
  EXPECT_EQ(sum->sum, Hex128(expected));
  const auto turned = engine->SumRows(
      "SELECT i::BIGINT AS i, NULL::VARCHAR AS s FROM range(3) t(i) ORDER BY i DESC");
  EXPECT_EQ(turned->sum, sum->sum);
}

TEST(Engine, RowSumIsEqualForAnyThreadsOverManyRows) {
  const std::string query =
      "SELECT i, i * 0.5 AS half, CASE WHEN i % 7 = 0 THEN NULL ELSE 'text ' || i END AS s "
      "FROM range(300000) t(i)";
  const auto one = OpenEngine(1)->SumRows(query);
  const auto two = OpenEngine(2)->SumRows(query);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(one->rows, 300000U);
  EXPECT_EQ(one->sum, two->sum);
}

TEST(SqlText, AListOfManyTextsIsTheListOfFew) {
  const auto engine = OpenEngine();
  for (const std::string middle : {"", "\n", "\n\x01\x02", "\n\x01\x02\x03"}) {
    std::vector<std::string> texts;
    for (int i = 0; i < 500; ++i) texts.push_back("it's \"" + std::to_string(i) + middle + "\\");
    const auto grid = engine->Query("SELECT unnest(" + TextList(texts) + ")");
    ASSERT_TRUE(grid.ok()) << grid.error().message;
    std::vector<std::string> found;
    for (const auto& row : grid->rows) found.push_back(row[0].value_or(""));
    EXPECT_EQ(found, texts);
  }
}

TEST(SqlText, InSequenceGivesTheSameRowsAndNames) {
  const auto engine = OpenEngine();
  const std::string query =
      "SELECT i AS n, {'a': i} AS s, MAP {i: 1.5} AS m FROM range(10000) t(i)";
  const auto as_is = engine->Query(query);
  const auto wrapped = engine->Query(InSequence(query, 3));
  ASSERT_TRUE(as_is.ok() && wrapped.ok());
  EXPECT_EQ(wrapped->schema, as_is->schema);
  EXPECT_EQ(wrapped->rows, as_is->rows);
}

TEST(Engine, SumOverNoRowsIsZero) {
  const auto sum = OpenEngine()->SumRows("SELECT 1 AS a WHERE false");
  ASSERT_TRUE(sum.ok()) << sum.error().message;
  EXPECT_EQ(sum->sum, std::string(32, '0'));
}

TEST(Engine, ReadsRowsInOrder) {
  const auto engine = OpenEngine();
  std::string all;
  std::size_t rows = 0;
  const auto status = engine->ReadRows("SELECT i FROM range(100000) t(i) ORDER BY i",
                                       [&](const EncodedRows& encoded) -> Status {
                                         all += encoded.bytes;
                                         rows += encoded.ends.size();
                                         return {};
                                       });
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(rows, 100000U);
  std::string expected;
  for (int i = 0; i < 100000; ++i) {
    row::AppendPresent(expected);
    row::AppendInt(expected, i);
  }
  EXPECT_EQ(all, expected);
}

// Wide rows are encoded column by column; `SumRows` hashes them row by row.
TEST(Engine, BytesAreTheSameByColumnAndByRow) {
  const std::string plain =
      "SELECT CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS a, (i % 100 - 50)::TINYINT AS b, "
      "(-i)::SMALLINT AS c, (-i * 70000)::INTEGER AS d, (i % 256)::UTINYINT AS e, "
      "(i * 5)::USMALLINT AS f, (i * 70000)::UINTEGER AS g, i::UBIGINT << 40 AS h, "
      "CASE i % 4 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN -0.0 WHEN 2 THEN NULL ELSE i / 3 END AS j, "
      "(i / 7)::FLOAT AS k, repeat('x', i % 40) AS l, "
      "CASE WHEN i % 5 > 0 THEN ('b' || i)::BLOB END AS m, i % 2 = 0 AS n, "
      "DATE '1969-01-01' + i::INTEGER AS o, TIME '01:02:03' AS p, "
      "TIMESTAMP '1969-12-31' + INTERVAL (i) MINUTE AS q, "
      "(TIMESTAMP '1969-12-31' + INTERVAL (i) HOUR)::TIMESTAMPTZ AS r, NULL::BOOLEAN AS s "
      "FROM range(5000) t(i)";
  for (const std::string& query :
       {plain, "SELECT *, [a] AS t, a::DECIMAL(12, 2) AS u FROM (" + plain + ")"}) {
    const auto engine = OpenEngine();
    Uint128 sum = 0;
    std::size_t rows = 0;
    const auto status = engine->ReadRows(query, [&](const EncodedRows& encoded) -> Status {
      std::size_t start = 0;
      for (const std::size_t end : encoded.ends) {
        sum += Xxh3Wide(encoded.bytes.substr(start, end - start));
        start = end;
        ++rows;
      }
      EXPECT_EQ(start, encoded.bytes.size());
      return {};
    });
    ASSERT_TRUE(status.ok()) << status.error().message;
    const auto expected = engine->SumRows(query);
    ASSERT_TRUE(expected.ok()) << expected.error().message;
    EXPECT_EQ(rows, 5000U);
    EXPECT_EQ(Hex128(sum), expected->sum);
  }
}

TEST(Engine, EncodesNestedValues) {
  std::string bytes;
  const auto status = OpenEngine()->ReadRows(
      "SELECT [1::BIGINT, NULL] AS l, {'a': 'x', 'b': NULL::BOOLEAN} AS s, "
      "MAP {'z': 1::BIGINT, 'a': 2::BIGINT} AS m, 12.34::DECIMAL(10,2) AS d, -0.0::DOUBLE AS f",
      [&](const EncodedRows& encoded) -> Status {
        bytes += encoded.bytes;
        return {};
      });
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(Hex(bytes),
            "0102000000"
            "010100000000000000"
            "00"
            "01"
            "010100000078"
            "00"
            "0102000000"
            "010100000061"
            "010200000000000000"
            "01010000007a"
            "010100000000000000"
            "01"
            "d2040000000000000000000000000000"
            "02"
            "010000000000000000");
}

TEST(Engine, AnErrorAtTheEndOfAStreamIsNoEnd) {
  const auto status = OpenEngine()->ReadRows(
      "SELECT CASE WHEN i < 99999 THEN i ELSE error('late')::BIGINT END AS i FROM range(100000) "
      "t(i)",
      [](const EncodedRows&) -> Status { return {}; });
  EXPECT_FALSE(status.ok());
}

TEST(Engine, BringsTypesToCanonicalOnes) {
  const auto engine = OpenEngine();
  const auto query = engine->Canonical(
      "SELECT '2001-01-01'::TIMESTAMP_S AS s, '2001-01-01'::TIMESTAMP_NS AS n, "
      "uuid_extract_version('0190a5e2-0000-7000-8000-000000000000'::UUID) AS v, "
      "'0190a5e2-0000-7000-8000-000000000000'::UUID AS u, 5::HUGEINT AS h");
  ASSERT_TRUE(query.ok()) << query.error().message;
  const auto schema = engine->Describe(*query);
  ASSERT_TRUE(schema.ok()) << schema.error().message;
  EXPECT_EQ(TypeText((*schema)[0].type), "timestamp[us]");
  EXPECT_EQ(TypeText((*schema)[1].type), "timestamp[us]");
  EXPECT_EQ(TypeText((*schema)[3].type), "string");
  EXPECT_EQ(TypeText((*schema)[4].type), "decimal(38,0)");
  EXPECT_FALSE(engine->Canonical("SELECT '2001-01-01 00:00:00.000000001'::TIMESTAMP_NS AS n").ok());
  EXPECT_FALSE(engine->Canonical("SELECT INTERVAL 1 DAY AS i").ok());
}

TEST(Engine, ReadsNoFileOutsideItsFolders) {
  const auto engine = OpenEngine();
  EXPECT_FALSE(engine->Query("SELECT * FROM read_text('/etc/hostname')").ok());
  EXPECT_FALSE(engine->Execute("SET enable_external_access = true").ok());
}

TEST(Engine, WritesParquetAndCountsRows) {
  const auto engine = OpenEngine();
  const TestFolder folder;
  const std::string path = folder / "rows.parquet";
  const auto rows = engine->CopyToParquet("SELECT i FROM range(5) t(i) -- a comment", path);
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  EXPECT_EQ(*rows, 5U);
  EXPECT_GT(engine->PeakBufferBytes(), 0U);
  const auto grid = engine->Query("SELECT sum(i) AS a, 'x' AS a, NULL FROM '" + path + "'");
  ASSERT_TRUE(grid.ok()) << grid.error().message;
  EXPECT_EQ(grid->rows[0][0], "10");
  EXPECT_EQ(grid->rows[0][2], std::nullopt);
}

// All batches of a query: their sizes, and one column of numbers over all of them.
struct ArrowNumbers {
  std::vector<std::size_t> sizes;
  std::vector<std::int64_t> numbers;
};

Result<ArrowNumbers> ReadNumbers(RecordBatches& batches) {
  ArrowNumbers read;
  for (;;) {
    TRY_ASSIGN(const auto batch, batches.Next());
    if (batch == nullptr) return read;
    read.sizes.push_back(batch->rows());
    const ArrowArray& column = *batch->array().children[0];
    const auto* values = static_cast<const std::int64_t*>(column.buffers[1]);
    read.numbers.insert(read.numbers.end(), values, values + column.length);
  }
}

TEST(ArrowRead, CutsBatchesExactlyAndKeepsTheOrder) {
  const auto engine = OpenEngine();
  auto batches = engine->ReadArrow("SELECT i FROM range(10000) t(i) ORDER BY i DESC", 3000);
  ASSERT_TRUE(batches.ok()) << batches.error().message;
  const auto read = ReadNumbers(**batches);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(read->sizes, testing::ElementsAre(3000, 3000, 3000, 1000));
  for (std::size_t i = 0; i < read->numbers.size(); ++i) {
    ASSERT_EQ(read->numbers[i], 9999 - static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(batches->get()->Next().value(), nullptr);
}

TEST(ArrowRead, OutlivesTheEngineAndReadsBesideAnother) {
  auto engine = OpenEngine();
  auto one = engine->ReadArrow("SELECT i FROM range(5000) t(i) ORDER BY i", 1000);
  auto two = engine->ReadArrow("SELECT i FROM range(100) t(i) ORDER BY i", 7);
  ASSERT_TRUE(one.ok() && two.ok());
  ASSERT_EQ(one->get()->Next().value()->rows(), 1000U);
  engine.reset();
  EXPECT_EQ(ReadNumbers(**two)->numbers.size(), 100U);
  EXPECT_EQ(ReadNumbers(**one)->numbers.size(), 4000U);
}

TEST(ArrowRead, TellsErrorsBeforeAndWhileReading) {
  const auto engine = OpenEngine();
  EXPECT_EQ(engine->ReadArrow("SELECT nothing", 10).error().code, ErrorCode::kUser);
  const auto empty_batches = engine->ReadArrow("SELECT 1", 0);
  ASSERT_FALSE(empty_batches.ok());
  EXPECT_EQ(empty_batches.error().message, "a batch of 0 rows");
  const auto wide = engine->ReadArrow("SELECT [1::HUGEINT] AS w", 10);
  ASSERT_FALSE(wide.ok());
  EXPECT_EQ(wide.error().message, "no Arrow type for column `w` of type: list<int128>");

  auto late = engine->ReadArrow(
      "SELECT CASE WHEN i < 99999 THEN i ELSE error('late')::BIGINT END AS i FROM range(100000) "
      "t(i)",
      1000);
  ASSERT_TRUE(late.ok());
  EXPECT_FALSE(ReadNumbers(**late).ok());
  EXPECT_EQ(late->get()->Next().value(), nullptr);  // it is over
}

TEST(ArrowRead, StopsWhenAsked) {
  const auto engine = OpenEngine();
  int asked = 0;
  auto batches = engine->ReadArrow(
      "SELECT count(*) FROM range(100000) a(i), range(100000) b(j) WHERE (i * j) % 7 = 3", 10,
      [&] { return ++asked == 2; });
  ASSERT_TRUE(batches.ok()) << batches.error().message;
  const auto next = batches->get()->Next();
  ASSERT_FALSE(next.ok());
  EXPECT_EQ(next.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(asked, 2);
}

TEST(ArrowRead, HasUtcWhateverTheMachineHas) {
  setenv("TZ", "America/New_York", 1);
  auto batches = OpenEngine()->ReadArrow(
      "SELECT epoch_us(strptime('2001-06-01 00:00', '%Y-%m-%d %H:%M')::TIMESTAMPTZ) AS t", 1);
  unsetenv("TZ");
  ASSERT_TRUE(batches.ok()) << batches.error().message;
  EXPECT_THAT(ReadNumbers(**batches)->numbers, testing::ElementsAre(991353600000000));
}

TEST(ArrowRead, GivesASharedBatchToSeveral) {
  auto batches = OpenEngine()->ReadArrow("SELECT [i, NULL] AS l FROM range(3) t(i)", 3);
  ASSERT_TRUE(batches.ok()) << batches.error().message;
  std::shared_ptr<RecordBatch> batch = batches->get()->Next().value();
  ArrowArray one, two;
  ShareBatch(batch, &one);
  ShareBatch(batch, &two);
  batch.reset();
  // A consumer may move a child out and drop the rest.
  ArrowArray list = *one.children[0];
  one.children[0]->release = nullptr;
  one.release(&one);
  EXPECT_EQ(one.release, nullptr);
  EXPECT_EQ(list.children[0]->length, 6);
  EXPECT_EQ(list.children[0]->null_count, 3);
  list.release(&list);
  EXPECT_EQ(static_cast<const std::int32_t*>(two.children[0]->buffers[1])[3], 6);
  two.release(&two);
}

TEST(ArrowRead, StreamTellsItsErrors) {
  auto batches = OpenEngine()->ReadArrow("SELECT error('late') AS e FROM range(3)", 3);
  ASSERT_TRUE(batches.ok()) << batches.error().message;
  ArrowArrayStream stream;
  ExportStream(std::move(batches).value(), &stream);
  ArrowSchema schema;
  ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
  EXPECT_STREQ(schema.format, "+s");
  schema.release(&schema);
  EXPECT_EQ(stream.get_last_error(&stream), nullptr);
  ArrowArray array;
  EXPECT_NE(stream.get_next(&stream, &array), 0);
  EXPECT_THAT(stream.get_last_error(&stream), testing::HasSubstr("late"));
  stream.release(&stream);
  EXPECT_EQ(stream.release, nullptr);
}

TEST(ArrowRead, IsRefusedInAForkedChild) {
  const auto engine = OpenEngine();
  auto batches = engine->ReadArrow("SELECT i FROM range(10) t(i)", 3);
  ASSERT_TRUE(batches.ok()) << batches.error().message;
  const pid_t child = fork();
  if (child == 0) {
    const auto next = batches->get()->Next();
    const auto again = engine->ReadArrow("SELECT 1", 3);
    const bool refused =
        !next.ok() &&
        next.error().message == "these rows were opened in the parent of this process" &&
        !again.ok() &&
        again.error().message == "the engine was opened in the parent of this process";
    batches->reset();  // leaves alone what is the parent's
    _exit(refused ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(batches->get()->Next().value()->rows(), 3U);
}

// Frozen: orders of rows that people have trained on follow from it. The values are those of the
// Python package xxhash.
TEST(ShuffleKey, IsFrozen) {
  const auto engine = OpenEngine();
  const auto grid = engine->Query(
      "SELECT assay_shuffle_key(0, 0), assay_shuffle_key(0, 1), assay_shuffle_key(7, 1), "
      "assay_shuffle_key(18446744073709551615, 18446744073709551615)");
  ASSERT_TRUE(grid.ok()) << grid.error().message;
  EXPECT_THAT(grid->rows[0], testing::ElementsAre("14374147212387527897", "3439722301264460078",
                                                  "12012694768356207812", "15748937971782621674"));
}

// The engine's own account of its functions, so that a new one is not missed.
TEST(Engine, MomentsAreTheSameOnAnyNumberOfThreads) {
  const std::string query =
      "SELECT assay_moments(x) AS m, assay_moments(x) FILTER (WHERE x > 1e300) AS none, "
      "(SELECT count(*) FROM (SELECT i % 5, assay_moments(i) FROM range(1000) t(i) GROUP BY 1)) "
      "FROM (SELECT CASE WHEN i % 10 = 0 THEN NULL ELSE sin(i) * 1e6 END AS x "
      "FROM range(300000) t(i))";
  const auto one = OpenEngine(1)->Query(query), two = OpenEngine(2)->Query(query);
  ASSERT_TRUE(one.ok() && two.ok()) << one.error().message;
  EXPECT_EQ(one->rows, two->rows);
  EXPECT_THAT(*one->rows[0][0], testing::HasSubstr("'count': 270000"));
  EXPECT_EQ(*one->rows[0][1],
            "{'count': 0, 'mean': NULL, 'deviation': NULL, 'low': NULL, 'high': NULL}");
  EXPECT_EQ(*one->rows[0][2], "5");
}

TEST(Engine, MeansAreExactAndTheSameOnAnyNumberOfThreads) {
  const std::string query =
      "SELECT g, assay_mean(x), assay_moments(x).mean FROM (SELECT i % 7 AS g, CASE WHEN i % 10 = "
      "0 "
      "OR i % 7 = 6 THEN NULL ELSE sin(i) * 1e6 END AS x FROM range(300000) t(i)) GROUP BY g "
      "ORDER BY g";
  const auto one = OpenEngine(1)->Query(query), two = OpenEngine(2)->Query(query);
  ASSERT_TRUE(one.ok() && two.ok()) << one.error().message;
  EXPECT_EQ(one->rows, two->rows);
  ASSERT_EQ(one->rows.size(), 7U);
  for (const auto& row : one->rows) EXPECT_EQ(row[1], row[2]);
  EXPECT_EQ(one->rows[6][1], std::nullopt);
  const auto thirds =
      OpenEngine()->Query("SELECT assay_mean(x) FROM (VALUES (1e16), (1e0), (-1e16)) t(x)");
  EXPECT_EQ(thirds->rows[0][0], "0.3333333333333333");
}

TEST(Engine, TextsLoseTheirWhiteSpace) {
  const auto grid = OpenEngine()->Query(
      "SELECT assay_trim(x), assay_collapse(x) FROM (VALUES ('\u3000 a \u00a0'), "
      "('a  longer text than fits inline  '), (NULL), ('')) t(x)");
  ASSERT_TRUE(grid.ok()) << grid.error().message;
  EXPECT_THAT(grid->rows[0], testing::ElementsAre("a", " a "));
  EXPECT_THAT(grid->rows[1], testing::ElementsAre("a  longer text than fits inline",
                                                  "a longer text than fits inline "));
  EXPECT_THAT(grid->rows[2], testing::ElementsAre(std::nullopt, std::nullopt));
  EXPECT_THAT(grid->rows[3], testing::ElementsAre("", ""));
}

TEST(Engine, KnowsTheFunctionsThatDifferFromCallToCall) {
  const auto engine = OpenEngine();
  const auto functions = engine->Query(
      "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'scalar' AND "
      "stability <> 'CONSISTENT' ORDER BY 1");
  ASSERT_TRUE(functions.ok()) << functions.error().message;
  EXPECT_GT(functions->rows.size(), 15U);
  // These tell the same at every call of ours: the database has one name and one schema.
  const std::set<std::string> constant = {"current_database", "current_schema", "current_schemas",
                                          "in_search_path", "error"};
  for (const auto& row : functions->rows) {
    if (constant.contains(*row[0])) continue;
    const auto facts = engine->Parse("SELECT " + *row[0] + "()", nullptr);
    EXPECT_TRUE(!facts.ok() || !facts->calls.empty()) << *row[0];
  }
  EXPECT_FALSE(engine->Parse("SELECT ago(INTERVAL 1 DAY)", nullptr)->calls.empty());
  EXPECT_FALSE(engine->Parse("SELECT age(x) FROM t", nullptr)->calls.empty());
  EXPECT_TRUE(engine->Parse("SELECT age(x, y) FROM t", nullptr)->calls.empty());
}

TEST(Engine, TellsTheByteOfAMistake) {
  const auto engine = OpenEngine();
  std::size_t offset = 0;
  const std::string sql = "SELECT 'äöü' AS u FROM WHERE src";
  ASSERT_FALSE(engine->Parse(sql, &offset).ok());
  EXPECT_EQ(sql.substr(offset, 5), "WHERE");
}

TEST(Engine, TellsWhatMakesRowsAndWhatDescribesTables) {
  const auto engine = OpenEngine();
  EXPECT_EQ(engine->Parse("SELECT unnest([1, 2])", nullptr)->expanding.size(), 1U);
  EXPECT_EQ(engine->Parse("SELECT * FROM (SUMMARIZE t)", nullptr)->functions.size(), 1U);
  EXPECT_TRUE(engine->Parse("SELECT * FROM range(3)", nullptr)->functions.empty());
  EXPECT_EQ(
      engine->FindOrderDependence("SELECT DISTINCT s COLLATE NOCASE FROM (SELECT 'a' AS s)").reason,
      "a collation");
}

// A stream of an engine's own rows, released with the object.
class Stream {
 public:
  Stream(Engine& engine, const std::string& query) {
    auto batches = engine.ReadArrow(query, 1000);
    EXPECT_TRUE(batches.ok()) << batches.error().message;
    ExportStream(std::move(batches).value(), &stream_);
  }
  ~Stream() {
    if (stream_.release != nullptr) stream_.release(&stream_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ArrowArrayStream& get() { return stream_; }

 private:
  ArrowArrayStream stream_{};
};

class ArrowWrite : public testing::Test {
 protected:
  std::filesystem::path File() const { return folder_ / "rows.parquet"; }
  Error ErrorOf(const std::string& query) {
    Stream stream(*source_, query);
    const auto copied = engine_->CopyArrowToParquet(stream.get(), File());
    return copied.ok() ? Error{ErrorCode::kInternal, "copied", ""} : copied.error();
  }

  TestFolder folder_;
  std::unique_ptr<Engine> source_ = OpenEngine();
  std::unique_ptr<Engine> engine_ = *Open({1, 0, {}, {folder_.path()}});
};

TEST_F(ArrowWrite, WritesTheRowsInTheirOrderAndTheSameBytesAgain) {
  std::string hash;
  for (int i = 0; i < 2; ++i) {
    Stream stream(*source_, "SELECT i, 'n' || i AS name FROM range(200000) t(i) ORDER BY i DESC");
    const auto copied = engine_->CopyArrowToParquet(stream.get(), File());
    ASSERT_TRUE(copied.ok()) << copied.error().message;
    EXPECT_EQ(*copied, 200'000U);
    std::ifstream file(File(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (i == 0) hash = Sha256Hex(bytes);
    EXPECT_EQ(Sha256Hex(bytes), hash);
  }
  const auto wrong = engine_->Query("SELECT count(*) FROM " + ReadParquet({File()}, {}) +
                                    " WHERE i <> 199999 - file_row_number OR name <> 'n' || i");
  ASSERT_TRUE(wrong.ok()) << wrong.error().message;
  EXPECT_EQ(wrong->rows[0][0], "0");
}

TEST_F(ArrowWrite, StopsWhenAsked) {
  Stream stream(*source_, "SELECT i FROM range(50000000) t(i)");
  int asked = 0;
  const auto copied =
      engine_->CopyArrowToParquet(stream.get(), File(), [&] { return ++asked == 2; });
  ASSERT_FALSE(copied.ok());
  EXPECT_EQ(copied.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(asked, 2);
}

TEST_F(ArrowWrite, AStreamThatFailsIsDataAndLeavesTheEngineUsable) {
  const Error error = ErrorOf(
      "SELECT CASE WHEN i < 99999 THEN i ELSE error('the well ran dry')::BIGINT END AS i "
      "FROM range(100000) t(i)");
  EXPECT_EQ(error.code, ErrorCode::kData);
  EXPECT_THAT(error.message, testing::StartsWith("reading an Arrow stream: "));
  EXPECT_THAT(error.message, testing::HasSubstr("the well ran dry"));
  EXPECT_EQ(ErrorOf("SELECT 1 AS i").message, "copied");
}

TEST_F(ArrowWrite, AColumnThatComesTwiceIsAnError) {
  const Error error = ErrorOf("SELECT 1 AS a, 2 AS b, 3 AS a");
  EXPECT_EQ(error.code, ErrorCode::kData);
  EXPECT_EQ(error.message, "a column of the Arrow stream comes twice: a");
}

TEST_F(ArrowWrite, AStreamIsReadOnce) {
  Stream stream(*source_, "SELECT 1 AS i");
  stream.get().release(&stream.get());
  const auto copied = engine_->CopyArrowToParquet(stream.get(), File());
  ASSERT_FALSE(copied.ok());
  EXPECT_EQ(copied.error().message, "the Arrow stream was read already");
}

// Numbers up to a last one, of which each third is null, and then perhaps an error.
class Counting : public TextRows {
 public:
  Counting(int last, std::optional<Error> error) : last_(last), error_(std::move(error)) {}
  Result<bool> Next(Cells& cells) override {
    if (number_ == last_ && error_) return *error_;
    if (number_ == last_) return false;
    text_ = std::to_string(++number_);
    cells[0] = text_;
    cells[1] = number_ % 3 == 0 ? std::nullopt : std::optional<std::string_view>(text_);
    return true;
  }

 private:
  int last_;
  int number_ = 0;
  std::optional<Error> error_;
  std::string text_;
};

std::string AddCounting(Engine& engine, int last, std::optional<Error> error = {}) {
  return engine.AddTextTable(
      {{"n", "odd name"}, [last, error]() -> Result<std::unique_ptr<TextRows>> {
         return std::unique_ptr<TextRows>(std::make_unique<Counting>(last, error));
       }});
}

TEST(Engine, RowsOfCodeOutsideComeInTheirOrder) {
  constexpr int kRows = 200'000;
  for (const int threads : {1, 4}) {
    const auto engine = OpenEngine(threads);
    const std::string table = AddCounting(*engine, kRows);
    const auto grid = engine->Query("SELECT * FROM " + table);
    ASSERT_TRUE(grid.ok()) << grid.error().message;
    ASSERT_EQ(grid->rows.size(), static_cast<std::size_t>(kRows));
    EXPECT_EQ(grid->schema[1].name, "odd name");
    for (int i = 0; i < kRows; ++i) {
      const auto& row = grid->rows[static_cast<std::size_t>(i)];
      ASSERT_EQ(row[0], std::to_string(i + 1));
      ASSERT_EQ(row[1].has_value(), (i + 1) % 3 != 0);
    }
    const std::filesystem::path file =
        std::filesystem::path(testing::TempDir()) / "rows_of_code_outside.parquet";
    const auto copied = engine->CopyToParquet("SELECT n::BIGINT AS n FROM " + table, file);
    ASSERT_TRUE(copied.ok()) << copied.error().message;
    const auto misplaced = engine->Query("SELECT count(*) FROM " + ReadParquet({file}, {}) +
                                         " WHERE n <> file_row_number + 1");
    ASSERT_TRUE(misplaced.ok()) << misplaced.error().message;
    EXPECT_EQ(misplaced->rows[0][0], "0");
    std::filesystem::remove(file);
    const auto counts = engine->Query(
        "SELECT count(*), count(\"odd name\"), (SELECT count(*) FROM " + table + ") FROM " + table);
    ASSERT_TRUE(counts.ok()) << counts.error().message;
    EXPECT_EQ(counts->rows[0][0], "200000");
    EXPECT_EQ(counts->rows[0][1], "133334");
    EXPECT_EQ(counts->rows[0][2], "200000");
  }
}

TEST(Engine, AnErrorOfCodeOutsideComesOutAsItIs) {
  const auto engine = OpenEngine();
  const Error error{ErrorCode::kData, "data/a: broken, \"so\": it\nseems", "mend it"};
  const std::string table = AddCounting(*engine, 5000, error);
  const auto grid = engine->Query("SELECT sum(n::BIGINT) FROM " + table);
  ASSERT_FALSE(grid.ok());
  EXPECT_EQ(grid.error().code, error.code);
  EXPECT_EQ(grid.error().message, error.message);
  EXPECT_EQ(grid.error().hint, error.hint);
  const std::string closed =
      engine->AddTextTable({{"n"}, []() -> Result<std::unique_ptr<TextRows>> {
                              return Error{ErrorCode::kIo, "no such file", ""};
                            }});
  const auto none = engine->Query("SELECT * FROM " + closed);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::kIo);
  EXPECT_EQ(none.error().message, "no such file");
}

TEST(Engine, NoTextOfAUserReadsRowsOfCodeOutside) {
  const auto engine = OpenEngine();
  AddCounting(*engine, 1);
  const auto facts = engine->Parse("SELECT * FROM assay_text_rows(0)", nullptr);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->functions.size(), 1U);
  EXPECT_FALSE(engine->Query("SELECT * FROM assay_text_rows(7)").ok());
}

}  // namespace
}  // namespace assay::engine
