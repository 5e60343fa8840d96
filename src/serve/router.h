/// From method and target to a route and its arguments. Pure: knows the table, no socket, no store.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "serve/route.h"
#include "serve/target.h"

namespace assay::serve {

struct Matched {
  const Route* route = nullptr;
  Arguments arguments;
};

class Router {
 public:
  /// `kinds` must outlive the router.
  explicit Router(const std::vector<RouteKind>& kinds);

  const std::vector<RouteKind>& kinds() const { return kinds_; }
  /// A route with its arguments, or the answer that says what is wrong: 404 with the nearest path,
  /// 405 with `Allow`, 400 with the nearest parameter.
  std::variant<Matched, Answer> Find(std::string_view method, const Target& target) const;

 private:
  struct Pattern {
    const Route* route = nullptr;
    std::vector<std::string> segments;  ///< `{id}` with its braces
  };
  static bool Fits(const Pattern& pattern, const std::vector<std::string>& segments);
  Answer UnknownPath(const std::vector<std::string>& segments) const;

  const std::vector<RouteKind>& kinds_;
  std::vector<Pattern> patterns_;
};

}  // namespace assay::serve
