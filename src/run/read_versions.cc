#include "run/read_versions.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/letter_case.h"
#include "engine/sql_text.h"
#include "run/sql_facts.h"
#include "run/version_ref.h"

namespace assay::run {
namespace {

using contract::Declared;
using contract::Diagnostics;
using contract::TextPlace;

// `dataset('flights', 'v3')`, as it stands in a text.
struct VersionCall {
  std::size_t begin = 0, end = 0;
  std::string dataset, ref;

  std::string Name() const { return dataset + "@" + ref; }
};

// Reads the tokens of a call one after the other.
class CallReader {
 public:
  CallReader(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  bool TakeWord(std::string_view word) {
    if (Lower(std::string(text_.substr(at_, word.size()))) != word) return false;
    at_ += word.size();
    return true;
  }

  bool Take(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // A text in single quotes, a quote in it written twice.
  std::optional<std::string> TakeText() {
    if (!Take('\'')) return std::nullopt;
    std::string value;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c != '\'') {
        value += c;
      } else if (at_ < text_.size() && text_[at_] == '\'') {
        value += text_[at_++];
      } else {
        return value;
      }
    }
    return std::nullopt;
  }

  std::size_t at() const { return at_; }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }

  std::string_view text_;
  std::size_t at_;
};

std::optional<VersionCall> ReadCall(const std::string& text, std::size_t offset) {
  VersionCall call;
  call.begin = offset;
  CallReader reader(text, offset);
  if (!reader.TakeWord(kVersionFunction) || !reader.Take('(')) return std::nullopt;
  auto dataset = reader.TakeText();
  if (!dataset || !reader.Take(',')) return std::nullopt;
  auto ref = reader.TakeText();
  if (!ref || !reader.Take(')') || ref->empty()) return std::nullopt;
  call.dataset = *std::move(dataset);
  call.ref = *std::move(ref);
  call.end = reader.at();
  return call;
}

struct FoundVersion {
  NamedVersion version;
  const store::SplitTable* split = nullptr;  ///< of the version; null for all
};

// `v3`, `v3.train`; a name with a dot that no split is told by may be a tag.
Result<FoundVersion> FindNamed(Session& session, const std::string& dataset,
                               const std::string& ref) {
  FoundVersion found;
  const std::size_t dot = ref.rfind('.');
  if (dot != std::string::npos) {
    auto version = FindVersion(session, dataset + "@" + ref.substr(0, dot));
    if (version.ok()) {
      found.version = *std::move(version);
      TRY_ASSIGN(found.split, FindSplit(found.version, ref.substr(dot + 1)));
      return found;
    }
  }
  TRY_ASSIGN(found.version, FindVersion(session, dataset + "@" + ref));
  return found;
}

// Whether a run of the project that makes the dataset leaves the ref where it stands.
Result<bool> StandsStill(Session& session, const std::string& dataset, const std::string& ref) {
  const std::string name = ref.substr(0, ref.rfind('.'));
  if (ref.starts_with("version:") || ref.starts_with("commit:")) return true;
  for (const char* kind : {"version", "tag"}) {
    for (const std::string& each : {ref, name}) {
      TRY_ASSIGN(const auto found, session.catalog().FindRef(dataset, kind, each));
      if (found) return true;
    }
  }
  return false;
}

Status CheckVersion(Session& session, const contract::Project& project, const VersionCall& call) {
  TRY_ASSIGN(const FoundVersion found, FindNamed(session, call.dataset, call.ref));
  const bool is_ours =
      std::any_of(project.datasets.begin(), project.datasets.end(),
                  [&](const contract::Dataset& each) { return each.name == call.dataset; });
  if (!is_ours) return {};
  TRY_ASSIGN(const bool stands_still, StandsStill(session, call.dataset, call.ref));
  if (stands_still) return {};
  const std::string& number = found.version.number;
  return Error{
      ErrorCode::kUser, "this project makes the dataset and so moves the version: " + call.Name(),
      "read a fixed one, dataset('" + call.dataset + "', '" +
          (number.empty() ? "version:" + found.version.body.version.substr(0, 12) : number) + "')"};
}

Declared SourceOf(const VersionCall& call, const contract::Place& place) {
  Declared source;
  source.name = call.Name();
  source.kind = kVersionKind;
  source.params = Json{{"dataset", call.dataset}, {"ref", call.ref}};
  source.place = place;
  return source;
}

// The calls of one text, the last first: what stands before it keeps its offset.
std::vector<VersionCall> CallsOf(const engine::SqlFacts& facts, const std::string& text) {
  std::vector<VersionCall> calls;
  for (const engine::TableRead& function : facts.functions) {
    if (function.name != kVersionFunction) continue;
    if (auto call = ReadCall(text, function.offset)) calls.push_back(*std::move(call));
  }
  std::sort(calls.begin(), calls.end(),
            [](const VersionCall& a, const VersionCall& b) { return a.begin > b.begin; });
  return calls;
}

// Where a step's inputs are written, the version is one more.
void TakeInput(const std::string& name, Declared& step) {
  if (!step.params.contains("inputs") || step.params["inputs"].empty()) return;
  Json& inputs = step.params["inputs"];
  if (std::find(inputs.begin(), inputs.end(), Json(name)) == inputs.end()) inputs.push_back(name);
}

bool MayCall(const std::string& text) {
  return Lower(text).find(kVersionFunction) != std::string::npos &&
         text.find('(') != std::string::npos;
}

}  // namespace

Status TakeVersions(Session& session, contract::Project& project, Diagnostics& diagnostics) {
  std::set<std::string> texts;
  for (const Declared& step : project.steps) {
    const std::string text = step.params.value("sql", "");
    if (MayCall(text)) texts.insert(text);
  }
  if (texts.empty()) return {};
  TRY_ASSIGN(const FactsByText by_text, FactsOfTexts(session, texts));
  std::set<std::string> seen;
  for (Declared& step : project.steps) {
    std::string text = step.params.value("sql", "");
    const auto parsed = by_text.find(text);
    if (parsed == by_text.end() || !parsed->second.facts.ok()) continue;
    TextPlace& start =
        step.text_places.try_emplace("sql", TextPlace{step.place, {}, {}}).first->second;
    for (const VersionCall& call : CallsOf(*parsed->second.facts, text)) {
      const contract::Place place = start.Of(text, call.begin);
      if (Status status = CheckVersion(session, project, call); !status.ok()) {
        diagnostics.Error(place, status.error().message, status.error().hint);
      }
      if (seen.insert(call.Name()).second) project.sources.push_back(SourceOf(call, place));
      TakeInput(call.Name(), step);
      start.Replace(text, call.begin, call.end - call.begin, engine::QuoteName(call.Name()));
    }
    step.params["sql"] = text;
  }
  return {};
}

Result<VersionFiles> FindVersionFiles(Session& session, const Declared& source) {
  const std::string dataset = source.params.at("dataset").get<std::string>();
  const std::string ref = source.params.at("ref").get<std::string>();
  TRY_ASSIGN(const FoundVersion found, FindNamed(session, dataset, ref));
  const store::Commit& commit = found.version.body;
  VersionFiles version;
  version.id = commit.version + (found.split == nullptr ? "" : "." + found.split->name);
  version.table.schema = commit.schema;
  for (const store::SplitTable& split : commit.tables) {
    if (found.split != nullptr && split.name != found.split->name) continue;
    const store::Table table = SplitAsTable(commit, split);
    version.table.rows += table.rows;
    for (const store::FileRef& file : table.files) {
      version.table.files.push_back(file);
      const std::string part =
          table.files.size() == 1 ? "" : "/" + std::to_string(version.files.receipts.size());
      version.files.receipts.push_back(
          {dataset + "@version:" + commit.version + "." + split.name + part, file.sha256,
           file.bytes, commit.created_at});
    }
  }
  return version;
}

}  // namespace assay::run
