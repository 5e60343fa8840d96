#include "source/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "source/text_encoding.h"

namespace assay::source {
namespace {

// What the system calls a charset, and what others call it, each between blanks.
struct Charset {
  const char* name;
  const char* system;
  std::string_view labels;
};
constexpr std::array kCharsets = {
    Charset{"utf-8", "", " utf8 unicode-1-1-utf-8 "},
    Charset{"windows-1252", "",
            " cp1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 latin-1 "
            "latin1 l1 ascii us-ascii ansi_x3.4-1968 cp819 ibm819 "},
    Charset{"utf-16le", "UTF-16LE", " utf-16 unicode ucs-2 iso-10646-ucs-2 "},
    Charset{"utf-16be", "UTF-16BE", " unicodefffe "},
    Charset{"iso-8859-2", "ISO-8859-2", " iso8859-2 iso_8859-2 latin2 l2 "},
    Charset{"iso-8859-3", "ISO-8859-3", " iso8859-3 iso_8859-3 latin3 l3 "},
    Charset{"iso-8859-4", "ISO-8859-4", " iso8859-4 iso_8859-4 latin4 l4 "},
    Charset{"iso-8859-5", "ISO-8859-5", " iso8859-5 iso_8859-5 cyrillic "},
    Charset{"iso-8859-6", "ISO-8859-6", " iso8859-6 iso_8859-6 arabic ecma-114 "},
    Charset{"iso-8859-7", "ISO-8859-7", " iso8859-7 iso_8859-7 greek greek8 ecma-118 "},
    Charset{"iso-8859-8", "ISO-8859-8",
            " iso8859-8 iso_8859-8 hebrew visual iso-8859-8-i logical "},
    Charset{"iso-8859-10", "ISO-8859-10", " iso8859-10 latin6 l6 "},
    Charset{"iso-8859-13", "ISO-8859-13", " iso8859-13 "},
    Charset{"iso-8859-14", "ISO-8859-14", " iso8859-14 "},
    Charset{"iso-8859-15", "ISO-8859-15", " iso8859-15 iso_8859-15 latin-9 latin9 l9 "},
    Charset{"iso-8859-16", "ISO-8859-16", " iso8859-16 "},
    Charset{"windows-874", "CP874", " dos-874 iso-8859-11 iso8859-11 tis-620 "},
    Charset{"windows-1250", "CP1250", " cp1250 x-cp1250 "},
    Charset{"windows-1251", "CP1251", " cp1251 x-cp1251 "},
    Charset{"windows-1253", "CP1253", " cp1253 x-cp1253 "},
    Charset{"windows-1254", "CP1254",
            " cp1254 x-cp1254 iso-8859-9 iso8859-9 iso_8859-9 latin5 l5 "},
    Charset{"windows-1255", "CP1255", " cp1255 x-cp1255 "},
    Charset{"windows-1256", "CP1256", " cp1256 x-cp1256 "},
    Charset{"windows-1257", "CP1257", " cp1257 x-cp1257 "},
    Charset{"windows-1258", "CP1258", " cp1258 x-cp1258 "},
    Charset{"ibm866", "CP866", " 866 cp866 csibm866 "},
    Charset{"koi8-r", "KOI8-R", " koi koi8 koi8_r cskoi8r "},
    Charset{"koi8-u", "KOI8-U", " koi8-ru "},
    Charset{"macintosh", "MACINTOSH", " mac x-mac-roman csmacintosh "},
    Charset{"x-mac-cyrillic", "MAC-CYRILLIC", " x-mac-ukrainian "},
    Charset{"gb18030", "GB18030", " gbk gb2312 gb_2312 gb_2312-80 chinese x-gbk csgb2312 cp936 "},
    Charset{"big5", "BIG5-HKSCS", " big5-hkscs cn-big5 csbig5 x-x-big5 cp950 "},
    Charset{"euc-jp", "EUC-JP", " x-euc-jp cseucpkdfmtjapanese "},
    Charset{"iso-2022-jp", "ISO-2022-JP", " csiso2022jp "},
    Charset{"shift_jis", "CP932",
            " shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis cp932 "},
    Charset{"euc-kr", "CP949",
            " ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 cseuckr cp949 "},
};

const Charset* FindCharset(std::string_view name) {
  const auto found = std::ranges::find(kCharsets, name, &Charset::name);
  return found == kCharsets.end() ? nullptr : found;
}

// The bytes at the end that may begin a character whose rest is still to come.
std::size_t BegunAtEnd(std::string_view bytes, std::size_t invalid) {
  const std::size_t left = bytes.size() - invalid;
  const auto lead = static_cast<unsigned char>(bytes[invalid]);
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  return left < length && left < 4 ? left : 0;
}

}  // namespace

std::optional<std::string> CharsetOf(std::string_view label) {
  const std::string wanted = Lower(contract::Trim(label));
  if (wanted.empty() || wanted.find(' ') != std::string::npos) return std::nullopt;
  for (const Charset& charset : kCharsets) {
    const bool is_it =
        wanted == charset.name || charset.labels.find(" " + wanted + " ") != std::string_view::npos;
    if (is_it) return charset.name;
  }
  return std::nullopt;
}

std::optional<std::string> CharsetOfMark(std::string_view bytes) {
  using std::string_view_literals::operator""sv;
  if (bytes.starts_with("\xef\xbb\xbf")) return "utf-8";
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("<\0"sv)) return "utf-16le";
  if (bytes.starts_with("\xfe\xff") || bytes.starts_with("\0<"sv)) return "utf-16be";
  return std::nullopt;
}

struct CharsetDecoder::State {
  bool is_known = false;
  bool is_utf8 = false;
  iconv_t system = reinterpret_cast<iconv_t>(-1);  // NOLINT: what iconv has for none
  std::string kept;                                // the beginning of a character
  std::size_t taken = 0;                           // bytes before those kept
  bool at_start = true;

  bool HasSystem() const { return system != reinterpret_cast<iconv_t>(-1); }  // NOLINT
  ~State() {
    if (HasSystem()) iconv_close(system);
  }

  std::optional<std::size_t> AppendUtf8(std::string_view bytes, bool is_last, std::string& text) {
    std::string whole;
    if (!kept.empty()) {
      whole = kept + std::string(bytes);
      bytes = whole;
      kept.clear();
    }
    std::string_view good = bytes;
    std::optional<std::size_t> fault;
    if (const auto invalid = contract::FindInvalidUtf8(bytes)) {
      good = bytes.substr(0, *invalid);
      if (!is_last && BegunAtEnd(bytes, *invalid) > 0) {
        kept = bytes.substr(*invalid);
      } else {
        fault = taken + *invalid;
      }
    }
    text += good;
    taken += good.size();
    return fault;
  }

  std::optional<std::size_t> AppendBySystem(std::string_view bytes, bool is_last,
                                            std::string& text) {
    std::string whole = kept + std::string(bytes);
    kept.clear();
    char* in = whole.data();
    std::size_t left = whole.size();
    std::array<char, 16384> block{};
    while (left > 0) {
      char* out = block.data();
      std::size_t room = block.size();
      const std::size_t result = iconv(system, &in, &left, &out, &room);
      text.append(block.data(), block.size() - room);
      if (result != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
      if (errno == EINVAL && !is_last) break;
      return taken + (whole.size() - left);
    }
    kept.assign(in, left);
    taken += whole.size() - left;
    return std::nullopt;
  }
};

CharsetDecoder::CharsetDecoder(const std::string& charset) : state_(std::make_unique<State>()) {
  const Charset* found = FindCharset(charset);
  if (found == nullptr) return;
  const bool is_own = found->system[0] == '\0';
  state_->is_utf8 = charset == "utf-8";
  if (!is_own) state_->system = iconv_open("UTF-8", found->system);
  state_->is_known = is_own || state_->HasSystem();
}
CharsetDecoder::CharsetDecoder(CharsetDecoder&&) noexcept = default;
CharsetDecoder& CharsetDecoder::operator=(CharsetDecoder&&) noexcept = default;
CharsetDecoder::~CharsetDecoder() = default;

bool CharsetDecoder::is_known() const { return state_->is_known; }

std::optional<std::size_t> CharsetDecoder::Append(std::string_view bytes, bool is_last,
                                                  std::string& text) {
  const std::size_t before = text.size();
  std::optional<std::size_t> fault;
  if (state_->HasSystem()) {
    fault = state_->AppendBySystem(bytes, is_last, text);
  } else if (state_->is_utf8) {
    fault = state_->AppendUtf8(bytes, is_last, text);
  } else {
    AppendInUtf8(bytes, Encoding::kWindows1252, text);
  }
  if (state_->at_start && text.size() > before) {
    state_->at_start = false;
    if (std::string_view(text).substr(before).starts_with("\xef\xbb\xbf")) text.erase(before, 3);
  }
  return fault;
}

std::optional<std::size_t> AppendDecodedText(std::string_view bytes, const std::string& charset,
                                             std::string& text) {
  CharsetDecoder decoder(charset);
  if (!decoder.is_known()) return 0;
  return decoder.Append(bytes, true, text);
}

}  // namespace assay::source
