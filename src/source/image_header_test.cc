#include "source/image_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_images.h"

namespace assay::source {
namespace {

std::string Told(std::string_view bytes) {
  const auto header = ReadImageHeader(bytes);
  if (!header.ok()) return "refused: " + header.error().message;
  const auto number = [](const std::optional<int>& value) {
    return value ? std::to_string(*value) : "-";
  };
  return header->format + " " + std::to_string(header->width) + "x" +
         std::to_string(header->height) + " " + header->mode + " " + number(header->channels) +
         " " + number(header->bit_depth) + " " + number(header->orientation) + " " +
         std::to_string(header->frames);
}

std::string Image(const std::string& name) {
  for (const TestImage& image : TestImages()) {
    if (image.name == name) return ImageBytes(image);
  }
  return "";
}

TEST(ImageHeader, IsReadOfEachFormat) {
  for (const TestImage& image : TestImages())
    EXPECT_EQ(Told(ImageBytes(image)), image.told) << image.name;
}

TEST(ImageHeader, EveryImageThatIsCutShortIsRefused) {
  for (const TestImage& image : TestImages()) {
    const std::string bytes = ImageBytes(image);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      // Zeros that nothing names may fill a TIFF up.
      const bool may_be_whole = image.name.starts_with("tiff") &&
                                bytes.find_first_not_of('\0', size) == std::string::npos;
      if (!may_be_whole) {
        EXPECT_THAT(Told(bytes.substr(0, size)), testing::StartsWith("refused: "))
            << image.name << " " << size;
      }
    }
  }
}

TEST(ImageHeader, BytesBehindTheEndAreNoFault) {
  for (const TestImage& image : TestImages()) {
    EXPECT_EQ(Told(ImageBytes(image) + std::string(100, '\x7f')), image.told) << image.name;
  }
}

TEST(ImageHeader, RefusalsTellWhy) {
  EXPECT_EQ(Told(""), "refused: an empty file");
  EXPECT_EQ(Told("hello, world"),
            "refused: no PNG, JPEG, GIF, BMP, WebP or TIFF: it begins with the bytes "
            "68656c6c6f2c2077");
  EXPECT_EQ(Told(std::string("\0\0\0\x1c"
                             "ftypavif....",
                             16)),
            "refused: an image or video of the HEIF family, which is not read");
  std::string png = Image("png_rgb");
  png[20] = static_cast<char>(png[20] ^ 1);
  EXPECT_EQ(Told(png), "refused: damaged: the checksum of a chunk differs, at byte 8");
  EXPECT_EQ(Told(Image("png_rgb").substr(0, 33)), "refused: cut short: no end of the image");
  std::string jpeg = Image("jpeg_gray_turned");
  EXPECT_EQ(Told(jpeg.substr(0, jpeg.size() - 2)), "refused: cut short: no end of the image");
  EXPECT_EQ(Told(std::string("\xff\xd8\xff\xd9")), "refused: no image data");
  EXPECT_EQ(Told(std::string("\xff\xd8\xff\xe0\0\2xy", 8)),
            "refused: damaged: no marker at byte 6");
  EXPECT_EQ(Told(std::string("\xff\xd8\xff\xe0\0\1xy", 8)),
            "refused: damaged: a segment of no size at byte 2");
  // A frame of no height: how many lines there are is told behind them.
  EXPECT_EQ(Told(std::string("\xff\xd8\xff\xc0\0\x0b\x08\0\0\0\x07\x01\1\x11\0", 15)),
            "refused: a size of 7 x 0");
  std::string webp = Image("webp_lossy");
  EXPECT_THAT(Told(webp.substr(0, webp.size() - 1)),
              testing::StartsWith("refused: cut short: the container says "));
  std::string bmp = Image("bmp_rgb");
  bmp[28] = 5;
  EXPECT_EQ(Told(bmp), "refused: pixels of 5 bits");
  EXPECT_EQ(Told(Image("gif_animated").substr(0, 20)), "refused: cut short: no end of the image");
}

// Tags that name places far beyond the file, and directories that name each other.
TEST(ImageHeader, TiffThatLiesIsRefused) {
  const std::string circle("II*\0\x08\0\0\0\1\0\x11\1\4\0\1\0\0\0\0\0\0\0\x08\0\0\0", 26);
  const std::string whole = circle.substr(0, 22) + std::string(4, '\0');
  EXPECT_EQ(Told(whole), "refused: a size of 0 x 0");
  const std::string with_size(
      "MM\0*"
      "\0\0\0\x08\0\3\1\0\0\4\0\0\0\1\0\0\0\5\1\1\0\4\0\0\0\1\0\0\0\6\1\x11\0\4\0\0\0\1\0\0\0\0\0\0"
      "\0\x08",
      50);
  EXPECT_EQ(Told(with_size), "refused: damaged: its directories go in a circle");
  EXPECT_EQ(Told(with_size.substr(0, 46) + std::string(4, '\0')), "tiff 5x6 gray 1 1 - 1");
  std::string beyond = with_size.substr(0, 46) + std::string(4, '\0');
  beyond[42] = 1;
  EXPECT_EQ(Told(beyond), "refused: cut short: the pixels of page 1");
}

}  // namespace
}  // namespace assay::source
