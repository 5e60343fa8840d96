// Catalogs that are missing, damaged, foreign, newer, locked or on disks that refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>

#include "store/catalog.h"
#include "store/test_folder.h"

namespace assay::store {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

const FakeClock kFaultsClock(1'769'850'000'000'000);

RunRow ARun(const std::string& id) {
  return {.id = id,
          .status = "running",
          .started_at = "",
          .finished_at = "",
          .who = "",
          .program = "",
          .exit_code = 0};
}

// A catalog with a few hundred runs, closed.
void MakeCatalog(const fs::path& root, int runs = 300) {
  auto catalog = Catalog::Open(root, true, kFaultsClock);
  ASSERT_TRUE(catalog.ok()) << catalog.error().message;
  Catalog::Transaction transaction(*catalog);
  ASSERT_TRUE(transaction.Begin().ok());
  for (int i = 0; i < runs; ++i) {
    ASSERT_TRUE(catalog->PutRun(ARun("run-" + std::to_string(i) + std::string(200, 'x'))).ok());
  }
  ASSERT_TRUE(transaction.Commit().ok());
}

void Execute(const fs::path& file, const std::string& sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
}

TEST(CatalogFaults, WithoutACatalogAReaderIsToldWhatToDo) {
  TestFolder root;
  const auto catalog = Catalog::Open(root.path(), false, kFaultsClock);
  ASSERT_FALSE(catalog.ok());
  EXPECT_EQ(catalog.error().code, ErrorCode::kIo);
  EXPECT_EQ(catalog.error().hint, "run `assay run` first");
  EXPECT_FALSE(fs::exists(root / "catalog.sqlite")) << "a reader makes no file";
}

TEST(CatalogFaults, ANewerCatalogNamesItsVersion) {
  TestFolder root;
  MakeCatalog(root.path());
  Execute(root / "catalog.sqlite",
          "PRAGMA user_version = 5; UPDATE meta SET value = '0.9.0' WHERE key = 'assay'");
  for (const bool create : {true, false}) {
    const auto catalog = Catalog::Open(root.path(), create, kFaultsClock);
    ASSERT_FALSE(catalog.ok());
    EXPECT_EQ(catalog.error().code, ErrorCode::kIo);
    EXPECT_THAT(catalog.error().message, HasSubstr("has version 5, this program knows 4"));
    EXPECT_EQ(catalog.error().hint, "use assay 0.9.0 or later");
  }
}

// What the first version had, with a run in it.
void MakeFirstVersion(const fs::path& root) {
  MakeCatalog(root, 1);
  Execute(root / "catalog.sqlite",
          "DROP TABLE model_role; DROP TABLE model; DROP TABLE drift; DROP TABLE feedback_batch; "
          "DROP TABLE feedback_event; DROP TABLE decision; DROP TABLE outbox; "
          "DROP TABLE run_record; DROP TABLE node_record; DROP TABLE load_state; "
          "UPDATE meta SET value = '0.1.0' WHERE key = 'assay'; "
          "PRAGMA user_version = 1");
}

TEST(CatalogFaults, TheFirstVersionIsBroughtToOurs) {
  for (const bool create : {true, false}) {
    TestFolder root;
    MakeFirstVersion(root.path());
    {
      auto catalog = Catalog::Open(root.path(), create, kFaultsClock);
      ASSERT_TRUE(catalog.ok()) << catalog.error().message;
      EXPECT_EQ(catalog->Runs(10)->size(), 1U);
      EXPECT_THAT(*catalog->NamingTexts(), testing::IsEmpty());
    }
    auto again = Catalog::Open(root.path(), create, kFaultsClock);
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_TRUE(again->CheckIntegrity().ok());
  }
}

TEST(CatalogFaults, TheFirstVersionCanBeReadWhereNothingCanBeWritten) {
  TestFolder root;
  MakeFirstVersion(root.path());
  fs::permissions(root / "catalog.sqlite", fs::perms::owner_read | fs::perms::others_read);
  fs::permissions(root.path(), fs::perms::owner_read | fs::perms::owner_exec |
                                   fs::perms::others_read | fs::perms::others_exec);
  EXPECT_TRUE(AsStranger([&] {
    auto catalog = Catalog::Open(root.path(), false, kFaultsClock);
    return catalog.ok() && catalog->Runs(10)->size() == 1 && catalog->NamingTexts().ok() &&
           catalog->NamingTexts()->empty() && catalog->NeededObjects().ok();
  }));
}

// What plain SQL answers; nothing for no row.
std::string Ask(const fs::path& file, const std::string& sql) {
  sqlite3* handle = nullptr;
  EXPECT_EQ(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
  std::string answer;
  const auto take = [](void* out, int, char** values, char**) {
    *static_cast<std::string*>(out) = values[0] == nullptr ? "NULL" : values[0];
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), take, &answer, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  return answer;
}

TEST(CatalogFaults, AnOldVersionThatCannotBeBroughtToOursStaysAsItIs) {
  for (const std::string harm : {"CREATE TABLE outbox (x)", "CREATE INDEX run_record ON run (who)",
                                 "DROP TABLE meta", "DROP TABLE meta; CREATE TABLE meta (x)",
                                 "DROP TABLE meta; CREATE VIEW meta AS SELECT 1 AS key"}) {
    TestFolder root;
    MakeFirstVersion(root.path());
    Execute(root / "catalog.sqlite", harm);
    const auto catalog = Catalog::Open(root.path(), false, kFaultsClock);
    ASSERT_FALSE(catalog.ok()) << harm;
    EXPECT_EQ(catalog.error().code, ErrorCode::kData) << harm << ": " << catalog.error().message;
    EXPECT_THAT(catalog.error().hint, HasSubstr("backup")) << harm;
    EXPECT_EQ(Ask(root / "catalog.sqlite", "PRAGMA user_version"), "1") << harm;
    EXPECT_EQ(Ask(root / "catalog.sqlite", "SELECT 1 FROM sqlite_schema WHERE name = 'decision'"),
              "")
        << harm;
  }
}

TEST(CatalogFaults, WhatAStrangersCatalogWouldRunIsNotRun) {
  constexpr auto kEndless = "WITH n AS (SELECT 1 AS i UNION ALL SELECT i FROM n) SELECT ";
  TestFolder root;
  MakeFirstVersion(root.path());
  Execute(root / "catalog.sqlite",
          "CREATE TRIGGER mine AFTER UPDATE ON meta BEGIN DELETE FROM run; END; "
          "DROP TABLE node_run; CREATE VIEW node_run AS " +
              std::string(kEndless) + "i AS run, '' AS node FROM n");
  auto catalog = Catalog::Open(root.path(), false, kFaultsClock);
  ASSERT_TRUE(catalog.ok()) << catalog.error().message;
  EXPECT_EQ(catalog->Runs(10)->size(), 1U);
  EXPECT_FALSE(catalog->NodeRuns("1").ok());
}

TEST(CatalogFaults, AMessageShowsNoControlCharactersOfAStranger) {
  const auto harm = [](const std::string& sql) {
    TestFolder root;
    MakeFirstVersion(root.path());
    Execute(root / "catalog.sqlite", sql);
    const auto catalog = Catalog::Open(root.path(), false, kFaultsClock);
    return catalog.ok() ? "" : catalog.error().message + catalog.error().hint;
  };
  EXPECT_THAT(harm("PRAGMA user_version = 9; "
                   "UPDATE meta SET value = char(27) || '[31m' WHERE key = 'assay'"),
              HasSubstr("use assay ?[31m or later"));
  EXPECT_THAT(harm("PRAGMA writable_schema = ON; "
                   "UPDATE sqlite_schema SET name = char(27) || '[31m', sql = 'CREATE' "
                   "WHERE name = 'run'"),
              HasSubstr("malformed database schema (?[31m)"));
}

TEST(CatalogFaults, AForeignDatabaseIsLeftAlone) {
  TestFolder root;
  Execute(root / "catalog.sqlite", "CREATE TABLE mine (x)");
  const auto catalog = Catalog::Open(root.path(), true, kFaultsClock);
  ASSERT_FALSE(catalog.ok());
  EXPECT_EQ(catalog.error().code, ErrorCode::kData);
  EXPECT_THAT(catalog.error().message, HasSubstr("not a catalog of assay"));
}

TEST(CatalogFaults, WhatIsNoDatabaseIsDamaged) {
  TestFolder root;
  const fs::path file = root.Write("catalog.sqlite", std::string(10'000, 'x'));
  for (const bool create : {true, false}) {
    const auto catalog = Catalog::Open(root.path(), create, kFaultsClock);
    ASSERT_FALSE(catalog.ok());
    EXPECT_EQ(catalog.error().code, ErrorCode::kData);
    EXPECT_THAT(catalog.error().message, AllOf(HasSubstr("damaged"), HasSubstr(file.string())));
    EXPECT_THAT(catalog.error().hint, HasSubstr("backup"));
  }
}

TEST(CatalogFaults, ATruncatedCatalogIsDamagedWhereverItWasCut) {
  TestFolder whole;
  MakeCatalog(whole.path());
  const std::string bytes = ReadBytes(whole / "catalog.sqlite");
  ASSERT_GT(bytes.size(), 50'000U);
  for (const std::size_t length :
       {std::size_t{100}, std::size_t{5000}, bytes.size() / 2, bytes.size() - 4096}) {
    TestFolder root;
    root.Write("catalog.sqlite", bytes.substr(0, length));
    auto catalog = Catalog::Open(root.path(), false, kFaultsClock);
    // A cut far behind the pages that opening reads is found by what reads on.
    const Status status = catalog.ok() ? catalog->CheckIntegrity() : Status(catalog.error());
    ASSERT_FALSE(status.ok()) << length;
    EXPECT_EQ(status.error().code, ErrorCode::kData) << status.error().message;
    EXPECT_THAT(status.error().hint, HasSubstr("backup"));
    if (catalog.ok()) {
      const auto runs = catalog->Runs(1000);
      EXPECT_FALSE(runs.ok());
    }
  }
}

TEST(CatalogFaults, AnEmptyCatalogBesideObjectsIsNotMadeAnew) {
  TestFolder root;
  fs::create_directories(root / "objects/sha256/ab");
  root.Write("catalog.sqlite", "");
  const auto catalog = Catalog::Open(root.path(), true, kFaultsClock);
  ASSERT_FALSE(catalog.ok());
  EXPECT_EQ(catalog.error().code, ErrorCode::kData);
  EXPECT_THAT(catalog.error().hint, HasSubstr("backup"));
}

TEST(CatalogFaults, AnEmptyFileFromAKilledStartIsMadeIntoACatalog) {
  TestFolder root;
  fs::create_directories(root / "objects/sha256");
  root.Write("catalog.sqlite", "");
  EXPECT_EQ(Catalog::Open(root.path(), false, kFaultsClock).error().hint, "run `assay run` first");
  EXPECT_FALSE(Catalog::OpenIfMade(root.path(), kFaultsClock)->has_value());
  Execute(root / "catalog.sqlite", "PRAGMA journal_mode = WAL");
  EXPECT_FALSE(Catalog::OpenIfMade(root.path(), kFaultsClock)->has_value()) << "no tables yet";
  EXPECT_TRUE(Catalog::Open(root.path(), true, kFaultsClock).ok());
}

TEST(CatalogFaults, AReadOnlyFolderCanBeReadButNotWritten) {
  TestFolder root;
  MakeCatalog(root.path());
  ASSERT_FALSE(fs::exists(root / "catalog.sqlite-wal"));
  fs::permissions(root / "catalog.sqlite", fs::perms(0444));
  fs::permissions(root.path(), fs::perms(0555));
  EXPECT_TRUE(AsStranger([&] {
    auto catalog = Catalog::Open(root.path(), false, kFaultsClock);
    if (!catalog.ok() || catalog->Runs(1000)->size() != 300) return false;
    const Status put = catalog->PutRun(ARun("new"));
    Catalog::Transaction transaction(*catalog);
    const Status begun = transaction.Begin();
    return !put.ok() && put.error().code == ErrorCode::kIo &&
           put.error().message.starts_with("the catalog cannot be written to") && !begun.ok() &&
           begun.error().code == ErrorCode::kIo;
  }));
  EXPECT_TRUE(AsStranger([&] {
    const auto catalog = Catalog::Open(root.path(), true, kFaultsClock);
    return !catalog.ok() && catalog.error().code == ErrorCode::kIo && !catalog.error().hint.empty();
  })) << "who wants to write is told at once";
}

TEST(CatalogFaults, AReadOnlyFolderWithAnUnfinishedLogIsNotReadHalf) {
  TestFolder root, copy;
  MakeCatalog(root.path());
  {
    Catalog writer = Catalog::Open(root.path(), true, kFaultsClock).value();
    ASSERT_TRUE(writer.PutRun(ARun("in the log")).ok());
    fs::copy(root / "catalog.sqlite", copy / "catalog.sqlite");
    fs::copy(root / "catalog.sqlite-wal", copy / "catalog.sqlite-wal");
  }
  fs::permissions(copy.path(), fs::perms(0555));
  EXPECT_TRUE(AsStranger([&] {
    const auto catalog = Catalog::Open(copy.path(), false, kFaultsClock);
    return !catalog.ok() && catalog.error().code == ErrorCode::kIo &&
           catalog.error().hint.find("catalog.sqlite-wal") != std::string::npos;
  }));
  fs::permissions(copy.path(), fs::perms(0755));
  EXPECT_EQ(Catalog::Open(copy.path(), false, kFaultsClock)->Runs(1000)->size(), 301U);
}

TEST(CatalogFaults, AKilledWriterLosesOnlyItsOpenTransaction) {
  TestFolder root;
  MakeCatalog(root.path(), 1);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto catalog = Catalog::Open(root.path(), true, kFaultsClock);
    Catalog::Transaction committed(*catalog);
    bool done =
        committed.Begin().ok() && catalog->PutRun(ARun("told")).ok() && committed.Commit().ok();
    Catalog::Transaction open(*catalog);
    done = done && open.Begin().ok() && catalog->PutRun(ARun("open")).ok();
    const char byte = done ? 'y' : 'n';
    if (::write(ends[1], &byte, 1) != 1) ::_exit(1);
    ::pause();
  }
  char byte = 'n';
  ASSERT_EQ(::read(ends[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  auto catalog = Catalog::Open(root.path(), true, kFaultsClock);
  ASSERT_TRUE(catalog.ok()) << catalog.error().message;
  EXPECT_TRUE(catalog->FindRun("told").ok());
  EXPECT_FALSE(catalog->FindRun("open").ok());
  EXPECT_TRUE(catalog->PutRun(ARun("next")).ok());
}

TEST(CatalogFaults, AFullDiskLosesNothingThatWasTold) {
  TestFolder folder;
  const auto done = OnTinyDisk(folder / "disk", [&] {
    const fs::path root = folder / "disk/root";
    auto catalog = Catalog::Open(root, true, kFaultsClock);
    if (!catalog.ok() || !catalog->PutRun(ARun("told")).ok()) return false;
    {
      Catalog::Transaction transaction(*catalog);
      if (!transaction.Begin().ok()) return false;
      Status put;
      for (int i = 0; i < 5000 && put.ok(); ++i) {
        put = catalog->PutRun(ARun(std::string(2000, 'x') + std::to_string(i)));
      }
      if (put.ok()) put = transaction.Commit();
      if (put.ok() || put.error().code != ErrorCode::kIo) return false;
      if (put.error().message.find("disk is full") == std::string::npos) return false;
    }
    const auto runs = catalog->Runs(10);
    return runs.ok() && runs->size() == 1 && (*runs)[0].id == "told";
  });
  if (!done) GTEST_SKIP() << "no small disk can be mounted here";
  EXPECT_TRUE(*done);
}

TEST(CatalogFaults, OpenIfMadeFindsACatalogAndTellsADamagedOne) {
  TestFolder root;
  EXPECT_FALSE(Catalog::OpenIfMade(root.path(), kFaultsClock)->has_value());
  MakeCatalog(root.path(), 1);
  EXPECT_TRUE(Catalog::OpenIfMade(root.path(), kFaultsClock)->has_value());
  root.Write("catalog.sqlite", std::string(5000, 'x'));
  EXPECT_EQ(Catalog::OpenIfMade(root.path(), kFaultsClock).error().code, ErrorCode::kData);
}

TEST(CatalogFaults, JsonThatWasDamagedNamesItsColumn) {
  TestFolder root;
  MakeCatalog(root.path(), 1);
  Execute(root / "catalog.sqlite",
          "INSERT INTO node_result VALUES ('f','n','k','m','{oops','','')");
  Catalog catalog = Catalog::Open(root.path(), false, kFaultsClock).value();
  const auto result = catalog.FindNodeResult("f");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kData);
  EXPECT_THAT(result.error().message, HasSubstr("node_result.result"));
}

}  // namespace
}  // namespace assay::store
