#include "feedback/event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedback/test_stream.h"

namespace assay::feedback {
namespace {

class EventFileTest : public testing::Test {
 protected:
  Result<AddedEvents> Add(const std::string& text, const std::string& kind = "") {
    return AddEvents(late_.session, late_.stream,
                     {late_.folder.Write("e.jsonl", text), "e.jsonl", kind});
  }
  std::string RefusalOf(const std::string& text, const std::string& kind = "") {
    const auto added = Add(text, kind);
    return added.ok() ? "taken" : added.error().message + " | " + added.error().hint;
  }
  std::uint64_t Kept() {
    std::uint64_t kept = 0;
    for (const auto& count : *store::FeedbackLog(late_.session.catalog()).EventCounts()) {
      kept += count.events;
    }
    return kept;
  }

  TestStream late_;
};

std::string Outcome(int id) {
  return R"({"id": )" + std::to_string(id) + R"(, "time": "2001-05-02", "outcome": true})" + "\n";
}

constexpr auto kPrediction =
    R"({"id": 1, "time": "2001-05-01", "prediction": true, "features": {"origin": "ORD"}})";

TEST_F(EventFileTest, TakesBothKindsAndPassesOverEmptyLines) {
  const auto added = Add("\n" + std::string(kPrediction) + "\r\n \n" + Outcome(1));
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_EQ(added->added, 2U);
  EXPECT_EQ(added->known, 0U);
  EXPECT_EQ(late_.NeedReport().all.joined, 1U);
}

TEST_F(EventFileTest, CountsWhatIsNewAndWhatWasThere) {
  ASSERT_TRUE(Add(Outcome(1) + Outcome(2)).ok());
  const auto added = Add(Outcome(2) + Outcome(3) + Outcome(3));
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_EQ(added->added, 1U);
  EXPECT_EQ(added->known, 2U);
}

TEST_F(EventFileTest, AnEmptyFileAddsNothing) {
  const auto added = Add("");
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_EQ(added->added, 0U);
}

TEST_F(EventFileTest, AWrongEventRefusesTheFileAndIsNamed) {
  EXPECT_EQ(RefusalOf(Outcome(1) + "{\n[1]\n" + Outcome(4) + R"({"id": 5, "time": "2001-05-02"})"),
            "e.jsonl is refused: 3 of 5 rows are wrong\n"
            "  row 2: not JSON: error at byte 2\n"
            "  row 3: an event is no object: [1]\n"
            "  row 5: an event has neither `prediction` nor `outcome`"
            " | mend these rows and try again; nothing of it was taken");
  EXPECT_EQ(Kept(), 0U);
}

TEST_F(EventFileTest, TellsFiveWrongEventsAndCountsAll) {
  std::string text;
  for (int i = 0; i < 7; ++i) text += "{}\n";
  const std::string refusal = RefusalOf(text);
  EXPECT_THAT(refusal, testing::StartsWith("e.jsonl is refused: 7 of 7 rows are wrong\n"));
  EXPECT_THAT(refusal, testing::HasSubstr("  row 5: "));
  EXPECT_THAT(refusal, testing::Not(testing::HasSubstr("row 6")));
}

TEST_F(EventFileTest, AnEventOfAnotherKindIsWrongWhereOneIsAskedFor) {
  EXPECT_THAT(RefusalOf(Outcome(1) + kPrediction, "outcome"),
              testing::HasSubstr("\n  row 2: is no outcome, but of kind prediction"));
  EXPECT_THAT(RefusalOf(Outcome(1), "prediction"),
              testing::HasSubstr("1 of 1 row is wrong\n  row 1: is no prediction, but of kind "
                                 "outcome"));
}

// More than are put at once, and the last one is wrong.
TEST_F(EventFileTest, TakesBackWhatStoodBeforeAWrongEvent) {
  std::string text;
  for (int i = 0; i < 10'001; ++i) text += Outcome(i);
  EXPECT_THAT(RefusalOf(text + "{}\n"), testing::HasSubstr("1 of 10002 rows is wrong"));
  EXPECT_EQ(Kept(), 0U);
  const auto added = Add(text);
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_EQ(added->added, 10'001U);
  EXPECT_EQ(Kept(), 10'001U);
}

TEST_F(EventFileTest, NeedsAFile) {
  const auto missing =
      AddEvents(late_.session, late_.stream, {late_.folder / "no.jsonl", "no.jsonl", ""});
  EXPECT_EQ(missing.error().code, ErrorCode::kIo);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("no such file or folder: "));
  const auto folder = AddEvents(late_.session, late_.stream, {late_.folder.path(), "folder", ""});
  EXPECT_THAT(folder.error().message, testing::StartsWith("not a file: "));
}

}  // namespace
}  // namespace assay::feedback
