#include "monitor/alert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace assay::monitor {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

class AlertTest : public testing::Test {
 protected:
  AlertTest() : clock_(1'000'000'000 * kSecond), session_({folder_.path(), 1, 0, nullptr}, clock_) {
    EXPECT_TRUE(session_.objects().Create().ok());
    EXPECT_TRUE(session_.CreateStore().ok());
    monitor_.name = "june";
    monitor_.command = contract::Command{{"sh", "-c", "[ -f open ]"}, {}};
    project_.monitors = {monitor_};
  }

  std::vector<Sent> Send() {
    auto sent = SendAlerts(session_, project_);
    EXPECT_TRUE(sent.ok()) << sent.error().message;
    return std::move(sent).value();
  }

  store::OutboxRow Newest() { return store::Outbox(session_.catalog()).Newest(1)->at(0); }

  TestFolder folder_;
  FakeClock clock_;
  run::Session session_;
  contract::Monitor monitor_;
  contract::Project project_;
};

TEST_F(AlertTest, IsSentOnceWhenItIsTaken) {
  ASSERT_TRUE(QueueAlerts(session_, monitor_, "id-1", Json{{"verdict", "drift"}}).ok());
  folder_.Write("open", "");
  const auto sent = Send();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].error, "");
  EXPECT_EQ(Newest().state, "sent");
  EXPECT_EQ(Newest().body["id"], "id-1");
  EXPECT_EQ(Newest().body["data"]["verdict"], "drift");
  clock_.Advance(3600 * kSecond);
  EXPECT_TRUE(Send().empty());
}

TEST_F(AlertTest, WaitsTwiceAsLongEachTimeAndIsGivenUp) {
  ASSERT_TRUE(QueueAlerts(session_, monitor_, "id-1", Json::object()).ok());
  std::int64_t wait = 30;
  for (std::int64_t attempt = 1; attempt < kMostAttempts; ++attempt) {
    const auto sent = Send();
    ASSERT_EQ(sent.size(), 1U) << attempt;
    EXPECT_EQ(sent[0].error, "the command ended with status 1");
    EXPECT_FALSE(sent[0].given_up);
    clock_.Advance((wait - 1) * kSecond);
    EXPECT_TRUE(Send().empty()) << "not before its time";
    clock_.Advance(kSecond);
    wait *= 2;
  }
  const auto last = Send();
  ASSERT_EQ(last.size(), 1U);
  EXPECT_TRUE(last[0].given_up);
  EXPECT_EQ(Newest().state, "failed");
  EXPECT_EQ(Newest().attempts, kMostAttempts);
  clock_.Advance(1'000'000 * kSecond);
  EXPECT_TRUE(Send().empty());
}

TEST_F(AlertTest, OfWhatIsNoMoreDeclaredIsGivenUpAtOnce) {
  ASSERT_TRUE(QueueAlerts(session_, monitor_, "id-1", Json::object()).ok());
  project_.monitors[0].command.reset();
  EXPECT_EQ(Send().at(0).error, "the monitor has no command any more");
  ASSERT_TRUE(QueueAlerts(session_, monitor_, "id-2", Json::object()).ok());
  project_.monitors.clear();
  EXPECT_EQ(Send().at(0).error, "the project has no such monitor any more");
  EXPECT_EQ(Newest().state, "failed");
}

TEST_F(AlertTest, ACommandThatIsNotThereIsTold) {
  monitor_.command->argv = {"no-such-program-here"};
  project_.monitors = {monitor_};
  ASSERT_TRUE(QueueAlerts(session_, monitor_, "id-1", Json::object()).ok());
  EXPECT_THAT(Send().at(0).error, testing::HasSubstr("no-such-program-here"));
}

TEST_F(AlertTest, EachChannelHasARowOfItsOwn) {
  monitor_.webhook = "http://127.0.0.1:9/";
  ASSERT_TRUE(QueueAlerts(session_, monitor_, "id-1", Json::object()).ok());
  const auto rows = store::Outbox(session_.catalog()).Newest(10);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->size(), 2U);
  for (const store::OutboxRow& row : *rows) {
    EXPECT_EQ(row.body.dump().find("127.0.0.1"), std::string::npos) << "an address may be a secret";
  }
}

}  // namespace
}  // namespace assay::monitor
