#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedback/test_stream.h"
#include "retrain/signal.h"

namespace assay::retrain {
namespace {

using ::testing::HasSubstr;

class MetricSignal : public ::testing::Test {
 protected:
  MetricSignal() {
    project_.feedback.push_back(late_.stream);
    champion_.name = "late";
    champion_.number = 2;
    champion_.id = std::string(64, 'c');
    champion_.body.created_at = "2001-05-01T00:00:00Z";
    champion_.body.metrics = {{"accuracy", "1"}};
  }
  SignalReading Read(std::int64_t now = kJuly) {
    const Json params{{"metric", "accuracy"},
                      {"stream", "late"},
                      {"worse_by", "0.1"},
                      {"window", "month"},
                      {"min_rows", 2}};
    const auto reading =
        FindSignal("metric")->read({late_.session, project_, params, now, &champion_, nullptr});
    EXPECT_TRUE(reading.ok());
    return reading.ok() ? *reading : SignalReading{};
  }
  // Predictions `1` of these ids by a model (none when empty), and outcomes of the same ids.
  void Predicted(const std::string& day, const std::string& model, const std::string& ids,
                 const std::string& outcome) {
    std::string predictions = "id,time,prediction,model\n", outcomes = "id,time,outcome\n";
    for (const char id : ids) {
      predictions += std::string(1, id) + "," + day + ",1," + model + "\n";
      outcomes += std::string(1, id) + "," + day + "," + outcome + "\n";
    }
    late_.NeedImport("p" + ids + ".csv", predictions);
    late_.NeedImport("o" + ids + ".csv", outcomes);
  }

  static constexpr std::int64_t kJune15 = 992563200;  // 2001-06-15T00:00:00Z
  static constexpr std::int64_t kJuly = 993945600;    // 2001-07-01T00:00:00Z
  feedback::TestStream late_;
  contract::Project project_;
  run::NamedModel champion_;
};

TEST_F(MetricSignal, JudgesTheChampionAlone) {
  Predicted("2001-06-02", "late@v1", "abc", "0");
  Predicted("2001-06-03", "late@v2", "de", "1");
  const SignalReading reading = Read();
  EXPECT_EQ(reading.exceeds, false);
  EXPECT_EQ(reading.value, "1");
  EXPECT_EQ(reading.evidence, "late late@v2 2001-06");
  EXPECT_EQ(reading.note,
            "2001-06, 2 outcomes of late@v2, without the stream's 3 other predictions; "
            "late@v2 had 1, higher is "
            "better");
}

TEST_F(MetricSignal, RoundsForPeopleAndKeepsAllDigitsOfTheValue) {
  champion_.body.metrics = {{"test.accuracy", "0.98765432109876"}};
  Predicted("2001-06-02", "late@v2", "ab", "1");
  Predicted("2001-06-03", "late@v2", "c", "0");
  const SignalReading reading = Read();
  EXPECT_EQ(reading.value, "0.6666666666666666");
  EXPECT_THAT(reading.note, HasSubstr("; late@v2 had 0.9877, "));
}

TEST_F(MetricSignal, KnowsTheChampionByItsId) {
  Predicted("2001-06-02", "late@v1", "abc", "1");
  Predicted("2001-06-03", champion_.id, "de", "0");
  EXPECT_EQ(Read().exceeds, true);
}

TEST_F(MetricSignal, HasNoEvidenceInPredictionsOfOthers) {
  Predicted("2001-06-02", "late@v1", "abc", "0");
  const SignalReading reading = Read();
  EXPECT_FALSE(reading.exceeds);
  EXPECT_EQ(reading.note, "stream late has no such prediction of model: late@v2");
  // One that names no model is not known to be the champion's where others name theirs.
  Predicted("2001-06-02", "", "de", "0");
  EXPECT_FALSE(Read().exceeds);
}

TEST_F(MetricSignal, JudgesAllWhereNoneNamesAModel) {
  Predicted("2001-06-02", "", "abcd", "0");
  const SignalReading reading = Read();
  EXPECT_EQ(reading.exceeds, true);
  // Not the champion's alone: a training that followed from it answers for the next champion too.
  EXPECT_EQ(reading.evidence, "late 2001-06");
  EXPECT_EQ(reading.note,
            "2001-06, 4 outcomes, no prediction names a model; late@v2 had 1, higher is better");
}

TEST_F(MetricSignal, NamesAMonthThatIsNotOverAsItWillBeNamedLater) {
  Predicted("2001-06-02", "late@v2", "abc", "0");
  const SignalReading growing = Read(kJune15);
  EXPECT_THAT(growing.note, HasSubstr("2001-06 so far, 3 outcomes of late@v2; "));
  Predicted("2001-06-20", "late@v2", "de", "1");
  const SignalReading whole = Read();
  EXPECT_EQ(growing.value, "0");
  EXPECT_EQ(whole.value, "0.4");
  EXPECT_THAT(whole.note, HasSubstr("2001-06, 5 outcomes of late@v2; "));
  EXPECT_EQ(growing.evidence, whole.evidence);
  // Its training came to its end in the middle of the month: the rest of it fires no more.
  PolicyInputs inputs;
  inputs.champion = Champion{"late@v2", champion_.id, "", ""};
  inputs.newest = NewestVersion{"train@v2", "", ""};
  inputs.now = kJuly;
  inputs.signals = {whole};
  EXPECT_EQ(Decide(inputs).signals[0], SignalState::kFired);
  inputs.trainings = {{.decision = 7,
                       .as_of = kJune15,
                       .outcome = kKept,
                       .champion = champion_.id,
                       .challenger = "late@v3",
                       .evidence = {growing.evidence}}};
  EXPECT_EQ(Decide(inputs).signals[0], SignalState::kAnswered);
}

}  // namespace
}  // namespace assay::retrain
