// Trying a login at a registry, before it is kept.
#include "registry_fixture.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/login.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class LoginTest : public RegistryTest {
 protected:
  Result<LoginAnswer> log_in(const std::string& password = "secret",
                             const std::string& registry = "registry.example") {
    RepositoryOptions options;
    options.credentials = {"ada", password, "", ""};
    options.login_advice = "try another";
    return try_login(registry, options, environment_, {});
  }
  // Knows ada, and gives her whatever the answer says.
  FakeAnswer token_server(const SeenRequest& request, const std::string& answer) {
    if (!request.url.starts_with("https://auth.example/")) {
      if (authorization(request) == "Bearer t1") return status(200, "{}");
      return challenge(R"(Bearer realm="https://auth.example/token",service="hub")");
    }
    const bool known = authorization(request) == "Basic " + base64_encode("ada:secret");
    return known ? FakeAnswer::json(200, answer) : status(401);
  }
};

TEST_F(LoginTest, BasicIsTriedAtTheBaseUrl) {
  on_request = [](const SeenRequest& request) {
    if (authorization(request) == "Basic " + base64_encode("ada:secret")) return status(200, "{}");
    return challenge(R"(Basic realm="x")");
  };
  ASSERT_OK_ASSIGN(const auto answer, log_in());
  EXPECT_TRUE(answer.was_asked_for);
  EXPECT_EQ(answer.identity_token, "");
  EXPECT_THAT(transport_.request_lines(),
              ElementsAre("GET https://registry.example/v2/", "GET https://registry.example/v2/"));
  const auto refused = log_in("wrong");
  EXPECT_THAT(refused, fails_with(ErrorCode::kUnauthenticated,
                                  "registry registry.example refused the credentials (401 "
                                  "UNAUTHORIZED: log in): try another"));
  EXPECT_THAT(refused.error().message(), Not(HasSubstr("wrong")));
}

TEST_F(LoginTest, ATokenServerIsAskedForNoScopeAndForSomethingToKeep) {
  on_request = [this](const SeenRequest& request) {
    return token_server(request, R"({"token":"t1","refresh_token":"keep-me"})");
  };
  ASSERT_OK_ASSIGN(const auto answer, log_in());
  EXPECT_TRUE(answer.was_asked_for);
  EXPECT_EQ(answer.identity_token, "keep-me");
  EXPECT_EQ(transport_.request_lines().at(1),
            "GET https://auth.example/token?service=hub&account=ada&client_id=sealift"
            "&offline_token=true");
  EXPECT_THAT(log_in("wrong"), fails_with(ErrorCode::kUnauthenticated, "auth.example"));
}

TEST_F(LoginTest, ATokenServerNeedNotGiveAnything) {
  for (const auto* answer : {R"({"token":"t1"})", R"({"token":"t1","refresh_token":""})",
                             R"({"token":"t1","refresh_token":7})"}) {
    on_request = [&](const SeenRequest& request) { return token_server(request, answer); };
    ASSERT_OK_ASSIGN(const auto found, log_in());
    EXPECT_EQ(found.identity_token, "") << answer;
  }
}

TEST_F(LoginTest, OnlyALoginAsksForSomethingToKeep) {
  on_request = [this](const SeenRequest& request) {
    return token_server(request, R"({"token":"t1","refresh_token":"keep-me"})");
  };
  RepositoryOptions options;
  options.credentials = {"ada", "secret", "", ""};
  static_cast<void>(open(options)->fetch_manifest("v1", {}));
  EXPECT_THAT(transport_.request_lines().at(1), Not(HasSubstr("offline_token")));
}

TEST_F(LoginTest, ARegistryThatAsksForNothingIsTold) {
  on_request = [](const SeenRequest&) { return status(200, "{}"); };
  ASSERT_OK_ASSIGN(const auto answer, log_in());
  EXPECT_FALSE(answer.was_asked_for);
}

TEST_F(LoginTest, WhatIsNoRegistryIsRefused) {
  on_request = [](const SeenRequest&) { return status(404); };
  EXPECT_THAT(log_in(), fails_with(ErrorCode::kNotFound, "asked to log in"));
  on_request = [](const SeenRequest&) { return status(503); };
  EXPECT_THAT(log_in(), fails_with(ErrorCode::kUnavailable, "registry.example"));
}

TEST_F(LoginTest, DockerHubIsAskedWhereItsApiIs) {
  on_request = [](const SeenRequest&) { return status(200, "{}"); };
  ASSERT_OK(log_in("secret", "docker.io"));
  EXPECT_THAT(transport_.request_lines(), ElementsAre("GET https://registry-1.docker.io/v2/"));
}

TEST_F(LoginTest, ARedirectElsewhereGetsNoPassword) {
  on_request = [](const SeenRequest& request) {
    if (request.url.starts_with("https://evil.example/")) return challenge(R"(Basic realm="x")");
    return status(302).with_header("Location", "https://evil.example/v2/");
  };
  EXPECT_THAT(log_in(), fails_with(ErrorCode::kUnauthenticated));
  for (const auto& request : transport_.requests()) EXPECT_EQ(authorization(request), "none");
}

}  // namespace
}  // namespace sealift::oci
