/// Sends one text to one address. libcurl is opened when it is first needed, so that nothing else
/// waits for it.
#pragma once

#include <string>

#include "base/result.h"

namespace assay::monitor {

struct WebhookRequest {
  std::string url;  ///< http or https; it may hold a secret and stands in no message
  std::string body;
  std::string content_type = "application/cloudevents+json";
  long timeout_seconds = 10;
};

/// Posts the body; any answer from 200 to 299 is success. Follows no redirection. Errors (kIo) say
/// what happened without the address.
Status PostWebhook(const WebhookRequest& request);

}  // namespace assay::monitor
