#include "run/schema_drift.h"

#include <gtest/gtest.h>

namespace assay::run {
namespace {

const Type kWhole{TypeKind::kInt64, 0, 0, {}};
const Type kWords{TypeKind::kString, 0, 0, {}};

TEST(SchemaDrift, TellsNewLostAndRetypedColumns) {
  const Schema before = {{"delay", kWhole}, {"gate", kWords}, {"origin", kWords}};
  const Schema after = {{"origin", kWords}, {"carrier", kWords}, {"delay", kWords}};
  const auto changes = ColumnChanges(before, after);
  EXPECT_EQ(ColumnChangesText(changes),
            "carrier is new (string), delay was int64 and is string, gate is gone");
  EXPECT_EQ(ColumnChangesJson(changes).dump(),
            R"([{"after":"string","before":null,"column":"carrier"},)"
            R"({"after":"string","before":"int64","column":"delay"},)"
            R"({"after":null,"before":"string","column":"gate"}])");
}

TEST(SchemaDrift, TheOrderOfColumnsIsNoChange) {
  const Schema one = {{"a", kWhole}, {"b", kWords}};
  const Schema other = {{"b", kWords}, {"a", kWhole}};
  EXPECT_TRUE(ColumnChanges(one, other).empty());
}

}  // namespace
}  // namespace assay::run
