#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kBefore = R"(sources:
  src: {files: a.csv}
gates:
  good: {input: src, checks: [{not_null: id}]}
datasets:
  flights_train:
    input: good
    label: late
    split: {time: date, validation_from: 2001-05-01, test_from: 2001-06-01}
  plain: {input: good}
  hashed: {input: good, label: late, split: {hash: id, train: 80 %, test: 20 %}}
feedback:
  late: {positive: true}
retrain:
)";

constexpr const char* kWhole = R"(  late:
    dataset: flights_train
    when: all
    signals:
      - {drift: june}
      - {metric: log_loss, stream: late, worse_by: 0.02}
      - {age: 90 days}
      - {new_rows: 200000}
    cooldown: 14 days
    budget: 4 per 365 days
    data_window: 180 days
    train: {command: [python3, train.py, "--fast"], max_duration: 10 min}
    predict: {command: [python3, predict.py]}
    evaluate: {split: test, metric: log_loss, better_by: 0.01, positive: "yes"}
    approval: yes
monitors:
  june: {watch: src, reference: flights_train@v1}
)";

// A policy that is right but for the lines given, which stand behind `dataset`.
std::vector<std::string> LinesOf(const std::string& more, const std::string& dataset) {
  const std::string text = std::string(kBefore) + "  late:\n    dataset: " + dataset + "\n" + more;
  return ReadText(text).lines;
}

constexpr const char* kSignals = "    signals: [{age: 90 days}]\n";
constexpr const char* kTrain = "    train: {command: [make]}\n";
constexpr const char* kEvaluate = "    evaluate: {split: test, metric: accuracy}\n";

std::vector<std::string> LinesOf(const std::string& more) {
  return LinesOf(std::string(kSignals) + kTrain + kEvaluate + more, "flights_train");
}

TEST(RetrainSection, IsReadWhole) {
  const ReadProject read = ReadText(std::string(kBefore) + kWhole);
  EXPECT_THAT(read.lines, IsEmpty());
  ASSERT_TRUE(read.project);
  ASSERT_EQ(read.project->policies.size(), 1U);
  const RetrainPolicy& policy = read.project->policies[0];
  EXPECT_EQ(policy.name, "late");
  EXPECT_EQ(policy.model, "late");
  EXPECT_EQ(policy.dataset, "flights_train");
  EXPECT_TRUE(policy.needs_all);
  ASSERT_EQ(policy.signals.size(), 4U);
  EXPECT_EQ(policy.signals[0].kind, "drift");
  EXPECT_EQ(policy.signals[0].params, (Json{{"monitor", "june"}}));
  EXPECT_EQ(policy.signals[1].params,
            (Json{{"metric", "log_loss"}, {"stream", "late"}, {"worse_by", "0.02"}}));
  EXPECT_EQ(policy.signals[3].params, (Json{{"rows", 200000}}));
  EXPECT_EQ(policy.cooldown.seconds, 14 * 86400);
  EXPECT_EQ(policy.budget, 4);
  EXPECT_EQ(policy.budget_window.text, "365 days");
  ASSERT_TRUE(policy.data_window);
  EXPECT_EQ(policy.data_window->text, "180 days");
  EXPECT_THAT(policy.train.argv, ElementsAre("python3", "train.py", "--fast"));
  EXPECT_EQ(policy.max_duration.seconds, 600);
  ASSERT_TRUE(policy.predict);
  EXPECT_THAT(policy.predict->argv, ElementsAre("python3", "predict.py"));
  EXPECT_EQ(policy.split, "test");
  EXPECT_EQ(policy.metric, "log_loss");
  EXPECT_EQ(policy.better_by, "0.01");
  EXPECT_EQ(policy.positive, "yes");
  EXPECT_TRUE(policy.needs_approval);
}

TEST(RetrainSection, HasDefaults) {
  const ReadProject read = ReadText(std::string(kBefore) + "  late:\n    dataset: flights_train\n" +
                                    kSignals + kTrain + kEvaluate);
  ASSERT_TRUE(read.project);
  const RetrainPolicy& policy = read.project->policies[0];
  EXPECT_FALSE(policy.needs_all);
  EXPECT_EQ(policy.cooldown.seconds, 0);
  EXPECT_FALSE(policy.budget);
  EXPECT_FALSE(policy.data_window);
  EXPECT_EQ(policy.max_duration.text, "1 hour");
  EXPECT_FALSE(policy.predict);
  EXPECT_EQ(policy.better_by, "0");
  EXPECT_EQ(policy.positive, "true");
  EXPECT_FALSE(policy.needs_approval);
}

TEST(RetrainSection, KeepsSecretsOutOfWhatIsRecorded) {
  ::setenv("ASSAY_TEST_TOKEN", "s3cret", 1);
  const ReadProject read =
      ReadText(std::string(kBefore) + "  late:\n    dataset: flights_train\n" + kSignals +
               kEvaluate + "    train: {command: [make, \"--token=${ASSAY_TEST_TOKEN}\"]}\n");
  ::unsetenv("ASSAY_TEST_TOKEN");
  ASSERT_TRUE(read.project);
  const Command& train = read.project->policies[0].train;
  EXPECT_THAT(train.argv, ElementsAre("make", "--token=s3cret"));
  EXPECT_THAT(train.as_written, ElementsAre("make", "--token=${ASSAY_TEST_TOKEN}"));
}

TEST(RetrainSection, SharesNamesWithNodes) {
  const ReadProject read = ReadText(std::string(kBefore) + "  src:\n    dataset: flights_train\n" +
                                    kSignals + kTrain + kEvaluate);
  EXPECT_THAT(read.lines, IsEmpty()) << "a policy is no node";
}

TEST(RetrainSection, NeedsItsKeys) {
  EXPECT_THAT(
      ReadText(std::string(kBefore) + "  late: {}\n").lines,
      ElementsAre("assay.yaml:17:3: error: missing key: dataset (dataset is the name of a dataset)",
                  "assay.yaml:17:3: error: missing key: signals (write `- {KIND: VALUE, …}` lines "
                  "under it)",
                  "assay.yaml:17:3: error: missing key: train (write {command: [PROGRAM, ARGUMENT, "
                  "…], max_duration: 10 min})",
                  "assay.yaml:17:3: error: missing key: evaluate (write {split: test, metric: "
                  "METRIC, better_by: 0})"));
  EXPECT_THAT(ReadText("retrain:\n  Late-Model: 3\n").lines,
              ElementsAre("assay.yaml:4:3: error: not a name for a policy: Late-Model (use a-z, "
                          "0-9 and _, a letter first, at most 63: late_model)",
                          "assay.yaml:4:15: error: policy must be a mapping, found text (write "
                          "`key: value` lines under it)"));
}

TEST(RetrainSection, NamesADatasetThatCanBeEvaluated) {
  const std::string rest = std::string(kSignals) + kTrain + kEvaluate;
  EXPECT_THAT(LinesOf(rest, "flights_trian"),
              ElementsAre("assay.yaml:18:14: error: no such dataset: flights_trian (did you mean "
                          "flights_train?)"));
  EXPECT_THAT(LinesOf(rest, "plain"),
              ElementsAre("assay.yaml:18:14: error: dataset has no `split`, so there is nothing to "
                          "evaluate on: plain (declare a split into train, validation and test in "
                          "the dataset)",
                          "assay.yaml:18:14: error: dataset has no `label`, so predictions cannot "
                          "be judged: plain (declare the label's column in the dataset)"));
  EXPECT_THAT(LinesOf(rest + "    data_window: 30 days\n", "hashed"),
              ElementsAre("assay.yaml:22:18: error: a data_window needs a split by time, found "
                          "split by: hash (write `data_window: all`)"));
  EXPECT_THAT(LinesOf(rest + "    data_window: all\n", "hashed"), IsEmpty());
}

TEST(RetrainSection, FindsWrongSignals) {
  const std::string rest = std::string(kTrain) + kEvaluate;
  const auto lines = [&](const std::string& signals) {
    return LinesOf("    signals: " + signals + "\n" + rest, "flights_train");
  };
  EXPECT_THAT(lines("[{aeg: 90 days}]"),
              ElementsAre("assay.yaml:19:16: error: unknown signal: aeg (did you mean age?)"));
  EXPECT_THAT(lines("[]"), ElementsAre("assay.yaml:19:14: error: signals must be a list, found an "
                                       "empty one (write `- {KIND: VALUE, …}` lines under it)"));
  EXPECT_THAT(lines("{age: 90 days}"),
              ElementsAre("assay.yaml:19:14: error: signals must be a list, found a mapping (write "
                          "`- {KIND: VALUE, …}` lines under it)"));
  EXPECT_THAT(lines("[age]"),
              ElementsAre("assay.yaml:19:15: error: a signal must be a mapping, found text (write "
                          "{KIND: VALUE, …}, for example {age: 90 days})"));
  EXPECT_THAT(lines("[{}]"),
              ElementsAre("assay.yaml:19:15: error: a signal must be a mapping, found an empty one "
                          "(write {KIND: VALUE, …}, for example {age: 90 days})"));
  EXPECT_THAT(lines("[{age: 90 days, than: 3}]"),
              ElementsAre("assay.yaml:19:30: error: unknown key: than (known here: age)"));
  EXPECT_THAT(lines("[{metric: accuracy, stream: laet, worse_by: 0.1}]"),
              ElementsAre("assay.yaml:19:42: error: no such stream: laet (did you mean late?)"));
  EXPECT_THAT(lines("[{metric: acuracy, stream: late, worse_by: 0.1}]"),
              ElementsAre("assay.yaml:19:24: error: metric must be one of log_loss, accuracy, "
                          "found: acuracy (did you mean accuracy?)"));
}

TEST(RetrainSection, FindsWrongLimits) {
  EXPECT_THAT(LinesOf("    when: both\n"),
              ElementsAre("assay.yaml:22:11: error: when must be one of any, all, found: both "
                          "(write one of: any, all)"));
  EXPECT_THAT(LinesOf("    cooldown: 14\n"),
              ElementsAre("assay.yaml:22:15: error: cooldown: a span of time needs a unit: 14 "
                          "(write 14 days, or s, min, hours, weeks)"));
  EXPECT_THAT(LinesOf("    budget: 4\n"),
              ElementsAre("assay.yaml:22:13: error: budget: not a budget: 4 (write how many in "
                          "which time, such as `4 per 365 days`)"));
  EXPECT_THAT(LinesOf("    budget: 4 per 0 days\n"),
              ElementsAre("assay.yaml:22:13: error: budget: not a budget: 4 per 0 days (write how "
                          "many in which time, such as `4 per 365 days`)"));
  EXPECT_THAT(LinesOf("    approval: true\n"),
              ElementsAre("assay.yaml:22:15: error: approval must be one of yes, no, found: true "
                          "(write one of: yes, no)"));
  EXPECT_THAT(LinesOf("    model: Late\n"),
              ElementsAre("assay.yaml:22:12: error: not a name for a model: Late (use a-z, 0-9 and "
                          "_, a letter first, at most 63)"));
}

TEST(RetrainSection, FindsWrongCommands) {
  const auto lines = [&](const std::string& train) {
    return LinesOf(std::string(kSignals) + "    train: " + train + "\n" + kEvaluate,
                   "flights_train");
  };
  constexpr auto kForm = " (write [python3, train.py]: a program and its arguments, no shell)";
  EXPECT_THAT(lines("{command: python3 train.py}"),
              ElementsAre(std::string("assay.yaml:20:22: error: command must be a list of words, "
                                      "found text") +
                          kForm));
  EXPECT_THAT(lines("{command: []}"),
              ElementsAre(std::string("assay.yaml:20:22: error: command must be a list of words, "
                                      "found an empty one") +
                          kForm));
  EXPECT_THAT(lines("{max_duration: 0 s}"),
              ElementsAre(std::string("assay.yaml:20:12: error: missing key: command") + kForm,
                          "assay.yaml:20:27: error: max_duration leaves no time: 0 s (write how "
                          "long training may take, such as `10 min`)"));
}

TEST(RetrainSection, FindsWrongEvaluations) {
  const auto lines = [&](const std::string& evaluate) {
    return LinesOf(std::string(kSignals) + kTrain + "    evaluate: " + evaluate + "\n",
                   "flights_train");
  };
  EXPECT_THAT(lines("{split: train, metric: accuracy}"),
              ElementsAre("assay.yaml:21:23: error: split must be one of validation, test, found: "
                          "train (write one of: validation, test)"));
  EXPECT_THAT(lines("{metric: logloss}"),
              ElementsAre("assay.yaml:21:15: error: missing key: split (validation or test)",
                          "assay.yaml:21:24: error: metric must be one of log_loss, accuracy, "
                          "found: logloss (did you mean log_loss?)"));
  EXPECT_THAT(lines("{split: test, metric: accuracy, better_by: -1}"),
              ElementsAre("assay.yaml:21:58: error: better_by: not a number from 0 on: -1 (write "
                          "by how much the new model must be better, such as 0.01)"));
}

}  // namespace
}  // namespace assay::contract
