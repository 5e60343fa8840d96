#include "run/scratch.h"

#include <stdlib.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "store/file.h"

namespace assay::run {

namespace fs = std::filesystem;

Result<std::unique_ptr<Scratch>> Scratch::Make() {
  std::error_code error;
  const fs::path folder = fs::temp_directory_path(error);
  if (error) {
    const char* told = std::getenv("TMPDIR");
    return Error{
        ErrorCode::kIo,
        "no such folder for temporary files: " + std::string(told != nullptr ? told : "/tmp"),
        "set TMPDIR to a folder that is there"};
  }
  std::string name = (folder / "assay-init-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return store::SystemError(errno, "write", folder);
  // As the engine will see it.
  const fs::path real = fs::canonical(name, error);
  return std::unique_ptr<Scratch>(new Scratch(error ? fs::path(name) : real));
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Result<fs::path> Scratch::Link(const fs::path& file) {
  fs::path link = path_ / std::to_string(links_++);
  std::error_code error;
  fs::create_symlink(file, link, error);
  if (error) return store::SystemError(error.value(), "write", link);
  return link;
}

}  // namespace assay::run
