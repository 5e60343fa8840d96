/// A stream of feedback in a store of its own. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/test_folder.h"
#include "feedback/event.h"
#include "feedback/import.h"
#include "feedback/report.h"
#include "run/table_sql.h"

namespace assay::feedback {

class TestStream {
 public:
  TestStream()
      : clock(1'769'850'000'000'000),
        session({std::filesystem::canonical(folder.path()), 2, 0}, clock) {
    stream.name = "late";
    stream.model = "late";
    stream.positive = "1";
    EXPECT_TRUE(session.CreateStore().ok());
  }

  /// Imports a text under a name; a second later than what was imported before.
  Result<Imported> Import(const std::string& name, const std::string& text,
                          const std::string& kind = "") {
    clock.Advance(1'000'000);
    return ImportFile(session, stream, folder.Write(name, text), kind);
  }
  void NeedImport(const std::string& name, const std::string& text) {
    const auto imported = Import(name, text);
    ASSERT_TRUE(imported.ok()) << imported.error().message;
  }
  std::string RefusalOf(const std::string& name, const std::string& text,
                        const std::string& kind = "") {
    const auto imported = Import(name, text, kind);
    return imported.ok() ? "taken" : imported.error().message + " | " + imported.error().hint;
  }

  /// Puts single events, given as a JSON list.
  std::vector<bool> Put(const std::string& events) {
    clock.Advance(1'000'000);
    const auto parsed = ParseEvents(Json{{"events", Json::parse(events)}}, {stream});
    EXPECT_TRUE(parsed.ok()) << parsed.error().message;
    const auto put = store::FeedbackLog(session.catalog()).PutEvents(*parsed);
    EXPECT_TRUE(put.ok());
    return *put;
  }

  Report NeedReport(const ReportOptions& options = {}) {
    auto report = MakeReport(session, stream, options);
    EXPECT_TRUE(report.ok()) << report.error().message;
    return report.ok() ? *report : Report{};
  }

  /// The rows of the newest batch, as text.
  engine::Grid NewestRows() {
    const auto batches = store::FeedbackLog(session.catalog()).Batches("late", "");
    return *(*session.Engine())
                ->Query("SELECT * FROM " + run::TableSql(session.objects(), batches->back().table));
  }

  TestFolder folder;
  FakeClock clock;
  contract::FeedbackStream stream;
  run::Session session;
};

}  // namespace assay::feedback
