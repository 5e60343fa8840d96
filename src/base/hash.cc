#include "base/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

namespace assay {

namespace {

// Found once: each hash would look for it again, which takes longer than to hash a short text.
const EVP_MD* Algorithm() {
  static const EVP_MD* const kFound = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kFound;
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  EVP_DigestInit_ex(state_->context, Algorithm(), nullptr);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string Sha256::Finish() {
  std::string digest(32, '\0');
  EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  EVP_DigestInit_ex(state_->context, nullptr, nullptr);
  return digest;
}

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

std::string Sha256Hex(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return Hex(hash.Finish());
}

struct HmacSha256::State {
  // What both hashes begin with is the same for each text.
  EVP_MD_CTX *inner = EVP_MD_CTX_new(), *outer = EVP_MD_CTX_new(), *running = EVP_MD_CTX_new();
  ~State() {
    for (EVP_MD_CTX* context : {inner, outer, running}) EVP_MD_CTX_free(context);
  }
};

HmacSha256::HmacSha256(std::string_view key) : state_(std::make_unique<State>()) {
  constexpr std::size_t kBlock = 64;
  std::string padded(key);
  if (key.size() > kBlock) {
    Sha256 hash;
    hash.Update(key);
    padded = hash.Finish();
  }
  padded.resize(kBlock, '\0');
  const auto begin = [&](EVP_MD_CTX* context, char pad) {
    std::string mixed = padded;
    for (char& c : mixed) c = static_cast<char>(c ^ pad);
    EVP_DigestInit_ex(context, Algorithm(), nullptr);
    EVP_DigestUpdate(context, mixed.data(), mixed.size());
  };
  begin(state_->inner, '\x36');
  begin(state_->outer, '\x5c');
}
HmacSha256::~HmacSha256() = default;

std::string HmacSha256::Of(std::string_view bytes) {
  std::string digest(32, '\0');
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  EVP_MD_CTX* running = state_->running;
  EVP_MD_CTX_copy_ex(running, state_->inner);
  EVP_DigestUpdate(running, bytes.data(), bytes.size());
  EVP_DigestFinal_ex(running, out, nullptr);
  EVP_MD_CTX_copy_ex(running, state_->outer);
  EVP_DigestUpdate(running, digest.data(), digest.size());
  EVP_DigestFinal_ex(running, out, nullptr);
  return digest;
}

std::string HmacSha256Hex(std::string_view key, std::string_view bytes) {
  return Hex(HmacSha256(key).Of(bytes));
}

std::string Hex128(Uint128 value) {
  std::string bytes(16, '\0');
  for (std::size_t i = 16; i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return Hex(bytes);
}

Result<Uint128> ParseHex128(std::string_view text) {
  constexpr std::size_t kDigits = 32;
  const bool is_hex = text.size() == kDigits &&
                      text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!is_hex) {
    return Error{ErrorCode::kData, "not 32 hex digits: " + std::string(text.substr(0, 64)), ""};
  }
  Uint128 value = 0;
  for (const char c : text) {
    value = value << 4 | static_cast<Uint128>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return value;
}

std::uint64_t Xxh3(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Uint128 Xxh3Wide(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return (static_cast<Uint128>(hash.high64) << 64) | hash.low64;
}

}  // namespace assay
