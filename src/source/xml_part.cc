#include "source/xml_part.h"

#include <expat.h>

#include <utility>

#include "contract/utf8.h"

namespace assay::source {
namespace {

constexpr std::size_t kXmlBlock = 64 * 1024;
constexpr std::uint64_t kLongestTag = 4 << 20;
constexpr int kDeepestElement = 256;

std::string_view WithoutPrefix(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

std::string_view XmlAttributes::Get(std::string_view name) const {
  const bool has_prefix = name.starts_with(':');
  const std::string_view own = has_prefix ? name.substr(1) : name;
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    const std::string_view found = pair[0];
    if (has_prefix ? found != own && WithoutPrefix(found) == own : found == own) return pair[1];
  }
  return {};
}

XmlPart::XmlPart(const SourceFile& file, const std::string& name, XmlHandler& handler)
    : location_(file.location),
      name_(name),
      handler_(handler),
      parser_(XML_ParserCreate(nullptr)),
      block_(kXmlBlock, '\0') {
  XML_SetUserData(parser_, this);
  XML_SetElementHandler(parser_, Start, End);
  XML_SetCharacterDataHandler(parser_, Text);
  XML_SetStartDoctypeDeclHandler(parser_, DocumentType);
}

XmlPart::~XmlPart() { XML_ParserFree(parser_); }

Result<std::unique_ptr<XmlPart>> XmlPart::Open(const SourceFile& file, const std::string& name,
                                               XmlHandler& handler) {
  std::unique_ptr<XmlPart> part(new XmlPart(file, name, handler));
  TRY_ASSIGN(part->entry_, ZipEntry::Open(file, name));
  return part;
}

Result<bool> XmlPart::Advance() {
  if (is_done_) return false;
  TRY_ASSIGN(const std::size_t size, entry_->Read(block_.data(), block_.size()));
  is_done_ = size == 0;
  const XML_Status status =
      XML_Parse(parser_, block_.data(), static_cast<int>(size), is_done_ ? XML_TRUE : XML_FALSE);
  if (!stopped_.empty()) return Wrong(stopped_);
  if (status != XML_STATUS_OK) {
    return Wrong(std::string("no well-formed XML: ") + XML_ErrorString(XML_GetErrorCode(parser_)));
  }
  fed_ += size;
  // What is not told of yet waits in memory.
  const XML_Index told = XML_GetCurrentByteIndex(parser_);
  if (told >= 0 && fed_ - static_cast<std::uint64_t>(told) > kLongestTag) {
    return Wrong("a tag of more than 4 MiB");
  }
  return !is_done_;
}

void XmlPart::Start(void* self, const char* name, const char** attributes) {
  auto* part = static_cast<XmlPart*>(self);
  if (!part->stopped_.empty()) return;
  if (++part->depth_ > kDeepestElement) return part->Stop("elements nested too deep");
  part->handler_.OnStart(WithoutPrefix(name), XmlAttributes(attributes));
  part->Stop(part->handler_.fault());
}

void XmlPart::End(void* self, const char* name) {
  auto* part = static_cast<XmlPart*>(self);
  if (!part->stopped_.empty()) return;
  --part->depth_;
  part->handler_.OnEnd(WithoutPrefix(name));
  part->Stop(part->handler_.fault());
}

void XmlPart::Text(void* self, const char* text, int size) {
  auto* part = static_cast<XmlPart*>(self);
  if (!part->stopped_.empty()) return;
  part->handler_.OnText({text, static_cast<std::size_t>(size)});
  part->Stop(part->handler_.fault());
}

// Entities of its own may expand to more than any memory holds.
void XmlPart::DocumentType(void* self, const char*, const char*, const char*, int) {
  static_cast<XmlPart*>(self)->Stop("a document type, which has no place there");
}

void XmlPart::Stop(const std::string& reason) {
  if (reason.empty()) return;
  stopped_ = reason;
  XML_StopParser(parser_, XML_FALSE);
}

Error XmlPart::Wrong(const std::string& reason) const {
  return {ErrorCode::kData,
          location_ + ": its part " + contract::Printable(name_) + " has in line " +
              std::to_string(XML_GetCurrentLineNumber(parser_)) + " " + reason,
          "open the file in a spreadsheet program and save it again, or take it away"};
}

Status ReadXmlPart(const SourceFile& file, const std::string& name, XmlHandler& handler) {
  TRY_ASSIGN(const auto part, XmlPart::Open(file, name, handler));
  for (;;) {
    TRY_ASSIGN(const bool goes_on, part->Advance());
    if (!goes_on) return {};
  }
}

}  // namespace assay::source
