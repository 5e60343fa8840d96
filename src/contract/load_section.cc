#include "contract/load_section.h"

#include <algorithm>

#include "contract/duration.h"

namespace assay::contract {
namespace {

Status CheckLoad(const Json& params) {
  const bool merges = params.value("write", "") == "merge";
  const bool has_key = !TextsOf(params, "key").empty();
  if (merges && !has_key) {
    return Error{ErrorCode::kUser, "`write: merge` needs a `key`",
                 "write `key:` with the columns that tell rows apart"};
  }
  for (const char* name : {"key", "newest_by", "history"}) {
    if (merges || !params.contains(name)) continue;
    return Error{ErrorCode::kUser,
                 "`" + std::string(name) + "` has no effect without `write: merge`",
                 "add `write: merge`, or leave it out"};
  }
  std::vector<std::string> columns;
  for (const auto& [fact, column] : PairsOf(params, "receipt")) {
    const auto& facts = ReceiptFacts();
    if (std::find(facts.begin(), facts.end(), fact) == facts.end()) {
      return Error{ErrorCode::kUser, "a receipt says nothing of: " + fact,
                   NearestHint(fact, facts, "facts")};
    }
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
      return Error{ErrorCode::kUser, "two facts of the receipt have one column: " + column,
                   "give each a name of its own"};
    }
    columns.push_back(column);
  }
  return {};
}

std::optional<std::int64_t> RefreshSeconds(const std::string& text, const Place& place,
                                           ValueReader& values) {
  if (text == "never") return Load::kNever;
  const Result<Duration> duration = ParseDuration(text);
  if (duration.ok()) return duration->seconds;
  values.diagnostics().Error(place, "refresh: " + duration.error().message,
                             "write `refresh: 1 hour`, or `refresh: never` to fetch once");
  return std::nullopt;
}

std::optional<WriteMode> WriteModeOf(const std::string& text) {
  if (text == "append") return WriteMode::kAppend;
  if (text == "replace") return WriteMode::kReplace;
  if (text == "merge") return WriteMode::kMerge;
  return std::nullopt;
}

const char* WriteModeText(WriteMode mode) {
  switch (mode) {
    case WriteMode::kAppend:
      return "append";
    case WriteMode::kReplace:
      return "replace";
    case WriteMode::kMerge:
      break;
  }
  return "merge";
}

}  // namespace

bool Load::HasFact(std::string_view fact) const {
  return std::any_of(receipt.begin(), receipt.end(),
                     [&](const auto& entry) { return entry.first == fact; });
}

const std::vector<std::string>& ReceiptFacts() {
  static const std::vector<std::string> kFacts = {"source",       "file",     "line",
                                                  "collected_at", "contract", "license"};
  return kFacts;
}

const KindInfo& LoadParams() {
  static const KindInfo kInfo{
      .name = "load",
      .params =
          {{.name = "write",
            .type = ParamType::kChoice,
            .summary = "what a load makes of those before it: keep all rows, keep its own alone, "
                       "or keep of rows with one key the newest; append where there is a cursor, "
                       "else replace",
            .choices = {"append", "replace", "merge"}},
           {.name = "key",
            .type = ParamType::kColumns,
            .summary = "columns that tell rows apart, for merge"},
           {.name = "newest_by",
            .type = ParamType::kColumn,
            .summary = "column that tells which of the rows with one key is the newest; the "
                       "cursor, else the later file, else the later line"},
           {.name = "history",
            .type = ParamType::kBool,
            .summary = "keep the older rows of a key as well; `receipt: {collected_at: known_at}` "
                       "says when each became known"},
           {.name = "refresh",
            .type = ParamType::kString,
            .summary = "least time between two fetches (`1 hour`), or never: fetch once"},
           {.name = "receipt",
            .type = ParamType::kMapping,
            .summary = "columns that say where a row comes from: source, file, line, collected_at, "
                       "contract, license, each with the name it gets"}},
      .check = CheckLoad};
  return kInfo;
}

Load ReadLoad(MappingReader& mapping, const Place& place, const std::string& cursor,
              const std::optional<Partition>& partition, ValueReader& values) {
  const ReadParams read = values.Params(LoadParams(), mapping, place);
  const Json& params = read.params;
  Load load;
  load.write = WriteModeOf(params.value("write", ""));
  load.key = TextsOf(params, "key");
  // A cursor may be a pointer into rows, which is no column.
  load.newest_by = params.value("newest_by", cursor.starts_with('/') ? "" : cursor);
  load.history = params.value("history", false);
  load.receipt = PairsOf(params, "receipt");
  if (const auto found = read.places.find("refresh"); found != read.places.end()) {
    load.refresh = RefreshSeconds(params.value("refresh", ""), found->second, values);
  }
  if (load.write == WriteMode::kMerge && partition) {
    values.diagnostics().Error(
        partition->place,
        "`write: merge` looks at all rows, so the table "
        "cannot be computed in parts",
        "leave out `partition`, or merge in a `dedup` step behind the source");
  }
  return load;
}

Json LoadJson(const Load& load) {
  Json json = Json::object();
  if (load.write == WriteMode::kMerge) {
    json["write"] = WriteModeText(*load.write);
    json["key"] = load.key;
    json["newest_by"] = load.newest_by;
    json["history"] = load.history;
  }
  Json receipt = Json::array();
  for (const auto& [fact, column] : load.receipt) {
    receipt.push_back(Json::array({Json(fact), Json(column)}));
  }
  if (!receipt.empty()) json["receipt"] = std::move(receipt);
  return json.empty() ? Json() : json;
}

}  // namespace assay::contract
