#include "serve/router.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/nearest.h"
#include "contract/utf8.h"

namespace assay::serve {
namespace {

std::vector<std::string> Cut(const std::string& path) {
  std::vector<std::string> segments;
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    segments.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return segments;
}

bool IsParameter(const std::string& segment) { return segment.starts_with('{'); }

std::string PathText(const std::vector<std::string>& segments) {
  std::string path;
  for (const std::string& segment : segments) path += "/" + segment;
  return path;
}

Error WrongValue(const Parameter& parameter, const std::string& expected,
                 const std::string& value) {
  return {ErrorCode::kUser,
          "parameter " + parameter.name + " must be " + expected +
              ", found: " + contract::Escaped(value.substr(0, 100)),
          ""};
}

Result<Json> ReadValue(const Parameter& parameter, const std::string& text) {
  if (parameter.type == ValueType::kText) {
    if (text.empty()) return WrongValue(parameter, "a text that is not empty", text);
    const auto& known = parameter.one_of;
    if (!known.empty() && std::ranges::find(known, text) == known.end()) {
      std::string list;
      for (const std::string& each : known) list += (list.empty() ? "" : ", ") + each;
      return WrongValue(parameter, "one of " + list, text);
    }
    return Json(text);
  }
  if (parameter.type == ValueType::kBool) {
    if (text != "true" && text != "false") return WrongValue(parameter, "true or false", text);
    return Json(text == "true");
  }
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < parameter.least ||
      number > parameter.most) {
    return WrongValue(parameter,
                      "a whole number from " + std::to_string(parameter.least) + " to " +
                          std::to_string(parameter.most),
                      text);
  }
  return Json(number);
}

Result<Json> ReadQuery(const Route& route, const Target& target, Json values) {
  std::vector<std::string> known;
  for (const Parameter& parameter : route.parameters) {
    if (!values.contains(parameter.name)) known.push_back(parameter.name);
  }
  for (const auto& [name, text] : target.query) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const std::string nearest = NearestName(name, known);
      std::string hint = "this path takes no parameters";
      if (!known.empty()) {
        hint = "its parameters are ";
        for (std::size_t i = 0; i < known.size(); ++i) hint += (i > 0 ? ", " : "") + known[i];
      }
      if (!nearest.empty()) hint = "did you mean " + nearest + "?";
      return Error{ErrorCode::kUser,
                   "unknown query parameter: " + contract::Escaped(name.substr(0, 100)), hint};
    }
    if (values.contains(name)) {
      return Error{ErrorCode::kUser, "query parameter given twice: " + name, "give it once"};
    }
    const auto parameter = std::ranges::find(route.parameters, name, &Parameter::name);
    TRY_ASSIGN(values[name], ReadValue(*parameter, text));
  }
  for (const Parameter& parameter : route.parameters) {
    if (parameter.by_default && !values.contains(parameter.name)) {
      values[parameter.name] = *parameter.by_default;
    }
    if (parameter.is_needed && !values.contains(parameter.name)) {
      return Error{ErrorCode::kUser, "query parameter is missing: " + parameter.name,
                   parameter.name + " is " + parameter.summary};
    }
  }
  return values;
}

}  // namespace

Router::Router(const std::vector<RouteKind>& kinds) : kinds_(kinds) {
  for (const RouteKind& kind : kinds) {
    for (const Route& route : kind.routes) patterns_.push_back({&route, Cut(route.path)});
  }
}

bool Router::Fits(const Pattern& pattern, const std::vector<std::string>& segments) {
  return std::equal(pattern.segments.begin(), pattern.segments.end(), segments.begin(),
                    segments.end(), [](const std::string& expected, const std::string& segment) {
                      return IsParameter(expected) ? !segment.empty() : expected == segment;
                    });
}

Answer Router::UnknownPath(const std::vector<std::string>& segments) const {
  std::vector<std::string> candidates;
  for (const Pattern& pattern : patterns_) {
    std::vector<std::string> candidate = pattern.segments;
    // What stands where a parameter is belongs to the caller.
    for (std::size_t i = 0; i < candidate.size() && i < segments.size(); ++i) {
      if (IsParameter(candidate[i]) && !segments[i].empty()) candidate[i] = segments[i];
    }
    candidates.push_back(PathText(candidate));
  }
  const std::string path = PathText(segments);
  const std::string nearest = path.size() > 200 ? "" : NearestName(path, candidates);
  return ErrorAnswer(
      404,
      {ErrorCode::kUser, "no such path: " + contract::Escaped(path.substr(0, 200)),
       nearest.empty() ? "GET /openapi.json tells all paths" : "did you mean " + nearest + "?"});
}

std::variant<Matched, Answer> Router::Find(std::string_view method, const Target& target) const {
  std::set<std::string> allowed;
  std::string path;
  for (const Pattern& pattern : patterns_) {
    if (!Fits(pattern, target.segments)) continue;
    const Route& route = *pattern.route;
    path = route.path;
    allowed.insert(route.method);
    if (route.method == "GET") allowed.insert("HEAD");
    if (route.method != method && !(method == "HEAD" && route.method == "GET")) continue;
    Json values = Json::object();
    for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
      const std::string& segment = pattern.segments[i];
      if (!IsParameter(segment)) continue;
      values[segment.substr(1, segment.size() - 2)] = target.segments[i];
    }
    auto read = ReadQuery(route, target, std::move(values));
    if (!read.ok()) {
      Answer answer = ErrorAnswer(read.error());
      answer.route = route.path;
      return answer;
    }
    return Matched{&route, Arguments(std::move(read).value())};
  }
  if (allowed.empty()) return UnknownPath(target.segments);
  std::string list;
  for (const std::string& each : allowed) list += (list.empty() ? "" : ", ") + each;
  Answer answer = ErrorAnswer(
      405, {ErrorCode::kUser,
            "this path does not take the method: " + contract::Escaped(method.substr(0, 40)),
            "it takes " + list});
  answer.headers.emplace_back("Allow", list);
  answer.route = path;
  return answer;
}

}  // namespace assay::serve
