#include "source/decoded_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_packing.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

class DecodedFile : public SourceFiles {
 protected:
  // The text, read in pieces of `piece` bytes, or the error.
  std::string Decoded(const std::string& bytes, const std::string& encoding,
                      std::size_t piece = 1000) {
    files.clear();
    Add("a.csv", bytes);
    auto file = OpenDecoded(files[0], encoding);
    if (!file.ok()) return file.error().message;
    std::string text, block(piece, '\0');
    for (;;) {
      const auto size = (*file)->Read(block.data(), block.size());
      if (!size.ok()) return size.error().message;
      if (*size == 0) return text;
      text.append(block, 0, *size);
    }
  }

  std::string Detected(const std::string& bytes) {
    files.clear();
    Add("a.csv", bytes);
    const auto found = DetectFileEncoding(files[0]);
    return found.ok() ? *found : found.error().message;
  }
};

std::string Wide(const std::string& ascii, bool big) {
  std::string bytes;
  for (const char c : ascii) {
    if (big) bytes += '\0';
    bytes += c;
    if (!big) bytes += '\0';
  }
  return bytes;
}

TEST_F(DecodedFile, EncodingsGiveTheSameText) {
  EXPECT_EQ(Decoded("caf\xe9 \x93x\x94", "cp1252"), "caf\xc3\xa9 \xe2\x80\x9cx\xe2\x80\x9d");
  EXPECT_EQ(Decoded("caf\xe9", "latin-1"), "caf\xc3\xa9");
  EXPECT_EQ(Decoded("caf\xc3\xa9", "UTF8"), "caf\xc3\xa9");
  EXPECT_EQ(Decoded("\xff\xfe" + Wide("a,b\n", false), "utf-16"), "a,b\n");
  EXPECT_EQ(Decoded("\xfe\xff" + Wide("a,b\n", true), "utf-16"), "a,b\n");
  EXPECT_EQ(Decoded(Wide("a,b\n", true), "utf-16be"), "a,b\n");
  EXPECT_EQ(Decoded("\xa4", "iso-8859-15"), "\xe2\x82\xac");
  EXPECT_EQ(Decoded("\x82\xa0", "shift_jis"), "\xe3\x81\x82");
}

TEST_F(DecodedFile, PiecesOfAnySizeAreTheSameText) {
  std::string ascii;
  for (int i = 0; i < 200'000; ++i) ascii += static_cast<char>('a' + i % 26);
  // A character of four bytes each, so that blocks end within one.
  const std::string smile("\x3d\xd8\x0a\xde", 4);
  const std::string bytes = "\xff\xfe" + smile + Wide(ascii, false) + smile;
  const std::string text = "\xf0\x9f\x98\x8a" + ascii + "\xf0\x9f\x98\x8a";
  for (const std::size_t piece : {std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20}) {
    EXPECT_TRUE(Decoded(bytes, "utf-16", piece) == text) << piece;
  }
}

TEST_F(DecodedFile, BytesThatMeanNothingHaveAPlace) {
  EXPECT_EQ(
      Decoded("\xff\xfe" + Wide("a\nb", false) + std::string("\x00\xdc\x41\x00", 4), "utf-16"),
      "data/a.csv:2 is not utf-16: it has the bytes 00 dc 41 00 at offset 8");
  EXPECT_EQ(Decoded("\xff\xfe" + Wide("ab", false) + "c", "utf-16"),
            "data/a.csv:1 is not utf-16: it ends within a character, 63 at offset 6");
}

TEST_F(DecodedFile, UnknownEncodingsAreRefused) {
  EXPECT_EQ(Decoded("a", "utf-9"), "no such encoding: utf-9");
  EXPECT_EQ(Decoded("a", "utf-8//IGNORE"), "no such encoding: utf-8//IGNORE");
  EXPECT_EQ(Decoded("a", ""), "no such encoding: ");
}

TEST_F(DecodedFile, IsDetectedFromAllOfTheFile) {
  EXPECT_EQ(Detected("plain"), "utf-8");
  EXPECT_EQ(Detected(""), "utf-8");
  EXPECT_EQ(Detected("caf\xc3\xa9"), "utf-8");
  EXPECT_EQ(Detected("\xff\xfe" + Wide("a", false)), "utf-16");
  EXPECT_EQ(Detected(Wide("a,b,c\n", false)), "utf-16le");
  EXPECT_EQ(Detected(Wide("a,b,c\n", true)), "utf-16be");
  const std::string far(700'000, 'x');
  EXPECT_EQ(Detected(far + "\xe9\n"), "windows-1252");
  EXPECT_EQ(Detected(far + "\xe9"), "windows-1252");
  for (int before = 0; before < 5; ++before) {
    std::string text(static_cast<std::size_t>(before), 'x');
    for (int i = 0; i < 200'000; ++i) text += "\xe2\x82\xac";
    EXPECT_EQ(Detected(text), "utf-8") << before;
  }
}

TEST_F(DecodedFile, PackedFilesAreUnpackedFirst) {
  Add("a.csv.gz", Gzipped("caf\xe9"));
  EXPECT_EQ(*DetectFileEncoding(files[0]), "windows-1252");
}

}  // namespace
}  // namespace assay::source
