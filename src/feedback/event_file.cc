#include "feedback/event_file.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <vector>

#include "feedback/event.h"
#include "feedback/raw_rows.h"
#include "store/file.h"
#include "store/json_place.h"

namespace assay::feedback {
namespace {

namespace fs = std::filesystem;

Result<store::FeedbackEvent> ReadEvent(const std::string& line,
                                       const contract::FeedbackStream& stream,
                                       const std::string& kind) {
  TRY_ASSIGN(const Json json, ParseJson(line));
  TRY_ASSIGN(store::FeedbackEvent event, ParseEvent(json, stream));
  if (kind.empty() || event.kind == kind) return event;
  return Error{ErrorCode::kData, "is no " + kind + ", but of kind " + event.kind, ""};
}

Status CheckIsFile(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return store::SystemError(ENOENT, "read", path);
  if (fs::is_regular_file(status)) return {};
  return Error{ErrorCode::kIo, "not a file: " + path.string(), "name a file of events"};
}

// Takes events line by line; after the first wrong one it only counts.
class Taker {
 public:
  Taker(run::Session& session, const contract::FeedbackStream& stream, const std::string& kind)
      : log_(session.catalog()), stream_(stream), kind_(kind) {}

  Status TakeLine(const std::string& line) {
    ++all_;
    auto event = ReadEvent(line, stream_, kind_);
    if (!event.ok()) {
      Refuse(event.error());
    } else if (wrong_ == 0) {
      events_.push_back(std::move(event).value());
    }
    return events_.size() < kMaxEvents ? Status() : Put();
  }

  Status Put() {
    TRY_ASSIGN(const std::vector<bool> is_new, log_.PutEvents(events_));
    const auto added = static_cast<std::uint64_t>(std::count(is_new.begin(), is_new.end(), true));
    done_.added += added;
    done_.known += is_new.size() - added;
    events_.clear();
    return {};
  }

  Result<AddedEvents> Done(const std::string& name) const {
    if (wrong_ == 0) return done_;
    return Refusal(name, std::to_string(wrong_), std::to_string(all_), first_);
  }

 private:
  void Refuse(const Error& error) {
    if (++wrong_ > kTold) return;
    first_.push_back({"row " + std::to_string(all_), store::Shown(error.message)});
  }

  store::FeedbackLog log_;
  const contract::FeedbackStream& stream_;
  const std::string& kind_;
  std::vector<store::FeedbackEvent> events_;
  AddedEvents done_;
  std::uint64_t all_ = 0;
  std::uint64_t wrong_ = 0;
  std::vector<WrongRow> first_;
};

bool IsBlank(const std::string& line) {
  return line.find_first_not_of(" \t\r") == std::string::npos;
}

}  // namespace

Result<AddedEvents> AddEvents(run::Session& session, const contract::FeedbackStream& stream,
                              const EventFile& file) {
  TRY(CheckIsFile(file.path));
  errno = 0;
  std::ifstream input(file.path, std::ios::binary);
  if (!input) return store::SystemError(errno == 0 ? EIO : errno, "read", file.path);
  // Events beyond a wrong one are not put, and those before it go back with the transaction.
  store::Catalog::Transaction transaction(session.catalog());
  TRY(transaction.Begin());
  Taker taker(session, stream, file.kind);
  for (std::string line; std::getline(input, line);) {
    if (!IsBlank(line)) TRY(taker.TakeLine(line));
  }
  if (input.bad()) return store::SystemError(EIO, "read", file.path);
  TRY(taker.Put());
  TRY_ASSIGN(const AddedEvents done, taker.Done(file.name));
  TRY(transaction.Commit());
  return done;
}

}  // namespace assay::feedback
