#include "run/kept_outputs.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "gate/verdict.h"

namespace assay::run {
namespace {

bool AllObjectsThere(const store::ObjectStore& objects, const NodeOutput& output) {
  const auto all = [&](const std::vector<store::FileRef>& files) {
    return std::all_of(files.begin(), files.end(),
                       [&](const store::FileRef& file) { return objects.Has(file); });
  };
  return std::all_of(output.outputs.begin(), output.outputs.end(),
                     [&](const auto& named) { return all(AllFiles(named.second)); }) &&
         all(output.objects);
}

// One that cannot be read is made again.
std::optional<NodeOutput> Usable(const store::ObjectStore& objects, Result<NodeOutput> output) {
  if (!output.ok() || !AllObjectsThere(objects, *output)) return std::nullopt;
  return std::move(output).value();
}

// As it is judged at a moment, or nothing.
std::optional<NodeOutput> AsOf(NodeOutput output, std::int64_t now_micros) {
  output.judged_again = gate::JudgeAgesAgain(output.verdict, now_micros);
  if (output.judged_again && output.verdict.value("verdict", "") != "fail" &&
      !output.outputs.contains("")) {
    return std::nullopt;
  }
  return output;
}

Result<NodeOutput> ParseText(const std::string& text) {
  TRY_ASSIGN(const Json json, ParseJson(text));
  return ParseNodeOutput(json);
}

}  // namespace

Result<std::optional<NodeOutput>> FindOutput(Session& session, const std::string& fingerprint,
                                             std::int64_t now_micros) {
  TRY_ASSIGN(const auto row, session.catalog().FindNodeResult(fingerprint));
  if (!row) return std::optional<NodeOutput>();
  auto output = Usable(session.objects(), ParseNodeOutput(row->result));
  if (!output) return std::optional<NodeOutput>();
  return AsOf(std::move(*output), now_micros);
}

void KeptOutputs::ReadAhead() {
  if (!session_.has_catalog()) return;
  auto texts = session_.catalog().ResultTextsOfNewestRun();
  if (!texts.ok()) return;  // who looks a result up is told
  // Where no thread can be had it is done when it is asked for.
  reading_ =
      std::async(std::launch::async | std::launch::deferred,
                 [texts = std::move(texts).value(), &objects = std::as_const(session_.objects())] {
                   Outputs outputs;
                   for (const auto& [fingerprint, text] : texts) {
                     auto output = Usable(objects, ParseText(text));
                     if (output) outputs.insert({fingerprint, std::move(*output)});
                   }
                   return outputs;
                 });
}

Result<const NodeOutput*> KeptOutputs::Find(const std::string& fingerprint,
                                            std::int64_t now_micros) {
  const NodeOutput* none = nullptr;
  if (!session_.has_catalog()) return none;
  if (reading_.valid()) read_ahead_ = reading_.get();
  std::optional<NodeOutput> output;
  if (auto ahead = read_ahead_.extract(fingerprint); !ahead.empty()) {
    output = AsOf(std::move(ahead.mapped()), now_micros);
  } else {
    TRY_ASSIGN(output, FindOutput(session_, fingerprint, now_micros));
  }
  if (!output) return none;
  return &found_.insert_or_assign(fingerprint, std::move(*output)).first->second;
}

std::optional<NodeOutput> KeptOutputs::Take(const std::string& fingerprint) {
  auto found = found_.extract(fingerprint);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

}  // namespace assay::run
