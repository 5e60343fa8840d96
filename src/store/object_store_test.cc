#include "store/object_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>

#include "base/hash.h"
#include "store/test_folder.h"

namespace assay::store {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

// sha256 of "hello\n", from sha256sum.
constexpr auto kHello = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
// sha256 of nothing.
constexpr auto kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

class ObjectStoreTest : public testing::Test {
 protected:
  ObjectStoreTest() : store_(root_.path()) { EXPECT_TRUE(store_.Create().ok()); }

  fs::path Stage(const std::string& bytes) {
    const fs::path path = store_.StagingPath("x");
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  TestFolder root_;
  ObjectStore store_;
};

TEST_F(ObjectStoreTest, AdoptMovesAStagedFileToItsAddress) {
  const fs::path staged = Stage("hello\n");
  const auto ref = store_.Adopt(staged, 7);
  ASSERT_TRUE(ref.ok()) << ref.error().message;
  EXPECT_EQ(ref->sha256, kHello);
  EXPECT_EQ(ref->bytes, 6U);
  EXPECT_EQ(ref->rows, 7U);
  EXPECT_FALSE(fs::exists(staged));
  const fs::path place = root_ / "objects/sha256/58" / (std::string(kHello).substr(2));
  EXPECT_EQ(store_.PathOf(kHello), place);
  EXPECT_EQ(ReadBytes(place), "hello\n");
  EXPECT_EQ(fs::status(place).permissions(), fs::perms(0444));
  EXPECT_TRUE(store_.Has(kHello));
}

TEST_F(ObjectStoreTest, TheSameContentAgainIsNoErrorAndLeavesNothingBehind) {
  ASSERT_TRUE(store_.Adopt(Stage("hello\n"), 1).ok());
  const auto inode = [&] {
    struct stat facts {};
    EXPECT_EQ(::stat(store_.PathOf(kHello).c_str(), &facts), 0);
    return facts.st_ino;
  };
  const auto before = inode();
  ASSERT_TRUE(store_.Adopt(Stage("hello\n"), 1).ok());
  ASSERT_TRUE(store_.Import(root_.Write("hello.txt", "hello\n")).ok());
  ASSERT_EQ(*store_.Put("hello\n"), kHello);
  EXPECT_EQ(inode(), before) << "an object that is there is left as it is";
  EXPECT_EQ(CountFiles(root_ / "staging"), 0U);
}

TEST_F(ObjectStoreTest, AnObjectThatLostBytesIsReplacedByASoundOne) {
  ASSERT_TRUE(store_.Put("hello\n").ok());
  fs::permissions(store_.PathOf(kHello), fs::perms(0644));
  fs::resize_file(store_.PathOf(kHello), 3);
  ASSERT_TRUE(store_.Put("hello\n").ok());
  EXPECT_TRUE(store_.Verify(kHello).ok());
}

TEST_F(ObjectStoreTest, ADamagedObjectOfTheSameSizeIsReplacedByASoundOne) {
  ASSERT_TRUE(store_.Put("hello\n").ok());
  const auto damage = [&] {
    root_.Write("objects/sha256/58/" + std::string(kHello).substr(2), "hellO\n");
  };
  damage();
  ASSERT_TRUE(store_.Put("hello\n").ok());
  EXPECT_TRUE(store_.Verify(kHello).ok());
  damage();
  ASSERT_TRUE(store_.Adopt(Stage("hello\n"), 1).ok());
  EXPECT_TRUE(store_.Verify(kHello).ok());
  damage();
  ASSERT_TRUE(store_.Import(root_.Write("hello.txt", "hello\n")).ok());
  EXPECT_TRUE(store_.Verify(kHello).ok());
  EXPECT_EQ(CountFiles(root_ / "staging"), 0U);
}

TEST_F(ObjectStoreTest, ImportCopiesAndHashesAndLeavesTheSource) {
  std::string large(3'000'000, 'x');
  large += "end";
  const fs::path source = root_.Write("large.csv", large);
  const auto ref = store_.Import(source);
  ASSERT_TRUE(ref.ok()) << ref.error().message;
  EXPECT_EQ(ref->sha256, Sha256Hex(large));
  EXPECT_EQ(ref->bytes, large.size());
  EXPECT_EQ(*store_.Get(ref->sha256), large);
  EXPECT_EQ(ReadBytes(source), large);
}

TEST_F(ObjectStoreTest, AnEmptyFileIsAnObject) {
  ASSERT_EQ(store_.Import(root_.Write("empty", ""))->sha256, kEmpty);
  EXPECT_EQ(*store_.Get(kEmpty), "");
  EXPECT_TRUE(store_.Verify(kEmpty).ok());
}

TEST_F(ObjectStoreTest, ImportNamesAFileThatIsMissing) {
  const auto ref = store_.Import(root_ / "missing.csv");
  ASSERT_FALSE(ref.ok());
  EXPECT_EQ(ref.error().code, ErrorCode::kIo);
  EXPECT_EQ(ref.error().message, "no such file or folder: " + (root_ / "missing.csv").string());
}

TEST_F(ObjectStoreTest, ImportRefusesWhatIsNoFile) {
  EXPECT_THAT(store_.Import(root_.path()).error().message, HasSubstr("not a regular file"));
  const fs::path pipe = root_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(store_.Import(pipe).error().message, HasSubstr("not a regular file"));
  EXPECT_THAT(HashFile(pipe).error().message, HasSubstr("not a regular file: "));
}

TEST_F(ObjectStoreTest, ImportTellsThatAFileChangedWhileItWasRead) {
  // A file that another process appends to all the time: each import must either fail or have read
  // one state of it.
  const fs::path source = root_.Write("growing", std::string(8'000'000, 'x'));
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    std::ofstream stream(source, std::ios::binary | std::ios::app);
    while (!stop) stream << "y" << std::flush;
  });
  bool seen = false;
  for (int i = 0; i < 50 && !seen; ++i) {
    const auto ref = store_.Import(source);
    seen = !ref.ok();
    if (seen) {
      EXPECT_EQ(ref.error().code, ErrorCode::kIo);
      EXPECT_THAT(ref.error().message, HasSubstr("changed while it was read: " + source.string()));
    }
  }
  stop = true;
  writer.join();
  EXPECT_TRUE(seen);
  EXPECT_EQ(CountFiles(root_ / "staging"), 0U);
}

TEST_F(ObjectStoreTest, GetRefusesAFlippedByte) {
  ASSERT_TRUE(store_.Put("hello\n").ok());
  root_.Write("objects/sha256/58/" + std::string(kHello).substr(2), "hellO\n");
  const auto text = store_.Get(kHello);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kData);
  EXPECT_THAT(text.error().message, AllOf(HasSubstr("is damaged"), HasSubstr(kHello)));
  const auto status = store_.Verify(kHello);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kData);
  EXPECT_THAT(status.error().message, AllOf(HasSubstr("is damaged"), HasSubstr(kHello)));
}

TEST_F(ObjectStoreTest, AMissingObjectIsAnErrorWithItsPath) {
  const auto text = store_.Get(kHello);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kIo);
  EXPECT_THAT(text.error().message, HasSubstr(store_.PathOf(kHello).string()));
  EXPECT_EQ(store_.Verify(kHello).error().code, ErrorCode::kData);
}

TEST_F(ObjectStoreTest, ANameThatIsNoIdDoesNotLeadOutOfTheStore) {
  EXPECT_EQ(store_.PathOf("../../../etc/passwd"), root_ / "objects/sha256/none");
  EXPECT_FALSE(store_.Has(""));
  EXPECT_FALSE(store_.Has(std::string(64, 'A')));
  EXPECT_FALSE(store_.Get("..").ok());
}

TEST_F(ObjectStoreTest, StagingNamesDifferAlsoBetweenThreadsAndStores) {
  std::vector<std::vector<fs::path>> names(4);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (auto& mine : names) {
    threads.emplace_back([&] {
      ObjectStore other(root_.path());
      for (int i = 0; i < 1000; ++i) mine.push_back(other.StagingPath("a/b.parquet"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<fs::path> all;
  for (const auto& mine : names) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4000U);
  EXPECT_EQ(all.begin()->parent_path(), root_ / "staging");
}

TEST_F(ObjectStoreTest, ThreadsMayStoreTheSameContentAtOnce) {
  std::atomic<int> stored{0};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) stored += store_.Put("text " + std::to_string(i)).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored, 200);
  EXPECT_EQ(CountFiles(root_ / "staging"), 0U);
}

TEST_F(ObjectStoreTest, EmptyStagingRemovesWhatAKilledRunLeft) {
  Stage("half a file");
  fs::create_directories(root_ / "spill/deep");
  root_.Write("spill/deep/block", "x");
  ASSERT_TRUE(store_.EmptyStaging().ok());
  EXPECT_EQ(CountFiles(root_ / "staging"), 0U);
  EXPECT_EQ(CountFiles(root_ / "spill"), 0U);
}

TEST_F(ObjectStoreTest, EmptyStagingLeavesTheFilesOfALivingProcess) {
  root_.Write("staging/" + std::to_string(::getppid()) + "-0-rows.csv", "half");
  ASSERT_TRUE(store_.EmptyStaging().ok());
  EXPECT_EQ(CountFiles(root_ / "staging"), 1U);
}

TEST_F(ObjectStoreTest, ForEachVisitsObjectsInOrderAndNothingElse) {
  ASSERT_TRUE(store_.Put("hello\n").ok());
  ASSERT_TRUE(store_.Put("").ok());
  root_.Write("objects/sha256/58/readme", "no object");
  root_.Write("objects/sha256/stray", "no folder");
  std::vector<std::pair<std::string, std::uint64_t>> seen;
  ASSERT_TRUE(store_
                  .ForEach([&](const std::string& sha256, std::uint64_t bytes, std::int64_t time) {
                    seen.emplace_back(sha256, bytes);
                    EXPECT_GT(time, 1'600'000'000);
                  })
                  .ok());
  EXPECT_THAT(seen, testing::ElementsAre(testing::Pair(kHello, 6U), testing::Pair(kEmpty, 0U)));
}

TEST_F(ObjectStoreTest, RemoveDeletesAndMayBeRepeated) {
  ASSERT_TRUE(store_.Put("hello\n").ok());
  EXPECT_TRUE(store_.Remove(kHello).ok());
  EXPECT_FALSE(store_.Has(kHello));
  EXPECT_TRUE(store_.Remove(kHello).ok());
}

TEST_F(ObjectStoreTest, CreateMayBeRepeated) { EXPECT_TRUE(store_.Create().ok()); }

TEST_F(ObjectStoreTest, AReadOnlyFolderIsAnErrorThatNamesIt) {
  fs::permissions(root_ / "staging", fs::perms(0555));
  fs::permissions(root_.path(), fs::perms(0755));
  EXPECT_TRUE(AsStranger([&] {
    const auto put = store_.Put("hello\n");
    return !put.ok() && put.error().code == ErrorCode::kIo &&
           put.error().message.starts_with("cannot open (permission denied): ") &&
           !store_.Has(kHello);
  }));
}

TEST_F(ObjectStoreTest, AnObjectThatIsThereIsRecordedOnlyWhenItsNameLasts) {
  // Where a folder cannot be opened it cannot be synced, which must be seen also when the object is
  // there already: who stored it may have been killed before its fsync.
  ASSERT_TRUE(store_.Put("hello\n").ok());
  EXPECT_TRUE(*store_.Keep(kHello));
  fs::permissions(root_.path(), fs::perms(0755));
  for (const fs::path& folder : {root_ / "objects/sha256/58", root_ / "objects/sha256"}) {
    fs::permissions(folder, fs::perms(0311));
    EXPECT_TRUE(AsStranger([&] {
      ObjectStore store(root_.path());
      return store.Put("hello\n").error().code == ErrorCode::kIo &&
             store.Keep(kHello).error().code == ErrorCode::kIo;
    })) << folder;
    fs::permissions(folder, fs::perms(0755));
  }
}

TEST_F(ObjectStoreTest, KeepTellsWhatIsMissingOrDamaged) {
  EXPECT_FALSE(*store_.Keep(kHello));
  ASSERT_TRUE(store_.Put("hello\n").ok());
  root_.Write("objects/sha256/58/" + std::string(kHello).substr(2), "hellO\n");
  EXPECT_FALSE(*store_.Keep(kHello));
}

TEST(ObjectStore, AFullDiskIsAnErrorThatSaysSo) {
  TestFolder folder;
  const fs::path source = folder.Write("source", std::string(2'000'000, 'x'));
  const auto done = OnTinyDisk(folder / "disk", [&] {
    ObjectStore store(folder / "disk/store");
    const auto full = [](const Error& error) {
      return error.code == ErrorCode::kIo && error.message.starts_with("disk is full: ");
    };
    if (!store.Create().ok()) return false;
    const auto import = store.Import(source);
    const auto put = store.Put(std::string(2'000'000, 'y'));
    return !import.ok() && full(import.error()) && !put.ok() && full(put.error()) &&
           CountFiles(folder / "disk/store/staging") == 0 && store.Put("small").ok();
  });
  if (!done) GTEST_SKIP() << "no small disk can be mounted here";
  EXPECT_TRUE(*done);
}

}  // namespace
}  // namespace assay::store
