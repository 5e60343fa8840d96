#include "feedback/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedback/report_html.h"
#include "feedback/test_stream.h"

namespace assay::feedback {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ReportTest : public testing::Test {
 protected:
  std::string ErrorOf(const ReportOptions& options) {
    const auto report = MakeReport(late_.session, late_.stream, options);
    return report.ok() ? "made" : report.error().message + " | " + report.error().hint;
  }

  TestStream late_;
};

std::vector<std::string> WindowsOf(const std::vector<Quality>& all) {
  std::vector<std::string> windows;
  for (const Quality& quality : all) windows.push_back(quality.slice + "/" + quality.window);
  return windows;
}

TEST_F(ReportTest, JoinsByIdAndCountsWhatWaits) {
  late_.NeedImport("p.csv",
                   "id,time,prediction,score\n"
                   "1,2001-05-01,1,0.9\n2,2001-05-02,0,0.2\n3,2001-06-01,1,0.6\n");
  late_.NeedImport("o.csv", "id,time,outcome\n1,2001-05-03,1\n2,2001-09-09,1\n77,2001-05-01,1\n");
  const Report report = late_.NeedReport();
  EXPECT_EQ(report.predictions, 3U);
  EXPECT_EQ(report.outcomes, 3U);
  EXPECT_EQ(report.unmatched, 1U);
  EXPECT_EQ(report.all.joined, 2U);
  EXPECT_EQ(report.all.waiting, 1U);
  EXPECT_EQ(*report.all.positive_share, 1);
  EXPECT_EQ(*report.all.metrics.Of("accuracy"), 0.5);
  EXPECT_THAT(WindowsOf(report.windows), ElementsAre("/2001-05", "/2001-06"));
  EXPECT_EQ(report.windows[0].joined, 2U);
  EXPECT_EQ(report.windows[1].waiting, 1U);
  EXPECT_THAT(report.notes, ElementsAre("ROC AUC is undefined: all outcomes are of one class"));
}

TEST_F(ReportTest, TheFirstPredictionCounts) {
  late_.NeedImport("p.csv",
                   "id,time,prediction,score\n"
                   "1,2001-05-02,0,0.2\n"    // later in time
                   "1,2001-05-01,1,0.9\n"    // counts
                   "1,2001-05-01,1,0.9\n"    // the same
                   "1,2001-05-01,0,0.3\n");  // of one time, but later in the file
  late_.NeedImport("q.csv", "id,time,prediction,score\n1,2001-05-01,1,0.9\n2,2001-05-01,1,0.9\n");
  late_.NeedImport("o.csv", "id,time,outcome\n1,2001-05-03,1\n2,2001-05-03,1\n");
  const Report report = late_.NeedReport();
  EXPECT_EQ(report.predictions, 2U);
  EXPECT_EQ(report.repeated, 2U);
  EXPECT_EQ(report.conflicts, 2U);
  EXPECT_EQ(*report.all.metrics.Of("accuracy"), 1);
}

TEST_F(ReportTest, OneIdOfTwoModelsIsTwoPredictions) {
  late_.NeedImport("p.csv",
                   "id,time,prediction,model\n1,2001-05-01,1,a\n1,2001-05-01,0,b\n"
                   "2,2001-05-01,0,\n");
  late_.NeedImport("o.csv", "id,time,outcome\n1,2001-05-03,1\n2,2001-05-03,1\n");
  const Report report = late_.NeedReport();
  EXPECT_EQ(report.predictions, 3U);
  EXPECT_EQ(report.conflicts, 0U);
  ASSERT_EQ(report.models.size(), 3U);
  EXPECT_EQ(report.models[2].model, "late");
  ReportOptions options;
  options.model = "a";
  const Report of_a = late_.NeedReport(options);
  EXPECT_EQ(of_a.predictions, 1U);
  EXPECT_EQ(*of_a.all.metrics.Of("accuracy"), 1);
  EXPECT_EQ(of_a.unmatched, 0U);
  options.model = "c";
  EXPECT_THAT(ErrorOf(options), HasSubstr("stream late has no such prediction of model: c"));
}

TEST_F(ReportTest, AModelIsKnownByItsIdToo) {
  late_.NeedImport("p.csv",
                   "id,time,prediction,model\n1,2001-05-01,1,late@v1\n2,2001-05-01,1,abc\n"
                   "3,2001-05-01,1,late@v2\n4,2001-05-01,1,\n");
  ReportOptions options;
  options.model = "late@v1";
  EXPECT_EQ(late_.NeedReport(options).predictions, 1U);
  EXPECT_EQ(late_.NeedReport(options).of_others, 3U);
  options.model_id = "abc";
  const Report both = late_.NeedReport(options);
  EXPECT_EQ(both.predictions, 2U);
  EXPECT_EQ(both.of_others, 2U);
  EXPECT_EQ(both.model, "late@v1");
}

TEST_F(ReportTest, AllCountWhereNoPredictionNamesAModel) {
  late_.NeedImport("p.csv", "id,time,prediction\n1,2001-05-01,1\n2,2001-05-01,1\n");
  ReportOptions options;
  options.model = "late@v1";
  EXPECT_THAT(ErrorOf(options), HasSubstr("no such prediction of model: late@v1"));
  options.or_unnamed = true;
  const Report report = late_.NeedReport(options);
  EXPECT_EQ(report.predictions, 2U);
  EXPECT_EQ(report.of_others, 0U);
  EXPECT_EQ(report.model, "");
  // One that does is enough, though it came later.
  late_.NeedImport("n.csv", "id,time,prediction,model\n3,2001-05-02,1,late@v1\n");
  EXPECT_EQ(late_.NeedReport(options).predictions, 1U);
  EXPECT_EQ(late_.NeedReport(options).of_others, 2U);
  options.as_of = "2001-05-01";
  EXPECT_EQ(late_.NeedReport(options).predictions, 2U);
}

TEST_F(ReportTest, TheLatestOutcomeCounts) {
  late_.NeedImport("p.csv", "id,time,prediction\n1,2001-05-01,1\n2,2001-05-01,1\n");
  late_.NeedImport("o.csv",
                   "id,time,outcome\n1,2001-05-04,1\n1,2001-05-03,0\n1,2001-05-04,1\n"
                   "2,2001-05-04,0\n");
  late_.NeedImport("r.csv", "id,time,outcome\n2,2001-05-04,1\n");  // of one time: arrived last
  const Report report = late_.NeedReport();
  EXPECT_EQ(report.outcomes, 2U);
  EXPECT_EQ(report.repeated_outcomes, 1U);
  EXPECT_EQ(report.corrected, 2U);
  EXPECT_EQ(*report.all.metrics.Of("accuracy"), 1);
}

TEST_F(ReportTest, AnOutcomeFromBeforeItsPredictionIsLeftOut) {
  late_.NeedImport("p.csv", "id,time,prediction\n1,2001-05-02,1\n2,2001-05-02,1\n3,2001-05-02,1\n");
  late_.NeedImport("o.csv",
                   "id,time,outcome\n"
                   "1,2001-05-01,0\n"                  // early
                   "2,2001-05-01,0\n2,2001-05-03,1\n"  // corrected later
                   "3,2001-05-02,1\n");                // of the same moment
  const Report report = late_.NeedReport();
  EXPECT_EQ(report.all.early, 1U);
  EXPECT_EQ(report.all.joined, 2U);
  EXPECT_EQ(report.all.waiting, 1U);
  EXPECT_EQ(report.unmatched, 0U);
  EXPECT_EQ(*report.all.metrics.Of("accuracy"), 1);
}

TEST_F(ReportTest, ReadsBatchesAndEventsTogether) {
  EXPECT_THAT(late_.Put(R"([{"id": 1, "time": "2001-05-01T00:00:00.5Z", "prediction": 1,
                             "score": 0.75, "features": {"origin": "ORD", "n": 5}},
                            {"id": 1, "time": "2001-05-05", "outcome": true}])"),
              ElementsAre(true, true));
  late_.NeedImport("p.csv",
                   "id,time,prediction,score,origin\n"
                   "1,2001-05-01T00:00:00.5Z,1,0.75,LAX\n"  // the event came first
                   "2,2001-05-01,0,0.25,LAX\n");
  EXPECT_THAT(late_.Put(R"([{"id": 2, "time": "2001-05-05", "outcome": 0.0},
                            {"id": 1, "time": "2001-05-06", "outcome": 1}])"),
              ElementsAre(true, true));
  ReportOptions options;
  options.slices = {"origin"};
  const Report report = late_.NeedReport(options);
  EXPECT_EQ(report.predictions, 2U);
  EXPECT_EQ(report.repeated, 1U);
  EXPECT_EQ(report.corrected, 1U);
  EXPECT_EQ(*report.all.metrics.Of("accuracy"), 1);
  EXPECT_EQ(*report.all.metrics.Of("roc_auc"), 1);
  EXPECT_EQ(*report.all.metrics.Of("brier_score"), 0.0625);
  ASSERT_EQ(report.slices.size(), 1U);
  EXPECT_THAT(WindowsOf(report.slices[0].windows), ElementsAre("LAX/2001-05", "ORD/2001-05"));
  options.slices = {"n"};
  EXPECT_THAT(WindowsOf(late_.NeedReport(options).slices[0].slices), ElementsAre("/", "5/"));
}

TEST_F(ReportTest, EventsAloneAreEnough) {
  late_.Put(R"([{"id": 1, "time": "2001-05-01", "prediction": 1, "score": 0.1},
                {"id": 1, "time": "2001-05-05", "outcome": 1}])");
  const Report report = late_.NeedReport();
  EXPECT_EQ(report.all.joined, 1U);
  EXPECT_EQ(*report.all.metrics.Of("calibration_error"), 0.9);
}

TEST_F(ReportTest, WindowsAreOfTheTimeInUtc) {
  late_.NeedImport("p.csv",
                   "id,time,prediction\n1,2020-12-31T23:30:00-01:00,1\n2,2021-01-03T23:59:59Z,1\n"
                   "3,2021-01-04,1\n4,1969-12-31,1\n");
  ReportOptions options;
  EXPECT_THAT(WindowsOf(late_.NeedReport(options).windows), ElementsAre("/1969-12", "/2021-01"));
  options.by = "week";
  EXPECT_THAT(WindowsOf(late_.NeedReport(options).windows),
              ElementsAre("/1970-W01", "/2020-W53", "/2021-W01"));
  options.by = "day";
  EXPECT_THAT(WindowsOf(late_.NeedReport(options).windows),
              ElementsAre("/1969-12-31", "/2021-01-01", "/2021-01-03", "/2021-01-04"));
}

TEST_F(ReportTest, AWindowIsComparedWithTheOneBeforeThatHasOutcomes) {
  late_.NeedImport("p.csv",
                   "id,time,prediction,score\n1,2001-05-01,1,0.9\n2,2001-05-01,0,0.1\n"
                   "3,2001-06-01,1,0.9\n4,2001-07-01,1,0.8\n5,2001-07-01,1,0.9\n");
  late_.NeedImport("o.csv",
                   "id,time,outcome\n1,2001-08-01,1\n2,2001-08-01,0\n4,2001-08-01,1\n"
                   "5,2001-08-01,1\n");
  const Report report = late_.NeedReport();
  EXPECT_EQ(report.windows[0].before, "");
  EXPECT_EQ(report.windows[1].before, "");
  EXPECT_EQ(report.windows[2].before, "2001-05");
  EXPECT_EQ(*report.windows[2].positive_share_before, 0.5);
  const Json json = ReportJson(report);
  const Json& change = json["windows"][2]["change"];
  EXPECT_EQ(change["since"], "2001-05");
  EXPECT_EQ(change["positive_share"], 0.5);
  EXPECT_EQ(change["metrics"]["accuracy"]["is"], "same");
  EXPECT_EQ(change["metrics"]["log_loss"]["is"], "worse");
  EXPECT_FALSE(change["metrics"].contains("roc_auc"));
  EXPECT_EQ(json["windows"][2]["metrics"]["roc_auc"], nullptr);
  EXPECT_EQ(json["windows"][2]["undefined"]["roc_auc"], "all outcomes are of one class");
  EXPECT_EQ(json["better_is"]["log_loss"], "lower");
}

TEST_F(ReportTest, SlicesAreThoseOfTheStreamUnlessNamed) {
  late_.stream.slices = {"origin"};
  late_.NeedImport("p.csv", "id,time,prediction,origin,hour\n1,2001-05-01,1,ORD,8\n");
  late_.NeedImport("q.csv", "id,time,prediction\n2,2001-05-01,1\n");
  late_.NeedImport("o.csv", "id,time,outcome\n1,2001-05-02,1\n2,2001-05-02,0\n");
  const Report report = late_.NeedReport();
  ASSERT_EQ(report.slices.size(), 1U);
  EXPECT_THAT(WindowsOf(report.slices[0].slices), ElementsAre("/", "ORD/"));
  EXPECT_EQ(*report.slices[0].slices[1].metrics.Of("accuracy"), 1);
  ReportOptions options;
  options.slices = {"hour", "model"};
  const Report other = late_.NeedReport(options);
  EXPECT_EQ(other.slices[0].column, "hour");
  EXPECT_THAT(WindowsOf(other.slices[1].slices), ElementsAre("late/"));
  options.slices = {"orign"};
  EXPECT_EQ(ErrorOf(options),
            "no prediction has the column to slice by: orign | did you mean origin?");
  options.slices = {"prediction"};
  EXPECT_THAT(ErrorOf(options), HasSubstr("no prediction has the column to slice by: prediction"));
}

TEST_F(ReportTest, ASliceColumnWithoutAnyFeatureIsToldSo) {
  late_.NeedImport("p.csv", "id,time,prediction\n1,2001-05-01,1\n");
  ReportOptions options;
  options.slices = {"origin"};
  EXPECT_EQ(ErrorOf(options),
            "no prediction has the column to slice by: origin | "
            "predictions were imported without further columns");
}

TEST_F(ReportTest, AStreamWithoutPredictionsIsAnError) {
  EXPECT_EQ(ErrorOf({}),
            "no prediction of this stream is there yet: late | "
            "`assay feedback import FILE` imports some");
}

TEST_F(ReportTest, TellsWhatWasKnownThen) {
  late_.NeedImport("p.csv", "id,time,prediction\n1,2001-05-01,1\n2,2001-06-01,1\n");
  late_.NeedImport("o.csv", "id,time,outcome\n1,2001-05-03,1\n1,2001-05-09,0\n");
  ReportOptions options;
  options.as_of = "2001-05-08T02:00:00+02:00";
  const Report report = late_.NeedReport(options);
  EXPECT_EQ(report.predictions, 1U);
  EXPECT_EQ(*report.all.metrics.Of("accuracy"), 1);
  options.as_of = "2000-01-01";
  EXPECT_THAT(ErrorOf(options), HasSubstr("stream late has no such prediction"));
  options.as_of = "May";
  EXPECT_THAT(ErrorOf(options), HasSubstr("not a date or timestamp: May"));
}

TEST_F(ReportTest, ManyClassesHaveAccuracyAndARowEach) {
  late_.stream.positive = "";
  late_.NeedImport("p.csv",
                   "id,time,prediction,score\n1,2001-05-01,cat,0.5\n2,2001-05-01,dog,0.5\n"
                   "3,2001-05-01,cat,\n");
  late_.NeedImport("o.csv",
                   "id,time,outcome\n1,2001-05-02,cat\n2,2001-05-02,fox\n3,2001-05-02,cat\n");
  const Report report = late_.NeedReport();
  EXPECT_DOUBLE_EQ(*report.all.metrics.Of("accuracy"), 2.0 / 3);
  EXPECT_FALSE(report.all.metrics.Of("roc_auc"));
  EXPECT_FALSE(report.all.positive_share);
  ASSERT_EQ(report.all.classes.size(), 3U);
  EXPECT_EQ(report.all.classes[0].name, "cat");
  EXPECT_EQ(*report.all.classes[0].precision, 1);
  EXPECT_THAT(report.notes,
              ElementsAre("scores are not judged: the stream declares no `positive` outcome"));
}

TEST_F(ReportTest, SaysWhenThePositiveClassIsNowhere) {
  late_.stream.positive = "late";
  late_.NeedImport("p.csv", "id,time,prediction\n1,2001-05-01,1\n");
  late_.NeedImport("o.csv", "id,time,outcome\n1,2001-05-02,1\n");
  EXPECT_THAT(
      late_.NeedReport().notes,
      testing::Contains("no prediction and no outcome is the positive one, late; outcomes are 1"));
}

TEST_F(ReportTest, SaysWhenOutcomesAreWrittenOtherwise) {
  late_.NeedImport("p.csv", "id,time,prediction\n1,2001-05-01,True\n2,2001-05-01,False\n");
  late_.NeedImport("o.csv", "id,time,outcome\n1,2001-05-02,1\n2,2001-05-02,0\n");
  EXPECT_THAT(late_.NeedReport().notes,
              testing::Contains("no outcome is a class that was predicted: predicted were false, "
                                "true; outcomes are 0, 1"));
}

TEST_F(ReportTest, MeasuresAreNoClasses) {
  std::string text = "id,time,prediction\n";
  for (int i = 0; i <= 1000; ++i) {
    text += std::to_string(i) + ",2001-05-01," + std::to_string(i) + ".5\n";
  }
  late_.NeedImport("p.csv", text);
  EXPECT_THAT(ErrorOf({}), HasSubstr("at most 1000 classes of prediction, and there are: 1001"));
}

TEST_F(ReportTest, TooManySlicesAreRefused) {
  std::string text = "id,time,prediction,n\n";
  for (int i = 0; i <= 1000; ++i)
    text += std::to_string(i) + ",2001-05-01,1," + std::to_string(i) + "\n";
  late_.NeedImport("p.csv", text);
  ReportOptions options;
  options.slices = {"n"};
  EXPECT_THAT(ErrorOf(options),
              HasSubstr("at most 1000 slices, `n` has more, and there are: 1001"));
}

TEST_F(ReportTest, IsTheSameForAnyNumberOfThreads) {
  std::string predictions = "id,time,prediction,score,g\n";
  std::string outcomes = "id,time,outcome\n";
  for (int i = 0; i < 20000; ++i) {
    const std::string id = std::to_string(i);
    const int score = (i * 7919) % 9973;
    predictions += id + ",2001-0" + std::to_string(1 + i % 6) + "-01," +
                   (score > 5000 ? "1" : "0") + ",0." + std::to_string(10000 + score).substr(1) +
                   "," + std::to_string(i % 7) + "\n";
    if (i % 3 != 0) outcomes += id + ",2001-08-01," + std::to_string((i * 31 + score) % 2) + "\n";
  }
  late_.NeedImport("p.csv", predictions);
  late_.NeedImport("o.csv", outcomes);
  ReportOptions options;
  options.slices = {"g"};
  const std::string two = ReportJson(late_.NeedReport(options)).dump();
  run::Session one({std::filesystem::canonical(late_.folder.path()), 1, 0}, late_.clock);
  ASSERT_TRUE(one.OpenStore().ok());
  const auto report = MakeReport(one, late_.stream, options);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(ReportJson(*report).dump(), two);
  EXPECT_TRUE(std::filesystem::is_empty(late_.session.root() / "staging"));
}

TEST_F(ReportTest, AsAPageEscapesWhatTheDataSays) {
  late_.stream.slices = {"<b>"};
  late_.NeedImport("p.csv",
                   "id,time,prediction,score,<b>\n"
                   "1,2001-05-01,<script>alert(1)</script>,0.9,\"\"\"x\"\" & 'y'\"\n"
                   "2,2001-06-01,1,0.4,z\n");
  late_.NeedImport("o.csv", "id,time,outcome\n1,2001-05-02,1\n2,2001-06-02,<i>0</i>\n");
  const std::string html = ReportHtml(late_.NeedReport());
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<i>")));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("&quot;x&quot; &amp; &#39;y&#39;"));
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(html, HasSubstr("Share of positives by mean score"));
  EXPECT_THAT(html, Not(HasSubstr("http")));
}

TEST_F(ReportTest, WithoutOutcomesEverythingWaits) {
  late_.NeedImport("p.csv", "id,time,prediction,score\n1,2001-05-01,1,0.5\n");
  const Report report = late_.NeedReport();
  EXPECT_EQ(report.all.waiting, 1U);
  EXPECT_THAT(report.all.metrics.values, IsEmpty());
  EXPECT_EQ(ReportJson(report)["all"]["metrics"]["accuracy"], nullptr);
  EXPECT_THAT(ReportHtml(report), HasSubstr("2001-05"));
}

}  // namespace
}  // namespace assay::feedback
