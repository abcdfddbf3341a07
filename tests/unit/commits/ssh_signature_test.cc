// Signatures in SSH's forms, made here field by field: what ssh-keygen would not write.
#include "support/certificate_builder.h"
#include "support/result_matchers.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/hash.h>

#include <ssh_armor.h>
#include <ssh_certificate.h>
#include <ssh_key.h>

#include <gtest/gtest.h>

namespace sealift::commits {
namespace {

using sealift::test::fails_with;
using sealift::test::TestKey;

const std::string kMessage = "what is signed";

std::string number(std::uint64_t value, int width) {
  std::string bytes;
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
    bytes += static_cast<char>((value >> shift) & 0xff);
  }
  return bytes;
}

std::string string(const std::string& text) { return number(text.size(), 4) + text; }

std::string point_of(const TestKey& key) { return key.public_der().substr(12); }

std::string ed25519_blob(const TestKey& key) {
  return string("ssh-ed25519") + string(point_of(key));
}

std::string ed25519_signature(const TestKey& key, const std::string& message) {
  return string("ssh-ed25519") + string(key.sign(message, ""));
}

const std::string kSecurityType = "sk-ssh-ed25519@openssh.com";

std::string security_key_signature(const TestKey& key, const std::string& application, int flags) {
  const auto hash = [](const std::string& text) {
    return crypto::hash(crypto::HashAlgorithm::kSha256, text);
  };
  const std::string rest = number(static_cast<std::uint64_t>(flags), 1) + number(7, 4);
  return string(kSecurityType) + string(key.sign(hash(application) + rest + hash(kMessage), "")) +
         rest;
}

TEST(SshSignature, FitsItsKeyAlone) {
  const auto key = TestKey::ed25519();
  ASSERT_OK_ASSIGN(const auto read, read_ssh_key(ed25519_blob(key)));
  EXPECT_EQ(read.type, "ssh-ed25519");
  const auto good = ed25519_signature(key, kMessage);
  EXPECT_OK(verify_ssh_signature(read, kMessage, good));
  EXPECT_THAT(verify_ssh_signature(read, "another", good), fails_with(ErrorCode::kUntrusted));
  EXPECT_THAT(verify_ssh_signature(read, kMessage, ed25519_signature(TestKey::ed25519(), kMessage)),
              fails_with(ErrorCode::kUntrusted));
  for (const std::string& damaged :
       {std::string(), good.substr(1), good.substr(0, good.size() - 1), good + "x",
        string("ssh-rsa") + string(key.sign(kMessage, "")),
        string("ssh-ed448") + string(key.sign(kMessage, "")),
        string("ssh-ed25519") + string(key.sign(kMessage, "") + "x"), string("ssh-ed25519")}) {
    EXPECT_THAT(verify_ssh_signature(read, kMessage, damaged), fails_with(ErrorCode::kUntrusted))
        << hex_encode(damaged);
  }
}

TEST(SshSignature, BySecurityKeysNeedsATouch) {
  const auto key = TestKey::ed25519();
  ASSERT_OK_ASSIGN(const auto read,
                   read_ssh_key(string(kSecurityType) + string(point_of(key)) + string("ssh:")));
  EXPECT_TRUE(read.is_security_key());
  EXPECT_OK(verify_ssh_signature(read, kMessage, security_key_signature(key, "ssh:", 1)));
  EXPECT_OK(verify_ssh_signature(read, kMessage, security_key_signature(key, "ssh:", 5)));
  EXPECT_THAT(verify_ssh_signature(read, kMessage, security_key_signature(key, "ssh:", 4)),
              fails_with(ErrorCode::kUntrusted, "not touched"));
  EXPECT_THAT(verify_ssh_signature(read, kMessage, security_key_signature(key, "ssh:git", 1)),
              fails_with(ErrorCode::kUntrusted, "does not fit"));
  auto changed = security_key_signature(key, "ssh:", 1);
  changed.back() = '\x08';  // the counter
  EXPECT_THAT(verify_ssh_signature(read, kMessage, changed),
              fails_with(ErrorCode::kUntrusted, "does not fit"));
  EXPECT_THAT(verify_ssh_signature(read, kMessage, changed + "x"),
              fails_with(ErrorCode::kUntrusted, "damaged"));
  EXPECT_THAT(verify_ssh_signature(read, kMessage, changed.substr(0, changed.size() - 1)),
              fails_with(ErrorCode::kUntrusted, "damaged"));
}

TEST(SshKey, IsRefusedInAnyOtherForm) {
  const auto point = point_of(TestKey::ed25519());
  const auto p256 = TestKey::ec().public_der().substr(26);
  EXPECT_OK(read_ssh_key(string("ecdsa-sha2-nistp256") + string("nistp256") + string(p256)));
  std::string off_curve = p256;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  const std::string exponent = std::string("\1\0\1", 3);
  const std::string modulus = std::string(1, '\0') + std::string(256, '\xc5');
  EXPECT_OK(read_ssh_key(string("ssh-rsa") + string(exponent) + string(modulus)));
  for (const std::string& wrong :
       {std::string(), string("ssh-ed25519"), string("ssh-ed25519") + string(point.substr(1)),
        string("ssh-ed25519") + string(point) + "x",
        string("ssh-ed25519") + string(std::string(32, '\0')), string("ssh-dss") + string(point),
        string("ssh-rsa") + string("\3") + string(modulus),
        string("ssh-rsa") + string(exponent) + string(modulus.substr(1)),
        string("ssh-rsa") + string(exponent) + string(std::string(1, '\0') + modulus),
        string("ssh-rsa") + string(exponent) + string(modulus.substr(0, 129)),
        string("ecdsa-sha2-nistp256") + string("nistp384") + string(p256),
        string("ecdsa-sha2-nistp384") + string("nistp384") + string(p256),
        string("ecdsa-sha2-nistp256") + string("nistp256") + string(off_curve),
        string(kSecurityType) + string(point), std::string("\xff\xff\xff\xff", 4),
        string("ssh-ed25519") + string(std::string(20'000, 'x'))}) {
    EXPECT_THAT(read_ssh_key(wrong), fails_with(ErrorCode::kUntrusted))
        << hex_encode(wrong.substr(0, 100));
  }
}

std::string armored(const std::string& blob, int width = 70) {
  std::string text = "-----BEGIN SSH SIGNATURE-----\n";
  const auto base64 = base64_encode(blob);
  for (std::size_t i = 0; i < base64.size(); i += static_cast<std::size_t>(width)) {
    text += base64.substr(i, static_cast<std::size_t>(width)) + "\n";
  }
  return text + "-----END SSH SIGNATURE-----\n";
}

TEST(SshArmor, IsReadInItsOneForm) {
  const auto blob = [](const std::string& hash, const std::string& reserved = "", int version = 1) {
    return "SSHSIG" + number(static_cast<std::uint64_t>(version), 4) + string("key") +
           string("git") + string(reserved) + string(hash) + string("signature");
  };
  ASSERT_OK_ASSIGN(const auto read, read_ssh_signature(armored(blob("sha512"))));
  EXPECT_EQ(read.key, "key");
  EXPECT_EQ(read.name_space, "git");
  EXPECT_EQ(read.hash_algorithm, "sha512");
  EXPECT_EQ(read.signature, "signature");
  EXPECT_EQ(signed_bytes(read, "m"), "SSHSIG" + string("git") + string("") + string("sha512") +
                                         string(crypto::hash(crypto::HashAlgorithm::kSha512, "m")));
  const auto good = blob("sha256");
  EXPECT_OK(read_ssh_signature(armored(good)));
  for (const std::string& wrong :
       {std::string(), armored(blob("sha1")), armored(blob("sha256", "x")),
        armored(blob("sha256", "", 2)), armored(good + "x"),
        armored(good.substr(0, good.size() - 1)), armored("sshsig" + good.substr(6)),
        armored(good).substr(1), " " + armored(good), armored(good) + "x",
        std::string("-----BEGIN SSH SIGNATURE-----\n"),
        std::string("-----BEGIN SSH SIGNATURE-----\n*\n-----END SSH SIGNATURE-----\n"),
        armored(std::string(60'000, 'x'))}) {
    EXPECT_THAT(read_ssh_signature(wrong), fails_with(ErrorCode::kUntrusted, "can't be read"))
        << wrong.substr(0, 200);
  }
}

class SshCertificateTest : public testing::Test {
 protected:
  std::string blob(const std::string& principals, int type = 1, const std::string& options = "") {
    return sign(
        string("ssh-ed25519-cert-v01@openssh.com") + string("nonce") + string(point_of(key_)) +
        number(3, 8) + number(static_cast<std::uint64_t>(type), 4) + string("id") +
        string(principals) + number(100, 8) + number(200, 8) + string(options) +
        string(string("permit-pty") + string("")) + string("") + string(ed25519_blob(authority_)));
  }
  std::string sign(const std::string& part) {
    return part + string(ed25519_signature(authority_, part));
  }
  TestKey key_ = TestKey::ed25519();
  TestKey authority_ = TestKey::ed25519();
};

TEST_F(SshCertificateTest, IsReadAndItsSignatureChecked) {
  const auto good = blob(string("ada") + string("root"));
  EXPECT_TRUE(is_ssh_certificate(good));
  EXPECT_FALSE(is_ssh_certificate(ed25519_blob(key_)));
  ASSERT_OK_ASSIGN(const auto certificate, read_ssh_certificate(good));
  EXPECT_EQ(certificate.key.type, "ssh-ed25519");
  EXPECT_EQ(certificate.principals, (std::vector<std::string>{"ada", "root"}));
  EXPECT_EQ(certificate.valid_after, 100u);
  EXPECT_EQ(certificate.valid_before, 200u);
  EXPECT_EQ(certificate.authority, ed25519_blob(authority_));
}

TEST_F(SshCertificateTest, IsRefusedWithAnyBitChangedOrInAnotherForm) {
  const auto good = blob(string("ada"));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    EXPECT_THAT(read_ssh_certificate(changed), fails_with(ErrorCode::kUntrusted)) << i;
    EXPECT_THAT(read_ssh_certificate(good.substr(0, i)), fails_with(ErrorCode::kUntrusted)) << i;
  }
  for (const std::string& wrong :
       {good + "x", blob(""), blob(string("ada"), 2), blob(string("ada"), 1, string("x")),
        blob(string("ada") + "x")}) {
    EXPECT_THAT(read_ssh_certificate(wrong), fails_with(ErrorCode::kUntrusted));
  }
}

}  // namespace
}  // namespace sealift::commits
