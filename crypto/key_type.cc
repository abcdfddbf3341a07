#include <sealift/crypto/keys.h>

#include <array>
#include <utility>

namespace sealift::crypto {
namespace {

constexpr std::array<std::pair<KeyType, std::string_view>, 7> kNames{{
    {KeyType::kEcdsaP256, "ecdsa-p256"},
    {KeyType::kEcdsaP384, "ecdsa-p384"},
    {KeyType::kEcdsaP521, "ecdsa-p521"},
    {KeyType::kRsa2048, "rsa-2048"},
    {KeyType::kRsa3072, "rsa-3072"},
    {KeyType::kRsa4096, "rsa-4096"},
    {KeyType::kEd25519, "ed25519"},
}};

}  // namespace

std::string_view to_string(KeyType type) {
  for (const auto& [value, name] : kNames) {
    if (value == type) return name;
  }
  return "unknown";
}

Result<KeyType> parse_key_type(std::string_view text) {
  std::string known;
  for (const auto& [value, name] : kNames) {
    if (name == text) return value;
    known.append(known.empty() ? "" : ", ").append(name);
  }
  return fail(ErrorCode::kInvalidInput,
              "\"" + std::string(text) + "\" is no type of key; use one of " + known);
}

}  // namespace sealift::crypto
