#include "cli/page_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "store/file.h"

namespace assay::cli {

namespace fs = std::filesystem;

Status WritePage(const std::string& path, const std::string& html) {
  std::error_code error;
  const fs::file_type type = fs::symlink_status(path, error).type();
  // A pipe, a terminal or a link is written into, not replaced.
  const bool replace = type == fs::file_type::not_found || type == fs::file_type::regular;
  const std::string place = replace ? path + ".partial" : path;
  std::ofstream file(place, std::ios::binary | std::ios::trunc);
  const int opened = file ? 0 : errno;
  file << html;
  file.close();
  error.clear();
  if (file && replace) fs::rename(place, path, error);
  if (file && !error) return {};
  const int why = opened != 0 ? opened : error ? error.value() : EIO;
  if (replace) fs::remove(place, error);
  if (why != ENOENT) return store::SystemError(why, "write", path);
  return Error{ErrorCode::kIo, "cannot write file: " + path,
               "name a file in a folder that is there"};
}

}  // namespace assay::cli
