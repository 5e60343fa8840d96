#include "store/lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <optional>
#include <utility>

#include "store/test_folder.h"

namespace assay::store {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

const FakeClock kClock(1'769'850'000'000'000);  // 2026-01-31T09:00:00Z

// A process that takes the lock and holds it until it is killed.
class Holder {
 public:
  explicit Holder(const std::filesystem::path& root) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    child_ = ::fork();
    if (child_ == 0) {
      const auto lock = Lock::Take(root, "run", kClock);
      char done = lock.ok() ? 'y' : 'n';
      if (::write(ends[1], &done, 1) != 1) ::_exit(1);
      ::pause();
      ::_exit(0);
    }
    char done = 'n';
    EXPECT_EQ(::read(ends[0], &done, 1), 1);
    EXPECT_EQ(done, 'y');
    ::close(ends[0]);
    ::close(ends[1]);
  }
  ~Holder() { Kill(); }
  void Kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(std::exchange(child_, 0), nullptr, 0);
  }
  pid_t process() const { return child_; }

 private:
  pid_t child_;
};

TEST(Lock, IsHeldByOneProcessAndNamesIt) {
  TestFolder root;
  Holder holder(root.path());
  const auto lock = Lock::Take(root.path(), "gc", kClock);
  ASSERT_FALSE(lock.ok());
  EXPECT_EQ(lock.error().code, ErrorCode::kIo);
  EXPECT_THAT(lock.error().message, MatchesRegex("another assay run holds the lock: process " +
                                                 std::to_string(holder.process()) +
                                                 " on [^ ]+ since 2026-01-31T09:00:00Z"));
  EXPECT_EQ(lock.error().hint,
            "wait for it, or stop it; the lock frees itself when the process ends");
}

TEST(Lock, IsFreedWhenItsProcessIsKilled) {
  TestFolder root;
  Holder holder(root.path());
  ASSERT_FALSE(Lock::Take(root.path(), "run", kClock).ok());
  holder.Kill();
  EXPECT_TRUE(Lock::Take(root.path(), "run", kClock).ok());
}

TEST(Lock, ExcludesASecondHolderInTheSameProcess) {
  TestFolder root;
  std::optional<Result<Lock>> first = Lock::Take(root.path(), "run", kClock);
  ASSERT_TRUE(first->ok());
  EXPECT_FALSE(Lock::Take(root.path(), "run", kClock).ok());
  first.reset();
  EXPECT_TRUE(Lock::Take(root.path(), "run", kClock).ok());
}

TEST(Lock, MayBeMoved) {
  TestFolder root;
  auto first = Lock::Take(root.path(), "run", kClock);
  ASSERT_TRUE(first.ok());
  std::optional<Lock> moved(std::move(*first));
  EXPECT_FALSE(Lock::Take(root.path(), "run", kClock).ok());
  moved.reset();
  EXPECT_TRUE(Lock::Take(root.path(), "run", kClock).ok());
}

TEST(Lock, IsNotInheritedByAProgramThatIsStarted) {
  TestFolder root;
  auto lock = Lock::Take(root.path(), "run", kClock);
  ASSERT_TRUE(lock.ok());
  const pid_t child = ::fork();
  if (child == 0) {
    ::execlp("sleep", "sleep", "60", nullptr);
    ::_exit(1);
  }
  { const Lock gone = std::move(*lock); }
  // The child frees its copy when it has become another program.
  bool free = false;
  for (int i = 0; i < 200 && !free; ++i) {
    free = Lock::Take(root.path(), "run", kClock).ok();
    if (!free) ::usleep(10'000);
  }
  EXPECT_TRUE(free);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(Lock, WithoutAReadableHolderNamesTheFile) {
  TestFolder root;
  const auto lock = Lock::Take(root.path(), "run", kClock);
  ASSERT_TRUE(lock.ok());
  std::filesystem::resize_file(root / "lock", 0);
  EXPECT_THAT(Lock::Take(root.path(), "run", kClock).error().message,
              HasSubstr("another process holds the lock: " + (root / "lock").string()));
}

TEST(Lock, MakesItsFolder) {
  TestFolder root;
  EXPECT_TRUE(Lock::Take(root / "deep/er", "run", kClock).ok());
}

TEST(Lock, InAReadOnlyFolderIsAnErrorThatNamesIt) {
  TestFolder root;
  std::filesystem::permissions(root.path(), std::filesystem::perms(0555));
  EXPECT_TRUE(AsStranger([&] {
    const auto lock = Lock::Take(root.path(), "run", kClock);
    return !lock.ok() && lock.error().code == ErrorCode::kIo &&
           lock.error().message == "cannot open (permission denied): " + (root / "lock").string();
  }));
}

}  // namespace
}  // namespace assay::store
