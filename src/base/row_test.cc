#include "base/row.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace assay::row {
namespace {

// The bytes that `append` writes, as hex. The expected texts are worked by hand from section 2 of
// docs/design/0001.
template <typename Append>
std::string HexOf(Append append) {
  std::string bytes;
  append(bytes);
  return Hex(bytes);
}

TEST(Row, TagsSayWhetherAValueIsThere) {
  EXPECT_EQ(HexOf([](std::string& out) { AppendNull(out); }), "00");
  EXPECT_EQ(HexOf([](std::string& out) { AppendPresent(out); }), "01");
}

TEST(Row, IntegersAreLittleEndianInEightBytes) {
  const auto signed_hex = [](std::int64_t value) {
    return HexOf([&](std::string& out) { AppendInt(out, value); });
  };
  EXPECT_EQ(signed_hex(0), "0000000000000000");
  EXPECT_EQ(signed_hex(1), "0100000000000000");
  EXPECT_EQ(signed_hex(-1), "ffffffffffffffff");
  EXPECT_EQ(signed_hex(std::int8_t{-128}), "80ffffffffffffff");
  EXPECT_EQ(signed_hex(0x0123456789abcdef), "efcdab8967452301");
  EXPECT_EQ(signed_hex(std::numeric_limits<std::int64_t>::min()), "0000000000000080");
  EXPECT_EQ(HexOf([](std::string& out) { AppendUint(out, std::uint8_t{255}); }),
            "ff00000000000000");
  EXPECT_EQ(HexOf([](std::string& out) { AppendUint(out, ~0ULL); }), "ffffffffffffffff");
}

TEST(Row, Int128TakesSixteenBytes) {
  EXPECT_EQ(HexOf([](std::string& out) { AppendInt128(out, -2); }),
            "feffffffffffffffffffffffffffffff");
  EXPECT_EQ(HexOf([](std::string& out) { AppendInt128(out, static_cast<Int128>(1) << 64); }),
            "00000000000000000100000000000000");
}

TEST(Row, FloatsHaveOneZeroAndOneNan) {
  const auto hex32 = [](std::uint32_t bits) {
    return HexOf([&](std::string& out) { AppendFloat32(out, std::bit_cast<float>(bits)); });
  };
  EXPECT_EQ(hex32(0x3f800000), "0000803f");
  EXPECT_EQ(hex32(0x00000000), "00000000");
  EXPECT_EQ(hex32(0x80000000), "00000000");
  EXPECT_EQ(hex32(0x00000001), "01000000");
  EXPECT_EQ(hex32(0xff800000), "000080ff");
  for (const std::uint32_t nan : {0x7fc00000U, 0xffc00000U, 0x7f800001U, 0xffffffffU}) {
    EXPECT_EQ(hex32(nan), "0000c07f");
  }
  const auto hex64 = [](std::uint64_t bits) {
    return HexOf([&](std::string& out) { AppendFloat64(out, std::bit_cast<double>(bits)); });
  };
  EXPECT_EQ(hex64(0xbff0000000000000), "000000000000f0bf");
  EXPECT_EQ(hex64(0x8000000000000000), "0000000000000000");
  EXPECT_EQ(hex64(0x8000000000000001), "0100000000000080");
  EXPECT_EQ(hex64(0x7ff0000000000000), "000000000000f07f");
  for (const std::uint64_t nan :
       {0x7ff8000000000000ULL, 0xfff8000000000001ULL, 0x7ff0000000000001ULL, ~0ULL}) {
    EXPECT_EQ(hex64(nan), "000000000000f87f");
  }
}

TEST(Row, DecimalsAreUnscaledNumberAndScale) {
  // -12.50 as decimal(9,2)
  EXPECT_EQ(HexOf([](std::string& out) { AppendDecimal(out, -1250, 2); }),
            "1efbffffffffffffffffffffffffffff"
            "02");
  EXPECT_EQ(HexOf([](std::string& out) { AppendDecimal(out, 1, 38); }),
            "01000000000000000000000000000000"
            "26");
}

TEST(Row, BoolsTextsAndCounts) {
  EXPECT_EQ(HexOf([](std::string& out) { AppendBool(out, false); }), "00");
  EXPECT_EQ(HexOf([](std::string& out) { AppendBool(out, true); }), "01");
  EXPECT_EQ(HexOf([](std::string& out) { AppendCount(out, 258); }), "02010000");
  EXPECT_EQ(HexOf([](std::string& out) { AppendBytes(out, ""); }), "00000000");
  EXPECT_EQ(HexOf([](std::string& out) { AppendBytes(out, std::string_view("a\0\xc3", 3)); }),
            "03000000"
            "6100c3");
}

TEST(Row, IsItsColumnsOneAfterTheOther) {
  // (7, null, "hi", [true, null])
  EXPECT_EQ(HexOf([](std::string& out) {
              AppendPresent(out);
              AppendInt(out, 7);
              AppendNull(out);
              AppendPresent(out);
              AppendBytes(out, "hi");
              AppendPresent(out);
              AppendCount(out, 2);
              AppendPresent(out);
              AppendBool(out, true);
              AppendNull(out);
            }),
            "01"
            "0700000000000000"
            "00"
            "01"
            "02000000"
            "6869"
            "01"
            "02000000"
            "0101"
            "00");
}

}  // namespace
}  // namespace assay::row
