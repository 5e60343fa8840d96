/// libcurl, which is opened when it is first needed, so that nothing else waits for it.
#pragma once

#include <curl/curl.h>

#include "base/result.h"

namespace assay::source {

/// The functions that are used.
struct CurlLibrary {
  decltype(&curl_global_init) start = nullptr;
  decltype(&curl_easy_init) init = nullptr;
  decltype(&curl_easy_reset) reset = nullptr;
  decltype(&curl_easy_setopt) set = nullptr;
  decltype(&curl_easy_perform) perform = nullptr;
  decltype(&curl_easy_getinfo) get = nullptr;
  decltype(&curl_easy_cleanup) cleanup = nullptr;
  decltype(&curl_easy_strerror) error_text = nullptr;
  decltype(&curl_slist_append) append = nullptr;
  decltype(&curl_slist_free_all) free_list = nullptr;
  decltype(&curl_url) url = nullptr;
  decltype(&curl_url_set) url_set = nullptr;
  decltype(&curl_url_get) url_get = nullptr;
  decltype(&curl_url_cleanup) url_cleanup = nullptr;
  decltype(&curl_free) free_text = nullptr;
};

/// The library, for the rest of the process. An error (kIo) where it is not there, with the package
/// that has it; `without` says what cannot be done: `no webhook can be sent`.
Result<const CurlLibrary*> OpenCurl(const char* without);

}  // namespace assay::source
