// A trust folder that is carried over an air gap, and the policies that take their root from it.
#include "cli_fixture.h"

#include <sealift/base/clock.h>
#include <sealift/sigstore/known_trusted_root.h>

#include <support/tuf_repository.h>

#include <chrono>

namespace sealift::test {
namespace {

using std::chrono::hours;
using testing::AllOf;
using testing::HasSubstr;

// "connected" is the trust folder of a machine with a network, here of a copy.
class CliTrustFolder : public CliTest {
 protected:
  CliTrustFolder() : repository_(system_clock().now()) {
    repository_.add_target("targets", "trusted_root.json",
                           std::string(sigstore::public_trusted_root().bytes));
    files().write("root.json", repository_.root(1));
    succeed({"trust", "init", "--dir", "connected", "--root", "root.json"});
    make_key("release");
  }

  // A timestamp that is valid until then, carried in as keep/acme.tar.gz. What has expired by then
  // is what somebody fetched in time.
  void carry_in(hours from_now) {
    repository_.set_expiry("timestamp", system_clock().now() + from_now);
    repository_.release();
    repository_.write_to(files().file("copy"));
    succeed({"trust", "get", "trusted_root.json", "--dir", "connected", "--url", "copy", "-o",
             "trusted_root.json", "--allow-expired", "1000h"});
    files().write("keep/.there", "");
    succeed({"trust", "pack", "--dir", "connected", "-o", "keep/acme.tar.gz"});
  }
  void write_policy(const std::string& allowed = "") const {
    files().write("policy.yaml", policy(allowed));
  }
  std::string policy(const std::string& allowed) const {
    return "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\nspec:\n"
           "  repositories: ['**']\n  trustedRoot: {folder: acme" +
           (allowed.empty() ? "" : ", allowExpired: " + allowed) +
           "}\n  rollback: allow\n  signatures:\n    keys:\n      - {name: release, publicKey: " +
           dump_json(Json(files().read("release.pub"))) + "}\n";
  }
  ProcessResult verify(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"verify", "oci-layout:out:v1", "--policy", "policy.yaml"});
    return sealift(std::move(more));
  }

  TufRepository repository_;
};

TEST_F(CliTrustFolder, AnArchiveIsASourceWithoutANetwork) {
  carry_in(hours(24));
  succeed({"trust", "init", "--dir", "inside", "--root", "root.json"});
  const auto updated =
      without_network({"trust", "update", "--dir", "inside", "--url", "./keep/acme.tar.gz"});
  EXPECT_EQ(updated.exit_code, 0) << updated.err;
  succeed({"trust", "get", "trusted_root.json", "--dir", "inside", "--url", "keep/acme.tar.gz",
           "-o", "inside.json"});
  EXPECT_EQ(files().read("inside.json"), sigstore::public_trusted_root().bytes);

  const auto once = files().read("keep/acme.tar.gz");
  const Json packed = succeed_json({"trust", "pack", "--dir", "inside", "-o", "again.tar.gz"});
  EXPECT_EQ(files().read("again.tar.gz"), once) << "the same folder, the same bytes";
  EXPECT_EQ(packed.string_at({"digest"}), Digest::of(once).to_string());

  // An older one than is trusted is refused, and so is one of somebody else.
  carry_in(hours(48));
  succeed({"trust", "update", "--dir", "inside", "--url", "keep/acme.tar.gz"});
  EXPECT_THAT(sealift({"trust", "update", "--dir", "inside", "--url", "again.tar.gz"}),
              ends_with(3, "was trusted before"));
  const TufRepository stranger(system_clock().now());
  files().write("stranger.json", stranger.root(1));
  succeed({"trust", "init", "--dir", "other", "--root", "stranger.json"});
  EXPECT_THAT(sealift({"trust", "update", "--dir", "other", "--url", "keep/acme.tar.gz"}),
              ends_with(3, "is signed by 0"));
  files().write("none.tar.gz", "none");
  EXPECT_THAT(sealift({"trust", "update", "--dir", "inside", "--url", "none.tar.gz"}),
              ends_with(7, "the archive none.tar.gz cannot be read"));
  EXPECT_THAT(sealift({"trust", "update", "--dir", "inside", "--url", "keep/acme.tar.gz",
                       "--targets-url", "copy/targets"}),
              ends_with(7, "which holds its own targets"));
  EXPECT_THAT(sealift({"trust", "pack", "--dir", "nowhere", "-o", "x.tar.gz"}),
              ends_with(4, "trusts no root yet"));
  EXPECT_FALSE(files().has("nowhere"));
}

TEST_F(CliTrustFolder, IsTheRootOfAPolicyAsLongAsThatAllows) {
  push("oci-layout:out:v1", {"--sign", "release.key"});
  write_policy();
  EXPECT_THAT(verify(), ends_with(3, "no trust folders were given"));
  EXPECT_THAT(verify({"--trust-dir", "keep"}),
              ends_with(3, "neither the folder keep/acme nor the archive keep/acme.tar.gz"));
  carry_in(hours(24));
  const auto accepted = without_network({"verify", "oci-layout:out:v1", "--policy", "policy.yaml",
                                         "--trust-dir", "keep", "--evidence-out", "evidence.json"});
  EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
  EXPECT_THAT(accepted.out, HasSubstr("root: trust folder acme (sha256:"));
  // What was decided by it is checked without it.
  succeed({"evidence", "check", "evidence.json"});
  EXPECT_THAT(succeed({"evidence", "check", "evidence.json", "--policy", "policy.yaml"}),
              HasSubstr("are the document's word"));
  EXPECT_THAT(sealift({"evidence", "check", "evidence.json", "--policy", "policy.yaml",
                       "--trust-dir", "nowhere"}),
              ends_with(3, "refused"));
  succeed({"evidence", "check", "evidence.json", "--policy", "policy.yaml", "--trust-dir", "keep"});
  // The folder itself does as well as its archive.
  run_well({"mkdir", "folders"});
  run_well({"cp", "-r", "connected", "folders/acme"});
  EXPECT_EQ(verify({"--trust-dir", "folders"}).exit_code, 0);

  carry_in(-hours(10));
  EXPECT_THAT(verify({"--trust-dir", "keep"}), ends_with(3, "the policy allows no time after"));
  write_policy("9h");
  EXPECT_THAT(verify({"--trust-dir", "keep"}), ends_with(3, "the policy allows 9h after that"));
  write_policy("11h");
  EXPECT_EQ(verify({"--trust-dir", "keep"}).exit_code, 0);
  write_policy();
  carry_in(hours(24));
  EXPECT_EQ(verify({"--trust-dir", "keep"}).exit_code, 0);
}

TEST_F(CliTrustFolder, CommandsAboutPoliciesReadIt) {
  push("oci-layout:out:v1", {"--sign", "release.key"});
  write_policy();
  files().write("table.yaml",
                "apiVersion: sealift.dev/v1alpha1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n"
                "  policies: [policy.yaml]\n  cases:\n"
                "  - {name: now, artifact: 'oci-layout:out:v1', expect: {verdict: accepted}}\n"
                "  - {name: later, artifact: 'oci-layout:out:v1', at: '2999-01-01T00:00:00Z',\n"
                "     expect: {verdict: refused, rule: trusted_root}}\n");
  succeed({"policy", "check", "policy.yaml"});
  const auto missing = sealift({"policy", "check", "policy.yaml", "--trust-dir", "keep"});
  EXPECT_THAT(missing, ends_with(7, "1 finding is an error"));
  EXPECT_THAT(missing.out, HasSubstr("[root_missing]"));
  EXPECT_THAT(sealift({"policy", "export", "policy.yaml", "--kyverno", "--trust-dir", "keep"}),
              ends_with(7, "refused: shop: spec.trustedRoot"));
  carry_in(hours(24));
  succeed({"policy", "check", "policy.yaml", "--trust-dir", "keep"});
  EXPECT_THAT(succeed({"policy", "test", "table.yaml", "--trust-dir", "keep"}),
              HasSubstr("2 of 2 as expected"));
  EXPECT_THAT(succeed({"policy", "explain", "oci-layout:out:v1", "--policy", "policy.yaml",
                       "--trust-dir", "keep"}),
              HasSubstr("accepted"));
  succeed(
      {"pull", "oci-layout:out:v1", "-o", "got", "--policy", "policy.yaml", "--trust-dir", "keep"});
  const auto exported =
      sealift({"policy", "export", "policy.yaml", "--kyverno", "--trust-dir", "keep"});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_THAT(exported.err, HasSubstr("lost: shop: spec.trustedRoot"));
  EXPECT_THAT(sealift({"verify", "oci-layout:out:v1", "--key", "release.pub", "--trust-dir", "k"}),
              ends_with(2, "--trust-dir requires --policy"));
}

// sealift-puller by files: accepting, refusing after the folder expired, accepting a new one.
TEST_F(CliTrustFolder, ThePullerFollowsIt) {
  push("oci-layout:" + files().file("out") + ":v1", {"--sign", "release.key"});
  files().write("config/policy.yaml", policy(""));
  files().write("config/delivery.yaml",
                "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: shop, "
                "namespace: default}\nspec:\n  artifact: {url: 'oci-layout:" +
                    files().file("out") + "', tag: v1}\n  interval: 1m\n");
  const auto puller = [&] {
    return run({std::string(SEALIFT_PROGRAM) + "-puller", "--config", "config", "--once",
                "--target", "dir:live", "--state", "state", "--trust-dir", "keep"});
  };
  const auto without = puller();
  EXPECT_EQ(without.exit_code, 3);
  EXPECT_THAT(without.err, HasSubstr("neither the folder"));
  carry_in(-hours(1));
  const auto expired = puller();
  EXPECT_EQ(expired.exit_code, 3);
  EXPECT_THAT(expired.err, HasSubstr("of which timestamp 2 expired at"));
  EXPECT_FALSE(files().has("live"));
  carry_in(hours(24));
  const auto accepted = puller();
  EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
  EXPECT_TRUE(files().has("live"));
}

}  // namespace
}  // namespace sealift::test
