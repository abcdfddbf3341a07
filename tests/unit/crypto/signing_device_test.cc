#include "support/result_matchers.h"

#include <sealift/crypto/der.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/signature_scheme.h>
#include <sealift/crypto/signing_device.h>

#include <gtest/gtest.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <utility>

#include "support/certificate_builder.h"

namespace sealift::crypto {
namespace {

using sealift::test::fails_with;
using sealift::test::TestKey;

const std::string kMessage = "a message";

// What a token does, by OpenSSL.
class FakeDevice final : public SigningDevice {
 public:
  explicit FakeDevice(TestKey key) : key_(std::move(key)) {}

  Result<std::string> sign(std::string_view input) const override {
    if (broken) return fail(ErrorCode::kUnavailable, "the device was taken out");
    const int type = EVP_PKEY_get_base_id(key_.get());
    if (type == EVP_PKEY_ED25519) return key_.sign(std::string(input), "");
    std::string signature(1024, '\0');
    std::size_t size = signature.size();
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr);
    EXPECT_EQ(EVP_PKEY_sign_init(context), 1);
    if (type == EVP_PKEY_RSA) {
      EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), 1);
    }
    EXPECT_EQ(EVP_PKEY_sign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                            reinterpret_cast<const unsigned char*>(input.data()), input.size()),
              1);
    EVP_PKEY_CTX_free(context);
    signature.resize(size);
    return type == EVP_PKEY_RSA ? signature : fixed(signature);
  }
  bool broken = false;

 private:
  std::string fixed(const std::string& der) const {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* parsed = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    const int width = (EVP_PKEY_get_bits(key_.get()) + 7) / 8;
    std::string both(static_cast<std::size_t>(2 * width), '\0');
    auto* out = reinterpret_cast<unsigned char*>(both.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(parsed), out, width);
    BN_bn2binpad(ECDSA_SIG_get0_s(parsed), out + width, width);
    ECDSA_SIG_free(parsed);
    return both;
  }
  TestKey key_;
};

PublicKey public_half(const TestKey& key) {
  return PublicKey::from_der(key.public_der(), "key").value();
}

TEST(SigningDevice, SignsLikeAKeyInMemory) {
  for (const auto& key : {TestKey::ec(), TestKey::ec("P-384"), TestKey::ec("P-521"),
                          TestKey::rsa(2048), TestKey::ed25519()}) {
    const auto half = public_half(key);
    const auto held = PrivateKey::in_device(half, std::make_shared<FakeDevice>(key));
    SCOPED_TRACE(to_string(held.type()));
    EXPECT_FALSE(held.is_in_memory());
    EXPECT_EQ(held.public_key().fingerprint(), half.fingerprint());
    // Often enough for numbers with zeros in front and with their first bit set.
    for (int i = 0; i < 20; ++i) {
      ASSERT_OK_ASSIGN(const auto signature, held.sign(kMessage));
      EXPECT_OK(half.verify(kMessage, signature));
    }
    const auto scheme = own_scheme(held.type());
    ASSERT_OK_ASSIGN(const auto exact, sign(held, scheme, kMessage));
    EXPECT_OK(verify_signature(half, scheme, kMessage, exact));
  }
}

TEST(SigningDevice, SignsWithEachHashOfRsaButNotWithPss) {
  const auto key = TestKey::rsa(2048);
  const auto half = public_half(key);
  const auto held = PrivateKey::in_device(half, std::make_shared<FakeDevice>(key));
  for (const auto scheme : {SignatureScheme::kRsaPkcs1Sha256, SignatureScheme::kRsaPkcs1Sha384,
                            SignatureScheme::kRsaPkcs1Sha512}) {
    ASSERT_OK_ASSIGN(const auto signature, sign(held, scheme, kMessage));
    EXPECT_OK(verify_signature(half, scheme, kMessage, signature));
  }
  EXPECT_THAT(sign(held, SignatureScheme::kRsaPssSha256, kMessage),
              fails_with(ErrorCode::kInvalidInput, "PSS"));
  EXPECT_THAT(sign(held, SignatureScheme::kEd25519, kMessage),
              fails_with(ErrorCode::kInvalidInput, "does not suit"));
}

TEST(SigningDevice, IsNotBelieved) {
  for (const auto& [key, other] :
       {std::pair(TestKey::ec(), TestKey::ec()), std::pair(TestKey::rsa(2048), TestKey::rsa(2048)),
        std::pair(TestKey::ed25519(), TestKey::ed25519())}) {
    const auto held = PrivateKey::in_device(public_half(key), std::make_shared<FakeDevice>(other));
    EXPECT_THAT(held.sign(kMessage), fails_with(ErrorCode::kUntrusted, "belongs to another"));
  }
}

TEST(SigningDevice, SaysItselfWhatIsWrong) {
  const auto key = TestKey::ec();
  const auto device = std::make_shared<FakeDevice>(key);
  device->broken = true;
  EXPECT_THAT(PrivateKey::in_device(public_half(key), device).sign(kMessage),
              fails_with(ErrorCode::kUnavailable, "taken out"));
}

}  // namespace
}  // namespace sealift::crypto
