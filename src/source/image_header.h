/// What the header of an image file tells of it, without decoding a pixel. Knows PNG, JPEG, GIF,
/// BMP, WebP and TIFF.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::source {

struct ImageHeader {
  std::string format;      ///< `png`, `jpeg`, `gif`, `bmp`, `webp`, `tiff`
  std::int64_t width = 0;  ///< as stored; a viewer may turn the image by its orientation
  std::int64_t height = 0;
  std::string mode{};  ///< `gray`, `gray_alpha`, `palette`, `rgb`, `rgba`, `cmyk`; empty: not told
  std::optional<int> channels{};     ///< those that are stored; a palette has one
  std::optional<int> bit_depth{};    ///< of a channel
  std::optional<int> orientation{};  ///< 1 to 8, as EXIF has it
  std::int64_t frames = 1;           ///< of an animation, pages of a TIFF
};

/// Reads the header out of all of a file's bytes. An error says why they are no image, or no whole
/// one: that they are cut short, or that a part does not fit the others.
Result<ImageHeader> ReadImageHeader(std::string_view bytes);

}  // namespace assay::source
