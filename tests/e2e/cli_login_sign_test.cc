// A person who logs in, up to a signature that cosign verifies: a real certificate authority, real
// logs, and an issuer with both kinds of login (tests/parts/sigstore).
#include "cli_fixture.h"

#include <sealift/base/http.h>

#include <support/registry_server.h>
#include <support/sigstore_services.h>
#include <support/test_part.h>

#include <csignal>
#include <memory>

namespace sealift::test {
namespace {

using testing::HasSubstr;

constexpr const char* kAlice = "alice@example.com";

class CliLoginSign : public CliTest {
 protected:
  static void SetUpTestSuite() { services_ = std::make_unique<SigstoreServices>(); }
  static void TearDownTestSuite() { services_.reset(); }
  CliLoginSign() { files().write("shop.tar", "the artifact"); }

  static const SigstoreServices& services() { return *services_; }
  // As a person has it: without the tokens of a job.
  Process start(std::vector<std::string> arguments, const std::string& flow) const {
    arguments.insert(arguments.begin(), SEALIFT_PROGRAM);
    for (const auto& more : {std::string("--signing-config"), services().signing_config_file(2),
                             std::string("--trusted-root"), services().trusted_root_file(),
                             std::string("--fulcio-auth-flow"), flow}) {
      arguments.push_back(more);
    }
    ProcessOptions options = with_environment({{"SIGSTORE_ID_TOKEN", std::nullopt},
                                               {"ACTIONS_ID_TOKEN_REQUEST_URL", std::nullopt},
                                               {"DISPLAY", std::nullopt},
                                               {"WAYLAND_DISPLAY", std::nullopt}});
    options.directory = directory();
    return Process(arguments, std::move(options));
  }
  // What a browser gets from the address.
  static HttpAnswer visit(const std::string& address) {
    const auto transport = make_curl_transport("browser");
    HttpRequest request;
    request.url = address;
    return send_for_bytes(*transport, request, {}).value();
  }
  // From the first place where `begin` is said to the end of the word.
  static std::string word_with(const std::string& begin, const std::string& text) {
    const auto at = text.find(begin);
    if (at == std::string::npos) return "";
    return text.substr(at, text.find_first_of(" \r\n", at) - at);
  }
  // Alice opens the address and logs in; the issuer sends the browser back.
  static void log_in_by_browser(Process& process) {
    ASSERT_TRUE(process.wait_for_output("code_challenge_method=S256")) << process.err();
    const auto address = word_with(services().url("people") + "/authorize", process.err());
    const auto sent_back = visit(address + "&email=" + kAlice);
    ASSERT_EQ(sent_back.head.status, 302) << sent_back.body;
    std::string here(sent_back.head.headers.get("Location").value_or(""));
    ASSERT_THAT(here, testing::StartsWith("http://localhost:"));
    here.replace(here.find("localhost"), std::string("localhost").size(), "127.0.0.1");
    EXPECT_THAT(visit(here).body, HasSubstr("Logged in"));
  }
  // Alice enters the code that she reads into another device.
  static void log_in_by_device(Process& process) {
    const std::string place = services().url("people") + "/device?user_code=";
    ASSERT_TRUE(process.wait_for_output(place)) << process.err();
    // The words come in one piece, with an end of line.
    const auto entered = visit(word_with(place, process.err()) + "&email=" + kAlice);
    ASSERT_EQ(entered.head.status, 200) << entered.body;
  }
  static std::vector<std::string> by_alice(std::vector<std::string> arguments) {
    for (const auto& more : {std::string("--trusted-root"), services().trusted_root_file(),
                             std::string("--certificate-identity"), std::string(kAlice),
                             std::string("--certificate-oidc-issuer"), services().url("people")}) {
      arguments.push_back(more);
    }
    return arguments;
  }

 private:
  inline static std::unique_ptr<SigstoreServices> services_;
};

TEST_F(CliLoginSign, ByBrowserAnArtifact) {
  const RegistryServer registry("distribution");
  const std::string name = registry.address() + "/shop";
  const std::string artifact = name + "@" + push("oci://" + name + ":v1", {"--plain-http"});
  Process process = start({"sign", "oci://" + artifact, "--plain-http"}, "normal");
  log_in_by_browser(process);
  const auto result = process.wait();
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(kAlice));
  succeed(by_alice({"verify", "oci://" + artifact, "--plain-http"}));
  run_well(by_alice({test_part("cosign"), "verify", "--allow-http-registry",
                     "--new-bundle-format=true", artifact}));
}

TEST_F(CliLoginSign, ByDeviceAFile) {
  Process process = start({"sign-blob", "shop.tar", "--bundle", "bundle.json"}, "device");
  log_in_by_device(process);
  const auto result = process.wait();
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<std::string> verify = {"verify-blob", "--bundle", "bundle.json", "shop.tar"};
  succeed(by_alice(verify));
  auto cosign = by_alice(verify);
  cosign.insert(cosign.begin(), test_part("cosign"));
  run_well(cosign);
}

// A device's login that nobody comes to is waited for, and no more than that.
TEST_F(CliLoginSign, ADeviceThatNobodyEntersIsNotCertified) {
  Process process = start({"sign-blob", "shop.tar", "--bundle", "bundle.json"}, "device");
  ASSERT_TRUE(process.wait_for_output("enter the code")) << process.err();
  const auto wrong = visit(services().url("people") + "/device?user_code=WRONG&email=" + kAlice);
  EXPECT_EQ(wrong.head.status, 400);
  process.send_signal(SIGINT);
  EXPECT_NE(process.wait().exit_code, 0);
  EXPECT_FALSE(files().has("bundle.json"));
}

}  // namespace
}  // namespace sealift::test
