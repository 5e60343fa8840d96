// The body of a request with events of feedback: taken or refused with a message that can be shown;
// what is taken can be stored.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "feedback/event.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireShowable(const assay::Error& error) {
  Require(error.code == assay::ErrorCode::kData || error.code == assay::ErrorCode::kUser);
  Require(!error.message.empty());
  for (const char c : error.message) Require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = assay::ParseJson(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!json.ok()) return 0;
  assay::contract::FeedbackStream stream;
  stream.name = "late";
  stream.model = "late";
  const auto events = assay::feedback::ParseEvents(*json, {stream});
  if (!events.ok()) {
    RequireShowable(events.error());
    return 0;
  }
  for (const assay::store::FeedbackEvent& event : *events) {
    const auto body = assay::CanonicalJson(event.body);
    Require(body.ok() && body->size() <= assay::feedback::kMaxEventBytes);
    Require(!event.id.empty() && event.at.size() >= 20 && event.at.back() == 'Z');
    Require(event.model.empty() == (event.kind == assay::store::kOutcome));
  }
  return 0;
}
