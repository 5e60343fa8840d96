#include "base/hash.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

std::string Counting(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

std::string Repeated(const std::string& piece, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += piece;
  return bytes;
}

struct Vector {
  std::string bytes;
  const char* sha256;
  std::uint64_t xxh3, xxh3_seed_7;
  const char* xxh3_128;
};

// Made with Python: hashlib, and xxhash 4.1.0 (xxHash 0.8.4). The lengths reach each of the ways
// that xxh3 takes: 0, 1-3, 4-8, 9-16, 17-128, 129-240 and more bytes, and several blocks.
const Vector kVectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0x2d06800538d394c2,
     0x913ae0873e9b7eb8, "99aa06d3014798d86001c324468d497f"},
    {"a", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", 0xe6c632b61e964e1f,
     0x9ed5888bc5a2a094, "a96faf705af16834e6c632b61e964e1f"},
    {"assay", "9b2153df65c7cba8a514938e2d3254a32cc0e75f6d032572e45f2b6bb124c970",
     0xec260ebc9a765a0b, 0x1dca21adef64fa57, "010c11733b2f38a3487b764007d67761"},
    {Counting(16), "be45cb2605bf36bebde684841a28f0fd43c69850a3dce5fedba69928ee3a8991",
     0x8355e3a6f61770db, 0xee0b9003ece2cff1, "72950631827607e2842812cc870dcae2"},
    {Counting(17), "3e5718fea51a8f3f5baca61c77afab473c1810f8b9db330273b4011ce92c787e",
     0x9ef341a99de37328, 0xce3f6da0a1ce63a2, "685bc458b37d057fc06e233df7729217"},
    {Repeated("x", 128), "24da1b81d0b16df6428eee73c69fcb2a93c76bc6df706f0c6670fe6bfe800464",
     0x4ca37e83f6cddd17, 0xe8045af67bff655e, "fd990d088a9365ae7813452547ab9912"},
    {Counting(200), "1901da1c9f699b48f6b2636e65cbf73abf99d0441ef67f5c540a42f7051dec6f",
     0xf42a8864feaf0703, 0x68decbfb306ebdf2, "cb0395310643ba0edd97e9af3609d9f5"},
    {Repeated("0123456789", 30), "ba6ab297dbb2bcbc66d54fb768e01920acb58b5552455834f4563807cbd46efb",
     0x05681ea1b2e3086b, 0x10328e3fcabe550a, "7ddadb70cbb43a6305681ea1b2e3086b"},
    {Repeated("y", 100'000), "24f3b78cabc6269dc973739ded3f476534d27689bd66157953563d328ce339e8",
     0x99c40765e2a60af8, 0xecc3f3b2f6985432, "7de0c3d68dc1e11699c40765e2a60af8"},
};

TEST(Hash, AgreesWithOtherImplementations) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(Sha256Hex(vector.bytes), vector.sha256) << vector.bytes.size();
    EXPECT_EQ(Xxh3(vector.bytes), vector.xxh3) << vector.bytes.size();
    EXPECT_EQ(Xxh3(vector.bytes, 7), vector.xxh3_seed_7) << vector.bytes.size();
    EXPECT_EQ(Hex128(Xxh3Wide(vector.bytes)), vector.xxh3_128) << vector.bytes.size();
  }
}

TEST(Sha256, TakesBytesInPiecesAndStartsAnew) {
  Sha256 hash;
  for (int round = 0; round < 2; ++round) {
    for (const char* piece : {"as", "", "say"}) hash.Update(piece);
    EXPECT_EQ(Hex(hash.Finish()), kVectors[2].sha256);
  }
  EXPECT_EQ(Hex(hash.Finish()), kVectors[0].sha256);
  hash.Update("as");
  Sha256 moved = std::move(hash);
  moved.Update("say");
  EXPECT_EQ(Hex(moved.Finish()), kVectors[2].sha256);
}

TEST(Hex, IsLowerCaseAndMostSignificantFirst) {
  EXPECT_EQ(Hex(std::string_view("\x00\x7f\xff", 3)), "007fff");
  EXPECT_EQ(Hex(""), "");
  EXPECT_EQ(Hex128(0), "00000000000000000000000000000000");
  EXPECT_EQ(Hex128((static_cast<Uint128>(0x0123456789abcdef) << 64) | 0xfedcba9876543210),
            "0123456789abcdeffedcba9876543210");
}

TEST(Hash, Hex128IsReadBack) {
  const Uint128 value = (static_cast<Uint128>(0x0123456789abcdefULL) << 64) | 0xfedcba9876543210ULL;
  EXPECT_EQ(Hex128(value), "0123456789abcdeffedcba9876543210");
  EXPECT_TRUE(*ParseHex128("0123456789abcdeffedcba9876543210") == value);
  for (const char* wrong :
       {"", "12", "0123456789ABCDEFFEDCBA9876543210", "0123456789abcdeffedcba987654321g",
        "00123456789abcdeffedcba9876543210"}) {
    EXPECT_EQ(ParseHex128(wrong).error().code, ErrorCode::kData) << wrong;
  }
}

TEST(HmacSha256, TakesOneTextAfterTheOther) {
  HmacSha256 hmac("Jefe");
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Hex(hmac.Of("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(Hex(hmac.Of("")), HmacSha256Hex("Jefe", ""));
  }
}

// RFC 4231, test cases 1, 2 and 6.
TEST(Hash, KeyedHashFollowsTheStandard) {
  EXPECT_EQ(HmacSha256Hex(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HmacSha256Hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HmacSha256Hex(std::string(131, '\xaa'),
                          "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace assay
