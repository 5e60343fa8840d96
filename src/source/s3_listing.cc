#include "source/s3_listing.h"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>

#include "contract/utf8.h"
#include "source/aws_signature.h"

namespace assay::source {
namespace {

constexpr std::size_t kLongestAnswer = std::size_t{64} << 20;
constexpr std::size_t kLongestValue = 64 << 10;  // a key has 1,024 bytes at most
constexpr std::size_t kDeepestAnswer = 16;
constexpr std::size_t kMostShownOfRefusal = 300;

struct AnswerParserFree {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using AnswerParser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, AnswerParserFree>;

// Calls `end` with the path of each element, as `/ListBucketResult/Contents/Key`, and its text.
class AnswerReader {
 public:
  using OnEnd = std::function<void(const std::string& path, const std::string& text)>;

  explicit AnswerReader(OnEnd end) : parser_(XML_ParserCreate(nullptr)), end_(std::move(end)) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), Start, End);
    XML_SetCharacterDataHandler(parser_.get(), Text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), DocumentType);
  }

  // Empty, or what is wrong.
  std::string Read(std::string_view xml) {
    if (xml.size() > kLongestAnswer) return "is longer than 64 MiB";
    const XML_Status status =
        XML_Parse(parser_.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE);
    if (!fault_.empty() || status == XML_STATUS_OK) return fault_;
    return std::string("is no well-formed XML: ") +
           XML_ErrorString(XML_GetErrorCode(parser_.get()));
  }

 private:
  static void Start(void* self, const char* name, const char** /*attributes*/) {
    auto& reader = *static_cast<AnswerReader*>(self);
    if (reader.ends_.size() == kDeepestAnswer) return reader.Stop("is nested too deep");
    reader.ends_.push_back(reader.path_.size());
    reader.path_ += std::string("/") + name;
    reader.text_.clear();
    if (reader.path_.size() > kLongestValue) reader.Stop("has a name that is too long");
  }
  static void End(void* self, const char* /*name*/) {
    auto& reader = *static_cast<AnswerReader*>(self);
    if (!reader.fault_.empty()) return;
    reader.end_(reader.path_, reader.text_);
    reader.path_.resize(reader.ends_.back());
    reader.ends_.pop_back();
    reader.text_.clear();
  }
  static void Text(void* self, const char* text, int size) {
    auto& reader = *static_cast<AnswerReader*>(self);
    reader.text_.append(text, static_cast<std::size_t>(size));
    if (reader.text_.size() > kLongestValue) reader.Stop("has a value that is too long");
  }
  // Entities of its own may expand to more than any memory holds.
  static void DocumentType(void* self, const char*, const char*, const char*, int) {
    static_cast<AnswerReader*>(self)->Stop("has a document type");
  }

  void Stop(const char* fault) {
    if (fault_.empty()) fault_ = fault;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  AnswerParser parser_;
  OnEnd end_;
  std::string path_;
  std::vector<std::size_t> ends_;  // lengths of the paths above
  std::string text_;
  std::string fault_;
};

// Reads the elements of a listing.
class ListingReader {
 public:
  void End(const std::string& path, const std::string& text) {
    constexpr std::string_view kRoot = "/ListBucketResult";
    if (!path.starts_with(kRoot)) return;
    is_listing_ = true;
    const std::string_view name = std::string_view(path).substr(kRoot.size());
    if (name == "/Contents/Key") {
      object_.key = text;
      has_key_ = true;
    } else if (name == "/Contents/ETag") {
      object_.etag = text;
    } else if (name == "/Contents/Size") {
      is_wrong_ = is_wrong_ || !ReadSize(text);
    } else if (name == "/Contents") {
      TakeObject();
    } else if (name == "/NextContinuationToken") {
      next_ = text;
    } else if (name == "/IsTruncated") {
      is_cut_ = text == "true";
    } else if (name == "/EncodingType") {
      is_encoded_ = text == "url";
    }
  }

  Result<S3Listing> Finish(const std::string& where) {
    const auto wrong = [&](const std::string& what) {
      return Error{ErrorCode::kData, where + " answers with " + what,
                   "look at `endpoint`: it must be the address of a store that speaks S3"};
    };
    if (!is_listing_) return wrong("what is no listing of a bucket");
    if (is_wrong_) return wrong("a listing that has an object without a key, or without a size");
    if (is_cut_ && next_.empty()) return wrong("a part of a listing that names no next one");
    if (is_encoded_) {
      for (S3Object& object : listing_.objects) {
        std::ranges::replace(object.key, '+', ' ');
        object.key = PercentDecoded(object.key);
      }
    }
    if (is_cut_) listing_.next = next_;
    return std::move(listing_);
  }

 private:
  bool ReadSize(const std::string& text) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, object_.bytes);
    has_size_ = error == std::errc() && stop == end;
    return has_size_;
  }

  void TakeObject() {
    is_wrong_ = is_wrong_ || !has_key_ || object_.key.empty() || !has_size_;
    listing_.objects.push_back(std::move(object_));
    object_ = {};
    has_key_ = has_size_ = false;
  }

  S3Listing listing_;
  S3Object object_;
  std::string next_;
  bool has_key_ = false, has_size_ = false;
  bool is_listing_ = false, is_cut_ = false, is_encoded_ = false, is_wrong_ = false;
};

std::string ShownOfRefusal(const std::string& text) {
  return contract::Printable(text.substr(0, kMostShownOfRefusal));
}

}  // namespace

Result<S3Listing> ParseS3Listing(std::string_view xml, const std::string& where) {
  ListingReader listing;
  AnswerReader reader(
      [&](const std::string& path, const std::string& text) { listing.End(path, text); });
  const std::string fault = reader.Read(xml);
  if (!fault.empty()) {
    return Error{ErrorCode::kData, where + " answers with a listing that " + fault,
                 "look at `endpoint`: it must be the address of a store that speaks S3"};
  }
  return listing.Finish(where);
}

S3Refusal ParseS3Refusal(std::string_view xml) {
  S3Refusal refusal;
  AnswerReader reader([&](const std::string& path, const std::string& text) {
    if (path == "/Error/Code") refusal.code = ShownOfRefusal(text);
    if (path == "/Error/Message") refusal.message = ShownOfRefusal(text);
    if (path == "/Error/Region") refusal.region = ShownOfRefusal(text);
  });
  return reader.Read(xml).empty() ? refusal : S3Refusal();
}

}  // namespace assay::source
