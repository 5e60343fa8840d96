#include "serve/api.h"

#include <algorithm>
#include <charconv>
#include <exception>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "serve/event_text.h"

namespace assay::serve {
namespace {

// `application/json; charset=utf-8` -> `application/json`
std::string MediaType(std::string_view text) {
  return Lower(contract::Trim(text.substr(0, text.find(';'))));
}

bool Accepts(const std::string& accept, const std::string& type) {
  std::string_view rest = accept;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (MediaType(rest.substr(0, end)) == type) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

// A page that a stranger serves under a name that points here must not read this server.
std::optional<Answer> RefuseHost(const Request& request, const Target& target) {
  if (request.num_hosts > 1 || (request.num_hosts == 0 && !request.http_1_0)) {
    return ErrorAnswer({ErrorCode::kUser, "a request needs one Host header", ""});
  }
  for (const std::string& host : {request.host, target.authority}) {
    if (host.empty() || IsLoopbackHost(host)) continue;
    return ErrorAnswer(421, {ErrorCode::kUser,
                             "this server answers to this machine alone, not to the host: " +
                                 contract::Escaped(host.substr(0, 100)),
                             "ask for localhost or 127.0.0.1"});
  }
  return std::nullopt;
}

// The body and what headers say; an answer where it is wrong.
std::optional<Answer> ReadHeaders(const Request& request, Api::Job& job) {
  if (!job.route->body.is_null()) {
    // Only what a browser asks leave for: a stranger's page gets none.
    if (MediaType(request.content_type) != "application/json") {
      return ErrorAnswer(415, {ErrorCode::kUser,
                               "the body must be application/json, not: " +
                                   contract::Escaped(request.content_type.substr(0, 100)),
                               "send `Content-Type: application/json`"});
    }
    auto body = ParseJson(request.body).While("reading the body");
    if (!body.ok()) return ErrorAnswer(400, {ErrorCode::kUser, body.error().message, ""});
    job.body = *std::move(body);
  }
  job.wants_events = Accepts(request.accept, "text/event-stream");
  if (!job.wants_events || request.last_event_id.empty()) return std::nullopt;
  std::int64_t seq = 0;
  const char* end = request.last_event_id.data() + request.last_event_id.size();
  const auto read = std::from_chars(request.last_event_id.data(), end, seq);
  if (read.ec != std::errc() || read.ptr != end || seq < 0) {
    return ErrorAnswer({ErrorCode::kUser,
                        "Last-Event-ID must be the id of an event: " +
                            contract::Escaped(request.last_event_id.substr(0, 100)),
                        ""});
  }
  job.last_event = seq;
  return std::nullopt;
}

}  // namespace

Api::Api(run::SessionOptions project, const std::vector<RouteKind>& kinds, Metrics& metrics,
         const Clock& clock)
    : project_(std::move(project)), router_(kinds), metrics_(metrics), clock_(clock) {}

std::variant<Api::Job, Answer> Api::Prepare(const Request& request) const {
  const auto target = ParseTarget(request.target);
  if (!target.ok()) return ErrorAnswer(target.error());
  if (auto refused = RefuseHost(request, *target)) return *std::move(refused);
  auto found = router_.Find(request.method, *target);
  if (auto* answer = std::get_if<Answer>(&found)) return std::move(*answer);
  auto& matched = std::get<Matched>(found);
  Job job{matched.route, std::move(matched.arguments), nullptr, false, std::nullopt};
  if (auto refused = ReadHeaders(request, job)) {
    refused->route = job.route->path;
    return *std::move(refused);
  }
  return job;
}

Answer Api::Run(const Job& job) {
  Answer answer;
  // The edge of the rooms: what is thrown here is our bug, and the server stays up.
  try {
    auto found = RunWithSession(job);
    answer = found.ok() ? *std::move(found) : ErrorAnswer(found.error());
  } catch (const std::exception& thrown) {
    answer = ErrorAnswer({ErrorCode::kInternal, std::string("a bug in assay: ") + thrown.what(),
                          "please report it"});
  }
  answer.route = job.route->path;
  return answer;
}

Result<Answer> Api::RunWithSession(const Job& job) {
  Call call{.session = nullptr,
            .arguments = job.arguments,
            .body = job.body,
            .wants_events = job.wants_events,
            .last_event = job.last_event,
            .metrics = metrics_,
            .routes = router_.kinds(),
            .preparations = preparations_};
  if (!job.route->reads_project) return job.route->handle(call);
  std::unique_ptr<run::Session> session = TakeSession();
  if (const Status opened = session->OpenStore(); opened.ok()) {
    call.session = session.get();
  } else if (job.route->needs_store) {
    return opened.error();
  }
  auto answer = job.route->handle(call);
  GiveBack(std::move(session));
  return answer;
}

std::unique_ptr<run::Session> Api::TakeSession() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
  }
  return std::make_unique<run::Session>(project_, clock_);
}

void Api::GiveBack(std::unique_ptr<run::Session> session) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(session));
}

Result<std::vector<std::pair<std::int64_t, std::string>>> Api::EventsAfter(std::int64_t seq,
                                                                           int limit) {
  std::unique_ptr<run::Session> session = TakeSession();
  TRY(session->OpenStore());
  std::vector<std::pair<std::int64_t, std::string>> texts;
  if (session->has_catalog()) {
    TRY_ASSIGN(const auto events, session->catalog().EventsAfter(seq, limit));
    for (const store::EventRow& event : events) texts.emplace_back(event.seq, EventText(event));
  }
  GiveBack(std::move(session));
  return texts;
}

}  // namespace assay::serve
