/// The two hashes: sha256 for content that must be proved, xxh3 for rows that must be quick.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

__extension__ using Uint128 = unsigned __int128;
__extension__ using Int128 = __int128;

/// A running sha256.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::string_view bytes);
  /// Returns the 32 raw bytes and starts anew.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// HMAC-SHA-256 (RFC 2104) of many texts under one key, one after the other.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  ~HmacSha256();

  /// The 32 raw bytes.
  std::string Of(std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Lower-case hex of bytes.
std::string Hex(std::string_view bytes);
/// Lower-case hex sha256 of `bytes`.
std::string Sha256Hex(std::string_view bytes);
/// Lower-case hex HMAC-SHA-256 (RFC 2104) of `bytes` under `key`.
std::string HmacSha256Hex(std::string_view key, std::string_view bytes);
/// 32 lower-case hex digits, most significant first.
std::string Hex128(Uint128 value);
/// The other way round; anything but 32 hex digits is kData.
Result<Uint128> ParseHex128(std::string_view text);

std::uint64_t Xxh3(std::string_view bytes, std::uint64_t seed = 0);
/// xxh3-128 with seed 0 as high64 * 2^64 + low64.
Uint128 Xxh3Wide(std::string_view bytes);

}  // namespace assay
