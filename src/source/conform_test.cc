#include "source/conform.h"

#include <gmock/gmock.h>

#include "source/test_sources.h"

namespace assay::source {
namespace {

using contract::SchemaMode;
using contract::SourceSchema;
using testing::HasSubstr;

class HeldSource : public SourceFiles {
 protected:
  HeldSource() { schema.declared_in = "c.yaml"; }

  void Declare(const std::string& name, const std::string& type, bool required = false) {
    schema.columns.push_back({name, type, required});
  }
  void All(SchemaMode mode) { schema.of_columns = schema.of_types = mode; }

  /// `copy` is a SELECT whose rows become the file.
  void AddParquet(const std::string& name, const std::string& copy) {
    Add(name, "");
    ASSERT_TRUE(engine->CopyToParquet(copy, files.back().object).ok());
  }

  struct Held : Outcome {
    std::string told;
    std::uint64_t undeclared = 0;
  };
  Held Hold(const std::string& kind, Json params = Json::object()) {
    Held held;
    for (const contract::Param& param : FindSource(kind)->info.params) {
      if (param.by_default && !params.contains(param.name)) params[param.name] = *param.by_default;
    }
    kept = params;
    const auto conformed = ReadHeld(*FindSource(kind), {*engine, kept, files}, schema);
    if (!conformed.ok()) {
      held.error = conformed.error().message;
      held.hint = conformed.error().hint;
      EXPECT_EQ(conformed.error().code, ErrorCode::kData);
      return held;
    }
    const engine::Grid grid = Rows(conformed->read.query);
    held.types = Types(grid.schema);
    held.rows = Text(grid);
    held.told = DeparturesText(conformed->departures);
    held.undeclared = conformed->refused_rows;
    if (conformed->read.refused) {
      const auto query = conformed->read.refused();
      EXPECT_TRUE(query.ok()) << query.error().message;
      if (!query.ok()) return held;
      const engine::Grid refused = Rows(*query);
      EXPECT_EQ(Types(refused.schema),
                "location string, line int64, column string, reason string, text string");
      held.refused = Text(refused);
    }
    return held;
  }

  SourceSchema schema;
};

TEST_F(HeldSource, ColumnsGetTheTypeThatIsDeclaredWhateverTheyLookLike) {
  Add("a.csv", "zip,n,day,at,ok,share\n01234,7,2026-01-31,2026-01-31 10:00:00,true,1\n");
  Declare("zip", "string");
  Declare("n", "int16");
  Declare("day", "string");
  Declare("at", "timestamp");
  Declare("ok", "boolean");
  Declare("share", "number");
  const Held held = Hold("csv");
  EXPECT_EQ(held.types,
            "zip string, n int16, day string, at timestamp[us], ok bool, share float64");
  EXPECT_EQ(held.rows, "01234|7|2026-01-31|2026-01-31 10:00:00|true|1.0\n");
  EXPECT_EQ(held.told, "");
  EXPECT_EQ(held.refused, "");
}

TEST_F(HeldSource, WhatIsAsDeclaredIsTheFilesThemselves) {
  AddParquet("a.parquet", "SELECT 1::INTEGER AS n, 'x' AS t");
  Declare("n", "integer");
  Declare("t", "string");
  const auto conformed =
      ReadHeld(*FindSource("parquet"), {*engine, kept = Json::object(), files}, schema);
  ASSERT_TRUE(conformed.ok()) << conformed.error().message;
  EXPECT_TRUE(conformed->read.files_are_table);
  EXPECT_TRUE(conformed->departures.empty());
}

TEST_F(HeldSource, RowsWithValuesOfAnotherTypeAreRefusedWithTheirPlaces) {
  AddParquet("a.parquet", "SELECT unnest([1.0, 2.5, NULL, 4.0])::DOUBLE AS n, 'x' AS t");
  AddParquet("b.parquet", "SELECT unnest([1e30, 5.0])::DOUBLE AS n, 'y' AS t");
  Declare("n", "int32");
  Declare("t", "string");
  const Held held = Hold("parquet");
  EXPECT_EQ(held.types, "n int32, t string");
  EXPECT_EQ(held.rows, "1|x\n-|x\n4|x\n5|y\n");
  EXPECT_EQ(held.refused,
            "data/a.parquet|2|n|not a value of type int32: 2.5|{\"n\":2.5,\"t\":\"x\"}\n"
            "data/b.parquet|1|n|not a value of type int32: 1e+30|{\"n\":1e30,\"t\":\"y\"}\n");
  EXPECT_EQ(held.told, "n has 2 values that are not of type int32, whose rows are refused");
  EXPECT_EQ(held.undeclared, 2U);
}

TEST_F(HeldSource, LinesOfTextFormsAreTold) {
  Add("a.jsonl", "{\"n\": 1}\n{broken\n{\"n\": \"many\"}\n");
  Declare("n", "int32");
  const Held held = Hold("jsonl");
  EXPECT_EQ(held.rows, "1\n");
  EXPECT_THAT(held.refused, HasSubstr("data/a.jsonl|2|"));
  EXPECT_THAT(held.refused,
              HasSubstr("data/a.jsonl|3|n|not a value of type int32: many|{\"n\":\"many\"}\n"));
  EXPECT_EQ(held.undeclared, 1U);
}

TEST_F(HeldSource, ARowIsRefusedOnceThoughSeveralValuesAreWrong) {
  Add("a.csv", "a,b\nx,y\n1,2\n");
  Declare("a", "int8");
  Declare("b", "int8");
  const Held held = Hold("csv");
  EXPECT_EQ(held.rows, "1|2\n");
  EXPECT_EQ(held.undeclared, 1U);
  EXPECT_THAT(held.refused, HasSubstr("|a|not a value of type int8: x|"));
  EXPECT_EQ(held.told,
            "a has 1 value that is not of type int8, whose row is refused, "
            "b has 1 value that is not of type int8, whose row is refused");
}

TEST_F(HeldSource, DiscardValueLeavesNullsAndNewColumnsOut) {
  Add("a.csv", "n,note\nx,hello\n2,\n");
  Declare("n", "int32");
  All(SchemaMode::kDiscardValue);
  const Held held = Hold("csv");
  EXPECT_EQ(held.types, "n int32");
  EXPECT_EQ(held.rows, "-\n2\n");
  EXPECT_EQ(held.told,
            "n has 1 value that is not of type int32 and is null instead, "
            "note is new (string) and left out");
  EXPECT_EQ(held.refused, "");
}

TEST_F(HeldSource, DiscardRowRefusesRowsWithValuesInNewColumns) {
  Add("a.csv", "n,note\n1,hello\n2,\n");
  Declare("n", "int32");
  All(SchemaMode::kDiscardRow);
  const Held held = Hold("csv");
  EXPECT_EQ(held.types, "n int32");
  EXPECT_EQ(held.rows, "2\n");
  EXPECT_THAT(held.refused,
              HasSubstr("|note|a value in a column that c.yaml does not have: hello|"));
  EXPECT_EQ(held.told, "note is new (string) and has 1 value, whose row is refused");
}

TEST_F(HeldSource, EvolveKeepsAColumnWhoseValuesAreNotAllOfTheType) {
  Add("a.csv", "n,m,note\nx,1,hello\n2,2,\n");
  Declare("n", "int32");
  Declare("m", "int32");
  All(SchemaMode::kEvolve);
  const Held held = Hold("csv");
  EXPECT_EQ(held.types, "n string, m int32, note string");
  EXPECT_EQ(held.rows, "x|1|hello\n2|2|-\n");
  EXPECT_EQ(held.told,
            "n has 1 value that is not of type int32, so it is string, note is new (string)");
}

TEST_F(HeldSource, FreezeNamesTheFirstOfWhatIsOtherwise) {
  Add("a.jsonl", "{\"n\": 1}\n{\"n\": \"x\"}\n{\"n\": \"y\"}\n");
  Declare("n", "int32");
  All(SchemaMode::kFreeze);
  EXPECT_EQ(
      Hold("jsonl").error,
      "column n is int32 in c.yaml, and 2 values are not: data/a.jsonl:2: not a value of type "
      "int32: x");
  Add("b.jsonl", "{\"n\": 1, \"m\": 2}\n");
  EXPECT_EQ(Hold("jsonl").error, "the files have a column that c.yaml does not have: m");
  files.erase(files.begin());
  Declare("m", "");
  Declare("o", "date");
  const Held held = Hold("jsonl");
  EXPECT_EQ(held.error, "the files lack a column that c.yaml has: o");
  EXPECT_EQ(held.hint,
            "take it out there, or let it be null with `schema_mode: {columns: evolve}`");
}

TEST_F(HeldSource, AMissingColumnIsNullUnlessItIsRequired) {
  Add("a.csv", "n\n1\n");
  Declare("n", "int32");
  Declare("day", "date");
  Held held = Hold("csv");
  EXPECT_EQ(held.types, "n int32, day date");
  EXPECT_EQ(held.rows, "1|-\n");
  EXPECT_EQ(held.told, "day is missing, and null in each row");
  Declare("id", "int64", true);
  held = Hold("csv");
  EXPECT_EQ(held.error, "the files lack a column that c.yaml requires: id");
}

TEST_F(HeldSource, NamesAreToldApartWithoutCaseAndWrittenAsDeclared) {
  Add("a.csv", "Delay,GATE\n5,A1\n");
  Declare("delay", "int32");
  Declare("gate", "string");
  const Held held = Hold("csv");
  EXPECT_EQ(held.types, "delay int32, gate string");
  EXPECT_EQ(held.rows, "5|A1\n");
  EXPECT_EQ(held.told, "");
}

TEST_F(HeldSource, FilesWithUnlikeColumnsAreUnitedByName) {
  Add("a.csv", "n,t\n1,x\nbroken\n");
  Add("b.csv", "t,extra,n\ny,7,2\nz,,many\n");
  Add("c.csv", "n,t\n3,w\n");
  Declare("n", "int32");
  Declare("t", "string");
  const Held held = Hold("csv", {{"file_column", "file"}});
  EXPECT_EQ(held.types, "n int32, t string, file string, extra int64");
  EXPECT_EQ(held.rows, "1|x|data/a.csv|-\n2|y|data/b.csv|7\n3|w|data/c.csv|-\n");
  EXPECT_THAT(held.refused, HasSubstr("data/a.csv|3|"));
  EXPECT_THAT(held.refused, HasSubstr("data/b.csv|3|n|not a value of type int32: many|"));
  EXPECT_EQ(held.undeclared, 1U);
}

TEST_F(HeldSource, AColumnThatSomeFilesLackIsTold) {
  Add("a.csv", "n,t\n1,x\n");
  Add("b.csv", "n\n2\n");
  Declare("n", "int32");
  Declare("t", "string");
  EXPECT_EQ(Hold("csv").told, "t is missing in data/b.csv, and null there");
  schema.of_columns = SchemaMode::kFreeze;
  EXPECT_EQ(Hold("csv").error, "data/b.csv lacks a column that c.yaml has: t");
  schema.of_columns = SchemaMode::kEvolve;
  schema.columns[1].required = true;
  EXPECT_EQ(Hold("csv").error, "data/b.csv lacks a column that c.yaml requires: t");
}

TEST_F(HeldSource, FilesOfUnlikeTypesAreHeldToTheDeclaredOne) {
  AddParquet("a.parquet", "SELECT 1::BIGINT AS n, DATE '2026-01-31' AS day, 9 AS free");
  AddParquet("b.parquet", "SELECT '2' AS n, TIMESTAMP '2026-02-28 00:00:00' AS day, 'x' AS free");
  AddParquet("c.parquet", "SELECT 'two' AS n, TIMESTAMP '2026-02-28 10:00:00' AS day, 'y' AS free");
  Declare("n", "int32");
  Declare("day", "date");
  const Held held = Hold("parquet");
  EXPECT_EQ(held.types, "n int32, day date, free string");
  EXPECT_EQ(held.rows, "1|2026-01-31|9\n2|2026-02-28|x\n");
  EXPECT_THAT(held.refused, HasSubstr("data/c.parquet|1|n|not a value of type int32: two|"));
  EXPECT_EQ(held.undeclared, 1U);
}

TEST(DeparturesText, TellsTheFirstTen) {
  std::vector<Departure> departures(12, {"c", "", "string", "", 0, SchemaMode::kEvolve});
  EXPECT_THAT(DeparturesText(departures), testing::EndsWith("c is new (string) and 2 more"));
  departures.resize(10);
  EXPECT_THAT(DeparturesText(departures), testing::Not(HasSubstr("more")));
}

TEST_F(HeldSource, AnErrorInAFileIsItsOwn) {
  Add("a.csv", "n,n\n1,2\n");
  Add("b.parquet", "nothing");
  Declare("n", "int32");
  EXPECT_THAT(Hold("parquet").error, HasSubstr("no Parquet file"));
}

}  // namespace
}  // namespace assay::source
