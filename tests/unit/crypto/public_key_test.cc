#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/crypto/keys.h>

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace sealift::crypto {
namespace {

using sealift::test::fails_with;
using sealift::test::test_data;

PublicKey load(const std::string& name) {
  return PublicKey::from_pem(test_data("crypto/keys/" + name), name).value();
}

std::string signature(const std::string& name) {
  return base64_decode(test_data("crypto/keys/" + name)).value();
}

TEST(KeyType, NamesReadBack) {
  for (const auto type :
       {KeyType::kEcdsaP256, KeyType::kEcdsaP384, KeyType::kEcdsaP521, KeyType::kRsa2048,
        KeyType::kRsa3072, KeyType::kRsa4096, KeyType::kEd25519}) {
    ASSERT_OK_ASSIGN(const auto again, parse_key_type(to_string(type)));
    EXPECT_EQ(again, type);
  }
  EXPECT_THAT(parse_key_type("dsa"), fails_with(ErrorCode::kInvalidInput, "ecdsa-p256, "));
}

TEST(PublicKey, ReadsEachType) {
  const std::pair<const char*, KeyType> kCases[] = {
      {"p256.pub", KeyType::kEcdsaP256},  {"p384.pub", KeyType::kEcdsaP384},
      {"p521.pub", KeyType::kEcdsaP521},  {"rsa2048.pub", KeyType::kRsa2048},
      {"rsa3072.pub", KeyType::kRsa3072}, {"rsa4096.pub", KeyType::kRsa4096},
      {"ed25519.pub", KeyType::kEd25519},
  };
  for (const auto& [name, type] : kCases) {
    const std::string pem = test_data(std::string("crypto/keys/") + name);
    ASSERT_OK_ASSIGN(const auto key, PublicKey::from_pem(pem, name));
    EXPECT_EQ(key.type(), type) << name;
    EXPECT_EQ(key.to_pem(), pem) << name;
  }
}

TEST(PublicKey, NamesAKeyByTheHashOfItsSpki) {
  const auto key = load("p256.pub");
  EXPECT_EQ(key.fingerprint(), Digest::of(key.der()).to_string());
  EXPECT_EQ(key.hint(), base64_encode(Digest::of(key.der()).raw()));
}

TEST(PublicKey, IsTheSameKeyInPkcs1) {
  EXPECT_EQ(load("rsa2048.pkcs1.pub").der(), load("rsa2048.pub").der());
}

TEST(PublicKey, RefusesEachBrokenRule) {
  const std::pair<const char*, const char*> kCases[] = {
      {"refused-compressed.pub", "uncompressed point"},
      {"refused-explicit.pub", "instead of naming it"},
      {"refused-off-curve.pub", "not a well-formed"},
      {"refused-trailing-byte.pub", "not a well-formed"},
      {"refused-secp256k1.pub", "other than P-256, P-384 and P-521"},
      {"refused-rsa1024.pub", "RSA key of 1024 bits"},
      {"refused-rsa2560.pub", "RSA key of 2560 bits"},
      {"refused-rsa-exponent3.pub", "public exponent"},
      {"refused-rsa-pss.pub", "another algorithm"},
      {"refused-x25519.pub", "another algorithm"},
      {"p256.pkcs8.pem", "private half"},
      {"p256.cosign.key", "private half"},
  };
  for (const auto& [name, message] : kCases) {
    EXPECT_THAT(PublicKey::from_pem(test_data(std::string("crypto/keys/") + name), name),
                fails_with(ErrorCode::kInvalidInput, message))
        << name;
  }
  EXPECT_THAT(PublicKey::from_der("", "empty"), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(PublicKey::from_der(std::string(70'000, '0'), "big"),
              fails_with(ErrorCode::kInvalidInput, "larger than 65536 bytes"));
}

TEST(PublicKey, VerifiesWhatOthersSigned) {
  const std::string message = test_data("crypto/keys/message.txt");
  const std::pair<const char*, const char*> kCases[] = {
      {"p256.pub", "p256.sig"},
      {"p384.pub", "p384.sig"},
      {"p384.pub", "p384-sha256.sig"},
      {"p521.pub", "p521.sig"},
      {"rsa2048.pub", "rsa2048.sig"},
      {"ed25519.pub", "ed25519.sig"},
      {"ed25519.pub", "ed25519-pure.sig"},
  };
  for (const auto& [key_name, signature_name] : kCases) {
    const auto key = load(key_name);
    const std::string good = signature(signature_name);
    EXPECT_OK(key.verify(message, good)) << signature_name;
    EXPECT_THAT(key.verify(message + " ", good), fails_with(ErrorCode::kUntrusted))
        << signature_name;
    for (std::size_t at = 0; at < good.size(); ++at) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 1);
      EXPECT_THAT(key.verify(message, bad), fails_with(ErrorCode::kUntrusted))
          << signature_name << " byte " << at;
    }
    for (const std::string& bad : {std::string(), good + '\0', good.substr(1),
                                   good.substr(0, good.size() - 1), std::string(5000, 'x')}) {
      EXPECT_THAT(key.verify(message, bad), fails_with(ErrorCode::kUntrusted)) << signature_name;
    }
  }
}

TEST(PublicKey, RefusesTheSignatureOfAnotherKey) {
  EXPECT_THAT(load("p256.pub").verify(test_data("crypto/keys/message.txt"), signature("p384.sig")),
              fails_with(ErrorCode::kUntrusted, load("p256.pub").fingerprint()));
}

TEST(PublicKey, LeavesNoErrorInOpensslsQueue) {
  ERR_clear_error();
  (void)PublicKey::from_pem(test_data("crypto/keys/refused-off-curve.pub"), "key");
  (void)load("p256.pub").verify("message", "not DER");
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace sealift::crypto
