/// Routes of the HTTP API: a file `NAME_route.cc` for each resource, found by its name. From this
/// one table come the dispatch, the check of arguments, the OpenAPI file and the reference page.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "contract/project.h"
#include "run/session.h"
#include "serve/answer.h"
#include "serve/metrics.h"
#include "serve/preparation_cache.h"

namespace assay::serve {

enum class ValueType { kText, kInteger, kBool };

/// A parameter of the path (its name stands in braces there) or of the query.
struct Parameter {
  std::string name{};
  ValueType type = ValueType::kText;
  std::string summary{};              ///< no final period
  std::optional<Json> by_default{};   ///< of a query parameter that is left out; without: absent
  std::int64_t least = 0;             ///< integers only
  std::int64_t most = 0;              ///< integers only
  bool is_needed = false;             ///< a query parameter that must be there
  std::vector<std::string> one_of{};  ///< texts only: the values there are; empty: any
};

/// The arguments of one call, checked by the parameters.
class Arguments {
 public:
  explicit Arguments(Json values = Json::object()) : values_(std::move(values)) {}
  bool has(const char* name) const { return values_.contains(name); }
  std::string Text(const char* name) const { return values_.at(name).get<std::string>(); }
  std::int64_t Integer(const char* name) const { return values_.at(name).get<std::int64_t>(); }
  bool Bool(const char* name) const { return values_.at(name).get<bool>(); }

 private:
  Json values_;
};

struct RouteKind;

/// What a handler works with.
struct Call {
  /// Its store was opened just now; where there is none yet it has no catalog. Null for a route
  /// that reads no project, and for one without `needs_store` where the store cannot be read.
  run::Session* session = nullptr;
  const Arguments& arguments;
  const Json& body;                        ///< null without
  bool wants_events = false;               ///< `Accept: text/event-stream`
  std::optional<std::int64_t> last_event;  ///< `Last-Event-ID`
  const Metrics& metrics;
  const std::vector<RouteKind>& routes;
  PreparationCache& preparations;
};

struct Route {
  std::string method{};     ///< GET or POST; HEAD follows from GET
  std::string path{};       ///< `/v1/runs/{id}`
  std::string operation{};  ///< name in the OpenAPI file: `getRun`
  std::string summary{};    ///< one sentence, no final period
  std::vector<Parameter> parameters{};
  Json body{};    ///< JSON Schema of the request's body; null without
  Json answer{};  ///< JSON Schema of the answer; null where it is text
  /// Content types beside JSON, or instead of it where `answer` is null.
  std::vector<std::string> other_types{};
  /// True for what the project or its store is read for: it runs on a worker's thread with a
  /// session.
  bool reads_project = true;
  /// False: it is answered also where the store cannot be read; there is no session then.
  bool needs_store = true;
  Result<Answer> (*handle)(const Call& call) = nullptr;
};

struct RouteKind {
  std::string name{};     ///< of the resource: `runs`
  std::string summary{};  ///< one sentence, no final period
  std::vector<Route> routes{};
};

// One declaration for each *_route.cc, generated from the file names.
#include "serve/all_routes_declared.inc"

const std::vector<RouteKind>& AllRoutes();

/// The answer to an error in finding what the path names: 404 where the name was wrong, else by the
/// error's code.
Answer NotFound(const Error& error);

/// The answer to an error of a project or store that is not ready for the question: 409 where
/// something has to be written or run first, else by the error's code.
Answer NotReady(const Error& error);
/// The project as its file declares it now; an error is for `NotReady`.
Result<contract::Project> ReadProject(run::Session& session);

/// Checks an object against the schema of a body: members that must be there, that are unknown, of
/// another type. An error (kUser) names the place: `/row is no object: 5`.
Status CheckMembers(const Json& body, const Json& schema);

/// What a parameter's value must be, as JSON Schema.
Json ParameterSchema(const Parameter& parameter);

/// Pieces of JSON Schema for the tables.
Json TextSchema(const std::string& summary = "");
Json IntegerSchema(const std::string& summary = "");
Json BoolSchema();
Json NumberSchema();
Json ListSchema(const Json& items);
Json NullableSchema(const Json& schema);
/// The id of an event or a request: text that is not empty, or a whole number.
Json IdSchema();
/// An object with these members, all of them there.
Json ObjectSchema(const std::vector<std::pair<std::string, Json>>& members);

}  // namespace assay::serve
