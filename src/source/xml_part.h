/// An XML file within a zip archive, as events of its elements. Memory is bounded whatever the file
/// holds: one block and one tag of it. Knows no format that is written in XML.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "source/zip_entry.h"

struct XML_ParserStruct;

namespace assay::source {

/// Attributes of an element, without the prefixes of name spaces.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
  /// Empty where there is none. With a colon before it the name is one that has a prefix: `:id` is
  /// `r:id` and not `id`.
  std::string_view Get(std::string_view name) const;

 private:
  const char** pairs_;
};

/// What is told of an XML text. Names are without prefixes.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void OnStart(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void OnEnd(std::string_view name) = 0;
  /// A piece of text; one text may come in many.
  virtual void OnText(std::string_view text) = 0;

  /// Why the reading must end; empty as a rule.
  const std::string& fault() const { return fault_; }

 protected:
  void Fail(std::string reason) {
    if (fault_.empty()) fault_ = std::move(reason);
  }

 private:
  std::string fault_;
};

class XmlPart {
 public:
  /// The handler lives as long as the part does.
  static Result<std::unique_ptr<XmlPart>> Open(const SourceFile& file, const std::string& name,
                                               XmlHandler& handler);
  ~XmlPart();
  XmlPart(const XmlPart&) = delete;
  XmlPart& operator=(const XmlPart&) = delete;

  /// Reads a block and tells the handler of it; false behind the end. What is no well-formed XML,
  /// declares a document type, or is nested or written beyond all measure is kData.
  Result<bool> Advance();

 private:
  XmlPart(const SourceFile& file, const std::string& name, XmlHandler& handler);

  static void Start(void* self, const char* name, const char** attributes);
  static void End(void* self, const char* name);
  static void Text(void* self, const char* text, int size);
  static void DocumentType(void* self, const char* name, const char* system_id,
                           const char* public_id, int has_internal_subset);
  void Stop(const std::string& reason);
  Error Wrong(const std::string& reason) const;

  std::string location_;
  std::string name_;
  XmlHandler& handler_;
  XML_ParserStruct* parser_;
  std::unique_ptr<ZipEntry> entry_;
  std::string block_;
  std::string stopped_;
  std::uint64_t fed_ = 0;
  int depth_ = 0;
  bool is_done_ = false;
};

/// Reads all of a part.
Status ReadXmlPart(const SourceFile& file, const std::string& name, XmlHandler& handler);

}  // namespace assay::source
