// Bytes that may be an e-mail: read, or refused with a reason; what is read is valid UTF-8 without
// zero characters, and with charsets detected there is nothing but zeros and no header to refuse.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "contract/utf8.h"
#include "source/mail_message.h"

namespace {

using assay::source::MailFallback;
using assay::source::MailMessage;

void Require(bool holds) {
  if (!holds) std::abort();
}

bool IsText(const std::string& text) {
  return !assay::contract::FindInvalidUtf8(text) && text.find('\0') == std::string::npos;
}

void CheckMail(const MailMessage& mail) {
  if (!mail.fault.empty()) return Require(IsText(mail.fault) && IsText(mail.fault_in));
  Require(!mail.headers.empty());
  for (const auto& [name, value] : mail.headers) {
    Require(IsText(name) && IsText(value) && value.find('\n') == std::string::npos);
  }
  Require(!mail.body || IsText(*mail.body));
  Require(mail.body.has_value() == !mail.body_type.empty());
  for (const auto& one : mail.attachments) Require(IsText(one.name) && IsText(one.type));
  for (const std::string& problem : mail.problems) Require(IsText(problem));
  if (mail.date) Require(mail.date->size() == 22 && mail.date->ends_with("+00"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const MailMessage strict = assay::source::ReadMail(bytes, MailFallback::kNone);
  const MailMessage detected = assay::source::ReadMail(bytes, MailFallback::kDetect);
  CheckMail(strict);
  CheckMail(detected);
  // What needs no guess is the same.
  if (strict.fault.empty()) {
    Require(detected.fault.empty() && detected.body == strict.body);
    Require(detected.headers == strict.headers && detected.date == strict.date);
  }
  return 0;
}
