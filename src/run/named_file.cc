#include "run/named_file.h"

#include <cerrno>
#include <system_error>

#include "contract/utf8.h"
#include "store/file.h"

namespace assay::run {

namespace fs = std::filesystem;

Result<std::unique_ptr<NamedFile>> NamedFile::Copy(Session& session, const fs::path& file,
                                                   const std::string& hint) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(file, error);
  if (error) return store::SystemError(error.value(), "read", file);
  const auto status = fs::status(real, error);
  if (!fs::exists(status)) return store::SystemError(ENOENT, "read", file);
  if (!fs::is_regular_file(status)) {
    return Error{ErrorCode::kIo, "not a file: " + file.string(), hint};
  }
  const fs::path below = real.lexically_relative(session.folder());
  std::string location = below.empty() || *below.begin() == ".." ? real.string() : below.string();
  if (contract::FindInvalidUtf8(location)) {
    return Error{ErrorCode::kUser, "the name of a file is no UTF-8: " + contract::Escaped(location),
                 "rename the file"};
  }
  const fs::path copy = session.objects().StagingPath(fs::path(location).extension().string());
  std::unique_ptr<NamedFile> named(new NamedFile(copy, std::move(location)));
  fs::copy_file(file, copy, error);
  if (error) return store::SystemError(error.value(), "copy", file);
  return named;
}

}  // namespace assay::run
