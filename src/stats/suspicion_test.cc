#include "stats/suspicion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "base/test_folder.h"

namespace assay::stats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::unique_ptr<engine::Engine> EngineOfThreads(int threads) {
  engine::Options options;
  options.threads = threads;
  options.readable = {testing::TempDir()};
  auto engine = engine::Open(options);
  EXPECT_TRUE(engine.ok()) << engine.error().message;
  return std::move(engine).value();
}

Suspicions Find(const std::string& query, const std::string& label = "", int threads = 2) {
  const auto engine = EngineOfThreads(threads);
  const auto schema = engine->Describe(query);
  EXPECT_TRUE(schema.ok()) << schema.error().message;
  const std::string table = "(" + query + ")";
  const auto columns = ProfileTable(*engine, table, *schema);
  EXPECT_TRUE(columns.ok()) << columns.error().message;
  auto found = FindSuspicions(*engine, table, *schema, *columns, {label, true});
  EXPECT_TRUE(found.ok()) << found.error().message;
  return *found;
}

std::vector<Suspicion> Of(const Suspicions& suspicions, SuspicionKind kind) {
  std::vector<Suspicion> some;
  std::ranges::copy_if(suspicions.found, std::back_inserter(some),
                       [&](const Suspicion& each) { return each.kind == kind; });
  return some;
}

// The only one of its kind.
Suspicion The(const Suspicions& suspicions, SuspicionKind kind) {
  const auto some = Of(suspicions, kind);
  EXPECT_THAT(some, SizeIs(1)) << SuspicionName(kind);
  return some.empty() ? Suspicion() : some[0];
}

std::string Messages(const Suspicions& suspicions) {
  std::string text;
  for (const Suspicion& each : suspicions.found) {
    text += std::string(SuspicionName(each.kind)) + ": " + each.message + "\n";
  }
  return text;
}

TEST(Suspicion, FindsNothingInAPlainTable) {
  const auto found = Find(
      "SELECT (i * 7919 % 1000) / 10.0 AS amount, CASE i * 31 % 7 % 3 WHEN 0 THEN 'red' WHEN 1 "
      "THEN 'green' ELSE 'blue' END AS colour, (hash(i) % 100)::INTEGER AS score, DATE "
      "'2001-01-01' + (i % 300)::INTEGER AS day FROM range(2000) t(i)",
      "colour");
  EXPECT_THAT(found.found, IsEmpty()) << Messages(found);
}

TEST(Suspicion, FindsNothingWhereThereAreNoRowsOrOne) {
  EXPECT_THAT(Find("SELECT 1 AS a, 'x' AS b WHERE false", "a").found, IsEmpty());
  EXPECT_THAT(Find("SELECT 1 AS a, 'x' AS b, 1.5 AS c", "a").found, IsEmpty());
}

TEST(Suspicion, ConstantColumns) {
  const auto found = Of(Find("SELECT 5 AS five, CASE WHEN i < 3 THEN 'x' END AS x, "
                             "NULL::INTEGER AS none, i % 2 AS two FROM range(10) t(i)"),
                        SuspicionKind::kConstant);
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(found[0].message, "the same value in all rows `5`");
  EXPECT_THAT(found[0].examples, ElementsAre("5"));
  EXPECT_EQ(found[0].rows, 10);
  EXPECT_EQ(found[1].message, "one value `x` beside 7 nulls");
  EXPECT_EQ(found[1].rows, 3);
  EXPECT_EQ(found[2].message, "null in all rows");
}

TEST(Suspicion, IdentifiersButNotMeasures) {
  const auto found = Of(Find("SELECT i AS id, 'u' || (i - i % 100 // 97) AS name, i / 7 AS "
                             "measure, TIMESTAMP '2001-01-01' + to_seconds(i) AS moment, i % 90 AS "
                             "part FROM range(1000) t(i)"),
                        SuspicionKind::kNearUnique);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_THAT(found[0].columns, ElementsAre("id"));
  EXPECT_EQ(found[0].message, "each of its 1,000 values comes up once: an identifier, as a rule");
  EXPECT_THAT(found[1].columns, ElementsAre("name"));
  EXPECT_EQ(found[1].rows, 990);  // of each hundred two are alike
  EXPECT_EQ(found[1].message,
            "990 different values in 1,000 rows: an identifier or free text, as a rule");
  // 19 rows say nothing.
  EXPECT_THAT(Of(Find("SELECT i AS id FROM range(19) t(i)"), SuspicionKind::kNearUnique),
              IsEmpty());
}

TEST(Suspicion, TextThatIsMostlyNumbersNamesOneOfEach) {
  const Suspicion mixed = The(
      Find("SELECT CASE WHEN i < 3 THEN 'about ' || i WHEN i = 3 THEN 'NA' ELSE (i % 5)::VARCHAR "
           "END AS age FROM range(100) t(i)"),
      SuspicionKind::kMixed);
  EXPECT_EQ(mixed.message, "97.0 % are numbers such as `4`, 3 rows are not, such as `about 2`");
  EXPECT_EQ(mixed.rows, 3);
  EXPECT_THAT(mixed.examples, ElementsAre("4", "about 2"));

  const Suspicion moments =
      The(Find("SELECT CASE WHEN i = 7 THEN 'soon' ELSE '2001-02-03' END AS d FROM range(20) t(i)"),
          SuspicionKind::kMixed);
  EXPECT_EQ(moments.message,
            "95.0 % are dates or moments such as `2001-02-03`, 1 row is not, such as `soon`");
  // Fewer than half: words, some of which are numbers.
  EXPECT_THAT(Of(Find("SELECT CASE WHEN i < 9 THEN '7' ELSE 'b' END AS a FROM range(20) t(i)"),
                 SuspicionKind::kMixed),
              IsEmpty());
}

TEST(Suspicion, TextThatIsAllNumbersUnlessTheyAreCodes) {
  const auto found = Of(
      Find("SELECT (i % 9)::VARCHAR AS n, printf('%05d', i % 9) AS zip, '2001-01-0' || (1 + i % 9) "
           "AS d, '123456789012345' || (10 + i % 9) AS id FROM range(90) t(i)"),
      SuspicionKind::kTypedText);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_THAT(found[0].columns, ElementsAre("n"));
  EXPECT_EQ(found[0].message, "text, but all values are numbers, such as `8`");
  EXPECT_THAT(found[1].columns, ElementsAre("d"));
}

TEST(Suspicion, WordsForNull) {
  const Suspicion words = The(
      Find("SELECT ['NA', 'n/a', ' - ', '', 'red', 'red', 'blue', 'NA'][1 + i % 8] AS colour FROM "
           "range(80) t(i)"),
      SuspicionKind::kNullWords);
  EXPECT_EQ(words.rows, 50);
  EXPECT_EQ(words.message,
            "50 rows have what often means null, left as text: `NA`, empty text, ` - `");
  EXPECT_THAT(words.examples, ElementsAre("NA", "", " - "));
}

TEST(Suspicion, SpellingsAndWhiteSpace) {
  // e and an accent as one character and as two.
  const auto found = Find(
      "SELECT ['no', 'no', 'NO', 'No ', 'yes', 'yes', 'caf' || chr(233), 'cafe' || chr(769), "
      "chr(160) || 'other', 'x' || chr(10)][1 + i % 10] AS answer FROM range(100) t(i)");
  const Suspicion spellings = The(found, SuspicionKind::kSpellings);
  EXPECT_EQ(spellings.message,
            "2 values have several spellings, as `no` (20 rows), `NO` (10 rows), `No ` (10 rows)");
  EXPECT_EQ(spellings.rows, 30);  // 20 of no, 10 of café
  const Suspicion space = The(found, SuspicionKind::kWhiteSpace);
  EXPECT_EQ(space.rows, 30);
  EXPECT_THAT(space.message, HasSubstr("30 rows have white space before or after the text, as `"));
  // In names that are each their own a difference of case is no slip.
  EXPECT_THAT(Of(Find("SELECT CASE WHEN i % 2 = 0 THEN 'key' ELSE 'KEY' END || i // 2 AS k FROM "
                      "range(100) t(i)"),
                 SuspicionKind::kSpellings),
              IsEmpty());
}

TEST(Suspicion, NumbersThatAreNone) {
  const auto found =
      Of(Find("SELECT CASE i WHEN 3 THEN 'nan'::DOUBLE WHEN 4 THEN '-inf'::DOUBLE WHEN 5 THEN "
              "'inf'::DOUBLE WHEN 6 THEN NULL ELSE i % 10 END AS x FROM range(200) t(i)"),
         SuspicionKind::kNotFinite);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].message, "3 rows are NaN or infinite");
}

// Against a loop that does the same with plain numbers.
TEST(Suspicion, OutliersAreThoseBeyondTukeysOuterFences) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal(10, 2);
  for (int round = 0; round < 10; ++round) {
    std::vector<double> numbers;
    std::string values;
    for (int i = 0; i < 400; ++i) {
      const double far = i % 97 == 5 ? 10 + 10 * round : 0;
      const double number = std::round((normal(random) + (i % 2 == 0 ? far : -far)) * 8) / 8;
      numbers.push_back(number);
      values += (i == 0 ? "(" : ", (") + std::to_string(number) + "::DOUBLE)";
    }
    std::vector<double> sorted = numbers;
    std::ranges::sort(sorted);
    const double low = sorted[99], high = sorted[299];  // the hundredth and the three hundredth
    const auto is_far = [&](double number) {
      return number < low - 3 * (high - low) || number > high + 3 * (high - low);
    };
    const auto far = std::ranges::count_if(numbers, is_far);
    const auto found =
        Of(Find("SELECT * FROM (VALUES " + values + ") t(x)"), SuspicionKind::kOutliers);
    ASSERT_EQ(found.size(), far > 0 ? 1U : 0U);
    if (far > 0) {
      EXPECT_EQ(found[0].rows, far);
      const double greatest = sorted.back();
      if (is_far(greatest)) {
        EXPECT_EQ(std::stod(found[0].examples.back()), greatest);
      }
    }
  }
}

TEST(Suspicion, OutliersOfTimesAndNoneOfLongTails) {
  const auto found = Find(
      "SELECT DATE '2001-01-01' + CASE WHEN i = 5 THEN -36500 ELSE i % 100 END::INTEGER AS day, "
      "(i % 50 + CASE WHEN i = 6 THEN 9000 ELSE 0 END)::DECIMAL(9,2) AS price, CASE WHEN i % 10 = "
      "0 THEN 5000 + i ELSE i % 7 END AS tail, CASE WHEN i = 1 THEN 5 ELSE 0 END AS flag FROM "
      "range(1000) t(i)");
  const auto outliers = Of(found, SuspicionKind::kOutliers);
  ASSERT_THAT(outliers, SizeIs(2)) << Messages(found);
  EXPECT_THAT(outliers[0].columns, ElementsAre("day"));
  EXPECT_THAT(outliers[0].examples, ElementsAre("1901-01-26"));
  EXPECT_EQ(outliers[1].message,
            "1 row (0.1 %) lies beyond Tukey's outer fences, -63 to "
            "112, the farthest `9006`");
}

TEST(Suspicion, EqualColumns) {
  const auto found = Find(
      "SELECT i % 40 AS a, (i % 40 + CASE WHEN i = 7 THEN 1 WHEN i = 8 THEN -1 ELSE 0 END) AS "
      "nearly, i % 40 AS b, i AS id, i AS id_again, 5 AS five, 5 AS five_again, i % 40 AS c FROM "
      "range(400) t(i)");
  const auto equal = Of(found, SuspicionKind::kEqual);
  ASSERT_THAT(equal, SizeIs(2)) << Messages(found);
  EXPECT_THAT(equal[0].columns, ElementsAre("a", "b", "c"));
  EXPECT_EQ(equal[0].message, "has the same value as `b`, `c` in all rows");
  EXPECT_THAT(equal[1].columns, ElementsAre("id", "id_again"));
}

TEST(Suspicion, ColumnsThatDetermineEachOther) {
  // `code` of `city` but in one row of five hundred; `other` has as many values, none of them tied.
  const auto found = Find(
      "SELECT 'city ' || i % 9 AS city, CASE WHEN i % 500 = 0 THEN 0 ELSE 100 - i % 9 END AS code, "
      "(hash(i) % 9)::INTEGER AS other, (i % 9) * 2.5 AS km, i % 3 AS third FROM range(5000) t(i)");
  const auto pairs = Of(found, SuspicionKind::kOneToOne);
  ASSERT_THAT(pairs, SizeIs(3)) << Messages(found);
  EXPECT_THAT(pairs[0].columns, ElementsAre("city", "code"));
  EXPECT_EQ(pairs[0].rows, 4990);
  EXPECT_EQ(pairs[0].message,
            "nearly each value goes with one of `code` and the other way round, in 99.8 % of the "
            "rows");
  EXPECT_THAT(pairs[1].columns, ElementsAre("city", "km"));
  EXPECT_EQ(pairs[1].message, "each value goes with one of `km` and the other way round");
  EXPECT_THAT(pairs[2].columns, ElementsAre("code", "km"));
}

TEST(Suspicion, RareValuesDoNotMakeAPair) {
  // Both are nearly constant, so nearly all rows agree whatever the others do.
  const auto found = Find(
      "SELECT CASE WHEN i % 200 = 3 THEN 'a' ELSE 'x' END AS one, CASE WHEN i % 200 = 9 THEN 'b' "
      "ELSE 'y' END AS two FROM range(20000) t(i)");
  EXPECT_THAT(Of(found, SuspicionKind::kOneToOne), IsEmpty());
}

TEST(Suspicion, ALabelInDisguise) {
  // `delay` tells exactly, `near` in all rows but some, `exact` by its hundredths, `weak` does not.
  const auto found = Find(
      "SELECT i % 50 AS delay, (i % 50 > 39)::INTEGER + CASE WHEN i % 1000 = 0 THEN 1 ELSE 0 END "
      "AS near, i % 50 + i / 100000 AS exact, CASE WHEN hash(i) % 3 = 0 THEN 0 ELSE i % 2 END AS "
      "weak, i AS id, 'n' || i AS name, CASE WHEN i % 50 > 39 THEN 'late' ELSE 'on time' END AS "
      "late FROM range(10000) t(i)",
      "late");
  const auto disguised = Of(found, SuspicionKind::kLabelInDisguise);
  ASSERT_THAT(disguised, SizeIs(3)) << Messages(found);
  EXPECT_THAT(disguised[0].columns, ElementsAre("delay", "late"));
  EXPECT_EQ(disguised[0].message,
            "tells the label `late`: a guess by it alone is right in 100 % of the rows, without it "
            "in 80.0 %");
  EXPECT_THAT(disguised[1].columns, ElementsAre("near", "late"));
  EXPECT_EQ(disguised[1].rows, 9990);
  EXPECT_THAT(disguised[2].columns, ElementsAre("exact", "late"));
}

TEST(Suspicion, ANumberAsLabelInDisguise) {
  const auto found = Find(
      "SELECT (i * 31 % 500) * 2.5 AS feet, (i * 31 % 500)::INTEGER AS metres, hash(i) % 500 AS "
      "other FROM range(5000) t(i)",
      "metres");
  const Suspicion disguise = The(found, SuspicionKind::kLabelInDisguise);
  EXPECT_THAT(disguise.columns, ElementsAre("feet", "metres"));
  EXPECT_EQ(disguise.message,
            "each value goes with one of the label `metres` and the other way round");
}

TEST(Suspicion, RowsThatRepeat) {
  const Suspicion repeats = The(
      Find("SELECT i // 3 % 50 AS a, CASE WHEN i % 2 = 0 THEN 'x' END AS b FROM range(60) t(i)"),
      SuspicionKind::kRepeats);
  EXPECT_THAT(repeats.columns, IsEmpty());
  EXPECT_EQ(repeats.rows, 20);  // of each three, two are alike
  // So many that all rows have to be compared, and one among very many.
  EXPECT_EQ(
      The(Find("SELECT i % 300000 AS a FROM range(600001) t(i)"), SuspicionKind::kRepeats).rows,
      300001);
  EXPECT_EQ(The(Find("SELECT CASE WHEN i = 7 THEN 8 ELSE i END AS a, [i // 9] AS b FROM "
                     "range(700000) t(i)"),
                SuspicionKind::kRepeats)
                .rows,
            1);
  const auto engine = EngineOfThreads(1);
  const Schema schema = *engine->Describe("SELECT 1 AS a");
  const std::string table = "(SELECT i % 2 AS a FROM range(4) t(i))";
  const auto some =
      FindSuspicions(*engine, table, schema, *ProfileTable(*engine, table, schema), {"", false});
  EXPECT_THAT(some->found, IsEmpty()) << "of some columns it says nothing";
  EXPECT_EQ(repeats.message, "20 rows are wholly equal to an earlier one, 33.3 % of all");
}

TEST(Suspicion, LongTextsAreNoSpellingsAndNotToldWhole) {
  // Alike in 300 characters, and then another case; each comes up often.
  const auto found = Find(
      "SELECT CASE WHEN i % 4 = 0 THEN '' ELSE ' ' END || repeat('ab ', 100) || ['x', 'X'][1 + i % "
      "2] AS v FROM range(400) t(i)");
  EXPECT_THAT(Of(found, SuspicionKind::kSpellings), IsEmpty());
  const Suspicion space = The(found, SuspicionKind::kWhiteSpace);
  EXPECT_EQ(space.rows, 300);
  EXPECT_LT(space.message.size(), 120U);
  EXPECT_LE(space.examples.at(0).size(), 200U);
}

TEST(Suspicion, IsTheSameForAnyNumberOfThreads) {
  const std::string query =
      "SELECT ['no', 'NO', 'na', '4', ' 5', 'x'][1 + (hash(i) % 6)::INTEGER] AS t, i % 77 AS a, (i "
      "% 77) * 3 AS b, CASE WHEN i % 997 = 0 THEN 1e9 ELSE i % 100 END AS c, i % 2 = 0 AS l FROM "
      "range(300000) t(i)";
  const Json one = SuspicionsJson(Find(query, "l", 1).found);
  EXPECT_EQ(one, SuspicionsJson(Find(query + " ORDER BY hash(i)", "l", 2).found));
  EXPECT_GE(one.size(), 6U) << one.dump(1);
}

TEST(Suspicion, NamesAndValuesMayHoldAnything) {
  const auto found = Find(
      "SELECT 'it''s' || chr(10) || i % 3 AS \"a \"\"b\"\" 'c'\", 'NA''' AS d, [i % 2] AS l, {'x': "
      "i % 2} AS s, '\\x00'::BLOB AS raw FROM range(40) t(i)");
  EXPECT_EQ(Of(found, SuspicionKind::kConstant).size(), 2U) << Messages(found);
  EXPECT_THAT(The(Find("SELECT ' a' || chr(10) || 'b`c' || chr(27) AS v FROM range(3)"),
                  SuspicionKind::kWhiteSpace)
                  .message,
              HasSubstr("as ` a\\nb`c\xef\xbf\xbd`"));
}

TEST(Suspicion, ColumnsMayHaveTheNamesThatItsQueriesUse) {
  const std::string query =
      "SELECT (i % 40) % 9 AS one, 'x ' || (i % 40) % 9 AS two, i % 40 % 5 = 0 AS three, i % 40 % "
      "5 "
      "AS four, i % 7 AS five, i % 2 AS six FROM range(400) t(i)";
  std::vector<std::string> messages;
  for (const Suspicion& each : Find(query, "three").found) messages.push_back(each.message);
  EXPECT_THAT(messages, SizeIs(3));
  const auto same = Find(
      "SELECT one AS n, two AS v, three AS b, four AS a, five AS h, six AS m "
      "FROM (" +
          query + ")",
      "b");
  ASSERT_EQ(same.found.size(), messages.size()) << Messages(same);
  EXPECT_EQ(same.found[0].columns, std::vector<std::string>({"a", "b"}));
  EXPECT_EQ(same.found[1].columns, std::vector<std::string>({"n", "v"}));
  EXPECT_EQ(same.found[2].message, messages[2]);
  EXPECT_EQ(same.found[2].rows, 120);
  const auto label = Find("SELECT three AS n, four AS v FROM (" + query + ")", "n");
  EXPECT_THAT(Of(label, SuspicionKind::kLabelInDisguise), SizeIs(1));
}

TEST(Suspicion, TooManyPairsAreCounted) {
  // Each column has its values equally often, in an order of its own.
  std::string columns;
  for (int i = 1; i <= 30; ++i) {
    columns +=
        (i == 1 ? "" : ", ") + ("i * " + std::to_string(i)) + " % 997 % 3 AS c" + std::to_string(i);
  }
  const auto found = Find("SELECT " + columns + " FROM range(997) t(i)");
  EXPECT_EQ(found.pairs_left_out, 30U * 29 / 2 - 200);
  EXPECT_THAT(Of(found, SuspicionKind::kOneToOne), IsEmpty());
}

TEST(Suspicion, AsJson) {
  const Json json =
      SuspicionsJson({{SuspicionKind::kWhiteSpace, {"a"}, 3, "3 rows have it", {" x"}}});
  EXPECT_EQ(
      json.dump(),
      R"([{"columns":["a"],"examples":[" x"],"kind":"white_space","message":"3 rows have it","rows":3}])");
}

}  // namespace
}  // namespace assay::stats
