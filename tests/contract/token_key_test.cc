// Keys in a token, as SoftHSM shows them.
#include "support/result_matchers.h"
#include "support/soft_token.h"

#include <sealift/pkcs11/token_key.h>

#include <gtest/gtest.h>

#include <cstdlib>

namespace sealift::pkcs11 {
namespace {

using sealift::test::fails_with;
using sealift::test::SoftToken;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMessage = "a message";

class TokenKey : public testing::Test {
 protected:
  TokenKey() {
    const auto [name, value] = token_.environment();
    ::setenv(name.c_str(), value.c_str(), 1);
  }

  const SoftToken& token() const { return token_; }
  crypto::PublicKey add_key(crypto::KeyType type, const std::string& label, const std::string& id,
                            const std::string& token = "ci") const {
    const auto key = crypto::PrivateKey::generate(type).value();
    token_.import(files_.write(label + ".pem", key.to_plain_pem()), label, id, token);
    return key.public_key();
  }
  // "PIN" stands for the right one.
  TokenAccess access(const std::string& pin = "PIN") {
    return {.module_path = SoftToken::kModule,
            .pin = [this, pin](const std::string& label) -> Result<crypto::Secret> {
              asked_.push_back(label);
              return crypto::Secret(pin == "PIN" ? std::string(SoftToken::kPin) : std::string(pin));
            },
            .files = system_files()};
  }
  Result<crypto::PrivateKey> open(const std::string& uri) { return open(uri, access()); }
  static Result<crypto::PrivateKey> open(const std::string& uri, const TokenAccess& access) {
    return open_private_key(KeyUri::parse(uri).value(), access);
  }
  Result<crypto::PublicKey> read(const std::string& uri) {
    return read_public_key(KeyUri::parse(uri).value(), access());
  }
  const std::vector<std::string>& asked() const { return asked_; }
  const test::TempDirectory& files() const { return files_; }

 private:
  SoftToken token_;
  test::TempDirectory files_;
  std::vector<std::string> asked_;
};

TEST_F(TokenKey, SignsAndShowsItsPublicHalf) {
  int id = 0x10;
  for (const auto type :
       {crypto::KeyType::kEcdsaP256, crypto::KeyType::kEcdsaP384, crypto::KeyType::kEcdsaP521,
        crypto::KeyType::kRsa2048, crypto::KeyType::kRsa3072, crypto::KeyType::kEd25519}) {
    const std::string label(to_string(type));
    SCOPED_TRACE(label);
    const auto half = add_key(type, label, std::to_string(id++));
    ASSERT_OK_ASSIGN(const auto shown, read("pkcs11:token=ci;object=" + label));
    EXPECT_EQ(shown.der(), half.der());
    ASSERT_OK_ASSIGN(const auto key, open("pkcs11:token=ci;object=" + label));
    EXPECT_EQ(key.type(), type);
    EXPECT_EQ(key.public_key().der(), half.der());
    ASSERT_OK_ASSIGN(const auto signature, key.sign(kMessage));
    EXPECT_OK(half.verify(kMessage, signature));
    ASSERT_OK_ASSIGN(const auto again, key.sign("another message"));
    EXPECT_OK(half.verify("another message", again));
  }
}

TEST_F(TokenKey, IsFoundByIdAndByConfiguredModules) {
  const auto half = add_key(crypto::KeyType::kEcdsaP256, "release", "a1b2");
  add_key(crypto::KeyType::kEcdsaP256, "other", "a1b3");
  ASSERT_OK_ASSIGN(const auto by_id, open("pkcs11:token=ci;id=%a1%b2"));
  EXPECT_EQ(by_id.public_key().der(), half.der());
  // "type" says which half; both go by the same URI.
  ASSERT_OK_ASSIGN(const auto typed, open("pkcs11:token=ci;object=release;type=public"));
  EXPECT_EQ(typed.public_key().der(), half.der());
  auto configured = access();
  configured.module_path.clear();
  EXPECT_OK(open("pkcs11:token=ci;object=release", configured));
  EXPECT_OK(open("pkcs11:token=ci;object=release?module-name=softhsm2", configured));
  EXPECT_OK(open(std::string("pkcs11:token=ci;object=release?module-path=") + SoftToken::kModule,
                 configured));
  EXPECT_THAT(open("pkcs11:token=ci?module-name=elsewhere", configured),
              fails_with(ErrorCode::kNotFound, "of the name elsewhere"));
}

TEST_F(TokenKey, TakesThePinFromTheUriOrAsksOnce) {
  add_key(crypto::KeyType::kEcdsaP256, "release", "01");
  const std::string uri = "pkcs11:token=ci;object=release";
  const auto pin_file = files().write("pin", std::string(SoftToken::kPin) + "\n");
  EXPECT_OK(open(uri + "?pin-value=" + SoftToken::kPin));
  EXPECT_OK(open(uri + "?pin-source=file:" + pin_file));
  EXPECT_TRUE(asked().empty());
  EXPECT_OK(open(uri));
  EXPECT_EQ(asked(), std::vector<std::string>{"ci"});
  EXPECT_OK(read(uri));
  EXPECT_EQ(asked().size(), 1u);
}

TEST_F(TokenKey, AWrongPinIsTriedOnceAndNotShown) {
  add_key(crypto::KeyType::kEcdsaP256, "release", "01");
  EXPECT_THAT(
      open("pkcs11:token=ci;object=release", access("55555555")),
      fails_with(ErrorCode::kUnauthenticated, "token \"ci\": logging in: the PIN is wrong"));
  EXPECT_EQ(asked().size(), 1u);
  const auto refused = open("pkcs11:token=ci;object=release?pin-value=66666666");
  ASSERT_THAT(refused, fails_with(ErrorCode::kUnauthenticated, "PIN is wrong"));
  EXPECT_THAT(refused.error().message(), Not(HasSubstr("66666666")));
  EXPECT_EQ(asked().size(), 1u);
}

TEST_F(TokenKey, SaysWhatIsMissing) {
  add_key(crypto::KeyType::kEcdsaP256, "release", "01");
  auto elsewhere = access();
  elsewhere.module_path = "/usr/lib/none.so";
  EXPECT_THAT(open("pkcs11:token=ci", elsewhere),
              fails_with(ErrorCode::kNotFound, "/usr/lib/none.so: the PKCS#11 module"));
  EXPECT_THAT(open("pkcs11:token=other;object=release"),
              fails_with(ErrorCode::kNotFound, "no token fits pkcs11:token=other"));
  EXPECT_TRUE(asked().empty());
  EXPECT_THAT(open("pkcs11:token=ci;object=other?pin-value=98760123"),
              fails_with(ErrorCode::kNotFound, "token \"ci\" has no private key"));
  EXPECT_THAT(read("pkcs11:token=ci;object=other"),
              fails_with(ErrorCode::kNotFound, "no public key or certificate"));
  token().configure("slots.mechanisms = CKM_RSA_PKCS");
  EXPECT_THAT(open("pkcs11:token=ci;object=release"),
              fails_with(ErrorCode::kInvalidInput, "it lacks the mechanism CKM_ECDSA"));
}

TEST_F(TokenKey, MustBeTheOnlyOneThatFits) {
  add_key(crypto::KeyType::kEcdsaP256, "release", "01");
  add_key(crypto::KeyType::kEcdsaP256, "release", "02");
  EXPECT_THAT(open("pkcs11:token=ci;object=release"),
              fails_with(ErrorCode::kInvalidInput, "has 2 private keys that fit"));
  EXPECT_THAT(read("pkcs11:token=ci;object=release"),
              fails_with(ErrorCode::kInvalidInput, "has 2 public keys that fit"));
  EXPECT_OK(open("pkcs11:token=ci;object=release;id=%02"));
  token().add_token("spare");
  EXPECT_THAT(open("pkcs11:object=release;id=%02"),
              fails_with(ErrorCode::kInvalidInput, "2 tokens fit"));
}

TEST_F(TokenKey, OfTwoPairsWithOneIdIsToldByItsLabel) {
  const auto first = add_key(crypto::KeyType::kEcdsaP256, "first", "07");
  const auto second = add_key(crypto::KeyType::kEcdsaP256, "second", "07");
  ASSERT_OK_ASSIGN(const auto one, open("pkcs11:token=ci;object=first"));
  ASSERT_OK_ASSIGN(const auto other, open("pkcs11:token=ci;object=second"));
  EXPECT_EQ(one.public_key().der(), first.der());
  EXPECT_EQ(other.public_key().der(), second.der());
  EXPECT_OK(one.sign(kMessage));
  EXPECT_OK(other.sign(kMessage));
}

TEST_F(TokenKey, OfATypeThatIsNotOursIsRefused) {
  const test::TempDirectory directory;
  const auto old = directory.file("old.pem");
  ASSERT_EQ(std::system(("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out " +
                         old + " 2>/dev/null")
                            .c_str()),
            0);
  token().import(old, "old", "09");
  EXPECT_THAT(open("pkcs11:token=ci;object=old"),
              fails_with(ErrorCode::kInvalidInput, "only 2048, 3072 and 4096"));
}

}  // namespace
}  // namespace sealift::pkcs11
