/// For tests of step kinds: tables given as SQL, what a kind makes of them, what it refuses.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/test_folder.h"
#include "engine/engine.h"
#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {

using Row = std::vector<std::optional<std::string>>;

class StepKindTest : public testing::Test {
 protected:
  StepKindTest() {
    engine::Options options;
    options.threads = 2;
    options.readable = {folder.path()};
    engine = *engine::Open(options);
  }

  /// A table of this name, as a step finds it: stored, and a view over it.
  void Give(const std::string& name, const std::string& query) {
    const std::string path = folder / (name + ".parquet");
    ASSERT_TRUE(engine->CopyToParquet(query, path).ok()) << query;
    const std::string table = engine::ReadParquet({path}, {});
    const Schema schema = *engine->Describe("SELECT * FROM " + table);
    ASSERT_TRUE(engine
                    ->Execute("CREATE OR REPLACE VIEW " + engine::QuoteName(name) + " AS SELECT " +
                              engine::NameList(FieldNames(schema)) + " FROM " + table)
                    .ok());
    std::erase_if(inputs, [&](const StepInput& input) { return input.name == name; });
    inputs.push_back({name, schema, table});
  }

  /// What a kind makes of the tables, whatever their order; `refused` are left out of it.
  engine::Grid Made(const std::string& kind, const Json& params) {
    const auto sql = StepSql(*FindStep(kind), {params, inputs});
    EXPECT_TRUE(sql.ok()) << (sql.ok() ? "" : sql.error().message);
    if (!sql.ok()) return {};
    auto grid = engine->Query(*sql);
    EXPECT_TRUE(grid.ok()) << (grid.ok() ? "" : grid.error().message) << "\n" << *sql;
    return grid.ok() ? *std::move(grid) : engine::Grid{};
  }
  std::vector<Row> Rows(const std::string& kind, const Json& params) {
    return Made(kind, params).rows;
  }
  /// `name type, …` of what it makes.
  std::string Columns(const std::string& kind, const Json& params) {
    std::string text;
    for (const Field& field : Made(kind, params).schema) {
      text += (text.empty() ? "" : ", ") + field.name + " " + TypeText(field.type);
    }
    return text;
  }
  /// The refused rows: their columns, then the reason.
  std::vector<Row> Refused(const std::string& kind, const Json& params) {
    const auto sql = FindStep(kind)->refusals({params, inputs});
    EXPECT_TRUE(sql.ok()) << (sql.ok() ? "" : sql.error().message);
    if (!sql.ok()) return {};
    const auto grid =
        engine->Query("SELECT * EXCLUDE (file_index, file_row_number) FROM (" + *sql + ")");
    EXPECT_TRUE(grid.ok()) << (grid.ok() ? "" : grid.error().message) << "\n" << *sql;
    return grid.ok() ? grid->rows : std::vector<Row>{};
  }
  /// The error over columns or types, `message (hint)`; empty when there is none.
  std::string Mistake(const std::string& kind, const Json& params) {
    const auto sql = StepSql(*FindStep(kind), {params, inputs});
    return sql.ok() ? "" : sql.error().message + " (" + sql.error().hint + ")";
  }
  /// The error that the parameters alone show.
  static std::string Misdeclared(const std::string& kind, const Json& params) {
    const Status status = FindStep(kind)->info.check(params);
    return status.ok() ? "" : status.error().message;
  }

  TestFolder folder;
  std::unique_ptr<engine::Engine> engine;
  std::vector<StepInput> inputs;
};

/// A mapping, as reading a project gives it.
inline Json Pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json list = Json::array();
  for (const auto& [name, text] : pairs) list.push_back(Json::array({name, text}));
  return list;
}

}  // namespace assay::step
