#include "run/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "store/file.h"

namespace assay::run {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Everything a child needs, made before the fork: afterwards nothing may allocate.
struct PreparedProgram {
  std::vector<std::string> environment;
  std::vector<char*> argv, envp;
};

PreparedProgram Prepare(const CommandRequest& request) {
  PreparedProgram prepared;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!request.added.contains(text.substr(0, text.find('=')))) {
      prepared.environment.push_back(text);
    }
  }
  for (const auto& [name, value] : request.added) {
    std::string entry = name;
    entry += "=" + value;
    prepared.environment.push_back(std::move(entry));
  }
  // execvpe takes them without const and does not write to them.
  for (const std::string& word : request.argv) {
    prepared.argv.push_back(const_cast<char*>(word.c_str()));
  }
  for (std::string& entry : prepared.environment) prepared.envp.push_back(entry.data());
  prepared.argv.push_back(nullptr);
  prepared.envp.push_back(nullptr);
  return prepared;
}

// In the child; ends in another program, or writes errno to `failure` and exits.
[[noreturn]] void BecomeProgram(const PreparedProgram& prepared, const char* folder, int log,
                                int nothing, int failure, pid_t parent, std::uint64_t memory) {
  ::setpgid(0, 0);
  // A program whose starter is gone would train for nobody.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  int number = 0;
  const rlimit most{memory, memory};
  if (::getppid() != parent) {
    number = ESRCH;
  } else if (memory > 0 && ::setrlimit(RLIMIT_DATA, &most) != 0) {
    number = errno;
  } else if (::chdir(folder) != 0 || ::dup2(nothing, STDIN_FILENO) < 0 ||
             ::dup2(log, STDOUT_FILENO) < 0 || ::dup2(log, STDERR_FILENO) < 0) {
    number = errno;
  } else {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::execvpe(prepared.argv[0], prepared.argv.data(), prepared.envp.data());
    number = errno;
  }
  [[maybe_unused]] const ssize_t told = ::write(failure, &number, sizeof number);
  ::_exit(127);
}

bool HasEnded(pid_t child, int& state) {
  const pid_t ended = ::waitpid(child, &state, WNOHANG);
  return ended == child || (ended < 0 && errno != EINTR);
}

// True when the child ended before `deadline` and before `stop` said so.
bool WaitUntil(pid_t child, SteadyClock::time_point deadline, const std::function<bool()>& stop,
               int& state) {
  auto pause = std::chrono::milliseconds(2);
  while (!HasEnded(child, state)) {
    if (SteadyClock::now() >= deadline || (stop && stop())) return false;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(100));
  }
  return true;
}

std::string FailureOf(int state) {
  if (WIFSIGNALED(state)) {
    return "was ended by signal " + std::to_string(WTERMSIG(state)) + " (" +
           ::strsignal(WTERMSIG(state)) + ")";
  }
  const int status = WEXITSTATUS(state);
  return status == 0 ? "" : "ended with status " + std::to_string(status);
}

std::string CannotStart(int number, const std::string& program) {
  return "cannot be started: " + std::string(std::strerror(number)) + ": " + program;
}

}  // namespace

Result<CommandEnd> RunCommand(const CommandRequest& request) {
  TRY_ASSIGN(const store::File log,
             store::File::Open(request.log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND));
  TRY_ASSIGN(const store::File nothing, store::File::Open("/dev/null", O_RDONLY));
  const PreparedProgram prepared = Prepare(request);
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) {
    return store::SystemError(errno, "make a pipe for", request.argv[0]);
  }
  const auto start = SteadyClock::now();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    BecomeProgram(prepared, request.folder.c_str(), log.descriptor(), nothing.descriptor(),
                  pipe_ends[1], parent, request.memory_bytes);
  }
  const int fork_error = errno;
  ::close(pipe_ends[1]);
  if (child < 0) {
    ::close(pipe_ends[0]);
    return store::SystemError(fork_error, "start", request.argv[0]);
  }
  // Also here: whoever comes first, the group is there before it may have to be ended.
  ::setpgid(child, child);
  int number = 0;
  const bool started = ::read(pipe_ends[0], &number, sizeof number) != sizeof number;
  ::close(pipe_ends[0]);

  CommandEnd end;
  int state = 0;
  if (!started) {
    ::waitpid(child, &state, 0);
    end.failure = CannotStart(number, request.argv[0]);
    return end;
  }
  const auto deadline = request.max_seconds == 0
                            ? SteadyClock::time_point::max()
                            : start + std::chrono::seconds(request.max_seconds);
  bool stopped = false;
  if (WaitUntil(child, deadline, request.stop, state)) {
    end.failure = FailureOf(state);
  } else {
    stopped = SteadyClock::now() < deadline;
    ::kill(-child, SIGTERM);
    if (!WaitUntil(child, SteadyClock::now() + std::chrono::seconds(request.grace_seconds), {},
                   state)) {
      ::kill(-child, SIGKILL);
      ::waitpid(child, &state, 0);
    }
    end.failure = "took longer than max_duration and was ended";
  }
  // What it left behind in its group must not write any more.
  ::kill(-child, SIGKILL);
  if (stopped) return Error{ErrorCode::kCancelled, "cancelled", ""};
  end.seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  return end;
}

}  // namespace assay::run
