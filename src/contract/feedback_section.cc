// Streams of feedback.
#include <algorithm>
#include <array>
#include <string_view>

#include "contract/class_text.h"
#include "contract/sections.h"

namespace assay::contract {
namespace {

// What a stored prediction has of its own; a slice is one of its further columns, or the model.
constexpr std::array<std::string_view, 5> kOwnColumns = {"id", "time", "prediction", "score",
                                                         "outcome"};

void ReadSlices(const YamlNode& node, ValueReader& values, FeedbackStream& stream) {
  stream.slices = values.Texts(node, "slices").value_or(std::vector<std::string>{});
  for (const std::string& slice : stream.slices) {
    const bool is_own =
        std::find(kOwnColumns.begin(), kOwnColumns.end(), slice) != kOwnColumns.end();
    if (!is_own && slice != stream.id && slice != stream.time) continue;
    values.diagnostics().Error(node.place, "not a column to slice by: " + slice,
                               "name a further column of the predictions, or `model`");
  }
}

}  // namespace

FeedbackStream ReadFeedbackStream(const YamlEntry& entry, ValueReader& values) {
  FeedbackStream stream;
  stream.name = entry.key;
  stream.model = entry.key;
  stream.place = entry.key_place;
  // Every key has a default, so a stream may be a name alone.
  if (entry.value.is_null()) return stream;
  MappingReader mapping(entry.value, "stream of feedback", values.diagnostics());
  if (!mapping.is_mapping()) return stream;
  if (const YamlNode* model = mapping.Take("model")) {
    stream.model = values.Text(*model, "model").value_or("");
    if (!stream.model.empty() && !IsNodeName(stream.model)) {
      values.diagnostics().Error(model->place, "not a name for a model: " + stream.model,
                                 "use a-z, 0-9 and _, a letter first, at most 63");
    }
  }
  if (const YamlNode* positive = mapping.Take("positive")) {
    stream.positive = ClassText(values.Text(*positive, "positive").value_or(""));
  }
  if (const YamlNode* id = mapping.Take("id")) {
    stream.id = values.Text(*id, "id").value_or("id");
  }
  if (const YamlNode* time = mapping.Take("time")) {
    stream.time = values.Text(*time, "time").value_or("time");
  }
  if (stream.time == stream.id) {
    values.diagnostics().Error(stream.place, "`id` and `time` are one column: " + stream.time,
                               "name two columns");
  }
  if (const YamlNode* slices = mapping.Take("slices")) ReadSlices(*slices, values, stream);
  mapping.Finish();
  return stream;
}

}  // namespace assay::contract
