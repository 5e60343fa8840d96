#include "feedback/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/class_text.h"
#include "engine/sql_text.h"
#include "feedback/class_sql.h"
#include "feedback/test_stream.h"

namespace assay::feedback {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ImportTest : public testing::Test {
 protected:
  TestStream late_;
};

std::vector<std::string> Texts(const std::vector<std::optional<std::string>>& row) {
  std::vector<std::string> texts;
  for (const auto& cell : row) texts.push_back(cell.value_or("null"));
  return texts;
}

constexpr auto kGood = "id,time,prediction,score,hour\n007,2001-05-01T09:00:00Z,True,0.5,8\n";

TEST_F(ImportTest, PredictionsBecomeCanonicalRows) {
  const auto imported = late_.Import("p.csv", kGood);
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  EXPECT_EQ(imported->kind, "prediction");
  EXPECT_EQ(imported->rows, 1U);
  EXPECT_EQ(imported->location, "p.csv");
  EXPECT_TRUE(imported->is_new);
  const engine::Grid grid = late_.NewestRows();
  EXPECT_THAT(FieldNames(grid.schema),
              ElementsAre("id", "time", "prediction", "score", "model", "hour"));
  EXPECT_THAT(Texts(grid.rows[0]),
              ElementsAre("007", "2001-05-01 09:00:00", "true", "0.5", "late", "8"));
  EXPECT_EQ(TypeText(grid.schema[1].type), "timestamp[us]");
  EXPECT_EQ(TypeText(grid.schema[5].type), "int64");
}

TEST_F(ImportTest, TheSameFileAgainIsNothingNew) {
  late_.NeedImport("p.csv", kGood);
  const auto again = late_.Import("other.csv", kGood);
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->created_at, "2026-01-31T09:00:01Z");
  EXPECT_EQ(store::FeedbackLog(late_.session.catalog()).Batches("", "")->size(), 1U);
  EXPECT_EQ(late_.session.catalog().Events("")->size(), 1U);
  EXPECT_EQ((*late_.session.catalog().Events(""))[0].type, "feedback.imported");
}

TEST_F(ImportTest, AFileIsCalledByANameThatIsGiven) {
  const auto file = late_.folder.Write("p.csv", kGood);
  const auto imported = ImportFile(late_.session, late_.stream, file, "", "a table");
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  EXPECT_EQ(imported->location, "a table");
  const auto wrong = ImportFile(late_.session, late_.stream, file, "", "\xff");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().message, "a name is no UTF-8: \\xff");
}

TEST_F(ImportTest, LeavesNothingInStaging) {
  late_.NeedImport("p.csv", kGood);
  EXPECT_NE(late_.RefusalOf("q.csv", "id,time,outcome\n1,x,1\n"), "taken");
  EXPECT_TRUE(std::filesystem::is_empty(late_.session.root() / "staging"));
}

TEST_F(ImportTest, ReadsJsonLines) {
  const auto imported = late_.Import(
      "p.jsonl",
      "{\"id\": 18446744073709551617, \"time\": \"2001-05-01 09:00:00 -0500\", \"prediction\": 1.0,"
      " \"score\": 1e-3, \"model\": \"late@v2\", \"f\": \"x\"}\n"
      "{\"prediction\": true, \"time\": \"2001-05-01\", \"id\": \"b\", \"score\": null}\n");
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  const engine::Grid grid = late_.NewestRows();
  ASSERT_EQ(grid.rows.size(), 2U);
  EXPECT_THAT(Texts(grid.rows[0]), ElementsAre("18446744073709551617", "2001-05-01 14:00:00", "1",
                                               "0.001", "late@v2", "x"));
  EXPECT_THAT(Texts(grid.rows[1]),
              ElementsAre("b", "2001-05-01 00:00:00", "true", "null", "late", "null"));
}

TEST_F(ImportTest, ReadsParquetWithTypes) {
  engine::Engine* engine = *late_.session.Engine();
  const auto staged = late_.session.objects().StagingPath(".parquet");
  ASSERT_TRUE(engine
                  ->CopyToParquet("SELECT 3 AS flight, TIMESTAMPTZ '2001-05-01 09:00:00+02' AS at, "
                                  "2.0::DOUBLE AS outcome, 'x' AS more",
                                  staged)
                  .ok());
  std::filesystem::copy_file(staged, late_.folder / "o.parquet");
  late_.stream.id = "flight";
  late_.stream.time = "at";
  const auto imported = ImportFile(late_.session, late_.stream, late_.folder / "o.parquet", "");
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  const engine::Grid grid = late_.NewestRows();
  EXPECT_THAT(FieldNames(grid.schema), ElementsAre("id", "time", "outcome"));
  EXPECT_THAT(Texts(grid.rows[0]), ElementsAre("3", "2001-05-01 07:00:00", "2"));
}

TEST_F(ImportTest, OneFileMayHoldBothKinds) {
  const std::string both = "id,time,prediction,outcome\n1,2001-05-01,1,0\n";
  EXPECT_THAT(late_.RefusalOf("b.csv", both), HasSubstr("both `prediction` and `outcome`"));
  EXPECT_TRUE(late_.Import("b.csv", both, "prediction")->is_new);
  EXPECT_THAT(FieldNames(late_.NewestRows().schema),
              ElementsAre("id", "time", "prediction", "score", "model"));
  EXPECT_TRUE(late_.Import("b.csv", both, "outcome")->is_new);
  EXPECT_FALSE(late_.Import("b.csv", both, "outcome")->is_new);
}

TEST_F(ImportTest, AWrongRowRefusesTheFile) {
  EXPECT_EQ(late_.RefusalOf("p.csv",
                            "id,time,prediction,score,model\n"
                            "1,2001-05-01T09:00:00Z,true,1.5,\n"
                            ",2001-05-01,true,nan,\n"
                            "3,yesterday,true,abc,\n"
                            "4,,true,0.1,\n"
                            "5,2001-13-01,,0.1,\n"
                            "6,2001-12-01,,0.1,\n"
                            "7,2001-12-01,1,0.1,m\n"),
            "p.csv is refused: 6 of 7 rows are wrong\n"
            "  row 1: score is not between 0 and 1: 1.5\n"
            "  row 2: id is missing\n"
            "  row 3: time is no moment: yesterday\n"
            "  row 4: time is missing\n"
            "  row 5: time is no moment: 2001-13-01 | "
            "mend these rows and try again; nothing of it was taken");
  EXPECT_EQ(store::FeedbackLog(late_.session.catalog()).Batches("", "")->size(), 0U);
}

TEST_F(ImportTest, EachReasonIsTold) {
  const auto reason = [&](const std::string& row) {
    const std::string refusal =
        late_.RefusalOf("p.csv", "id,time,prediction,score,model\n" + row + "\n");
    const std::size_t at = refusal.find("row 1: ");
    return at == std::string::npos ? refusal : refusal.substr(at + 7, refusal.find(" | ") - at - 7);
  };
  EXPECT_EQ(reason("1,2001-05-01,a,x,m"), "score is no number: x");
  EXPECT_EQ(reason("1,2001-05-01,a,nan,m"), "score is not between 0 and 1: nan");
  EXPECT_EQ(reason("1,2001-05-01,a,inf,m"), "score is not between 0 and 1: inf");
  EXPECT_EQ(reason("1,2001-05-01,a,-0.1,m"), "score is not between 0 and 1: -0.1");
  EXPECT_EQ(reason("1,2001-05-01,,0.5,m"), "prediction is missing");
  EXPECT_EQ(reason("1,01/02/2001,a,0.5,m"), "time is no moment: 01/02/2001");
  EXPECT_EQ(reason("1,infinity,a,0.5,m"), "time is no moment: infinity");
  EXPECT_EQ(reason("1,9999-12-31T23:59:59-01:00,a,0.5,m"),
            "time is no moment: 9999-12-31T23:59:59-01:00");
  EXPECT_EQ(reason("1,0000-01-01,a,0.5,m"), "time is no moment: 0000-01-01");
}

TEST_F(ImportTest, NotANumberIsNoClass) {
  engine::Engine* engine = *late_.session.Engine();
  const auto staged = late_.session.objects().StagingPath(".parquet");
  ASSERT_TRUE(engine
                  ->CopyToParquet(
                      "SELECT 3 AS id, DATE '2001-05-01' AS time, 'nan'::DOUBLE AS outcome", staged)
                  .ok());
  std::filesystem::copy_file(staged, late_.folder / "o.parquet");
  const auto imported = ImportFile(late_.session, late_.stream, late_.folder / "o.parquet", "");
  ASSERT_FALSE(imported.ok());
  EXPECT_THAT(imported.error().message, HasSubstr("row 1: outcome is no number: nan"));
}

TEST_F(ImportTest, WrongTypesNameTheColumn) {
  engine::Engine* engine = *late_.session.Engine();
  const auto refusal = [&](const std::string& query) {
    const auto staged = late_.session.objects().StagingPath(".parquet");
    EXPECT_TRUE(engine->CopyToParquet("SELECT " + query, staged).ok());
    const auto file = late_.folder / "t.parquet";
    std::filesystem::copy_file(staged, file, std::filesystem::copy_options::overwrite_existing);
    const auto imported = ImportFile(late_.session, late_.stream, file, "");
    return imported.ok() ? "taken" : imported.error().message;
  };
  const std::string when = "DATE '2001-05-01' AS time, ";
  EXPECT_EQ(refusal("1.5 AS id, " + when + "1 AS outcome"),
            "t.parquet has a column `id` that is no text or whole number: decimal(2,1)");
  EXPECT_EQ(refusal("1 AS id, 5 AS time, 1 AS outcome"),
            "t.parquet has a column `time` that is no moment such as 2001-05-01T09:00:00Z: int32");
  EXPECT_EQ(refusal("1 AS id, " + when + "[1] AS outcome"),
            "t.parquet has a column `outcome` that is no text, number or truth value: list<int32>");
  EXPECT_EQ(refusal("1 AS id, " + when + "1 AS prediction, true AS score"),
            "t.parquet has a column `score` that is no number: bool");
  EXPECT_EQ(refusal("1 AS id, " + when + "1 AS prediction, 2 AS model"),
            "t.parquet has a column `model` that is no text: int32");
  EXPECT_EQ(refusal("1 AS id, " + when + "1 AS prediction, '' AS model"),
            "t.parquet is refused: 1 of 1 row is wrong\n  row 1: model is empty");
}

TEST_F(ImportTest, SaysWhichColumnIsMissing) {
  EXPECT_EQ(late_.RefusalOf("p.csv", "idd,time,outcome\n1,2001-05-01,1\n"),
            "p.csv has no column `id` | did you mean idd?");
  EXPECT_EQ(late_.RefusalOf("p.csv", "id,outcome\n1,1\n"),
            "p.csv has no column `time` | its columns are: id, outcome");
  EXPECT_THAT(late_.RefusalOf("p.csv", "id,time\n1,2001-05-01\n"),
              HasSubstr("p.csv has neither `prediction` nor `outcome` | predictions have"));
  EXPECT_THAT(late_.RefusalOf("p.csv", "id,time,outcome\n1,2001-05-01,1\n", "prediction"),
              HasSubstr("p.csv has no column `prediction` | its columns are id, time, outcome"));
  late_.stream.id = "flight";
  EXPECT_THAT(late_.RefusalOf("p.csv", "flight,id,time,prediction\n1,2,2001-05-01,1\n"),
              HasSubstr("p.csv has a column `id` beside the one that stream `late` takes for it: "
                        "flight"));
}

TEST_F(ImportTest, FilesWithoutRowsAreRefused) {
  EXPECT_THAT(late_.RefusalOf("p.csv", "id,time,outcome\n"), HasSubstr("p.csv has no rows"));
  EXPECT_THAT(late_.RefusalOf("p.csv", ""), HasSubstr("p.csv has no first line"));
  EXPECT_THAT(late_.RefusalOf("p.jsonl", ""), HasSubstr("p.jsonl is empty"));
  EXPECT_THAT(late_.RefusalOf("p.parquet", ""), HasSubstr("p.parquet is empty"));
  EXPECT_THAT(late_.RefusalOf("p.parquet", "PAR1PAR1"), HasSubstr("p.parquet is cut short"));
}

TEST_F(ImportTest, LinesThatAreNoObjectsAreTold) {
  EXPECT_EQ(late_.RefusalOf("p.jsonl",
                            "not\n{\"id\": [1], \"time\": \"2001-05-01\", \"outcome\": 1}\n[1]\n"
                            "{\"id\": 1, \"time\": \"2001-05-01\", \"outcome\": 1}\n"),
            "p.jsonl is refused: 3 of 4 rows are wrong\n"
            "  row 1: is no JSON\n"
            "  row 2: id is no single value\n"
            "  row 3: is no JSON object | "
            "mend these rows and try again; nothing of it was taken");
}

TEST_F(ImportTest, CellsThatDoNotFitTheHeaderAreTold) {
  EXPECT_THAT(late_.RefusalOf("p.csv", "id,time,outcome\n1,2001-05-01,1\n2,2001-05-01\n"),
              HasSubstr("p.csv is refused: 1 of 2 rows is wrong\n  line 3: "));
}

TEST_F(ImportTest, ReservedNamesOfFeaturesAreRefused) {
  EXPECT_THAT(late_.RefusalOf("p.csv", "id,time,prediction,_assay_row\n1,2001-05-01,1,2\n"),
              HasSubstr("a name that Assay keeps for itself: _assay_row"));
}

TEST_F(ImportTest, OtherFilesAreRefused) {
  EXPECT_THAT(late_.RefusalOf("p.txt", "x"), HasSubstr("the suffix does not tell"));
  const auto missing = ImportFile(late_.session, late_.stream, late_.folder / "no.csv", "");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kIo);
  const auto folder = ImportFile(late_.session, late_.stream, late_.folder.path(), "");
  EXPECT_THAT(folder.error().message, HasSubstr("not a file: "));
}

TEST_F(ImportTest, ClassesAreOneSpellingInSqlToo) {
  for (const char* const text : {"True", "FALSE", "true", "1.0", "-3.00", "0.0", "-0", "-0.0", "1",
                                 "0.5", "007", "007.0", "1.", ".0", "1e2", "truely", "v1.0", ""}) {
    const auto grid =
        (*late_.session.Engine())->Query("SELECT " + ClassSql(engine::QuoteText(text)));
    ASSERT_TRUE(grid.ok()) << grid.error().message;
    EXPECT_EQ(*grid->rows[0][0], contract::ClassText(text)) << text;
  }
}

}  // namespace
}  // namespace assay::feedback
