#include "step/test_steps.h"

namespace assay::step {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class CleanStepTest : public StepKindTest {
 protected:
  Json Params(const Json& more) {
    Json params = {{"input", "t"}};
    params.update(more);
    return params;
  }
  /// What becomes of one text in column `c`.
  std::optional<std::string> Cleaned(const std::string& text, const Json& more) {
    Give("t", "SELECT " + engine::QuoteText(text) + " AS c");
    const auto rows = Rows("clean", Params(more));
    return rows.size() == 1 ? rows[0][0] : "not one row";
  }
  /// `value` or null where it fits, `refused` where it does not.
  std::string AsType(const std::string& sql, const std::string& type, Json more = Json::object()) {
    Give("t", "SELECT " + sql + " AS c");
    more["cast"] = Pairs({{"c", type}});
    const auto rows = Rows("clean", Params(more));
    const auto refused = Refused("clean", Params(more));
    EXPECT_EQ(rows.size() + refused.size(), 1u) << sql;
    if (!refused.empty()) return "refused";
    return rows.empty() ? "lost" : rows[0][0].value_or("null");
  }
  std::string TextAs(const std::string& text, const std::string& type,
                     const Json& more = Json::object()) {
    return AsType(engine::QuoteText(text), type, more);
  }
};

TEST_F(CleanStepTest, TrimsAllWhiteSpaceThatUnicodeKnows) {
  // White_Space=yes in PropList.txt of the Unicode Character Database.
  for (const char* space :
       {"\t",     "\n",     "\v",     "\f",     "\r",     " ",      "\u0085", "\u00a0", "\u1680",
        "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
        "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"}) {
    const std::string text = std::string(space) + " a" + space + "b" + space;
    EXPECT_EQ(Cleaned(text, Json::object()), "a" + std::string(space) + "b") << text;
    EXPECT_EQ(Cleaned(text, {{"collapse", true}}), "a b") << text;
  }
  // A zero-width space is none, though it looks like one.
  EXPECT_EQ(Cleaned("\u200ba", Json::object()), "\u200ba");
  EXPECT_EQ(Cleaned(" a ", {{"trim", false}}), " a ");
  EXPECT_EQ(Cleaned(" a \n b ", {{"trim", false}, {"collapse", true}}), " a b ");
}

TEST_F(CleanStepTest, BringsLettersToOneCaseAndForm) {
  EXPECT_EQ(Cleaned("Straße ÄÖ", {{"case", "lower"}}), "straße äö");
  EXPECT_EQ(Cleaned("äb", {{"case", "upper"}}), "ÄB");
  EXPECT_EQ(Cleaned("e\u0301", {{"unicode", "nfc"}}), "\u00e9");
  EXPECT_EQ(Cleaned("e\u0301", Json::object()), "e\u0301");
}

TEST_F(CleanStepTest, WordsAndEmptyTextsBecomeNull) {
  EXPECT_EQ(Cleaned(" \u00a0", Json::object()), std::nullopt);
  EXPECT_EQ(Cleaned("  ", {{"empty_to_null", false}}), "");
  const Json words = {{"null_words", Json::array({"NA", "n/a", "-", "it's none"})}};
  for (const char* word : {"NA", " n/a ", "-", "it's none"}) {
    EXPECT_EQ(Cleaned(word, words), std::nullopt) << word;
  }
  for (const char* word : {"na", "NAN", "--"}) EXPECT_EQ(Cleaned(word, words), word);
  // Words are brought to the case that texts are brought to.
  const Json lower = {{"null_words", Json::array({"NA"})}, {"case", "lower"}};
  EXPECT_EQ(Cleaned("Na", lower), std::nullopt);
  EXPECT_EQ(Cleaned("nan", lower), "nan");
}

TEST_F(CleanStepTest, TakesAllTextColumnsOrThoseThatAreNamed) {
  Give("t", "SELECT ' a ' AS x, ' b ' AS y, 1 AS n, DATE '2001-01-01' AS d");
  EXPECT_EQ(Columns("clean", Params(Json::object())), "x string, y string, n int32, d date");
  EXPECT_THAT(Rows("clean", Params(Json::object())), ElementsAre(Row{"a", "b", "1", "2001-01-01"}));
  EXPECT_THAT(Rows("clean", Params({{"columns", Json::array({"y"})}})),
              ElementsAre(Row{" a ", "b", "1", "2001-01-01"}));
  Give("t", "SELECT 1 AS n");
  EXPECT_THAT(Rows("clean", Params(Json::object())), ElementsAre(Row{"1"}));
}

TEST_F(CleanStepTest, CastsWhatFitsAndRefusesTheRest) {
  struct Case {
    const char *text, *type, *value;
  };
  const Case cases[] = {
      {" 12 ", "int32", "12"},
      {"-128", "int8", "-128"},
      {"128", "int8", "refused"},
      {"-1", "uint8", "refused"},
      {"12.0", "int32", "12"},
      {"12.5", "int32", "refused"},
      {"1e3", "int64", "1000"},
      {"1.5e0", "int64", "refused"},
      {"9007199254740993", "int64", "9007199254740993"},
      {"9007199254740993.5", "int64", "refused"},
      {"9223372036854775808", "int64", "refused"},
      {"twelve", "int32", "refused"},
      {"", "int32", "null"},
      {"1.25", "decimal(4,2)", "1.25"},
      {"1.250", "decimal(4,2)", "1.25"},
      {"1.255", "decimal(4,2)", "refused"},
      {"123.45", "decimal(4,2)", "refused"},
      {"12.5e-1", "decimal(4,2)", "1.25"},
      {"1e-5", "decimal(4,2)", "refused"},
      {"0.1", "float64", "0.1"},
      {"1e400", "float64", "refused"},
      {"1e40", "float32", "refused"},
      {"inf", "float64", "inf"},
      {"1,5", "float64", "refused"},
      {"yes", "bool", "true"},
      {"F", "bool", "false"},
      {"2", "bool", "refused"},
      {"2001-02-28", "date", "2001-02-28"},
      {"2001-02-30", "date", "refused"},
      {"2001-02-28 00:00:00", "date", "2001-02-28"},
      {"2001-02-28 10:00:00", "date", "refused"},
      {"28.02.2001", "date", "refused"},
      {"2001-02-28T10:00:00", "timestamp[us]", "2001-02-28 10:00:00"},
      {"2001-02-28 10:00:00.0000001", "timestamp[us]", "refused"},
      {"2001-02-28 10:00:00+02:00", "timestamp[us,utc]", "2001-02-28 08:00:00+00"},
      {"10:30", "time", "10:30:00"},
      {"2001-02-28 10:30:00", "time", "refused"},
      {"25:00", "time", "refused"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(TextAs(one.text, one.type), one.value) << one.text << " as " << one.type;
  }
}

TEST_F(CleanStepTest, CastsOtherColumnsWithoutLoss) {
  struct Case {
    const char *sql, *type, *value;
  };
  const Case cases[] = {
      {"12::BIGINT", "int8", "12"},
      {"300::BIGINT", "int8", "refused"},
      {"2.0::DOUBLE", "int32", "2"},
      {"2.5::DOUBLE", "int32", "refused"},
      {"'nan'::DOUBLE", "int32", "refused"},
      {"9007199254740993::BIGINT", "float64", "refused"},
      {"9007199254740992::BIGINT", "float64", "9007199254740992.0"},
      {"0.1::DOUBLE", "float32", "0.1"},
      {"1e40::DOUBLE", "float32", "refused"},
      {"1.25::DECIMAL(4,2)", "decimal(4,1)", "refused"},
      {"1.20::DECIMAL(4,2)", "decimal(4,1)", "1.2"},
      {"2::INTEGER", "bool", "refused"},
      {"1::INTEGER", "bool", "true"},
      {"true", "int8", "1"},
      {"TIMESTAMP '2001-02-28 00:00:00'", "date", "2001-02-28"},
      {"TIMESTAMP '2001-02-28 01:00:00'", "date", "refused"},
      {"DATE '2001-02-28'", "timestamp[us]", "2001-02-28 00:00:00"},
      {"12::INTEGER", "string", "12"},
      {"NULL::INTEGER", "int8", "null"},
      {"12::INTEGER", "int32", "12"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(AsType(one.sql, one.type), one.value) << one.sql << " as " << one.type;
  }
}

TEST_F(CleanStepTest, ReadsNumbersWithOtherMarks) {
  const Json german = {{"decimal", ","}, {"thousands", "."}};
  EXPECT_EQ(TextAs("1.234.567,5", "float64", german), "1234567.5");
  EXPECT_EQ(TextAs("-1234,5", "float64", german), "-1234.5");
  EXPECT_EQ(TextAs("1.234", "int32", german), "1234");
  EXPECT_EQ(TextAs(",5", "decimal(4,2)", german), "0.50");
  // A point that parts no thousands is not what was meant.
  EXPECT_EQ(TextAs("1.2", "float64", german), "refused");
  EXPECT_EQ(TextAs("1.2345", "float64", german), "refused");
  EXPECT_EQ(TextAs("1,5", "int32", german), "refused");
  EXPECT_EQ(TextAs("1.5", "float64", {{"decimal", ","}}), "refused");
  EXPECT_EQ(TextAs("1'000.5", "float64", {{"thousands", "'"}}), "1000.5");
  EXPECT_EQ(TextAs("1 000", "int32", {{"thousands", " "}}), "1000");
  EXPECT_EQ(TextAs("", "int32", german), "null");
}

TEST_F(CleanStepTest, ReadsSeveralColumnsWithOtherMarks) {
  Give("t",
       "SELECT * FROM (VALUES ('1,5', 'x', '2.000', NULL), ('1.5', 'y', '3', '4,25'), "
       "(NULL, 'z', '1,5', '7')) t(a, b, c, d)");
  const Json params = Params({{"cast", Pairs({{"c", "int32"}, {"a", "float64"}, {"d", "float32"}})},
                              {"decimal", ","},
                              {"thousands", "."}});
  EXPECT_EQ(Columns("clean", params), "a float64, b string, c int32, d float32");
  EXPECT_THAT(Rows("clean", params), ElementsAre(Row{"1.5", "x", "2000", std::nullopt}));
  EXPECT_THAT(Refused("clean", params),
              ElementsAre(Row{"1.5", "y", "3", "4,25", "a: no float64"},
                          Row{std::nullopt, "z", "1,5", "7", "c: no int32"}));
}

TEST_F(CleanStepTest, RefusedRowsAreThoseThatCameWithAReasonForEachColumn) {
  Give("t",
       "SELECT * FROM (VALUES (1, ' x ', ' 12 ', '2001-01-01'), (2, 'y', '1.5', 'soon'), "
       "(3, 'z ', 'NA', 'later'), (4, 'q', NULL, NULL)) t(id, name, delay, day)");
  const Json params = Params({{"null_words", Json::array({"NA"})},
                              {"cast", Pairs({{"delay", "int32"}, {"day", "date"}})}});
  EXPECT_EQ(Columns("clean", params), "id int32, name string, delay int32, day date");
  EXPECT_THAT(Rows("clean", params), ElementsAre(Row{"1", "x", "12", "2001-01-01"},
                                                 Row{"4", "q", std::nullopt, std::nullopt}));
  EXPECT_THAT(Refused("clean", params),
              ElementsAre(Row{"2", "y", "1.5", "soon", "delay: no int32; day: no date"},
                          Row{"3", "z ", "NA", "later", "day: no date"}));
}

TEST_F(CleanStepTest, AColumnThatIsOnlyCastIsTakenAsItIs) {
  Give("t", "SELECT '' AS a, 'NA' AS b");
  const Json params = Params({{"columns", Json::array({"b"})},
                              {"null_words", Json::array({"NA"})},
                              {"cast", Pairs({{"a", "int32"}, {"b", "int32"}})}});
  EXPECT_THAT(Refused("clean", params), ElementsAre(Row{"", "NA", "a: no int32"}));
  EXPECT_TRUE(FindStep("clean")->info.refuses(params));
  EXPECT_FALSE(FindStep("clean")->info.refuses(Params(Json::object())));
}

TEST_F(CleanStepTest, NamesWhatItCannotDo) {
  Give("t", "SELECT 1 AS n, 'x' AS name, DATE '2001-01-01' AS day");
  EXPECT_EQ(Mistake("clean", Params({{"columns", Json::array({"nam"})}})),
            "`t` has no column: nam (did you mean name?)");
  EXPECT_EQ(Mistake("clean", Params({{"columns", Json::array({"n"})}})),
            "`n` of `t` is no text: it is int32 (take it out of `columns`; a `cast` does not need "
            "it there)");
  EXPECT_EQ(Mistake("clean", Params({{"cast", Pairs({{"day", "int32"}})}})),
            "`day` of `t` is date, which cannot become int32 (make it by an expression in a derive "
            "step)");
  EXPECT_EQ(Mistake("clean", Params({{"cast", Pairs({{"dy", "int32"}})}})),
            "`t` has no column: dy (did you mean day?)");
  EXPECT_EQ(Misdeclared("clean", Params({{"cast", Pairs({{"n", "in32"}})}})),
            "cast: n: no such type: in32");
  EXPECT_THAT(Misdeclared("clean", Params({{"decimal", ","}})), HasSubstr("without a `cast`"));
  const Json cast = Pairs({{"n", "int32"}});
  for (const char* mark : {"", "1", "..", "-", "e"}) {
    EXPECT_THAT(Misdeclared("clean", Params({{"cast", cast}, {"thousands", mark}})),
                AllOf(HasSubstr("no mark within a number: thousands"), HasSubstr(mark)));
  }
  EXPECT_THAT(Misdeclared("clean", Params({{"cast", cast}, {"thousands", "."}})),
              HasSubstr("the same mark"));
  EXPECT_EQ(Misdeclared("clean", Params({{"cast", cast}, {"decimal", ","}, {"thousands", "."}})),
            "");
}

TEST_F(CleanStepTest, EachRowIsTracedToItsOwn) {
  Give("t", "SELECT ' 1 ' AS c UNION ALL SELECT 'x' UNION ALL SELECT '3'");
  const auto sql =
      StepSql(*FindStep("clean"), {Params({{"cast", Pairs({{"c", "int32"}})}}), inputs});
  const auto trace = engine->TraceRows(*sql, {{"t", inputs[0].table, {"c"}}});
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ(trace->kind, engine::Trace::Kind::kRowLocal) << trace->reason;
  EXPECT_THAT(engine->Query(trace->query)->rows, ElementsAre(Row{"1", "0"}, Row{"3", "2"}));
}

}  // namespace
}  // namespace assay::step
