/// What tests of the store do to files, beside the folder for one test. For tests only.
#pragma once

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "base/test_folder.h"

namespace assay::store {

inline std::string ReadBytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// Names in a folder, for looking whether something was left behind.
inline std::size_t CountFiles(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

/// Runs `prepare`, then `check`, in a process of its own; its exit status is 0 when `check` said
/// true, 1 when false, 2 when `prepare` said false.
template <typename Prepare, typename Check>
int InChild(Prepare prepare, Check check) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!prepare()) ::_exit(2);
    ::_exit(check() ? 0 : 1);
  }
  int state = 0;
  ::waitpid(child, &state, 0);
  return WIFEXITED(state) ? WEXITSTATUS(state) : 3;
}

/// What `check` says in a process that may not write where only the owner may, also when the tests
/// run as root.
template <typename Check>
bool AsStranger(Check check) {
  constexpr unsigned kNobody = 65534;
  return InChild(
             [] { return ::geteuid() != 0 || (::setgid(kNobody) == 0 && ::setuid(kNobody) == 0); },
             check) == 0;
}

/// What `check` says where `folder` is a disk of 1 MB; nothing where none can be mounted.
template <typename Check>
std::optional<bool> OnTinyDisk(const std::filesystem::path& folder, Check check) {
  std::filesystem::create_directory(folder);
  const int status = InChild(
      [&] {
        // The mount is seen by this process alone and goes with it.
        return ::unshare(CLONE_NEWNS) == 0 &&
               ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               ::mount("none", folder.c_str(), "tmpfs", 0, "size=1m") == 0;
      },
      check);
  if (status == 2) return std::nullopt;
  return status == 0;
}

}  // namespace assay::store
