#include "retrain/signal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "retrain/kinds.h"

namespace assay::retrain {
namespace {

using ::testing::IsEmpty;

class Signals : public ::testing::Test {
 protected:
  SignalReading Read(const std::string& kind, const Json& params, const run::NamedModel* champion,
                     std::int64_t now) {
    const auto reading =
        FindSignal(kind)->read({session_, project_, params, now, champion, nullptr});
    EXPECT_TRUE(reading.ok());
    return reading.ok() ? *reading : SignalReading{};
  }
  run::NamedModel MadeAt(const std::string& time) {
    run::NamedModel model;
    model.name = "late";
    model.number = 3;
    model.body.created_at = time;
    return model;
  }

  TestFolder folder_;
  FakeClock clock_{0};
  run::Session session_{{.folder = folder_.path()}, clock_};
  contract::Project project_;
};

constexpr std::int64_t kJune = 991353600;  // 2001-06-01T00:00:00Z
constexpr std::int64_t kSecondsOfDay = 86400;

TEST_F(Signals, AgeFiresBehindItsLimit) {
  const run::NamedModel champion = MadeAt("2001-06-01T00:00:00Z");
  const Json params{{"age", "90 days"}};
  const SignalReading at_limit = Read("age", params, &champion, kJune + 90 * kSecondsOfDay);
  EXPECT_EQ(at_limit.exceeds, false);
  EXPECT_EQ(at_limit.value, "90 days");
  EXPECT_EQ(at_limit.limit, "90 days");
  EXPECT_EQ(at_limit.note, "late@v3 was made at 2001-06-01T00:00:00Z");
  EXPECT_THAT(at_limit.evidence, IsEmpty());
  EXPECT_EQ(Read("age", params, &champion, kJune + 90 * kSecondsOfDay + 1).exceeds, true);
}

TEST_F(Signals, AgeOfAChampionOfTheFutureIsQuiet) {
  const run::NamedModel champion = MadeAt("2001-06-01T00:00:00Z");
  const SignalReading reading = Read("age", {{"age", "0 days"}}, &champion, kJune - kSecondsOfDay);
  EXPECT_EQ(reading.exceeds, false);
  EXPECT_EQ(reading.value, "-1 day");
}

TEST_F(Signals, NeedAChampion) {
  for (const auto& [kind, params] :
       {std::pair{"age", Json{{"age", "1 day"}}}, {"new_rows", Json{{"rows", 1}}}}) {
    const SignalReading reading = Read(kind, params, nullptr, kJune);
    EXPECT_FALSE(reading.exceeds) << kind;
    EXPECT_EQ(reading.note, "there is no champion");
  }
}

TEST(SignalKinds, ReadTheirOwnExamples) {
  std::string list;
  for (const SignalKind& kind : AllSignals()) list += "      " + kind.info.example;
  const std::string text = R"(format: 1
project: p
sources: {src: {files: a.csv}}
gates: {good: {input: src, checks: [{not_null: id}]}}
datasets:
  train:
    input: good
    label: y
    split: {time: t, validation_from: 2001-01-01, test_from: 2001-02-01}
feedback: {late: {positive: true}}
monitors: {june: {watch: src, reference: train@v1}}
retrain:
  late:
    dataset: train
    signals:
)" + list + R"(    train: {command: [make]}
    evaluate: {split: test, metric: log_loss}
)";
  contract::Diagnostics diagnostics;
  const auto project = contract::ParseProject({{"assay.yaml", text}}, AllKinds(), diagnostics);
  ASSERT_TRUE(project) << diagnostics.Render();
  EXPECT_EQ(project->policies[0].signals.size(), AllSignals().size());
}

TEST(SignalKinds, FindWrongValues) {
  const auto message = [](const std::string& kind, const Json& params) {
    const Status status = FindSignal(kind)->info.check(params);
    return status.ok() ? "" : status.error().message;
  };
  EXPECT_EQ(message("age", {{"age", "90"}}), "a span of time needs a unit: 90");
  EXPECT_EQ(message("new_rows", {{"rows", -1}}), "a number of rows is below zero: -1");
  EXPECT_EQ(message("new_rows", {{"rows", 0}}), "");
}

}  // namespace
}  // namespace assay::retrain
