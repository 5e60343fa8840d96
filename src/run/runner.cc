#include "run/runner.h"

#include <algorithm>
#include <utility>

#include "contract/number_text.h"
#include "run/walk.h"
#include "store/lock.h"

namespace assay::run {
namespace {

Result<Narrowing> NarrowingOf(const RunRequest& request, const Prepared& prepared) {
  Narrowing narrowing;
  if (!request.as_of.empty()) narrowing.before = contract::TimeMicros(request.as_of);
  if (!request.parts.empty()) {
    const std::size_t dots = request.parts.find("..");
    narrowing.first = request.parts.substr(0, dots);
    narrowing.last = dots == std::string::npos ? narrowing.first : request.parts.substr(dots + 2);
  }
  const auto& sources = prepared.project.sources;
  const bool any = std::any_of(sources.begin(), sources.end(), [&](const auto& source) {
    return source.partition && !narrowing.TextFor(*source.partition).empty();
  });
  if (narrowing.empty() || any) return narrowing;
  return Error{
      ErrorCode::kUser,
      request.parts.empty()
          ? "no source has parts by date, so no row is known to be before: " + request.as_of
          : "no source has parts: " + request.parts,
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
  Files files = FindFiles(session, *prepared);
  for (plan::NodeId id = 0; id < prepared->graph.nodes.size(); ++id) {
    const plan::Node& node = prepared->graph.nodes[id];
    if (node.type == plan::NodeType::kSource && node.parts) {
      files.resolved[id].narrowed = narrowing.TextFor(*node.parts);
    }
  }
  session.CloseEngines();  // the nodes have their own, and all the memory
  return Walk(session, request, observer, std::move(*prepared), std::move(files), std::move(wish),
              std::move(narrowing), kept)
      .Run();
}

}  // namespace assay::run
