#include "source/line_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "contract/utf8.h"

namespace assay::source {
namespace {

// Gives its bytes in pieces of one size.
class Pieces : public UnpackedFile {
 public:
  Pieces(std::string bytes, std::size_t piece) : bytes_(std::move(bytes)), piece_(piece) {}
  Result<std::size_t> Read(char* data, std::size_t size) override {
    const std::size_t given = std::min({size, piece_, bytes_.size() - at_});
    std::memcpy(data, bytes_.data() + at_, given);
    at_ += given;
    return given;
  }

 private:
  std::string bytes_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

std::string AllLines(const std::string& bytes, std::size_t piece, std::size_t longest) {
  LineReader lines(std::make_unique<Pieces>(bytes, piece), longest);
  std::string all;
  for (;;) {
    const auto line = lines.Next();
    EXPECT_TRUE(line.ok());
    if (!line.ok() || !*line) return all;
    all += std::to_string((*line)->number) + ((*line)->is_too_long ? "!" : ":") +
           std::string((*line)->text) + ";";
  }
}

TEST(LineReader, LinesAreTheSameInPiecesOfAnySize) {
  const std::string text = "\xef\xbb\xbfone\r\n\ntwo\rx\n\xef\xbb\xbfthree";
  for (const std::size_t piece : {1UL, 2UL, 3UL, 5UL, 100UL}) {
    EXPECT_EQ(AllLines(text, piece, 100), "1:one;2:;3:two\rx;4:\xef\xbb\xbfthree;") << piece;
    EXPECT_EQ(AllLines("a\n", piece, 100), "1:a;");
    EXPECT_EQ(AllLines("\n", piece, 100), "1:;");
    EXPECT_EQ(AllLines("", piece, 100), "");
    EXPECT_EQ(AllLines("\xef\xbb\xbf", piece, 100), "");
    EXPECT_EQ(AllLines("a\r", piece, 100), "1:a;");
  }
}

TEST(LineReader, ALineThatIsTooLongIsCutAndTheNextComes) {
  for (const std::size_t piece : {1UL, 3UL, 1000UL}) {
    EXPECT_EQ(AllLines("four\nfives\nfour\nsixes!", piece, 4), "1:four;2!five;3:four;4!sixe;");
  }
  const std::string lines = AllLines(std::string(5'000'000, 'x') + "\ny", 100'000, 1'000'000);
  EXPECT_EQ(lines, "1!" + std::string(1024, 'x') + ";2:y;");
}

TEST(LineReader, LinesOfAllLengthsAcrossItsOwnBlocks) {
  std::string text, expected;
  for (std::size_t i = 0; text.size() < 1'500'000; ++i) {
    const std::string line(i * 7919 % 4001, static_cast<char>('a' + i % 26));
    text += line + "\n";
    expected += std::to_string(i + 1) + ":" + line + ";";
  }
  EXPECT_EQ(AllLines(text, 77'777, 1 << 20), expected);
}

}  // namespace
}  // namespace assay::source
