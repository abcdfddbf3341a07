// Passwords and tokens are for the server that they are of: they appear in no output, no log and no
// message, and no other server gets to see them. Each case collects all that was written and all
// that a neighbour of the registry received, and looks through it at the end.
#include "cli_fixture.h"

#include <support/credential_helpers.h>
#include <support/test_server.h>

#include <sealift/base/encoding.h>

#include <sstream>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kPassword = "Xq7-hunter2-vM4";
constexpr std::string_view kWrongPassword = "Xq8-guessed-vM5";
constexpr std::string_view kToken = "Tk5.bearer.Zw9";
constexpr std::string_view kIdentityToken = "Id6.refresh.Yr3";

std::string basic(std::string_view password) {
  return "Basic " + base64_encode("ada:" + std::string(password));
}

class CliSecrecy : public CliTest {
 protected:
  enum class Kind { kBasic, kBearer };

  CliSecrecy() {
    push("oci-layout:artifact:v1");
    succeed({"key", "generate", "--output-key-prefix", "release"});
  }
  void TearDown() override {
    for (const auto& request : neighbour_.requests()) {
      written_ += request.method + " " + request.url + "\n" + request.body + "\n";
      for (const auto& [name, value] : request.headers.fields()) written_ += name + value + "\n";
    }
    for (const auto secret : {kPassword, kWrongPassword, kToken, kIdentityToken}) {
      const std::string text(secret);
      for (const auto& form :
           {text, base64_encode(text), basic(text).substr(6), base64_encode("<token>:" + text)}) {
        EXPECT_THAT(written_, Not(HasSubstr(form))) << "the secret " << secret;
      }
    }
  }

  // Runs sealift, as it is and with --json, and remembers what it wrote.
  ProcessResult watched(std::vector<std::string> arguments, const std::string& input = "") {
    auto as_json = arguments;
    as_json.emplace_back("--json");
    remember(sealift(as_json, options(input)));
    return remember(sealift(std::move(arguments), options(input)));
  }
  ProcessResult remember(ProcessResult result) {
    written_ += result.out + result.err;
    return result;
  }
  std::string address() const { return registry_.host() + "/shop"; }
  ProcessResult log_in(std::string_view password) {
    return watched({"login", registry_.host(), "--plain-http", "-u", "ada", "--password-stdin"},
                   std::string(password));
  }
  bool registry_got(const std::string& text) const {
    for (const auto& request : registry_.requests()) {
      if (request.headers.get("Authorization").value_or("").find(text) != std::string_view::npos ||
          request.body.find(text) != std::string::npos) {
        return true;
      }
    }
    return false;
  }
  // The puller's own words for: this artifact, if release.pub signed it.
  void deliver_from(const std::string& url) const {
    std::string key;
    std::istringstream lines(files().read("release.pub"));
    for (std::string line; std::getline(lines, line);) key += "          " + line + "\n";
    files().write("puller/policy.yaml",
                  "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\n"
                  "spec:\n  repositories: [\"" +
                      address() +
                      "\"]\n  signatures:\n    keys:\n      - name: release\n"
                      "        publicKey: |\n" +
                      key);
    files().write("puller/delivery.yaml",
                  "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\n"
                  "metadata: {name: web, namespace: shop}\nspec:\n  artifact:\n    url: " +
                      url + "\n    tag: v1\n    insecure: true\n    secretRef: {name: login}\n");
  }
  std::string secret_of(std::string_view password) const {
    const std::string config = R"({"auths":{")" + registry_.host() + R"(":{"username":"ada",)" +
                               R"("password":")" + std::string(password) + R"("}}})";
    return "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: shop}\ndata:\n"
           "  .dockerconfigjson: " +
           base64_encode(config) + "\n";
  }
  std::string layout_file(const std::string& digest) const {
    return files().read("artifact/blobs/sha256/" + digest.substr(std::string("sha256:").size()));
  }

  Kind kind_ = Kind::kBasic;
  std::string realm_;  // where a bearer token is to be had; empty: at the registry
  CredentialHelpers helpers_;

 private:
  ProcessOptions options(const std::string& input) const {
    auto options = with_environment({{"PATH", helpers_.search_path()}});
    options.standard_input = input;
    return options;
  }
  FakeAnswer challenge() const {
    const auto realm = realm_.empty() ? registry_.url("/token") : realm_;
    FakeAnswer answer = FakeAnswer::json(401, R"({"errors":[{"code":"UNAUTHORIZED"}]})");
    return std::move(answer).with_header(
        "WWW-Authenticate", kind_ == Kind::kBasic ? R"(Basic realm="x")"
                                                  : "Bearer realm=\"" + realm + "\",service=\"s\"");
  }
  // A token, for the password or for the identity token that a login was given.
  FakeAnswer token(const SeenRequest& request) const {
    const bool by_token = request.body.find(kIdentityToken) != std::string::npos;
    if (!by_token && request.headers.get("Authorization") != basic(kPassword)) {
      return FakeAnswer::json(401, "{}");
    }
    const bool wants_more = request.url.find("offline_token=true") != std::string::npos;
    return FakeAnswer::json(
        200, R"({"token":")" + std::string(kToken) + "\"" +
                 (wants_more ? R"(,"refresh_token":")" + std::string(kIdentityToken) + "\"" : "") +
                 "}");
  }
  // All content and all uploads are the neighbour's.
  FakeAnswer registry(const SeenRequest& request) const {
    if (request.url.starts_with("/token")) return token(request);
    const auto wanted = kind_ == Kind::kBasic ? basic(kPassword) : "Bearer " + std::string(kToken);
    if (request.headers.get("Authorization") != wanted) return challenge();
    if (request.url == "/v2/") return FakeAnswer::json(200, "{}");
    if (request.method == "POST") return elsewhere(202, "/upload");
    if (request.method == "PUT") return FakeAnswer::json(201, "");
    if (request.url.find("/blobs/") != std::string::npos) {
      if (request.method == "HEAD") return FakeAnswer::json(404, "");
      return elsewhere(307, request.url);
    }
    const auto index = parse_json(files().read("artifact/index.json"), "index").value();
    const auto& entry = index.find("manifests")->as_array()->front();
    const auto name = request.url.substr(request.url.rfind('/') + 1);
    if (name != "v1" && name != entry.string_at({"digest"})) return FakeAnswer::json(404, "");
    FakeAnswer answer;
    answer.headers.set("Content-Type", std::string(entry.string_at({"mediaType"})));
    answer.body = layout_file(std::string(entry.string_at({"digest"})));
    return answer;
  }
  FakeAnswer elsewhere(int status, const std::string& path) const {
    FakeAnswer answer;
    answer.status = status;
    return std::move(answer).with_header("Location", neighbour_.url(path));
  }
  FakeAnswer neighbour(const SeenRequest& request) const {
    FakeAnswer answer;
    if (request.method == "PUT") answer.status = 201;
    if (request.method == "GET" && request.url.find("sha256:") != std::string::npos) {
      answer.body = layout_file(request.url.substr(request.url.find("sha256:")));
    }
    return answer;
  }

  std::string written_;

 protected:
  TestServer neighbour_{[this](const SeenRequest& request) { return neighbour(request); }};
  TestServer registry_{[this](const SeenRequest& request) { return registry(request); }};
};

TEST_F(CliSecrecy, OfAPasswordFromLoginToPull) {
  EXPECT_THAT(log_in(kWrongPassword), ends_with(5, "refused the credentials"));
  EXPECT_EQ(log_in(kPassword).exit_code, 0);
  EXPECT_EQ(watched({"push", "oci://" + address() + ":v1", "--plain-http", "--from", git().path(),
                     "--path", "deploy/prod"})
                .exit_code,
            0);
  EXPECT_EQ(watched({"pull", "oci://" + address() + ":v1", "--plain-http", "--key", "release.pub",
                     "-o", "out"})
                .exit_code,
            3);
  EXPECT_EQ(watched({"copy", "oci://" + address() + ":v1", "--plain-http", "oci-layout:copied"})
                .exit_code,
            0);
  EXPECT_EQ(watched({"logout", registry_.host()}).exit_code, 0);
  EXPECT_TRUE(registry_got(basic(kPassword)));
  EXPECT_GE(neighbour_.request_count(), 4u) << "uploads and blobs";
}

TEST_F(CliSecrecy, OfTokens) {
  kind_ = Kind::kBearer;
  EXPECT_THAT(log_in(kWrongPassword), ends_with(5, "refused the credentials"));
  EXPECT_EQ(log_in(kPassword).exit_code, 0);
  EXPECT_THAT(files().read(".docker/config.json"), HasSubstr(std::string(kIdentityToken)));
  EXPECT_THAT(files().read(".docker/config.json"), Not(HasSubstr(basic(kPassword).substr(6))))
      << "the token stands in its place";
  EXPECT_EQ(watched({"push", "oci://" + address() + ":v1", "--plain-http", "--from", git().path(),
                     "--path", "deploy/prod"})
                .exit_code,
            0);
  EXPECT_TRUE(registry_got("refresh_token=" + std::string(kIdentityToken)));
  EXPECT_TRUE(registry_got("Bearer " + std::string(kToken)));
  EXPECT_GE(neighbour_.request_count(), 2u);
}

TEST_F(CliSecrecy, OfAPasswordThatARealmWantsToCollect) {
  kind_ = Kind::kBearer;
  realm_ = "http://localhost:" + std::to_string(neighbour_.port()) + "/token";
  EXPECT_THAT(log_in(kPassword), ends_with(3, "nothing was sent"));
  EXPECT_EQ(neighbour_.request_count(), 0u);
}

TEST_F(CliSecrecy, OfAPasswordOnTheCommandLine) {
  EXPECT_EQ(
      watched({"login", registry_.host(), "-u", "ada", "-p", std::string(kPassword)}).exit_code, 2);
  EXPECT_EQ(watched({"login", registry_.host(), "--password=" + std::string(kPassword)}).exit_code,
            2);
}

TEST_F(CliSecrecy, OfWhatHelperProgramsSayAndHear) {
  files().write(".docker/config.json", R"({"credsStore":"loud"})");
  const std::string login = R"({"Username":"ada","Secret":")" + std::string(kPassword) + R"("})";
  helpers_.add("loud", "cat; cat >&2; exit 1");
  EXPECT_THAT(log_in(kPassword), ends_with(7, "is not shown"));
  for (const auto& script : {"echo '" + login + "'; exit 1", "echo '" + login + " and more'",
                             "echo '" + std::string(kPassword) + "'"}) {
    helpers_.add("loud", script);
    EXPECT_EQ(watched({"ls", "oci://" + address(), "--plain-http"}).exit_code, 7) << script;
  }
  helpers_.add("loud", "echo '" + login + "'; echo '" + std::string(kPassword) + "' >&2");
  EXPECT_EQ(watched({"copy", "oci://" + address() + ":v1", "--plain-http", "oci-layout:copied"})
                .exit_code,
            0);
  EXPECT_TRUE(registry_got(basic(kPassword)));
  EXPECT_GE(neighbour_.request_count(), 1u);
}

TEST_F(CliSecrecy, OfABrokenConfiguration) {
  const std::string password(kPassword);
  for (const auto& text :
       {R"({"auths":{"HOST":{"auth":")" + base64_encode(password) + R"("}}})",
        R"({"auths":{"HOST":{"auth":")" + password + R"("}}})",
        R"({"auths":{"HOST":{"username":"ada","password":[")" + password + R"("]}}})",
        R"({"auths":{"HOST":{"username":"ada","password":")" + password + R"(")"}) {
    std::string config = text;
    config.replace(config.find("HOST"), 4, registry_.host());
    files().write(".docker/config.json", config);
    EXPECT_EQ(watched({"ls", "oci://" + address(), "--plain-http"}).exit_code, 7) << text;
  }
}

TEST_F(CliSecrecy, OfASecretThatThePullerHas) {
  deliver_from("oci://" + address());
  int runs = 0;
  for (const auto password : {kPassword, kWrongPassword}) {
    files().write("puller/secret.yaml", secret_of(password));
    for (const std::string format : {"text", "json"}) {
      const auto state = files().file("state" + std::to_string(++runs));
      const auto result =
          remember(run({SEALIFT_PROGRAM "-puller", "--config", "puller", "--once", "--target",
                        "dir:" + files().file("delivered"), "--state", state, "--log-level",
                        "debug", "--log-format", format, "--json"}));
      EXPECT_EQ(result.exit_code, password == kPassword ? 3 : 5) << result.out << result.err;
      remember(run({"grep", "-r", ".", state}));
    }
    EXPECT_TRUE(registry_got(basic(password)));
  }
}

}  // namespace
}  // namespace sealift::test
