// The test vectors of docs/design/0001, made by the Python reader, which shares no code with us.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/hash.h"
#include "base/json.h"
#include "base/row.h"
#include "base/type.h"
#include "store/commit.h"
#include "store/digest.h"

namespace assay::store {
namespace {

Json ReadVectors() {
  const char* source = std::getenv("ASSAY_SOURCE_DIR");
  std::ifstream file(std::string(source == nullptr ? "." : source) + "/tests/reader/vectors.json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return text.empty() ? Json() : ParseJson(text).value();
}

class Vectors : public testing::Test {
 protected:
  void SetUp() override {
    static const Json kAll = ReadVectors();
    ASSERT_TRUE(kAll.is_object()) << "no tests/reader/vectors.json below ASSAY_SOURCE_DIR";
    vectors_ = &kAll;
  }
  const Json& operator[](const char* member) const { return vectors_->at(member); }

  const Json* vectors_ = nullptr;
};

std::string Text(const Json& json) { return json.get<std::string>(); }

std::string Unhex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::uint64_t FromHex(const Json& json) { return std::stoull(Text(json), nullptr, 16); }

// Integers are numbers, or decimal text where JSON cannot hold them.
Int128 Integer(const Json& json) {
  if (json.is_number_unsigned()) return static_cast<Int128>(json.get<std::uint64_t>());
  if (json.is_number()) return json.get<std::int64_t>();
  const std::string text = Text(json);
  const bool negative = text[0] == '-';
  Uint128 number = 0;
  for (const char c : text.substr(negative ? 1 : 0)) {
    number = number * 10 + static_cast<Uint128>(c - '0');
  }
  return static_cast<Int128>(negative ? -number : number);
}

void AppendValue(const Type& type, const Json& value, std::string& out);

void AppendMap(const Type& type, const Json& value, std::string& out) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const Json& entry : value) {
    entries.emplace_back();
    AppendValue(type.children[0].type, entry[0], entries.back().first);
    AppendValue(type.children[1].type, entry[1], entries.back().second);
  }
  std::sort(entries.begin(), entries.end());
  row::AppendCount(out, static_cast<std::uint32_t>(entries.size()));
  for (const auto& [key, mapped] : entries) out += key + mapped;
}

// Walks a value and its type together, as the engine does with its vectors.
void AppendValue(const Type& type, const Json& value, std::string& out) {
  if (value.is_null()) return row::AppendNull(out);
  row::AppendPresent(out);
  switch (type.kind) {
    case TypeKind::kUint8:
    case TypeKind::kUint16:
    case TypeKind::kUint32:
    case TypeKind::kUint64:
      return row::AppendUint(out, static_cast<std::uint64_t>(Integer(value)));
    case TypeKind::kInt128:
      return row::AppendInt128(out, Integer(value));
    case TypeKind::kFloat32:
      return row::AppendFloat32(out,
                                std::bit_cast<float>(static_cast<std::uint32_t>(FromHex(value))));
    case TypeKind::kFloat64:
      return row::AppendFloat64(out, std::bit_cast<double>(FromHex(value)));
    case TypeKind::kDecimal:
      return row::AppendDecimal(out, Integer(value), static_cast<std::uint8_t>(type.scale));
    case TypeKind::kString:
      return row::AppendBytes(out, Text(value));
    case TypeKind::kBytes:
      return row::AppendBytes(out, Unhex(Text(value)));
    case TypeKind::kBool:
      return row::AppendBool(out, value.get<bool>());
    case TypeKind::kList:
      row::AppendCount(out, static_cast<std::uint32_t>(value.size()));
      for (const Json& element : value) AppendValue(type.children[0].type, element, out);
      return;
    case TypeKind::kStruct:
      for (std::size_t i = 0; i < type.children.size(); ++i) {
        AppendValue(type.children[i].type, value[i], out);
      }
      return;
    case TypeKind::kMap:
      return AppendMap(type, value, out);
    default:  // integers of up to 64 bits, dates and times
      return row::AppendInt(out, static_cast<std::int64_t>(Integer(value)));
  }
}

std::string RowOf(const Schema& schema, const Json& values) {
  std::string row;
  for (std::size_t i = 0; i < schema.size(); ++i) AppendValue(schema[i].type, values[i], row);
  return row;
}

Schema SchemaOf(const Json& json) {
  const auto schema = ParseSchemaJson(json);
  EXPECT_TRUE(schema.ok()) << json.dump();
  return schema.ok() ? *schema : Schema();
}

// Row `i` of the rule `square`, with the columns named.
std::string SquareRow(std::uint64_t i, const std::vector<std::string>& columns) {
  std::string row;
  for (const std::string& column : columns) {
    row::AppendPresent(row);
    if (column == "n") {
      row::AppendInt(row, static_cast<std::int64_t>(i));
    } else {
      row::AppendBytes(row, std::to_string(i * i));
    }
  }
  return row;
}

TEST_F(Vectors, RowsAndTheirHashes) {
  ASSERT_GT((*this)["rows"].size(), 100U);
  for (const Json& vector : (*this)["rows"]) {
    const std::string row = RowOf(SchemaOf(vector["schema"]), vector["values"]);
    EXPECT_EQ(Hex(row), Text(vector["row"])) << vector["name"];
    EXPECT_EQ(Xxh3(row), FromHex(vector["xxh3_64"])) << vector["name"];
    EXPECT_EQ(Hex128(Xxh3Wide(row)), Text(vector["xxh3_128"])) << vector["name"];
    EXPECT_EQ(SchemaJson(SchemaOf(vector["schema"])), vector["schema"]) << vector["name"];
  }
}

TEST_F(Vectors, PagesAndDigests) {
  ASSERT_GT((*this)["pages"].size(), 10U);
  for (const Json& vector : (*this)["pages"]) {
    const bool square = vector["rule"] == "square";
    const std::string constant = square ? "" : RowOf(SchemaOf(vector["schema"]), vector["row"]);
    SplitDigester digester;
    std::vector<std::uint64_t> page_rows;
    std::uint64_t i = 0, begin = 0;
    const auto look = [&] {
      if (digester.pages() == page_rows.size()) return;
      page_rows.push_back(i - begin);
      begin = i;
    };
    for (const Json& partition : vector["partitions"]) {
      for (std::uint64_t left = partition.get<std::uint64_t>(); left > 0; --left) {
        digester.AddRow(square ? SquareRow(i, {"n", "s"}) : constant);
        ++i;
        look();
      }
      digester.EndPartition();
      look();
    }
    EXPECT_EQ(Json(page_rows), vector["page_rows"]) << vector.dump();
    EXPECT_EQ(digester.rows(), i);
    EXPECT_EQ(digester.Finish(), Text(vector["digest"])) << vector.dump();
  }
}

TEST_F(Vectors, ContentIds) {
  ASSERT_GT((*this)["content"].size(), 3U);
  for (const Json& vector : (*this)["content"]) {
    const Schema schema = SchemaOf(vector["schema"]);
    Uint128 sum = 0;
    std::uint64_t rows = 0;
    if (vector.contains("rule")) {
      ASSERT_EQ(vector["rule"], "square");
      for (; rows < vector["count"].get<std::uint64_t>(); ++rows) {
        sum += Xxh3Wide(SquareRow(rows, {"n", "s"}));
      }
    } else {
      for (const Json& values : vector["rows"]) sum += Xxh3Wide(RowOf(schema, values));
      rows = vector["rows"].size();
    }
    const auto id = ContentId(schema, rows, Hex128(sum));
    ASSERT_TRUE(id.ok());
    EXPECT_EQ(*id, Text(vector["id"])) << vector["name"];
    EXPECT_EQ(Sha256Hex(Text(vector["text"])), *id) << vector["name"];
  }
}

// floor(hash * 1,000,000 / 2^64)
std::uint64_t Millionths(std::uint64_t hash) {
  return static_cast<std::uint64_t>(static_cast<Uint128>(hash) * 1'000'000 >> 64);
}

TEST_F(Vectors, PlacesOfTheHashSplit) {
  for (const Json& vector : (*this)["places"]) {
    EXPECT_EQ(Millionths(FromHex(vector["hash"])), vector["millionths"]) << vector.dump();
  }
}

TEST_F(Vectors, HashSplit) {
  ASSERT_GT((*this)["hash_split"].size(), 5U);
  for (const Json& vector : (*this)["hash_split"]) {
    // Borders are cumulated as train, validation, test; the digits count the shares as declared.
    std::vector<std::pair<std::string, std::size_t>> order;
    for (std::size_t i = 0; i < vector["shares"].size(); ++i) {
      order.emplace_back(Text(vector["shares"][i]["name"]), i);
    }
    std::sort(order.begin(), order.end(),
              [](const auto& a, const auto& b) { return SplitBefore(a.first, b.first); });
    const std::uint64_t seed = std::stoull(Text(vector["seed"]));
    const bool square = vector.contains("rule");
    const std::size_t count = square ? vector["count"].get<std::size_t>() : vector["rows"].size();
    std::string splits;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string row = square
                                  ? SquareRow(i, vector["columns"].get<std::vector<std::string>>())
                                  : RowOf(SchemaOf(vector["schema"]), vector["rows"][i]);
      const std::uint64_t place = Millionths(Xxh3(row, seed));
      std::uint64_t border = 0;
      for (const auto& [name, index] : order) {
        border += vector["shares"][index]["millionths"].get<std::uint64_t>();
        if (place >= border) continue;
        splits += std::to_string(index);
        break;
      }
    }
    EXPECT_EQ(splits, Text(vector["splits"])) << vector.dump();
  }
}

TEST_F(Vectors, CanonicalJsonThatIsAccepted) {
  ASSERT_GT((*this)["json_accept"].size(), 10U);
  for (const Json& vector : (*this)["json_accept"]) {
    const std::string input = Unhex(Text(vector["input"]));
    const auto json = ParseJson(input);
    ASSERT_TRUE(json.ok()) << input;
    const auto canonical = CanonicalJson(*json);
    ASSERT_TRUE(canonical.ok()) << input;
    EXPECT_EQ(Hex(*canonical), Text(vector["canonical"])) << input;
    EXPECT_EQ(Sha256Hex(*canonical), Text(vector["sha256"])) << input;
  }
}

// As `dataset verify` judges stored bytes: read, written anew, and compared.
bool IsCanonical(const std::string& bytes) {
  const auto json = ParseJson(bytes);
  if (!json.ok()) return false;
  const auto canonical = CanonicalJson(*json);
  return canonical.ok() && *canonical == bytes;
}

TEST_F(Vectors, CanonicalJsonThatIsRefused) {
  for (const char* member : {"json_refuse", "json_not_canonical"}) {
    ASSERT_GE((*this)[member].size(), 10U);
    for (const Json& vector : (*this)[member]) {
      EXPECT_FALSE(IsCanonical(Unhex(Text(vector["input"])))) << vector.dump();
    }
  }
  for (const Json& vector : (*this)["json_accept"]) {
    EXPECT_TRUE(IsCanonical(Unhex(Text(vector["canonical"])))) << vector.dump();
  }
}

TEST_F(Vectors, VersionIds) {
  ASSERT_GT((*this)["version"].size(), 3U);
  for (const Json& vector : (*this)["version"]) {
    Commit commit;
    commit.schema = SchemaOf(vector["schema"]);
    if (vector.contains("label")) commit.label = vector["label"];
    for (const auto& [name, digest] : vector["splits"].items()) {
      commit.tables.push_back(SplitTable{name, Text(digest), "", 0, {}});
    }
    const auto id = VersionId(commit);
    ASSERT_TRUE(id.ok()) << vector["name"];
    EXPECT_EQ(*id, Text(vector["id"])) << vector["name"];
    EXPECT_EQ(Sha256Hex(Text(vector["text"])), *id) << vector["name"];
  }
}

}  // namespace
}  // namespace assay::store
