#include <map>

#include "step/test_steps.h"

namespace assay::step {
namespace {

struct Refusing {
  Json params;
  std::string rows;  // some of which are refused
  std::size_t refused;
};

class RowForRowTest : public StepKindTest {};

TEST_F(RowForRowTest, WhatDoesNotComeOutIsRefusedAndNothingComesOutTwice) {
  const std::map<std::string, Refusing> kinds = {
      {"clean",
       {{{"cast", Pairs({{"a", "int32"}})}}, "('1'), ('x'), (NULL), ('1'), ('1'), ('1.5')", 2}},
      {"map_labels",
       {{{"column", "a"}, {"labels", Pairs({{"yes", "yes"}, {"y", "yes"}, {"no", "no"}})}},
        "('y'), ('yes'), ('nein'), (NULL), ('no'), ('no')",
        1}},
      {"time_zone",
       {{{"columns", Json::array({"a"})}, {"from", "Europe/Berlin"}},
        "(TIMESTAMP '2001-03-25 02:30:00'), ('2001-10-28 02:30:00'), ('2001-07-01'), (NULL), "
        "('2001-07-01')",
        2}},
      {"units",
       {{{"column", "b"}, {"unit_column", "a"}, {"to", "m"}},
        "('km'), ('kg'), (NULL), ('mi'), ('km')",
        2}},
  };
  for (const StepKind& kind : AllSteps()) {
    if (!kind.row_for_row) continue;
    ASSERT_TRUE(kinds.contains(kind.info.name)) << "rows for " << kind.info.name << ", please";
    const Refusing& one = kinds.at(kind.info.name);
    Json params = one.params;
    params["input"] = "t";
    ASSERT_TRUE(kind.info.refuses(params)) << kind.info.name;
    const std::string given = "SELECT a, 1 AS b FROM (VALUES " + one.rows + ") t(a)";
    Give("t", given);
    const std::size_t rows = engine->Query(given)->rows.size();
    EXPECT_EQ(Refused(kind.info.name, params).size(), one.refused) << kind.info.name;
    EXPECT_EQ(Rows(kind.info.name, params).size(), rows - one.refused) << kind.info.name;
  }
}

}  // namespace
}  // namespace assay::step
