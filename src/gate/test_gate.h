/// A gate over a small table, for tests of its checks.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/test_folder.h"
#include "engine/sql_text.h"
#include "gate/gate.h"

namespace assay::gate {

inline std::unique_ptr<engine::Engine> OpenEngine(int threads,
                                                  const std::filesystem::path& folder) {
  engine::Options options;
  options.threads = threads;
  options.readable = {folder};
  auto engine = engine::Open(options);
  EXPECT_TRUE(engine.ok()) << engine.error().message;
  return std::move(engine).value();
}

class GateTest : public testing::Test {
 protected:
  // Writes the rows of a query to a file, for the gate to compare with under this name.
  void TakeTarget(const std::string& name, const std::string& query) {
    const std::string path = folder / (name + ".parquet");
    const auto rows = engine->CopyToParquet(query, path);
    ASSERT_TRUE(rows.ok()) << rows.error().message;
    Target& target = input.targets[name];
    target.table = engine::ReadParquet({path}, {});
    const auto schema = engine->Describe("SELECT * FROM " + target.table);
    ASSERT_TRUE(schema.ok());
    target.schema = *schema;
  }

  // Writes the rows of a query to a file and takes it for the gate's input.
  void TakeInput(const std::string& query) {
    const std::string path = folder / "input.parquet";
    const auto rows = engine->CopyToParquet(query, path);
    ASSERT_TRUE(rows.ok()) << rows.error().message;
    input.table = engine::ReadParquet({path}, {});
    input.placed = input.table;
    input.files = {"file-sha"};
    const auto schema = engine->Describe("SELECT * FROM " + input.table);
    ASSERT_TRUE(schema.ok());
    input.schema = *schema;
  }

  // The same with a file for each name; `query_of` gives the rows of each.
  void TakeFiles(const std::vector<std::string>& names,
                 const std::function<std::string(std::size_t)>& query_of) {
    std::vector<std::filesystem::path> paths;
    for (std::size_t i = 0; i < names.size(); ++i) {
      paths.push_back(folder / (names[i] + ".parquet"));
      const auto rows = engine->CopyToParquet(query_of(i), paths.back());
      ASSERT_TRUE(rows.ok()) << rows.error().message;
    }
    input.table = engine::ReadParquet(paths, {});
    input.placed = input.table;
    input.files = names;
    const auto schema = engine->Describe("SELECT * FROM " + input.table);
    ASSERT_TRUE(schema.ok());
    input.schema = *schema;
  }

  contract::CheckDecl& Check(const std::string& kind, const Json& params) {
    contract::CheckDecl& check = gate.checks.emplace_back();
    check.kind = kind;
    check.name = kind + std::to_string(gate.checks.size());
    check.params = params;
    return check;
  }

  Judgement Judged() {
    auto judgement = Judge(*engine, Ordered(), gate, input);
    EXPECT_TRUE(judgement.ok()) << judgement.error().message;
    return judgement.ok() ? std::move(judgement).value() : Judgement{};
  }

  std::string Refusal() {
    const auto judgement = Judge(*engine, Ordered(), gate, input);
    EXPECT_FALSE(judgement.ok());
    return judgement.ok() ? "" : judgement.error().message + "|" + judgement.error().hint;
  }

  std::size_t CountRows(const std::string& query) {
    const auto grid = engine->Query("SELECT count(*) FROM (" + query + ")");
    EXPECT_TRUE(grid.ok()) << grid.error().message;
    return grid.ok() ? std::stoul(*grid->rows[0][0]) : 0;
  }

  // Of the rows that pass, those where `condition` holds.
  std::size_t CountPassed(const Judgement& judgement, const std::string& condition = "true") {
    return CountRows("SELECT 1 FROM " + input.placed + " AS rows ANTI JOIN (" +
                     judgement.refused_query +
                     ") AS refused USING (file_index, file_row_number) WHERE " + condition);
  }

  OrderedSource Ordered() {
    return [this]() -> Result<gate::Ordered> {
      if (one_thread == nullptr) one_thread = OpenEngine(1, folder.path());
      const std::string path = folder / "sorted.parquet";
      TRY(one_thread->CopyToParquet("SELECT * FROM " + input.table + " ORDER BY ALL", path));
      return gate::Ordered{one_thread.get(), engine::ReadParquet({path}, {})};
    };
  }

  TestFolder folder;
  std::unique_ptr<engine::Engine> engine = OpenEngine(2, folder.path());
  std::unique_ptr<engine::Engine> one_thread;
  contract::Gate gate;
  GateInput input;
};

}  // namespace assay::gate
