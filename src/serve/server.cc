#include "serve/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <ctime>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "contract/utf8.h"
#include "run/program.h"
#include "serve/event_text.h"

namespace assay::serve {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = net::ip::tcp;
using SteadyClock = std::chrono::steady_clock;

// Events read at once for those who follow.
constexpr int kEventBatch = 200;
// What is still read of a client that was refused, so that it reads the answer instead of a reset.
constexpr std::size_t kMostLingered = 1'000'000;
constexpr std::chrono::seconds kLinger{2};

// RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, whatever the locale.
std::string DateText() {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm time{};
  ::gmtime_r(&now, &time);
  char text[40];
  std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT", kDays[time.tm_wday],
                time.tm_mday, kMonths[time.tm_mon], time.tm_year + 1900, time.tm_hour, time.tm_min,
                time.tm_sec);
  return text;
}

std::string Joined(const http::request<http::string_body>& request, const char* name) {
  std::string text;
  const auto range = request.equal_range(name);
  for (auto field = range.first; field != range.second; ++field) {
    text += (text.empty() ? "" : ", ") + std::string(field->value());
  }
  return text;
}

// The path for the log: no query, which may hold what is nobody's business, and nothing that a
// terminal would obey.
std::string LoggedPath(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return contract::Escaped(path.substr(0, 200)) + (path.size() > 200 ? "..." : "");
}

class Connection;

}  // namespace

// All of it is touched by the thread of `context` alone, but for the workers' calls of `api`.
struct Server::State {
  State(ServerOptions server_options, Api& server_api)
      : options(std::move(server_options)), api(server_api), workers(options.limits.workers) {}

  void Accept();
  void OnAccepted(const boost::system::error_code& error, Tcp::socket socket);
  void StopNow();
  void EndWhenDone();

  void Follow(const std::shared_ptr<Connection>& connection);
  void PollEvents();
  void GiveEvents(std::int64_t from,
                  const std::vector<std::pair<std::int64_t, std::string>>& events);
  void PollAgainIn(std::chrono::milliseconds time);

  ServerOptions options;
  Api& api;
  SystemClock clock;
  // Before `context`, whose last handlers hold connections.
  std::set<Connection*> connections;
  std::vector<std::weak_ptr<Connection>> followers;
  std::size_t waiting = 0;  // requests with the workers
  bool stopping = false, polling = false;
  bool ended = false;  // nothing runs; what is left of connections goes with `context`
  net::io_context context{1};
  Tcp::acceptor acceptor{context};
  net::signal_set signals{context};
  net::steady_timer accept_timer{context}, poll_timer{context}, grace_timer{context};
  net::thread_pool workers;
};

namespace {

// One client. Requests come one after the other: the next is read when the last is answered, so
// what a client sends ahead waits in the buffer.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Server::State& server, Tcp::socket socket)
      : server_(server), stream_(std::move(socket)) {
    server_.connections.insert(this);
    server_.api.metrics().ConnectionOpened();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (following_) server_.api.metrics().StreamClosed();
    server_.api.metrics().ConnectionClosed();
    server_.connections.erase(this);
    server_.EndWhenDone();
  }

  void Start() { ReadHead(limits().request); }
  // The server ends: what waits or follows is closed, what runs gets its answer first.
  void Finish() {
    if (idle_ || following_ || lingering_) Close();
  }

  bool ready() const { return following_ && !writing_; }
  std::int64_t position() const { return position_; }
  void Deliver(std::shared_ptr<const std::string> text, std::int64_t position);
  void BeatHeart();

 private:
  const Limits& limits() const { return server_.options.limits; }
  void ReadHead(std::chrono::milliseconds time);
  void OnHead(const boost::system::error_code& error);
  void ReadBody();
  void OnRequest(const boost::system::error_code& error);
  void OnReadError(const boost::system::error_code& error);
  void Ask();
  void Send(Answer answer);
  void OnSent(const boost::system::error_code& error);
  void BeginStream(const Answer& answer);
  void WatchForEnd();
  void Note(const Answer& answer);
  void Linger();
  void Close() { stream_.close(); }

  Server::State& server_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  SteadyClock::time_point asked_;
  bool idle_ = false;        // between requests
  bool keep_alive_ = false;  // after this request
  bool is_head_ = false;
  // Of an event stream.
  bool following_ = false, writing_ = false;
  std::int64_t position_ = 0;  // seq of the last event that was sent
  SteadyClock::time_point last_write_;
  std::shared_ptr<const std::string> chunk_;
  std::array<char, 4096> ignored_{};
  bool lingering_ = false;
  std::size_t lingered_ = 0;
};

void Connection::ReadHead(std::chrono::milliseconds time) {
  parser_.emplace();
  parser_->header_limit(limits().head_bytes);
  parser_->body_limit(limits().body_bytes);
  idle_ = buffer_.size() == 0;
  is_head_ = false;
  stream_.expires_after(time);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const auto& error, std::size_t) { self->OnHead(error); });
}

void Connection::OnHead(const boost::system::error_code& error) {
  idle_ = false;
  if (error) return OnReadError(error);
  const bool expects =
      beast::iequals(parser_->get()[http::field::expect], "100-continue") && !parser_->is_done();
  stream_.expires_after(limits().request);
  if (!expects) return ReadBody();
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  net::async_write(stream_, net::buffer(kContinue),
                   [self = shared_from_this()](const auto& failed, std::size_t) {
                     if (!failed) self->ReadBody();
                   });
}

void Connection::ReadBody() {
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const auto& error, std::size_t) { self->OnRequest(error); });
}

void Connection::OnReadError(const boost::system::error_code& error) {
  keep_alive_ = false;
  asked_ = SteadyClock::now();
  if (error == http::error::body_limit) {
    return Send(ErrorAnswer(
        413,
        {ErrorCode::kUser,
         "the body is larger than this many bytes: " + std::to_string(limits().body_bytes), ""}));
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Send(ErrorAnswer(431, {ErrorCode::kUser,
                                  "the head of the request is larger than this many bytes: " +
                                      std::to_string(limits().head_bytes),
                                  ""}));
  }
  static const auto& http_category = http::make_error_code(http::error::bad_method).category();
  const bool ended = error == http::error::end_of_stream || error == http::error::partial_message;
  if (error.category() == http_category && !ended) {
    return Send(
        ErrorAnswer({ErrorCode::kUser, "the request is no HTTP/1.1: " + error.message(), ""}));
  }
  Close();  // the client went away, or was too slow
}

void Connection::OnRequest(const boost::system::error_code& error) {
  if (error) return OnReadError(error);
  asked_ = SteadyClock::now();
  keep_alive_ = parser_->get().keep_alive();
  is_head_ = parser_->get().method() == http::verb::head;
  Ask();
}

void Connection::Ask() {
  auto& read = parser_->get();
  Request request;
  request.method = std::string(read.method_string());
  request.target = std::string(read.target());
  request.http_1_0 = read.version() == 10;
  request.num_hosts = static_cast<int>(read.count(http::field::host));
  request.host = Joined(read, "Host");
  request.accept = Joined(read, "Accept");
  request.content_type = Joined(read, "Content-Type");
  request.last_event_id = Joined(read, "Last-Event-ID");
  request.body = std::move(read.body());
  auto prepared = server_.api.Prepare(request);
  if (auto* answer = std::get_if<Answer>(&prepared)) return Send(std::move(*answer));
  auto& job = std::get<Api::Job>(prepared);
  if (!job.route->reads_project) return Send(server_.api.Run(job));
  if (server_.waiting >= limits().waiting) {
    Answer busy = ErrorAnswer({ErrorCode::kIo, "the server is busy", "try again in a second"});
    busy.headers.emplace_back("Retry-After", "1");
    busy.route = job.route->path;
    return Send(std::move(busy));
  }
  ++server_.waiting;
  stream_.expires_never();
  net::post(server_.workers, [self = shared_from_this(), job = std::move(job),
                              work = net::make_work_guard(server_.context)]() mutable {
    Answer answer = self->server_.api.Run(job);
    Server::State& server = self->server_;
    net::post(server.context, [self = std::move(self), answer = std::move(answer),
                               work = std::move(work)]() mutable {
      --self->server_.waiting;
      self->Send(std::move(answer));
    });
  });
}

// One line, and the numbers.
void Connection::Note(const Answer& answer) {
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - asked_).count();
  const auto& read = parser_->get();
  const std::string method(read.method_string());
  server_.api.metrics().Observe(method, answer.route, answer.status, seconds);
  if (!server_.options.log) return;
  char milliseconds[32];
  std::snprintf(milliseconds, sizeof milliseconds, "%.1f", seconds * 1e3);
  const std::string what =
      method.empty() || read.target().empty()
          ? "-"
          : contract::Escaped(method.substr(0, 40)) + " " + LoggedPath(read.target());
  server_.options.log(UtcText(server_.clock.NowMicros()) + " " + what + " " +
                      std::to_string(answer.status) + " " + std::to_string(answer.body.size()) +
                      " B " + milliseconds + " ms");
}

void Connection::Send(Answer answer) {
  Note(answer);
  keep_alive_ = keep_alive_ && !server_.stopping;
  if (answer.follow_after && !is_head_) return BeginStream(answer);
  response_ = {};
  response_.version(parser_->get().version() == 10 ? 10 : 11);
  response_.result(static_cast<unsigned>(answer.status));
  response_.set(http::field::date, DateText());
  response_.set(http::field::server, std::string("assay/") + run::kProgramVersion);
  response_.set(http::field::content_type, answer.content_type);
  response_.set(http::field::cache_control, "no-store");
  response_.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : answer.headers) response_.set(name, value);
  response_.keep_alive(keep_alive_);
  response_.body() = std::move(answer.body);
  response_.prepare_payload();
  serializer_.emplace(response_);
  stream_.expires_after(limits().write);
  const auto sent = [self = shared_from_this()](const auto& error, std::size_t) {
    self->OnSent(error);
  };
  if (is_head_) {
    http::async_write_header(stream_, *serializer_, sent);
  } else {
    http::async_write(stream_, *serializer_, sent);
  }
}

void Connection::OnSent(const boost::system::error_code& error) {
  if (error) return Close();
  if (server_.stopping) return Close();
  if (!keep_alive_) return Linger();
  ReadHead(limits().idle);
}

// Closing at once would reset a connection whose client still sends, and the answer with it.
void Connection::Linger() {
  if (!lingering_) {
    lingering_ = true;
    boost::system::error_code ignored;
    stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kLinger);
  }
  stream_.async_read_some(net::buffer(ignored_),
                          [self = shared_from_this()](const auto& error, std::size_t bytes) {
                            self->lingered_ += bytes;
                            if (error || self->lingered_ > kMostLingered) return self->Close();
                            self->Linger();
                          });
}

void Connection::BeginStream(const Answer& answer) {
  following_ = true;
  position_ = *answer.follow_after;
  server_.api.metrics().StreamOpened();
  // It ends with its connection, so it needs no length.
  const auto text = std::make_shared<const std::string>(
      std::string(parser_->get().version() == 10 ? "HTTP/1.0" : "HTTP/1.1") +
      " 200 OK\r\nDate: " + DateText() + "\r\nServer: assay/" + run::kProgramVersion +
      "\r\nContent-Type: " + answer.content_type +
      "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: "
      "close\r\n\r\n" +
      answer.body);
  stream_.expires_never();
  WatchForEnd();
  Deliver(text, position_);
  server_.Follow(shared_from_this());
}

// Reads what no client has to say, to see when it goes away.
void Connection::WatchForEnd() {
  stream_.async_read_some(net::buffer(ignored_),
                          [self = shared_from_this()](const auto& error, std::size_t) {
                            if (error) return self->Close();
                            self->WatchForEnd();
                          });
}

void Connection::Deliver(std::shared_ptr<const std::string> text, std::int64_t position) {
  writing_ = true;
  position_ = position;
  chunk_ = std::move(text);
  last_write_ = SteadyClock::now();
  stream_.expires_after(limits().write);
  net::async_write(stream_, net::buffer(*chunk_),
                   [self = shared_from_this()](const auto& error, std::size_t) {
                     self->writing_ = false;
                     if (error) self->Close();
                   });
}

void Connection::BeatHeart() {
  if (SteadyClock::now() - last_write_ < limits().heartbeat) return;
  static const auto kBeat = std::make_shared<const std::string>(kHeartbeat);
  Deliver(kBeat, position_);
}

// A program may begin with few: 1024 is the soft limit of most shells.
void RaiseFileLimit(std::size_t connections) {
  rlimit limit{};
  const rlim_t wanted = connections + 256;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<net::ip::address> LoopbackAddress(const std::string& host) {
  boost::system::error_code error;
  const auto address = net::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (!error && address.is_loopback()) return address;
  return Error{ErrorCode::kUser,
               "the server has no tokens yet, so it answers to this machine alone, not at: " + host,
               "leave --host out, or give 127.0.0.1 or ::1"};
}

}  // namespace

void Server::State::Accept() {
  acceptor.async_accept([this](const boost::system::error_code& error, Tcp::socket socket) {
    OnAccepted(error, std::move(socket));
  });
}

void Server::State::OnAccepted(const boost::system::error_code& error, Tcp::socket socket) {
  if (stopping) return;
  if (error) {
    // Out of files, mostly: some are given back soon.
    accept_timer.expires_after(std::chrono::milliseconds(100));
    accept_timer.async_wait([this](const auto& cancelled) {
      if (!cancelled) Accept();
    });
    return;
  }
  boost::system::error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  if (connections.size() < options.limits.connections) {
    std::make_shared<Connection>(*this, std::move(socket))->Start();
  } else {
    const Answer full = ErrorAnswer(
        {ErrorCode::kIo, "too many connections are open: " + std::to_string(connections.size()),
         "close some, or try again later"});
    api.metrics().Observe("", "", full.status, 0);
    // It fits the buffer of a socket that is new, so it never waits.
    socket.non_blocking(true, ignored);
    socket.send(net::buffer("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
                            "Connection: close\r\nContent-Length: " +
                            std::to_string(full.body.size()) + "\r\n\r\n" + full.body),
                0, ignored);
    socket.shutdown(Tcp::socket::shutdown_send, ignored);
  }
  Accept();
}

void Server::State::StopNow() {
  if (stopping) return;
  stopping = true;
  boost::system::error_code ignored;
  acceptor.close(ignored);
  // From here on a signal does what it does to any program.
  signals.clear(ignored);
  signals.cancel(ignored);
  accept_timer.cancel();
  poll_timer.cancel();
  grace_timer.expires_after(options.limits.grace);
  grace_timer.async_wait([this](const auto& cancelled) {
    if (!cancelled) context.stop();
  });
  const std::vector<Connection*> open(connections.begin(), connections.end());
  for (Connection* connection : open) connection->Finish();
  EndWhenDone();
}

void Server::State::EndWhenDone() {
  if (stopping && !ended && connections.empty()) grace_timer.cancel();
}

void Server::State::Follow(const std::shared_ptr<Connection>& connection) {
  const bool first = followers.empty();
  followers.push_back(connection);
  if (first && !polling) PollAgainIn(std::chrono::milliseconds(0));
}

void Server::State::PollAgainIn(std::chrono::milliseconds time) {
  if (stopping) return;
  poll_timer.expires_after(time);
  poll_timer.async_wait([this](const auto& cancelled) {
    if (!cancelled) PollEvents();
  });
}

// One look for all who follow: from the one that is furthest behind.
void Server::State::PollEvents() {
  followers.erase(std::remove_if(followers.begin(), followers.end(),
                                 [](const auto& follower) { return follower.expired(); }),
                  followers.end());
  if (followers.empty() || polling) return;
  std::optional<std::int64_t> from;
  for (const auto& follower : followers) {
    const auto connection = follower.lock();
    if (connection == nullptr || !connection->ready()) continue;
    from = from ? std::min(*from, connection->position()) : connection->position();
  }
  if (!from) return PollAgainIn(options.limits.poll);
  polling = true;
  net::post(workers, [this, after = *from, work = net::make_work_guard(context)]() mutable {
    auto events = api.EventsAfter(after, kEventBatch);
    // Where the store cannot be read now, it may be later.
    std::vector<std::pair<std::int64_t, std::string>> texts;
    if (events.ok()) texts = *std::move(events);
    net::post(context, [this, after, texts = std::move(texts), work = std::move(work)] {
      GiveEvents(after, texts);
    });
  });
}

void Server::State::GiveEvents(std::int64_t from,
                               const std::vector<std::pair<std::int64_t, std::string>>& events) {
  polling = false;
  if (stopping) return;
  // Most stand at the same event, and share the text behind it.
  std::map<std::size_t, std::shared_ptr<const std::string>> texts;
  for (const auto& follower : followers) {
    const auto connection = follower.lock();
    if (connection == nullptr || !connection->ready() || connection->position() < from) continue;
    std::size_t first = 0;
    while (first < events.size() && events[first].first <= connection->position()) ++first;
    if (first == events.size()) {
      connection->BeatHeart();
      continue;
    }
    auto& text = texts[first];
    if (text == nullptr) {
      std::string joined;
      for (std::size_t i = first; i < events.size(); ++i) joined += events[i].second;
      text = std::make_shared<const std::string>(std::move(joined));
    }
    connection->Deliver(text, events.back().first);
  }
  const bool more = events.size() == static_cast<std::size_t>(kEventBatch);
  PollAgainIn(more ? std::chrono::milliseconds(1) : options.limits.poll);
}

Result<std::unique_ptr<Server>> Server::Listen(const ServerOptions& options, Api& api) {
  TRY_ASSIGN(const net::ip::address address, LoopbackAddress(options.host));
  RaiseFileLimit(options.limits.connections);
  auto state = std::make_unique<State>(options, api);
  const Tcp::endpoint endpoint(address, options.port);
  boost::system::error_code error;
  state->acceptor.open(endpoint.protocol(), error);
  // A server that was killed leaves the port behind for a minute.
  if (!error) state->acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) state->acceptor.bind(endpoint, error);
  if (!error) state->acceptor.listen(Tcp::acceptor::max_listen_connections, error);
  if (error) {
    return Error{ErrorCode::kIo,
                 "cannot listen at " + options.host + ":" + std::to_string(options.port) + ": " +
                     error.message(),
                 error == net::error::address_in_use ? "--port 0 takes a free one" : ""};
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() = default;

std::uint16_t Server::port() const {
  boost::system::error_code ignored;
  return state_->acceptor.local_endpoint(ignored).port();
}

std::string Server::url() const {
  boost::system::error_code ignored;
  const auto address = state_->acceptor.local_endpoint(ignored).address();
  const std::string host = address.to_string();
  return "http://" + (address.is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(port());
}

void Server::Run() {
  State& state = *state_;
  if (state.options.takes_signals) {
    boost::system::error_code ignored;
    state.signals.add(SIGINT, ignored);
    state.signals.add(SIGTERM, ignored);
    state.signals.async_wait([&state](const auto& cancelled, int) {
      if (!cancelled) state.StopNow();
    });
  }
  state.Accept();
  state.context.run();
  // A handler that is still at work touches what is about to go.
  state.workers.join();
  state.ended = true;
}

void Server::Stop() {
  net::post(state_->context, [state = state_.get()] { state->StopNow(); });
}

}  // namespace assay::serve
