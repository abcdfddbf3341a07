// Artifacts from one place to another, with what proves them.
#include "cli_fixture.h"

#include <sealift/base/digest.h>

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

TEST_F(CliCopy, OnePlatformOfAnIndex) {
  const auto entry = [&](const std::string& architecture) {
    const auto digest = push("oci-layout:multi:" + architecture, {"-a", "for=" + architecture});
    const auto bytes = files().read("multi/blobs/sha256/" + digest.substr(7));
    return R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" + digest +
           R"(","size":)" + std::to_string(bytes.size()) +
           R"(,"platform":{"os":"linux","architecture":")" + architecture + "\"}}";
  };
  const std::string index =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
      entry("amd64") + "," + entry("arm64") + "]}";
  const auto digest = Digest::of(index);
  files().write("multi/blobs/sha256/" + digest.hex(), index);
  files().write("multi/index.json",
                R"({"schemaVersion":2,"manifests":[{"mediaType":)"
                R"("application/vnd.oci.image.index.v1+json","digest":")" +
                    digest.to_string() + R"(","size":)" + std::to_string(index.size()) +
                    R"(,"annotations":{"org.opencontainers.image.ref.name":"all"}}]})");
  succeed({"sign", "oci-layout:multi:all", "--key", "release.key"});

  const auto copied =
      sealift({"copy", "--platform", "linux/arm64", "oci-layout:multi:all", "oci-layout:one:v1"});
  EXPECT_EQ(copied.exit_code, 0) << copied.err;
  EXPECT_THAT(copied.err, HasSubstr("1 signatures or other manifests are about the index"));
  EXPECT_THAT(succeed({"inspect", "oci-layout:one:v1"}), HasSubstr("arm64"));
  EXPECT_THAT(
      sealift({"copy", "--platform", "linux/s390x", "oci-layout:multi:all", "oci-archive:one.tar"}),
      ends_with(4, "it has linux/amd64, linux/arm64"));
  EXPECT_THAT(sealift({"copy", "--platform", "arm64", "oci-layout:multi:all", "oci-layout:x"}),
              ends_with(2, "no platform such as linux/amd64"));
}

TEST_F(CliCopy, OnlyWhatThePolicyAcceptsIsCarried) {
  files().write("policy.yaml", key_policy("release"));
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
