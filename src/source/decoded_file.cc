#include "source/decoded_file.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <vector>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "source/text_encoding.h"

namespace assay::source {
namespace {

constexpr std::size_t kDecodedBlock = 256 * 1024;

struct EncodingAlias {
  std::string_view alias;
  std::string_view name;
};
constexpr std::array kAliases = {
    EncodingAlias{"utf8", "utf-8"},           EncodingAlias{"utf-8-sig", "utf-8"},
    EncodingAlias{"ascii", "utf-8"},          EncodingAlias{"us-ascii", "utf-8"},
    EncodingAlias{"latin1", "latin-1"},       EncodingAlias{"iso-8859-1", "latin-1"},
    EncodingAlias{"iso8859-1", "latin-1"},    EncodingAlias{"cp1252", "windows-1252"},
    EncodingAlias{"cp-1252", "windows-1252"}, EncodingAlias{"utf16", "utf-16"}};

std::string HexBytes(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (!text.empty()) text += ' ';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

// Bytes of which each is a character.
class OneByteFile : public UnpackedFile {
 public:
  OneByteFile(std::unique_ptr<UnpackedFile> bytes, Encoding encoding)
      : bytes_(std::move(bytes)), encoding_(encoding), block_(kDecodedBlock, '\0') {}

  Result<std::size_t> Read(char* data, std::size_t size) override {
    if (given_ == text_.size()) {
      TRY_ASSIGN(const std::size_t read, bytes_->Read(block_.data(), block_.size()));
      text_.clear();
      given_ = 0;
      AppendInUtf8(std::string_view(block_).substr(0, read), encoding_, text_);
    }
    const std::size_t some = std::min(size, text_.size() - given_);
    text_.copy(data, some, given_);
    given_ += some;
    return some;
  }

 private:
  std::unique_ptr<UnpackedFile> bytes_;
  Encoding encoding_;
  std::string block_, text_;
  std::size_t given_ = 0;
};

// Bytes that the C library decodes.
class ConvertedFile : public UnpackedFile {
 public:
  ConvertedFile(std::unique_ptr<UnpackedFile> bytes, std::string location, std::string encoding,
                iconv_t converter)
      : bytes_(std::move(bytes)),
        location_(std::move(location)),
        encoding_(std::move(encoding)),
        converter_(converter),
        block_(kDecodedBlock, '\0'),
        text_(4 * kDecodedBlock, '\0') {}
  ConvertedFile(const ConvertedFile&) = delete;
  ConvertedFile& operator=(const ConvertedFile&) = delete;
  ~ConvertedFile() override { iconv_close(converter_); }

  Result<std::size_t> Read(char* data, std::size_t size) override {
    while (given_ == converted_ && !at_end_) TRY(Convert());
    const std::size_t some = std::min(size, converted_ - given_);
    text_.copy(data, some, given_);
    given_ += some;
    return some;
  }

 private:
  // Decodes what is left of the last block and one more.
  Status Convert() {
    TRY_ASSIGN(const std::size_t read, bytes_->Read(block_.data() + kept_, block_.size() - kept_));
    char* from = block_.data();
    std::size_t left = kept_ + read;
    char* to = text_.data();
    std::size_t room = text_.size();
    const std::size_t done = iconv(converter_, &from, &left, &to, &room);
    const int reason = done == static_cast<std::size_t>(-1) ? errno : 0;
    given_ = 0;
    converted_ = text_.size() - room;
    const auto used = static_cast<std::size_t>(from - block_.data());
    const std::string_view text = std::string_view(text_).substr(0, converted_);
    line_ += std::count(text.begin(), text.end(), '\n');
    offset_ += used;
    const bool is_cut = reason == EINVAL && read == 0 && left > 0;
    if (reason == EILSEQ || is_cut) {
      return Error{
          ErrorCode::kData,
          location_ + ":" + std::to_string(line_) + " is not " + encoding_ +
              (is_cut ? ": it ends within a character, " : ": it has the bytes ") +
              HexBytes(std::string_view(block_).substr(used, std::min<std::size_t>(left, 4))) +
              " at offset " + std::to_string(offset_),
          "declare the `encoding` that it is of, or `detect`"};
    }
    block_.erase(0, used);
    block_.resize(kDecodedBlock);
    kept_ = left;
    at_end_ = read == 0 && left == 0;
    return {};
  }

  std::unique_ptr<UnpackedFile> bytes_;
  std::string location_, encoding_;
  iconv_t converter_;
  std::string block_, text_;
  std::size_t kept_ = 0;  // bytes of a block that wait for more
  std::size_t given_ = 0;
  std::size_t converted_ = 0;
  std::int64_t line_ = 1;
  std::size_t offset_ = 0;
  bool at_end_ = false;
};

bool IsOwnEncoding(const std::string& name) {
  return name == "utf-8" || name == EncodingName(Encoding::kLatin1) ||
         name == EncodingName(Encoding::kWindows1252);
}

iconv_t OpenConverter(const std::string& name) { return iconv_open("UTF-8", name.c_str()); }
bool IsConverter(iconv_t converter) {
  return converter != reinterpret_cast<iconv_t>(-1);  // NOLINT: as the C library has it
}

Error NoSuchEncoding(const std::string& name) {
  return Error{ErrorCode::kUser, "no such encoding: " + name,
               "encodings are utf-8, windows-1252, latin-1, utf-16, those of `iconv --list`, and "
               "`detect`"};
}

// UTF-16 without a mark: of Western text every second byte is zero.
const char* Utf16ByZeros(std::string_view bytes) {
  std::array<std::size_t, 2> zeros = {0, 0};
  for (std::size_t i = 0; i < bytes.size(); ++i) zeros[i % 2] += bytes[i] == '\0' ? 1U : 0U;
  const std::size_t many = bytes.size() / 4;
  if (zeros[1] > many && zeros[0] == 0) return "utf-16le";
  if (zeros[0] > many && zeros[1] == 0) return "utf-16be";
  return nullptr;
}

}  // namespace

Result<std::string> KnownEncoding(const std::string& name) {
  std::string known = Lower(name);
  std::replace(known.begin(), known.end(), '_', '-');
  for (const EncodingAlias& alias : kAliases) {
    if (known == alias.alias) known = alias.name;
  }
  if (IsOwnEncoding(known)) return known;
  const bool is_plain = std::all_of(known.begin(), known.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == ':';
  });
  if (!is_plain || known.empty()) return NoSuchEncoding(name);
  const iconv_t converter = OpenConverter(known);
  if (!IsConverter(converter)) return NoSuchEncoding(name);
  iconv_close(converter);
  return known;
}

Result<std::unique_ptr<UnpackedFile>> OpenDecoded(const SourceFile& file,
                                                  const std::string& encoding) {
  TRY_ASSIGN(auto bytes, UnpackedFile::Open(file));
  TRY_ASSIGN(const std::string name, KnownEncoding(encoding));
  if (name == "utf-8") return bytes;
  for (const Encoding one : {Encoding::kLatin1, Encoding::kWindows1252}) {
    if (name != EncodingName(one)) continue;
    return std::unique_ptr<UnpackedFile>(std::make_unique<OneByteFile>(std::move(bytes), one));
  }
  const iconv_t converter = OpenConverter(name);
  if (!IsConverter(converter)) return NoSuchEncoding(name);
  return std::unique_ptr<UnpackedFile>(
      std::make_unique<ConvertedFile>(std::move(bytes), file.location, name, converter));
}

Result<std::string> DetectFileEncoding(const SourceFile& file) {
  TRY_ASSIGN(const auto bytes, UnpackedFile::Open(file));
  std::string block(kDecodedBlock, '\0');
  std::size_t kept = 0;
  for (bool is_first = true;; is_first = false) {
    TRY_ASSIGN(const std::size_t read, bytes->Read(block.data() + kept, block.size() - kept));
    const std::string_view text = std::string_view(block).substr(0, kept + read);
    if (is_first) {
      if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        return std::string("utf-16");
      }
      if (const char* name = Utf16ByZeros(text)) return std::string(name);
    }
    const auto invalid = contract::FindInvalidUtf8(text);
    // A block may end within a character.
    const bool is_cut = invalid && read > 0 && *invalid + 4 > text.size();
    if (invalid && !is_cut) return std::string(EncodingName(Encoding::kWindows1252));
    if (read == 0) return std::string("utf-8");
    kept = is_cut ? text.size() - *invalid : 0;
    if (is_cut) block.replace(0, kept, block.substr(*invalid, kept));
  }
}

}  // namespace assay::source
