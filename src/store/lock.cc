#include "store/lock.h"

#include <unistd.h>

#include <array>
#include <utility>
#include <vector>

namespace assay::store {
namespace {

namespace fs = std::filesystem;

std::string HostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown host";
  return name.data();
}

// What the holder wrote into the file: verb, process, host and time, one a line.
std::vector<std::string> ReadHolder(DiskFile& file) {
  std::array<char, 1024> buffer{};
  const Result<std::size_t> count = file.Read(buffer.data(), buffer.size());
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; count.ok() && i < *count; ++i) {
    const char c = buffer[i];
    if (c == '\n') {
      lines.emplace_back();
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      lines.back().push_back(c);
    }
  }
  return lines;
}

Error Held(DiskFile& file, const fs::path& path) {
  constexpr auto kHint = "wait for it, or stop it; the lock frees itself when the process ends";
  const std::vector<std::string> holder = ReadHolder(file);
  // A holder that has just taken the lock may not have written its name yet.
  if (holder.size() < 4) {
    return Error{ErrorCode::kIo, "another process holds the lock: " + path.string(), kHint};
  }
  return Error{ErrorCode::kIo,
               "another assay " + holder[0] + " holds the lock: process " + holder[1] + " on " +
                   holder[2] + " since " + holder[3],
               kHint};
}

}  // namespace

Result<Lock> Lock::Take(const fs::path& root, const std::string& verb, const Clock& clock,
                        Disk& disk) {
  TRY(MakeFolders(disk, root));
  const fs::path path = root / "lock";
  TRY_ASSIGN(auto file, disk.Open(path, Disk::Mode::kReadOrMake));
  TRY_ASSIGN(const bool taken, file->TryLock());
  if (!taken) return Held(*file, path);
  TRY(file->Clear());
  TRY(file->Write(verb + "\n" + std::to_string(::getpid()) + "\n" + HostName() + "\n" +
                  UtcText(clock.NowMicros()) + "\n"));
  return Lock(std::move(file));
}

Lock::~Lock() {
  // The name goes first, so that nobody reads it while the next holder has not written its own.
  // A failure leaves an old name in a free file, which nobody is shown.
  if (file_ != nullptr) (void)file_->Clear().ok();
}

}  // namespace assay::store
