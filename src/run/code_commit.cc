#include "run/code_commit.h"

#include <fstream>

namespace assay::run {
namespace {

std::string FirstLine(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

bool IsHash(const std::string& text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string FromPackedRefs(const std::filesystem::path& git, const std::string& ref) {
  std::ifstream file(git / "packed-refs");
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with(" " + ref) && IsHash(line.substr(0, line.find(' ')))) {
      return line.substr(0, line.find(' '));
    }
  }
  return "";
}

}  // namespace

std::string CodeCommit(const std::filesystem::path& folder) {
  std::error_code error;
  for (auto at = folder; at.has_relative_path(); at = at.parent_path()) {
    const auto git = at / ".git";
    if (!std::filesystem::is_directory(git, error)) continue;
    const std::string head = FirstLine(git / "HEAD");
    if (IsHash(head)) return head;
    if (!head.starts_with("ref: ")) return "";
    const std::string ref = head.substr(5);
    if (ref.find("..") != std::string::npos || ref.starts_with("/")) return "";
    const std::string loose = FirstLine(git / ref);
    return IsHash(loose) ? loose : FromPackedRefs(git, ref);
  }
  return "";
}

}  // namespace assay::run
