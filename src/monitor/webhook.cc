#include "monitor/webhook.h"

#include "source/curl_library.h"

namespace assay::monitor {
namespace {

std::size_t Discard(char*, std::size_t size, std::size_t count, void*) { return size * count; }

}  // namespace

Status PostWebhook(const WebhookRequest& request) {
  TRY_ASSIGN(const source::CurlLibrary* library, source::OpenCurl("no webhook can be sent"));
  const source::CurlLibrary& curl = *library;
  CURL* handle = curl.init();
  if (handle == nullptr) {
    return Error{ErrorCode::kIo, "no webhook can be sent, as libcurl does not start", ""};
  }
  curl_slist* headers = curl.append(nullptr, ("Content-Type: " + request.content_type).c_str());
  curl.set(handle, CURLOPT_URL, request.url.c_str());
  curl.set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl.set(handle, CURLOPT_HTTPHEADER, headers);
  curl.set(handle, CURLOPT_POSTFIELDS, request.body.c_str());
  curl.set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl.set(handle, CURLOPT_TIMEOUT, request.timeout_seconds);
  curl.set(handle, CURLOPT_NOSIGNAL, 1L);
  curl.set(handle, CURLOPT_WRITEFUNCTION, &Discard);
  curl.set(handle, CURLOPT_USERAGENT, "assay");
  const CURLcode code = curl.perform(handle);
  long answer = 0;
  curl.get(handle, CURLINFO_RESPONSE_CODE, &answer);
  const std::string failure = code == CURLE_OK ? "" : curl.error_text(code);
  curl.free_list(headers);
  curl.cleanup(handle);
  if (!failure.empty()) return Error{ErrorCode::kIo, "the webhook was not reached: " + failure, ""};
  if (answer >= 200 && answer < 300) return {};
  return Error{ErrorCode::kIo, "the webhook answered " + std::to_string(answer), ""};
}

}  // namespace assay::monitor
