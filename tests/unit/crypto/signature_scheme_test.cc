#include <sealift/crypto/signature_scheme.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>
#include <vector>

namespace sealift::crypto {
namespace {

using test::fails_with;

// A signature by OpenSSL itself, so that ours is not judged by ours.
std::string sign(const PrivateKey& key, const EVP_MD* hash, bool pss, int salt,
                 std::string_view message) {
  const auto pem = key.to_plain_pem();
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> opened(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  EXPECT_EQ(EVP_DigestSignInit(context.get(), &parameters, hash, nullptr, opened.get()), 1);
  if (pss) {
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), 1);
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt), 1);
  }
  std::string signature(1024, '\0');
  std::size_t size = signature.size();
  EXPECT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                           reinterpret_cast<const unsigned char*>(message.data()), message.size()),
            1);
  signature.resize(size);
  return signature;
}

struct Case {
  SignatureScheme scheme;
  KeyType type;
  const EVP_MD* hash;
  bool pss = false;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {SignatureScheme::kEcdsaP256Sha256, KeyType::kEcdsaP256, EVP_sha256()},
      {SignatureScheme::kEcdsaP384Sha384, KeyType::kEcdsaP384, EVP_sha384()},
      {SignatureScheme::kEcdsaP521Sha512, KeyType::kEcdsaP521, EVP_sha512()},
      {SignatureScheme::kEd25519, KeyType::kEd25519, nullptr},
      {SignatureScheme::kRsaPkcs1Sha256, KeyType::kRsa2048, EVP_sha256()},
      {SignatureScheme::kRsaPkcs1Sha384, KeyType::kRsa2048, EVP_sha384()},
      {SignatureScheme::kRsaPkcs1Sha512, KeyType::kRsa2048, EVP_sha512()},
      {SignatureScheme::kRsaPssSha256, KeyType::kRsa2048, EVP_sha256(), true},
      {SignatureScheme::kRsaPssSha384, KeyType::kRsa2048, EVP_sha384(), true},
      {SignatureScheme::kRsaPssSha512, KeyType::kRsa2048, EVP_sha512(), true}};
  return all;
}

// Each scheme takes its own signatures and nobody else's.
TEST(SignatureScheme, IsExactlyOneWay) {
  for (const auto type : {KeyType::kEcdsaP256, KeyType::kEcdsaP384, KeyType::kEcdsaP521,
                          KeyType::kEd25519, KeyType::kRsa2048}) {
    ASSERT_OK_ASSIGN(const auto key, PrivateKey::generate(type));
    for (const auto& made : cases()) {
      if (made.type != type) continue;
      const auto signature = sign(key, made.hash, made.pss, RSA_PSS_SALTLEN_DIGEST, "message");
      for (const auto& asked : cases()) {
        const auto verified =
            verify_signature(key.public_key(), asked.scheme, "message", signature);
        if (asked.scheme == made.scheme) {
          EXPECT_OK(verified);
        } else {
          EXPECT_THAT(verified, fails_with(asked.type == type ? ErrorCode::kUntrusted
                                                              : ErrorCode::kInvalidInput));
        }
      }
      EXPECT_THAT(verify_signature(key.public_key(), made.scheme, "massage", signature),
                  fails_with(ErrorCode::kUntrusted));
      EXPECT_THAT(verify_signature(key.public_key(), made.scheme, "message", signature + '\0'),
                  fails_with(ErrorCode::kUntrusted));
      EXPECT_THAT(verify_signature(key.public_key(), made.scheme, "message", ""),
                  fails_with(ErrorCode::kUntrusted));
    }
  }
}

TEST(SignatureScheme, OfPssTakesAnySalt) {
  ASSERT_OK_ASSIGN(const auto key, PrivateKey::generate(KeyType::kRsa2048));
  for (const int salt : {0, 20, 32, RSA_PSS_SALTLEN_MAX}) {
    EXPECT_OK(verify_signature(key.public_key(), SignatureScheme::kRsaPssSha256, "message",
                               sign(key, EVP_sha256(), true, salt, "message")));
  }
}

TEST(SignatureScheme, SignsInExactlyThatWay) {
  for (const auto& made : cases()) {
    ASSERT_OK_ASSIGN(const auto key, PrivateKey::generate(made.type));
    ASSERT_OK_ASSIGN(const auto signature, crypto::sign(key, made.scheme, "message"));
    EXPECT_OK(verify_signature(key.public_key(), made.scheme, "message", signature));
    const auto other = made.type == KeyType::kEd25519 ? SignatureScheme::kEcdsaP256Sha256
                                                      : SignatureScheme::kEd25519;
    EXPECT_THAT(crypto::sign(key, other, "message"), fails_with(ErrorCode::kInvalidInput));
    EXPECT_TRUE(suits(own_scheme(made.type), made.type));
  }
}

// cosign's other ways with these keys are nothing here.
TEST(SignatureScheme, IsStricterThanWhatCosignTakes) {
  ASSERT_OK_ASSIGN(const auto p384, PrivateKey::generate(KeyType::kEcdsaP384));
  const auto with_sha256 = sign(p384, EVP_sha256(), false, 0, "message");
  EXPECT_OK(p384.public_key().verify("message", with_sha256));
  EXPECT_THAT(verify_signature(p384.public_key(), SignatureScheme::kEcdsaP384Sha384, "message",
                               with_sha256),
              fails_with(ErrorCode::kUntrusted));
}

}  // namespace
}  // namespace sealift::crypto
