// What loading a file costs at the least: the engine's own COPY of a file into Parquet, by the same
// library with the same settings.
//
//   copy_rows [--threads N] FILE OUT
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/sql_text.h"

namespace assay::bench {
namespace {

Status Run(const std::filesystem::path& file, const std::filesystem::path& out, int threads) {
  engine::Options options;
  options.threads = threads;
  options.readable = {file.parent_path(), out.parent_path()};
  TRY_ASSIGN(const auto engine, engine::Open(options));
  const std::string read = file.extension() == ".csv" ? "read_csv(" : "read_parquet(";
  TRY_ASSIGN(
      const std::uint64_t rows,
      engine->CopyToParquet("SELECT * FROM " + read + engine::QuoteText(file.string()) + ")", out));
  std::printf("%llu rows\n", static_cast<unsigned long long>(rows));
  return {};
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  int threads = 0;
  if (words.size() == 4 && words[0] == "--threads") {
    threads = std::atoi(words[1].c_str());
    words.erase(words.begin(), words.begin() + 2);
  }
  if (words.size() != 2) {
    std::fprintf(stderr, "usage: copy_rows [--threads N] FILE OUT\n");
    return 2;
  }
  std::error_code error;
  const auto done = assay::bench::Run(std::filesystem::canonical(words[0], error),
                                      std::filesystem::absolute(words[1], error), threads);
  if (done.ok()) return 0;
  std::fprintf(stderr, "copy_rows: %s\n", done.error().message.c_str());
  return 1;
}
