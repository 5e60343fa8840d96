#include "retrain/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::retrain {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kNow = 12000 * kDay;

SignalReading Reading(const std::string& kind, std::optional<bool> exceeds,
                      const std::string& evidence = "") {
  SignalReading reading;
  reading.kind = kind;
  reading.exceeds = exceeds;
  reading.value = exceeds ? "1" : "";
  reading.limit = "2";
  reading.evidence = evidence;
  return reading;
}

PolicyInputs Inputs(std::vector<SignalReading> signals) {
  PolicyInputs inputs;
  inputs.policy.name = inputs.policy.model = "late";
  inputs.policy.dataset = "train";
  inputs.policy.train.argv = inputs.policy.train.as_written = {"make"};
  inputs.policy.split = "test";
  inputs.policy.metric = "log_loss";
  inputs.now = kNow;
  inputs.champion = Champion{"late@v1", "c1", "commit1", "2001-06-01T00:00:00Z"};
  inputs.newest = NewestVersion{"train@v2", "commit2", "version2"};
  inputs.signals = std::move(signals);
  return inputs;
}

PastTraining Training(std::int64_t decision, std::int64_t days_ago, const std::string& outcome,
                      std::vector<std::string> evidence = {}) {
  return {decision, kNow - days_ago * kDay, outcome, "c1", "late@v2", std::move(evidence)};
}

std::string ActionOf(const PolicyInputs& inputs) { return Decide(inputs).action; }

TEST(Decide, TrainsWhenOneOfAnyFires) {
  const Decision decision = Decide(Inputs({Reading("age", false), Reading("new_rows", true)}));
  EXPECT_EQ(decision.action, kRetrain);
  EXPECT_EQ(decision.reason, "fired: new_rows");
  EXPECT_THAT(decision.signals, ElementsAre(SignalState::kQuiet, SignalState::kFired));
}

TEST(Decide, SaysWhatIsQuietAndUnknown) {
  const Decision decision = Decide(Inputs({Reading("age", false), Reading("drift", std::nullopt)}));
  EXPECT_EQ(decision.action, kNone);
  EXPECT_EQ(decision.reason, "no signal fired; quiet: age; unknown: drift");
}

TEST(Decide, NeedsAChampionAndAVersion) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.newest.reset();
  EXPECT_EQ(Decide(inputs).reason, "dataset train has no version to train on");
  inputs.champion.reset();
  EXPECT_EQ(Decide(inputs).reason, "model late has no champion to be replaced");
  EXPECT_EQ(ActionOf(inputs), kNone);
}

TEST(Decide, HoldsBackWhileItCoolsDown) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.policy.cooldown = {14 * kDay, "14 days"};
  for (const auto& [days_ago, action] : std::vector<std::pair<int, std::string>>{
           {0, kSuppressed}, {13, kSuppressed}, {14, kRetrain}, {15, kRetrain}}) {
    inputs.trainings = {Training(1, days_ago, kKept)};
    EXPECT_EQ(ActionOf(inputs), action) << days_ago;
  }
  inputs.trainings = {Training(1, 13, kKept)};
  const Decision decision = Decide(inputs);
  EXPECT_EQ(decision.reason, "cooldown");
  ASSERT_EQ(decision.suppressed.size(), 1U);
  EXPECT_EQ(decision.suppressed[0].why,
            "the last training was at 2002-10-27T00:00:00Z; cooldown of 14 days lasts until "
            "2002-11-10T00:00:00Z");
  EXPECT_EQ(decision.cooldown_end, kNow + kDay);
}

TEST(Decide, TriesAgainAtOnceAfterAFailure) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.policy.cooldown = {14 * kDay, "14 days"};
  inputs.trainings = {Training(1, 1, kFailed)};
  EXPECT_EQ(ActionOf(inputs), kRetrain);
  inputs.policy.budget = 1;
  inputs.policy.budget_window = {365 * kDay, "365 days"};
  EXPECT_EQ(ActionOf(inputs), kSuppressed) << "a failure costs budget";
}

TEST(Decide, KeepsToItsBudget) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.policy.budget = 2;
  inputs.policy.budget_window = {30 * kDay, "30 days"};
  EXPECT_EQ(Decide(inputs).budget_left, 2);
  inputs.trainings = {Training(1, 30, kKept), Training(2, 29, kFailed)};
  EXPECT_EQ(Decide(inputs).budget_left, 1);
  EXPECT_EQ(ActionOf(inputs), kRetrain);
  inputs.trainings.push_back(Training(3, 1, kPromoted));
  const Decision decision = Decide(inputs);
  EXPECT_EQ(decision.action, kSuppressed);
  EXPECT_EQ(decision.budget_left, 0);
  EXPECT_EQ(decision.suppressed.at(0).why, "2 trainings in the last 30 days, the budget is 2");
  inputs.policy.budget = 0;
  inputs.trainings.clear();
  EXPECT_EQ(ActionOf(inputs), kSuppressed) << "a budget of 0 is a policy that only tells";
}

TEST(Decide, CountsTrainingsThatLieAhead) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.trainings = {Training(1, -400, kKept)};
  EXPECT_EQ(ActionOf(inputs), kRetrain) << "neither cooldown nor budget";
  inputs.policy.cooldown = {kDay, "1 day"};
  EXPECT_EQ(ActionOf(inputs), kSuppressed);
  EXPECT_THAT(Decide(inputs).suppressed.at(0).why, HasSubstr("2003-12-14T00:00:00Z, which lies "
                                                             "ahead; cooldown of 1 day"));
  inputs.policy.cooldown = {0, "0 s"};
  inputs.policy.budget = 1;
  inputs.policy.budget_window = {kDay, "1 day"};
  EXPECT_EQ(ActionOf(inputs), kSuppressed);
}

TEST(Decide, UsesTheLatestTimeWhenTheClockWasSetBackBetweenTwo) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.policy.cooldown = {14 * kDay, "14 days"};
  inputs.trainings = {Training(1, 2, kKept), Training(2, 20, kKept)};
  EXPECT_EQ(ActionOf(inputs), kSuppressed);
}

TEST(Decide, AsksForApproval) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.policy.needs_approval = true;
  EXPECT_EQ(ActionOf(inputs), kNeedsApproval);
  inputs.approved = true;
  EXPECT_EQ(ActionOf(inputs), kRetrain);
  inputs.signals = {Reading("age", false)};
  EXPECT_EQ(ActionOf(inputs), kNone) << "approval is no signal";
  inputs.signals = {Reading("age", true)};
  inputs.policy.cooldown = {14 * kDay, "14 days"};
  inputs.trainings = {Training(1, 1, kKept)};
  EXPECT_EQ(ActionOf(inputs), kSuppressed) << "approval does not end a cooldown";
}

TEST(Decide, WaitsForAChallengerThatNeedsApproval) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.trainings = {Training(7, 100, kNeedsApproval)};
  const Decision decision = Decide(inputs);
  EXPECT_EQ(decision.action, kSuppressed);
  EXPECT_EQ(decision.suppressed.at(0).why,
            "late@v2 of decision 7 waits for approval: promote it, or trigger with --approve");
  inputs.approved = true;
  EXPECT_EQ(ActionOf(inputs), kRetrain);
  inputs.approved = false;
  inputs.champion->id = "c2";
  EXPECT_EQ(ActionOf(inputs), kRetrain) << "it was promoted, or another model was";
}

TEST(Decide, AnswersAnEvidenceOnce) {
  PolicyInputs inputs = Inputs({Reading("drift", true, "result-1")});
  inputs.trainings = {Training(4, 100, kKept, {"result-1"})};
  const Decision decision = Decide(inputs);
  EXPECT_EQ(decision.action, kNone);
  EXPECT_THAT(decision.signals, ElementsAre(SignalState::kAnswered));
  EXPECT_THAT(decision.answered_by, ElementsAre(4));
  EXPECT_EQ(decision.reason, "no signal fired; answered: drift");
  inputs.trainings[0].outcome = kFailed;
  EXPECT_EQ(ActionOf(inputs), kRetrain) << "a failure is no answer";
  inputs.trainings[0].outcome = kPromoted;
  inputs.signals[0].evidence = "result-2";
  EXPECT_EQ(ActionOf(inputs), kRetrain);
  inputs.signals[0].evidence = "";
  inputs.trainings[0].evidence = {""};
  EXPECT_EQ(ActionOf(inputs), kRetrain) << "time passes by itself";
}

// The table of all combinations, with the answer spelled out anew.
TEST(Decide, EqualsATableOfAllCombinations) {
  int seen = 0;
  const std::vector<std::optional<bool>> values = {std::nullopt, false, true};
  for (int code = 0; code < 3 * 3 * 3 * 64; ++code) {
    const bool all = (code & 1) != 0;
    const bool cooling = (code & 2) != 0;
    const bool spent = (code & 4) != 0;
    const bool asks = (code & 8) != 0;
    const bool approved = (code & 16) != 0;
    const bool champion = (code & 32) != 0;
    const int rest = code / 64;
    const std::vector<std::optional<bool>> signals = {
        values[static_cast<std::size_t>(rest % 3)], values[static_cast<std::size_t>(rest / 3 % 3)],
        values[static_cast<std::size_t>(rest / 9)]};
    PolicyInputs inputs =
        Inputs({Reading("a", signals[0]), Reading("b", signals[1]), Reading("c", signals[2])});
    inputs.policy.needs_all = all;
    inputs.policy.needs_approval = asks;
    inputs.approved = approved;
    if (!champion) inputs.champion.reset();
    if (cooling) {
      inputs.policy.cooldown = {14 * kDay, "14 days"};
      inputs.trainings.push_back(Training(1, 3, kKept));
    }
    if (spent) {
      inputs.policy.budget = 1;
      inputs.policy.budget_window = {30 * kDay, "30 days"};
      inputs.trainings.push_back(Training(2, 5, kFailed));
    }
    int yes = 0;
    for (const auto& signal : signals) yes += signal.value_or(false) ? 1 : 0;
    const bool fires = all ? yes == 3 : yes > 0;
    std::string expected = kRetrain;
    if (asks && !approved) expected = kNeedsApproval;
    if (cooling || spent) expected = kSuppressed;
    if (!fires || !champion) expected = kNone;
    EXPECT_EQ(ActionOf(inputs), expected) << code;
    ++seen;
  }
  EXPECT_EQ(seen, 1728);
}

TEST(DecisionText, IsTheSameBytesForTheSameInputs) {
  PolicyInputs inputs = Inputs({Reading("age", true), Reading("drift", std::nullopt)});
  inputs.policy.signals = {{"age", Json{{"age", "90 days"}}, {}, {}}};
  inputs.signals[1].note = "monitor june has no result yet";
  inputs.trainings = {Training(1, 30, kKept)};
  const auto text = DecisionText(inputs, Decide(inputs));
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_EQ(*text, *DecisionText(inputs, Decide(inputs)));
  EXPECT_EQ(
      *text,
      R"({"assay.decision/1":{"action":"retrain","approved":false,"as_of":"2002-11-09T00:00:00Z",)"
      R"("champion":{"commit":"commit1","created_at":"2001-06-01T00:00:00Z","id":"c1",)"
      R"("model":"late@v1"},"declared":{"approval":"no","cooldown":"0 s","data_window":"all",)"
      R"("dataset":"train","evaluate":{"better_by":"0","metric":"log_loss","positive":"true",)"
      R"("split":"test"},"model":"late","signals":[{"kind":"age","params":{"age":"90 days"}}],)"
      R"("train":{"command":["make"],"max_duration":"1 hour"},"when":"any"},"fired":true,)"
      R"("newest":{"commit":"commit2","name":"train@v2","version":"version2"},"policy":"late",)"
      R"("reason":"fired: age","signals":[{"kind":"age","limit":"2","state":"fired","value":"1"},)"
      R"({"kind":"drift","limit":"2","note":"monitor june has no result yet","state":"unknown"}],)"
      R"("suppressed":[],"trainings":[{"as_of":"2002-10-10T00:00:00Z","decision":1,)"
      R"("outcome":"kept"}]}})");
}

TEST(DecisionText, HoldsNoSecret) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.policy.train.argv = {"make", "--token=s3cret"};
  inputs.policy.train.as_written = {"make", "--token=${TOKEN}"};
  const auto text = DecisionText(inputs, Decide(inputs));
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, Not(HasSubstr("s3cret")));
  EXPECT_THAT(*text, HasSubstr("--token=${TOKEN}"));
}

TEST(DecisionText, TellsLimitsWhenTheyHoldBack) {
  PolicyInputs inputs = Inputs({Reading("age", true)});
  inputs.policy.cooldown = {14 * kDay, "14 days"};
  inputs.policy.budget = 1;
  inputs.policy.budget_window = {365 * kDay, "365 days"};
  inputs.trainings = {Training(1, 1, kKept)};
  const auto text = DecisionText(inputs, Decide(inputs));
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr(R"("budget_left":0,"champion")"));
  EXPECT_THAT(*text, HasSubstr(R"("cooldown_end":"2002-11-22T00:00:00Z")"));
  EXPECT_THAT(*text, HasSubstr(R"("budget":"1 per 365 days")"));
}

}  // namespace
}  // namespace assay::retrain
