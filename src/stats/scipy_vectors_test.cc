// Calls of scipy's own tests with what scipy answered, where they lie beside the checkout.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include "base/json.h"
#include "stats/count_tests.h"
#include "stats/kolmogorov.h"
#include "stats/wasserstein.h"

namespace assay::stats {
namespace {

double Number(const Json& json) {
  return json.is_string() ? std::strtod(json.get<std::string>().c_str(), nullptr)
                          : json.get<double>();
}

std::vector<double> Numbers(const Json& json) {
  std::vector<double> numbers;
  for (const Json& one : json) numbers.push_back(Number(one));
  return numbers;
}

ValueCounts Sample(const Json& json) {
  ValueCounts values;
  for (const double value : Numbers(json)) values.push_back({value, 1});
  return Sorted(std::move(values));
}

bool IsFlat(const Json& json) { return json.is_array() && !json.empty() && !json[0].is_array(); }

void ExpectClose(double ours, const Json& theirs, const std::string& call) {
  const double expected = Number(theirs);
  if (expected == 0 || !std::isfinite(expected)) {
    EXPECT_EQ(ours, expected) << call;
  } else {
    EXPECT_NEAR(ours / expected, 1, 1e-9) << call;
  }
}

// Each returns false for a call that asks what this room does not offer.
bool CheckKolmogorov(const Json& call, const std::string& line) {
  const Json& args = call["args"];
  const Json kwargs = call.value("kwargs", Json::object());
  const std::string side =
      args.size() > 2 ? args[2].get<std::string>() : kwargs.value("alternative", "two-sided");
  const std::string mode = kwargs.value("mode", kwargs.value("method", "auto"));
  if (side != "two-sided" || !call["result"].is_object() || !IsFlat(args[0])) return false;
  const ValueCounts a = Sample(args[0]), b = Sample(args[1]);
  const bool is_exact = std::max(TotalRows(a), TotalRows(b)) <= 10'000;
  if (mode != "auto" && (mode == "exact") != is_exact) return false;
  const KolmogorovTest test = TestKolmogorov(a, b);
  ExpectClose(test.statistic, call["result"]["statistic"], line);
  ExpectClose(test.p, call["result"]["pvalue"], line);
  return true;
}

bool CheckWasserstein(const Json& call, const std::string& line) {
  const Json& args = call["args"];
  std::vector<WeightedValue> sides[2];
  for (std::size_t side = 0; side < 2; ++side) {
    const std::vector<double> values = Numbers(args[side]);
    const bool weighted = args.size() > side + 2 && args[side + 2].is_array();
    const std::vector<double> weights =
        weighted ? Numbers(args[side + 2]) : std::vector<double>(values.size(), 1.0);
    for (std::size_t i = 0; i < values.size(); ++i) sides[side].push_back({values[i], weights[i]});
  }
  if (std::isnan(Number(call["result"]))) return false;
  ExpectClose(WeightedWasserstein(sides[0], sides[1]), call["result"], line);
  return true;
}

bool CheckChiSquare(const Json& call, const std::string& line) {
  const Json kwargs = call.value("kwargs", Json::object());
  const Json observed = kwargs.value("f_obs", Json());
  const Json expected = kwargs.value("f_exp", Json());
  if (!observed.is_array() || observed.empty() || kwargs.value("ddof", 0) != 0) return false;
  const bool is_table = observed[0].is_array();
  if (is_table && (kwargs.value("axis", Json()) != 1 || observed[0].empty())) return false;
  const Json rows = is_table ? observed : Json::array({observed});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::vector<double> seen = Numbers(rows[i]);
    double sum = 0;
    for (const double one : seen) sum += one;
    std::vector<double> wanted(seen.size(), sum / static_cast<double>(seen.size()));
    if (expected.is_number()) wanted.assign(seen.size(), Number(expected));
    if (expected.is_array()) wanted = Numbers(expected[0].is_array() ? expected[i] : expected);
    const CountTest test = TestChiSquare(seen, wanted);
    const Json& statistic = call["result"]["statistic"];
    const Json& p = call["result"]["pvalue"];
    ExpectClose(test.statistic, statistic.is_array() ? statistic[i] : statistic, line);
    ExpectClose(test.p, p.is_array() ? p[i] : p, line);
  }
  return true;
}

TEST(ScipyVectors, AnswersAreScipys) {
  const char* source = std::getenv("ASSAY_SOURCE_DIR");
  const auto file = std::filesystem::path(source != nullptr ? source : ".") /
                    "../shared/cases/scipy-stats/vectors.jsonl";
  std::ifstream lines(file);
  if (!lines) GTEST_SKIP() << "scipy's answers are not there: " << file;
  int kolmogorov = 0, wasserstein = 0, chi_square = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto call = ParseJson(line);
    ASSERT_TRUE(call.ok()) << call.error().message;
    const std::string name = call->value("fn", ""), shown = line.substr(0, 300);
    if (name == "ks_2samp") kolmogorov += CheckKolmogorov(*call, shown) ? 1 : 0;
    if (name == "wasserstein_distance") wasserstein += CheckWasserstein(*call, shown) ? 1 : 0;
    if (name == "chisquare" || name == "power_divergence") {
      const Json kwargs = call->value("kwargs", Json::object());
      const Json power = kwargs.value("lambda_", Json());
      const bool is_pearson =
          name == "chisquare" || power.is_null() || power == "pearson" || power == 1;
      if (is_pearson) chi_square += CheckChiSquare(*call, shown) ? 1 : 0;
    }
  }
  RecordProperty("kolmogorov", kolmogorov);
  RecordProperty("wasserstein", wasserstein);
  RecordProperty("chi_square", chi_square);
  std::printf("compared: %d of ks_2samp, %d of wasserstein_distance, %d of chisquare\n", kolmogorov,
              wasserstein, chi_square);
  EXPECT_GE(kolmogorov, 9);
  EXPECT_GE(wasserstein, 10);
  EXPECT_GE(chi_square, 1);
}

}  // namespace
}  // namespace assay::stats
