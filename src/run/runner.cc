#include "run/runner.h"

#include <algorithm>
#include <utility>

#include "contract/number_text.h"
#include "run/fetch.h"
#include "run/walk.h"
#include "store/lock.h"

namespace assay::run {
namespace {

// `2001-01..2001-03`, `2001-01` alone, or a range that is open at one end.
Status TakeRange(const std::string& text, Narrowing& narrowing) {
  const std::size_t dots = text.find("..");
  narrowing.first = text.substr(0, dots);
  narrowing.last = dots == std::string::npos ? narrowing.first : text.substr(dots + 2);
  const std::string hint = "write 2001-01..2001-03, 2001-01.. or 2001-01";
  if (!narrowing.has_range()) {
    return Error{ErrorCode::kUser, "--parts: not a range of parts: " + text, hint};
  }
  const bool is_open = narrowing.first.empty() || narrowing.last.empty();
  if (!is_open && narrowing.last < narrowing.first.substr(0, narrowing.last.size())) {
    return Error{ErrorCode::kUser, "--parts: the range ends before it begins: " + text, hint};
  }
  return {};
}

Result<Narrowing> NarrowingOf(const RunRequest& request, const Prepared& prepared) {
  Narrowing narrowing;
  if (!request.as_of.empty()) narrowing.before = contract::TimeMicros(request.as_of);
  if (request.parts) TRY(TakeRange(*request.parts, narrowing));
  const auto& sources = prepared.project.sources;
  const bool any = std::any_of(sources.begin(), sources.end(), [&](const auto& source) {
    return source.partition && !narrowing.TextFor(*source.partition).empty();
  });
  if (narrowing.empty() || any) return narrowing;
  return Error{ErrorCode::kUser,
               request.parts ? "no source has parts: " + *request.parts
                             : "no source has parts by date, so no row is known to be before: " +
                                   request.as_of,
               "write `partition: month(COLUMN)` at a source"};
}

}  // namespace

Result<RunReport> RunProject(Session& session, const RunRequest& request,
                             contract::Diagnostics& diagnostics, RunObserver& observer) {
  // A project that cannot be read makes no store.
  std::error_code error;
  if (!std::filesystem::exists(session.folder() / "assay.yaml", error)) {
    (void)contract::LoadProject(session.folder(), {}, diagnostics);
    return diagnostics.ToError();
  }
  TRY(session.objects().Create());
  TRY_ASSIGN(const store::Lock lock,
             store::Lock::Take(session.root(), "run", session.clock(), session.objects().disk()));
  TRY(session.CreateStore());
  TRY(session.objects().EmptyStaging());
  KeptOutputs kept(session);
  if (!request.force) kept.ReadAhead();
  TRY_ASSIGN(auto prepared, Prepare(session, diagnostics));
  if (!prepared) return diagnostics.ToError();
  plan::Wish wish;
  wish.force = request.force;
  TRY_ASSIGN(wish.selected, SelectNodes(prepared->graph, request.selection));
  TRY_ASSIGN(Narrowing narrowing, NarrowingOf(request, *prepared));
  Loads loads;
  if (request.fetches && !request.frozen) {
    TRY_ASSIGN(loads, FetchSources(session, *prepared, wish,
                                   {request.fetch_anew, request.jobs, request.stop}, observer));
  }
  Files files = FindFiles(session, *prepared, &loads);
  for (plan::NodeId id = 0; id < prepared->graph.nodes.size(); ++id) {
    const plan::Node& node = prepared->graph.nodes[id];
    if (node.type == plan::NodeType::kSource && node.parts) {
      files.resolved[id].narrowed = narrowing.TextFor(*node.parts);
    }
  }
  session.CloseEngines();  // the nodes have their own, and all the memory
  return Walk(session, request, observer, std::move(*prepared), std::move(files), std::move(loads),
              std::move(wish), std::move(narrowing), kept)
      .Run();
}

}  // namespace assay::run
