// The object store in memory: each operation on the disk fails once, and the power goes after each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/hash.h"
#include "store/object_store.h"
#include "store/test_fault_disk.h"
#include "store/test_memory_disk.h"

namespace assay::store {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;
using Loss = FaultDisk::Loss;

const fs::path kHome = "/home";
const fs::path kRoot = "/home/.assay";
const fs::path kSource = "/home/source";

void WriteFile(Disk& disk, const fs::path& path, const std::string& bytes) {
  auto file = disk.Open(path, Disk::Mode::kCreate);
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_TRUE((*file)->Write(bytes).ok());
}

void MakeHome(Disk& disk) {
  ASSERT_TRUE(MakeFolders(disk, kHome).ok());
  WriteFile(disk, kSource, "from outside");
}

// All the ways in which objects come to be, one of them twice. What was promised is in `promised`
// as soon as it was; each step goes on when one before failed, as a run does with its nodes.
class Work {
 public:
  explicit Work(Disk& disk, Disk& engines_disk) : disk_(disk), engines_disk_(engines_disk) {}

  // The messages of the errors there were.
  std::vector<std::string> Do() {
    ObjectStore store(kRoot, disk_);
    Note(store.Create());
    Note(store.EmptyStaging());
    Keep(store.Put("a text"));
    Keep(store.Import(kSource));
    // What the engine writes it writes by itself.
    const fs::path staged = store.StagingPath("part");
    if (disk_.Look(staged.parent_path())->has_value()) {
      WriteFile(engines_disk_, staged, "from the engine");
      Keep(store.Adopt(staged, 1));
    }
    Keep(store.Put("a text"));
    Keep(store.Put("another text"));
    Keep(store.Put("text 5"));  // its sha256 begins as that of "text 16"
    Keep(store.Put("text 16"));
    return std::move(errors_);
  }

  const std::vector<std::string>& promised() const { return promised_; }

 private:
  void Note(const Status& status) {
    if (!status.ok()) Note(status.error());
  }
  void Note(const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::kIo) << error.message;
    errors_.push_back(error.message);
  }
  void Keep(const Result<std::string>& stored) {
    if (stored.ok()) {
      promised_.push_back(*stored);
    } else {
      Note(stored.error());
    }
  }
  void Keep(const Result<FileRef>& stored) {
    Keep(stored.ok() ? Result<std::string>(stored->sha256) : stored.error());
  }

  Disk& disk_;
  Disk& engines_disk_;
  std::vector<std::string> errors_;
  std::vector<std::string> promised_;
};

// Every object that is there is sound, and those of `promised` are there.
void ExpectSound(Disk& disk, const std::vector<std::string>& promised) {
  const ObjectStore store(kRoot, disk);
  ASSERT_TRUE(store
                  .ForEach([&](const std::string& sha256, std::uint64_t, std::int64_t) {
                    const Status sound = store.Verify(sha256);
                    EXPECT_TRUE(sound.ok()) << sound.error().message;
                  })
                  .ok());
  for (const std::string& sha256 : promised) EXPECT_TRUE(store.Has(sha256)) << sha256;
}

void ExpectSoundAfterPowerLoss(const DiskTree& left, const std::vector<std::string>& promised) {
  MemoryDisk disk;
  LayTree(disk, kHome, left);
  ExpectSound(disk, promised);
  Work again(disk, disk);
  EXPECT_THAT(again.Do(), IsEmpty());
  ExpectSound(disk, again.promised());
  EXPECT_THAT(disk.List(kRoot / "staging").value(), IsEmpty());
}

TEST(ObjectStoreFaults, TwoTextsShareAFolder) {
  ASSERT_EQ(Sha256Hex("text 5").substr(0, 2), Sha256Hex("text 16").substr(0, 2));
}

TEST(ObjectStoreFaults, ThePowerMayGoAfterEachOperation) {
  MemoryDisk memory;
  MakeHome(memory);
  FaultDisk disk(memory, kHome);
  Work work(disk, memory);
  std::size_t losses = 0;
  disk.SetObserver([&](const FaultDisk::Operation& operation) {
    SCOPED_TRACE(operation.number);
    for (const Loss loss : {Loss::kBytesAndNames, Loss::kBytes}) {
      ExpectSoundAfterPowerLoss(disk.AfterPowerLoss(loss), work.promised());
      ++losses;
    }
  });
  EXPECT_THAT(work.Do(), IsEmpty());
  EXPECT_THAT(work.promised(), SizeIs(7));
  EXPECT_EQ(losses, 2 * disk.operations().size());
  EXPECT_GT(losses, 100U);
}

TEST(ObjectStoreFaults, EachOperationMayFailOnce) {
  for (std::size_t number = 1;; ++number) {
    SCOPED_TRACE(number);
    MemoryDisk memory;
    MakeHome(memory);
    FaultDisk disk(memory, kHome);
    disk.FailAt(number, number % 2 == 0 ? EIO : ENOSPC);
    Work work(disk, memory);
    const std::vector<std::string> errors = work.Do();
    if (!disk.failed()) {
      EXPECT_GT(number, 50U);
      EXPECT_THAT(errors, IsEmpty());
      return;
    }
    EXPECT_THAT(errors, testing::Not(IsEmpty())) << disk.failed()->path;
    ExpectSound(memory, work.promised());
    // What was promised since then lasts too.
    for (const Loss loss : {Loss::kBytesAndNames, Loss::kBytes}) {
      ExpectSoundAfterPowerLoss(disk.AfterPowerLoss(loss), work.promised());
    }
    Work again(disk, memory);
    EXPECT_THAT(again.Do(), IsEmpty());
    EXPECT_THAT(again.promised(), SizeIs(7));
    for (const Loss loss : {Loss::kBytesAndNames, Loss::kBytes}) {
      ExpectSoundAfterPowerLoss(disk.AfterPowerLoss(loss), again.promised());
    }
  }
}

// A disk on which making the names in one folder last takes until it is let go.
class SlowDisk : public MemoryDisk {
 public:
  Status SyncFolder(const fs::path& folder) override {
    if (folder == kRoot / "objects/sha256") {
      reached = true;
      while (!go_on) std::this_thread::yield();
    }
    return MemoryDisk::SyncFolder(folder);
  }
  std::atomic<bool> reached{false}, go_on{true};
};

TEST(ObjectStoreFaults, NobodyReliesOnAFolderThatAnotherThreadHasNotMadeLastYet) {
  SlowDisk disk;
  MakeHome(disk);
  ObjectStore store(kRoot, disk);
  ASSERT_TRUE(store.Create().ok());
  ASSERT_TRUE(store.Put("a text").ok());
  disk.reached = disk.go_on = false;
  std::thread first([&] { EXPECT_TRUE(store.Put("text 5").ok()); });
  while (!disk.reached) std::this_thread::yield();
  std::atomic<bool> done{false};
  std::thread second([&] {
    EXPECT_TRUE(store.Put("text 16").ok());
    done = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_FALSE(done) << "its folder might be gone after a power loss";
  disk.go_on = true;
  first.join();
  second.join();
}

}  // namespace
}  // namespace assay::store
