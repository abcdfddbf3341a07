// What cosign, oras and crane make of what we publish, and we of what they do.
#include "cli_fixture.h"

#include <sealift/base/digest.h>

#include <support/registry_server.h>
#include <support/test_part.h>

#include <filesystem>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CliInterop : public CliTest {
 protected:
  CliInterop() { make_key("a"); }

  std::string name(const std::string& repository = "team/shop") const {
    return server_.address() + "/" + repository;
  }
  std::string reference() const { return "oci://" + name() + ":v1"; }
  std::string push_here(std::vector<std::string> more = {}) const {
    more.emplace_back("--plain-http");
    return push(reference(), std::move(more));
  }
  ProcessResult cosign_verify(const std::string& digest, const std::string& bundle) const {
    return run({test_part("cosign"), "verify", "--key", "a.pub", "--insecure-ignore-tlog=true",
                "--allow-http-registry", "--new-bundle-format=" + bundle, name() + "@" + digest});
  }
  ProcessResult verify(const std::string& repository = "team/shop") const {
    return sealift(
        {"verify", "oci://" + name(repository) + ":v1", "--key", "a.pub", "--plain-http"});
  }

 private:
  RegistryServer server_{"distribution"};
};

TEST_F(CliInterop, CosignVerifiesOurBundle) {
  const std::string digest = push_here();
  EXPECT_NE(cosign_verify(digest, "true").exit_code, 0);
  push_here({"--sign", "a.key"});
  const auto accepted = cosign_verify(digest, "true");
  EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
}

TEST_F(CliInterop, CosignVerifiesOurTag) {
  const std::string digest = push_here();
  EXPECT_NE(cosign_verify(digest, "false").exit_code, 0);
  push_here({"--sign", "a.key", "--signature-storage", "tag"});
  const auto accepted = cosign_verify(digest, "false");
  EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
}

TEST_F(CliInterop, WeVerifyWhatCosignSigns) {
  const std::string digest = push_here();
  for (const std::string bundle : {"true", "false"}) {
    SCOPED_TRACE(bundle);
    const std::string repository = "signed/" + bundle;
    push("oci://" + name(repository) + ":v1", {"--plain-http"});
    EXPECT_THAT(verify(repository), ends_with(3, "no signature was found"));
    run_well({test_part("cosign"), "sign", "--yes", "--key", "a.key", "--use-signing-config=false",
              "--tlog-upload=false", "--allow-http-registry", "--new-bundle-format=" + bundle,
              name(repository) + "@" + digest});
    const auto accepted = verify(repository);
    EXPECT_EQ(accepted.exit_code, 0) << accepted.out << accepted.err;
    EXPECT_THAT(accepted.out, HasSubstr(bundle == "true" ? "bundle at" : "simplesigning at"));
  }
}

TEST_F(CliInterop, AnAttestationIsNoSignature) {
  const std::string digest = push_here();
  files().write("predicate.json", "{\"x\": 1}");
  run_well({test_part("cosign"), "attest", "--yes", "--key", "a.key", "--use-signing-config=false",
            "--tlog-upload=false", "--allow-http-registry", "--new-bundle-format=true", "--type",
            "custom", "--predicate", "predicate.json", name() + "@" + digest});
  const auto refused = verify();
  EXPECT_THAT(refused, ends_with(3, "is refused"));
  EXPECT_THAT(refused.out, HasSubstr("[not_a_signature]"));
}

TEST_F(CliInterop, OrasPullsOurLayerByteForByte) {
  const std::string digest = push_here();
  const std::string manifest =
      run_well({test_part("oras"), "manifest", "fetch", "--plain-http", name() + ":v1"});
  EXPECT_EQ(Digest::of(manifest).to_string(), digest);
  ASSERT_OK_ASSIGN(const Json parsed, parse_json(manifest, "manifest"));
  const Json& layer = parsed.find("layers")->as_array()->at(0);
  const std::string layer_digest(layer.string_at({"digest"}));
  run_well({test_part("oras"), "blob", "fetch", "--plain-http", "--output", "layer.tar.gz",
            name() + "@" + layer_digest});
  EXPECT_EQ(Digest::of(files().read("layer.tar.gz")).to_string(), layer_digest);
  run_well({"mkdir", "unpacked"});
  run_well({"tar", "-xzf", "layer.tar.gz", "-C", "unpacked"});
  EXPECT_EQ(files().read("unpacked/settings.yaml"), kConfigMap);
}

TEST_F(CliInterop, CraneAgreesOnTheDigestAndFindsNothingWrong) {
  const std::string digest = push_here();
  EXPECT_EQ(run_well({test_part("crane"), "digest", "--insecure", name() + ":v1"}), digest + "\n");
  push("oci://" + name("plain") + ":v1", {"--plain-http", "--format", "oci"});
  for (const std::string repository : {"team/shop", "plain"}) {
    const auto valid =
        run({test_part("crane"), "validate", "--insecure", "--remote", name(repository) + ":v1"});
    EXPECT_EQ(valid.exit_code, 0) << valid.out << valid.err;
  }
}

TEST_F(CliInterop, WePullWhatOrasPushesWithFluxsMediaTypes) {
  files().write("content/deploy/settings.yaml", kConfigMap);
  run_well({"tar", "-C", "content", "-czf", "content.tgz", "."});
  files().write("config.json", "{}");
  run_well({test_part("oras"), "push", "--plain-http", "--config",
            "config.json:application/vnd.cncf.flux.config.v1+json", name() + ":v1",
            "content.tgz:application/vnd.cncf.flux.content.v1.tar+gzip"});
  EXPECT_THAT(sealift({"pull", reference(), "-o", "pulled", "--key", "a.pub", "--plain-http"}),
              ends_with(3, "no signature was found"));
  succeed({"sign", reference(), "--key", "a.key", "--plain-http"});
  succeed({"pull", reference(), "-o", "pulled", "--key", "a.pub", "--plain-http"});
  EXPECT_EQ(files().read("pulled/deploy/settings.yaml"), kConfigMap);
}

// Archives that nobody should unpack, made by GNU tar and published by oras.
class CliHostileArchive : public CliInterop {
 protected:
  ProcessResult pull_archive(const std::vector<std::string>& tar_arguments) const {
    std::vector<std::string> arguments = {"tar", "-czPf", "hostile.tgz"};
    arguments.insert(arguments.end(), tar_arguments.begin(), tar_arguments.end());
    run_well(arguments);
    run_well({test_part("oras"), "push", "--plain-http", name() + ":v1",
              "hostile.tgz:application/vnd.cncf.flux.content.v1.tar+gzip"});
    return sealift({"pull", reference(), "-o", "inner/pulled", "--plain-http"});
  }
};

TEST_F(CliHostileArchive, StaysWithinTheDirectory) {
  files().write("f", "bad");
  run_well({"mkdir", "inner"});
  EXPECT_THAT(pull_archive({"--transform=s,^f,../../escaped,", "f"}),
              ends_with(7, "../../escaped"));
  const std::string absolute = files().file("absolute");
  EXPECT_THAT(pull_archive({"--transform=s,^f," + absolute + ",", "f"}), ends_with(7, absolute));
  run_well({"ln", "-s", "../../outside", "link"});
  EXPECT_THAT(pull_archive({"link"}), ends_with(7, "link"));
  run_well({"ln", "f", "hard"});
  EXPECT_THAT(pull_archive({"f", "hard"}), ends_with(7, "hard"));
  run_well({"mkfifo", "pipe"});
  EXPECT_THAT(pull_archive({"pipe"}), ends_with(7, "pipe"));
  for (const char* name : {"escaped", "absolute", "outside"}) EXPECT_FALSE(files().has(name));
  EXPECT_TRUE(!files().has("inner/pulled") ||
              std::filesystem::is_empty(files().file("inner/pulled")));
}

TEST_F(CliHostileArchive, AGigabyteOfZerosIsStoppedAtTheLimit) {
  run_well({"mkdir", "inner"});
  run_well({"truncate", "-s", "1G", "zeros.yaml"});
  EXPECT_THAT(pull_archive({"--sparse-version=1.0", "zeros.yaml"}), ends_with(7, "zeros.yaml"));
  EXPECT_TRUE(!files().has("inner/pulled") ||
              std::filesystem::is_empty(files().file("inner/pulled")));
}

}  // namespace
}  // namespace sealift::test
