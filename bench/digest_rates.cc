// Rates of the two hashes of rows, on one thread: node sums (docs/design/0001, section 7) and the
// digest of a split (section 4).
//
//   digest_rates [--rows N] [--rounds N]
//
// Ten columns, made by the engine in memory and, from the same formulas, row by row in C++: the
// second way gives the sum and the digest to compare with. Prints JSON; exit 1 when they differ.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/json.h"
#include "base/result.h"
#include "base/row.h"
#include "engine/engine.h"
#include "store/digest.h"

namespace assay::bench {
namespace {

constexpr std::int64_t kStart = 978'307'200'000'000;  // 2001-01-01 in microseconds
constexpr std::int64_t kFirstDay = 11'323;            // the same in days

// The table; `AppendRow` says the same of one row.
std::string MakeTable(std::int64_t rows) {
  return "CREATE TABLE measured AS SELECT (i * 7919) % 1000003 AS number, "
         "CASE WHEN i % 13 <> 0 THEN (i % 1000)::INTEGER END AS some, "
         "(i % 200)::SMALLINT AS small, i * 0.5::DOUBLE AS half, "
         "CASE WHEN i % 11 <> 0 THEN (i % 4096)::DOUBLE / 64 END AS part, "
         "'AIR' || (i % 300) AS code, 'number ' || i AS name, "
         "make_timestamp(" +
         std::to_string(kStart) +
         " + i * 60000000) AS moment, i % 3 = 0 AS third, "
         "DATE '2001-01-01' + (i % 3650)::INTEGER AS day FROM range(" +
         std::to_string(rows) + ") t(i)";
}

template <typename Append>
void AppendSome(std::string& row, bool present, const Append& append) {
  if (!present) return row::AppendNull(row);
  row::AppendPresent(row);
  append();
}

void AppendRow(std::string& row, std::int64_t i) {
  const auto integer = [&](std::int64_t value, bool present = true) {
    AppendSome(row, present, [&] { row::AppendInt(row, value); });
  };
  const auto number = [&](double value, bool present = true) {
    AppendSome(row, present, [&] { row::AppendFloat64(row, value); });
  };
  const auto text = [&](const std::string& value) {
    AppendSome(row, true, [&] { row::AppendBytes(row, value); });
  };
  integer(i * 7919 % 1'000'003);
  integer(i % 1000, i % 13 != 0);
  integer(i % 200);
  number(static_cast<double>(i) * 0.5);
  number(static_cast<double>(i % 4096) / 64, i % 11 != 0);
  text("AIR" + std::to_string(i % 300));
  text("number " + std::to_string(i));
  integer(kStart + i * 60'000'000);
  AppendSome(row, true, [&] { row::AppendBool(row, i % 3 == 0); });
  integer(kFirstDay + i % 3650);
}

// All rows as `row/1`, one after the other.
struct Rows {
  std::string bytes;
  std::vector<std::size_t> ends;

  std::string_view row(std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(bytes).substr(begin, ends[index] - begin);
  }
};

Rows MakeRows(std::int64_t count) {
  Rows rows;
  for (std::int64_t i = 0; i < count; ++i) {
    AppendRow(rows.bytes, i);
    rows.ends.push_back(rows.bytes.size());
  }
  return rows;
}

// As many at a time as the engine gives.
void AddRows(const Rows& rows, store::SplitDigester& digester) {
  constexpr std::size_t kAtOnce = 2048;
  for (std::size_t first = 0; first < rows.ends.size(); first += kAtOnce) {
    const std::size_t last = std::min(first + kAtOnce, rows.ends.size()) - 1;
    const std::size_t begin = first == 0 ? 0 : rows.ends[first - 1];
    std::vector<std::size_t> ends;
    for (std::size_t i = first; i <= last; ++i) ends.push_back(rows.ends[i] - begin);
    digester.AddRows(std::string_view(rows.bytes).substr(begin, rows.ends[last] - begin), ends);
  }
}

std::string SumOf(const Rows& rows) {
  Uint128 sum = 0;
  for (std::size_t i = 0; i < rows.ends.size(); ++i) sum += Xxh3Wide(rows.row(i));
  return Hex128(sum);
}

// The pages as section 4 has them, each held whole.
std::string DigestOf(const Rows& rows) {
  constexpr std::size_t kLeast = 256, kMost = 65'536;
  std::string digests;
  std::size_t first = 0;
  for (std::size_t i = 0; i < rows.ends.size(); ++i) {
    const std::size_t count = i + 1 - first;
    const bool ends = (count >= kLeast && Xxh3(rows.row(i)) % 4096 == 0) || count == kMost;
    if (!ends && i + 1 < rows.ends.size()) continue;
    const std::size_t begin = first == 0 ? 0 : rows.ends[first - 1];
    Sha256 page;
    page.Update(std::string_view(rows.bytes).substr(begin, rows.ends[i] - begin));
    digests += page.Finish();
    first = i + 1;
  }
  return Sha256Hex(digests);
}

// CPU seconds of the process, the least of some rounds: everything here has one thread.
Result<double> Measure(int rounds, const std::function<Status()>& work) {
  double least = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::clock_t start = std::clock();
    TRY(work());
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    if (round == 0 || seconds < least) least = seconds;
  }
  return least;
}

Error Differs(const std::string& what, const std::string& found, const std::string& expected) {
  return Error{ErrorCode::kInternal, what + " differs: " + found + " where " + expected, ""};
}

// The engine's `row/1` must be the very bytes of the second way before it means anything how
// quickly they are hashed.
Status CheckBytes(engine::Engine& engine, const Rows& rows) {
  Sha256 hash;
  TRY(engine.ReadRows("SELECT * FROM measured", [&](const engine::EncodedRows& some) -> Status {
    hash.Update(some.bytes);
    return {};
  }));
  const std::string found = Hex(hash.Finish());
  const std::string expected = Sha256Hex(rows.bytes);
  if (found != expected) return Differs("row/1", found, expected);
  return {};
}

Result<Json> Run(std::int64_t count, int rounds) {
  engine::Options options;
  options.threads = 1;
  TRY_ASSIGN(const auto engine, engine::Open(options));
  TRY(engine->Execute(MakeTable(count)));
  const Rows rows = MakeRows(count);
  TRY(CheckBytes(*engine, rows));

  engine::RowSum sum;
  TRY_ASSIGN(const double sum_seconds, Measure(rounds, [&]() -> Status {
               TRY_ASSIGN(sum, engine->SumRows("SELECT * FROM measured"));
               return {};
             }));
  if (const std::string expected = SumOf(rows); sum.sum != expected) {
    return Differs("sum of rows", sum.sum, expected);
  }

  std::string digest;
  TRY_ASSIGN(const double digest_seconds, Measure(rounds, [&]() -> Status {
               store::SplitDigester digester;
               AddRows(rows, digester);
               digest = digester.Finish();
               return {};
             }));
  if (const std::string expected = DigestOf(rows); digest != expected) {
    return Differs("digest", digest, expected);
  }
  TRY_ASSIGN(const double read_seconds, Measure(rounds, [&]() -> Status {
               store::SplitDigester digester;
               return engine->ReadRows("SELECT * FROM measured",
                                       [&](const engine::EncodedRows& some) -> Status {
                                         digester.AddRows(some.bytes, some.ends);
                                         return {};
                                       });
             }));
  TRY_ASSIGN(const double plain_seconds, Measure(rounds, [&]() -> Status {
               (void)Sha256Hex(rows.bytes);
               return {};
             }));
  return Json{{"rows", count},
              {"bytes", rows.bytes.size()},
              {"sum", sum.sum},
              {"digest", digest},
              {"sum_seconds", sum_seconds},
              {"read_seconds", read_seconds},
              {"digest_seconds", digest_seconds},
              {"plain_seconds", plain_seconds}};
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  std::int64_t rows = 2'000'000;
  int rounds = 5;
  const std::vector<std::string> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (words[i] == "--rows") rows = std::atoll(words[i + 1].c_str());
    if (words[i] == "--rounds") rounds = std::max(1, std::atoi(words[i + 1].c_str()));
  }
  const auto json = assay::bench::Run(rows, rounds);
  if (!json.ok()) {
    std::fprintf(stderr, "digest_rates: %s\n", json.error().message.c_str());
    return 1;
  }
  std::printf("%s\n", json->dump(2).c_str());
  return 0;
}
