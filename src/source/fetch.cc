#include "source/fetch.h"

namespace assay::source {

Json LoadStateJson(const LoadState& state) {
  Json objects = Json::array();
  for (const Fetched& fetched : state.objects) {
    Json object = store::ReceiptJson(fetched.receipt);
    if (!fetched.answer.empty()) object["answer"] = fetched.answer;
    objects.push_back(std::move(object));
  }
  Json json = {{"objects", std::move(objects)}};
  // Canonical JSON has no null.
  if (!state.cursor.is_null()) json["cursor"] = state.cursor;
  return json;
}

Result<LoadState> ParseLoadState(const Json& json) {
  const Error damaged{ErrorCode::kData, "the state of a load is damaged",
                      "`assay run --fetch-anew` asks for everything again"};
  if (!json.is_object() || !json.contains("objects") || !json["objects"].is_array()) return damaged;
  LoadState state;
  for (const Json& object : json["objects"]) {
    if (!object.is_object()) return damaged;
    Json receipt = object;
    receipt.erase("answer");
    Fetched fetched;
    TRY_ASSIGN(fetched.receipt, store::ParseReceiptJson(receipt));
    fetched.answer = object.value("answer", Json::object());
    state.objects.push_back(std::move(fetched));
  }
  state.cursor = json.value("cursor", Json());
  return state;
}

}  // namespace assay::source
