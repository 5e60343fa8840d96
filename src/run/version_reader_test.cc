#include "run/version_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "base/hash.h"
#include "base/test_folder.h"

namespace assay::run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A store with a split of several files of one column, whose numbers count on over all of them.
class VersionReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(objects_.Create().ok());
    std::ofstream(root_ / "assay.yaml") << "format: 1\n";
    engine::Options options;
    options.readable = {folder_ / ".assay"};
    auto engine = engine::Open(options);
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    store::SplitTable train{"train", "", "", 0, {}};
    for (const std::uint64_t rows : {3U, 0U, 1U, 6U}) {
      const auto staged = objects_.StagingPath("part.parquet");
      const std::string from = std::to_string(train.rows);
      ASSERT_TRUE((*engine)
                      ->CopyToParquet("SELECT i, 'text ' || i AS s FROM range(" + from + ", " +
                                          std::to_string(train.rows + rows) + ") t(i)",
                                      staged)
                      .ok());
      const auto file = objects_.Adopt(staged, rows);
      ASSERT_TRUE(file.ok()) << file.error().message;
      train.partitions.push_back({{}, rows, {*file}});
      train.rows += rows;
    }
    version_.dataset = "numbers";
    version_.ref = "v1";
    version_.body.version = std::string(64, 'a');
    version_.body.schema = {{"i", Type{TypeKind::kInt64, 0, 0, {}}},
                            {"s", Type{TypeKind::kString, 0, 0, {}}}};
    version_.body.tables = {train, {"test", "", "", 0, {}}};
    auto reader = VersionReader::Open({root_, 2, 0}, clock_);
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    reader_ = std::move(reader).value();
  }

  Result<std::vector<std::int64_t>> Numbers(const WantedRows& wanted,
                                            const std::string& split = "train") {
    TRY_ASSIGN(const auto batches, reader_->Read(version_, split, wanted));
    std::vector<std::int64_t> numbers;
    for (;;) {
      TRY_ASSIGN(const auto batch, batches->Next());
      if (batch == nullptr) return numbers;
      const ArrowArray& column = *batch->array().children[0];
      const auto* values = static_cast<const std::int64_t*>(column.buffers[1]);
      numbers.insert(numbers.end(), values, values + column.length);
    }
  }

  const TestFolder folder_;
  const std::filesystem::path root_{folder_ / "."};
  store::ObjectStore objects_{folder_ / ".assay"};
  SystemClock clock_;
  NamedVersion version_;
  std::unique_ptr<VersionReader> reader_;
};

TEST_F(VersionReaderTest, ReadsFilesInTheirOrder) {
  const auto numbers = Numbers({.columns = {"i"}, .shuffle = {}, .batch_rows = 4});
  ASSERT_TRUE(numbers.ok()) << numbers.error().message;
  EXPECT_THAT(*numbers, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST_F(VersionReaderTest, ReadsASplitOfNoRows) {
  const auto numbers = Numbers({}, "test");
  ASSERT_TRUE(numbers.ok()) << numbers.error().message;
  EXPECT_TRUE(numbers->empty());
}

// Frozen, and equal to the rule as it is written down: rows are numbered over all files.
TEST_F(VersionReaderTest, ShufflesByTheWrittenRule) {
  for (const Shuffle order : {Shuffle{0, 0}, Shuffle{7, 0}, Shuffle{7, 1}}) {
    const std::uint64_t seed = Xxh3(std::string(64, 'a') + "/train/" + std::to_string(order.seed) +
                                    "/" + std::to_string(order.epoch));
    std::vector<std::pair<std::uint64_t, std::int64_t>> keys;
    for (std::int64_t row = 0; row < 10; ++row) {
      const char bytes[8] = {static_cast<char>(row)};
      keys.emplace_back(Xxh3({bytes, sizeof bytes}, seed), row);
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::int64_t> expected;
    for (const auto& [key, row] : keys) expected.push_back(row);
    const auto numbers = Numbers({.columns = {}, .shuffle = order, .batch_rows = 4});
    ASSERT_TRUE(numbers.ok()) << numbers.error().message;
    EXPECT_EQ(*numbers, expected);
  }
  EXPECT_THAT(*Numbers({.columns = {}, .shuffle = Shuffle{7, 1}}),
              ElementsAre(9, 1, 6, 5, 2, 4, 0, 7, 3, 8));
}

TEST_F(VersionReaderTest, NamesWhatIsNotThere) {
  const auto split = Numbers({}, "trian");
  ASSERT_FALSE(split.ok());
  EXPECT_EQ(split.error().message, "no such split: numbers@v1.trian");
  EXPECT_EQ(split.error().hint, "its splits are train, test");
  const auto column = Numbers({.columns = {"i", "t"}, .shuffle = {}});
  ASSERT_FALSE(column.ok());
  EXPECT_EQ(column.error().code, ErrorCode::kUser);
  EXPECT_EQ(column.error().message, "no such column: t");
  EXPECT_EQ(column.error().hint, "did you mean i?");
  const auto twice = Numbers({.columns = {"i", "i"}, .shuffle = {}});
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().message, "a column is asked for twice: i");
}

TEST_F(VersionReaderTest, SeesAFileOfAnotherSizeBeforeReadingIt) {
  EXPECT_TRUE(reader_->Verify(version_).ok());
  const auto path = reader_->Files(version_.body.tables[0]).at(3);
  std::filesystem::permissions(path, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  std::filesystem::resize_file(path, 10);
  for (const Error& error : {Numbers({}).error(), reader_->Verify(version_).error()}) {
    EXPECT_EQ(error.code, ErrorCode::kData);
    EXPECT_THAT(error.message, HasSubstr("is damaged, its 10 bytes"));
  }
}

TEST(VersionReader, WantsAProject) {
  const SystemClock clock;
  const TestFolder folder;
  const auto none = VersionReader::Open({folder / "none", 0, 0}, clock);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::kIo);
  EXPECT_THAT(none.error().message, HasSubstr("no such folder: "));
  const auto empty = VersionReader::Open({folder / ".", 0, 0}, clock);
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().code, ErrorCode::kUser);
  EXPECT_THAT(empty.error().message, HasSubstr("not the folder of a project: "));
}

}  // namespace
}  // namespace assay::run
