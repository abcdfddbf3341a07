// What is said of an artifact that nobody checked: its manifest, its sizes, and who it says signed.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

#include <sealift/base/digest.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CliInspect : public CliTest {
 protected:
  std::string oras_name(const std::string& tag) const { return server_.address() + "/shop:" + tag; }
  std::string reference(const std::string& tag) const { return "oci://" + oras_name(tag); }
  std::string oras(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), test_part("oras"));
    return run_well(std::move(arguments));
  }
  // An image of one layer for a platform.
  void append_image(const std::string& tag, const std::string& platform) const {
    files().write("rootfs/bin/" + tag, std::string(200'000, 'x'));
    run_well({"tar", "-C", "rootfs", "-cf", tag + ".tar", "."});
    run_well({test_part("crane"), "append", "--insecure", "--oci-empty-base", "-f", tag + ".tar",
              "-t", oras_name(tag)});
    run_well({test_part("crane"), "mutate", "--insecure", "--set-platform", platform, "-t",
              oras_name(tag), oras_name(tag)});
  }

 private:
  RegistryServer server_{"distribution"};
};

TEST_F(CliInspect, RawIsWhatIsStoredToTheByte) {
  const auto digest = push(reference("v1"), {"--plain-http"});
  const auto raw = succeed({"inspect", "--raw", "--plain-http", reference("v1")});
  EXPECT_EQ(Digest::of(raw).to_string(), digest);
  EXPECT_EQ(raw, oras({"manifest", "fetch", "--plain-http", oras_name("v1")}));
  const auto both = sealift({"inspect", "--raw", "--json", "--plain-http", reference("v1")});
  EXPECT_EQ(both.exit_code, 7);
  EXPECT_THAT(both.err, HasSubstr("leave --json"));
}

TEST_F(CliInspect, SizesAreThoseOfAllThatIsPulled) {
  files().write("a.txt", std::string(3'000, 'a'));
  files().write("b.txt", std::string(5'000, 'b'));
  oras({"push", "--plain-http", oras_name("v1"), "a.txt", "b.txt"});
  const Json json = succeed_json({"inspect", "--plain-http", reference("v1")});
  EXPECT_EQ(*json.find("totalSize")->as_int64(), *json.find("size")->as_int64() + 2 + 8'000);
  EXPECT_THAT(succeed({"inspect", "--plain-http", reference("v1")}),
              AllOf(HasSubstr("Size        9 KiB"), HasSubstr("layer.v1.tar  a.txt\n"),
                    HasSubstr("5 KiB")));
}

TEST_F(CliInspect, AnIndexIsShownByPlatform) {
  append_image("amd64", "linux/amd64");
  append_image("arm64", "linux/arm64/v8");
  oras({"manifest", "index", "create", "--plain-http", oras_name("v1"), "amd64", "arm64"});
  EXPECT_THAT(
      succeed({"inspect", "--plain-http", reference("v1")}),
      AllOf(HasSubstr("\n  linux/amd64     sha256:"), HasSubstr("\n  linux/arm64/v8  sha256:")));
  const Json json = succeed_json({"inspect", "--plain-http", reference("v1")});
  const auto& listed = *json.find("manifests")->as_array();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[1].string_at({"platform"}), "linux/arm64/v8");
  EXPECT_GT(*listed[0].find("totalSize")->as_int64(), *listed[0].find("size")->as_int64());
  const Json image = succeed_json({"inspect", "--plain-http", reference("arm64")});
  EXPECT_EQ(image.string_at({"config", "architecture"}), "arm64");
  EXPECT_THAT(succeed({"inspect", "--plain-http", reference("arm64")}),
              HasSubstr("Platform    linux/arm64"));
}

TEST_F(CliInspect, SaysWhoSignedAsItStandsThereAndThatNobodyChecked) {
  make_key("a");
  push(reference("v1"), {"--plain-http", "--sign", "a.key"});
  files().write("predicate.json", "{\"x\": 1}");
  succeed({"attest", reference("v1"), "--plain-http", "--key", "a.key", "--type",
           "https://example.com/checked/v1", "--predicate", "predicate.json"});
  files().write("sbom.txt", "flour");
  oras({"attach", "--plain-http", "--artifact-type", "application/x.sbom", oras_name("v1"),
        "sbom.txt"});
  EXPECT_THAT(
      succeed({"inspect", "--plain-http", reference("v1")}),
      AllOf(HasSubstr("none of them checked (see \"sealift verify\"): 2\n"),
            HasSubstr("    signature, by a key with the hint "),
            HasSubstr("    attestation https://example.com/checked/v1, by a key"),
            HasSubstr("Other attached manifests\n  sha256:"), HasSubstr("  application/x.sbom\n")));
  const Json json = succeed_json({"inspect", "--plain-http", reference("v1")});
  const auto& signatures = *json.find("signatures")->as_array();
  ASSERT_EQ(signatures.size(), 2u);
  for (const auto& signature : signatures) EXPECT_FALSE(*signature.find("verified")->as_bool());
  EXPECT_EQ(json.find("attached")->as_array()->at(0).string_at({"artifactType"}),
            "application/x.sbom");
  EXPECT_THAT(succeed({"ls", "--tree", "--plain-http", reference("v1")}),
              HasSubstr("https://example.com/checked/v1"));
}

TEST_F(CliInspect, ASignatureThatIsNoneIsSaidToBeUnreadable) {
  push(reference("v1"), {"--plain-http"});
  files().write("bundle.json", "{\"no\": \"bundle\"}");
  oras({"attach", "--plain-http", "--artifact-type",
        "application/vnd.dev.sigstore.bundle.v0.3+json", oras_name("v1"),
        "bundle.json:application/vnd.dev.sigstore.bundle.v0.3+json"});
  EXPECT_THAT(succeed({"inspect", "--plain-http", reference("v1")}), HasSubstr("    unreadable: "));
}

TEST_F(CliInspect, LsOfALayoutWithoutTagsSaysSoOnStandardError) {
  push("oci-layout:out:v1");
  succeed({"delete", "oci-layout:out:v1", "--yes"});
  const auto listed = sealift({"ls", "oci-layout:out"});
  EXPECT_EQ(listed.exit_code, 0);
  EXPECT_EQ(listed.out, "");
  EXPECT_THAT(listed.err, HasSubstr("oci-layout:out has no tags"));
  EXPECT_EQ(sealift({"ls", "oci-layout:out", "--quiet"}).err, "");
}

}  // namespace
}  // namespace sealift::test
