#include "base/result.h"

namespace assay {

int ExitStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUser:
    case ErrorCode::kData:
      return 2;
    case ErrorCode::kIo:
      return 3;
    case ErrorCode::kCancelled:
      return 130;
    case ErrorCode::kInternal:
      break;
  }
  return 70;
}

Error Error::While(const std::string& context) && {
  message = context + ": " + message;
  return std::move(*this);
}

}  // namespace assay
