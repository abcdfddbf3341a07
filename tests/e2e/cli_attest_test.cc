// sealift sign, attest and verify against a private Sigstore and a registry, with the other program
// on the other side.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/sigstore_services.h>
#include <support/test_part.h>

#include <memory>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kAlice = "alice@example.com";
constexpr const char* kProvenance =
    R"({"buildDefinition":{"buildType":"https://example.com/build","externalParameters":{"n":1.50}},)"
    R"("runDetails":{"builder":{"id":"https://example.com/builder"}}})";

// Where a signature goes, and which log holds it.
struct Place {
  std::string storage;
  int rekor;
};
const Place kPlaces[] = {{"bundle", 2}, {"bundle", 1}, {"tag", 1}};

class CliAttest : public CliTest {
 protected:
  static void SetUpTestSuite() {
    services_ = std::make_unique<SigstoreServices>();
    registry_ = std::make_unique<RegistryServer>("distribution");
  }
  static void TearDownTestSuite() {
    registry_.reset();
    services_.reset();
  }
  CliAttest() { files().write("provenance.json", kProvenance); }

  static const SigstoreServices& services() { return *services_; }
  // As one who has a token, and nothing else of what the machine that runs the test may offer.
  static ProcessOptions as_alice() {
    static const std::string token = services().person_token(kAlice);
    return with_environment({{"SIGSTORE_ID_TOKEN", token},
                             {"ACTIONS_ID_TOKEN_REQUEST_URL", std::nullopt},
                             {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", std::nullopt}});
  }
  // A new artifact in a repository of its own.
  std::string new_artifact() {
    const std::string name = registry_->address() + "/shop-" + std::to_string(++count_);
    return name + "@" + push("oci://" + name + ":v1", {"--plain-http"});
  }

  static std::string registry_address() { return registry_->address(); }

  using Arguments = std::vector<std::string>;
  static Arguments with_services(const Place& place) {
    return {"--signing-config",    services().signing_config_file(place.rekor),
            "--trusted-root",      services().trusted_root_file(),
            "--signature-storage", place.storage};
  }
  static Arguments alice() {
    return {"--trusted-root", services().trusted_root_file(), "--certificate-identity",
            kAlice,           "--certificate-oidc-issuer",    services().url("people")};
  }
  static Arguments join(Arguments all, const Arguments& more) {
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  static Arguments ours(const std::string& command, const std::string& artifact,
                        const Arguments& more) {
    return join({command, "oci://" + artifact, "--plain-http"}, more);
  }
  static Arguments cosign(const std::string& command, const Place& place,
                          const std::string& artifact, const Arguments& more) {
    const std::string is_bundle = place.storage == "bundle" ? "true" : "false";
    return join({test_part("cosign"), command, "--allow-http-registry",
                 "--new-bundle-format=" + is_bundle, artifact},
                more);
  }
  // What cosign is to sign with, there.
  static Arguments cosign_services(const Place& place) {
    if (place.storage == "bundle") {
      return {"--yes", "--signing-config", services().signing_config_file(place.rekor),
              "--trusted-root", services().trusted_root_file()};
    }
    return {"--yes",
            "--use-signing-config=false",
            "--fulcio-url",
            services().url("fulcio"),
            "--rekor-url",
            services().url("rekor1"),
            "--timestamp-server-url",
            services().url("timestamps"),
            "--trusted-root",
            services().trusted_root_file()};
  }
  std::string cosign_well(const Arguments& arguments) const {
    ProcessOptions options = as_alice();
    options.directory = directory();
    options.environment.emplace_back("HOME", directory());
    options.environment.emplace_back("COSIGN_PASSWORD", "pw");
    const auto result = run_process(arguments, std::move(options));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

 private:
  inline static std::unique_ptr<SigstoreServices> services_;
  inline static std::unique_ptr<RegistryServer> registry_;
  inline static int count_ = 0;
};

TEST_F(CliAttest, SignsForWhomTheTokenNames) {
  for (const auto& place : kPlaces) {
    SCOPED_TRACE(place.storage + std::to_string(place.rekor));
    const auto artifact = new_artifact();
    const auto signed_here = succeed_json(ours("sign", artifact, with_services(place)), as_alice());
    const auto& made = signed_here.find("signatures")->as_array()->front();
    EXPECT_EQ(made.string_at({"identity"}), kAlice);
    EXPECT_EQ(made.string_at({"issuer"}), services().url("people"));
    EXPECT_THAT(*made.find_path({"verified", "logEntries"})->as_array(), SizeIs(1));
    EXPECT_THAT(succeed(ours("verify", artifact, alice())), HasSubstr(kAlice));
    cosign_well(cosign("verify", place, artifact, alice()));
  }
}

TEST_F(CliAttest, VerifiesWhatCosignSignsKeyless) {
  for (const auto& place : kPlaces) {
    SCOPED_TRACE(place.storage + std::to_string(place.rekor));
    const auto artifact = new_artifact();
    cosign_well(cosign("sign", place, artifact, cosign_services(place)));
    EXPECT_THAT(succeed(ours("verify", artifact, alice())), HasSubstr(kAlice));
  }
}

TEST_F(CliAttest, StatesWhatCosignVerifies) {
  make_key("release");
  files().write("notes.txt", "no JSON: <&>");
  for (const auto& place : kPlaces) {
    SCOPED_TRACE(place.storage + std::to_string(place.rekor));
    const auto artifact = new_artifact();
    succeed(ours("attest", artifact,
                 join(with_services(place),
                      {"--predicate", "provenance.json", "--type", "slsaprovenance1"})),
            as_alice());
    succeed(ours("attest", artifact,
                 join(with_services(place),
                      {"--predicate", "notes.txt", "--type", "custom", "--key", "release.key"})));
    const Arguments by_key = {"--key", "release.pub", "--trusted-root",
                              services().trusted_root_file()};
    cosign_well(cosign("verify-attestation", place, artifact,
                       join(alice(), {"--type", "slsaprovenance1"})));
    cosign_well(cosign("verify-attestation", place, artifact, join(by_key, {"--type", "custom"})));
    EXPECT_THAT(succeed(ours("verify", artifact, join(alice(), {"--type", "slsaprovenance1"}))),
                AllOf(HasSubstr(kAlice), HasSubstr("https://slsa.dev/provenance/v1")));
    succeed(ours("verify", artifact, join(by_key, {"--type", "custom"})));
  }
}

TEST_F(CliAttest, VerifiesWhatCosignStates) {
  for (const auto& place : kPlaces) {
    SCOPED_TRACE(place.storage + std::to_string(place.rekor));
    const auto artifact = new_artifact();
    cosign_well(cosign("attest", place, artifact,
                       join(cosign_services(place),
                            {"--predicate", "provenance.json", "--type", "slsaprovenance1"})));
    EXPECT_THAT(succeed(ours("verify", artifact, join(alice(), {"--type", "slsaprovenance1"}))),
                HasSubstr(kAlice));
  }
}

TEST_F(CliAttest, ReplacesWhatTheSameIdentityStated) {
  const std::string bob = services().person_token("bob@example.com");
  for (const auto& place : kPlaces) {
    SCOPED_TRACE(place.storage + std::to_string(place.rekor));
    const auto artifact = new_artifact();
    const auto replaced = [&](const ProcessOptions& who) {
      const auto stated = succeed_json(
          ours("attest", artifact,
               join(with_services(place),
                    {"--predicate", "provenance.json", "--type", "slsaprovenance1", "--replace"})),
          who);
      return stated.find("attestations")->as_array()->front().find("replaced")->as_array()->size();
    };
    EXPECT_EQ(replaced(as_alice()), 0u);
    EXPECT_EQ(replaced(with_environment({{"SIGSTORE_ID_TOKEN", bob}})), 0u);
    EXPECT_EQ(replaced(as_alice()), 1u) << "each has a certificate of its own";
    const auto people = succeed_json(
        ours("verify", artifact,
             {"--type", "slsaprovenance1", "--trusted-root", services().trusted_root_file(),
              "--certificate-identity-regexp", ".*@example[.]com", "--certificate-oidc-issuer",
              services().url("people")}));
    EXPECT_THAT(*people.find_path({"evidence", "accepted"})->as_array(), SizeIs(2));
  }
}

TEST_F(CliAttest, RefusesOthersAndOtherStatements) {
  const auto artifact = new_artifact();
  succeed(ours("attest", artifact,
               join(with_services(kPlaces[0]),
                    {"--predicate", "provenance.json", "--type", "slsaprovenance1"})),
          as_alice());
  EXPECT_THAT(sealift(ours("verify", artifact, alice())), ends_with(3, "is refused"));
  EXPECT_THAT(sealift(ours("verify", artifact, join(alice(), {"--type", "openvex"}))),
              ends_with(3, "an attestation https://openvex.dev/ns"));
  EXPECT_THAT(sealift(ours("verify", artifact,
                           {"--type", "slsaprovenance1", "--trusted-root",
                            services().trusted_root_file(), "--certificate-identity-regexp", "ali",
                            "--certificate-oidc-issuer", services().url("people")})),
              ends_with(3, kAlice));
  EXPECT_THAT(sealift(ours("verify", artifact,
                           {"--type", "slsaprovenance1", "--certificate-identity", kAlice,
                            "--certificate-oidc-issuer", services().url("people")})),
              ends_with(3, "the trusted root has no transparency log"));
}

TEST_F(CliAttest, PushSignsByTheJobsIdentity) {
  const std::string name = registry_address() + "/pushed";
  ProcessOptions job =
      with_environment({{"SIGSTORE_ID_TOKEN", std::nullopt},
                        {"ACTIONS_ID_TOKEN_REQUEST_URL", services().job_token_url("acme/shop")},
                        {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of the job"}});
  const auto digest = succeed_json(
      {"push", "oci://" + name + ":v1", "--from", git().path(), "--path", "deploy/prod",
       "--plain-http", "--keyless", "--signing-config", services().signing_config_file(2),
       "--trusted-root", services().trusted_root_file()},
      job);
  EXPECT_EQ(digest.find("signatures")->as_array()->front().string_at({"identity"}),
            SigstoreServices::workflow_of("acme/shop"));
  succeed({"verify", "oci://" + name + ":v1", "--plain-http", "--trusted-root",
           services().trusted_root_file(), "--certificate-identity-regexp",
           "https://github\\.com/acme/.*", "--certificate-oidc-issuer", services().url("jobs"),
           "--certificate-extension", "sourceRepositoryRef=refs/heads/main"});
}

TEST_F(CliAttest, AKeysLoggedSignatureIsMadeOnce) {
  make_key("release");
  const auto artifact = new_artifact();
  const auto sign =
      ours("sign", artifact, join(with_services(kPlaces[0]), {"--key", "release.key"}));
  succeed(ours("sign", artifact, {"--key", "release.key"}));
  const auto holder = [&] {
    const auto made = succeed_json(sign);
    return std::string(made.find("signatures")->as_array()->front().string_at({"digest"}));
  };
  const Arguments verify =
      ours("verify", artifact,
           {"--key", "release.pub", "--trusted-root", services().trusted_root_file()});
  EXPECT_THAT(sealift(verify), ends_with(3, "no transparency log holds the signature"));
  const auto first = holder();
  EXPECT_EQ(holder(), first);
  succeed(verify);
}

// What is asked for decides whether an earlier signature will do: an unstamped one does not where a
// time stamp authority is named.
TEST_F(CliAttest, AKeysUnstampedSignatureIsMadeAgainWithATimeStamp) {
  make_key("release");
  const auto artifact = new_artifact();
  const auto holder = [&](const Arguments& more) {
    const auto made = succeed_json(ours("sign", artifact, join({"--key", "release.key"}, more)));
    return std::string(made.find("signatures")->as_array()->front().string_at({"digest"}));
  };
  const Arguments stamped = {"--timestamp-server-url", services().url("timestamps"),
                             "--trusted-root", services().trusted_root_file()};
  const auto bare = holder({});
  EXPECT_EQ(holder({}), bare);
  const auto first = holder(stamped);
  EXPECT_NE(first, bare);
  EXPECT_EQ(holder(stamped), first);
}

TEST_F(CliAttest, SaysWhatIsMissing) {
  const auto nobody = [] {
    return with_environment({{"SIGSTORE_ID_TOKEN", std::nullopt},
                             {"ACTIONS_ID_TOKEN_REQUEST_URL", std::nullopt},
                             {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", std::nullopt}});
  };
  const std::string artifact = "oci-layout:out:v1";
  push(artifact);
  EXPECT_THAT(sealift({"sign", artifact}, nobody()), ends_with(5, "SIGSTORE_ID_TOKEN"));
  EXPECT_THAT(
      sealift({"sign", artifact, "--trusted-root", services().trusted_root_file()}, as_alice()),
      ends_with(7, "--signing-config"));
  EXPECT_THAT(
      sealift({"sign", artifact, "--signing-config", services().signing_config_file(2),
               "--trusted-root", services().trusted_root_file(), "--signature-storage", "tag"},
              as_alice()),
      ends_with(7, "store a bundle"));
  EXPECT_THAT(sealift({"sign", artifact, "--key", "k", "--oidc-issuer", "i"}),
              ends_with(2, "excludes --key"));
  EXPECT_THAT(sealift({"push", artifact, "--from", ".", "--fulcio-url", "http://f"}),
              ends_with(2, "--keyless"));
  EXPECT_THAT(sealift({"push", artifact, "--from", ".", "--rekor-url", "http://f"}),
              ends_with(2, "--sign KEY or --keyless"));
  EXPECT_THAT(
      sealift({"attest", artifact, "--predicate", "provenance.json", "--type", "cyclonedx"}),
      ends_with(7, "provenance.json is no CycloneDX document"));
  EXPECT_THAT(sealift({"attest", artifact, "--predicate", "provenance.json", "--type", "someting"}),
              ends_with(7, "neither a known name nor a URI"));
  EXPECT_THAT(sealift({"attest", artifact, "--predicate", "provenance.json", "--type",
                       "https://sigstore.dev/cosign/sign/v1"}),
              ends_with(7, "sealift sign"));
}

}  // namespace
}  // namespace sealift::test
