// sealift verify-blob: what is accepted, what is refused, and in which words.
#include "cli_fixture.h"

#include <sealift/base/digest.h>

#include <support/log_bodies.h>
#include <support/test_data.h>
#include <support/test_part.h>
#include <support/test_sigstore.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kWorkflow =
    "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";
constexpr const char* kIssuer = "https://token.actions.githubusercontent.com";

class CliVerifyBlob : public CliTest {
 protected:
  CliVerifyBlob() {
    files().write("root.json", dump_json(sigstore.trusted_root()));
    files().write("shop.tar", "the artifact");
    write_bundle({});
  }

  void write_bundle(const KeylessDraft& draft) {
    files().write("bundle.json", dump_json(sigstore.bundle(draft)));
  }

  ProcessResult verify(std::vector<std::string> more, const std::string& file = "shop.tar") const {
    more.insert(more.begin(), {"verify-blob", file, "--bundle", "bundle.json"});
    return sealift(std::move(more));
  }
  static std::vector<std::string> by_workflow() {
    return {"--trusted-root",
            "root.json",
            "--certificate-identity",
            kWorkflow,
            "--certificate-oidc-issuer",
            kIssuer};
  }
  static std::vector<std::string> with(std::vector<std::string> arguments,
                                       const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  TestSigstore sigstore;
};

TEST_F(CliVerifyBlob, SaysWhatAnAcceptanceRestsOn) {
  const auto words = verify(by_workflow());
  EXPECT_EQ(words.exit_code, 0) << words.err;
  EXPECT_EQ(words.err, "");
  EXPECT_THAT(words.out, AllOf(HasSubstr("accepted  " + Digest::of("the artifact").to_string()),
                               HasSubstr(kWorkflow), HasSubstr(kIssuer),
                               HasSubstr("https://fulcio.example.com, anchor sha256:"),
                               HasSubstr("Certificate log   https://ct.example.com"),
                               HasSubstr("entry 1005, by promise and inclusion proof"),
                               HasSubstr("by the log https://rekor.example.com"),
                               HasSubstr("by the time stamp authority https://tsa.example.com"),
                               HasSubstr("  sourceRepositoryRef  refs/heads/main"),
                               HasSubstr("Trusted root      root.json, sha256:")));
  const auto run = verify(with(by_workflow(), {"--json"}));
  const Json json = parse_json(run.out, "output").value();
  EXPECT_EQ(*json.find("accepted")->as_bool(), true);
  EXPECT_EQ(json.string_at({"verified", "certificate", "identity"}), kWorkflow);
  EXPECT_EQ(json.string_at({"verified", "certificate", "identityType"}), "uri");
  EXPECT_EQ(json.string_at({"verified", "certificate", "claims", "sourceRepositoryURI"}),
            "https://github.com/acme/shop");
  EXPECT_EQ(json.find_path({"verified", "logEntries"})->as_array()->at(0).find("index")->as_int64(),
            1005);
  EXPECT_EQ(json.find_path({"verified", "times"})->as_array()->size(), 2u);
  EXPECT_EQ(json.find_path({"verified", "statement"}), nullptr);
  EXPECT_THAT(verify(with(by_workflow(), {"-o", "yaml"})).out, HasSubstr("identityType: uri"));
}

TEST_F(CliVerifyBlob, TakesADigestInsteadOfTheFile) {
  EXPECT_EQ(verify(by_workflow(), Digest::of("the artifact").to_string()).exit_code, 0);
  EXPECT_THAT(verify(by_workflow(), Digest::of("another").to_string()),
              ends_with(3, "the signature is about sha256:"));
  EXPECT_THAT(verify(by_workflow(), "sha256:abc"), ends_with(7, "sha256"));
  EXPECT_THAT(verify(by_workflow(), "nowhere.tar"), ends_with(4, "nowhere.tar"));
}

TEST_F(CliVerifyBlob, RefusesEverybodyElse) {
  const auto by = [&](std::vector<std::string> signer) {
    return verify(with({"--trusted-root", "root.json"}, signer));
  };
  EXPECT_THAT(by({"--certificate-identity", "https://github.com/acme/shop",
                  "--certificate-oidc-issuer", kIssuer}),
              ends_with(3, "the signer is \"" + std::string(kWorkflow)));
  EXPECT_THAT(
      by({"--certificate-identity", kWorkflow, "--certificate-oidc-issuer", "https://example.com"}),
      ends_with(3, "vouches for the signer"));
  // Anchored whether or not it says so.
  EXPECT_EQ(by({"--certificate-identity-regexp", "https://github.com/acme/.*",
                "--certificate-oidc-issuer-regexp", "https://token[.].*"})
                .exit_code,
            0);
  EXPECT_THAT(by({"--certificate-identity-regexp", "https://github.com/acme/shop",
                  "--certificate-oidc-issuer", kIssuer}),
              ends_with(3, "not text that matches"));
  EXPECT_EQ(
      verify(with(by_workflow(), {"--certificate-extension", "sourceRepositoryRef=refs/heads/main",
                                  "--certificate-extension-regexp",
                                  "sourceRepositoryURI=https://github.com/acme/(shop|till)"}))
          .exit_code,
      0);
  // One text each: what follows is the file.
  EXPECT_EQ(sealift(with({"verify-blob", "--bundle", "bundle.json"},
                         with(by_workflow(), {"--certificate-extension",
                                              "sourceRepositoryRef=refs/heads/main", "shop.tar"})))
                .exit_code,
            0);
  EXPECT_THAT(
      verify(with(by_workflow(), {"--certificate-extension", "sourceRepositoryRef=refs/heads"})),
      ends_with(3, "sourceRepositoryRef"));
  const auto refused =
      verify(with(by_workflow(), {"--json", "--certificate-extension", "buildTrigger=push"}));
  EXPECT_EQ(refused.exit_code, 3);
  const Json json = parse_json(refused.out, "output").value();
  EXPECT_EQ(*json.find("accepted")->as_bool(), false);
  EXPECT_EQ(json.string_at({"refusal"}), "extension");
  EXPECT_THAT(std::string(json.string_at({"reason"})), HasSubstr("no buildTrigger"));
}

TEST_F(CliVerifyBlob, BelievesTheRootThatIsGiven) {
  EXPECT_THAT(verify({"--certificate-identity", kWorkflow, "--certificate-oidc-issuer", kIssuer}),
              AllOf(ends_with(3, "no transparency log"), ends_with(3, "--trusted-root")));
  files().write("root.json", "{}");
  EXPECT_THAT(verify(by_workflow()), ends_with(7, "mediaType"));
}

TEST_F(CliVerifyBlob, WaiverIsSaidEachTime) {
  KeylessDraft draft;
  draft.in_certificate_log = false;
  write_bundle(draft);
  EXPECT_THAT(verify(by_workflow()), AllOf(ends_with(3, "Certificate Transparency"),
                                           ends_with(3, "--insecure-ignore-sct")));
  const auto waived = verify(with(by_workflow(), {"--insecure-ignore-sct"}));
  EXPECT_EQ(waived.exit_code, 0) << waived.err;
  EXPECT_THAT(waived.err, HasSubstr("--insecure-ignore-sct"));
  EXPECT_THAT(waived.out, Not(HasSubstr("Certificate log")));
  const auto unlogged =
      verify(with(by_workflow(), {"--insecure-ignore-sct", "--insecure-ignore-tlog"}));
  EXPECT_EQ(unlogged.exit_code, 0) << unlogged.err;
  EXPECT_THAT(unlogged.err, HasSubstr("--insecure-ignore-tlog"));
  EXPECT_THAT(unlogged.out, Not(HasSubstr("by the log")));
  draft.is_stamped = false;
  write_bundle(draft);
  EXPECT_THAT(verify(with(by_workflow(), {"--insecure-ignore-sct", "--insecure-ignore-tlog"})),
              ends_with(3, "when the signature was made"));
}

TEST_F(CliVerifyBlob, TakesSignaturesOfKeysOfEachType) {
  for (const auto& key :
       {TestKey::ec(), TestKey::ec("P-521"), TestKey::rsa(2048), TestKey::ed25519()}) {
    KeylessDraft draft;
    draft.key = key;
    files().write("key.pub", LoggedSigner{key.public_der()}.pem());
    write_bundle(draft);
    const std::vector<std::string> by_key = {"--key", "key.pub", "--trusted-root", "root.json"};
    const auto words = verify(by_key);
    EXPECT_EQ(words.exit_code, 0) << words.err;
    EXPECT_THAT(words.out, AllOf(HasSubstr("Key               sha256:"), HasSubstr("Log "),
                                 Not(HasSubstr("Identity"))));
    EXPECT_THAT(verify({"--key", "key.pub"}), ends_with(3, "no transparency log"));
    EXPECT_EQ(verify({"--key", "key.pub", "--insecure-ignore-tlog"}).exit_code, 0);
    EXPECT_THAT(verify(by_workflow()), ends_with(3, "made with a key"));
  }
  // Of Ed25519, the digest is not enough.
  EXPECT_THAT(verify({"--key", "key.pub", "--insecure-ignore-tlog"},
                     Digest::of("the artifact").to_string()),
              ends_with(3, "give the file itself"));
  make_key("other");
  EXPECT_THAT(verify({"--key", "other.pub", "--insecure-ignore-tlog"}),
              ends_with(3, "does not fit the key"));
}

TEST_F(CliVerifyBlob, TakesAttestationsOfTheTypeThatIsAskedFor) {
  KeylessDraft draft;
  draft.predicate_type = "https://slsa.dev/provenance/v1";
  write_bundle(draft);
  EXPECT_THAT(verify(by_workflow()), ends_with(3, "asked for is https://sigstore.dev/cosign/sign"));
  EXPECT_THAT(verify(with(by_workflow(), {"--type", "spdxjson"})),
              ends_with(3, "https://spdx.dev/Document"));
  EXPECT_EQ(verify(with(by_workflow(), {"--type", "https://slsa.dev/provenance/v1"})).exit_code, 0);
  const auto run = verify(with(by_workflow(), {"--type", "slsaprovenance1", "-o", "json"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json json = parse_json(run.out, "output").value();
  EXPECT_EQ(json.string_at({"verified", "statement", "predicate", "builder"}), "ours");
  EXPECT_THAT(
      verify(with(by_workflow(), {"--type", "slsaprovenance1"}), Digest::of("another").to_string()),
      ends_with(3, "copied from another artifact"));
}

TEST_F(CliVerifyBlob, ChecksThePublicSigstoresBundlesWithTheRootBuiltIn) {
  files().write("bundle.json", test_data("sigstore/bundles/sigstore.js@2.0.0-provenance.json"));
  const auto words = verify(
      {"--type", "slsaprovenance1", "--certificate-identity-regexp",
       "https://github.com/sigstore/.*", "--certificate-oidc-issuer", kIssuer},
      "sha512:46d4e2f74c4877316640000a6fdf8a8b59f1e0847667973e9859f774dd31b8f1e0937813b777fb66a2ac6"
      "7d50540fe34640966eee9fc2ccca387082b4c85cd3c");
  EXPECT_EQ(words.exit_code, 0) << words.err;
  EXPECT_THAT(words.out, AllOf(HasSubstr("https://rekor.sigstore.dev, entry 31821305"),
                               HasSubstr("public Sigstore (built in, of 2026-08-21), sha256:")));
}

TEST_F(CliVerifyBlob, TakesWhatCosignSignsWithEachTypeOfKey) {
  for (const char* type : {"ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048", "ed25519"}) {
    const std::string key = type;
    succeed({"key", "generate", "--type", key, "--output-key-prefix", key});
    run_well({test_part("cosign"), "sign-blob", "--yes", "--key", key + ".key",
              "--use-signing-config=false", "--tlog-upload=false", "--bundle", "bundle.json",
              "shop.tar"});
    const std::vector<std::string> by_key = {"--key", key + ".pub", "--insecure-ignore-tlog"};
    EXPECT_EQ(verify(by_key).exit_code, 0) << type;
    files().write("other.tar", "another");
    EXPECT_EQ(verify(by_key, "other.tar").exit_code, 3) << type;
  }
}

TEST_F(CliVerifyBlob, GivesTheSameAnswersWithoutANetwork) {
  const auto alone = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"verify-blob", "shop.tar", "--bundle", "bundle.json", "--json"});
    return without_network(std::move(more));
  };
  const auto accepted = alone(by_workflow());
  EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
  EXPECT_EQ(accepted.out, verify(with(by_workflow(), {"--json"})).out);
  const std::vector<std::string> elsewhere = {"--certificate-identity", kWorkflow,
                                              "--certificate-oidc-issuer", kIssuer};
  const auto refused = alone(elsewhere);
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_EQ(refused.out, verify(with(elsewhere, {"--json"})).out);
}

TEST_F(CliVerifyBlob, RefusesWhatIsNoBundle) {
  files().write("bundle.json", test_data("sigstore/bundles/dsse-2sigs.json"));
  EXPECT_THAT(verify(by_workflow()), ends_with(7, "exactly one signature, not 2"));
  files().write("bundle.json", "");
  EXPECT_THAT(verify(by_workflow()), ends_with(7, "bundle"));
}

TEST_F(CliVerifyBlob, AsksForWhatBelongsTogether) {
  EXPECT_THAT(verify({}), ends_with(2, "nothing says who must have signed"));
  EXPECT_THAT(verify({"--certificate-identity", kWorkflow}),
              ends_with(2, "--certificate-oidc-issuer"));
  EXPECT_THAT(verify({"--certificate-oidc-issuer", kIssuer}),
              ends_with(2, "nothing says who must have signed"));
  EXPECT_THAT(verify(with(by_workflow(), {"--key", "a.pub"})), ends_with(2, "excludes"));
  EXPECT_THAT(verify(with(by_workflow(), {"--certificate-identity-regexp", ".*"})),
              ends_with(2, "excludes"));
  EXPECT_THAT(verify(with(by_workflow(), {"--certificate-extension", "shoeSize=44"})),
              ends_with(7, "shoeSize"));
  EXPECT_THAT(
      verify({"--certificate-identity-regexp", "(?i)ada", "--certificate-oidc-issuer", kIssuer}),
      ends_with(7, "flags"));
}

}  // namespace
}  // namespace sealift::test
