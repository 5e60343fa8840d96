#include "run/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "base/test_folder.h"

namespace assay::run {
namespace {

using ::testing::HasSubstr;

class Command : public ::testing::Test {
 protected:
  CommandRequest Shell(const std::string& script) {
    CommandRequest request;
    request.argv = {"sh", "-c", script};
    request.folder = folder_.path();
    request.log = folder_.path() / "log";
    request.max_seconds = 60;
    request.grace_seconds = 1;
    return request;
  }
  CommandEnd Run(const CommandRequest& request) {
    auto end = RunCommand(request);
    EXPECT_TRUE(end.ok());
    return end.ok() ? *end : CommandEnd{};
  }
  std::string Text(const std::string& name) {
    std::ifstream stream(folder_.path() / name);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  TestFolder folder_;
};

TEST_F(Command, RunsInItsFolderWithOurEnvironmentAndMore) {
  ::setenv("ASSAY_TEST_OLD", "old", 1);
  CommandRequest request = Shell("pwd; echo $ASSAY_TEST_OLD $ASSAY_TEST_NEW; echo no >&2; cat");
  request.added = {{"ASSAY_TEST_NEW", "new"}};
  EXPECT_EQ(Run(request).failure, "");
  EXPECT_EQ(Text("log"), std::filesystem::canonical(folder_.path()).string() + "\nold new\nno\n");
  request.added["ASSAY_TEST_OLD"] = "newer";
  Run(request);
  EXPECT_THAT(Text("log"), HasSubstr("newer new\n"));
  ::unsetenv("ASSAY_TEST_OLD");
}

TEST_F(Command, SaysHowItEnded) {
  EXPECT_EQ(Run(Shell("exit 3")).failure, "ended with status 3");
  EXPECT_EQ(Run(Shell("kill -9 $$")).failure, "was ended by signal 9 (Killed)");
}

TEST_F(Command, SaysWhyItCannotBeStarted) {
  CommandRequest request = Shell("");
  request.argv = {"no-such-program-here"};
  EXPECT_EQ(Run(request).failure,
            "cannot be started: No such file or directory: no-such-program-here");
  std::ofstream(folder_.path() / "plain") << "text";
  request.argv = {"./plain"};
  EXPECT_EQ(Run(request).failure, "cannot be started: Permission denied: ./plain");
}

TEST_F(Command, EndsWhatTakesTooLong) {
  CommandRequest request = Shell("echo begun; sleep 100");
  request.max_seconds = 1;
  const CommandEnd end = Run(request);
  EXPECT_EQ(end.failure, "took longer than max_duration and was ended");
  EXPECT_LT(end.seconds, 10);
  EXPECT_EQ(Text("log"), "begun\n");
}

TEST_F(Command, EndsTheWholeGroupOfWhatDoesNotListen) {
  CommandRequest request =
      Shell("trap '' TERM; (trap '' TERM; sleep 3; echo late > late) & sleep 100");
  request.max_seconds = 1;
  EXPECT_EQ(Run(request).failure, "took longer than max_duration and was ended");
  std::this_thread::sleep_for(std::chrono::seconds(2));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "late"));
}

TEST_F(Command, LeavesNothingRunning) {
  EXPECT_EQ(Run(Shell("(sleep 1; echo late > late) & exit 0")).failure, "");
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "late"));
}

TEST_F(Command, DiesWithWhoeverStartedIt) {
  const pid_t starter = ::fork();
  if (starter == 0) {
    const auto end = RunCommand(Shell("touch begun; sleep 2; touch late"));
    ::_exit(end.ok() ? 0 : 1);
  }
  while (!std::filesystem::exists(folder_.path() / "begun")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(starter, SIGKILL);
  ::waitpid(starter, nullptr, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "late"));
}

}  // namespace
}  // namespace assay::run
