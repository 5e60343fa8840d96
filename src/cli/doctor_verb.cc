#include <unistd.h>

#include "cli/verb.h"
#include "run/prepared.h"
#include "run/program.h"
#include "store/lock.h"

namespace assay::cli {
namespace {

struct Finding {
  std::string what;
  bool good = true;
  std::string detail;
  std::string hint;
};

Finding From(const std::string& what, const Status& status, const std::string& detail) {
  if (status.ok()) return {what, true, detail, ""};
  return {what, false, status.error().message, status.error().hint};
}

Finding LookAtEngine(run::Session& session) {
  const auto engine = session.Engine();
  if (!engine.ok()) return {"engine", false, engine.error().message, engine.error().hint};
  return {"engine", true, (*engine)->Version(), ""};
}

Finding LookAtProject(run::Session& session) {
  contract::Diagnostics diagnostics;
  const auto prepared = run::Prepare(session, diagnostics);
  if (!prepared.ok()) return {"project", false, prepared.error().message, prepared.error().hint};
  if (!*prepared) {
    return {"project", false, std::to_string(diagnostics.all().size()) + " problems",
            "`assay lint` shows them"};
  }
  return {"project", true, (*prepared)->project.name, ""};
}

Finding LookAtStore(run::Session& session) {
  const Status opened = session.OpenStore();
  if (!opened.ok()) return From("store", opened, "");
  if (!session.has_catalog()) return {"store", true, "none yet; `assay run` makes it", ""};
  return From("store", session.catalog().CheckIntegrity(), session.root().string());
}

Finding LookAtLock(run::Session& session, const Clock& clock) {
  if (!session.has_catalog()) return {"lock", true, "free", ""};
  const auto lock = store::Lock::Take(session.root(), "doctor", clock);
  if (!lock.ok()) return {"lock", false, lock.error().message, lock.error().hint};
  return {"lock", true, "free", ""};
}

Finding LookAtDisk(run::Session& session) {
  std::error_code error;
  const auto space = std::filesystem::space(session.folder(), error);
  if (error) return {"disk", false, error.message(), ""};
  constexpr std::uint64_t kLittle = 1'000'000'000;
  return {"disk", space.available >= kLittle, Bytes(space.available) + " free",
          space.available >= kLittle ? "" : "a run needs room for its tables; free some"};
}

Result<int> Doctor(Context& context) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  std::vector<Finding> findings;
  findings.push_back({"program", true, std::string("assay ") + run::kProgramVersion, ""});
  findings.push_back({"machine", true,
                      std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " cores, " +
                          Bytes(static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                                static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))) +
                          " of memory",
                      ""});
  findings.push_back(LookAtDisk(*session));
  findings.push_back(LookAtEngine(*session));
  findings.push_back(LookAtStore(*session));
  findings.push_back(LookAtLock(*session, context.clock));
  findings.push_back(LookAtProject(*session));
  bool good = true;
  Json list = Json::array();
  TextTable table({});
  for (const Finding& finding : findings) {
    good = good && finding.good;
    list.push_back(Json{{"what", finding.what},
                        {"ok", finding.good},
                        {"detail", finding.detail},
                        {"hint", finding.hint}});
    table.Add({context.terminal.Paint(finding.good ? "ok" : "no",
                                      finding.good ? Tone::kGood : Tone::kBad, false),
               finding.what, finding.detail + (finding.hint.empty() ? "" : "; " + finding.hint)});
  }
  if (context.json) {
    context.terminal.OutJson(list);
  } else {
    context.terminal.Out(table.Text());
  }
  return good ? 0 : 3;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "doctor", "Look at program, engine, store, lock, disk and project, and say what is amiss.");
  verb.AddJson(context);
  verb.OnCall(context, [&context] { return Doctor(context); });
}

}  // namespace

VerbKind doctor_verb() { return {.name = "doctor", .add = Add}; }

}  // namespace assay::cli
