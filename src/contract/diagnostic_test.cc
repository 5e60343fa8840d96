#include "contract/diagnostic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::contract {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Diagnostic, PlaceTextLeavesOutWhatIsUnknown) {
  EXPECT_EQ(PlaceText(Place{"a.yaml", 3, 7}), "a.yaml:3:7");
  EXPECT_EQ(PlaceText(Place{"a.yaml", 3, 0}), "a.yaml:3");
  EXPECT_EQ(PlaceText(Place{"a.yaml", 0, 0}), "a.yaml");
  EXPECT_EQ(PlaceText(Place{}), "");
}

TEST(Diagnostic, RendersTheLineWithACaret) {
  Diagnostics diagnostics;
  diagnostics.AddText("assay.yaml", "gates:\n  checked:\n    fial_above: 0.1 %\n");
  diagnostics.Error(Place{"assay.yaml", 3, 5}, "unknown key: fial_above",
                    "did you mean fail_above?");
  EXPECT_EQ(diagnostics.Render(),
            "assay.yaml:3:5: error: unknown key: fial_above\n"
            "    3 |     fial_above: 0.1 %\n"
            "      |     ^\n"
            "  hint: did you mean fail_above?\n");
}

TEST(Diagnostic, ShowsNoPasswordOfAnAddress) {
  Diagnostics diagnostics;
  diagnostics.AddText("a.yaml", "a: x://me:pass@host/p, b: x://host:80/q@r, c: \"y://u:s@@h\"");
  diagnostics.Error({"a.yaml", 1, 1}, "no");
  EXPECT_THAT(diagnostics.Render(),
              testing::HasSubstr("a: x://me:****@host/p, b: x://host:80/q@r, c: \"y://u:**@h\""));
}

TEST(Diagnostic, SortsByFileAndPlace) {
  Diagnostics diagnostics;
  diagnostics.Warning(Place{"b.yaml", 1, 1}, "fourth");
  diagnostics.Error(Place{"a.yaml", 10, 1}, "third");
  diagnostics.Error(Place{"a.yaml", 2, 9}, "second");
  diagnostics.Error(Place{"a.yaml", 2, 1}, "first");
  EXPECT_EQ(diagnostics.Render(),
            "a.yaml:2:1: error: first\n"
            "a.yaml:2:9: error: second\n"
            "a.yaml:10:1: error: third\n"
            "b.yaml:1:1: warning: fourth\n");
}

TEST(Diagnostic, PutsTheCaretUnderCharactersNotBytes) {
  Diagnostics diagnostics;
  diagnostics.AddText("a.yaml", "\té€x");
  diagnostics.Error(Place{"a.yaml", 1, 4}, "here");
  EXPECT_THAT(diagnostics.Render(), EndsWith("    1 | \té€x\n      | \t  ^\n"));
}

TEST(Diagnostic, ShowsTheNeighbourhoodOfAPlaceInALongLine) {
  Diagnostics diagnostics;
  diagnostics.AddText("a.yaml", std::string(500, 'a') + "X" + std::string(500, 'b'));
  diagnostics.Error(Place{"a.yaml", 1, 501}, "here");
  const std::string text = diagnostics.Render();
  EXPECT_THAT(text, HasSubstr(" | …" + std::string(60, 'a') + "X" + std::string(59, 'b') + "…\n"));
  EXPECT_THAT(text, EndsWith(" | " + std::string(61, ' ') + "^\n"));
}

TEST(Diagnostic, ShowsNoControlCharacters) {
  Diagnostics diagnostics;
  diagnostics.AddText("a.yaml", "a\x1b[31m");
  diagnostics.Error(Place{"a.yaml", 1, 2}, "bad: \x1b[31m\xff");
  EXPECT_EQ(diagnostics.Render().find('\x1b'), std::string::npos);
  EXPECT_EQ(diagnostics.ToJson()[0]["message"], "bad: \xef\xbf\xbd[31m\xef\xbf\xbd");
}

TEST(Diagnostic, WritesJson) {
  Diagnostics diagnostics;
  diagnostics.Warning(Place{"a.yaml", 1, 2}, "message", "hint");
  EXPECT_EQ(diagnostics.ToJson().dump(),
            R"([{"column":2,"file":"a.yaml","hint":"hint","line":1,"message":"message",)"
            R"("severity":"warning"}])");
}

TEST(Diagnostic, BecomesOneErrorWithoutItsWarnings) {
  Diagnostics diagnostics;
  EXPECT_FALSE(diagnostics.has_errors());
  diagnostics.Warning(Place{"a.yaml", 1, 1}, "only a warning");
  EXPECT_FALSE(diagnostics.has_errors());
  diagnostics.Error(Place{"a.yaml", 2, 1}, "wrong", "mend it");
  EXPECT_TRUE(diagnostics.has_errors());
  const assay::Error error = diagnostics.ToError();
  EXPECT_EQ(error.code, ErrorCode::kUser);
  EXPECT_EQ(error.message, "a.yaml:2:1: error: wrong\n  hint: mend it");
}

TEST(Diagnostic, KeepsTheFirstErrorOfTooMany) {
  Diagnostics diagnostics;
  for (int i = 1; i <= 300; ++i) diagnostics.Warning(Place{"a.yaml", i, 1}, "warning");
  diagnostics.Error(Place{"a.yaml", 1000, 1}, "error");
  diagnostics.Error(Place{"a.yaml", 1001, 1}, "one more");
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.all().size(), 201U);
  EXPECT_THAT(diagnostics.Render(), EndsWith("a.yaml:1000:1: error: error\nand 101 more\n"));
}

TEST(Diagnostic, TakesOverAnotherCollection) {
  Diagnostics inner;
  inner.AddText("b.yaml", "text");
  inner.Error(Place{"b.yaml", 1, 1}, "wrong");
  Diagnostics outer;
  outer.AddAll(inner);
  EXPECT_THAT(outer.Render(), StartsWith("b.yaml:1:1: error: wrong\n    1 | text\n"));
}

}  // namespace
}  // namespace assay::contract
