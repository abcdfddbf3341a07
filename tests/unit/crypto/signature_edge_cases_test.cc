#include "support/certificate_builder.h"
#include "support/result_matchers.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/der.h>
#include <sealift/crypto/keys.h>

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <memory>

// Signatures and keys that look nearly right: what the Wycheproof project collects, made here.

namespace sealift::crypto {
namespace {

using sealift::test::fails_with;
using sealift::test::TestKey;
using namespace std::string_literals;

const std::string kMessage = "a message";

std::string bytes(std::string_view hex) { return hex_decode(hex).value(); }

PublicKey public_half(const TestKey& key) {
  return PublicKey::from_der(key.public_der(), "key").value();
}

using Number = std::unique_ptr<BIGNUM, void (*)(BIGNUM*)>;

Number number(std::string_view big_endian) {
  return {BN_bin2bn(reinterpret_cast<const unsigned char*>(big_endian.data()),
                    static_cast<int>(big_endian.size()), nullptr),
          BN_free};
}

std::string big_endian(const BIGNUM* value) {
  std::string out(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

// A DER INTEGER of a number that is not negative.
std::string integer(const std::string& value) {
  std::string digits = value.empty() ? std::string(1, '\0') : value;
  if (static_cast<unsigned char>(digits.front()) >= 0x80) digits.insert(digits.begin(), '\0');
  return write_der(kDerInteger, digits);
}

std::string sequence(const std::string& content) { return write_der(kDerSequence, content); }

std::string sum(const std::string& left, const std::string& right) {
  const Number a = number(left);
  BN_add(a.get(), a.get(), number(right).get());
  return big_endian(a.get());
}

class EcdsaSignature : public testing::TestWithParam<const char*> {
 protected:
  EcdsaSignature() : key_(TestKey::ec(GetParam())), public_(public_half(key_)) {
    const std::string signature = key_.sign(kMessage);
    const auto* at = reinterpret_cast<const unsigned char*>(signature.data());
    ECDSA_SIG* parsed = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(signature.size()));
    r_ = big_endian(ECDSA_SIG_get0_r(parsed));
    s_ = big_endian(ECDSA_SIG_get0_s(parsed));
    ECDSA_SIG_free(parsed);
    EC_GROUP* group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(GetParam()));
    order_ = big_endian(EC_GROUP_get0_order(group));
    EC_GROUP_free(group);
  }
  void refused(const std::string& signature, const char* why) const {
    EXPECT_THAT(public_.verify(kMessage, signature), fails_with(ErrorCode::kUntrusted)) << why;
  }

  TestKey key_;
  PublicKey public_;
  std::string r_;
  std::string s_;
  std::string order_;
};

TEST_P(EcdsaSignature, IsAcceptedInItsOneEncoding) {
  EXPECT_OK(public_.verify(kMessage, sequence(integer(r_) + integer(s_))));
  const std::string padded_r = write_der(kDerInteger, std::string(2, '\0') + r_);
  refused(sequence(padded_r + integer(s_)), "r with zeros in front");
  refused(sequence(integer(r_) + integer(s_)) + '\0', "a byte after it");
  refused(sequence(integer(r_) + integer(s_) + write_der(kDerNull, "")), "a third element");
  refused(sequence(integer(r_) + integer(s_) + integer("")), "a third number");
  refused(sequence(integer(r_)), "no s");
  refused(sequence(""), "nothing inside");
  refused("", "nothing");
  const std::string content = integer(r_) + integer(s_);
  refused("\x30\x80" + content + std::string(2, '\0'), "an indefinite length");
  std::string length(1, static_cast<char>(content.size()));
  refused("\x30\x82" + std::string(1, '\0') + length + content, "a longer length");
  refused(write_der(0x31, content), "a set");
  refused(sequence(write_der(kDerOctetString, r_) + integer(s_)), "r as bytes");
  refused(integer(r_) + integer(s_), "no sequence");
  const std::size_t width = order_.size();
  const auto fixed = [&](const std::string& value) {
    return std::string(width - value.size(), '\0') + value;
  };
  refused(fixed(r_) + fixed(s_), "the form of IEEE P1363");
}

TEST_P(EcdsaSignature, HasBothNumbersBelowTheOrder) {
  const std::string one = "\x01";
  const Number below = number(order_);
  BN_sub_word(below.get(), 1);
  const std::string values[] = {"",
                                one,
                                order_,
                                big_endian(below.get()),
                                sum(order_, one),
                                std::string(order_.size() + 1, '\xff')};
  for (const auto& a : values) {
    for (const auto& b : values) refused(sequence(integer(a) + integer(b)), "two special numbers");
    refused(sequence(integer(a) + integer(s_)), "a special r");
    refused(sequence(integer(r_) + integer(a)), "a special s");
  }
  refused(sequence(integer(sum(r_, order_)) + integer(s_)), "r plus the order");
  refused(sequence(integer(r_) + integer(sum(s_, order_))), "s plus the order");
  std::string complement(order_.size() + 1, '\xff');
  refused(sequence(write_der(kDerInteger, complement + r_) + integer(s_)), "a negative r");
  refused(sequence(integer(s_) + integer(r_)), "both exchanged");
}

TEST_P(EcdsaSignature, FitsOneKeyAndCurve) {
  const std::string signature = key_.sign(kMessage);
  for (const char* curve : {"P-256", "P-384", "P-521"}) {
    EXPECT_THAT(public_half(TestKey::ec(curve)).verify(kMessage, signature),
                fails_with(ErrorCode::kUntrusted))
        << curve;
  }
  EXPECT_THAT(public_.verify("another message", signature), fails_with(ErrorCode::kUntrusted));
  refused(key_.sign(kMessage, "SHA1"), "SHA-1");
  refused(key_.sign(kMessage, "SHA224"), "SHA-224");
}

TEST_P(EcdsaSignature, IsCheckedByItsDigestAlike) {
  const auto digest = Digest::of(kMessage);
  EXPECT_OK(public_.verify_digest(digest, key_.sign(kMessage)));
  EXPECT_OK(public_.verify_digest(Digest::of(kMessage, Digest::Algorithm::kSha512),
                                  key_.sign(kMessage, "SHA512")));
  EXPECT_THAT(public_.verify_digest(Digest::of("another"), key_.sign(kMessage)),
              fails_with(ErrorCode::kUntrusted));
  EXPECT_THAT(public_.verify_digest(digest, key_.sign(kMessage) + '\0'),
              fails_with(ErrorCode::kUntrusted));
  EXPECT_THAT(public_.verify_digest(digest, ""), fails_with(ErrorCode::kUntrusted));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Curves, EcdsaSignature, testing::Values("P-256", "P-384", "P-521"),
                         [](const auto& test) { return std::string(test.param).substr(2); });

std::string ed25519_spki(const std::string& point) {
  return bytes("302a300506032b6570032100") + point;
}

// The order of the main subgroup, little endian (RFC 8032, section 5.1).
const std::string& ed25519_order() {
  static const std::string order =
      bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  return order;
}

TEST(Ed25519Signature, HasOneForm) {
  const auto key = TestKey::ed25519();
  const auto half = public_half(key);
  const std::string good = key.sign(kMessage);
  EXPECT_OK(half.verify(kMessage, good));
  // S plus the order is the same number modulo the order: RFC 8032, section 5.1.7, refuses it.
  std::string malleated = good;
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(good[32 + i]);
    carry += static_cast<unsigned char>(ed25519_order()[i]);
    malleated[32 + i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  ASSERT_EQ(carry, 0u);
  EXPECT_THAT(half.verify(kMessage, malleated), fails_with(ErrorCode::kUntrusted));
  for (const std::string& wrong :
       {std::string(), good.substr(0, 63), good + '\0', std::string(64, '\0'),
        std::string(64, '\xff'), good.substr(32) + good.substr(0, 32),
        good.substr(0, 32) + std::string(32, '\0'), good.substr(0, 32) + ed25519_order()}) {
    EXPECT_THAT(half.verify(kMessage, wrong), fails_with(ErrorCode::kUntrusted))
        << hex_encode(wrong);
  }
  EXPECT_THAT(half.verify("another message", good), fails_with(ErrorCode::kUntrusted));
  EXPECT_THAT(half.verify_digest(Digest::of(kMessage), good),
              fails_with(ErrorCode::kInvalidInput, "give the file itself"));
}

// Whoever has the key may choose R = 0·B, and gives the key away by it: S is k times the secret.
TEST(Ed25519Signature, WithTheIdentityForRCountsWherePureAndNotWherePrehashed) {
  const std::string seed(32, '\7');
  std::string point(32, '\0'), secret(64, '\0'), hash(64, '\0');
  const auto at = [](std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); };
  const auto in = [](const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  ASSERT_EQ(crypto_sign_seed_keypair(at(point), at(secret), in(seed)), 0);
  ASSERT_OK_ASSIGN(const auto key, PublicKey::from_der(ed25519_spki(point), "key"));
  crypto_hash_sha512(at(hash), in(seed), seed.size());
  std::string scalar = hash.substr(0, 32);
  scalar[0] = static_cast<char>(scalar[0] & 0xf8);
  scalar[31] = static_cast<char>((scalar[31] & 0x7f) | 0x40);
  std::string wide = scalar + std::string(32, '\0'), reduced(32, '\0');
  crypto_core_ed25519_scalar_reduce(at(reduced), in(wide));
  const std::string identity = std::string(1, '\1') + std::string(31, '\0');
  const auto sign = [&](const std::string& prefix, const std::string& message) {
    const std::string hashed = prefix + identity + point + message;
    std::string challenge(64, '\0'), k(32, '\0'), s(32, '\0');
    crypto_hash_sha512(at(challenge), in(hashed), hashed.size());
    crypto_core_ed25519_scalar_reduce(at(k), in(challenge));
    crypto_core_ed25519_scalar_mul(at(s), in(k), in(reduced));
    return identity + s;
  };
  const std::string message(kMessage);
  EXPECT_OK(key.verify(message, sign("", message)));
  crypto_hash_sha512(at(hash), in(message), message.size());
  const std::string prehashed =
      sign("SigEd25519 no Ed25519 collisions" + std::string("\1\0", 2), hash);
  EXPECT_THAT(key.verify(message, prehashed), fails_with(ErrorCode::kUntrusted));
}

// With these keys a signature that needs no private key would fit any message.
TEST(Ed25519Key, OfSmallOrderOrInAnotherFormIsRefused) {
  const char* kPoints[] = {
      // The points of order 1, 2, 4 and 8 (RFC 7748's curve in Edwards form).
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
      // The same with y not below the prime, or the sign of zero.
      "0100000000000000000000000000000000000000000000000000000000000080",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      // Not on the curve.
      "0200000000000000000000000000000000000000000000000000000000000000",
  };
  for (const char* point : kPoints) {
    EXPECT_THAT(PublicKey::from_der(ed25519_spki(bytes(point)), "key"),
                fails_with(ErrorCode::kInvalidInput))
        << point;
  }
  const std::string good = TestKey::ed25519().public_der();
  EXPECT_OK(PublicKey::from_der(good, "key"));
  EXPECT_EQ(good.substr(0, 12), ed25519_spki("").substr(0, 12));
  EXPECT_THAT(PublicKey::from_der(good.substr(0, 43), "cut"), fails_with(ErrorCode::kInvalidInput));
}

// A point of the main subgroup with one of order 8 added: another key for the same private one.
TEST(Ed25519Key, OutsideTheMainSubgroupIsRefused) {
  const std::string good = TestKey::ed25519().public_der().substr(12);
  const std::string torsion =
      bytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  std::string mixed(32, '\0');
  const auto at = [](const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  ASSERT_EQ(crypto_core_ed25519_add(reinterpret_cast<unsigned char*>(mixed.data()), at(good),
                                    at(torsion)),
            0);
  EXPECT_THAT(PublicKey::from_der(ed25519_spki(mixed), "key"),
              fails_with(ErrorCode::kInvalidInput));
}

// RSA with the padding in our own hands: the private operation over a block of our making.
class RsaSignature : public testing::Test {
 protected:
  static const TestKey& key() {
    static const TestKey key = TestKey::rsa(2048);
    return key;
  }
  static constexpr std::size_t kSize = 256;

  static std::string raise(const std::string& block) {
    std::string out(kSize, '\0');
    std::size_t size = kSize;
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(nullptr, key().get(), nullptr);
    const bool done =
        EVP_PKEY_sign_init(context) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
        EVP_PKEY_sign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                      reinterpret_cast<const unsigned char*>(block.data()), block.size()) == 1;
    EVP_PKEY_CTX_free(context);
    EXPECT_TRUE(done);
    return out;
  }
  static std::string digest_info(const std::string& hash, bool with_null = true) {
    const std::string algorithm = write_der(kDerObjectIdentifier, bytes("608648016503040201")) +
                                  (with_null ? write_der(kDerNull, "") : "");
    return sequence(sequence(algorithm) + write_der(kDerOctetString, hash));
  }
  static std::string padded(const std::string& content) {
    return std::string("\0\1", 2) + std::string(kSize - 3 - content.size(), '\xff') +
           std::string(1, '\0') + content;
  }
  static void refused(const std::string& block, const char* why) {
    EXPECT_THAT(public_half(key()).verify(kMessage, raise(block)),
                fails_with(ErrorCode::kUntrusted))
        << why;
  }
};

TEST_F(RsaSignature, HasOnePadding) {
  const auto half = public_half(key());
  const std::string hash = Digest::of(kMessage).raw();
  const std::string info = digest_info(hash);
  EXPECT_OK(half.verify(kMessage, raise(padded(info))));
  EXPECT_OK(half.verify(kMessage, key().sign(kMessage)));

  refused(padded(digest_info(hash, false)), "no parameters");
  refused(padded(hash), "the hash alone");
  refused(padded(digest_info(hash.substr(1))), "a short hash");
  refused(padded(digest_info(hash + '\0')), "a long hash");
  refused(padded(info + '\0'), "a byte after the hash");
  refused(padded(sequence(info)), "one more sequence");
  // Lengths in a longer form, which BER allows and DER does not; another hash's name.
  refused(padded("\x30\x81" + info.substr(1)), "a long length outside");
  refused(padded("\x30\x32\x30\x81" + info.substr(3)), "a long length inside");
  std::string renamed = info;
  renamed[14] = '\2';
  refused(padded(renamed), "SHA-256 under the name of SHA-384");
  std::string block = padded(info);
  block[1] = '\2';
  refused(block, "the type of an encryption");
  block[1] = '\0';
  refused(block, "no type");
  block = padded(info);
  block[2] = '\xfe';
  refused(block, "a changed first byte of the padding");
  block = padded(info);
  block[kSize - info.size() - 2] = '\0';
  refused(block, "a padding that ends early");
  block = padded(info);
  block[kSize - info.size() - 1] = '\xff';
  refused(block, "a padding that does not end");
  // Little padding and garbage behind the hash: Bleichenbacher's forgery of 2006.
  block = std::string("\0\1", 2) + std::string(8, '\xff') + std::string(1, '\0') + info;
  refused(block + std::string(kSize - block.size(), '\0'), "garbage behind the hash");
  block = padded(info);
  refused(std::string(1, '\0') + block.substr(0, kSize - 1), "everything moved by one byte");
}

TEST_F(RsaSignature, HasTheLengthOfItsKey) {
  const auto half = public_half(key());
  const std::string good = key().sign(kMessage);
  for (const std::string& wrong :
       {std::string(), good + '\0', std::string(1, '\0') + good, good.substr(1),
        good.substr(0, kSize - 1), std::string(kSize, '\0'), std::string(kSize, '\xff'),
        std::string(kSize - 1, '\0') + '\1', std::string(1 << 20, 'x')}) {
    EXPECT_THAT(half.verify(kMessage, wrong), fails_with(ErrorCode::kUntrusted)) << wrong.size();
  }
  EXPECT_THAT(half.verify("another message", good), fails_with(ErrorCode::kUntrusted));
  for (const char* hash : {"SHA1", "SHA224", "SHA512", "MD5"}) {
    EXPECT_THAT(half.verify(kMessage, key().sign(kMessage, hash)),
                fails_with(ErrorCode::kUntrusted))
        << hash;
  }
}

TEST_F(RsaSignature, IsNoneWithTheModulusAdded) {
  // The same number modulo n, and one more digit or the same length: refused either way.
  BIGNUM* modulus = nullptr;
  ASSERT_EQ(EVP_PKEY_get_bn_param(key().get(), "n", &modulus), 1);
  const std::string larger = sum(key().sign(kMessage), big_endian(modulus));
  BN_free(modulus);
  EXPECT_THAT(public_half(key()).verify(kMessage, larger), fails_with(ErrorCode::kUntrusted));
}

TEST_F(RsaSignature, OfAnotherSchemeIsNone) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  std::string signature(kSize, '\0');
  std::size_t size = kSize;
  ASSERT_EQ(EVP_DigestSignInit(context, &options, EVP_sha256(), nullptr, key().get()), 1);
  ASSERT_EQ(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING), 1);
  ASSERT_EQ(
      EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(kMessage.data()), kMessage.size()),
      1);
  EVP_MD_CTX_free(context);
  EXPECT_THAT(public_half(key()).verify(kMessage, signature), fails_with(ErrorCode::kUntrusted));
}

std::string rsa_spki(const std::string& modulus, const std::string& exponent) {
  const std::string algorithm = sequence(
      write_der(kDerObjectIdentifier, bytes("2a864886f70d010101")) + write_der(kDerNull, ""));
  return sequence(algorithm +
                  write_der(kDerBitString, std::string(1, '\0') + sequence(modulus + exponent)));
}

TEST(RsaKey, HasASizeAndAnExponentThatAreUsual) {
  std::string modulus(256, '\xc5');
  const std::string odd = integer(modulus);
  EXPECT_OK(PublicKey::from_der(rsa_spki(odd, integer("\x01\x00\x01"s)), "key"));
  const auto refused = [&](const std::string& spki, const char* why) {
    EXPECT_THAT(PublicKey::from_der(spki, "key"), fails_with(ErrorCode::kInvalidInput)) << why;
  };
  const std::string usual = integer("\x01\x00\x01"s);
  refused(rsa_spki(odd, integer("")), "exponent 0");
  refused(rsa_spki(odd, integer("\x01")), "exponent 1");
  refused(rsa_spki(odd, integer("\x02")), "exponent 2");
  refused(rsa_spki(odd, integer("\x03")), "exponent 3");
  refused(rsa_spki(odd, integer("\x01\x00\x02"s)), "an even exponent");
  refused(rsa_spki(odd, integer("\xff\xff\xff\xff"s)), "an exponent of 32 bits");
  refused(rsa_spki(odd, integer(std::string(200, '\x7f'))), "a huge exponent");
  refused(rsa_spki(odd, write_der(kDerInteger, "\xff\x01"s)), "a negative exponent");
  refused(rsa_spki(odd, write_der(kDerInteger, "\x00\x01\x00\x01"s)), "an exponent with a zero");
  refused(rsa_spki(integer(std::string(64, '\xc5')), usual), "512 bits");
  refused(rsa_spki(integer(std::string(128, '\xc5')), usual), "1024 bits");
  refused(rsa_spki(integer(std::string(255, '\xc5')), usual), "2040 bits");
  refused(rsa_spki(integer(std::string(1024, '\xc5')), usual), "8192 bits");
  refused(rsa_spki(integer(std::string(4096, '\xc5')), usual), "32768 bits");
  refused(rsa_spki(write_der(kDerInteger, modulus), usual), "a negative modulus");
  modulus.back() = '\xc4';
  refused(rsa_spki(integer(modulus), usual), "an even modulus");
  refused(rsa_spki(integer(""), usual), "no modulus");
}

TEST(EcKey, IsAPointOnItsCurve) {
  const std::string good = TestKey::ec().public_der();
  ASSERT_EQ(good.size(), 91u);
  EXPECT_OK(PublicKey::from_der(good, "key"));
  std::string off = good;
  off.back() = static_cast<char>(off.back() ^ 1);
  EXPECT_THAT(PublicKey::from_der(off, "off"), fails_with(ErrorCode::kInvalidInput));
  const std::string head = good.substr(0, 26);
  const std::string field =
      bytes("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
  EXPECT_THAT(PublicKey::from_der(head + "\x04" + std::string(64, '\0'), "zero"),
              fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(PublicKey::from_der(head + "\x04" + field + field, "not below the prime"),
              fails_with(ErrorCode::kInvalidInput));
  // The point at infinity, which has one byte.
  const std::string infinity = bytes("3019301306072a8648ce3d020106082a8648ce3d03010703020000");
  EXPECT_THAT(PublicKey::from_der(infinity, "infinity"), fails_with(ErrorCode::kInvalidInput));
  // The coordinates of one curve under the name of another.
  const std::string other = TestKey::ec("P-384").public_der();
  EXPECT_THAT(PublicKey::from_der(head + other.substr(other.size() - 97, 65), "another curve"),
              fails_with(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace sealift::crypto
