#include "engine/engine.h"

#include <dlfcn.h>
#include <unistd.h>

#include <utility>

#include "engine/plugin.h"
#include "engine/program_folder.h"

namespace assay::engine {
namespace {

Result<std::filesystem::path> FindPlugin() {
  std::error_code error;
  const auto folder = ProgramFolder();
  for (const auto& candidate : {folder / kPluginName, folder / "../lib/assay" / kPluginName}) {
    if (std::filesystem::exists(candidate, error)) return candidate;
  }
  return Error{ErrorCode::kIo,
               "the engine's library is not beside the program: " + (folder / kPluginName).string(),
               "build again with ./dev build, or install the whole package"};
}

Json ReadsJson(const std::vector<TableRead>& reads) {
  Json list = Json::array();
  for (const TableRead& read : reads) list.push_back(Json::array({read.name, read.offset}));
  return list;
}

Result<std::vector<TableRead>> ParseReads(const Json& json, const char* member) {
  std::vector<TableRead> reads;
  if (!json.is_object() || !json.contains(member) || !json[member].is_array()) {
    return Error{ErrorCode::kData, std::string("not the facts of a SQL text: no ") + member, ""};
  }
  for (const Json& read : json[member]) {
    if (!read.is_array() || read.size() != 2 || !read[0].is_string() ||
        !read[1].is_number_unsigned()) {
      return Error{ErrorCode::kData, std::string("not the facts of a SQL text: ") + member, ""};
    }
    reads.push_back(TableRead{read[0].get<std::string>(), read[1].get<std::size_t>()});
  }
  return reads;
}

Json KeptJson(const std::vector<SqlFacts::Kept>& kept) {
  Json list = Json::array();
  for (const SqlFacts::Kept& one : kept) list.push_back({one.table, one.column, one.as});
  return list;
}

Result<std::vector<SqlFacts::Kept>> ParseKept(const Json& json) {
  const Error wrong{ErrorCode::kData, "not the facts of a SQL text: kept", ""};
  std::vector<SqlFacts::Kept> kept;
  const auto list = json.find("kept");
  if (list == json.end() || !list->is_array()) return wrong;
  kept.reserve(list->size());
  for (const Json& one : *list) {
    const bool texts = one.is_array() && one.size() == 3 && one[0].is_string() &&
                       one[1].is_string() && one[2].is_string();
    if (!texts) return wrong;
    kept.push_back(
        {one[0].get<std::string>(), one[1].get<std::string>(), one[2].get<std::string>()});
  }
  return kept;
}

}  // namespace

Json SqlFactsJson(const SqlFacts& facts) {
  return Json{{"reads", ReadsJson(facts.reads)},
              {"functions", ReadsJson(facts.functions)},
              {"calls", ReadsJson(facts.calls)},
              {"windows", ReadsJson(facts.windows)},
              {"expanding", ReadsJson(facts.expanding)},
              {"tree", facts.tree},
              {"row_local", facts.row_local},
              {"distributes", facts.distributes},
              {"kept", KeptJson(facts.kept)}};
}

Result<SqlFacts> ParseSqlFacts(const Json& json) {
  SqlFacts facts;
  TRY_ASSIGN(facts.reads, ParseReads(json, "reads"));
  TRY_ASSIGN(facts.functions, ParseReads(json, "functions"));
  TRY_ASSIGN(facts.calls, ParseReads(json, "calls"));
  TRY_ASSIGN(facts.windows, ParseReads(json, "windows"));
  TRY_ASSIGN(facts.expanding, ParseReads(json, "expanding"));
  if (!json.contains("tree") || !json["tree"].is_string()) {
    return Error{ErrorCode::kData, "not the facts of a SQL text: no tree", ""};
  }
  facts.tree = json["tree"].get<std::string>();
  if (!json.contains("row_local") || !json["row_local"].is_boolean()) {
    return Error{ErrorCode::kData, "not the facts of a SQL text: no row_local", ""};
  }
  facts.row_local = json["row_local"].get<bool>();
  if (!json.contains("distributes") || !json["distributes"].is_array()) {
    return Error{ErrorCode::kData, "not the facts of a SQL text: no distributes", ""};
  }
  for (const Json& name : json["distributes"]) {
    if (!name.is_string()) {
      return Error{ErrorCode::kData, "not the facts of a SQL text: distributes", ""};
    }
    facts.distributes.push_back(name.get<std::string>());
  }
  TRY_ASSIGN(facts.kept, ParseKept(json));
  return facts;
}

std::uint64_t DefaultMemory() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 2;
}

bool IsOutOfMemory(const Error& error) {
  return error.code == ErrorCode::kIo && error.message.find(kMemoryUsedUp) != std::string::npos;
}

Result<std::unique_ptr<Engine>> Open(const Options& options) {
  TRY_ASSIGN(const auto path, FindPlugin());
  // RTLD_LOCAL keeps the engine's many symbols to itself. The library stays loaded until exit.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Error{ErrorCode::kIo, std::string("cannot load the engine: ") + dlerror(),
                 "assay doctor shows what is missing"};
  }
  const auto open = reinterpret_cast<OpenFunction>(dlsym(library, kOpenName));
  if (open == nullptr) {
    return Error{ErrorCode::kIo, "the engine's library is of another build: " + path.string(), ""};
  }
  const std::unique_ptr<Result<std::unique_ptr<Engine>>> opened(open(options));
  return std::move(*opened);
}

}  // namespace assay::engine
