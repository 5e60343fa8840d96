// The preparation of the flights, by the room `prepare` and by hand, on the same engine library.
//
//   prepare_flights ours|hand [--threads N] DATA OUT
//   prepare_flights memory|row [--threads N] DATA
//
// DATA holds train, validation and test.parquet of the flights. `ours` and `hand` learn from train
// and write all three prepared into OUT; `memory` keeps them in memory as Arrow instead; `row`
// learns, then prepares single rows. What was learnt and the seconds are printed as JSON. By hand
// is what one writes for this one case in SQL: three queries that learn and one that makes the
// rows.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/engine.h"
#include "engine/sql_text.h"
#include "prepare/fit.h"

namespace assay::bench {
namespace {

namespace fs = std::filesystem;
using Seconds = std::chrono::duration<double>;
using engine::QuoteText;

constexpr const char* kSplits[] = {"train", "validation", "test"};
constexpr int kRows = 1000;  // other rows each time, not one that is warm
constexpr int kRounds = 200;
constexpr std::size_t kBatchRows = 65536;

struct Options {
  std::string how;
  int threads = 2;
  fs::path data, out;
};

double Since(std::chrono::steady_clock::time_point start) {
  return Seconds(std::chrono::steady_clock::now() - start).count();
}

// Time of the wall and of the CPU, of all threads, since it was made.
struct Watch {
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::clock_t used = std::clock();

  double seconds() const { return Since(start); }
  double cpu() const { return static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC; }
};

std::string Table(const Options& options, const char* split) {
  return engine::ReadParquet({options.data / (std::string(split) + ".parquet")}, {});
}

Status WriteAll(engine::Engine& engine, const Options& options,
                const std::function<std::string(const std::string&)>& query_of) {
  for (const char* split : kSplits) {
    TRY(engine.CopyToParquet(query_of(Table(options, split)),
                             options.out / (std::string(split) + ".parquet")));
  }
  return {};
}

// ---- the room ----

Result<prepare::Preparation> Learn(engine::Engine& engine, const Options& options) {
  const std::vector<prepare::Declaration> declared = {
      {"calendar", "date", Json{{"parts", {"month", "weekday", "hour"}}}, false},
      {"impute", "distance", Json{{"with", "median"}}, false},
      {"standard_scale", "distance", Json::object(), false},
      {"one_hot", "origin", Json{{"top", 50}}, false},
      {"ordinal", "destination", Json::object(), false},
  };
  const std::string train = Table(options, "train");
  TRY_ASSIGN(const Schema schema, engine.Describe("SELECT * FROM " + train));
  TRY_ASSIGN(prepare::FitResult fit,
             prepare::Fit(engine, declared, std::vector<std::string>(declared.size(), "bench"),
                          {train, schema, {"train", 0, ""}}));
  return std::move(fit.preparation);
}

Result<Json> Ours(engine::Engine& engine, const Options& options) {
  const Watch watch;
  TRY_ASSIGN(const prepare::Preparation preparation, Learn(engine, options));
  const double fitted = watch.seconds();
  TRY(WriteAll(engine, options, [&](const std::string& table) { return preparation.Sql(table); }));
  Json states = Json::array();
  for (const auto& step : preparation.steps()) states.push_back(step.state);
  return Json{
      {"fit", fitted}, {"seconds", watch.seconds()}, {"cpu", watch.cpu()}, {"states", states}};
}

Result<Json> Memory(engine::Engine& engine, const Options& options) {
  const Watch watch;
  TRY_ASSIGN(const prepare::Preparation preparation, Learn(engine, options));
  const double fitted = watch.seconds();
  std::vector<std::unique_ptr<engine::RecordBatch>> kept;
  std::uint64_t rows = 0;
  for (const char* split : kSplits) {
    TRY_ASSIGN(const auto batches,
               engine.ReadArrow(preparation.Sql(Table(options, split)), kBatchRows));
    for (;;) {
      TRY_ASSIGN(auto batch, batches->Next());
      if (batch == nullptr) break;
      rows += batch->rows();
      kept.push_back(std::move(batch));
    }
  }
  return Json{{"fit", fitted}, {"seconds", watch.seconds()}, {"cpu", watch.cpu()}, {"rows", rows}};
}

// ---- by hand ----

std::vector<std::string> Texts(const engine::Grid& grid) {
  std::vector<std::string> texts;
  for (const auto& row : grid.rows) texts.push_back(row.at(0).value_or(""));
  return texts;
}

Result<Json> Hand(engine::Engine& engine, const Options& options) {
  const Watch watch;
  const std::string train = Table(options, "train");
  TRY_ASSIGN(const engine::Grid median, engine.Query("SELECT median(distance) FROM " + train));
  const std::string middle = median.rows.at(0).at(0).value_or("0") + "::DOUBLE";
  const std::string filled = "coalesce(distance, " + middle + ")";
  TRY_ASSIGN(const engine::Grid moments,
             engine.Query("SELECT avg(" + filled + "), stddev_pop(" + filled + ") FROM " + train));
  TRY_ASSIGN(const engine::Grid often,
             engine.Query("SELECT origin FROM (SELECT origin, count(*) AS rows FROM " + train +
                          " WHERE origin IS NOT NULL GROUP BY ALL ORDER BY rows DESC, origin "
                          "LIMIT 50) ORDER BY origin"));
  TRY_ASSIGN(const engine::Grid known,
             engine.Query("SELECT DISTINCT destination FROM " + train +
                          " WHERE destination IS NOT NULL ORDER BY destination"));
  const double fitted = watch.seconds();
  const std::string mean = moments.rows.at(0).at(0).value_or("0") + "::DOUBLE";
  const std::string deviation = moments.rows.at(0).at(1).value_or("1") + "::DOUBLE";
  std::string one_hot, places;
  for (const std::string& origin : Texts(often)) {
    one_hot += ", coalesce((origin = " + QuoteText(origin) + ")::UTINYINT, 0) AS " +
               engine::QuoteName("origin_" + origin);
  }
  for (const std::string& one : Texts(known)) {
    places += (places.empty() ? "" : ", ") + QuoteText(one);
  }
  // Casting to an enumeration looks a text up in a table of hashes.
  const std::string place = "enum_code(TRY_CAST(destination AS ENUM(" + places + ")))";
  TRY(WriteAll(engine, options, [&](const std::string& table) {
    return "SELECT month(date)::INTEGER AS date_month, isodow(date)::INTEGER AS date_weekday, "
           "hour(date)::INTEGER AS date_hour, (" +
           filled + " - " + mean + ") / " + deviation + " AS distance" + one_hot +
           ", CASE WHEN destination IS NOT NULL THEN coalesce(" + place +
           "::INTEGER, -1) END AS destination, origin_state, destination_state, late FROM " + table;
  }));
  return Json{{"fit", fitted}, {"seconds", watch.seconds()}, {"cpu", watch.cpu()}};
}

// ---- one row ----

Result<std::vector<std::vector<prepare::Cell>>> SomeRows(engine::Engine& engine,
                                                         const Options& options,
                                                         const prepare::Preparation& preparation) {
  std::vector<std::vector<prepare::Cell>> rows;
  TRY(engine.ReadRows(
      "SELECT * FROM " + Table(options, "train") + " LIMIT " + std::to_string(kRows),
      [&](const engine::EncodedRows& encoded) -> Status {
        std::size_t begin = 0;
        for (const std::size_t end : encoded.ends) {
          std::string_view row = encoded.bytes.substr(begin, end - begin);
          begin = end;
          auto& slots = rows.emplace_back(preparation.slots());
          for (std::size_t i = 0; i < preparation.input().size(); ++i) {
            TRY_ASSIGN(slots[i], prepare::TakeCell(row, preparation.input()[i].type));
          }
        }
        return {};
      }));
  return rows;
}

Result<Json> Row(engine::Engine& engine, const Options& options) {
  TRY_ASSIGN(const prepare::Preparation preparation, Learn(engine, options));
  TRY_ASSIGN(auto rows, SomeRows(engine, options, preparation));
  std::vector<Json> asked;
  for (const auto& slots : rows) {
    Json row = Json::object();
    for (std::size_t i = 0; i < preparation.input().size(); ++i) {
      const Field& field = preparation.input()[i];
      row[field.name] = prepare::CellJson(slots[i], field.type);
    }
    asked.push_back(std::move(row));
  }
  const double count = static_cast<double>(kRounds) * static_cast<double>(rows.size());
  auto start = std::chrono::steady_clock::now();
  for (int round = 0; round < kRounds; ++round) {
    for (auto& slots : rows) preparation.Apply(slots);
  }
  const double apply = Since(start) / count * 1e6;
  start = std::chrono::steady_clock::now();
  Json last;
  for (int round = 0; round < kRounds / 20; ++round) {
    for (const Json& row : asked) {
      TRY_ASSIGN(last, preparation.Transform(row));
    }
  }
  const double json = Since(start) / (count / 20) * 1e6;
  return Json{{"apply_us", apply}, {"json_us", json}, {"first", asked.at(0)}, {"last", last}};
}

// ---- the program ----

Result<Json> Main(const Options& options) {
  engine::Options settings;
  settings.threads = options.threads;
  settings.readable = {fs::absolute(options.data)};
  if (!options.out.empty()) settings.readable.push_back(fs::absolute(options.out));
  TRY_ASSIGN(const auto engine, engine::Open(settings));
  if (options.how == "row") return Row(*engine, options);
  if (options.how == "memory") return Memory(*engine, options);
  return options.how == "ours" ? Ours(*engine, options) : Hand(*engine, options);
}

bool Read(const std::vector<std::string>& words, Options& options) {
  std::vector<std::string> plain;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--threads" && i + 1 < words.size()) {
      options.threads = std::atoi(words[++i].c_str());
    } else {
      plain.push_back(words[i]);
    }
  }
  if (plain.size() < 2) return false;
  options.how = plain[0];
  options.data = plain[1];
  if (plain.size() > 2) options.out = plain[2];
  if (options.how == "row" || options.how == "memory") return plain.size() == 2;
  return (options.how == "ours" || options.how == "hand") && plain.size() == 3;
}

}  // namespace
}  // namespace assay::bench

int main(int count, char** words) {
  assay::bench::Options options;
  if (!assay::bench::Read({words + 1, words + count}, options)) {
    std::fprintf(stderr, "usage: prepare_flights ours|hand|memory|row [--threads N] DATA [OUT]\n");
    return 2;
  }
  const auto done = assay::bench::Main(options);
  if (!done.ok()) {
    std::fprintf(stderr, "prepare_flights: %s\n", done.error().message.c_str());
    return 1;
  }
  std::printf("%s\n", done->dump().c_str());
  return 0;
}
