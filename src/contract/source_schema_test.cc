#include "contract/source_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kRides = R"(apiVersion: v3.1.0
kind: DataContract
id: rides
version: 1.0.0
status: active
schema:
  - name: rides
    properties:
      - {name: id, logicalType: integer, physicalType: INTEGER, required: true}
      - {name: minutes, logicalType: number}
      - {name: note}
)";

ReadProject Read(const std::string& source, const std::string& contract = kRides) {
  return ReadText("sources:\n  rides: {files: a.csv, " + source + "}\n",
                  {{"rides.yaml", contract}});
}

SourceSchema Schema(const std::string& source) {
  const ReadProject read = Read(source);
  EXPECT_THAT(read.lines, IsEmpty());
  return read.project.value().sources.at(0).schema.value();
}

TEST(SourceSchema, IsThatOfTheContract) {
  const SourceSchema schema = Schema("contract: rides.yaml");
  EXPECT_EQ(schema.declared_in, "rides.yaml");
  EXPECT_THAT(schema.columns, ElementsAre(SourceColumn{"id", "int32", true},
                                          SourceColumn{"minutes", "number", false},
                                          SourceColumn{"note", "", false}));
  EXPECT_EQ(schema.of_columns, SchemaMode::kEvolve);
  EXPECT_EQ(schema.TypeMode("id"), SchemaMode::kDiscardRow);
  EXPECT_TRUE(schema.RefusesRows());
}

TEST(SourceSchema, OneModeIsThatOfColumnsAndTypes) {
  const SourceSchema schema = Schema("contract: rides.yaml, schema_mode: freeze");
  EXPECT_EQ(schema.of_columns, SchemaMode::kFreeze);
  EXPECT_EQ(schema.of_types, SchemaMode::kFreeze);
  EXPECT_FALSE(schema.RefusesRows());
}

TEST(SourceSchema, ColumnsHaveModesOfTheirOwn) {
  const SourceSchema schema = Schema(
      "contract: rides.yaml, schema_mode: {columns: freeze, types: evolve, column_types: {minutes: "
      "discard_row}}");
  EXPECT_EQ(schema.of_columns, SchemaMode::kFreeze);
  EXPECT_EQ(schema.TypeMode("id"), SchemaMode::kEvolve);
  EXPECT_EQ(schema.TypeMode("minutes"), SchemaMode::kDiscardRow);
  EXPECT_TRUE(schema.RefusesRows());
  EXPECT_EQ(SourceSchemaJson(schema).dump(),
            R"({"columns":[{"mode":"evolve","name":"id","required":true,"type":"int32"},)"
            R"({"mode":"discard_row","name":"minutes","required":false,"type":"number"},)"
            R"({"mode":"evolve","name":"note","required":false,"type":""}],"others":"freeze"})");
}

TEST(SourceSchema, IsNoneWhereNothingIsDeclared) {
  const ReadProject read = ReadText("sources:\n  rides: {files: a.csv}\n");
  EXPECT_FALSE(read.project.value().sources.at(0).schema.has_value());
}

TEST(SourceSchema, MistakesHaveTheirPlaces) {
  EXPECT_THAT(Read("schema_mode: freeze").lines,
              ElementsAre("assay.yaml:4:38: error: schema_mode has no columns to hold the source "
                          "to (declare a `contract`, or `columns` with their types)"));
  EXPECT_THAT(Read("contract: rides.yaml, schema_mode: frozen").lines,
              ElementsAre("assay.yaml:4:60: error: schema_mode must be one of evolve, freeze, "
                          "discard_row, discard_value, found: frozen (write one of: evolve, "
                          "freeze, discard_row, discard_value)"));
  EXPECT_THAT(Read("contract: rides.yaml, schema_mode: {column_types: {minuts: freeze}}").lines,
              ElementsAre("assay.yaml:4:76: error: no column of this name in rides.yaml: minuts "
                          "(did you mean minutes?)"));
  EXPECT_THAT(Read("contract: rides.yaml, schema_mode: {column_types: freeze}").lines,
              ElementsAre("assay.yaml:4:75: error: column_types must name columns and their modes "
                          "(as `column_types: {delay: discard_value}`)"));
  EXPECT_THAT(Read("contract: none.yaml, schema_mode: freeze").lines,
              ElementsAre("assay.yaml:4:35: error: no such file: none.yaml (paths are relative "
                          "to the project folder)"));
}

TEST(SourceSchema, AContractWithoutColumnsHoldsNothing) {
  constexpr const char* kEmpty = R"(apiVersion: v3.1.0
kind: DataContract
id: rides
version: 1.0.0
status: active
schema:
  - {name: rides}
)";
  EXPECT_THAT(Read("contract: rides.yaml", kEmpty).lines,
              ElementsAre("assay.yaml:4:10: error: the contract has no columns to hold the source "
                          "to: rides.yaml (write them under `properties`)"));
}

}  // namespace
}  // namespace assay::contract
