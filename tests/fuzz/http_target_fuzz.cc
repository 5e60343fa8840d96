// A request from a stranger: first line the target, second the host, the rest the body. It finds
// its route or is refused with an answer in our form; what was decoded can be encoded and comes
// back.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/clock.h"
#include "serve/api.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string CutLine(std::string& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string line = text.substr(0, end);
  text.erase(0, std::min(end + 1, text.size()));
  return line;
}

void CheckTarget(const std::string& text) {
  const auto target = assay::serve::ParseTarget(text);
  if (!target.ok()) {
    Require(target.error().code == assay::ErrorCode::kUser && !target.error().message.empty());
    return;
  }
  Require(!target->segments.empty());
  std::string again;
  for (const std::string& segment : target->segments) {
    again += "/" + assay::serve::PercentEncoded(segment);
  }
  for (std::size_t i = 0; i < target->query.size(); ++i) {
    const auto& [name, value] = target->query[i];
    again += (i == 0 ? "?" : "&") + assay::serve::PercentEncoded(name) + "=" +
             assay::serve::PercentEncoded(value);
  }
  const auto twice = assay::serve::ParseTarget(again);
  Require(twice.ok() && twice->segments == target->segments && twice->query == target->query);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const assay::SystemClock kClock;
  static assay::serve::Metrics metrics;
  static const assay::serve::Api kApi({"/nowhere", 1, 0}, assay::serve::AllRoutes(), metrics,
                                      kClock);
  std::string text(reinterpret_cast<const char*>(data), size);
  assay::serve::Request request;
  request.target = CutLine(text);
  request.host = CutLine(text);
  request.num_hosts = 1;
  request.body = text;
  request.last_event_id = request.host;
  request.accept = "text/event-stream";
  request.content_type = "application/json";
  CheckTarget(request.target);
  for (const char* method : {"GET", "HEAD", "POST", "BREW"}) {
    request.method = method;
    const auto prepared = kApi.Prepare(request);
    if (const auto* answer = std::get_if<assay::serve::Answer>(&prepared)) {
      const auto json = assay::ParseJson(answer->body);
      Require(json.ok() && json->at("error").size() == 3);
      Require(answer->status >= 400 && answer->status < 500);
    } else {
      Require(std::get<assay::serve::Api::Job>(prepared).route != nullptr);
    }
  }
  return 0;
}
