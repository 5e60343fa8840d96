#include "monitor/webhook.h"

#include <curl/curl.h>
#include <dlfcn.h>

namespace assay::monitor {
namespace {

// The few functions of libcurl that are used.
struct Curl {
  decltype(&curl_easy_init) init = nullptr;
  decltype(&curl_easy_setopt) set = nullptr;
  decltype(&curl_easy_perform) perform = nullptr;
  decltype(&curl_easy_getinfo) get = nullptr;
  decltype(&curl_easy_cleanup) cleanup = nullptr;
  decltype(&curl_easy_strerror) error_text = nullptr;
  decltype(&curl_slist_append) append = nullptr;
  decltype(&curl_slist_free_all) free_list = nullptr;
};

template <typename Function>
bool Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

Result<Curl> OpenCurl() {
  void* library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  Curl curl;
  const bool found = library != nullptr && Find(library, "curl_easy_init", curl.init) &&
                     Find(library, "curl_easy_setopt", curl.set) &&
                     Find(library, "curl_easy_perform", curl.perform) &&
                     Find(library, "curl_easy_getinfo", curl.get) &&
                     Find(library, "curl_easy_cleanup", curl.cleanup) &&
                     Find(library, "curl_easy_strerror", curl.error_text) &&
                     Find(library, "curl_slist_append", curl.append) &&
                     Find(library, "curl_slist_free_all", curl.free_list);
  if (found) return curl;
  return Error{ErrorCode::kIo, "libcurl is not there, so no webhook can be sent",
               "install Debian's package libcurl4"};
}

std::size_t Discard(char*, std::size_t size, std::size_t count, void*) { return size * count; }

}  // namespace

Status PostWebhook(const WebhookRequest& request) {
  static const Result<Curl> kLibrary = OpenCurl();
  if (!kLibrary.ok()) return kLibrary.error();
  const Curl& curl = *kLibrary;
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
