#include "source/image_header.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/hash.h"

namespace assay::source {
namespace {

using std::string_view_literals::operator""sv;

Error Refused(const std::string& reason) { return {ErrorCode::kData, reason, ""}; }

Error CutShort(const std::string& where) { return Refused("cut short: " + where); }

// Numbers at places in bytes; beyond the end they are 0, and `is_beyond` tells so.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, bool is_big_endian)
      : bytes_(bytes), is_big_endian_(is_big_endian) {}

  std::uint64_t Number(std::uint64_t at, std::uint64_t size) {
    if (at > bytes_.size() || size > bytes_.size() - at) {
      is_beyond_ = true;
      return 0;
    }
    std::uint64_t number = 0;
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::uint64_t place = is_big_endian_ ? at + i : at + size - 1 - i;
      number = number << 8U | static_cast<unsigned char>(bytes_[place]);
    }
    return number;
  }
  std::int64_t Signed32(std::uint64_t at) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(Number(at, 4)));
  }
  bool is_beyond() const { return is_beyond_; }

 private:
  std::string_view bytes_;
  bool is_big_endian_;
  bool is_beyond_ = false;
};

Status CheckSize(const ImageHeader& header) {
  if (header.width > 0 && header.height > 0) return {};
  return Refused("a size of " + std::to_string(header.width) + " x " +
                 std::to_string(header.height));
}

// Directories of tags, of TIFF and of EXIF.
struct TiffTag {
  std::uint64_t type = 0;
  std::uint64_t count = 0;
  std::uint64_t place = 0;  // of its values in the bytes
};

class TiffReader {
 public:
  static Result<TiffReader> Open(std::string_view bytes) {
    const bool is_big = bytes.starts_with("MM");
    if (!is_big && !bytes.starts_with("II")) return Refused("no TIFF: neither II nor MM");
    TiffReader tiff(bytes, is_big);
    const std::uint64_t mark = tiff.reader_.Number(2, 2);
    if (mark != 42 && mark != 43) return Refused("no TIFF: its mark is " + std::to_string(mark));
    tiff.is_wide_ = mark == 43;
    tiff.next_ = tiff.is_wide_ ? tiff.reader_.Number(8, 8) : tiff.reader_.Number(4, 4);
    if (tiff.reader_.is_beyond()) return CutShort("its first bytes");
    return tiff;
  }

  std::uint64_t next() const { return next_; }

  // Reads the directory at `next`; what it had before is gone.
  Status ReadDirectory() {
    tags_.clear();
    const std::uint64_t at = next_;
    const std::uint64_t count = reader_.Number(at, is_wide_ ? 8 : 2);
    const std::uint64_t size = is_wide_ ? 20 : 12;
    const std::uint64_t head = is_wide_ ? 8 : 2;
    if (reader_.is_beyond() || count > bytes_.size() / size) return CutShort("a directory of tags");
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t entry = at + head + i * size;
      TiffTag tag;
      tag.type = reader_.Number(entry + 2, 2);
      tag.count = reader_.Number(entry + 4, is_wide_ ? 8 : 4);
      const std::uint64_t value = entry + (is_wide_ ? 12 : 8);
      const std::uint64_t inside = is_wide_ ? 8 : 4;
      const bool is_inside = tag.count <= inside && tag.count * SizeOf(tag.type) <= inside;
      tag.place = is_inside ? value : reader_.Number(value, inside);
      tags_.emplace(reader_.Number(entry, 2), tag);
    }
    next_ = reader_.Number(at + head + count * size, is_wide_ ? 8 : 4);
    if (reader_.is_beyond()) return CutShort("a directory of tags");
    return {};
  }

  std::uint64_t num_tags() const { return tags_.size(); }
  bool Has(std::uint64_t tag) const { return tags_.count(tag) > 0; }

  std::uint64_t CountOf(std::uint64_t tag) const {
    const auto found = tags_.find(tag);
    return found == tags_.end() ? 0 : found->second.count;
  }

  // The value with a number of a tag; `otherwise` where the tag is not there.
  std::uint64_t ValueOf(std::uint64_t tag, std::uint64_t number, std::uint64_t otherwise) {
    const auto found = tags_.find(tag);
    if (found == tags_.end() || number >= found->second.count) return otherwise;
    const std::uint64_t size = SizeOf(found->second.type);
    if (size == 0 || number > bytes_.size() || found->second.place > bytes_.size()) {
      return otherwise;
    }
    return reader_.Number(found->second.place + number * size, size);
  }

  bool is_beyond() const { return reader_.is_beyond(); }

 private:
  TiffReader(std::string_view bytes, bool is_big) : bytes_(bytes), reader_(bytes, is_big) {}

  // Of the types that are whole numbers; 0 of others.
  static std::uint64_t SizeOf(std::uint64_t type) {
    switch (type) {
      case 1:
        return 1;
      case 3:
        return 2;
      case 4:
      case 13:
        return 4;
      case 16:
      case 18:
        return 8;
      default:
        return 0;
    }
  }

  std::string_view bytes_;
  ByteReader reader_;
  bool is_wide_ = false;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, TiffTag> tags_;
};

constexpr std::uint64_t kOrientationTag = 274;

std::optional<int> OrientationOf(TiffReader& tiff) {
  const std::uint64_t orientation = tiff.ValueOf(kOrientationTag, 0, 0);
  if (orientation < 1 || orientation > 8) return std::nullopt;
  return static_cast<int>(orientation);
}

// Of EXIF bytes; what is wrong with them is no fault of the image.
std::optional<int> ExifOrientation(std::string_view exif) {
  if (exif.starts_with("Exif\0\0"sv)) exif.remove_prefix(6);
  auto tiff = TiffReader::Open(exif);
  if (!tiff.ok() || !tiff->ReadDirectory().ok()) return std::nullopt;
  return OrientationOf(*tiff);
}

Result<ImageHeader> ReadPng(std::string_view bytes) {
  ImageHeader header{.format = "png"};
  ByteReader reader(bytes, true);
  constexpr std::uint64_t kMark = 8;
  bool has_data = false;
  for (std::uint64_t at = kMark; at < bytes.size();) {
    const std::uint64_t size = reader.Number(at, 4);
    const std::uint64_t sum = reader.Number(at + 8 + size, 4);
    if (reader.is_beyond()) return CutShort("a chunk at byte " + std::to_string(at));
    const std::string_view kind = bytes.substr(at + 4, 4);
    const std::string_view data = bytes.substr(at + 8, size);
    const std::string_view summed = bytes.substr(at + 4, size + 4);
    const auto own = crc32_z(0, reinterpret_cast<const Bytef*>(summed.data()), summed.size());
    if (own != sum) {
      return Refused("damaged: the checksum of a chunk differs, at byte " + std::to_string(at));
    }
    if ((at == kMark) != (kind == "IHDR")) return Refused("damaged: its first chunk is no header");
    if (kind == "IHDR") {
      if (size != 13) return Refused("damaged: a header of " + std::to_string(size) + " bytes");
      header.width = static_cast<std::int64_t>(reader.Number(at + 8, 4));
      header.height = static_cast<std::int64_t>(reader.Number(at + 12, 4));
      header.bit_depth = static_cast<int>(reader.Number(at + 16, 1));
      const std::uint64_t color = reader.Number(at + 17, 1);
      struct Color {
        const char* mode;
        int channels;
      };
      constexpr std::array<Color, 7> kColors = {{{"gray", 1},
                                                 {nullptr, 0},
                                                 {"rgb", 3},
                                                 {"palette", 1},
                                                 {"gray_alpha", 2},
                                                 {nullptr, 0},
                                                 {"rgba", 4}}};
      if (color >= kColors.size() || kColors[color].mode == nullptr) {
        return Refused("damaged: a color type " + std::to_string(color));
      }
      header.mode = kColors[color].mode;
      header.channels = kColors[color].channels;
      TRY(CheckSize(header));
    } else if (kind == "IDAT") {
      has_data = true;
    } else if (kind == "acTL" && size >= 8) {
      header.frames =
          std::max<std::int64_t>(1, static_cast<std::int64_t>(reader.Number(at + 8, 4)));
    } else if (kind == "eXIf") {
      header.orientation = ExifOrientation(data);
    } else if (kind == "IEND") {
      if (!has_data) return Refused("no image data");
      return header;
    }
    at += 12 + size;
  }
  return CutShort("no end of the image");
}

Result<ImageHeader> ReadJpeg(std::string_view bytes) {
  ImageHeader header{.format = "jpeg"};
  ByteReader reader(bytes, true);
  bool has_frame = false;
  bool has_scan = false;
  std::uint64_t at = 2;
  while (at + 1 < bytes.size()) {
    // Behind the begin of a scan are data, in which 0xff is followed by 0 or a restart.
    if (static_cast<unsigned char>(bytes[at]) != 0xff) {
      if (!has_scan) return Refused("damaged: no marker at byte " + std::to_string(at));
      at = std::min(bytes.find('\xff', at), bytes.size());
      continue;
    }
    const auto marker = static_cast<unsigned char>(bytes[at + 1]);
    if (marker == 0xff) {
      ++at;
      continue;
    }
    const bool is_alone = marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8);
    if (is_alone) {
      if (!has_scan && marker == 0) {
        return Refused("damaged: no marker at byte " + std::to_string(at));
      }
      at += 2;
      continue;
    }
    if (marker == 0xd9) {
      if (!has_frame || !has_scan) return Refused("no image data");
      return header;
    }
    const std::uint64_t size = reader.Number(at + 2, 2);
    if (reader.is_beyond() || at + 2 + size > bytes.size()) return CutShort("a segment");
    if (size < 2) return Refused("damaged: a segment of no size at byte " + std::to_string(at));
    const bool is_frame =
        marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (is_frame && !has_frame) {
      if (size < 8) return Refused("damaged: a frame header of " + std::to_string(size) + " bytes");
      has_frame = true;
      header.bit_depth = static_cast<int>(reader.Number(at + 4, 1));
      header.height = static_cast<std::int64_t>(reader.Number(at + 5, 2));
      header.width = static_cast<std::int64_t>(reader.Number(at + 7, 2));
      header.channels = static_cast<int>(reader.Number(at + 9, 1));
      if (header.channels == 1) header.mode = "gray";
      if (header.channels == 3) header.mode = "rgb";
      if (header.channels == 4) header.mode = "cmyk";
      TRY(CheckSize(header));
    }
    const std::string_view data = bytes.substr(at + 4, size - 2);
    if (marker == 0xe1 && data.starts_with("Exif\0\0"sv) && !header.orientation) {
      header.orientation = ExifOrientation(data);
    }
    if (marker == 0xda) has_scan = true;
    at += 2 + size;
  }
  return CutShort("no end of the image");
}

Result<ImageHeader> ReadGif(std::string_view bytes) {
  ImageHeader header{
      .format = "gif", .mode = "palette", .channels = 1, .bit_depth = 8, .frames = 0};
  ByteReader reader(bytes, false);
  header.width = static_cast<std::int64_t>(reader.Number(6, 2));
  header.height = static_cast<std::int64_t>(reader.Number(8, 2));
  const std::uint64_t flags = reader.Number(10, 1);
  if (reader.is_beyond()) return CutShort("the header");
  const auto table = [](std::uint64_t of) {
    return (of & 0x80U) != 0 ? 3U << ((of & 7U) + 1) : 0U;
  };
  std::uint64_t at = 13 + table(flags);
  while (at < bytes.size()) {
    const std::uint64_t block = reader.Number(at, 1);
    if (block == 0x3b) {
      if (header.frames == 0) return Refused("no image data");
      TRY(CheckSize(header));
      return header;
    }
    if (block == 0x2c) {
      ++header.frames;
      at += 11 + table(reader.Number(at + 9, 1));
    } else if (block == 0x21) {
      at += 2;
    } else {
      return Refused("damaged: no block at byte " + std::to_string(at));
    }
    std::uint64_t size = reader.Number(at, 1);
    for (; size > 0; size = reader.Number(at, 1)) at += size + 1;
    ++at;
    if (reader.is_beyond()) break;
  }
  return CutShort("no end of the image");
}

Result<ImageHeader> ReadBmp(std::string_view bytes) {
  ImageHeader header{.format = "bmp"};
  ByteReader reader(bytes, false);
  const std::uint64_t pixels = reader.Number(10, 4);
  const std::uint64_t size = reader.Number(14, 4);
  const bool is_old = size == 12;
  if (!is_old && (size < 40 || size > 256)) {
    return reader.is_beyond() ? CutShort("the header")
                              : Refused("a header of " + std::to_string(size) + " bytes");
  }
  header.width = is_old ? static_cast<std::int64_t>(reader.Number(18, 2)) : reader.Signed32(18);
  header.height = is_old ? static_cast<std::int64_t>(reader.Number(20, 2)) : reader.Signed32(22);
  if (header.height < 0) header.height = -header.height;  // stored from top to bottom
  const std::uint64_t bits = reader.Number(is_old ? 24 : 28, 2);
  const std::uint64_t packing = is_old ? 0 : reader.Number(30, 4);
  const std::uint64_t alpha = size >= 56 ? reader.Number(66, 4) : 0;
  if (reader.is_beyond()) return CutShort("the header");
  TRY(CheckSize(header));
  static const std::set<std::uint64_t> kBits = {1, 2, 4, 8, 16, 24, 32};
  if (kBits.count(bits) == 0) return Refused("pixels of " + std::to_string(bits) + " bits");
  const bool is_palette = bits <= 8;
  header.mode = is_palette ? "palette" : alpha != 0 ? "rgba" : "rgb";
  header.channels = is_palette ? 1 : alpha != 0 ? 4 : 3;
  header.bit_depth = is_palette ? static_cast<int>(bits) : bits == 16 ? 5 : 8;
  const bool is_plain = packing == 0 || packing == 3 || packing == 6;
  const std::uint64_t row = (static_cast<std::uint64_t>(header.width) * bits + 31) / 32 * 4;
  const bool has_all = pixels <= bytes.size() &&
                       row <= (bytes.size() - pixels) / static_cast<std::uint64_t>(header.height);
  if (is_plain && !has_all) return CutShort("the pixels");
  return header;
}

Result<ImageHeader> ReadWebp(std::string_view bytes) {
  ImageHeader header{.format = "webp", .mode = "rgb", .channels = 3, .bit_depth = 8, .frames = 0};
  ByteReader reader(bytes, false);
  const std::uint64_t end = reader.Number(4, 4) + 8;
  if (end > bytes.size()) return CutShort("the container says " + std::to_string(end) + " bytes");
  bool has_canvas = false;
  bool has_alpha = false;
  std::int64_t animated = 0;
  for (std::uint64_t at = 12; at + 8 <= end;) {
    const std::string_view kind = bytes.substr(at, 4);
    const std::uint64_t size = reader.Number(at + 4, 4);
    const std::uint64_t data = at + 8;
    if (size > end - data) return CutShort("a chunk");
    if (kind == "VP8X") {
      has_canvas = true;
      has_alpha = (reader.Number(data, 1) & 0x10U) != 0;
      header.width = static_cast<std::int64_t>(reader.Number(data + 4, 3)) + 1;
      header.height = static_cast<std::int64_t>(reader.Number(data + 7, 3)) + 1;
      if (size < 10) return Refused("damaged: a canvas of " + std::to_string(size) + " bytes");
    } else if (kind == "VP8 ") {
      ++header.frames;
      if (size < 10 || reader.Number(data + 3, 3) != 0x2a019d) {
        return Refused("damaged: no key frame where the image should be");
      }
      if (!has_canvas) {
        header.width = static_cast<std::int64_t>(reader.Number(data + 6, 2) & 0x3fffU);
        header.height = static_cast<std::int64_t>(reader.Number(data + 8, 2) & 0x3fffU);
      }
    } else if (kind == "VP8L") {
      ++header.frames;
      if (size < 5 || reader.Number(data, 1) != 0x2f) {
        return Refused("damaged: no lossless image where it should be");
      }
      const std::uint64_t packed = reader.Number(data + 1, 4);
      if (!has_canvas) {
        header.width = static_cast<std::int64_t>(packed & 0x3fffU) + 1;
        header.height = static_cast<std::int64_t>(packed >> 14U & 0x3fffU) + 1;
        has_alpha = (packed >> 28U & 1U) != 0;
      }
    } else if (kind == "ANMF") {
      ++animated;
    } else if (kind == "EXIF") {
      header.orientation = ExifOrientation(bytes.substr(data, size));
    }
    at = data + size + (size & 1U);
  }
  header.frames = std::max(header.frames, animated);
  if (header.frames == 0) return Refused("no image data");
  if (has_alpha) {
    header.mode = "rgba";
    header.channels = 4;
  }
  TRY(CheckSize(header));
  return header;
}

// Whether all strips or tiles stand within the bytes.
bool HasAllData(TiffReader& tiff, std::uint64_t offsets, std::uint64_t counts, std::size_t size) {
  const std::uint64_t parts = tiff.CountOf(offsets);
  if (parts == 0 || parts > size) return false;
  for (std::uint64_t i = 0; i < parts; ++i) {
    const std::uint64_t offset = tiff.ValueOf(offsets, i, size + 1);
    const std::uint64_t count = tiff.ValueOf(counts, i, 0);
    if (offset > size || count > size - offset || tiff.is_beyond()) return false;
  }
  return true;
}

Result<ImageHeader> ReadTiff(std::string_view bytes) {
  constexpr std::uint64_t kWidth = 256, kHeight = 257, kBits = 258, kColors = 262, kStrips = 273,
                          kSamples = 277, kStripSizes = 279, kTiles = 324, kTileSizes = 325,
                          kExtra = 338;
  // Beyond all that a scanner makes; parts may overlap, so that a small file can name very many.
  constexpr std::int64_t kMostPages = 10'000;
  constexpr std::uint64_t kMostParts = 10'000'000;
  ImageHeader header{.format = "tiff", .frames = 0};
  TRY_ASSIGN(TiffReader tiff, TiffReader::Open(bytes));
  std::set<std::uint64_t> known;
  std::uint64_t parts = 0;
  while (tiff.next() != 0) {
    if (!known.insert(tiff.next()).second) {
      return Refused("damaged: its directories go in a circle");
    }
    TRY(tiff.ReadDirectory());
    ++header.frames;
    parts += tiff.num_tags() + tiff.CountOf(kStrips) + tiff.CountOf(kTiles);
    if (header.frames > kMostPages || parts > kMostParts) return Refused("too many pages or parts");
    const bool has_tiles = tiff.Has(kTiles);
    if (!HasAllData(tiff, has_tiles ? kTiles : kStrips, has_tiles ? kTileSizes : kStripSizes,
                    bytes.size())) {
      return CutShort("the pixels of page " + std::to_string(header.frames));
    }
    if (header.frames > 1) continue;
    header.width = static_cast<std::int64_t>(tiff.ValueOf(kWidth, 0, 0) & 0xffffffffU);
    header.height = static_cast<std::int64_t>(tiff.ValueOf(kHeight, 0, 0) & 0xffffffffU);
    const std::uint64_t channels = tiff.ValueOf(kSamples, 0, 1);
    const std::uint64_t extra = tiff.CountOf(kExtra);
    header.channels = static_cast<int>(channels & 0xffffU);
    header.bit_depth = static_cast<int>(tiff.ValueOf(kBits, 0, 1) & 0xffffU);
    const std::uint64_t colors = tiff.ValueOf(kColors, 0, 0);
    if (colors <= 1) header.mode = extra > 0 ? "gray_alpha" : "gray";
    if (colors == 2) header.mode = extra > 0 ? "rgba" : "rgb";
    if (colors == 3) header.mode = "palette";
    if (colors == 5) header.mode = "cmyk";
    if (colors == 6) header.mode = "rgb";
    header.orientation = OrientationOf(tiff);
    TRY(CheckSize(header));
  }
  if (header.frames == 0) return Refused("no image data");
  return header;
}

}  // namespace

Result<ImageHeader> ReadImageHeader(std::string_view bytes) {
  if (bytes.empty()) return Refused("an empty file");
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return ReadPng(bytes);
  if (bytes.starts_with("\xff\xd8\xff")) return ReadJpeg(bytes);
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return ReadGif(bytes);
  if (bytes.starts_with("BM")) return ReadBmp(bytes);
  if (bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") {
    return ReadWebp(bytes);
  }
  if (bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv) ||
      bytes.starts_with("II+\0"sv) || bytes.starts_with("MM\0+"sv)) {
    return ReadTiff(bytes);
  }
  if (bytes.size() > 8 && bytes.substr(4).starts_with("ftyp")) {
    return Refused("an image or video of the HEIF family, which is not read");
  }
  return Refused("no PNG, JPEG, GIF, BMP, WebP or TIFF: it begins with the bytes " +
                 Hex(bytes.substr(0, 8)));
}

}  // namespace assay::source
