#include <dlfcn.h>
#include <unistd.h>

#include <set>

#include "cli/verb.h"
#include "engine/extension.h"
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
  if (access(session.root().c_str(), W_OK) != 0) {
    return {"store", false, session.root().string() + " cannot be written",
            "a run needs to; look at who owns it"};
  }
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

// What some sources alone need: amiss only where the project has one of that kind.
Finding LookAtExtension(const std::string& name, const std::string& kind, bool is_needed) {
  const std::string what = "extension " + name;
  const auto file = engine::FindExtension(name);
  if (file.ok()) return {what, true, std::string(engine::kExtensionVersion), ""};
  return {what, !is_needed, "not there; sources of kind " + kind + " need it",
          engine::HowToGetExtension(name)};
}

Finding LookAtCurl() {
  void* library = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    return {"libcurl", true, "not there; alerts to webhooks and sources over HTTP need it",
            "install Debian's libcurl4"};
  }
  dlclose(library);
  return {"libcurl", true, "found", ""};
}

// Kinds of the project's sources; none where the project cannot be read.
std::set<std::string> KindsOfSources(run::Session& session) {
  std::set<std::string> kinds;
  contract::Diagnostics ignored;
  const auto prepared = run::Prepare(session, ignored);
  if (!prepared.ok() || !*prepared) return kinds;
  for (const contract::Declared& source : (*prepared)->project.sources) kinds.insert(source.kind);
  return kinds;
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
  const std::set<std::string> kinds = KindsOfSources(*session);
  findings.push_back(LookAtExtension("postgres_scanner", "postgres", kinds.contains("postgres")));
  findings.push_back(LookAtExtension("mysql_scanner", "mysql", kinds.contains("mysql")));
  findings.push_back(LookAtCurl());
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
      "doctor",
      "Look at program, engine, extensions, store, lock, disk and project, and say what is amiss.");
  verb.AddJson(context);
  verb.OnCall(context, [&context] { return Doctor(context); });
}

}  // namespace

VerbKind doctor_verb() { return {.name = "doctor", .add = Add}; }

}  // namespace assay::cli
