#include "contract/place_prefix.h"

#include <gtest/gtest.h>

namespace assay::contract {
namespace {

TEST(PlacePrefix, IsTheFileWithLineAndColumn) {
  EXPECT_EQ(PlacePrefix("assay.yaml:12:9: no such column: x"), "assay.yaml:12:9");
  EXPECT_EQ(PlacePrefix("sql/my query.sql:1:1: a: b"), "sql/my query.sql:1:1");
}

TEST(PlacePrefix, IsNothingElse) {
  for (const char* message :
       {"", "no such column: x", "data/a.csv:12: broken", "step `a`: assay.yaml:1:2: b",
        "assay.yaml:12:9", "assay.yaml:12:: b", "assay.yaml::9: b", "12:9: b", ":12:9: b",
        "assay.yaml:1x:9: b", "cannot listen at 127.0.0.1:8080: in use"}) {
    EXPECT_EQ(PlacePrefix(message), "") << message;
  }
}

}  // namespace
}  // namespace assay::contract
