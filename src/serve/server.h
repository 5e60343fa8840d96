/// The HTTP server: one thread for all sockets, a few workers for what reads the project
/// (docs/design/0005). Knows HTTP/1.1 and its limits, no route.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "serve/api.h"

namespace assay::serve {

/// What a client may take of the server.
struct Limits {
  std::uint32_t head_bytes = 16'384;          ///< first line and headers; more is 431
  std::uint64_t body_bytes = 8'000'000;       ///< more is 413
  std::chrono::milliseconds request{30'000};  ///< to send a request's head, and again its body
  std::chrono::milliseconds idle{60'000};     ///< between requests of a connection
  std::chrono::milliseconds write{30'000};    ///< to take an answer, or a piece of a stream
  std::size_t connections = 1000;             ///< open at once; more get 503
  std::size_t waiting = 500;                  ///< requests for the workers at once; more get 503
  std::size_t workers = 4;
  std::chrono::milliseconds grace{10'000};      ///< for what runs when the server is stopped
  std::chrono::milliseconds heartbeat{15'000};  ///< of a stream without events
  std::chrono::milliseconds poll{250};          ///< between looks for new events
};

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< a loopback address, or `localhost`
  std::uint16_t port = 0;          ///< 0: a free one
  Limits limits;
  bool takes_signals = false;                     ///< SIGINT and SIGTERM stop it
  std::function<void(const std::string&)> log{};  ///< a line for each request; may be empty
};

class Server {
 public:
  /// Binds and listens. An address that is not loopback is kUser, a port in use kIo. `api` must
  /// outlive the server.
  static Result<std::unique_ptr<Server>> Listen(const ServerOptions& options, Api& api);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  std::string url() const;  ///< `http://127.0.0.1:8080`
  /// Serves until it is stopped; what runs then is finished.
  void Run();
  void Stop();  ///< from any thread

  struct State;

 private:
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay::serve
