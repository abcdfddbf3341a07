// People who log in to sign: a browser or a second device, and never where nobody is there.
#include "cli_fixture.h"

#include <sealift/base/http.h>

#include <support/openid_provider.h>
#include <support/pseudo_terminal.h>
#include <support/test_server.h>

#include <atomic>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliLogin : public CliTest {
 protected:
  CliLogin() {
    issuer.issuer = issuer_server.url("");
    files().write("shop.tar", "the artifact");
  }

  std::vector<std::string> sign(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {
        SEALIFT_PROGRAM,        "sign-blob",    files().file("shop.tar"), "--bundle",
        files().file("b.json"), "--fulcio-url", authority.url(""),        "--rekor-url",
        authority.url("")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  static ProcessOptions without_tokens() {
    return with_environment(
        {{"SIGSTORE_ID_TOKEN", std::nullopt}, {"ACTIONS_ID_TOKEN_REQUEST_URL", std::nullopt}});
  }
  // What the browser gets from the address.
  static HttpAnswer visit(const std::string& address) {
    const auto transport = make_curl_transport("browser");
    HttpRequest request;
    request.url = address;
    return send_for_bytes(*transport, request, {}).value();
  }
  static std::string address_in(const std::string& text) {
    const auto at = text.find("http://127.0.0.1");
    return text.substr(at, text.find_first_of(" \r\n", at) - at);
  }

  OpenIdProvider issuer;
  TestServer issuer_server{[this](const SeenRequest& request) { return issuer.answer(request); }};
  // It turns everybody away, and remembers who asked.
  TestServer authority{[](const SeenRequest&) { return FakeAnswer::json(403, "{}"); }};
};

TEST_F(CliLogin, ByBrowserBringsTheTokenToTheAuthority) {
  Process process(sign({"--oidc-issuer", issuer.issuer, "--fulcio-auth-flow", "normal"}),
                  without_tokens());
  ASSERT_TRUE(process.wait_for_output("code_challenge_method=S256")) << process.err();
  const auto back = issuer.log_in(address_in(process.err()));
  const auto port = back.substr(17, back.find('/', 17) - 17);
  const std::string here = "http://127.0.0.1:" + port;
  // Anybody may knock; only the answer counts.
  EXPECT_EQ(visit(here + "/").head.status, 404);
  EXPECT_EQ(visit(here + "/auth/callback?code=x&state=y").head.status, 403);
  const auto page = visit(here + back.substr(back.find("/auth/")));
  EXPECT_EQ(page.head.status, 200);
  EXPECT_THAT(page.body, HasSubstr("Logged in"));
  const auto result = process.wait();
  EXPECT_EQ(result.exit_code, 5) << result.err;
  ASSERT_EQ(authority.request_count(), 1u);
  EXPECT_THAT(std::string(authority.requests()[0].headers.get("Authorization").value_or("")),
              testing::StartsWith("Bearer eyJ"));
  EXPECT_THAT(result.err, Not(HasSubstr("eyJ")));
}

TEST_F(CliLogin, ByDevice) {
  issuer.device_answer.set("interval", 1);
  issuer.device_errors = {"authorization_pending"};
  Process process(sign({"--oidc-issuer", issuer.issuer, "--fulcio-auth-flow", "device"}),
                  without_tokens());
  const auto result = process.wait();
  EXPECT_THAT(result.err, HasSubstr(issuer.issuer + "/device\nand enter the code\n  WDJB-MJHT"));
  EXPECT_EQ(result.exit_code, 5) << result.err;
  EXPECT_EQ(authority.request_count(), 1u);
}

TEST_F(CliLogin, OpensABrowserForWhoSitsAtATerminal) {
  files().write("bin/xdg-open", "#!/bin/sh\necho \"$1\" >" + files().file("opened.new") + "\nmv " +
                                    files().file("opened.new") + " " + files().file("opened") +
                                    "\n");
  run_well({"chmod", "+x", files().file("bin/xdg-open")});
  std::vector<std::string> arguments = {"env",
                                        "-u",
                                        "SIGSTORE_ID_TOKEN",
                                        "-u",
                                        "ACTIONS_ID_TOKEN_REQUEST_URL",
                                        "DISPLAY=:0",
                                        "PATH=" + files().file("bin") + ":/usr/bin:/bin"};
  for (auto& argument : sign({"--oidc-issuer", issuer.issuer})) arguments.push_back(argument);
  PseudoTerminal terminal(arguments);
  ASSERT_TRUE(terminal.wait_for("code_challenge_method=S256")) << terminal.output();
  const auto back = issuer.log_in(address_in(terminal.output()));
  EXPECT_EQ(visit("http://127.0.0.1" + back.substr(16)).head.status, 200);
  EXPECT_EQ(terminal.wait(), 5) << terminal.output();
  EXPECT_EQ(authority.request_count(), 1u);
  run_well({"sh", "-c", "while ! test -s opened; do sleep 0.1; done"});
  EXPECT_THAT(files().read("opened"), HasSubstr(issuer.issuer + "/auth?response_type=code"));
}

TEST_F(CliLogin, NobodyIsAskedWhereNobodyIs) {
  const auto run = [&](std::vector<std::string> more) {
    return run_process(sign(std::move(more)), without_tokens());
  };
  const auto refused = run({"--oidc-issuer", issuer.issuer});
  EXPECT_THAT(refused, ends_with(5, "--identity-token"));
  EXPECT_THAT(refused.err, HasSubstr("SIGSTORE_ID_TOKEN"));
  EXPECT_THAT(refused.err, HasSubstr("--fulcio-auth-flow"));
  EXPECT_EQ(issuer_server.request_count(), 0u);
  EXPECT_THAT(run({"--fulcio-auth-flow", "token"}), ends_with(5, "--identity-token"));
  EXPECT_THAT(run({"--fulcio-auth-flow", "device"}), ends_with(7, "--oidc-issuer"));
  EXPECT_THAT(run({"--fulcio-auth-flow", "magic"}), ends_with(2, "--fulcio-auth-flow"));
  EXPECT_THAT(run({"--fulcio-auth-flow", "device", "--identity-token", "t"}),
              ends_with(7, "either a token or a login"));
  EXPECT_EQ(authority.request_count(), 0u);
}

}  // namespace
}  // namespace sealift::test
