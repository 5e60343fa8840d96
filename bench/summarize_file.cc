// What the engine itself tells of a Parquet file: SUMMARIZE, by the same library with the same
// settings. Prints one JSON object for each column.
//
//   summarize_file [--threads N] FILE
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/engine.h"
#include "engine/sql_text.h"

namespace assay::bench {
namespace {

Status Run(const std::filesystem::path& file, int threads) {
  engine::Options options;
  options.threads = threads;
  options.readable = {file.parent_path()};
  TRY_ASSIGN(const auto engine, engine::Open(options));
  TRY_ASSIGN(const engine::Grid grid,
             engine->Query("SELECT * FROM (SUMMARIZE SELECT * FROM read_parquet(" +
                           engine::QuoteText(file.string()) + "))"));
  Json columns = Json::array();
  for (const auto& row : grid.rows) {
    Json column = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      column[grid.schema[i].name] = row[i] ? Json(*row[i]) : Json();
    }
    columns.push_back(std::move(column));
  }
  std::printf("%s\n", columns.dump().c_str());
  return {};
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool has_threads = words.size() == 3 && words[0] == "--threads";
  if (!has_threads && words.size() != 1) {
    std::fprintf(stderr, "usage: summarize_file [--threads N] FILE\n");
    return 2;
  }
  std::error_code error;
  const auto done = assay::bench::Run(std::filesystem::canonical(words.back(), error),
                                      has_threads ? std::atoi(words[1].c_str()) : 0);
  if (done.ok()) return 0;
  std::fprintf(stderr, "summarize_file: %s\n", done.error().message.c_str());
  return 1;
}
