#include "serve/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::serve {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, CountsRequestsByMethodRouteAndStatus) {
  Metrics metrics;
  metrics.Observe("GET", "/v1/runs", 200, 0.002);
  metrics.Observe("GET", "/v1/runs", 200, 0.02);
  metrics.Observe("GET", "/v1/runs", 400, 7);
  const std::string text = metrics.Text(std::nullopt);
  EXPECT_THAT(text, HasSubstr("assay_http_requests_total{method=\"GET\",route=\"/v1/runs\","
                              "status=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{route=\"/v1/runs\",le=\"0.001\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{route=\"/v1/runs\",le=\"0.0025\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{route=\"/v1/runs\",le=\"5\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{route=\"/v1/runs\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("_sum{route=\"/v1/runs\"} 7.022\n"));
  EXPECT_THAT(text, HasSubstr("_count{route=\"/v1/runs\"} 3\n"));
}

TEST(Metrics, AStrangersWordsMakeNoNewLabels) {
  Metrics metrics;
  for (int i = 0; i < 1000; ++i) metrics.Observe("M" + std::to_string(i), "", 404, 0.1);
  EXPECT_THAT(metrics.Text(std::nullopt),
              HasSubstr("assay_http_requests_total{method=\"other\",route=\"none\","
                        "status=\"404\"} 1000\n"));
}

TEST(Metrics, ShowsTheCatalogOnlyWhereItCanBeRead) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text(std::nullopt), HasSubstr("assay_catalog_readable 0\n"));
  EXPECT_THAT(metrics.Text(std::nullopt), Not(HasSubstr("assay_versions")));
  store::CatalogCounts counts;
  counts.runs = {{"done", 3}, {"a\"b\\c\nd", 1}};
  counts.versions = 5;
  counts.newest_start = "2026-01-31T09:00:00Z";
  const std::string text = metrics.Text(counts);
  EXPECT_THAT(text, HasSubstr("assay_catalog_readable 1\n"));
  EXPECT_THAT(text, HasSubstr("assay_runs{status=\"done\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("assay_runs{status=\"a\\\"b\\\\c\\nd\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("assay_versions 5\n"));
  EXPECT_THAT(text, HasSubstr("assay_last_run_start_timestamp_seconds 1769850000\n"));
  EXPECT_THAT(text, Not(HasSubstr("assay_last_run_finish")));
}

TEST(Metrics, GaugesGoUpAndDown) {
  Metrics metrics;
  metrics.ConnectionOpened();
  metrics.ConnectionOpened();
  metrics.StreamOpened();
  metrics.ConnectionClosed();
  metrics.StreamClosed();
  EXPECT_THAT(metrics.Text(std::nullopt), HasSubstr("assay_http_connections 1\n"));
  EXPECT_THAT(metrics.Text(std::nullopt), HasSubstr("assay_http_event_streams 0\n"));
}

TEST(SecondsOfUtcText, ReadsOurFormAlone) {
  EXPECT_EQ(SecondsOfUtcText("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(SecondsOfUtcText("2026-01-31T09:00:00Z"), 1769850000);
  EXPECT_EQ(SecondsOfUtcText(""), std::nullopt);
  EXPECT_EQ(SecondsOfUtcText("2026-01-31"), std::nullopt);
  EXPECT_EQ(SecondsOfUtcText("2026-01-31T09:00:00+"), std::nullopt);
}

}  // namespace
}  // namespace assay::serve
