// The disk of the system and the one in memory, held to the same promises.
#include "store/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/test_folder.h"
#include "store/test_memory_disk.h"

namespace assay::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Mode = Disk::Mode;

struct OnSystem {
  Disk& disk = SystemDisk();
  TestFolder folder;
  fs::path home = folder.path();
};

struct InMemory {
  MemoryDisk memory;
  Disk& disk = memory;
  fs::path home = "/home";
  InMemory() { EXPECT_TRUE(memory.MakeFolder(home).value()); }
};

template <typename Place>
class DiskTest : public testing::Test {
 protected:
  void Write(const fs::path& path, const std::string& bytes) {
    auto file = place_.disk.Open(path, Mode::kCreate);
    ASSERT_TRUE(file.ok()) << file.error().message;
    ASSERT_TRUE((*file)->Write(bytes).ok());
    ASSERT_TRUE((*file)->SetMode(0444).ok());
    ASSERT_TRUE((*file)->Sync().ok());
  }
  std::string Read(const fs::path& path) {
    auto file = place_.disk.Open(path, Mode::kRead);
    if (!file.ok()) return file.error().message;
    std::string bytes(100, '\0');
    bytes.resize((*file)->Read(bytes.data(), bytes.size()).value());
    return bytes;
  }

  Place place_;
  Disk& disk_ = place_.disk;
  const fs::path home_ = place_.home;
};

using Places = testing::Types<OnSystem, InMemory>;
TYPED_TEST_SUITE(DiskTest, Places, );

TYPED_TEST(DiskTest, AFileIsWrittenAndReadInPieces) {
  auto file = this->disk_.Open(this->home_ / "a", Mode::kCreate).value();
  ASSERT_TRUE(file->Write("one ").ok());
  ASSERT_TRUE(file->Write("two").ok());
  EXPECT_EQ(file->Facts()->bytes, 7U);
  auto again = this->disk_.Open(this->home_ / "a", Mode::kRead).value();
  char piece[4];
  EXPECT_EQ(again->Read(piece, 4).value(), 4U);
  EXPECT_EQ(again->Read(piece, 4).value(), 3U);
  EXPECT_EQ(std::string(piece, 3), "two");
  EXPECT_EQ(again->Read(piece, 4).value(), 0U);
}

TYPED_TEST(DiskTest, ATakenNameIsNotMadeAnew) {
  this->Write(this->home_ / "a", "first");
  const auto second = this->disk_.Open(this->home_ / "a", Mode::kCreate);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().message, "cannot open (file exists): " + (this->home_ / "a").string());
  EXPECT_EQ(this->Read(this->home_ / "a"), "first");
}

TYPED_TEST(DiskTest, WhatIsMissingIsNamed) {
  const fs::path missing = this->home_ / "missing";
  const std::string message = "no such file or folder: " + missing.string();
  EXPECT_EQ(this->Read(missing), message);
  EXPECT_EQ(this->disk_.Open(missing / "a", Mode::kCreate).error().message, message + "/a");
  EXPECT_EQ(this->disk_.Rename(missing, this->home_ / "b").error().message, message);
  EXPECT_EQ(this->disk_.SyncFolder(missing).error().message, message);
  EXPECT_EQ(this->disk_.MakeFolder(missing / "deeper").error().message, message + "/deeper");
  EXPECT_FALSE(this->disk_.Look(missing)->has_value());
  EXPECT_THAT(*this->disk_.List(missing), IsEmpty());
  EXPECT_TRUE(this->disk_.Remove(missing).ok());
}

TYPED_TEST(DiskTest, LookTellsFilesFromFolders) {
  this->Write(this->home_ / "a", "bytes");
  const auto file = this->disk_.Look(this->home_ / "a").value().value();
  EXPECT_TRUE(file.is_file);
  EXPECT_FALSE(file.is_folder);
  EXPECT_EQ(file.bytes, 5U);
  EXPECT_GT(file.modified_ns, 1'600'000'000'000'000'000);
  const auto folder = this->disk_.Look(this->home_).value().value();
  EXPECT_FALSE(folder.is_file);
  EXPECT_TRUE(folder.is_folder);
}

TYPED_TEST(DiskTest, ARenamedFileReplacesWhatWasThere) {
  this->Write(this->home_ / "a", "new");
  this->Write(this->home_ / "b", "old");
  ASSERT_TRUE(this->disk_.Rename(this->home_ / "a", this->home_ / "b").ok());
  EXPECT_THAT(*this->disk_.List(this->home_), ElementsAre("b"));
  EXPECT_EQ(this->Read(this->home_ / "b"), "new");
}

TYPED_TEST(DiskTest, AFolderGoesWithAllInIt) {
  ASSERT_TRUE(MakeFolders(this->disk_, this->home_ / "one/two").ok());
  this->Write(this->home_ / "one/two/a", "bytes");
  this->Write(this->home_ / "oneself", "stays");
  ASSERT_TRUE(this->disk_.Remove(this->home_ / "one").ok());
  EXPECT_THAT(*this->disk_.List(this->home_), ElementsAre("oneself"));
}

TYPED_TEST(DiskTest, AFolderIsMadeOnce) {
  EXPECT_TRUE(this->disk_.MakeFolder(this->home_ / "one").value());
  EXPECT_FALSE(this->disk_.MakeFolder(this->home_ / "one").value());
  EXPECT_TRUE(MakeFolders(this->disk_, this->home_ / "one/two/three").ok());
  EXPECT_TRUE(MakeFolders(this->disk_, this->home_ / "one/two/three").ok());
  this->Write(this->home_ / "file", "");
  EXPECT_THAT(this->disk_.MakeFolder(this->home_ / "file").error().message,
              HasSubstr("cannot make (not a directory): "));
  EXPECT_TRUE(this->disk_.SyncFolder(this->home_ / "one/two").ok());
}

TYPED_TEST(DiskTest, ALockedFileIsHeldUntilItIsClosed) {
  const fs::path path = this->home_ / "lock";
  auto first = this->disk_.Open(path, Mode::kReadOrMake).value();
  auto second = this->disk_.Open(path, Mode::kReadOrMake).value();
  EXPECT_TRUE(first->TryLock().value());
  EXPECT_FALSE(second->TryLock().value());
  first.reset();
  EXPECT_TRUE(second->TryLock().value());
}

TYPED_TEST(DiskTest, AClearedFileBeginsAnew) {
  this->Write(this->home_ / "other", "other");
  auto file = this->disk_.Open(this->home_ / "a", Mode::kReadOrMake).value();
  ASSERT_TRUE(file->Write("long ago").ok());
  ASSERT_TRUE(file->Clear().ok());
  ASSERT_TRUE(file->Write("now").ok());
  EXPECT_EQ(this->Read(this->home_ / "a"), "now");
  EXPECT_FALSE(this->disk_.Open(this->home_ / "other", Mode::kRead).value()->Write("x").ok());
}

TEST(SystemDisk, OpensAPipeWithoutWaiting) {
  const TestFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto facts = SystemDisk().Open(folder / "pipe", Mode::kRead).value()->Facts().value();
  EXPECT_FALSE(facts.is_file || facts.is_folder);
}

TEST(SystemDisk, RemovesALinkAndNotWhatItPointsAt) {
  const TestFolder folder;
  fs::create_directory(folder / "kept");
  fs::create_directory_symlink(folder / "kept", folder / "link");
  ASSERT_TRUE(SystemDisk().Remove(folder / "link").ok());
  EXPECT_THAT(*SystemDisk().List(folder.path()), ElementsAre("kept"));
}

}  // namespace
}  // namespace assay::store
