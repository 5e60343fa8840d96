// The flights pipeline as someone writes it who only wants the files: distinct, filter, join, one
// Parquet file for each split. No order, no quarantine, no profile, no checks, no digests.
//
//   flights_careless [--threads N] DATA OUT
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/sql_text.h"

namespace assay::bench {
namespace {

namespace fs = std::filesystem;

Status Run(const fs::path& data, const fs::path& out, int threads) {
  engine::Options options;
  options.threads = threads;
  options.readable = {data, out};
  TRY_ASSIGN(const auto engine, engine::Open(options));
  const auto file = [](const fs::path& path) { return engine::QuoteText(path.string()); };
  TRY(engine->Execute(
      "CREATE TABLE joined AS SELECT f.date, f.delay > 15 AS late, f.distance, f.origin, "
      "f.destination, o.state AS origin_state, d.state AS destination_state FROM (SELECT DISTINCT "
      "* FROM read_parquet(" +
      file(data / "flights-2001-*.parquet") +
      ") WHERE delay BETWEEN -60 AND 600) AS f LEFT JOIN read_csv(" + file(data / "airports.csv") +
      ", nullstr = ['', 'NA']) AS o ON f.origin = o.iata LEFT JOIN read_csv(" +
      file(data / "airports.csv") + ", nullstr = ['', 'NA']) AS d ON f.destination = d.iata"));
  const std::vector<std::vector<std::string>> splits = {
      {"train", "date < '2001-05-01'"},
      {"validation", "date >= '2001-05-01' AND date < '2001-06-01'"},
      {"test", "date >= '2001-06-01'"}};
  for (const auto& split : splits) {
    TRY(engine->Execute("COPY (SELECT * FROM joined WHERE " + split[1] + ") TO " +
                        file(out / (split[0] + ".parquet")) +
                        " (FORMAT parquet, COMPRESSION zstd)"));
  }
  TRY_ASSIGN(const engine::Grid rows, engine->Query("SELECT count(*) FROM joined"));
  std::printf("%s\n", rows.rows.at(0).at(0).value_or("").c_str());
  return {};
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool has_threads = words.size() == 4 && words[0] == "--threads";
  if (!has_threads && words.size() != 2) {
    std::fprintf(stderr, "usage: flights_careless [--threads N] DATA OUT\n");
    return 2;
  }
  std::error_code error;
  std::filesystem::create_directories(words.back(), error);
  const auto done = assay::bench::Run(words[words.size() - 2], words.back(),
                                      has_threads ? std::atoi(words[1].c_str()) : 0);
  if (done.ok()) return 0;
  std::fprintf(stderr, "flights_careless: %s\n", done.error().message.c_str());
  return 1;
}
