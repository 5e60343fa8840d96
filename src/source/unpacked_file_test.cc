#include "source/unpacked_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_packing.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

using testing::HasSubstr;

// Text that packs to more than the blocks in which it is read.
std::string NoisyText() {
  std::string text;
  std::uint64_t state = 88172645463325252U;
  while (text.size() < 3'000'000) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    text += std::to_string(state) + "\n";
  }
  return text;
}

class UnpackedFiles : public SourceFiles {
 protected:
  SourceFile File(const std::string& name, const std::string& bytes) {
    files.clear();
    Add(name, bytes);
    return files[0];
  }

  std::string TextOf(const SourceFile& file, std::size_t piece) {
    const auto unpacked = UnpackedFile::Open(file);
    EXPECT_TRUE(unpacked.ok());
    std::string text, block(piece, '\0');
    for (;;) {
      const auto size = (*unpacked)->Read(block.data(), block.size());
      EXPECT_TRUE(size.ok()) << size.error().message;
      if (!size.ok() || *size == 0) return text;
      text.append(block, 0, *size);
    }
  }

  std::string Fault(const std::string& name, const std::string& bytes) {
    const Status status = CheckUnpacks(File(name, bytes));
    EXPECT_FALSE(status.ok());
    if (status.ok()) return "";
    EXPECT_EQ(status.error().code, ErrorCode::kData);
    return status.error().message;
  }
};

TEST_F(UnpackedFiles, TheNameTellsThePacking) {
  EXPECT_EQ(PackingOf("data/a.csv.gz"), Packing::kGzip);
  EXPECT_EQ(PackingOf("A.JSONL.GZ"), Packing::kGzip);
  EXPECT_EQ(PackingOf("a.zst"), Packing::kZstd);
  EXPECT_EQ(PackingOf("a.gz/b.csv"), Packing::kNone);
  EXPECT_THAT(WithPacked({".a", ".b"}),
              testing::ElementsAre(".a", ".a.gz", ".a.zst", ".b", ".b.gz", ".b.zst"));
}

TEST_F(UnpackedFiles, ATextComesBackInPiecesOfAnySize) {
  const std::string text = NoisyText();
  const std::string half = text.substr(0, text.size() / 2), rest = text.substr(half.size());
  for (const std::size_t piece : {1000UL, 131'072UL, 10'000'000UL}) {
    EXPECT_EQ(TextOf(File("a.txt", text), piece), text);
    EXPECT_EQ(TextOf(File("a.gz", Gzipped(text)), piece), text);
    EXPECT_EQ(TextOf(File("a.zst", Zstandard(text)), piece), text);
    // Parts one after the other, as `cat` joins them.
    EXPECT_EQ(TextOf(File("a.gz", Gzipped(half) + Gzipped("") + Gzipped(rest)), piece), text);
    EXPECT_EQ(TextOf(File("a.zst", Zstandard(half) + Zstandard("") + Zstandard(rest)), piece),
              text);
  }
  EXPECT_EQ(TextOf(File("a.gz", Gzipped("")), 10), "");
  EXPECT_EQ(TextOf(File("a.zst", Zstandard("")), 10), "");
  EXPECT_EQ(TextOf(File("a.gz", Gzipped("x")), 1), "x");
}

TEST_F(UnpackedFiles, AFileThatIsCutAnywhereIsAnError) {
  const std::string text = "a line of text\nand another\n";
  const std::string gzip = Gzipped(text), zstd = Zstandard(text);
  for (std::size_t size = 1; size < gzip.size(); ++size) {
    EXPECT_EQ(Fault("a.gz", gzip.substr(0, size)),
              "data/a.gz cannot be unpacked with gzip: it is cut short");
  }
  for (std::size_t size = 1; size < zstd.size(); ++size) {
    EXPECT_EQ(Fault("a.zst", zstd.substr(0, size)),
              "data/a.zst cannot be unpacked with zstd: it is cut short");
  }
  EXPECT_EQ(Fault("a.gz", ""), "data/a.gz cannot be unpacked with gzip: it is empty");
  EXPECT_EQ(Fault("a.zst", ""), "data/a.zst cannot be unpacked with zstd: it is empty");
  EXPECT_EQ(Fault("a.gz", gzip + gzip.substr(0, 15)),
            "data/a.gz cannot be unpacked with gzip: it is cut short");
  EXPECT_EQ(Fault("a.zst", zstd + zstd.substr(0, 8)),
            "data/a.zst cannot be unpacked with zstd: it is cut short");
}

TEST_F(UnpackedFiles, OtherBytesAreAnError) {
  const std::string text = NoisyText();
  EXPECT_EQ(Fault("a.gz", "id,name\n"),
            "data/a.gz cannot be unpacked with gzip: it is not packed "
            "with it");
  EXPECT_EQ(Fault("a.zst", "id,name\n"),
            "data/a.zst cannot be unpacked with zstd: it is not packed with it");
  EXPECT_EQ(Fault("a.gz", Gzipped("x") + "more"),
            "data/a.gz cannot be unpacked with gzip: it has other bytes behind its end");
  EXPECT_EQ(Fault("a.zst", Zstandard("x") + "more"),
            "data/a.zst cannot be unpacked with zstd: it has other bytes behind its end");
  for (const bool is_gzip : {true, false}) {
    std::string packed = is_gzip ? Gzipped(text) : Zstandard(text);
    packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
    EXPECT_THAT(Fault(is_gzip ? "a.gz" : "a.zst", packed), HasSubstr("it is damaged ("));
  }
  std::string checksum = Gzipped(text);
  checksum[checksum.size() - 6] = static_cast<char>(checksum[checksum.size() - 6] ^ 1);
  EXPECT_EQ(Fault("a.gz", checksum),
            "data/a.gz cannot be unpacked with gzip: it is damaged (incorrect data check)");
}

TEST_F(UnpackedFiles, AFileIsReadWholeUpToAMost) {
  std::string text;
  EXPECT_TRUE(*ReadWhole(File("a.gz", Gzipped("\xef\xbb\xbftext")), 7, text));
  EXPECT_EQ(text, "text");
  EXPECT_TRUE(*ReadWhole(File("a.txt", ""), 0, text));
  EXPECT_EQ(text, "");
  EXPECT_FALSE(*ReadWhole(File("a.txt", "four"), 3, text));
  // A bomb of 200 MB in 200 KB is not unpacked to its end.
  const SourceFile bomb = File("a.gz", Gzipped(std::string(200 << 20, '0')));
  EXPECT_FALSE(*ReadWhole(bomb, 1 << 20, text));
  EXPECT_LT(text.size(), 4U << 20);
}

TEST_F(UnpackedFiles, AnyKindOfTextIsReadPacked) {
  struct Case {
    const char* kind;
    const char* suffix;
    const char* text;
    const char* rows;
  };
  for (const Case& each :
       {Case{"csv", ".csv", "id,s\n1,x\n2,y\n", "1|x\n2|y\n"},
        Case{"tsv", ".tsv", "id\ts\n1\tx\n2\ty\n", "1|x\n2|y\n"},
        Case{"jsonl", ".jsonl", "{\"id\": 1}\n{\"id\": 2}\n", "1\n2\n"},
        Case{"json", ".json", "[{\"id\": 1}, {\"id\": 2}]", "1\n2\n"},
        Case{"text", ".txt", "one\ntwo\n", "one|1|F|data|N\ntwo|2|F|data|N\n"}}) {
    for (const std::string packed : {".gz", ".zst"}) {
      const std::string text = each.text;
      const std::string name = std::string("a") + each.suffix + packed;
      files.clear();
      Add(name, packed == ".gz" ? Gzipped(text) : Zstandard(text));
      const Outcome outcome = ReadAll(each.kind);
      EXPECT_EQ(outcome.error, "") << name;
      std::string expected = each.rows;
      for (auto at = expected.find("|F|"); at != std::string::npos; at = expected.find("|F|")) {
        expected.replace(at, 3, "|data/" + name + "|");
      }
      for (auto at = expected.find("|N"); at != std::string::npos; at = expected.find("|N")) {
        expected.replace(at, 2, "|" + name);
      }
      EXPECT_EQ(outcome.rows, expected) << name;
      files.clear();
      const std::string whole = packed == ".gz" ? Gzipped(text) : Zstandard(text);
      Add(name, whole.substr(0, whole.size() - 1));
      EXPECT_THAT(ReadAll(each.kind).error, HasSubstr(name + " cannot be unpacked with"));
      files.clear();
      Add(name, text);
      EXPECT_THAT(ReadAll(each.kind).error, HasSubstr("it is not packed with it"));
    }
  }
}

TEST_F(UnpackedFiles, RefusedLinesOfPackedDelimitedTextAreThoseOfTheText) {
  std::string text = "id,s\n";
  for (int i = 2; i < 30'000; ++i) text += i % 10'000 == 7 ? "x,\"a\nb\"\n" : "1,\"a\nb\"\n";
  for (const std::string packed : {"", ".gz", ".zst"}) {
    files.clear();
    Add("a.csv" + packed, packed.empty()    ? text
                          : packed == ".gz" ? Gzipped(text)
                                            : Zstandard(text));
    const auto read = Read("csv", {{"columns", Json::array({Json::array({"id", "int64"})})}});
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(Rows(read->query).rows.size(), 29'995U);
    EXPECT_EQ(Text(Rows("SELECT line, \"column\" FROM (" + *read->refused() + ")")),
              "12|id\n20012|id\n40012|id\n");
  }
}

TEST_F(UnpackedFiles, DelimitedFilesArePackedAlike) {
  Add("a.csv", "id\n1\n");
  Add("b.csv.gz", Gzipped("id\n2\n"));
  EXPECT_EQ(ReadAll("csv").error,
            "files of one source are packed in different ways: data/a.csv, data/b.csv.gz");
  files.erase(files.begin());
  Add("c.csv.gz", Gzipped("id\n3\n") + Gzipped("4\n"));
  EXPECT_EQ(ReadAll("csv").rows, "2\n3\n4\n");
  files.clear();
  Add("a.jsonl", "{\"n\": 1}\n");
  Add("b.jsonl.gz", Gzipped("{\"n\": 2}\n"));
  Add("c.jsonl.zst", Zstandard("{\"n\": 3}\n"));
  EXPECT_EQ(ReadAll("jsonl").rows, "1\n2\n3\n");
}

}  // namespace
}  // namespace assay::source
