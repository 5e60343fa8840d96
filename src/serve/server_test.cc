// Limits of time and number, over real sockets; what needs a whole project is in tests/serve.
#include "serve/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/test_folder.h"

namespace assay::serve {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kShort{200};
constexpr milliseconds kLong{20'000};

std::atomic<int> slow_calls = 0;

Result<Answer> Quick(const Call&) { return JsonAnswer("quick"); }

Result<Answer> Slow(const Call&) {
  ++slow_calls;
  std::this_thread::sleep_for(milliseconds(500));
  return JsonAnswer("slow");
}

Result<Answer> Throw(const Call&) { throw std::runtime_error("planted"); }

Result<Answer> Follow(const Call& call) {
  Answer answer;
  answer.content_type = "text/event-stream";
  answer.body = "retry: 1000\n\n";
  answer.follow_after = call.last_event.value_or(0);
  return answer;
}

const std::vector<RouteKind>& ServedRoutes() {
  static const std::vector<RouteKind> kKinds = {
      {.name = "sample",
       .summary = "ServedRoutes",
       .routes = {{.method = "GET", .path = "/quick", .reads_project = false, .handle = Quick},
                  {.method = "GET", .path = "/slow", .handle = Slow},
                  {.method = "GET", .path = "/throw", .handle = Throw},
                  {.method = "GET", .path = "/follow", .handle = Follow},
                  {.method = "POST",
                   .path = "/take",
                   .body = Json{{"type", "object"}},
                   .reads_project = false,
                   .handle = Quick}}}};
  return kKinds;
}

// A connection to the server. Reading gives up after 20 s.
class Client {
 public:
  explicit Client(std::uint16_t port, int receive_bytes = 0) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_bytes > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(socket_); }

  void Send(const std::string& text) {
    // The server may have closed already; then reading tells.
    [[maybe_unused]] const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
  }
  /// What comes until the text ends with `end`, or until the server closes.
  std::string Read(const std::string& end = "") {
    std::string text;
    char buffer[4096];
    while (end.empty() || !text.ends_with(end)) {
      pollfd waits{socket_, POLLIN, 0};
      if (::poll(&waits, 1, static_cast<int>(kLong.count())) <= 0) return text + "[nothing comes]";
      const auto bytes = ::recv(socket_, buffer, sizeof buffer, 0);
      if (bytes <= 0) break;
      text.append(buffer, static_cast<std::size_t>(bytes));
    }
    return text;
  }
  std::string Ask(const std::string& path) {
    Send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return Read();
  }

 private:
  int socket_ = -1;
};

class ServerTest : public testing::Test {
 protected:
  void Start(const Limits& limits) {
    ServerOptions options;
    options.limits = limits;
    options.log = [this](const std::string& line) { log_.push_back(line); };
    api_ = std::make_unique<Api>(run::SessionOptions{folder_.path(), 1, 0}, ServedRoutes(),
                                 metrics_, clock_);
    server_ = Server::Listen(options, *api_).value();
    port_ = server_->port();
    thread_ = std::thread([this] { server_->Run(); });
  }
  void Stop() {
    if (!thread_.joinable()) return;
    server_->Stop();
    thread_.join();
  }
  ~ServerTest() override { Stop(); }

  TestFolder folder_;
  SystemClock clock_;
  Metrics metrics_;
  std::vector<std::string> log_;  // of the server's thread until it has stopped
  std::unique_ptr<Api> api_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

milliseconds Since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start);
}

TEST_F(ServerTest, ClosesOnWhoSendsNothing) {
  Limits limits;
  limits.request = kShort;
  Start(limits);
  const auto start = SteadyClock::now();
  EXPECT_EQ(Client(port_).Read(), "");
  EXPECT_GE(Since(start), kShort / 2);
  EXPECT_LT(Since(start), kLong / 2);
}

TEST_F(ServerTest, ClosesOnWhoDribbles) {
  Limits limits;
  limits.request = kShort;
  Start(limits);
  for (const std::string& head : {std::string("GET /quick HTTP/1.1\r\nHost: localhost\r\nX: "),
                                  std::string("POST /take HTTP/1.1\r\nHost: localhost\r\n"
                                              "Content-Length: 1000\r\n\r\n")}) {
    Client client(port_);
    client.Send(head);
    const auto start = SteadyClock::now();
    while (metrics_.connections() > 0 && Since(start) < kLong / 2) {
      client.Send("x");
      std::this_thread::sleep_for(milliseconds(10));
    }
    EXPECT_LT(Since(start), kLong / 2);
    EXPECT_THAT(Client(port_).Ask("/quick"), HasSubstr("quick"));
    while (metrics_.connections() > 0 && Since(start) < kLong / 2) std::this_thread::yield();
  }
}

TEST_F(ServerTest, ClosesWhatIsIdleBetweenRequests) {
  Limits limits;
  limits.idle = kShort;
  Start(limits);
  Client client(port_);
  const auto start = SteadyClock::now();
  client.Send("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.Read(), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_LT(Since(start), kLong / 2);
}

TEST_F(ServerTest, TellsWhoComesTooMany) {
  Limits limits;
  limits.connections = 2;
  Start(limits);
  Client first(port_), second(port_);
  first.Send("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n");
  second.Send("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n");
  first.Read("\"quick\"\n");
  second.Read("\"quick\"\n");
  const std::string refused = Client(port_).Read();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(refused, HasSubstr("too many connections are open: 2"));
}

TEST_F(ServerTest, TellsWhenTheWorkersHaveTooMuch) {
  Limits limits;
  limits.workers = 1;
  limits.waiting = 2;
  Start(limits);
  Client first(port_), second(port_);
  first.Send("GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  second.Send("GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  std::string third;
  for (int i = 0; i < 100 && third.find(" 503 ") == std::string::npos; ++i) {
    third = Client(port_).Ask("/throw");
  }
  EXPECT_THAT(third, HasSubstr("the server is busy"));
  EXPECT_THAT(third, HasSubstr("Retry-After: 1\r\n"));
  // What needs no worker is answered at once.
  EXPECT_THAT(Client(port_).Ask("/quick"), HasSubstr(" 200 OK"));
  EXPECT_THAT(first.Read(), HasSubstr("\"slow\""));
  EXPECT_THAT(second.Read(), HasSubstr("\"slow\""));
}

TEST_F(ServerTest, ABugInAHandlerIsAnAnswer) {
  Start({});
  const std::string answer = Client(port_).Ask("/throw");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_THAT(answer, HasSubstr("a bug in assay: planted"));
  EXPECT_THAT(Client(port_).Ask("/quick"), HasSubstr(" 200 OK"));
}

TEST_F(ServerTest, BodiesMustBeJson) {
  Start({});
  const auto post = [&](const std::string& type, const std::string& body) {
    Client client(port_);
    client.Send("POST /take HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + type +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.Read();
  };
  const std::string json = "Content-Type: application/json; charset=utf-8\r\n";
  EXPECT_THAT(post(json, "{}"), HasSubstr(" 200 OK"));
  EXPECT_THAT(post(json, ""), HasSubstr("reading the body"));
  EXPECT_THAT(post(json, "{\"a\": "), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(post(json, std::string(100'000, '[')), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(post(json, "\"\xff\""), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(post("", "{}"), StartsWith("HTTP/1.1 415 "));
  EXPECT_THAT(post("Content-Type: text/plain\r\n", "{}"),
              HasSubstr("the body must be application/json, not: text/plain"));
  EXPECT_THAT(post(json + json, "{}"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, StoppedItFinishesWhatRuns) {
  Start({});
  Client client(port_);
  Client idle(port_);
  const int calls = slow_calls;
  client.Send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  while (slow_calls == calls) std::this_thread::yield();
  Stop();
  EXPECT_THAT(client.Read(), HasSubstr("\"slow\""));
  EXPECT_EQ(idle.Read(), "");
  ASSERT_FALSE(log_.empty());
  EXPECT_THAT(log_.back(), HasSubstr(" GET /slow 200 7 B "));
}

TEST_F(ServerTest, StreamsHaveAHeartbeat) {
  Limits limits;
  limits.heartbeat = milliseconds(50);
  limits.poll = milliseconds(10);
  Start(limits);
  Client client(port_);
  client.Send("GET /follow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.Read(":\n\n:\n\n"), HasSubstr("retry: 1000\n\n"));
}

TEST_F(ServerTest, ClosesOnWhoDoesNotReadItsStream) {
  {
    auto catalog = store::Catalog::Open(folder_ / ".assay", true, clock_).value();
    store::Catalog::Transaction transaction(catalog);
    ASSERT_TRUE(transaction.Begin().ok());
    for (int i = 0; i < 400; ++i) {
      ASSERT_TRUE(catalog.AddEvent("t", "r", Json{{"text", std::string(50'000, 'x')}}).ok());
    }
    ASSERT_TRUE(transaction.Commit().ok());
  }
  Limits limits;
  limits.write = kShort;
  limits.poll = milliseconds(10);
  Start(limits);
  Client stuck(port_, 4096);
  stuck.Send("GET /follow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto start = SteadyClock::now();
  while (metrics_.connections() == 0 && Since(start) < kLong / 2) std::this_thread::yield();
  while (metrics_.connections() > 0 && Since(start) < kLong / 2) std::this_thread::yield();
  EXPECT_LT(Since(start), kLong / 2);
  // Who reads gets all of it.
  Client reader(port_);
  reader.Send(
      "GET /follow HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 399\r\n"
      "Accept: text/event-stream\r\n\r\n");
  EXPECT_THAT(reader.Read("\"type\":\"t\"}\n\n"), HasSubstr("id: 400\n"));
}

}  // namespace
}  // namespace assay::serve
