// Keys in a token, by their pkcs11: URI; cosign on the other side.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/soft_token.h>
#include <support/test_part.h>

#include <algorithm>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kUri = "pkcs11:token=ci;object=release";

class CliToken : public CliTest {
 protected:
  // `more` stands in for what is usual here.
  ProcessOptions with_token(Environment more = {}) const {
    return with_token(token_, std::move(more));
  }
  static ProcessOptions with_token(const SoftToken& token, Environment more = {}) {
    const Environment usual = {{"SEALIFT_PKCS11_MODULE_PATH", SoftToken::kModule},
                               {"SEALIFT_PKCS11_PIN", SoftToken::kPin},
                               {"COSIGN_PKCS11_PIN", std::nullopt}};
    for (const auto& variable : usual) {
      const auto same = [&](const auto& one) { return one.first == variable.first; };
      if (std::none_of(more.begin(), more.end(), same)) more.push_back(variable);
    }
    more.emplace_back(token.environment());
    return with_environment(std::move(more));
  }
  // The key NAME.key goes into the token, too.
  void make_token_key(const std::string& type = "ecdsa-p256") const {
    succeed({"key", "generate", "--type", type, "--no-password", "--output-key-prefix", "release"});
    token_.import(files().file("release.key"), "release", "01");
  }

 private:
  SoftToken token_;
};

TEST_F(CliToken, SignsWhatCosignVerifies) {
  const RegistryServer server("distribution");
  int id = 0;
  for (const char* type : {"ecdsa-p256", "ecdsa-p384", "rsa-2048"}) {
    SCOPED_TRACE(type);
    const SoftToken token;
    succeed({"key", "generate", "--type", type, "--no-password", "--output-key-prefix", type});
    token.import(files().file(std::string(type) + ".key"), "release", "01");
    const auto options = with_token(token);
    const std::string name = server.address() + "/shop" + std::to_string(id++);
    EXPECT_EQ(succeed({"key", "public", "--key", kUri}, options),
              files().read(std::string(type) + ".pub"));
    const Json pushed = succeed_json({"push", "oci://" + name + ":v1", "--from", git().path(),
                                      "--path", "deploy/prod", "--plain-http", "--sign", kUri},
                                     options);
    const std::string digest(pushed.string_at({"digest"}));
    succeed({"sign", "oci://" + name + ":v1", "--plain-http", "--key", kUri, "--signature-storage",
             "tag"},
            options);
    for (const std::string bundle : {"true", "false"}) {
      run_well({test_part("cosign"), "verify", "--key", std::string(type) + ".pub",
                "--insecure-ignore-tlog=true", "--allow-http-registry",
                "--new-bundle-format=" + bundle, name + "@" + digest});
    }
    succeed({"verify", "oci://" + name + ":v1", "--plain-http", "--key", kUri}, options);
  }
}

TEST_F(CliToken, SignsAFileThatCosignVerifiesAndTheOtherWayRound) {
  make_token_key();
  files().write("shop.tar", "the artifact");
  succeed({"sign-blob", "shop.tar", "--bundle", "ours.json", "--key", kUri}, with_token());
  run_well({test_part("cosign"), "verify-blob", "--bundle", "ours.json", "--key", "release.pub",
            "--insecure-ignore-tlog", "shop.tar"});
  succeed({"key", "import", "--key", "release.key", "--output-key-prefix", "cosigns"});
  run_well({test_part("cosign"), "sign-blob", "--yes", "--bundle", "theirs.json", "--key",
            "cosigns.key", "--use-signing-config=false", "--tlog-upload=false", "shop.tar"});
  for (const char* bundle : {"ours.json", "theirs.json"}) {
    succeed(
        {"verify-blob", "--bundle", bundle, "--insecure-ignore-tlog", "--key", kUri, "shop.tar"},
        with_token({{"SEALIFT_PKCS11_PIN", std::nullopt}}));
  }
}

TEST_F(CliToken, FindsModuleAndPinWhereCosignDoes) {
  make_token_key();
  files().write("shop.tar", "the artifact");
  const std::vector<std::string> sign = {"sign-blob", "shop.tar", "--bundle", "b.json", "--key"};
  const auto sign_by = [&](const std::string& uri, const Environment& environment) {
    auto arguments = sign;
    arguments.push_back(uri);
    return sealift(arguments, with_token(environment));
  };
  EXPECT_EQ(sign_by(kUri, {{"SEALIFT_PKCS11_PIN", std::nullopt},
                           {"COSIGN_PKCS11_PIN", SoftToken::kPin},
                           {"SEALIFT_PKCS11_MODULE_PATH", std::nullopt},
                           {"COSIGN_PKCS11_MODULE_PATH", SoftToken::kModule}})
                .exit_code,
            0);
  EXPECT_EQ(sign_by(kUri + std::string("?pin-value=") + SoftToken::kPin,
                    {{"SEALIFT_PKCS11_PIN", "55555555"}})
                .exit_code,
            0);
  EXPECT_THAT(sign_by(kUri, {{"SEALIFT_PKCS11_PIN", "55555555"}}),
              ends_with(5, "token \"ci\": logging in: the PIN is wrong"));
  EXPECT_THAT(sign_by("pkcs11:token=ci;object=other", {}), ends_with(4, "has no private key"));
  EXPECT_THAT(sign_by("pkcs11:token=other", {}), ends_with(4, "no token fits"));
  EXPECT_THAT(sign_by("pkcs11:token=ci;colour=blue", {}), ends_with(7, "pkcs11: URI"));
  EXPECT_THAT(sign_by(kUri, {{"SEALIFT_PKCS11_MODULE_PATH", "/none.so"}}),
              ends_with(4, "/none.so: the PKCS#11 module can't be loaded"));
}

TEST_F(CliToken, NeverShowsThePin) {
  make_token_key();
  push("oci-layout:out:v1", {"--sign", "release.key"});
  for (const std::string pin : {SoftToken::kPin, "55555555"}) {
    const std::string uri = kUri + std::string("?pin-value=") + pin;
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"sign", "oci-layout:out:v1", "--key", uri},
          {"verify", "oci-layout:out:v1", "--key", uri},
          {"verify", "oci-layout:out:v1", "--json", "--key", uri},
          {"verify", "oci-layout:out:v1", "--key", "pkcs11:object=none?pin-value=" + pin},
          {"key", "public", "--key", uri + "&x"},
          {"key", "public", "--key", "pkcs11:token=ci;pin-value=" + pin}}) {
      const auto result = sealift(arguments, with_token());
      EXPECT_THAT(result.out + result.err, Not(HasSubstr(pin)));
    }
  }
  const auto verified = sealift({"verify", "oci-layout:out:v1", "--key", kUri}, with_token());
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("token=ci"));
}

TEST_F(CliToken, AsksNobodyWhereThereIsNoTerminal) {
  make_token_key();
  const auto options = with_token({{"SEALIFT_PKCS11_PIN", std::nullopt}});
  files().write("shop.tar", "the artifact");
  auto arguments =
      std::vector<std::string>{"setsid",   "--wait", SEALIFT_PROGRAM, "sign-blob", "shop.tar",
                               "--bundle", "b.json", "--key",         kUri};
  auto settings = options;
  settings.directory = directory();
  EXPECT_THAT(run_process(arguments, settings),
              ends_with(5, "PIN of token \"ci\" is needed and there is no terminal"));
}

}  // namespace
}  // namespace sealift::test
