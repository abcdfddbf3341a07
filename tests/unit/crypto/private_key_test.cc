#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/base/json.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/pem.h>

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace sealift::crypto {
namespace {

using sealift::test::fails_with;
using sealift::test::test_data;

constexpr KeyType kAllTypes[] = {KeyType::kEcdsaP256, KeyType::kEcdsaP384, KeyType::kEcdsaP521,
                                 KeyType::kRsa2048,   KeyType::kRsa3072,   KeyType::kRsa4096,
                                 KeyType::kEd25519};

std::string key_file(const std::string& name) { return test_data("crypto/keys/" + name); }

TEST(PrivateKey, OfEachTypeSignsAndReadsBack) {
  for (const auto type : kAllTypes) {
    ASSERT_OK_ASSIGN(const auto key, PrivateKey::generate(type));
    EXPECT_EQ(key.type(), type);
    EXPECT_EQ(key.public_key().type(), type);
    ASSERT_OK_ASSIGN(const auto signature, key.sign("a message"));
    EXPECT_OK(key.public_key().verify("a message", signature)) << to_string(type);
    EXPECT_THAT(key.public_key().verify("another", signature), fails_with(ErrorCode::kUntrusted));
    ASSERT_OK_ASSIGN(const auto again, PrivateKey::from_pem(key.to_plain_pem(), "", "key"));
    EXPECT_EQ(again.public_key().der(), key.public_key().der());
  }
}

TEST(PrivateKey, GeneratedTwiceIsTwoKeys) {
  EXPECT_NE(PrivateKey::generate(KeyType::kEd25519).value().public_key().der(),
            PrivateKey::generate(KeyType::kEd25519).value().public_key().der());
}

TEST(PrivateKey, SurvivesItsEncryptedForm) {
  ASSERT_OK_ASSIGN(const auto key, PrivateKey::generate(KeyType::kEcdsaP256));
  ASSERT_OK_ASSIGN(const auto pem, key.to_encrypted_pem("secret", system_random()));
  EXPECT_TRUE(is_encrypted_pem(pem));
  EXPECT_FALSE(is_encrypted_pem(key.to_plain_pem()));
  ASSERT_OK_ASSIGN(const auto again, PrivateKey::from_pem(pem, "secret", "key"));
  EXPECT_EQ(again.to_plain_pem(), key.to_plain_pem());
  EXPECT_THAT(PrivateKey::from_pem(pem, "Secret", "key"),
              fails_with(ErrorCode::kUnauthenticated, "key: the password does not open"));
  // Fresh salt and nonce each time.
  ASSERT_OK_ASSIGN(const auto other, key.to_encrypted_pem("secret", system_random()));
  EXPECT_NE(other, pem);
}

TEST(PrivateKey, IsWrittenWithCosignsParametersInItsOrder) {
  ASSERT_OK_ASSIGN(const auto key, PrivateKey::generate(KeyType::kEd25519));
  ASSERT_OK_ASSIGN(const auto pem, key.to_encrypted_pem("", system_random()));
  ASSERT_OK_ASSIGN(const auto block, read_single_pem(pem, "key"));
  EXPECT_EQ(block.label, "ENCRYPTED SIGSTORE PRIVATE KEY");
  EXPECT_EQ(block.content.view().rfind(
                R"({"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":")", 0),
            0u);
}

TEST(PrivateKey, OpensWhatCosignWrote) {
  const std::pair<const char*, const char*> kCases[] = {
      {"p256.cosign.key", "p256.pub"},       {"p384.cosign.key", "p384.pub"},
      {"p521.cosign.key", "p521.pub"},       {"rsa2048.cosign.key", "rsa2048.pub"},
      {"ed25519.cosign.key", "ed25519.pub"}, {"p256.cosign-old-label.key", "p256.pub"},
  };
  for (const auto& [name, public_name] : kCases) {
    EXPECT_TRUE(is_encrypted_pem(key_file(name))) << name;
    ASSERT_OK_ASSIGN(const auto key, PrivateKey::from_pem(key_file(name), "pw", name));
    EXPECT_EQ(key.public_key().to_pem(), key_file(public_name)) << name;
    EXPECT_THAT(PrivateKey::from_pem(key_file(name), "wrong", name),
                fails_with(ErrorCode::kUnauthenticated, name));
  }
}

TEST(PrivateKey, IsImportedFromEachForm) {
  const std::pair<const char*, const char*> kCases[] = {
      {"p256.sec1.pem", "p256.pub"},        {"p384.sec1.pem", "p384.pub"},
      {"p256.pkcs8.pem", "p256.pub"},       {"p521.pkcs8.pem", "p521.pub"},
      {"rsa2048.pkcs1.pem", "rsa2048.pub"}, {"ed25519.pkcs8.pem", "ed25519.pub"},
      {"p256.pbkdf2.pem", "p256.pub"},      {"p256.scrypt.pem", "p256.pub"},
      {"p256.cosign.key", "p256.pub"},      {"p256.with-parameters.pem", "p256.pub"},
  };
  for (const auto& [name, public_name] : kCases) {
    ASSERT_OK_ASSIGN(const auto key, PrivateKey::import_pem(key_file(name), "pw", name));
    EXPECT_EQ(key.public_key().to_pem(), key_file(public_name)) << name;
  }
  for (const char* name : {"p256.pbkdf2.pem", "p256.scrypt.pem"}) {
    EXPECT_TRUE(is_encrypted_pem(key_file(name)));
    EXPECT_THAT(PrivateKey::import_pem(key_file(name), "wrong", name),
                fails_with(ErrorCode::kUnauthenticated, name));
  }
}

TEST(PrivateKey, RefusesEachBrokenRule) {
  const struct {
    const char* name;
    bool import;
    const char* message;
  } kCases[] = {
      {"p256.sec1.pem", false, "sealift key import"},
      {"rsa2048.pkcs1.pem", false, "sealift key import"},
      {"p256.pbkdf2.pem", false, "sealift key import"},
      {"p256.pub", true, "public half"},
      {"p256.old-encrypted.pem", true, "openssl pkcs8 -topk8"},
      {"p256.pbes1.pem", true, "outdated scheme"},
      {"p256.many-rounds.pem", true, "more than 10000000 rounds"},
      {"refused-scrypt-n.key", false, "N 32768, 65536 or 131072"},
      {"refused-halves.pem", false, "do not fit"},
  };
  for (const auto& test : kCases) {
    const auto read = test.import ? PrivateKey::import_pem : PrivateKey::from_pem;
    EXPECT_THAT(read(key_file(test.name), "pw", test.name),
                fails_with(ErrorCode::kInvalidInput, test.message))
        << test.name;
  }
}

// One change at a time to what cosign wrote.
TEST(PrivateKey, RefusesABrokenEnvelope) {
  const auto block = read_single_pem(key_file("p256.cosign.key"), "key").value();
  const Json good = parse_json(block.content.view(), "key").value();
  const struct {
    const char* message;
    void (*change)(Json&);
  } kCases[] = {
      {"kdf.name", [](Json& top) { top.find("kdf")->set("name", "argon2"); }},
      {"cipher.name", [](Json& top) { top.find("cipher")->set("name", "aes"); }},
      {"salt", [](Json& top) { top.find("kdf")->set("salt", "AAAA"); }},
      {"nonce", [](Json& top) { top.find("cipher")->set("nonce", "AAAA"); }},
      {"nonce", [](Json& top) { top.find("cipher")->set("nonce", "****"); }},
      {"ciphertext", [](Json& top) { top.set("ciphertext", "AAAA"); }},
      {"ciphertext", [](Json& top) { top.erase("ciphertext"); }},
      {"params", [](Json& top) { top.find("kdf")->find("params")->set("r", 9); }},
      {"params", [](Json& top) { top.find("kdf")->find("params")->set("p", 2); }},
      {"params", [](Json& top) { top.find("kdf")->find("params")->set("N", 1 << 30); }},
      {"extra", [](Json& top) { top.set("extra", 1); }},
  };
  for (const auto& test : kCases) {
    Json changed = good;
    test.change(changed);
    EXPECT_THAT(PrivateKey::from_pem(
                    write_pem("ENCRYPTED SIGSTORE PRIVATE KEY", dump_json(changed)), "pw", "key"),
                fails_with(ErrorCode::kInvalidInput, test.message));
  }
  EXPECT_THAT(PrivateKey::from_pem(write_pem("ENCRYPTED SIGSTORE PRIVATE KEY", "no JSON"), "", "k"),
              fails_with(ErrorCode::kInvalidInput));
}

TEST(PrivateKey, LeavesNoErrorInOpensslsQueue) {
  ERR_clear_error();
  (void)PrivateKey::from_pem(write_pem("PRIVATE KEY", "not DER"), "", "key");
  (void)PrivateKey::import_pem(key_file("p256.pbkdf2.pem"), "wrong", "key");
  (void)PrivateKey::from_pem(key_file("refused-halves.pem"), "", "key");
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace sealift::crypto
