/// Test fixture: files in a folder of their own, read by a kind of source.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/test_folder.h"
#include "engine/engine.h"
#include "source/source.h"

namespace assay::source {

class SourceFiles : public testing::Test {
 protected:
  SourceFiles() { Open(2); }

  void Open(int threads) {
    engine::Options options;
    options.threads = threads;
    options.readable = {folder.path()};
    engine = *engine::Open(options);
  }

  /// A file of the source; its object is named, as those of the store, without a suffix.
  void Add(const std::string& name, const std::string& bytes) {
    const std::filesystem::path path = folder / ("object" + std::to_string(objects++));
    std::ofstream(path, std::ios::binary) << bytes;
    files.push_back({path, "data/" + name});
  }

  Result<SourceRead> Read(const std::string& kind, Json params = Json::object()) {
    for (const contract::Param& param : FindSource(kind)->info.params) {
      if (param.by_default && !params.contains(param.name)) params[param.name] = *param.by_default;
    }
    kept = params;
    return FindSource(kind)->read({*engine, kept, files});
  }

  engine::Grid Rows(const std::string& query) {
    const auto grid = engine->Query(query);
    EXPECT_TRUE(grid.ok()) << grid.error().message;
    return grid.ok() ? *grid : engine::Grid{};
  }

  /// The rows as text: `a|b`, nulls as `-`, a line for each row.
  static std::string Text(const engine::Grid& grid) {
    std::string text;
    for (const auto& row : grid.rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        text += (i > 0 ? "|" : "") + row[i].value_or("-");
      }
      text += "\n";
    }
    return text;
  }

  static std::string Types(const Schema& schema) {
    std::string text;
    for (const Field& field : schema) {
      text += (text.empty() ? "" : ", ") + field.name + " " + TypeText(field.type);
    }
    return text;
  }

  /// What a kind makes of the files: columns, rows, and what it refuses.
  struct Outcome {
    std::string types, rows, refused, error, hint;
  };
  Outcome ReadAll(const std::string& kind, Json params = Json::object()) {
    Outcome outcome;
    const auto read = Read(kind, std::move(params));
    if (!read.ok()) {
      outcome.error = read.error().message;
      outcome.hint = read.error().hint;
      return outcome;
    }
    const auto grid = engine->Query(read->query);
    if (!grid.ok()) {
      outcome.error = grid.error().message;
      outcome.hint = grid.error().hint;
      return outcome;
    }
    outcome.types = Types(grid->schema);
    outcome.rows = Text(*grid);
    if (!read->refused) return outcome;
    const engine::Grid refused = Rows(*read->refused());
    EXPECT_EQ(Types(refused.schema),
              "location string, line int64, column string, reason string, text string");
    outcome.refused = Text(refused);
    return outcome;
  }

  TestFolder folder;
  int objects = 0;
  std::unique_ptr<engine::Engine> engine;
  std::vector<SourceFile> files;
  Json kept;
};

}  // namespace assay::source
