#include "step/test_steps.h"

namespace assay::step {
namespace {

using testing::ElementsAre;

TEST_F(StepKindTest, DeriveAddsAndReplaces) {
  Give("flights", "SELECT i AS delay, 'x' || i AS name FROM range(2) t(i)");
  const Json params = {{"input", "flights"},
                       {"columns", Pairs({{"late", "delay > 0 -- minutes"}})},
                       {"replace", Pairs({{"delay", "delay * 60"}})}};
  EXPECT_EQ(Columns("derive", params), "delay int64, name string, late bool");
  EXPECT_THAT(Rows("derive", params),
              ElementsAre(Row{"0", "x0", "false"}, Row{"60", "x1", "true"}));
}

TEST_F(StepKindTest, DeriveNamesColumnsThatAreThereOrNot) {
  Give("flights", "SELECT 1 AS delay");
  EXPECT_EQ(Mistake("derive", {{"input", "flights"}, {"replace", Pairs({{"dely", "1"}})}}),
            "`flights` has no column: dely (did you mean delay?)");
  EXPECT_EQ(Mistake("derive", {{"input", "flights"}, {"columns", Pairs({{"Delay", "1"}})}}),
            "`flights` has a column already: Delay (give the new one another name, or write it "
            "under `replace`)");
  EXPECT_EQ(Misdeclared("derive", {{"input", "flights"}}),
            "a derive step needs `columns` or `replace`");
}

TEST_F(StepKindTest, FilterKeepsWhatIsTrue) {
  Give("flights", "SELECT * FROM (VALUES (1), (NULL), (-1)) t(n)");
  EXPECT_THAT(Rows("filter", {{"input", "flights"}, {"where", "n > 0 -- no more"}}),
              ElementsAre(Row{"1"}));
}

}  // namespace
}  // namespace assay::step
