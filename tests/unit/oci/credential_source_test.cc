// When a source of logins is asked, and who gets to see what it gives.
#include "registry_fixture.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/credential_source.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

const std::string kBasic = R"(Basic realm="https://registry.example/",service="registry")";
const std::string kBearer = R"(Bearer realm="https://registry.example/token",service="registry")";

// Gives "login 1", and another number after each that was dropped.
class NumberedSource : public CredentialSource {
 public:
  Result<Credentials> find(std::stop_token) override {
    ++asked;
    if (error) return fail(*error);
    Credentials given;
    if (as_identity_token) {
      given.identity_token = "login " + std::to_string(number);
    } else {
      given.username = "workload";
      given.password = "login " + std::to_string(number);
    }
    return given;
  }
  void drop(const Credentials& refused) override {
    const auto shown = refused.password + refused.identity_token;
    if (shown == "login " + std::to_string(number)) ++number;
  }
  bool may_go_to(std::string_view host) const override { return host == "registry.example"; }
  std::string advice() const override { return "grant the role"; }

  int asked = 0;
  int number = 1;
  bool as_identity_token = false;
  std::optional<Error> error;
};

class CredentialSourceTest : public RegistryTest, public CredentialSources {
 protected:
  CredentialSourceTest() { environment_.credential_sources = this; }

  Result<std::shared_ptr<CredentialSource>> open(std::string_view provider,
                                                 const std::string& registry) override {
    opened_ += std::string(provider) + " " + registry;
    return source_;
  }
  static RepositoryOptions with_provider() {
    RepositoryOptions options;
    options.provider = "cloud";
    return options;
  }
  std::unique_ptr<Repository> open_one() { return RegistryTest::open(with_provider()); }
  Result<StoredManifest> fetch_one() { return open_one()->fetch_manifest("v1", {}); }

  static std::string login(int number) {
    return "Basic " + base64_encode("workload:login " + std::to_string(number));
  }
  // A registry that takes this Authorization alone.
  void accept(std::string authorization_value, std::string challenge_text) {
    on_request = [=](const SeenRequest& request) {
      if (authorization(request) != authorization_value) return challenge(challenge_text);
      return typed(manifest(), media_type::kManifest);
    };
  }

  std::shared_ptr<NumberedSource> source_ = std::make_shared<NumberedSource>();
  std::string opened_;
};

TEST_F(CredentialSourceTest, IsNotAskedWhereNobodyWantsALogin) {
  on_request = [](const SeenRequest&) { return typed(manifest(), media_type::kManifest); };
  ASSERT_OK(fetch_one());
  EXPECT_EQ(opened_, "cloud registry.example");
  EXPECT_EQ(source_->asked, 0);
}

TEST_F(CredentialSourceTest, IsAskedBeforeEachUseOfItsLogin) {
  accept(login(1), kBasic);
  const auto repository = open_one();
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  EXPECT_EQ(source_->asked, 2);
  EXPECT_EQ(transport_.request_count(), 3u);
}

TEST_F(CredentialSourceTest, WhatItKeptTooLongIsReplacedWhereTheRegistryRefusesIt) {
  accept(login(2), kBasic);
  ASSERT_OK(fetch_one()) << "at the first request";
  accept(login(1), kBasic);
  source_->number = 1;
  const auto repository = open_one();
  ASSERT_OK(repository->fetch_manifest("v1", {}));
  accept(login(2), kBasic);
  EXPECT_OK(repository->fetch_manifest("v1", {})) << "and later";
}

TEST_F(CredentialSourceTest, ARegistryThatNeverHasEnoughIsLeft) {
  on_request = [](const SeenRequest&) { return challenge(kBasic); };
  const auto refused = fetch_one();
  EXPECT_THAT(refused, fails_with(ErrorCode::kUnauthenticated,
                                  "refused the credentials for \"shop\" (401 UNAUTHORIZED: log "
                                  "in): grant the role"));
  EXPECT_THAT(refused.error().message(), Not(HasSubstr("login 1")));
  EXPECT_LE(transport_.request_count(), 3u);
}

TEST_F(CredentialSourceTest, AnIdentityTokenThatTheTokenServerRefusesIsReplaced) {
  source_->as_identity_token = true;
  on_request = [](const SeenRequest& request) {
    if (request.url.starts_with("https://registry.example/token")) {
      const bool good = request.body.find("refresh_token=login%202") != std::string::npos;
      return good ? FakeAnswer::json(200, R"({"access_token":"t"})") : status(401);
    }
    if (authorization(request) != "Bearer t") return challenge(kBearer);
    return typed(manifest(), media_type::kManifest);
  };
  EXPECT_OK(fetch_one());
  EXPECT_EQ(source_->asked, 2);
}

TEST_F(CredentialSourceTest, ATokenServerElsewhereGetsNothing) {
  on_request = [](const SeenRequest&) {
    return challenge(R"(Bearer realm="https://auth.example/token")");
  };
  EXPECT_THAT(fetch_one(), fails_with(ErrorCode::kUntrusted, "must not see a login"));
  EXPECT_EQ(source_->asked, 0);
  EXPECT_THAT(transport_.request_lines(), Each(HasSubstr("https://registry.example/v2/")));
}

TEST_F(CredentialSourceTest, ItsErrorIsTheCallers) {
  source_->error = Error(ErrorCode::kForbidden, "no identity");
  on_request = [](const SeenRequest&) { return challenge(kBasic); };
  EXPECT_THAT(fetch_one(), fails_with(ErrorCode::kForbidden, "no identity"));
}

TEST_F(CredentialSourceTest, AProviderStandsAlone) {
  const auto refuses = [this](const RepositoryOptions& options, std::string_view why) {
    const auto reference = Reference::parse("oci://registry.example/shop");
    EXPECT_THAT(open_repository(*reference, options, environment_),
                fails_with(ErrorCode::kInvalidInput, std::string(why)));
  };
  auto options = with_provider();
  options.credentials = {"ada", "secret", "", ""};
  refuses(options, "there are two logins");
  options = with_provider();
  options.plain_http = true;
  refuses(options, "verified certificate alone");
  options = with_provider();
  HttpServerSettings settings;
  settings.insecure_skip_tls_verify = true;
  options.server = std::make_shared<const HttpServerSettings>(settings);
  refuses(options, "verified certificate alone");
  environment_.credential_sources = nullptr;
  refuses(with_provider(), "is not made here");
}

}  // namespace
}  // namespace sealift::oci
