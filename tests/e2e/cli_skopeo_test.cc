// What skopeo copies we pull, and the reverse; and whether others find our referrers.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CliSkopeo : public CliTest, public testing::WithParamInterface<const char*> {
 protected:
  std::string name(const std::string& tag) const { return server_.address() + "/shop:" + tag; }
  std::string reference(const std::string& tag) const { return "oci://" + name(tag); }
  std::string publish(const std::string& tag) const {
    return push(reference(tag), {"--plain-http", "--format", GetParam()});
  }
  std::string digest_of(const std::string& reference) const {
    std::vector<std::string> arguments = {"inspect", reference};
    if (reference.starts_with("oci://")) arguments.emplace_back("--plain-http");
    return std::string(succeed_json(arguments).string_at({"digest"}));
  }
  void skopeo_copy(const std::string& from, const std::string& to) const {
    run_well({"skopeo", "--insecure-policy", "copy", "--quiet", "--all", "--preserve-digests",
              "--src-tls-verify=false", "--dest-tls-verify=false", from, to});
  }
  // Pulled from there, it is what was committed.
  void expect_content(const std::string& reference) const {
    std::vector<std::string> arguments = {"cat", reference, "settings.yaml"};
    if (reference.starts_with("oci://")) arguments.emplace_back("--plain-http");
    EXPECT_EQ(succeed(arguments), kConfigMap);
  }

 private:
  RegistryServer server_{"distribution"};
};

INSTANTIATE_TEST_SUITE_P(Formats, CliSkopeo, testing::Values("flux", "oci"),
                         [](const auto& format) { return std::string(format.param); });

TEST_P(CliSkopeo, ItsLayoutOfWhatWePushedIsPulled) {
  const auto digest = publish("v1");
  skopeo_copy("docker://" + name("v1"), "oci:theirs:v1");
  EXPECT_EQ(digest_of("oci-layout:theirs:v1"), digest);
  expect_content("oci-layout:theirs:v1");
  succeed({"copy", "--plain-http", "oci-layout:theirs:v1", reference("back")});
  EXPECT_EQ(digest_of(reference("back")), digest);
}

TEST_P(CliSkopeo, ItPushesWhatIsInOurLayout) {
  const auto digest = push("oci-layout:ours:v1", {"--format", GetParam()});
  skopeo_copy("oci:ours:v1", "docker://" + name("v1"));
  EXPECT_EQ(digest_of(reference("v1")), digest);
  expect_content(reference("v1"));
}

TEST_P(CliSkopeo, BothGoOnInOneLayout) {
  const auto digest = publish("v1");
  push("oci-layout:both:ours", {"--format", GetParam()});
  skopeo_copy("docker://" + name("v1"), "oci:both:theirs");
  succeed({"tag", "oci-layout:both:theirs", "again"});
  push("oci-layout:both:last", {"--format", GetParam(), "-a", "x=y"});
  const Json listed = succeed_json({"ls", "oci-layout:both"});
  EXPECT_EQ(*listed.find("tags"), Json(Json::Array{"again", "last", "ours", "theirs"}));
  EXPECT_EQ(digest_of("oci-layout:both:again"), digest);
  succeed({"gc", "oci-layout:both"});
  for (const char* tag : {"again", "last", "ours", "theirs"}) {
    expect_content("oci-layout:both:" + std::string(tag));
    skopeo_copy("oci:both:" + std::string(tag), "docker://" + name("from-" + std::string(tag)));
  }
}

class CliIndexInterop : public CliTest {
 protected:
  void append_image(const std::string& name) const {
    files().write("rootfs/bin/" + name.substr(name.rfind(':') + 1), std::string(10'000, 'x'));
    run_well({"tar", "-C", "rootfs", "-cf", "image.tar", "."});
    run_well({test_part("crane"), "append", "--insecure", "--oci-empty-base", "-f", "image.tar",
              "-t", name});
  }
};

TEST_F(CliIndexInterop, AnIndexOfImagesGoesBothWaysThroughLayouts) {
  const RegistryServer server("distribution");
  const auto name = server.address() + "/images";
  append_image(name + ":one");
  append_image(name + ":two");
  run_well({test_part("oras"), "manifest", "index", "create", "--plain-http", name + ":all", "one",
            "two"});
  const auto digest = run_well({test_part("crane"), "digest", "--insecure", name + ":all"});
  const auto copy = [&](const std::string& from, const std::string& to) {
    run_well({"skopeo", "--insecure-policy", "copy", "--quiet", "--all", "--preserve-digests",
              "--src-tls-verify=false", "--dest-tls-verify=false", from, to});
  };
  copy("docker://" + name + ":all", "oci:theirs:all");
  succeed({"copy", "oci-layout:theirs:all", "oci-layout:ours:all"});
  succeed({"gc", "oci-layout:ours"});
  copy("oci:ours:all", "docker://" + name + ":back");
  EXPECT_EQ(run_well({test_part("crane"), "digest", "--insecure", name + ":back"}), digest);
  succeed({"copy", "--to-plain-http", "oci-layout:ours:all", "oci://" + name + ":again"});
  run_well({test_part("crane"), "validate", "--insecure", "--remote", name + ":again"});
}

// By the referrers API, and by the tag schema.
class CliReferrerInterop : public CliTest, public testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(Stores, CliReferrerInterop, testing::Values("crane", "distribution"),
                         [](const auto& store) { return std::string(store.param); });

TEST_P(CliReferrerInterop, OrasAndCosignFindOursAndWeFindTheirs) {
  const RegistryServer server(GetParam());
  const auto name = server.address() + "/shop:v1";
  make_key("a");
  push("oci://" + name, {"--plain-http", "--sign", "a.key"});
  files().write("predicate.json", "{\"x\": 1}");
  succeed({"attest", "oci://" + name, "--plain-http", "--key", "a.key", "--type",
           "https://example.com/checked/v1", "--predicate", "predicate.json"});
  const auto discovered =
      run_well({test_part("oras"), "discover", "--plain-http", "--format", "json", name});
  ASSERT_OK_ASSIGN(const Json found, parse_json(discovered, "oras discover"));
  EXPECT_EQ(found.find("referrers")->as_array()->size(), 2u);
  EXPECT_THAT(run_well({test_part("cosign"), "tree", "--allow-http-registry", name}),
              AllOf(HasSubstr("https://sigstore.dev/cosign/sign/v1"),
                    HasSubstr("https://example.com/checked/v1")));
  files().write("sbom.txt", "flour");
  run_well({test_part("oras"), "attach", "--plain-http", "--artifact-type", "application/x.sbom",
            name, "sbom.txt"});
  const Json tree = succeed_json({"ls", "--tree", "--plain-http", "oci://" + name});
  const auto& artifact = tree.find("artifacts")->as_array()->at(0);
  EXPECT_EQ(artifact.find("attached")->as_array()->size(), 3u);
  EXPECT_THAT(succeed({"ls", "--tree", "--plain-http", "oci://" + name}),
              HasSubstr("https://example.com/checked/v1"));
}

}  // namespace
}  // namespace sealift::test
