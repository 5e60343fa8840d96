#include "run/look_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SeenSource SourceWith(const std::vector<std::string>& names) {
  SeenSource source;
  source.rows = 3;
  for (const std::string& name : names) {
    SeenColumn column;
    column.name = name;
    source.columns.push_back(column);
  }
  return source;
}

TEST(LookNotes, WhatIsPlainNeedsNone) {
  EXPECT_THAT(NotesOn(SourceWith({"id", "x_1", "column0"}), "id,x_1,column0"), IsEmpty());
  EXPECT_THAT(NotesOn(SourceWith({"id", "x_1"}), ""), IsEmpty());
}

TEST(LookNotes, NamesThatTheHeaderDoesNotHaveAreTold) {
  EXPECT_THAT(NotesOn(SourceWith({"column0", "value", "value_1"}), ",value,value"),
              ElementsAre("the header has these columns without a name or with one that stands "
                          "twice, so they are called column0, value_1"));
  // A quote in a name is written twice.
  EXPECT_THAT(NotesOn(SourceWith({"5\" wide"}), "\"5\"\" wide\""), IsEmpty());
}

TEST(LookNotes, WithoutAHeaderTheNamesAreNoNews) {
  SeenSource source = SourceWith({"column0", "column1"});
  source.options.push_back({"header", Json(false), ""});
  EXPECT_THAT(NotesOn(source, "1,2"),
              ElementsAre("the first line is taken for a row: it holds no names of columns"));
}

TEST(LookNotes, NoRowsAreTold) {
  SeenSource source = SourceWith({"id"});
  source.rows = 0;
  EXPECT_THAT(NotesOn(source, "id"),
              ElementsAre("there is no row, so types, key and splits are yours to write"));
}

TEST(LookNotes, ColumnsThatStayTextAreNamed) {
  SeenSource source = SourceWith({"a", "b", "c", "d", "e", "f"});
  source.columns[0].cast = SeenCast{"x", "why", true};
  EXPECT_THAT(NotesOn(source, "a,b"),
              ElementsAre("a stays text, though it looks like numbers or days; a step for that "
                          "stands in assay.yaml, as a comment"));
  for (SeenColumn& column : source.columns) column.cast = SeenCast{"x", "why", false};
  EXPECT_THAT(NotesOn(source, "a,b"),
              ElementsAre("a, b, c, d and 2 more stay text, though they look like numbers or days; "
                          "a step for that stands in assay.yaml, as a comment"));
}

TEST(LookNotes, SpellingsAndRepeatedRowsAreTold) {
  SeenSource source = SourceWith({"late"});
  source.columns[0].cast = SeenCast{"x", "why", false};
  source.columns[0].stays_words = true;
  source.repeated = 1;
  EXPECT_THAT(
      NotesOn(source, "late"),
      ElementsAre("late has words that differ in case or spaces alone, or stand with spaces "
                  "at their ends; a step for that stands in assay.yaml, as a comment",
                  "1 row repeats another one; a step for that stands in assay.yaml, as a "
                  "comment"));
  source.kind = "text";
  EXPECT_THAT(NotesOn(source, ""),
              ElementsAre("1 row repeats another one; a step for that stands in assay.yaml, as a "
                          "comment"));
  source.repeated = 1200;
  EXPECT_EQ(NotesOn(source, "late").back(),
            "1,200 rows repeat another one; a step for that stands in assay.yaml, as a comment");
}

}  // namespace
}  // namespace assay::run
