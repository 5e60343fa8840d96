#include "source/text_encoding.h"

#include <array>

namespace assay::source {
namespace {

// Characters of the bytes 0x80 to 0x9f; the others are those of latin-1.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

void AppendCharacter(unsigned character, std::string& text) {
  const auto append = [&](unsigned byte) { text += static_cast<char>(byte); };
  if (character < 0x80) return append(character);
  if (character < 0x800) {
    append(0xc0U | (character >> 6));
  } else {
    append(0xe0U | (character >> 12));
    append(0x80U | ((character >> 6) & 0x3fU));
  }
  append(0x80U | (character & 0x3fU));
}

}  // namespace

const char* EncodingName(Encoding encoding) {
  switch (encoding) {
    case Encoding::kLatin1:
      return "latin-1";
    case Encoding::kWindows1252:
      return "windows-1252";
    case Encoding::kUtf8:
      break;
  }
  return "utf-8";
}

void AppendInUtf8(std::string_view bytes, Encoding encoding, std::string& text) {
  for (const char c : bytes) {
    const unsigned byte = static_cast<unsigned char>(c);
    const bool differs = encoding == Encoding::kWindows1252 && byte >= 0x80 && byte < 0xa0;
    AppendCharacter(differs ? kWindows1252[byte - 0x80] : byte, text);
  }
}

}  // namespace assay::source
