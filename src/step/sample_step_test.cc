#include <functional>
#include <map>
#include <set>

#include "base/hash.h"
#include "base/row.h"
#include "step/test_shapes.h"

namespace assay::step {
namespace {

class SampleTest : public ShapeTest {
 protected:
  static constexpr std::int64_t kPercent = 10'000;

  // `row/1` bytes of whole numbers (docs/design/0001, section 8), as the hash split takes them.
  static std::string BytesOf(const std::vector<std::int64_t>& row) {
    std::string bytes;
    for (const std::int64_t value : row) {
      row::AppendPresent(bytes);
      row::AppendInt(bytes, value);
    }
    return bytes;
  }

  static bool IsIn(const std::vector<std::int64_t>& row, std::uint64_t seed, std::uint64_t share) {
    return ((static_cast<Uint128>(Xxh3(BytesOf(row), seed)) * 1'000'000) >> 64) < share;
  }

  static constexpr std::int64_t kRows = 2000;
  static std::int64_t CustomerOf(std::int64_t row) { return row * 7919 % 500; }
  static std::int64_t LabelOf(std::int64_t row) { return row % 10 == 0 ? 1 : 0; }

  void GiveRows(const char* order = "") {
    Give("rows",
         std::string("SELECT i AS pos, i * 7919 % 500 AS customer, CASE WHEN i % 10 = 0 THEN 1 "
                     "ELSE 0 END::BIGINT AS label FROM range(2000) t(i)") +
             order);
  }
  std::vector<Row> Taken(const std::function<bool(std::int64_t)>& is_in) const {
    std::vector<Row> rows;
    for (std::int64_t i = 0; i < kRows; ++i) {
      if (!is_in(i)) continue;
      rows.push_back(
          {std::to_string(i), std::to_string(CustomerOf(i)), std::to_string(LabelOf(i))});
    }
    return rows;
  }
};

TEST_F(SampleTest, AShareIsDecidedByTheHashOfTheRow) {
  GiveRows();
  const Json params = {{"input", "rows"}, {"share", 10 * kPercent}, {"seed", 3}};
  const auto expected = Taken([](std::int64_t i) {
    return IsIn({i, CustomerOf(i), LabelOf(i)}, 3, 100'000);
  });
  EXPECT_EQ(Sorted(Rows("sample", params)), Sorted(expected));
  EXPECT_NEAR(static_cast<double>(expected.size()), 200, 60);
  const auto trace = Traced("sample", params);
  EXPECT_EQ(trace.kind, engine::Trace::Kind::kRowLocal) << trace.reason;
  EXPECT_EQ(Misled(trace, 0, "pos"), "0 of " + std::to_string(expected.size()));
}

TEST_F(SampleTest, RowsEqualInByAreInTogether) {
  GiveRows();
  const auto expected = Taken([](std::int64_t i) { return IsIn({CustomerOf(i)}, 0, 500'000); });
  EXPECT_EQ(Sorted(Rows(
                "sample",
                {{"input", "rows"}, {"share", 50 * kPercent}, {"by", Json::array({"customer"})}})),
            Sorted(expected));
}

TEST_F(SampleTest, SoManyRowsOfEachGroupHaveTheSmallestHashes) {
  std::map<std::int64_t, std::vector<std::pair<Uint128, std::int64_t>>> groups;
  for (std::int64_t i = 0; i < kRows; ++i) {
    groups[LabelOf(i)].push_back({Xxh3Wide(BytesOf({9, i, CustomerOf(i), LabelOf(i)})), i});
  }
  std::set<std::int64_t> taken;
  for (auto& [label, rows] : groups) {
    std::sort(rows.begin(), rows.end());
    for (std::size_t i = 0; i < 150; ++i) taken.insert(rows[i].second);
  }
  const auto expected = Taken([&](std::int64_t i) { return taken.contains(i); });
  const Json params = {
      {"input", "rows"}, {"rows", 150}, {"per", Json::array({"label"})}, {"seed", 9}};
  for (const char* order : {"", " ORDER BY hash(i)"}) {
    GiveRows(order);
    EXPECT_EQ(Sorted(Rows("sample", params)), Sorted(expected)) << order;
  }
  GiveRows();
  EXPECT_EQ(Columns("sample", params), "pos int64, customer int64, label int64");
  const auto trace = Traced("sample", params);
  EXPECT_EQ(Misled(trace, 0, "pos"), "0 of 300") << trace.reason;
}

// Rows equal in `by` tie; by the hash of all columns always the same ones are taken.
TEST_F(SampleTest, TiesAreDecidedByAllColumns) {
  const Json params = {{"input", "rows"}, {"rows", 5}, {"by", Json::array({"label"})}};
  GiveRows();
  const auto rows = Sorted(Rows("sample", params));
  EXPECT_EQ(rows.size(), 5U);
  for (const char* order : {" ORDER BY hash(i)", " ORDER BY i DESC"}) {
    GiveRows(order);
    EXPECT_EQ(Sorted(Rows("sample", params)), rows) << order;
  }
  const auto trace = Traced("sample", params);
  EXPECT_EQ(trace.kind, engine::Trace::Kind::kRowLocal) << trace.reason;
}

TEST_F(SampleTest, AGroupWithFewerRowsComesWhole) {
  Give("rows", "SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, NULL)) t(n, s)");
  EXPECT_EQ(Rows("sample", {{"input", "rows"}, {"rows", 2}, {"per", Json::array({"s"})}}).size(),
            3U);
  EXPECT_EQ(Rows("sample", {{"input", "rows"}, {"rows", 2}}).size(), 2U);
}

TEST_F(SampleTest, MistakesAreNamed) {
  GiveRows();
  EXPECT_EQ(Mistake("sample", {{"input", "rows"}, {"rows", 2}, {"per", Json::array({"lable"})}}),
            "`rows` has no column: lable (did you mean label?)");
  EXPECT_EQ(Mistake("sample", {{"input", "rows"}, {"rows", 2}, {"by", Json::array({"ps"})}}),
            "`rows` has no column: ps (did you mean pos?)");
  EXPECT_EQ(Misdeclared("sample", {{"input", "rows"}}),
            "a sample step needs either `share` or `rows`");
  EXPECT_EQ(Misdeclared("sample", {{"input", "rows"}, {"share", kPercent}, {"rows", 1}}),
            "a sample step needs either `share` or `rows`");
  EXPECT_EQ(Misdeclared("sample", {{"share", kPercent}, {"per", Json::array({"label"})}}),
            "`per` says nothing beside `share`");
  EXPECT_EQ(Misdeclared("sample", {{"share", 0}}), "a sample step leaves no rows");
  EXPECT_EQ(Misdeclared("sample", {{"rows", 0}}), "a sample step leaves no rows");
  EXPECT_EQ(Misdeclared("sample", {{"rows", 1}, {"seed", -1}}), "a seed is not negative: -1");
  EXPECT_EQ(Misdeclared("sample", {{"rows", 1}, {"by", {"a", "A"}}}),
            "`by` names a column twice: A");
  EXPECT_EQ(Misdeclared("sample", {{"rows", 1}, {"per", {"a", "A"}}}),
            "`per` names a column twice: A");
  EXPECT_EQ(Misdeclared("sample", {{"share", 1}, {"seed", 4}}), "");
}

}  // namespace
}  // namespace assay::step
