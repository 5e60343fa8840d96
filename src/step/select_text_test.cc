#include "step/test_steps.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What is told of these kinds by their text alone: they read their input, and nothing that differs
// from call to call.
TEST_F(StepKindTest, TextsOfKindsThatChangeValuesReadTheirInputAlone) {
  std::vector<std::pair<std::string, std::string>> many;
  for (int i = 0; i < 200; ++i) many.emplace_back("ä" + std::to_string(i), "l");
  const Json columns = Json::array({"c"});
  const std::pair<const char*, Json> cases[] = {
      {"units", {{"input", "t"}, {"column", "c"}, {"from", "m"}, {"to", "km"}}},
      {"units", {{"input", "t"}, {"column", "c"}, {"unit_column", "u"}, {"to", "C"}}},
      {"hash", {{"input", "t"}, {"columns", columns}}},
      {"hash", {{"input", "t"}, {"columns", columns}, {"key", Json::array({"NAME", "mark"})}}},
      {"time_zone", {{"input", "t"}, {"columns", columns}, {"from", "Europe/Berlin"}}},
      {"map_labels", {{"input", "t"}, {"column", "c"}, {"labels", Pairs({{"a", "b"}})}}},
      {"map_labels", {{"input", "t"}, {"column", "c"}, {"labels", Pairs(many)}}},
      {"map_labels",
       {{"input", "t"}, {"column", "c"}, {"labels", Pairs(many)}, {"ignore_case", true}}},
  };
  for (const auto& [kind, params] : cases) {
    const auto text = TextOf(*FindStep(kind), params);
    ASSERT_TRUE(text.ok()) << kind;
    const auto facts = engine->Parse(*text, nullptr);
    ASSERT_TRUE(facts.ok()) << kind << ": " << facts.error().message;
    ASSERT_EQ(facts->reads.size(), 1u) << *text;
    EXPECT_EQ(facts->reads[0].name, "t");
    EXPECT_THAT(facts->calls, IsEmpty()) << *text;
    EXPECT_THAT(facts->functions, IsEmpty()) << *text;
    EXPECT_THAT(facts->windows, IsEmpty()) << *text;
    EXPECT_THAT(facts->distributes, ElementsAre("t")) << *text;
    const bool joins = text->find(" JOIN ") != std::string::npos;
    EXPECT_EQ(facts->row_local, !joins) << *text;
  }
}

}  // namespace
}  // namespace assay::step
