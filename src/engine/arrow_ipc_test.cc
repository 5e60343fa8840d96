#include "engine/arrow_ipc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>

#include "base/test_folder.h"
#include "engine/engine.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

constexpr std::int64_t kMagicBytes = 8;

class ArrowIpc : public testing::Test {
 protected:
  // The rows of a query as the bytes of a file.
  std::string BytesOf(const std::string& query, std::size_t batch_rows = 1000) {
    auto batches = engine_->ReadArrow(query, batch_rows);
    EXPECT_TRUE(batches.ok()) << batches.error().message;
    std::string bytes;
    const auto rows = WriteArrowIpc(**batches, [&](std::string_view piece) -> Status {
      bytes += piece;
      return {};
    });
    EXPECT_TRUE(rows.ok()) << rows.error().message;
    return bytes;
  }

  // Reads the bytes as a file, into Parquet.
  Result<std::uint64_t> Read(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    TRY_ASSIGN(const auto rows, ReadArrowIpc(path_));
    const auto copied = engine_->CopyArrowToParquet(rows->stream(), parquet_);
    if (rows->error()) return *rows->error();
    return copied;
  }

  std::string ErrorOf(const std::string& bytes) {
    const auto read = Read(bytes);
    if (read.ok()) return "";
    EXPECT_EQ(read.error().code, ErrorCode::kData);
    return read.error().message;
  }

  TestFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "rows.arrow";
  const std::filesystem::path parquet_ = folder_.path() / "rows.parquet";
  std::unique_ptr<Engine> engine_ = *Open({1, 0, {}, {folder_.path()}});
};

// What stands between the magic and the footer is a stream.
std::string StreamOf(const std::string& file) {
  std::int32_t footer = 0;
  std::memcpy(&footer, file.data() + file.size() - 10, sizeof footer);
  return file.substr(kMagicBytes,
                     file.size() - kMagicBytes - 10 - static_cast<std::size_t>(footer));
}

constexpr char kMixedRows[] =
    "SELECT i, CASE WHEN i % 3 > 0 THEN 'n' || i END AS s, [i, NULL] AS l, {'a': i::DECIMAL(9, 2)} "
    "AS r FROM range(2500) t(i) ORDER BY i DESC";

TEST_F(ArrowIpc, RowsComeBackInTheirOrderFromAFileAndFromAStream) {
  const std::string file = BytesOf(kMixedRows);
  EXPECT_EQ(file.substr(0, 6), "ARROW1");
  EXPECT_EQ(file.substr(file.size() - 6), "ARROW1");
  for (const std::string& bytes : {file, StreamOf(file)}) {
    const auto read = Read(bytes);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(*read, 2500U);
    const auto wrong = engine_->Query(
        "SELECT count(*) FROM " + ReadParquet({parquet_}, {}) +
        " WHERE i <> 2499 - file_row_number OR s IS DISTINCT FROM (CASE WHEN i % 3 > 0 THEN 'n' || "
        "i END) OR l[1] <> i OR l[2] IS NOT NULL OR len(l) <> 2 OR r.a <> i");
    ASSERT_TRUE(wrong.ok()) << wrong.error().message;
    EXPECT_EQ(wrong->rows[0][0], "0");
  }
}

TEST_F(ArrowIpc, NoRowsHaveTheirColumns) {
  const auto read = Read(BytesOf("SELECT 1::UTINYINT AS a, 'x' AS b LIMIT 0"));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, 0U);
  const auto schema = engine_->Describe("SELECT * FROM " + ReadParquet({parquet_}, {}));
  ASSERT_TRUE(schema.ok()) << schema.error().message;
  ASSERT_EQ(schema->size(), 2U);
  EXPECT_EQ(TypeText((*schema)[0].type), "uint8");
  EXPECT_EQ(TypeText((*schema)[1].type), "string");
}

TEST_F(ArrowIpc, AFileThatIsCutAnywhereIsRefused) {
  const std::string file = BytesOf("SELECT i, 'n' || i AS s FROM range(20) t(i)", 7);
  for (const std::string& bytes : {file, StreamOf(file)}) {
    ASSERT_EQ(ErrorOf(bytes), "");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_NE(ErrorOf(bytes.substr(0, size)), "") << size << " of " << bytes.size();
    }
    EXPECT_EQ(ErrorOf(bytes.substr(0, bytes.size() - 1)), "it breaks off before its end");
  }
}

TEST_F(ArrowIpc, BytesThatAreNoneOfTheFormatAreTold) {
  const std::string stream = StreamOf(BytesOf("SELECT 1 AS i"));
  EXPECT_EQ(ErrorOf(""), "it is empty");
  EXPECT_EQ(ErrorOf(stream + stream), "it has bytes behind its end");
  EXPECT_EQ(ErrorOf("PAR1 and so on"), "it is a Parquet file");
  EXPECT_EQ(ErrorOf("FEA1 and so on"), "it is a Feather file of version 1");
  EXPECT_EQ(ErrorOf("a,b\n1,2\n3,4\n"),
            "it is no Arrow IPC that can be read: no message is where one has to be");
  // A length of a head, or of a body, that no memory has.
  EXPECT_EQ(ErrorOf("\xff\xff\xff\xff\xff\xff\xff\x7f" + stream), "it breaks off before its end");
  EXPECT_EQ(ErrorOf(stream.substr(stream.size() - 8)),
            "it is no Arrow IPC that can be read: it does not begin with the columns");
}

TEST_F(ArrowIpc, AnErrorOfWhoTakesTheBytesIsHandedOn) {
  const auto batches = engine_->ReadArrow("SELECT i FROM range(5000) t(i)", 1000);
  ASSERT_TRUE(batches.ok());
  int pieces = 0;
  const auto rows = WriteArrowIpc(**batches, [&](std::string_view) -> Status {
    if (++pieces < 5) return {};
    return Error{ErrorCode::kIo, "disk is full", ""};
  });
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().code, ErrorCode::kIo);
  EXPECT_EQ(rows.error().message, "disk is full");
  EXPECT_EQ(pieces, 5);
}

TEST_F(ArrowIpc, AnErrorOfTheRowsIsHandedOn) {
  const auto batches = engine_->ReadArrow(
      "SELECT CASE WHEN i < 2000 THEN i ELSE error('dry')::BIGINT END AS i FROM "
      "range(3000) t(i)",
      1000);
  ASSERT_TRUE(batches.ok());
  const auto rows = WriteArrowIpc(**batches, [](std::string_view) { return Status(); });
  ASSERT_FALSE(rows.ok());
  EXPECT_THAT(rows.error().message, testing::HasSubstr("dry"));
}

TEST_F(ArrowIpc, AFileThatIsNotThereIsOfTheEnvironment) {
  const auto rows = ReadArrowIpc(folder_.path() / "none.arrow");
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace assay::engine
