// Who gets to see the login, and how often it is tried.
#include "registry_fixture.h"

#include <sealift/base/encoding.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kBearer =
    R"(Bearer realm="https://auth.example/token?a=b",service="the registry",scope="repository:shop:pull")";

class RegistryLoginTest : public RegistryTest {
 protected:
  static RepositoryOptions with_password() {
    RepositoryOptions options;
    options.credentials = {"ada", "secret", "", ""};
    return options;
  }
  static std::string basic(const std::string& login) { return "Basic " + base64_encode(login); }

  // A registry that wants the token "t1", and its token server.
  FakeAnswer token_registry(const SeenRequest& request) {
    if (request.url.starts_with("https://auth.example/")) {
      return FakeAnswer::json(200, R"({"token":"t1","expires_in":300})");
    }
    if (authorization(request) != "Bearer t1") return challenge(kBearer);
    return typed(manifest(), media_type::kManifest);
  }
};

TEST_F(RegistryLoginTest, NothingIsSentBeforeTheRegistryAsks) {
  on_request = [](const SeenRequest&) { return typed(manifest(), media_type::kManifest); };
  ASSERT_OK(open(with_password())->fetch_manifest("v1", {}));
  EXPECT_EQ(authorization(transport_.requests().at(0)), "none");
}

TEST_F(RegistryLoginTest, TokensAreFetchedOnceAndUsedForAllRequestsOfTheirScope) {
  on_request = [this](const SeenRequest& request) { return token_registry(request); };
  const auto repository = open(with_password());
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  EXPECT_THAT(transport_.request_lines(),
              ElementsAre("GET https://registry.example/v2/shop/manifests/v1",
                          "GET https://auth.example/token?a=b&service=the%20registry"
                          "&scope=repository%3Ashop%3Apull",
                          "GET https://registry.example/v2/shop/manifests/v1",
                          "GET https://registry.example/v2/shop/manifests/v1"));
  EXPECT_EQ(authorization(transport_.requests().at(1)), basic("ada:secret"));
  EXPECT_EQ(authorization(transport_.requests().at(3)), "Bearer t1");
}

TEST_F(RegistryLoginTest, TokensAreFetchedAgainShortlyBeforeTheyEnd) {
  on_request = [this](const SeenRequest& request) { return token_registry(request); };
  const auto repository = open();
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  EXPECT_EQ(authorization(transport_.requests().at(1)), "none") << "anonymous";
  clock_.advance(std::chrono::seconds(269));
  transport_.forget_requests();
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  EXPECT_EQ(transport_.request_count(), 1u);
  clock_.advance(std::chrono::seconds(1));
  transport_.forget_requests();
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  EXPECT_EQ(transport_.request_count(), 2u) << "a token and the manifest";
}

TEST_F(RegistryLoginTest, ATokenWithoutLifetimeLivesForAMinute) {
  for (const char* life :
       {"", R"(,"expires_in":0)", R"(,"expires_in":-5)", R"(,"expires_in":"x")"}) {
    on_request = [&](const SeenRequest& request) {
      if (request.url.starts_with("https://auth.example/")) {
        return FakeAnswer::json(200, std::string(R"({"access_token":"t1")") + life + "}");
      }
      return token_registry(request);
    };
    const auto repository = open();
    ASSERT_OK(repository->fetch_manifest("v1", {}));
    transport_.forget_requests();
    clock_.advance(std::chrono::seconds(29));
    ASSERT_OK(repository->fetch_manifest("v1", {}));
    EXPECT_EQ(transport_.request_count(), 1u) << life;
  }
}

TEST_F(RegistryLoginTest, AnIdentityTokenIsTradedByPost) {
  RepositoryOptions options;
  options.credentials.identity_token = "id token";
  on_request = [this](const SeenRequest& request) { return token_registry(request); };
  ASSERT_OK(open(options)->fetch_manifest("v1", {}));
  const SeenRequest post = transport_.requests().at(1);
  EXPECT_EQ(post.method, "POST");
  EXPECT_EQ(post.body,
            "grant_type=refresh_token&service=the%20registry&client_id=sealift"
            "&scope=repository%3Ashop%3Apull&refresh_token=id%20token");
}

TEST_F(RegistryLoginTest, AServerWithoutOauthGetsTheIdentityTokenByGet) {
  RepositoryOptions options;
  options.credentials.identity_token = "id";
  for (const int code : {400, 401, 404, 405}) {
    on_request = [&](const SeenRequest& request) {
      return request.method == "POST" ? status(code) : token_registry(request);
    };
    transport_.forget_requests();
    ASSERT_OK(open(options)->fetch_manifest("v1", {}));
    EXPECT_EQ(authorization(transport_.requests().at(2)), basic("<token>:id"));
  }
}

TEST_F(RegistryLoginTest, ARefusedTokenIsAskedForOnceMore) {
  int tokens = 0;
  on_request = [&](const SeenRequest& request) {
    if (request.url.starts_with("https://auth.example/")) {
      return FakeAnswer::json(200, R"({"token":"t)" + std::to_string(++tokens) + R"("})");
    }
    if (authorization(request) != "Bearer t2") return challenge(kBearer);
    return typed(manifest(), media_type::kManifest);
  };
  const auto repository = open();
  EXPECT_THAT(repository->fetch_manifest("v1", {}), fails_with(ErrorCode::kUnauthenticated))
      << "the first token was fresh";
  EXPECT_OK(repository->fetch_manifest("v1", {})) << "the kept one was not";
}

TEST_F(RegistryLoginTest, ARegistryThatNeverHasEnoughIsLeft) {
  for (const std::string& header : {kBearer, std::string(R"(Basic realm="x")")}) {
    on_request = [&](const SeenRequest& request) {
      if (request.url.starts_with("https://auth.example/")) {
        return FakeAnswer::json(200, R"({"token":"t"})");
      }
      return challenge(header);
    };
    transport_.forget_requests();
    const auto result = open(with_password())->fetch_manifest("v1", {});
    EXPECT_THAT(result, fails_with(ErrorCode::kUnauthenticated,
                                   "registry registry.example refused the credentials for \"shop\" "
                                   "(401 UNAUTHORIZED: log in): log in with"));
    EXPECT_THAT(result.error().message(), Not(HasSubstr("secret")));
    EXPECT_LE(transport_.request_count(), 3u);
  }
}

TEST_F(RegistryLoginTest, AProgramMaySayHowItsUsersLogIn) {
  on_request = [](const SeenRequest&) { return challenge(R"(Basic realm="x")"); };
  RepositoryOptions options;
  options.credentials.skipped_helper = "desktop";
  EXPECT_THAT(open(options)->fetch_manifest("v1", {}),
              fails_with(ErrorCode::kUnauthenticated, "docker-credential-desktop"));
  options.login_advice = "name a Secret";
  for (const auto& credentials : {Credentials{}, Credentials{"user", "hunter2", "", ""}}) {
    options.credentials = credentials;
    const auto refused = open(options)->fetch_manifest("v1", {});
    EXPECT_THAT(refused, fails_with(ErrorCode::kUnauthenticated, "): name a Secret"));
    EXPECT_THAT(refused.error().message(), Not(HasSubstr("docker")));
    EXPECT_THAT(refused.error().message(), Not(HasSubstr("hunter2")));
  }
}

TEST_F(RegistryLoginTest, ATokenServersRefusalAdvisesTheSame) {
  on_request = [](const SeenRequest& request) {
    return request.url.starts_with("https://auth.example/") ? status(401) : challenge(kBearer);
  };
  RepositoryOptions options;
  options.login_advice = "name a Secret";
  EXPECT_THAT(open(options)->fetch_manifest("v1", {}),
              fails_with(ErrorCode::kUnauthenticated, "): name a Secret"));
}

TEST_F(RegistryLoginTest, BearerIsTakenBeforeBasicAndOthersArePassedOver) {
  on_request = [this](const SeenRequest& request) {
    FakeAnswer answer = token_registry(request);
    if (answer.status != 401) return answer;
    return status(401)
        .with_header("WWW-Authenticate", "Negotiate abc==, Basic realm=\"x\"")
        .with_header("WWW-Authenticate", kBearer);
  };
  EXPECT_OK(open(with_password())->fetch_manifest("v1", {}));
  on_request = [](const SeenRequest&) { return challenge("Negotiate"); };
  EXPECT_THAT(open(with_password())->fetch_manifest("v1", {}),
              fails_with(ErrorCode::kUnauthenticated));
}

class RealmGuard : public RegistryLoginTest,
                   public testing::WithParamInterface<std::pair<const char*, ErrorCode>> {};

TEST_P(RealmGuard, NothingGoesToARealmThatARegistryMustNotName) {
  on_request = [](const SeenRequest&) {
    return challenge(std::string("Bearer realm=\"") + GetParam().first + "\"");
  };
  EXPECT_THAT(open(with_password())->fetch_manifest("v1", {}), fails_with(GetParam().second));
  EXPECT_THAT(transport_.request_lines(), Each(HasSubstr("https://registry.example/v2/")));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RealmGuard,
    testing::Values(std::pair{"http://auth.example/token", ErrorCode::kUntrusted},
                    std::pair{"https://127.0.0.1/token", ErrorCode::kUntrusted},
                    std::pair{"https://10.1.2.3/token", ErrorCode::kUntrusted},
                    std::pair{"https://172.16.0.1/token", ErrorCode::kUntrusted},
                    std::pair{"https://192.168.1.1:8443/token", ErrorCode::kUntrusted},
                    std::pair{"https://169.254.169.254/latest", ErrorCode::kUntrusted},
                    std::pair{"https://localhost/token", ErrorCode::kUntrusted},
                    std::pair{"https://a.localhost./token", ErrorCode::kUntrusted},
                    std::pair{"https://2130706433/token", ErrorCode::kUntrusted},
                    std::pair{"https://0x7f.1/token", ErrorCode::kUntrusted},
                    std::pair{"https://127.1/token", ErrorCode::kUntrusted},
                    std::pair{"https://[::1]/token", ErrorCode::kUntrusted},
                    std::pair{"https://[::ffff:10.0.0.1]/token", ErrorCode::kUntrusted},
                    std::pair{"https://[fd00::1]/token", ErrorCode::kUntrusted},
                    std::pair{"https://[fe80::1]/token", ErrorCode::kUntrusted},
                    std::pair{"https://registry.example@10.0.0.1/", ErrorCode::kInvalidInput},
                    std::pair{"file:///etc/passwd", ErrorCode::kInvalidInput},
                    std::pair{"", ErrorCode::kInvalidInput}));

TEST_F(RegistryLoginTest, ARegistryAtAPrivateAddressMayHaveItsTokensThere) {
  RepositoryOptions options = with_password();
  options.plain_http = true;
  on_request = [](const SeenRequest& request) {
    if (request.url.starts_with("http://10.0.0.7:6000/")) {
      return FakeAnswer::json(200, R"({"token":"t1"})");
    }
    if (authorization(request) == "none") {
      return challenge(R"(Bearer realm="http://10.0.0.7:6000/token")");
    }
    return typed(manifest(), media_type::kManifest);
  };
  EXPECT_OK(open(options, "oci://10.0.0.7:5000/shop")->fetch_manifest("v1", {}));
}

TEST_F(RegistryLoginTest, ATokenServersAnswerIsChecked) {
  const std::vector<std::pair<FakeAnswer, ErrorCode>> cases = {
      {FakeAnswer::json(200, "{}"), ErrorCode::kInvalidInput},
      {FakeAnswer::json(200, R"({"token":"a\r\nX: y"})"), ErrorCode::kInvalidInput},
      {FakeAnswer::json(200, "<html>"), ErrorCode::kInvalidInput},
      {FakeAnswer::json(200, std::string(200'000, ' ')), ErrorCode::kInvalidInput},
      {status(403), ErrorCode::kForbidden},
      {status(401), ErrorCode::kUnauthenticated},
      {status(302).with_header("Location", "https://other.example/"), ErrorCode::kInvalidInput}};
  for (const auto& [answer, code] : cases) {
    on_request = [&](const SeenRequest& request) {
      return request.url.starts_with("https://auth.example/") ? answer : challenge(kBearer);
    };
    EXPECT_THAT(open(with_password())->fetch_manifest("v1", {}), fails_with(code, "auth.example"));
  }
}

TEST_F(RegistryLoginTest, ARedirectToAnotherServerGoesWithoutTheLogin) {
  RepositoryOptions options = with_password();
  HttpServerSettings settings;
  settings.ca_pem = "CA";
  settings.client_certificate_pem = "certificate";
  settings.client_key_pem = "key";
  options.server = std::make_shared<const HttpServerSettings>(settings);
  for (const std::string target :
       {"https://storage.example/blob?sig=1", "https://registry.example:8443/blob",
        "//storage.example/blob"}) {
    on_request = [&](const SeenRequest& request) {
      if (!request.url.starts_with("https://registry.example/")) return status(200, "content");
      if (authorization(request) == "none") return challenge(R"(Basic realm="x")");
      return status(307).with_header("Location", target);
    };
    transport_.forget_requests();
    ASSERT_OK_ASSIGN(const std::string blob, fetch(*open(options), describe("content")));
    EXPECT_EQ(blob, "content");
    const auto requests = transport_.requests();
    EXPECT_EQ(authorization(requests.at(1)), basic("ada:secret"));
    EXPECT_EQ(requests.at(1).server->client_key_pem, "key");
    EXPECT_EQ(authorization(requests.at(2)), "none") << target;
    EXPECT_EQ(requests.at(2).server->client_key_pem, "");
    EXPECT_EQ(requests.at(2).server->ca_pem, "CA");
  }
}

TEST_F(RegistryLoginTest, AnotherServersChallengeIsNotAnswered) {
  on_request = [](const SeenRequest& request) {
    if (request.url.starts_with("https://registry.example/")) {
      return status(302).with_header("Location", "https://evil.example/blob");
    }
    return challenge(R"(Basic realm="x")");
  };
  EXPECT_THAT(fetch(*open(with_password()), describe("content")),
              fails_with(ErrorCode::kUnauthenticated));
  for (const auto& request : transport_.requests()) EXPECT_EQ(authorization(request), "none");
}

TEST_F(RegistryLoginTest, AnUploadElsewhereGoesWithoutTheLogin) {
  on_request = [](const SeenRequest& request) {
    if (request.url.starts_with("https://storage.example/")) return status(201);
    if (authorization(request) == "none") return challenge(R"(Basic realm="x")");
    if (request.method == "HEAD") return status(404);
    return status(202).with_header("Location", "https://storage.example/up?state=a%2Fb");
  };
  const Descriptor blob = describe("content");
  ASSERT_OK(open(with_password())->push_blob(blob, Blob::from_string("content"), {}));
  const SeenRequest put = transport_.requests().back();
  EXPECT_EQ(put.url, "https://storage.example/up?state=a%2Fb&digest=sha256%3A" + blob.digest.hex());
  EXPECT_EQ(put.body, "content");
  EXPECT_EQ(authorization(put), "none");
}

TEST_F(RegistryLoginTest, HttpsNeverBecomesHttp) {
  on_request = [](const SeenRequest& request) {
    if (request.method == "HEAD") return status(404);
    if (request.method == "POST") {
      return status(202).with_header("Location", "http://registry.example/up");
    }
    return status(302).with_header("Location", "http://registry.example/elsewhere");
  };
  const auto repository = open(with_password());
  EXPECT_THAT(fetch(*repository, describe("content")),
              fails_with(ErrorCode::kUntrusted, "from https to http"));
  EXPECT_THAT(repository->push_blob(describe("content"), Blob::from_string("content"), {}),
              fails_with(ErrorCode::kUntrusted, "over http instead of https"));
  EXPECT_THAT(transport_.request_lines(), Each(HasSubstr(" https://")));
}

TEST_F(RegistryLoginTest, RedirectsInACircleEnd) {
  on_request = [](const SeenRequest& request) {
    const bool at_a = request.url.ends_with("/a");
    return status(302).with_header("Location", at_a ? "/b" : "/a");
  };
  EXPECT_THAT(open()->fetch_manifest("v1", {}),
              fails_with(ErrorCode::kInvalidInput, "more than 10 times"));
  EXPECT_EQ(transport_.request_count(), 11u);
  on_request = [](const SeenRequest&) { return status(307); };
  EXPECT_THAT(open()->fetch_manifest("v1", {}),
              fails_with(ErrorCode::kInvalidInput, "without saying where to"));
}

}  // namespace
}  // namespace sealift::oci
