#include "support/certificate_builder.h"
#include "support/result_matchers.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/der.h>
#include <sealift/crypto/hash.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/signature_scheme.h>

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <memory>

// Signatures that the numbers allow, made with the private key at hand: which of them count.

namespace sealift::crypto {
namespace {

using sealift::test::fails_with;
using sealift::test::TestKey;

const std::string kMessage = "a message";

std::string bytes(std::string_view hex) { return hex_decode(hex).value(); }

PublicKey public_half(const TestKey& key) {
  return PublicKey::from_der(key.public_der(), "key").value();
}

struct NumberDeleter {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, NumberDeleter>;

Number number(std::string_view big_endian) {
  return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(big_endian.data()),
                          static_cast<int>(big_endian.size()), nullptr));
}

std::string big_endian(const BIGNUM* value) {
  std::string out(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string ecdsa(const std::string& r, const std::string& s) {
  return write_der(kDerSequence, write_der_integer(r) + write_der_integer(s));
}

class EcdsaAlgebra : public testing::Test {
 protected:
  EcdsaAlgebra() {
    EC_GROUP* group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid("P-256"));
    order_.reset(BN_dup(EC_GROUP_get0_order(group)));
    EC_GROUP_free(group);
    BIGNUM* secret = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY, &secret);
    secret_.reset(secret);
  }

  TestKey key_ = TestKey::ec();
  PublicKey public_ = public_half(key_);
  std::unique_ptr<BN_CTX, NumberDeleter> context_{BN_CTX_new()};
  Number order_;
  Number secret_;
};

// ECDSA has two valid s for each r; standards allow both, and so do cosign and we.
TEST_F(EcdsaAlgebra, AcceptsTheOtherS) {
  const std::string signature = key_.sign(kMessage);
  const auto* at = reinterpret_cast<const unsigned char*>(signature.data());
  ECDSA_SIG* parsed = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(signature.size()));
  const std::string r = big_endian(ECDSA_SIG_get0_r(parsed));
  const Number other(BN_new());
  BN_sub(other.get(), order_.get(), ECDSA_SIG_get0_s(parsed));
  ECDSA_SIG_free(parsed);
  EXPECT_OK(public_.verify(kMessage, ecdsa(r, big_endian(other.get()))));
}

// r = -hash / secret makes the sum of the two points the one at infinity, whatever s is.
TEST_F(EcdsaAlgebra, RefusesThePointAtInfinity) {
  const Number e = number(hash(HashAlgorithm::kSha256, kMessage));
  const Number r(BN_new());
  BN_mod_inverse(r.get(), secret_.get(), order_.get(), context_.get());
  BN_mod_mul(r.get(), r.get(), e.get(), order_.get(), context_.get());
  BN_mod_sub(r.get(), order_.get(), r.get(), order_.get(), context_.get());
  for (const std::string& s : {std::string("\x01"), std::string("\x02"), big_endian(r.get())}) {
    EXPECT_THAT(public_.verify(kMessage, ecdsa(big_endian(r.get()), s)),
                fails_with(ErrorCode::kUntrusted))
        << hex_encode(s);
  }
}

TEST_F(EcdsaAlgebra, RefusesNumbersInLongerForms) {
  const std::string signature = key_.sign(kMessage);
  DerReader outer(read_single_der(signature, kDerSequence).value().content);
  const std::string r(outer.next(kDerInteger).value().encoded);
  const std::string s(outer.next(kDerInteger).value().encoded);
  const auto longer = [](const std::string& integer) {
    return integer.substr(0, 1) + "\x81" + integer.substr(1);
  };
  EXPECT_OK(public_.verify(kMessage, write_der(kDerSequence, r + s)));
  for (const auto& content : {longer(r) + s, r + longer(s), longer(r) + longer(s)}) {
    EXPECT_THAT(public_.verify(kMessage, write_der(kDerSequence, content)),
                fails_with(ErrorCode::kUntrusted));
  }
}

class Ed25519Algebra : public testing::Test {
 protected:
  Ed25519Algebra() {
    std::string seed(32, '\0');
    std::size_t size = seed.size();
    EVP_PKEY_get_raw_private_key(key_.get(), raw(seed), &size);
    std::string expanded = hash(HashAlgorithm::kSha512, seed);
    expanded[0] = static_cast<char>(expanded[0] & 0xf8);
    expanded[31] = static_cast<char>((expanded[31] & 0x7f) | 0x40);
    secret_ = reduced(expanded.substr(0, 32) + std::string(32, '\0'));
  }
  static unsigned char* raw(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
  }
  static const unsigned char* raw(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }
  static std::string reduced(const std::string& wide) {
    std::string out(32, '\0');
    crypto_core_ed25519_scalar_reduce(raw(out), raw(wide));
    return out;
  }
  // RFC 8032, section 5.1.6, with R and the secret behind it as the caller wants them.
  std::string sign_with(const std::string& r_point, const std::string& r) const {
    const std::string k =
        reduced(hash(HashAlgorithm::kSha512, r_point + public_.der().substr(12) + kMessage));
    std::string product(32, '\0');
    crypto_core_ed25519_scalar_mul(raw(product), raw(k), raw(secret_));
    std::string s(32, '\0');
    crypto_core_ed25519_scalar_add(raw(s), raw(product), raw(r));
    return r_point + s;
  }

  TestKey key_ = TestKey::ed25519();
  PublicKey public_ = public_half(key_);
  std::string secret_;
  const std::string zero_ = std::string(32, '\0');
  const std::string identity_ = '\1' + std::string(31, '\0');
};

// Only who has the key can make it, so it is as good as another; RFC 8032 allows it.
TEST_F(Ed25519Algebra, AcceptsTheIdentityAsR) {
  EXPECT_OK(public_.verify(kMessage, sign_with(identity_, zero_)));
}

TEST_F(Ed25519Algebra, RefusesOtherPointsOfSmallOrderAndOtherEncodingsAsR) {
  for (const char* point : {
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0000000000000000000000000000000000000000000000000000000000000080",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
           // The identity, not as it is written.
           "0100000000000000000000000000000000000000000000000000000000000080",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
       }) {
    EXPECT_THAT(public_.verify(kMessage, sign_with(bytes(point), zero_)),
                fails_with(ErrorCode::kUntrusted))
        << point;
  }
}

// Verifiers that multiply by the cofactor would take these; one that takes them and one that does
// not could be told different stories.
TEST_F(Ed25519Algebra, RefusesAnROutsideTheMainSubgroup) {
  std::string r(32, '\0');
  crypto_core_ed25519_scalar_random(raw(r));
  std::string point(32, '\0');
  ASSERT_EQ(crypto_scalarmult_ed25519_base_noclamp(raw(point), raw(r)), 0);
  EXPECT_OK(public_.verify(kMessage, sign_with(point, r)));
  std::string mixed(32, '\0');
  ASSERT_EQ(crypto_core_ed25519_add(
                raw(mixed), raw(point),
                raw(bytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))),
            0);
  EXPECT_THAT(public_.verify(kMessage, sign_with(mixed, r)), fails_with(ErrorCode::kUntrusted));
}

TEST(RsaAlgebra, TakesNoSchemeForAnother) {
  const auto key = PrivateKey::generate(KeyType::kRsa2048).value();
  const SignatureScheme schemes[] = {
      SignatureScheme::kRsaPkcs1Sha256, SignatureScheme::kRsaPkcs1Sha384,
      SignatureScheme::kRsaPkcs1Sha512, SignatureScheme::kRsaPssSha256,
      SignatureScheme::kRsaPssSha384,   SignatureScheme::kRsaPssSha512};
  for (const auto made_by : schemes) {
    ASSERT_OK_ASSIGN(const auto signature, sign(key, made_by, kMessage));
    for (const auto taken_for : schemes) {
      const auto verified = verify_signature(key.public_key(), taken_for, kMessage, signature);
      EXPECT_EQ(verified.has_value(), made_by == taken_for);
    }
    EXPECT_EQ(key.public_key().verify(kMessage, signature).has_value(),
              made_by == SignatureScheme::kRsaPkcs1Sha256);
  }
}

}  // namespace
}  // namespace sealift::crypto
