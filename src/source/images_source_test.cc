#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_images.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

class ImagesSource : public SourceFiles {};

TEST_F(ImagesSource, ARowForEachFile) {
  std::string expected;
  for (const TestImage& image : TestImages()) Add("photos/" + image.name, ImageBytes(image));
  const Outcome outcome = ReadAll("images");
  EXPECT_EQ(outcome.types,
            "file string, folder string, name string, bytes int64, sha256 string, format string, "
            "width int64, height int64, mode string, channels int64, bit_depth int64, orientation "
            "int64, frames int64");
  const auto read = Read("images");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(Text(Rows("SELECT count(*), count(DISTINCT sha256), sum(width * height) FROM (" +
                      read->query + ")")),
            "15|15|328\n");
  EXPECT_EQ(Text(Rows("SELECT * EXCLUDE (sha256, bytes) FROM (" + read->query +
                      ") WHERE orientation IS NOT NULL ORDER BY name")),
            "data/photos/jpeg_gray_turned|photos|jpeg_gray_turned|jpeg|5|4|gray|1|8|6|1\n"
            "data/photos/png_gray16_turned|photos|png_gray16_turned|png|2|5|gray|1|16|3|1\n"
            "data/photos/webp_extended|photos|webp_extended|webp|6|5|rgba|4|8|8|1\n");
}

TEST_F(ImagesSource, SizeHashAndContentAreThoseOfTheFile) {
  for (const TestImage& image : TestImages()) Add(image.name, ImageBytes(image));
  const auto read = Read("images", {{"content", true}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  std::string paths;
  for (const SourceFile& file : files)
    paths += (paths.empty() ? "'" : ", '") + file.object.string() + "'";
  // The engine reads the files itself.
  EXPECT_EQ(Text(Rows("SELECT count(*) FROM (" + read->query +
                      ") AS ours JOIN (SELECT sha256(content) AS sha256, "
                      "size, content FROM read_blob([" +
                      paths +
                      "])) AS own ON ours.sha256 = own.sha256 "
                      "AND ours.bytes = own.size AND ours.content = own.content")),
            "15\n");
}

TEST_F(ImagesSource, WhatIsNoWholeImageIsRefused) {
  const std::string bytes = ImageBytes(TestImages()[0]);
  Add("a.png", bytes);
  Add("b.png", bytes.substr(0, 40));
  Add("c.png", "");
  Add("Thumbs.db", "\xd0\xcf\x11\xe0");
  const Outcome outcome = ReadAll("images");
  EXPECT_THAT(outcome.rows, testing::StartsWith("data/a.png|data|a.png|"));
  EXPECT_EQ(outcome.refused,
            "data/b.png|1|-|cut short: a chunk at byte 33|data/b.png\n"
            "data/c.png|1|-|an empty file|data/c.png\n"
            "data/Thumbs.db|1|-|no PNG, JPEG, GIF, BMP, WebP or TIFF: it begins with the bytes "
            "d0cf11e0|data/Thumbs.db\n");
}

}  // namespace
}  // namespace assay::source
