#include "serve/answer.h"

namespace assay::serve {
namespace {

struct CodeRow {
  ErrorCode code;
  const char* text;
  int status;
};

// What the client wrote is theirs to mend. Damaged content is not: the store is ours. A missing
// file, a lock or a full disk may be gone at the next try.
constexpr CodeRow kCodes[] = {
    {ErrorCode::kUser, "user", 400},
    {ErrorCode::kData, "data", 500},
    {ErrorCode::kIo, "io", 503},
    {ErrorCode::kInternal, "internal", 500},
    {ErrorCode::kCancelled, "cancelled", 503},
};

const CodeRow& RowOf(ErrorCode code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return row;
  }
  return kCodes[3];
}

}  // namespace

int HttpStatus(ErrorCode code) { return RowOf(code).status; }

std::string ErrorCodeText(ErrorCode code) { return RowOf(code).text; }

Answer JsonAnswer(const Json& json) {
  Answer answer;
  // Names of files may be no UTF-8.
  answer.body = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return answer;
}

Answer ErrorAnswer(const Error& error) { return ErrorAnswer(HttpStatus(error.code), error); }

Answer ErrorAnswer(int status, const Error& error) {
  Answer answer = JsonAnswer(Json{{"error", Json{{"code", ErrorCodeText(error.code)},
                                                 {"message", error.message},
                                                 {"hint", error.hint}}}});
  answer.status = status;
  return answer;
}

}  // namespace assay::serve
