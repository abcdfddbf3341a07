// sealift login and logout, and the logins of other programs.
#include "cli_fixture.h"

#include <support/credential_helpers.h>
#include <support/pseudo_terminal.h>
#include <support/registry_server.h>
#include <support/test_part.h>

#include <sealift/base/encoding.h>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliAccount : public CliTest {
 protected:
  const std::string& address() const { return server_.address(); }
  std::vector<std::string> login(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"login", address(), "--plain-http",
                                          "-u",    "ada",     "--password-stdin"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::vector<std::string> push_arguments() const {
    return {"push",        "oci://" + address() + "/shop:v1",
            "--from",      git().path(),
            "--path",      "deploy/prod",
            "--plain-http"};
  }
  ProcessOptions with_helper(const std::string& input = "") const {
    auto options = with_environment({{"PATH", helpers_.search_path()}});
    options.standard_input = input;
    return options;
  }
  // Another program, with this home, and with `input`.
  ProcessResult other(std::vector<std::string> arguments, const std::string& input = "") const {
    ProcessOptions options;
    options.directory = directory();
    options.standard_input = input;
    options.environment = {{"HOME", directory()},
                           {"PATH", helpers_.search_path()},
                           {"DOCKER_CONFIG", std::nullopt},
                           {"REGISTRY_AUTH_FILE", std::nullopt},
                           {"XDG_RUNTIME_DIR", std::nullopt}};
    return run_process(arguments, std::move(options));
  }

  CredentialHelpers helpers_;
  RegistryServer server_{"distribution", {"--htpasswd", "ada:se:cret"}};
};

TEST_F(CliAccount, ALoginIsCheckedKeptUsedAndForgotten) {
  const auto wanted = sealift(push_arguments());
  EXPECT_THAT(wanted, ends_with(5, "log in with \"sealift login " + address() + " --plain-http\""));
  const auto wrong = sealift(login(), with_input("guess\n"));
  EXPECT_THAT(wrong, ends_with(5, "check the user name and the password; nothing was kept"));
  EXPECT_THAT(wrong.err, Not(HasSubstr("guess")));
  EXPECT_FALSE(files().has(".docker/config.json"));

  const Json kept = succeed_json(login(), with_input("se:cret\n"));
  EXPECT_EQ(kept.string_at({"registry"}), address());
  EXPECT_EQ(kept.string_at({"username"}), "ada");
  EXPECT_EQ(kept.string_at({"keptIn"}), files().file(".docker/config.json"));
  succeed(push_arguments());

  EXPECT_THAT(succeed({"logout", address()}), HasSubstr("logged out"));
  EXPECT_THAT(sealift(push_arguments()), ends_with(5, "wants a login"));
  EXPECT_THAT(succeed({"logout", address()}), HasSubstr("not logged in at " + address()));
  EXPECT_EQ(dump_json(succeed_json({"logout", address()})),
            R"({"registry":")" + address() + R"(","loggedOut":false})");
}

TEST_F(CliAccount, OrasAndCraneFindWhatWeKeep) {
  succeed(login(), with_input("se:cret"));
  succeed(push_arguments());
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{test_part("oras"), "manifest", "fetch", "--plain-http",
                                 address() + "/shop:v1"},
        {test_part("crane"), "manifest", "--insecure", address() + "/shop:v1"}}) {
    const auto result = other(command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("schemaVersion"));
  }
  succeed({"logout", address()});
  EXPECT_NE(other({test_part("crane"), "manifest", "--insecure", address() + "/shop:v1"}).exit_code,
            0);
}

TEST_F(CliAccount, WeFindWhatOrasAndCraneKeep) {
  const auto oras = other(
      {test_part("oras"), "login", "--plain-http", "-u", "ada", "--password-stdin", address()},
      "se:cret");
  ASSERT_EQ(oras.exit_code, 0) << oras.err;
  succeed(push_arguments());
  succeed({"logout", address()});
  const auto crane =
      other({test_part("crane"), "auth", "login", "-u", "ada", "-p", "se:cret", address()});
  ASSERT_EQ(crane.exit_code, 0) << crane.err;
  succeed(push_arguments());
  const auto gone = other({test_part("crane"), "auth", "logout", address()});
  EXPECT_EQ(gone.exit_code, 0) << gone.err;
  EXPECT_THAT(succeed({"logout", address()}), HasSubstr("not logged in"));
}

TEST_F(CliAccount, AHelperProgramIsSharedWithOthers) {
  helpers_.add_keeper("box");
  files().write(".docker/config.json", R"({"credsStore": "box", "currentContext": "default"})");
  const auto text = succeed(login(), with_helper("se:cret"));
  EXPECT_THAT(text, HasSubstr("kept in docker-credential-box"));
  EXPECT_THAT(files().read(".docker/config.json"), Not(HasSubstr("auth\"")));
  EXPECT_THAT(files().read(".docker/config.json"), HasSubstr("currentContext"));
  succeed(push_arguments(), with_helper());
  const auto seen = other({test_part("crane"), "manifest", "--insecure", address() + "/shop:v1"});
  EXPECT_EQ(seen.exit_code, 0) << seen.err;
  succeed({"logout", address()}, with_helper());
  const auto oras = other(
      {test_part("oras"), "login", "--plain-http", "-u", "ada", "--password-stdin", address()},
      "se:cret");
  ASSERT_EQ(oras.exit_code, 0) << oras.err;
  succeed(push_arguments(), with_helper());
  EXPECT_THAT(sealift(push_arguments()),
              ends_with(5, "docker-credential-box, which is not on PATH; log in with"));
}

TEST_F(CliAccount, AFailingHelperIsQuoted) {
  files().write(".docker/config.json", R"({"credsStore": "box"})");
  helpers_.add("box", "echo the keychain is locked; exit 1");
  EXPECT_THAT(sealift(push_arguments(), with_helper()),
              ends_with(7, "docker-credential-box cannot get the login for " + address() +
                               " (exit code 1): the keychain is locked"));
}

TEST_F(CliAccount, PodmansFileCountsWhereDockersHasNone) {
  const std::string entry = R"("auth": ")" + base64_encode("ada:se:cret") + R"(")";
  const std::string wrong = R"("auth": ")" + base64_encode("ada:wrong") + R"(")";
  files().write(".config/containers/auth.json", R"({"auths": {")" + address() + R"(": {)" + wrong +
                                                    R"(}, ")" + address() + R"(/shop": {)" + entry +
                                                    "}}}");
  succeed(push_arguments());
  files().write(".config/containers/auth.json",
                R"({"auths": {")" + address() + R"(": {)" + entry + "}}}");
  succeed(login(), with_input("se:cret"));
  const auto out = sealift({"logout", address()});
  EXPECT_EQ(out.exit_code, 0);
  EXPECT_THAT(out.err, HasSubstr("remains in podman's auth.json"));
}

TEST_F(CliAccount, ARegistryConfigIsAFileForThisOnly) {
  succeed(login({"--registry-config", "ci.json"}), with_input("se:cret"));
  EXPECT_FALSE(files().has(".docker/config.json"));
  auto push = push_arguments();
  push.insert(push.end(), {"--registry-config", "ci.json"});
  succeed(push);
  EXPECT_THAT(succeed({"logout", address(), "--registry-config", "ci.json"}),
              HasSubstr("logged out"));
}

TEST_F(CliAccount, AsksAtATerminalAndShowsNoPassword) {
  PseudoTerminal terminal({"env", "-u", "DOCKER_CONFIG", "-u", "REGISTRY_AUTH_FILE",
                           "HOME=" + directory(), SEALIFT_PROGRAM, "login", address(),
                           "--plain-http"});
  ASSERT_TRUE(terminal.wait_for("User name at " + address() + ": "));
  EXPECT_TRUE(terminal.echoes());
  terminal.type("ada\n");
  ASSERT_TRUE(terminal.wait_for("Password of ada at " + address() + ": "));
  EXPECT_FALSE(terminal.echoes());
  terminal.type("se:cret\n");
  EXPECT_EQ(terminal.wait(), 0) << terminal.output();
  EXPECT_THAT(terminal.output(), Not(HasSubstr("se:cret")));
  succeed(push_arguments());
}

TEST_F(CliAccount, APasswordMayHaveSeveralLines) {
  const RegistryServer server("distribution", {"--htpasswd", "_json_key:{\n\"a\": 1\n}"});
  succeed({"login", server.address(), "--plain-http", "-u", "_json_key", "--password-stdin"},
          with_input("{\n\"a\": 1\n}\n"));
}

TEST_F(CliAccount, WhatIsNotTakenIsSaid) {
  EXPECT_THAT(sealift({"login", address(), "-u", "ada", "-p", "se:cret"}),
              ends_with(2, "give --password-stdin"));
  EXPECT_THAT(sealift({"login"}), ends_with(2, "registry is required"));
  EXPECT_THAT(sealift({"login", "quay.io/org"}),
              ends_with(2, "quay.io/org names more than a registry; log in at quay.io"));
  EXPECT_THAT(sealift({"login", "http://r.example"}), ends_with(2, "--plain-http"));
  EXPECT_THAT(sealift({"login", "a b"}), ends_with(2, "is no name of a registry"));
  EXPECT_THAT(sealift({"login", address(), "--password-stdin"}), ends_with(2, "--username"));
  EXPECT_THAT(sealift(login(), with_input("\n")), ends_with(7, "holds no password"));
  EXPECT_THAT(sealift(login(), with_input(std::string(70'000, 'x'))),
              ends_with(7, "the limit of 64 KiB"));
  EXPECT_THAT(sealift({"login", address(), "--plain-http", "-u", "a:b", "--password-stdin"},
                      with_input("x")),
              ends_with(7, "holds no colon"));
  EXPECT_THAT(run({"setsid", "-w", SEALIFT_PROGRAM, "login", address(), "--plain-http"}),
              ends_with(5, "there is no terminal to ask on; give --username and --password-stdin"));
}

TEST_F(CliAccount, ARegistryThatWantsNoLoginIsToldAsSuch) {
  const RegistryServer open("crane");
  const auto result =
      sealift({"login", open.address(), "--plain-http", "-u", "ada", "--password-stdin"},
              with_input("any"));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("asked for no login, so that the password was not checked"));
}

}  // namespace
}  // namespace sealift::test
