#include "serve/event_text.h"

#include <algorithm>

#include "run/run_record.h"

namespace assay::serve {

std::string EventText(const store::EventRow& event) {
  // A line feed in the type would end the field; no program of ours writes one.
  std::string type = event.type;
  std::replace_if(
      type.begin(), type.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  // One line: control characters are escaped in JSON.
  const std::string data =
      run::EventJson(event).dump(-1, ' ', false, Json::error_handler_t::replace);
  return "id: " + std::to_string(event.seq) + "\nevent: " + type + "\ndata: " + data + "\n\n";
}

}  // namespace assay::serve
