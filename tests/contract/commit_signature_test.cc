// Commits that git, ssh-keygen and gpg sign, and what the builder makes of them.
#include "support/process.h"
#include "support/result_matchers.h"

#include <git_fixture.h>

#include <sealift/builder/git_source.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

namespace sealift::builder {
namespace {

using sealift::test::fails_with;
using sealift::test::GitFixture;
using sealift::test::ProcessOptions;
using sealift::test::TempDirectory;
using testing::HasSubstr;
using testing::StartsWith;

std::string run(const std::vector<std::string>& arguments) {
  ProcessOptions options;
  options.environment = {{"SSH_AUTH_SOCK", std::nullopt}};
  const auto result = test::run_process(arguments, std::move(options));
  EXPECT_EQ(result.exit_code, 0) << arguments[0] << result.out << result.err;
  return result.out;
}

class CommitSignature : public testing::Test {
 protected:
  CommitSignature() { git_.write("a.yaml", "a: 1\n"); }

  const GitFixture& git() const { return git_; }
  const TempDirectory& files() const { return files_; }

  // The commit, signed with git's settings.
  std::string commit(const std::string& settings) const {
    git_.git("add --all");
    return git_.git(settings + " commit -q -S -m change --allow-empty && git rev-parse HEAD");
  }
  static RequiredSigner required(std::optional<std::string> allowed_signers,
                                 std::optional<std::string> keyring = std::nullopt) {
    RequiredSigner required{{}, system_clock().now()};
    if (allowed_signers) {
      required.trusted.allowed_signers =
          commits::AllowedSigners::parse(*allowed_signers, "allowed").value();
    }
    if (keyring) {
      required.trusted.openpgp_keyring =
          commits::OpenPgpKeyring::parse(*keyring, "keyring").value();
    }
    return required;
  }
  Result<commits::CommitSigner> open(const RequiredSigner& required,
                                     const std::string& revision = "",
                                     const std::string& repository = "") const {
    SourceOptions options;
    options.location = {repository.empty() ? git_.path() : repository, revision};
    options.required_signer = required;
    SEALIFT_ASSIGN(const auto tree, open_git_source(options, system_files()));
    return tree->commit().signer.value();
  }
  // The commit with something in it replaced, and everything else as it was.
  std::string tampered(const std::string& from, const std::string& to) const {
    auto object = git_.git("cat-file commit HEAD");
    const auto at = object.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    object.replace(at, from.size(), to);
    const auto file = files_.write("object", object + "\n");
    return git_.git("hash-object -t commit -w '" + file + "'");
  }

 private:
  GitFixture git_;
  TempDirectory files_;
};

class SshCommit : public CommitSignature {
 protected:
  // A new key; the line that allows it, for anybody at example.com.
  std::string make_key(const std::string& name, const std::vector<std::string>& type) const {
    std::vector<std::string> arguments = {"ssh-keygen", "-q", "-N", "",
                                          "-C",         name, "-f", files().file(name)};
    arguments.insert(arguments.end(), type.begin(), type.end());
    run(arguments);
    return allow(name);
  }
  std::string allow(const std::string& name, const std::string& options = "",
                    const std::string& principal = "ada@example.com") const {
    return principal + " " + options + (options.empty() ? "" : " ") + files().read(name + ".pub");
  }
  std::string settings(const std::string& name) const {
    return "-c gpg.format=ssh -c user.signingKey='" + files().file(name) + "'";
  }
};

TEST_F(SshCommit, IsAcceptedOfEachKindOfKey) {
  const std::vector<std::vector<std::string>> types = {{"-t", "ed25519"},
                                                       {"-t", "ecdsa", "-b", "256"},
                                                       {"-t", "ecdsa", "-b", "384"},
                                                       {"-t", "ecdsa", "-b", "521"},
                                                       {"-t", "rsa", "-b", "2048"},
                                                       {"-t", "rsa", "-b", "3072"}};
  int number = 0;
  for (const auto& type : types) {
    SCOPED_TRACE(type[1] + (type.size() > 3 ? type[3] : ""));
    const std::string name = "key" + std::to_string(number++);
    const auto allowed = make_key(name, type);
    commit(settings(name));
    ASSERT_OK_ASSIGN(const auto signer, open(required("# who may\n\n" + allowed)));
    EXPECT_EQ(signer.kind, commits::CommitSigner::Kind::kSsh);
    EXPECT_EQ(signer.name, "ada@example.com");
    EXPECT_THAT(run({"ssh-keygen", "-l", "-f", files().file(name)}), HasSubstr(signer.fingerprint));
  }
}

TEST_F(SshCommit, IsRefusedWithoutASignatureOrByAnotherKey) {
  const auto allowed = make_key("ada", {"-t", "ed25519"});
  const auto stranger = make_key("eve", {"-t", "ed25519"});
  git().commit("unsigned");
  EXPECT_THAT(open(required(allowed)), fails_with(ErrorCode::kUntrusted, "it is not signed"));
  commit(settings("eve"));
  EXPECT_THAT(open(required(allowed)),
              fails_with(ErrorCode::kUntrusted, "which is not among the allowed signers"));
  EXPECT_OK(open(required(allowed + stranger)));
}

TEST_F(SshCommit, IsRefusedOutsideOfTheTimeAndPurposeOfItsKey) {
  make_key("ada", {"-t", "ed25519"});
  commit(settings("ada"));  // of 1 January 2026, 00:00 UTC
  for (const char* good :
       {"valid-after=\"20260101\"", "valid-before=\"20260101\"", "namespaces=\"git\"",
        "valid-after=\"20251231\",valid-before=\"202601010001Z\",namespaces=\"file,git\"",
        "namespaces=\"g*\""}) {
    EXPECT_OK(open(required(allow("ada", good)))) << good;
  }
  const auto refused = [&](const char* options, const char* message) {
    EXPECT_THAT(open(required(allow("ada", options))), fails_with(ErrorCode::kUntrusted, message))
        << options;
  };
  refused("valid-before=\"20251231\"", "counted until 2025-12-31T00:00:00Z");
  refused("valid-after=\"202601010001\"", "counts from 2026-01-01T00:01:00Z on");
  refused("namespaces=\"file\"", "is not for the namespace \"git\"");
  refused("namespaces=\"git,!g*\"", "is not for the namespace \"git\"");
  refused("cert-authority", "not among the allowed signers");
  // A later line may allow what an earlier one does not.
  EXPECT_OK(open(required(allow("ada", "valid-before=\"20251231\"") + allow("ada"))));
}

TEST_F(SshCommit, IsRefusedWhenAnythingInItChanged) {
  const auto allowed = make_key("ada", {"-t", "ed25519"});
  commit(settings("ada"));
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\n\nchange", "\n\nchanged"},
           {"author Ada", "author Eve"},
           {"\ncommitter Ada <ada@example.com> 1767225600",
            "\ncommitter Ada <ada@example.com> 1767225601"},
           {"+0100", "+0200"}}) {
    EXPECT_THAT(open(required(allowed), tampered(from, to)),
                fails_with(ErrorCode::kUntrusted, "does not fit what it stands under"))
        << from;
  }
  git().write("a.yaml", "a: 2\n");
  git().git("add --all");
  const auto other_tree = git().git("write-tree");
  const auto tree = git().git("rev-parse 'HEAD^{tree}'");
  EXPECT_THAT(open(required(allowed), tampered(tree, other_tree)),
              fails_with(ErrorCode::kUntrusted, "does not fit"));
  EXPECT_OK(open(required(allowed)));
}

TEST_F(SshCommit, OfAnotherNamespaceIsRefused) {
  const auto allowed = make_key("ada", {"-t", "ed25519"});
  const auto id = git().commit("unsigned");
  const auto payload = files().write("payload", git().git("cat-file commit HEAD") + "\n");
  run({"ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", files().file("ada"), payload});
  auto signature = files().read("payload.sig");
  signature.pop_back();
  const auto header =
      "gpgsig " + std::regex_replace(signature, std::regex("\n"), "\n ") + "\n\nunsigned";
  EXPECT_THAT(open(required(allowed), tampered("\nunsigned", header)),
              fails_with(ErrorCode::kUntrusted, "was made for \"file\", not for \"git\""));
}

TEST_F(SshCommit, IsAcceptedByCertificate) {
  make_key("authority", {"-t", "ed25519"});
  make_key("other", {"-t", "ed25519"});
  make_key("ada", {"-t", "ecdsa", "-b", "256"});
  const auto certify = [&](const std::string& authority, const std::string& principals,
                           const std::string& validity, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"ssh-keygen", "-q",    "-s", files().file(authority),
                                          "-I",         "ada's", "-n", principals,
                                          "-V",         validity};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(files().file("ada.pub"));
    run(arguments);
    commit("-c gpg.format=ssh -c user.signingKey='" + files().file("ada-cert.pub") + "'");
  };
  const auto allowed = required(allow("authority", "cert-authority", "*@example.com"));
  certify("authority", "ada@example.com,root", "20251201:20260201");
  ASSERT_OK_ASSIGN(const auto signer, open(allowed));
  EXPECT_EQ(signer.name, "ada@example.com");
  EXPECT_THAT(run({"ssh-keygen", "-l", "-f", files().file("authority")}),
              HasSubstr(signer.fingerprint));
  // Not as a plain key, nor for others.
  EXPECT_THAT(open(required(allow("authority", "", "*@example.com"))),
              fails_with(ErrorCode::kUntrusted, "not among the allowed signers"));
  EXPECT_THAT(open(required(allow("authority", "cert-authority", "*@other.com"))),
              fails_with(ErrorCode::kUntrusted, "not among the allowed signers"));
  certify("other", "ada@example.com", "20251201:20260201");
  EXPECT_THAT(open(allowed), fails_with(ErrorCode::kUntrusted, "not among the allowed signers"));
  certify("authority", "ada@example.com", "20251101:20251201");
  EXPECT_THAT(open(allowed), fails_with(ErrorCode::kUntrusted, "had expired"));
  certify("authority", "ada@example.com", "20260201:20260301");
  EXPECT_THAT(open(allowed), fails_with(ErrorCode::kUntrusted, "not valid yet"));
  certify("authority", "ada@example.com", "20251201:20260201", {"-O", "force-command=true"});
  EXPECT_THAT(open(allowed), fails_with(ErrorCode::kUntrusted, "critical options"));
  certify("authority", "ada@example.com", "20251201:20260201", {"-h"});
  EXPECT_THAT(open(allowed), fails_with(ErrorCode::kUntrusted, "not a user's"));
}

TEST_F(SshCommit, InABareOrShallowCloneIsAccepted) {
  const auto allowed = make_key("ada", {"-t", "ed25519"});
  git().commit("first");
  commit(settings("ada"));
  const auto clone = [&](const std::string& name, const std::string& how) {
    test::run_git(files().path(), "clone -q " + how + " 'file://" + git().path() + "' " + name);
    return files().file(name);
  };
  EXPECT_OK(open(required(allowed), "", clone("bare", "--bare")));
  EXPECT_OK(open(required(allowed), "", clone("shallow", "--depth 1")));
  EXPECT_THAT(open(required(allowed), "main~1", clone("deep", "--bare")),
              fails_with(ErrorCode::kUntrusted, "not signed"));
}

TEST_F(SshCommit, OfAMergeMustItselfBeSigned) {
  const auto allowed = make_key("ada", {"-t", "ed25519"});
  git().commit("first");
  git().git("checkout -q -b side");
  git().write("b.yaml", "b: 1\n");
  git().commit("unsigned side");
  git().git("checkout -q main");
  git().write("c.yaml", "c: 1\n");
  git().commit("unsigned main");
  git().git("merge -q --no-ff -m merged side");
  EXPECT_THAT(open(required(allowed)), fails_with(ErrorCode::kUntrusted, "not signed"));
  git().git(settings("ada") + " commit -q --amend -S -m merged");
  EXPECT_OK(open(required(allowed)));
}

TEST_F(SshCommit, DoesNotBelieveTheRepositorysOwnSettings) {
  const auto allowed = make_key("ada", {"-t", "ed25519"});
  const auto stranger = files().write("eves", make_key("eve", {"-t", "ed25519"}));
  git().git("config gpg.ssh.allowedSignersFile '" + stranger + "'");
  git().git("config gpg.ssh.program /bin/true");
  commit(settings("eve") + " -c gpg.ssh.program=ssh-keygen");
  EXPECT_THAT(open(required(allowed)), fails_with(ErrorCode::kUntrusted, "not among"));
}

TEST_F(SshCommit, IsRequiredOfACommitAlone) {
  const auto allowed = make_key("ada", {"-t", "ed25519"});
  commit(settings("ada"));
  SourceOptions options;
  options.location = {git().path(), ""};
  options.worktree = true;
  options.required_signer = required(allowed);
  EXPECT_THAT(open_git_source(options, system_files()),
              fails_with(ErrorCode::kInvalidInput, "work tree"));
}

// With keys, an agent and programs in a home of its own.
class OpenPgpCommit : public CommitSignature {
 protected:
  OpenPgpCommit() {
    std::filesystem::create_directory(files().file("g"));
    std::filesystem::permissions(files().file("g"), std::filesystem::perms::owner_all);
  }
  ~OpenPgpCommit() override { gpg({"--version"}, true); }

  std::string gpg(std::vector<std::string> arguments, bool end = false) const {
    ProcessOptions options;
    options.environment = {{"GNUPGHOME", files().file("g")}};
    if (end) {
      test::run_process({"gpgconf", "--kill", "all"}, options);
      return {};
    }
    arguments.insert(arguments.begin(), {"gpg", "--batch", "--quiet", "--passphrase", "",
                                         "--pinentry-mode", "loopback"});
    const auto result = test::run_process(arguments, options);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
  void make_key(const std::string& address, const std::string& type,
                const std::vector<std::string>& more = {}) const {
    auto arguments = more;
    arguments.insert(arguments.end(), {"--quick-generate-key", address, type, "sign",
                                       more.empty() ? "never" : "2d"});
    gpg(arguments);
  }
  std::string settings(const std::string& address, const std::string& more = "") const {
    const auto program = files().write("gpg.sh", "#!/bin/sh\nGNUPGHOME='" + files().file("g") +
                                                     "' exec gpg --batch " + more + " \"$@\"\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    return "-c gpg.program='" + program + "' -c user.signingKey=" + address;
  }
  std::string keyring(const std::string& address) const { return gpg({"--export", address}); }
};

TEST_F(OpenPgpCommit, IsAcceptedOfEachKindOfKey) {
  for (const std::string type : {"ed25519", "rsa2048", "nistp256"}) {
    SCOPED_TRACE(type);
    const std::string address = type + "@example.com";
    make_key(address, type);
    commit(settings(address));
    ASSERT_OK_ASSIGN(const auto signer, open(required(std::nullopt, keyring(address))));
    EXPECT_EQ(signer.kind, commits::CommitSigner::Kind::kOpenPgp);
    EXPECT_EQ(signer.name, address);
    EXPECT_THAT(gpg({"--with-colons", "--fingerprint", address}), HasSubstr(signer.fingerprint));
    EXPECT_OK(open(required(std::nullopt, gpg({"--armor", "--export", address}))));
  }
}

TEST_F(OpenPgpCommit, ByASubkeyNamesThePrimaryKey) {
  make_key("ada@example.com", "ed25519");
  const auto colons = gpg({"--with-colons", "--fingerprint", "ada@example.com"});
  std::smatch match;
  ASSERT_TRUE(std::regex_search(colons, match, std::regex("fpr:+([0-9A-F]{40}):")));
  const std::string primary = match[1];
  gpg({"--quick-add-key", primary, "ed25519", "sign", "never"});
  commit(settings("ada@example.com"));  // gpg takes the newest subkey that signs
  ASSERT_OK_ASSIGN(const auto signer, open(required(std::nullopt, keyring(primary))));
  EXPECT_EQ(signer.fingerprint, primary);
}

TEST_F(OpenPgpCommit, IsRefusedByAnotherKeyOrWhenChanged) {
  make_key("ada@example.com", "ed25519");
  make_key("eve@example.com", "ed25519");
  commit(settings("eve@example.com"));
  const auto ada = required(std::nullopt, keyring("ada@example.com"));
  EXPECT_THAT(open(ada), fails_with(ErrorCode::kUntrusted, "which is not in the keyring"));
  EXPECT_THAT(open(required("ada@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5")),
              fails_with(ErrorCode::kUntrusted, "no keyring is given"));
  commit(settings("ada@example.com"));
  EXPECT_OK(open(ada));
  EXPECT_THAT(open(ada, tampered("\n\nchange", "\n\nchanged")),
              fails_with(ErrorCode::kUntrusted, "does not fit what it stands under"));
  EXPECT_THAT(open(ada, tampered("author Ada", "author Eve")),
              fails_with(ErrorCode::kUntrusted, "does not fit"));
}

TEST_F(OpenPgpCommit, IsRefusedByAnExpiredOrRevokedKey) {
  const std::string then = "--faked-system-time=20260101T000000";
  make_key("old@example.com", "ed25519", {then});
  commit(settings("old@example.com", then));
  const auto old = keyring("old@example.com");
  EXPECT_THAT(open(required(std::nullopt, old)),
              fails_with(ErrorCode::kUntrusted, "which expired at 2026-01-03"));
  auto at_that_time = required(std::nullopt, old);
  at_that_time.now = parse_timestamp("2026-01-01T12:00:00Z").value();
  EXPECT_OK(open(at_that_time));

  make_key("lost@example.com", "ed25519");
  commit(settings("lost@example.com"));
  EXPECT_OK(open(required(std::nullopt, keyring("lost@example.com"))));
  for (const auto& entry :
       std::filesystem::directory_iterator(files().file("g/openpgp-revocs.d"))) {
    // gpg disarms what it writes there with a colon in front.
    auto text = files().read("g/openpgp-revocs.d/" + entry.path().filename().string());
    const auto armor = text.find(":-----BEGIN");
    ASSERT_NE(armor, std::string::npos);
    gpg({"--import", files().write("revocation", text.substr(armor + 1))});
  }
  EXPECT_THAT(open(required(std::nullopt, keyring("lost@example.com"))),
              fails_with(ErrorCode::kUntrusted, "which was revoked"));
}

TEST_F(OpenPgpCommit, OverSha1OrByAShortKeyIsRefused) {
  make_key("ada@example.com", "rsa2048");
  commit(settings("ada@example.com", "--digest-algo SHA1"));
  EXPECT_THAT(open(required(std::nullopt, keyring("ada@example.com"))),
              fails_with(ErrorCode::kUntrusted, "SHA1, which proves nothing"));
  make_key("short@example.com", "rsa1024");
  commit(settings("short@example.com"));
  EXPECT_THAT(open(required(std::nullopt, keyring("short@example.com"))),
              fails_with(ErrorCode::kUntrusted, "1024 bits"));
}

}  // namespace
}  // namespace sealift::builder
