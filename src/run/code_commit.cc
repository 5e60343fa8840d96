#include "run/code_commit.h"

#include <fstream>
#include <string_view>

namespace assay::run {
namespace {

namespace fs = std::filesystem;

// Empty where there is none.
std::string FirstLine(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return "";
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

bool IsHash(const std::string& text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The folder that the file `.git` of a worktree or a submodule names. Empty where it names none.
fs::path GitFolder(const fs::path& file) {
  constexpr std::string_view kKey = "gitdir: ";
  const std::string line = FirstLine(file);
  if (!line.starts_with(kKey) || line.size() == kKey.size()) return {};
  return file.parent_path() / line.substr(kKey.size());
}

// Worktrees share the refs of the repository that they were made from.
fs::path CommonFolder(const fs::path& git) {
  const std::string line = FirstLine(git / "commondir");
  return line.empty() ? git : git / line;
}

std::string FromPackedRefs(const fs::path& common, const std::string& ref) {
  std::ifstream file(common / "packed-refs");
  for (std::string line; std::getline(file, line);) {
    const std::string hash = line.substr(0, line.find(' '));
    if (line == hash + " " + ref && IsHash(hash)) return hash;
  }
  return "";
}

// What HEAD stands for: a commit, or a ref, which may name another one.
std::string ResolveHead(const fs::path& git) {
  constexpr int kMostSteps = 5;
  const fs::path common = CommonFolder(git);
  std::string at = FirstLine(git / "HEAD");
  for (int step = 0; step < kMostSteps && at.starts_with("ref: "); ++step) {
    const std::string ref = at.substr(5);
    if (ref.find("..") != std::string::npos || ref.starts_with("/")) return "";
    at = FirstLine(git / ref);
    if (at.empty()) at = FirstLine(common / ref);
    if (at.empty()) at = FromPackedRefs(common, ref);
  }
  return IsHash(at) ? at : "";
}

}  // namespace

std::string CodeCommit(const fs::path& folder) {
  std::error_code error;
  for (auto at = folder; at.has_relative_path(); at = at.parent_path()) {
    const fs::path git = at / ".git";
    // As git does: a folder of this name without a HEAD is no repository, but a file that leads
    // nowhere is a broken one, and the commit of a repository around it would be a wrong answer.
    if (fs::is_regular_file(git, error)) {
      const fs::path target = GitFolder(git);
      return target.empty() ? "" : ResolveHead(target);
    }
    if (fs::exists(git / "HEAD", error)) return ResolveHead(git);
  }
  return "";
}

}  // namespace assay::run
