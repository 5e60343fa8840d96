#include "source/curl_library.h"

#include <dlfcn.h>

#include <optional>
#include <string>

namespace assay::source {
namespace {

template <typename Function>
bool FindFunction(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

std::optional<CurlLibrary> FindCurl() {
  void* library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  CurlLibrary curl;
  const auto find = [&](const char* name, auto& function) {
    return FindFunction(library, name, function);
  };
  const bool found =
      find("curl_global_init", curl.start) && find("curl_easy_init", curl.init) &&
      find("curl_easy_reset", curl.reset) && find("curl_easy_setopt", curl.set) &&
      find("curl_easy_perform", curl.perform) && find("curl_easy_getinfo", curl.get) &&
      find("curl_easy_cleanup", curl.cleanup) && find("curl_easy_strerror", curl.error_text) &&
      find("curl_slist_append", curl.append) && find("curl_slist_free_all", curl.free_list) &&
      find("curl_url", curl.url) && find("curl_url_set", curl.url_set) &&
      find("curl_url_get", curl.url_get) && find("curl_url_cleanup", curl.url_cleanup) &&
      find("curl_free", curl.free_text);
  // Once for the process, before several threads use it.
  if (!found || curl.start(CURL_GLOBAL_DEFAULT) != CURLE_OK) return std::nullopt;
  return curl;
}

}  // namespace

Result<const CurlLibrary*> OpenCurl(const char* without) {
  static const std::optional<CurlLibrary> kLibrary = FindCurl();
  if (kLibrary) return &*kLibrary;
  return Error{ErrorCode::kIo, std::string("libcurl is not there, so ") + without,
               "install Debian's package libcurl4"};
}

}  // namespace assay::source
