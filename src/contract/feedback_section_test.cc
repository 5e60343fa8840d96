#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/class_text.h"
#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FeedbackSection, IsRead) {
  const ReadProject read = ReadText(
      "feedback:\n"
      "  late:\n"
      "    model: lateness\n"
      "    positive: True\n"
      "    id: flight\n"
      "    time: at\n"
      "    slices: [origin, model]\n"
      "  bare:\n");
  ASSERT_THAT(read.lines, IsEmpty());
  ASSERT_EQ(read.project->feedback.size(), 2U);
  const FeedbackStream& late = read.project->feedback[0];
  EXPECT_EQ(late.name, "late");
  EXPECT_EQ(late.model, "lateness");
  EXPECT_EQ(late.positive, "true");
  EXPECT_EQ(late.id, "flight");
  EXPECT_EQ(late.time, "at");
  EXPECT_THAT(late.slices, ElementsAre("origin", "model"));
  const FeedbackStream& bare = read.project->feedback[1];
  EXPECT_EQ(bare.model, "bare");
  EXPECT_EQ(bare.positive, "");
  EXPECT_EQ(bare.id, "id");
  EXPECT_EQ(bare.time, "time");
}

TEST(FeedbackSection, HasNamesOfItsOwn) {
  const ReadProject read = ReadText("sources: {late: {files: a.csv}}\nfeedback: {late: {}}\n");
  EXPECT_THAT(read.lines, IsEmpty());
}

TEST(FeedbackSection, ShowsEveryMistakeWithItsPlace) {
  const ReadProject read = ReadText(
      "feedback:\n"
      "  Late-2: {}\n"
      "  late: {model: Late, time: id, slice: [a]}\n"
      "  more: {slices: [time]}\n"
      "  list: [a]\n"
      "  swapped: {id: time}\n");
  EXPECT_THAT(
      read.lines,
      ElementsAre(
          "assay.yaml:4:3: error: not a name for a stream of feedback: Late-2 "
          "(use a-z, 0-9 and _, a letter first, at most 63: late_2)",
          "assay.yaml:5:3: error: `id` and `time` are one column: id (name two columns)",
          "assay.yaml:5:17: error: not a name for a model: Late "
          "(use a-z, 0-9 and _, a letter first, at most 63)",
          "assay.yaml:5:33: error: unknown key: slice (did you mean slices?)",
          "assay.yaml:6:18: error: not a column to slice by: time "
          "(name a further column of the predictions, or `model`)",
          "assay.yaml:7:9: error: stream of feedback must be a mapping, found a list "
          "(write `key: value` lines under it)",
          "assay.yaml:8:3: error: `id` and `time` are one column: time (name two columns)"));
}

TEST(ClassText, IsOneSpelling) {
  for (const auto& [text, expected] : {std::pair{"True", "true"},
                                       {"FALSE", "false"},
                                       {"true", "true"},
                                       {"1.0", "1"},
                                       {"-3.00", "-3"},
                                       {"0.0", "0"},
                                       {"-0", "0"},
                                       {"-0.0", "0"},
                                       {"1", "1"},
                                       {"0.5", "0.5"},
                                       {"007", "007"},
                                       {"007.0", "007.0"},
                                       {"1.", "1."},
                                       {".0", ".0"},
                                       {"1e2", "1e2"},
                                       {"truely", "truely"},
                                       {"v1.0", "v1.0"},
                                       {"", ""}}) {
    EXPECT_EQ(ClassText(text), expected) << text;
  }
}

}  // namespace
}  // namespace assay::contract
