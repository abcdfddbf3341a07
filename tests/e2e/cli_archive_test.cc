// Artifacts in a file, for where neither a registry nor a directory can go.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliArchive : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    succeed({"key", "generate", "--output-key-prefix", "release"});
    succeed({"push", "oci-layout:out:v1", "--from", git().path(), "--path", "deploy/prod", "--sign",
             "release.key"});
  }
  // A shell joins two of our programs by a pipe.
  ProcessResult shell(const std::string& line) const { return run({"sh", "-ec", line}); }
  static std::string program() { return std::string(std::getenv("SEALIFT_BIN")) + "/sealift"; }
};

TEST_F(CliArchive, CrossesAGapAndStaysSigned) {
  RegistryServer outside("distribution");
  RegistryServer inside("docker-registry");
  const auto source = "oci://" + outside.address() + "/shop:v1";
  const auto destination = "oci://" + inside.address() + "/shop:v1";
  succeed({"push", source, "--plain-http", "--from", git().path(), "--path", "deploy/prod",
           "--sign", "release.key"});
  run_well({test_part("cosign"), "sign", "--allow-http-registry", "--use-signing-config=false",
            "--tlog-upload=false", "--new-bundle-format=false", "--yes", "--key", "release.key",
            source.substr(6)});
  EXPECT_THAT(succeed({"copy", "--from-plain-http", source, "oci-archive:shop.tar"}),
              HasSubstr("wrote"));
  succeed({"verify", "oci-archive:shop.tar:v1", "--key", "release.pub"});
  succeed({"copy", "--to-plain-http", "oci-archive:shop.tar:v1", destination});
  succeed({"verify", destination, "--plain-http", "--key", "release.pub"});
  run_well({test_part("cosign"), "verify", "--allow-http-registry", "--insecure-ignore-tlog=true",
            "--new-bundle-format=false", "--key", "release.pub", destination.substr(6)});
}

TEST_F(CliArchive, OtherProgramsReadItAndWeReadTheirs) {
  succeed({"copy", "oci-layout:out:v1", "oci-archive:ours.tar"});
  RegistryServer registry("distribution");
  const auto there = registry.address() + "/shop:v1";
  run_well(
      {test_part("oras"), "copy", "--from-oci-layout", "ours.tar:v1", "--to-plain-http", there});
  succeed({"verify", "oci-layout:out:v1", "--key", "release.pub"});
  succeed({"inspect", "oci://" + there, "--plain-http"});
  // In the order of names, blobs before index.json, as other programs pack.
  run_well({"tar", "cf", "theirs.tar", "-C", "out", "blobs", "index.json", "oci-layout"});
  succeed({"verify", "oci-archive:theirs.tar:v1", "--key", "release.pub"});
}

TEST_F(CliArchive, StreamsBothWays) {
  EXPECT_EQ(shell("'" + program() + "' copy oci-layout:out:v1 oci-archive:- | '" + program() +
                  "' copy oci-archive:-:v1 oci-layout:piped:v2")
                .exit_code,
            0);
  succeed({"verify", "oci-layout:piped:v2", "--key", "release.pub"});
  run_well({"tar", "cf", "theirs.tar", "-C", "out", "blobs", "index.json", "oci-layout"});
  EXPECT_THAT(shell("'" + program() + "' copy oci-archive:- --all-tags oci-layout:x <theirs.tar"),
              ends_with(7, "save it to a file"));
  const auto both = sealift({"copy", "--json", "oci-layout:out:v1", "oci-archive:-"});
  EXPECT_EQ(both.exit_code, 7);
  EXPECT_THAT(both.err, HasSubstr("room for the archive or for --json"));
}

// Where there is no network, nothing that is needed for archives can be asked of a host.
TEST_F(CliArchive, CrossesAGapWithoutANetwork) {
  const auto alone = [&](std::vector<std::string> arguments) {
    const auto result = without_network(std::move(arguments));
    EXPECT_EQ(result.exit_code, 0) << result.err;
  };
  files().write("policy.yaml", key_policy("release"));
  alone({"copy", "--verify", "policy.yaml", "oci-layout:out:v1", "oci-archive:shop.tar"});
  alone({"copy", "oci-archive:shop.tar:v1", "oci-layout:inside:v1"});
  alone({"copy", "oci-layout:inside", "--all-tags", "oci-archive:again.tar"});
  alone({"verify", "oci-archive:again.tar:v1", "--key", "release.pub"});
  alone({"pull", "oci-archive:again.tar:v1", "-o", "pulled"});
  EXPECT_EQ(files().read("pulled/settings.yaml"), kConfigMap);
  EXPECT_TRUE(files().read("again.tar") == files().read("shop.tar"));
}

TEST_F(CliArchive, AnUpdateHoldsOnlyWhatTheOtherSideLacks) {
  succeed({"copy", "oci-layout:out", "--all-tags", "oci-archive:full.tar"});
  succeed({"push", "oci-layout:out:v2", "--from", git().path(), "--path", "deploy/prod", "-a",
           "x=y", "--sign", "release.key"});
  const Json update = succeed_json(
      {"copy", "oci-layout:out:v2", "--since", "oci-archive:full.tar", "oci-archive:update.tar"});
  EXPECT_EQ(update.find("blobs")->as_int64(), 1);  // the new signature
  EXPECT_EQ(update.find("leftOutBlobs")->as_int64(), 3);
  EXPECT_THAT(sealift({"copy", "oci-archive:update.tar:v2", "oci-layout:inside"}),
              ends_with(4, "lacks 3 of the blobs"));
  succeed({"copy", "oci-archive:full.tar", "--all-tags", "oci-layout:inside"});
  succeed({"copy", "oci-archive:update.tar:v2", "oci-layout:inside"});
  succeed({"verify", "oci-layout:inside:v2", "--key", "release.pub"});

  EXPECT_THAT(sealift({"copy", "--force", "oci-layout:out:v2", "--since", "oci-archive:full.tar",
                       "oci-archive:./full.tar"}),
              ends_with(8, "name another file"));
  files().write("have.txt", succeed({"ls", "--blobs", "oci-layout:inside"}));
  const Json nothing =
      succeed_json({"copy", "oci-layout:out:v2", "--since", "have.txt", "oci-archive:nothing.tar"});
  EXPECT_EQ(nothing.find("blobs")->as_int64(), 0);
  files().write("wrong.txt", "sha256:12\n");
  EXPECT_THAT(sealift({"copy", "oci-layout:out:v2", "--since", "wrong.txt", "oci-archive:x.tar"}),
              ends_with(7, "line 1 of wrong.txt"));
  EXPECT_THAT(sealift({"copy", "oci-layout:out:v2", "--since", "oci-archive:none.tar",
                       "oci-archive:x.tar"}),
              ends_with(4, "none.tar"));
}

TEST_F(CliArchive, IsNotReplacedUnasked) {
  succeed({"copy", "oci-layout:out:v1", "oci-archive:a.tar"});
  const auto before = files().read("a.tar");
  EXPECT_THAT(sealift({"copy", "oci-layout:out:v1", "oci-archive:a.tar"}),
              ends_with(8, "--force replaces it"));
  succeed({"copy", "oci-layout:out:v1", "oci-archive:a.tar", "--force"});
  EXPECT_TRUE(files().read("a.tar") == before);
  EXPECT_THAT(
      sealift({"push", "oci-archive:a.tar:v3", "--from", git().path(), "--path", "deploy/prod"}),
      ends_with(5, "written once and whole"));
}

TEST_F(CliArchive, SaysWhatItIsNot) {
  run_well({"tar", "czf", "packed.tar", "-C", "out", "."});
  run_well({"tar", "cf", "other.tar", "release.pub"});
  succeed({"copy", "oci-layout:out:v1", "oci-archive:a.tar"});
  files().write("short.tar", files().read("a.tar").substr(0, 3'000));
  EXPECT_THAT(sealift({"ls", "oci-archive:packed.tar"}), ends_with(7, "is compressed"));
  EXPECT_THAT(sealift({"ls", "oci-archive:other.tar"}), ends_with(7, "has no file oci-layout"));
  EXPECT_THAT(sealift({"ls", "oci-archive:short.tar"}), ends_with(7, "truncated"));
  EXPECT_THAT(sealift({"ls", "oci-archive:out"}), ends_with(7, "oci-layout:out"));
  EXPECT_THAT(sealift({"ls", "oci-archive:none.tar"}), ends_with(4, "none.tar"));
}

TEST_F(CliArchive, WhatCannotGoTogetherIsAUsageError) {
  EXPECT_THAT(sealift({"copy", "oci-layout:out:v1", "--since", "x", "oci-layout:y"}),
              ends_with(2, "--since is for writing an archive"));
  EXPECT_THAT(sealift({"copy", "oci-archive:-:v1", "oci-layout:out:v1", "oci-layout:y"}),
              ends_with(2, "standard input is read once"));
  EXPECT_THAT(sealift({"copy", "oci-archive:-:v1", "oci-archive:y.tar"}),
              ends_with(2, "cannot be copied into an archive"));
}

}  // namespace
}  // namespace sealift::test
