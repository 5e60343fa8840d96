#include "retrain/explain.h"

#include <gtest/gtest.h>

namespace assay::retrain {
namespace {

Json Decided() {
  return Json{{"policy", "late"},
              {"declared", {{"when", "any"}}},
              {"as_of", "2001-06-30T00:00:00Z"},
              {"action", "suppressed"},
              {"reason", "cooldown"},
              {"champion", {{"model", "late@v1"}, {"created_at", "2001-06-01T00:00:00Z"}}},
              {"newest", {{"name", "train@v2"}}},
              {"signals",
               {{{"kind", "age"}, {"state", "quiet"}, {"value", "29 days"}, {"limit", "90 days"}},
                {{"kind", "drift"},
                 {"subject", "june"},
                 {"state", "answered"},
                 {"value", "fail"},
                 {"limit", "drift"},
                 {"answered_by", 4}},
                {{"kind", "metric"},
                 {"subject", "log_loss of late"},
                 {"state", "unknown"},
                 {"note", "no month has 100 predictions with outcomes"}}}},
              {"suppressed", {{{"by", "cooldown"}, {"why", "lasts until tomorrow"}}}}};
}

TEST(Explain, TellsADecisionInWords) {
  Explanation explanation;
  explanation.number = 5;
  explanation.decision = Decided();
  EXPECT_EQ(ExplainText(explanation),
            "decision 5 of policy late, as of 2001-06-30T00:00:00Z: suppressed\n"
            "  cooldown\n"
            "  champion late@v1, made at 2001-06-01T00:00:00Z\n"
            "  newest version train@v2\n"
            "  signals, of which any must fire\n"
            "    quiet    age: 29 days, limit 90 days\n"
            "    answered drift june: fail, limit drift; decision 4 has trained on this evidence\n"
            "    unknown  metric log_loss of late (no month has 100 predictions with outcomes)\n"
            "  held back by cooldown: lasts until tomorrow");
}

TEST(Explain, TellsWhatFollowed) {
  Explanation explanation;
  explanation.number = 5;
  explanation.decision = Decided();
  explanation.training = Json{{"action", "kept"}, {"challenger", "late@v2"}, {"reason", "no gain"}};
  EXPECT_TRUE(
      ExplainText(explanation).ends_with("\n  training: kept, challenger late@v2\n    no gain"));
  explanation.training.reset();
  explanation.is_cut_short = true;
  EXPECT_TRUE(ExplainText(explanation)
                  .ends_with("\n  training: has not ended; assay was stopped, or is at it"));
}

TEST(Explain, ShowsNoControlCharactersOfAStrangersText) {
  Explanation explanation;
  explanation.decision = Json{{"policy", "a\x1b[31mb"}, {"signals", "no list"}, {"declared", 3}};
  EXPECT_EQ(ExplainText(explanation).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace assay::retrain
