#include <cstdlib>

#include "base/hash.h"
#include "step/test_steps.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kKeyName[] = "ASSAY_TEST_HASH_KEY";

class HashStepTest : public StepKindTest {
 protected:
  HashStepTest() { SetKey("Jefe"); }
  ~HashStepTest() override { unsetenv(kKeyName); }

  static void SetKey(const std::string& key) {
    setenv(kKeyName, key.c_str(), 1);
    mark_ = contract::SecretMark(key);
  }
  static Json Params(const Json& more = Json::object()) {
    Json params = {{"input", "t"}, {"columns", Json::array({"name"})}, {"length", 64}};
    params.update(more);
    return params;
  }
  static Json Keyed(const Json& more = Json::object()) {
    Json params = Params(more);
    params["key"] = Json::array({kKeyName, mark_});
    return params;
  }

  static inline std::string mark_;
};

// FIPS 180-2, appendix B.1, and RFC 4231, test case 2.
TEST_F(HashStepTest, TokensAreThoseOfTheStandards) {
  Give("t",
       "SELECT * FROM (VALUES (1, 'abc'), (2, NULL), (3, 'what do ya want for nothing?')) "
       "t(id, name)");
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const std::string jefe = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  const auto plain = Rows("hash", Params());
  EXPECT_THAT(plain[0], ElementsAre("1", abc));
  EXPECT_THAT(plain[1], ElementsAre("2", std::nullopt));
  const auto keyed = Rows("hash", Keyed());
  EXPECT_THAT(keyed[1], ElementsAre("2", std::nullopt));
  EXPECT_THAT(keyed[2], ElementsAre("3", jefe));
  EXPECT_EQ(keyed[0][1], HmacSha256Hex("Jefe", "abc"));
  EXPECT_THAT(Rows("hash", Keyed({{"length", 8}}))[2], ElementsAre("3", jefe.substr(0, 8)));
  Json by_default = Params();
  by_default.erase("length");
  EXPECT_THAT(Rows("hash", by_default)[0], ElementsAre("1", abc.substr(0, 32)));
}

TEST_F(HashStepTest, EqualTextsHaveEqualTokensInAllColumns) {
  Give("t", "SELECT 7 AS n, '7' AS name, 'x' AS other");
  const Json params = Keyed({{"columns", Json::array({"n", "name"})}});
  EXPECT_EQ(Columns("hash", params), "n string, name string, other string");
  const auto rows = Rows("hash", params);
  EXPECT_THAT(rows[0], ElementsAre(HmacSha256Hex("Jefe", "7"), HmacSha256Hex("Jefe", "7"), "x"));
}

TEST_F(HashStepTest, ManyRowsAreEachTheirOwn) {
  Give("t",
       "SELECT CASE WHEN i % 5 = 0 THEN NULL ELSE 'person ' || i END AS name FROM "
       "range(10000) t(i)");
  const auto rows = Rows("hash", Keyed());
  ASSERT_EQ(rows.size(), 10'000u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto expected = i % 5 == 0
                              ? std::nullopt
                              : std::optional(HmacSha256Hex("Jefe", "person " + std::to_string(i)));
    ASSERT_EQ(rows[i][0], expected) << i;
  }
}

TEST_F(HashStepTest, TheSecretIsInNoTextAndNoError) {
  const std::string secret = "correct horse battery staple";
  SetKey(secret);
  Give("t", "SELECT 'abc' AS name");
  const auto sql = FindStep("hash")->select(Keyed());
  ASSERT_TRUE(sql.ok());
  EXPECT_THAT(*sql, Not(HasSubstr(secret)));
  EXPECT_THAT(*sql, HasSubstr(kKeyName));
  // Another secret makes another text.
  SetKey("another");
  EXPECT_NE(*FindStep("hash")->select(Keyed()), *sql);

  for (const std::string& wrong : {*sql + " WHERE", *sql + " WHERE nosuch"}) {
    const auto grid = engine->Query(wrong);
    ASSERT_FALSE(grid.ok()) << wrong;
    EXPECT_THAT(grid.error().message + grid.error().hint, Not(HasSubstr(secret)));
  }
  unsetenv(kKeyName);
  const auto grid = engine->Query(*sql);
  ASSERT_FALSE(grid.ok());
  EXPECT_THAT(grid.error().message,
              HasSubstr("environment variable is not set: " + std::string(kKeyName)));
}

TEST_F(HashStepTest, NamesWhatItCannotDo) {
  Give("t", "SELECT 'abc' AS name");
  EXPECT_EQ(Mistake("hash", Params({{"columns", Json::array({"nam"})}})),
            "`t` has no column: nam (did you mean name?)");
  for (const int length : {7, 65, 0, -1}) {
    EXPECT_EQ(Misdeclared("hash", Params({{"length", length}})),
              "not a length of a token: " + std::to_string(length));
  }
  EXPECT_EQ(Misdeclared("hash", Params({{"columns", Json::array()}})),
            "a hash step needs a column");
  EXPECT_EQ(Misdeclared("hash", Keyed()), "");
}

TEST_F(HashStepTest, RowsAreTraced) {
  Give("t", "SELECT 'a' AS name UNION ALL SELECT 'b'");
  const auto sql = StepSql(*FindStep("hash"), {Keyed(), inputs});
  const auto trace = engine->TraceRows(*sql, {{"t", inputs[0].table, {"name"}}});
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ(trace->kind, engine::Trace::Kind::kRowLocal) << trace->reason;
  EXPECT_THAT(engine->Query(trace->query)->rows, ElementsAre(Row{HmacSha256Hex("Jefe", "a"), "0"},
                                                             Row{HmacSha256Hex("Jefe", "b"), "1"}));
}

}  // namespace
}  // namespace assay::step
