// sealift push --require-signed-commit.
#include "cli_fixture.h"

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliSignedCommit : public CliTest {
 protected:
  CliSignedCommit() {
    for (const char* name : {"ada", "eve"}) {
      run_well({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name});
    }
    files().write("allowed", "ada@example.com " + files().read("ada.pub"));
  }
  void sign(const std::string& name) const {
    git().git("-c gpg.format=ssh -c user.signingKey='" + files().file(name) +
              "' commit -q --amend -S -m signed");
  }
  std::vector<std::string> push_signed(std::vector<std::string> more = {"--allowed-signers",
                                                                        "allowed"}) const {
    more.insert(more.begin(), {"push", "oci-layout:out:v1", "--from", git().path(), "--path",
                               "deploy/prod", "--require-signed-commit"});
    return more;
  }
};

TEST_F(CliSignedCommit, IsBuiltAndReported) {
  sign("ada");
  const auto text = succeed(push_signed());
  EXPECT_THAT(text, HasSubstr("signed by ada@example.com with the ssh key SHA256:"));
  const Json json = succeed_json(push_signed());
  EXPECT_EQ(json.string_at({"commitSigner", "kind"}), "ssh");
  EXPECT_EQ(json.string_at({"commitSigner", "name"}), "ada@example.com");
  EXPECT_THAT(run_well({"ssh-keygen", "-l", "-f", "ada.pub"}),
              HasSubstr(std::string(json.string_at({"commitSigner", "key"}))));
}

TEST_F(CliSignedCommit, AnotherIsNotBuilt) {
  EXPECT_THAT(sealift(push_signed()), ends_with(3, "is refused: it is not signed"));
  sign("eve");
  EXPECT_THAT(sealift(push_signed()), ends_with(3, "not among the allowed signers"));
  files().write("keyring", "no keyring");
  EXPECT_THAT(sealift(push_signed({"--openpgp-keyring", "keyring"})),
              ends_with(7, "keyring: is no OpenPGP keyring"));
  files().write("allowed", "ada@example.com option " + files().read("ada.pub"));
  EXPECT_THAT(sealift(push_signed()), ends_with(7, "allowed:1: the option \"option\""));
  EXPECT_FALSE(files().has("out"));
}

TEST_F(CliSignedCommit, TakesWhoIsNamedAndNobodyElse) {
  sign("ada");
  EXPECT_THAT(sealift(push_signed({})), ends_with(2, "nothing says who may sign"));
  EXPECT_THAT(sealift(push_signed({"--allowed-signers", "missing"})), ends_with(4, "missing"));
  EXPECT_THAT(sealift(push_signed({"--allowed-signers", "allowed", "--worktree"})),
              ends_with(2, "--worktree"));
  EXPECT_THAT(sealift({"push", "oci-layout:out:v1", "--from", git().path(), "--allowed-signers",
                       "allowed"}),
              ends_with(2, "--require-signed-commit"));
  EXPECT_FALSE(files().has("out"));
}

TEST_F(CliSignedCommit, ByOpenPgpIsBuiltAndNothingElseIsSaid) {
  run_well({"mkdir", "-m", "700", "g"});
  const auto home = files().file("g");
  const auto gpg = [&](const std::string& arguments) {
    return run_well({"sh", "-c", "GNUPGHOME='" + home + "' " + arguments});
  };
  gpg("gpg --batch --quiet --passphrase '' --quick-generate-key ada@example.com ed25519 sign "
      "never");
  gpg("gpg --export ada@example.com > keyring");
  files().write("gpg.sh", "#!/bin/sh\nGNUPGHOME='" + home + "' exec gpg --batch \"$@\"\n");
  run_well({"chmod", "+x", "gpg.sh"});
  git().git("-c gpg.program='" + files().file("gpg.sh") +
            "' -c user.signingKey=ada@example.com commit -q --amend -S -m signed");
  const Json json = succeed_json(push_signed({"--openpgp-keyring", "keyring"}));
  EXPECT_EQ(json.string_at({"commitSigner", "kind"}), "openpgp");
  EXPECT_EQ(json.string_at({"commitSigner", "name"}), "ada@example.com");
  git().git("commit -q --amend -m unsigned");
  sign("ada");
  const auto refused = sealift(push_signed({"--openpgp-keyring", "keyring"}));
  EXPECT_THAT(refused, ends_with(3, "no list of allowed signers is given"));
  EXPECT_THAT(refused.err, Not(HasSubstr("librepgp")));
  gpg("gpgconf --kill all");
}

}  // namespace
}  // namespace sealift::test
