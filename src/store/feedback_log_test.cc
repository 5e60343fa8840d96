#include "store/feedback_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_folder.h"

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kNineOClock = 1'769'850'000'000'000;  // 2026-01-31T09:00:00Z
const std::string kFile(64, 'a');

class FeedbackLogTest : public testing::Test {
 protected:
  FeedbackLogTest()
      : clock_(kNineOClock), catalog_(*Catalog::Open(root_.path(), true, clock_)), log_(catalog_) {}

  static FeedbackBatch Batch(const std::string& kind, const std::string& sha256) {
    FeedbackBatch batch;
    batch.stream = "late";
    batch.kind = kind;
    batch.sha256 = sha256;
    batch.location = "p.csv";
    batch.table.schema = {Field{"id", Type{TypeKind::kString, 0, 0, {}}}};
    batch.table.rows = 3;
    batch.table.content_id = std::string(64, 'c');
    batch.table.files = {FileRef{std::string(64, 'b'), 10, 3, {}, {}}};
    return batch;
  }

  static FeedbackEvent Event(const std::string& id, const std::string& outcome) {
    FeedbackEvent event;
    event.stream = "late";
    event.kind = kOutcome;
    event.id = id;
    event.at = "2026-01-01T00:00:00Z";
    event.body = Json{{"id", id}, {"outcome", outcome}};
    return event;
  }

  std::vector<std::string> Ids(const std::string& kind) {
    std::vector<std::string> ids;
    EXPECT_TRUE(log_.EachEvent("late", kind,
                               [&](const FeedbackEvent& event) -> Status {
                                 ids.push_back(event.id);
                                 return {};
                               })
                    .ok());
    return ids;
  }

  TestFolder root_;
  FakeClock clock_;
  Catalog catalog_;
  FeedbackLog log_;
};

TEST_F(FeedbackLogTest, ABatchOfTheSameFileIsTheSameBatch) {
  EXPECT_TRUE(*log_.PutBatch(Batch(kPrediction, kFile)));
  EXPECT_FALSE(*log_.PutBatch(Batch(kPrediction, kFile)));
  EXPECT_TRUE(*log_.PutBatch(Batch(kOutcome, kFile)));
  const auto batches = log_.Batches("late", kPrediction);
  ASSERT_TRUE(batches.ok()) << batches.error().message;
  ASSERT_EQ(batches->size(), 1U);
  EXPECT_EQ((*batches)[0].table.rows, 3U);
  EXPECT_EQ((*batches)[0].table.files[0].sha256, std::string(64, 'b'));
  EXPECT_EQ((*batches)[0].location, "p.csv");
  EXPECT_EQ((*batches)[0].created_at, "2026-01-31T09:00:00Z");
  EXPECT_EQ(log_.Batches("", "")->size(), 2U);
  EXPECT_TRUE(log_.FindBatch("late", kOutcome, kFile)->has_value());
  EXPECT_TRUE(log_.FindBatch("late", "", kFile)->has_value());
  EXPECT_FALSE(log_.FindBatch("other", "", kFile)->has_value());
}

TEST_F(FeedbackLogTest, TheSameEventAgainIsTheSameEvent) {
  EXPECT_THAT(*log_.PutEvents({Event("1", "true"), Event("2", "true"), Event("1", "true")}),
              ElementsAre(true, true, false));
  EXPECT_THAT(*log_.PutEvents({Event("1", "true"), Event("1", "false")}), ElementsAre(false, true));
  EXPECT_THAT(Ids(kOutcome), ElementsAre("1", "2", "1"));
  EXPECT_THAT(Ids(kRequest), ElementsAre());
  FeedbackEvent other = Event("1", "true");
  other.stream = "other";
  EXPECT_THAT(*log_.PutEvents({other}), ElementsAre(true));
  const auto counts = log_.EventCounts();
  ASSERT_EQ(counts->size(), 2U);
  EXPECT_EQ((*counts)[0].stream, "late");
  EXPECT_EQ((*counts)[0].events, 3U);
  EXPECT_EQ((*counts)[0].received_at, "2026-01-31T09:00:00Z");
}

TEST_F(FeedbackLogTest, AnEventThatCannotBeKeptTakesTheOthersWithIt) {
  FeedbackEvent bad = Event("2", "true");
  bad.body["score"] = 0.5;  // no canonical JSON
  EXPECT_FALSE(log_.PutEvents({Event("1", "true"), bad}).ok());
  EXPECT_THAT(Ids(kOutcome), ElementsAre());
}

TEST_F(FeedbackLogTest, EventsJoinAnOpenTransaction) {
  {
    Catalog::Transaction transaction(catalog_);
    ASSERT_TRUE(transaction.Begin().ok());
    ASSERT_TRUE(log_.PutEvents({Event("1", "true")}).ok());
  }
  EXPECT_THAT(Ids(kOutcome), ElementsAre());
}

TEST_F(FeedbackLogTest, BatchesNameTheirObjects) {
  ASSERT_TRUE(log_.PutBatch(Batch(kPrediction, kFile)).ok());
  EXPECT_THAT(catalog_.NamedObjects({})->ids, testing::Contains(std::string(64, 'b')));
}

TEST_F(FeedbackLogTest, AnUnknownKindIsRefused) {
  const auto put = log_.PutBatch(Batch("guess", kFile));
  ASSERT_FALSE(put.ok());
  EXPECT_THAT(put.error().message, HasSubstr("CHECK"));
}

}  // namespace
}  // namespace assay::store
