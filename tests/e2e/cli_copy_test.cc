// Artifacts from one place to another, with what proves them.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

namespace sealift::test {
namespace {

using testing::HasSubstr;

class CliCopy : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    succeed({"key", "generate", "--output-key-prefix", "release"});
    succeed({"push", source("v1"), "--plain-http", "--from", git().path(), "--path", "deploy/prod",
             "--sign", "release.key"});
  }
  std::string source(const std::string& tag) const {
    return "oci://" + from_.address() + "/shop:" + tag;
  }
  std::string destination(const std::string& tag) const {
    return "oci://" + to_.address() + "/mirror/shop:" + tag;
  }
  void cosign_accepts(const std::string& reference) {
    run_well({test_part("cosign"), "verify", "--allow-http-registry", "--insecure-ignore-tlog=true",
              "--key", "release.pub", reference.substr(std::string("oci://").size())});
  }

  RegistryServer from_{"distribution"};
  RegistryServer to_{"docker-registry"};
};

TEST_F(CliCopy, SignaturesOfBothFormsComeThroughALayout) {
  run_well({test_part("cosign"), "sign", "--allow-http-registry", "--use-signing-config=false",
            "--tlog-upload=false", "--new-bundle-format=false", "--yes", "--key", "release.key",
            source("v1").substr(std::string("oci://").size())});
  succeed({"copy", "--plain-http", source("v1"), "oci-layout:stick"});
  succeed({"copy", "--to-plain-http", "oci-layout:stick:v1", destination("v2")});
  succeed({"verify", destination("v2"), "--plain-http", "--key", "release.pub"});
  cosign_accepts(destination("v2"));
  const auto again = succeed({"copy", "--plain-http", source("v1"), destination("v2")});
  EXPECT_THAT(again, HasSubstr("present"));
  EXPECT_THAT(again, HasSubstr("sent      0 manifests"));
}

TEST_F(CliCopy, TagsAreChosenByPatternAndRange) {
  for (const char* tag : {"1.0.0", "1.1.0", "2.0.0", "main"}) {
    succeed({"push", source(tag), "--plain-http", "--from", git().path(), "--path", "deploy/prod"});
  }
  const auto all = "oci://" + from_.address() + "/shop";
  const auto ranged =
      succeed({"copy", "--json", "--plain-http", all, "--tags", ">=1.1 <3", "oci-layout:ranged"});
  EXPECT_THAT(ranged, HasSubstr("oci-layout:ranged:1.1.0"));
  EXPECT_THAT(ranged, HasSubstr("oci-layout:ranged:2.0.0"));
  EXPECT_THAT(ranged, testing::Not(HasSubstr("ranged:1.0.0")));
  EXPECT_THAT(ranged, testing::Not(HasSubstr("ranged:main")));
  succeed({"copy", "--plain-http", all, "--tags", "ma*", "oci-layout:pattern"});
  EXPECT_THAT(sealift({"copy", "oci-layout:pattern", "--tags", "x*", "oci-layout:none"}),
              ends_with(4, "has no tag that fits \"x*\""));
  succeed({"copy", "--plain-http", all, "--all-tags", "oci-layout:all"});
  succeed({"verify", "oci-layout:all:v1", "--key", "release.pub"});
}

TEST_F(CliCopy, OnlyWhatThePolicyAcceptsIsCarried) {
  const Json pem(files().read("release.pub"));
  files().write("policy.yaml",
                "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\n"
                "spec:\n  repositories: ['**']\n  signatures:\n    threshold: 1\n    keys:\n"
                "    - {name: release, publicKey: " +
                    dump_json(pem) + "}\n");
  succeed({"copy", "--plain-http", "--verify", "policy.yaml", source("v1"), "oci-layout:stick"});
  succeed({"push", source("unsigned"), "--plain-http", "--from", git().path(), "--path",
           "deploy/prod", "-a", "x=y"});
  EXPECT_THAT(sealift({"copy", "--plain-http", "--verify", "policy.yaml", source("unsigned"),
                       "oci-layout:other"}),
              ends_with(3, "no signature"));
  EXPECT_THAT(sealift({"verify", "oci-layout:other:unsigned", "--key", "release.pub"}),
              ends_with(4, "oci-layout"));
}

TEST_F(CliCopy, LsShowsTagsAndWhatIsAttached) {
  run_well({test_part("cosign"), "sign", "--allow-http-registry", "--use-signing-config=false",
            "--tlog-upload=false", "--new-bundle-format=false", "--yes", "--key", "release.key",
            source("v1").substr(std::string("oci://").size())});
  const auto repository = "oci://" + from_.address() + "/shop";
  EXPECT_EQ(succeed({"ls", "--plain-http", repository}), "v1\n");
  EXPECT_THAT(succeed({"ls", "--plain-http", "--all", repository}), HasSubstr(".sig\n"));
  const auto tree = succeed({"ls", "--plain-http", "--tree", source("v1")});
  EXPECT_THAT(tree, HasSubstr("application/vnd.dev.sigstore.bundle.v0.3+json  sha256:"));
  EXPECT_THAT(tree, HasSubstr(" as sha256-"));
  const Json json = succeed_json({"ls", "--plain-http", "--tree", repository});
  const auto& artifacts = *json.find("artifacts")->as_array();
  ASSERT_EQ(artifacts.size(), 1u);
  EXPECT_EQ(artifacts[0].string_at({"name"}), "v1");
  EXPECT_EQ(artifacts[0].find("attached")->as_array()->size(), 2u);
  EXPECT_THAT(sealift({"ls", source("v1")}), ends_with(2, "names one artifact"));
  EXPECT_THAT(sealift({"ls", "oci-layout:nowhere"}), ends_with(4, "nowhere"));
}

TEST_F(CliCopy, SaysWhatIsWrongWithItsArguments) {
  EXPECT_THAT(sealift({"copy", "oci-layout:a:v1"}), ends_with(2, "At least 2 required"));
  EXPECT_THAT(sealift({"copy", "oci-layout:a", "oci-layout:b"}), ends_with(2, "--all-tags"));
  EXPECT_THAT(sealift({"copy", "oci-layout:a:v1", "oci-layout:b:v2", "oci-layout:c:v3"}),
              ends_with(2, "name the destination without a tag"));
  EXPECT_THAT(sealift({"copy", "--plain-http", source("v1"), source("v1"), "oci-layout:twice"}),
              ends_with(8, "would be set twice"));
}

}  // namespace
}  // namespace sealift::test
