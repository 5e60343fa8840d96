#include <csignal>

#include "cli/verb.h"
#include "serve/openapi.h"
#include "serve/server.h"

namespace assay::cli {
namespace {

struct ServeOptions {
  std::string host = "127.0.0.1";
  int port = 8080;
  bool quiet = false;
  std::string print;
};

Result<int> Serve(Context& context, const ServeOptions& options) {
  const Terminal& terminal = context.terminal;
  const auto& routes = serve::AllRoutes();
  if (options.print == "openapi") {
    terminal.OutJson(serve::OpenApi(routes));
    return 0;
  }
  if (options.print == "markdown") {
    std::string page = serve::RoutePage(routes);
    page.pop_back();
    terminal.Out(page);
    return 0;
  }
  TRY_ASSIGN(const auto session, context.OpenSession());
  // Requests have an engine each where they need one: one thread of it is enough for a row.
  constexpr int kEngineThreads = 1;
  serve::Metrics metrics;
  serve::Api api({session->folder(), kEngineThreads, context.memory_bytes, &session->kinds()},
                 routes, metrics, context.clock);
  serve::ServerOptions server_options;
  server_options.host = options.host;
  server_options.port = static_cast<std::uint16_t>(options.port);
  server_options.takes_signals = true;
  if (!options.quiet) {
    server_options.log = [&terminal](const std::string& line) { terminal.Talk(line); };
  }
  // Who reads the log may go away.
  std::signal(SIGPIPE, SIG_IGN);
  TRY_ASSIGN(const auto server, serve::Server::Listen(server_options, api));
  terminal.Out("listening on " + server->url());
  std::fflush(stdout);
  server->Run();
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "serve", "Answer over HTTP what the verbs answer here; Ctrl-C or SIGTERM ends it.");
  const auto options = std::make_shared<ServeOptions>();
  verb.AddOption("--port", options->port, "0 takes a free one (default 8080)")
      .Between(0, 65535)
      .ValueName("N");
  verb.AddOption("--host", options->host, "a loopback address (default 127.0.0.1)")
      .ValueName("ADDRESS");
  verb.AddFlag("--quiet", options->quiet, "no line on stderr for each request");
  verb.AddOption("--print", options->print,
                 "instead of serving, print the API as `openapi` or `markdown`")
      .OneOf({"openapi", "markdown"})
      .ValueName("FORM");
  verb.AddExamples(
      "  assay serve --port 0\n  curl http://127.0.0.1:8080/v1/datasets\n"
      "  curl -H 'Accept: text/event-stream' http://127.0.0.1:8080/v1/events");
  verb.OnCall(context, [&context, options] { return Serve(context, *options); });
}

}  // namespace

VerbKind serve_verb() { return {.name = "serve", .add = Add}; }

}  // namespace assay::cli
