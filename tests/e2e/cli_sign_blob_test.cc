// sealift sign-blob against a private Sigstore, and the other program on the other side.
#include "cli_fixture.h"

#include <support/sigstore_services.h>
#include <support/test_part.h>

#include <memory>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kAlice = "alice@example.com";

class CliSignBlob : public CliTest {
 protected:
  static void SetUpTestSuite() { services_ = std::make_unique<SigstoreServices>(); }
  static void TearDownTestSuite() { services_.reset(); }
  CliSignBlob() { files().write("shop.tar", "the artifact"); }

  static const SigstoreServices& services() { return *services_; }
  // Without what the machine that runs the test may offer.
  static ProcessOptions with_tokens(Environment more) {
    Environment all = {{"SIGSTORE_ID_TOKEN", std::nullopt},
                       {"ACTIONS_ID_TOKEN_REQUEST_URL", std::nullopt},
                       {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", std::nullopt}};
    for (auto& variable : more) all.push_back(std::move(variable));
    return with_environment(std::move(all));
  }
  static std::vector<std::string> sign(std::vector<std::string> more) {
    more.insert(more.begin(), {"sign-blob", "shop.tar", "--bundle", "bundle.json", "--trusted-root",
                               services().trusted_root_file()});
    return more;
  }
  std::vector<std::string> verify_blob(std::vector<std::string> more) const {
    more.insert(more.begin(), {"verify-blob", "--bundle", "bundle.json", "--trusted-root",
                               services().trusted_root_file(), "shop.tar"});
    return more;
  }
  // Both programs accept the bundle.
  void expect_verified(const std::vector<std::string>& signer) const {
    succeed(verify_blob(signer));
    auto cosign = verify_blob(signer);
    cosign.insert(cosign.begin(), test_part("cosign"));
    run_well(cosign);
  }
  static std::vector<std::string> alice() {
    return {"--certificate-identity", kAlice, "--certificate-oidc-issuer",
            services().url("people")};
  }

 private:
  inline static std::unique_ptr<SigstoreServices> services_;
};

TEST_F(CliSignBlob, SignsForWhomTheTokenNames) {
  const auto token = services().person_token(kAlice);
  files().write("token", token);
  for (const int rekor : {1, 2}) {
    const auto config = services().signing_config_file(rekor);
    EXPECT_THAT(
        succeed(sign({"--signing-config", config}), with_tokens({{"SIGSTORE_ID_TOKEN", token}})),
        AllOf(HasSubstr(kAlice), HasSubstr("bundle.json"),
              HasSubstr(services().url("rekor" + std::to_string(rekor)))));
    expect_verified(alice());
  }
  succeed(sign({"--identity-token", "token", "--oidc-issuer", services().url("people"),
                "--fulcio-url", services().url("fulcio"), "--rekor-url", services().url("rekor1"),
                "--timestamp-server-url", services().url("timestamps")}),
          with_tokens({}));
  expect_verified(alice());
}

TEST_F(CliSignBlob, SignsForTheJobThatRunsIt) {
  const auto document = succeed_json(
      sign({"--signing-config", services().signing_config_file(2)}),
      with_tokens({{"ACTIONS_ID_TOKEN_REQUEST_URL", services().job_token_url("acme/shop")},
                   {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of the job"}}));
  EXPECT_EQ(document.string_at({"verified", "certificate", "identity"}),
            SigstoreServices::workflow_of("acme/shop"));
  expect_verified({"--certificate-identity", SigstoreServices::workflow_of("acme/shop"),
                   "--certificate-oidc-issuer", services().url("jobs")});
}

TEST_F(CliSignBlob, SignsByKeyWithALogOrNone) {
  make_key("release");
  succeed(sign({"--key", "release.key", "--signing-config", services().signing_config_file(2)}));
  expect_verified({"--key", "release.pub"});
  succeed({"sign-blob", "shop.tar", "--bundle", "bundle.json", "--key", "release.key"});
  EXPECT_THAT(
      sealift({"verify-blob", "shop.tar", "--bundle", "bundle.json", "--key", "release.pub"}),
      ends_with(3, "or do without with --insecure-ignore-tlog"));
  expect_verified({"--key", "release.pub", "--insecure-ignore-tlog"});
}

TEST_F(CliSignBlob, SaysWhatIsMissing) {
  const auto config = services().signing_config_file(2);
  EXPECT_THAT(sealift(sign({"--signing-config", config}), with_tokens({})),
              ends_with(5, "SIGSTORE_ID_TOKEN"));
  // The public services, by the signing config that is built in; never with another root.
  EXPECT_THAT(sealift({"sign-blob", "shop.tar", "--bundle", "bundle.json"}, with_tokens({})),
              ends_with(5, "SIGSTORE_ID_TOKEN"));
  EXPECT_THAT(sealift(sign({}), with_tokens({})), ends_with(7, "--signing-config"));
  EXPECT_THAT(sealift(sign({"--signing-config", config}),
                      with_tokens({{"SIGSTORE_ID_TOKEN", "not a token"}})),
              ends_with(7, "SIGSTORE_ID_TOKEN is no identity token"));
  EXPECT_THAT(sealift(sign({"--key", "k", "--identity-token", "t"}), with_tokens({})),
              ends_with(2, "--key"));
  EXPECT_FALSE(files().has("bundle.json"));
}

TEST_F(CliSignBlob, WritesNothingThatDoesNotVerify) {
  const SigstoreServices other;
  EXPECT_THAT(
      sealift({"sign-blob", "shop.tar", "--bundle", "bundle.json", "--trusted-root",
               other.trusted_root_file(), "--signing-config", services().signing_config_file(2)},
              with_tokens({{"SIGSTORE_ID_TOKEN", services().person_token(kAlice)}})),
      ends_with(3, "is not given out"));
  EXPECT_FALSE(files().has("bundle.json"));
}

}  // namespace
}  // namespace sealift::test
