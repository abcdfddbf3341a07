// How real registries want a login, https, or not.
#include "support/registry_server.h"
#include "support/result_matchers.h"

#include <sealift/oci/login.h>
#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::RegistryServer;

class RegistryLogin : public testing::TestWithParam<const char*> {
 protected:
  Result<> push(const RegistryServer& server, RepositoryOptions options) {
    SEALIFT_ASSIGN(const Reference reference,
                   Reference::parse("oci://" + server.address() + "/shop"));
    SEALIFT_ASSIGN(const auto repository, open_repository(reference, options, environment_));
    const std::string bytes(100'000, 'x');
    const Descriptor blob{"text/plain", Digest::of(bytes), bytes.size(), "", {}};
    return repository->push_blob(blob, Blob::from_string(bytes), {});
  }

  Result<LoginAnswer> log_in(const RegistryServer& server, const std::string& password) {
    RepositoryOptions options;
    options.plain_http = true;
    options.credentials = {"ada", password, "", ""};
    return try_login(server.address(), options, environment_, {});
  }

 private:
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  RepositoryEnvironment environment_{*transport_, system_files(), system_clock(), system_random()};
};

INSTANTIATE_TEST_SUITE_P(Registries, RegistryLogin,
                         testing::Values("distribution", "docker-registry"), [](const auto& store) {
                           std::string name = store.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(RegistryLogin, IsAskedForAndChecked) {
  const RegistryServer server(GetParam(), {"--htpasswd", "ada:se:cret"});
  RepositoryOptions options;
  options.plain_http = true;
  EXPECT_THAT(push(server, options),
              fails_with(ErrorCode::kUnauthenticated, "wants a login for \"shop\""));
  options.credentials.skipped_helper = "desktop";
  EXPECT_THAT(push(server, options),
              fails_with(ErrorCode::kUnauthenticated, "docker-credential-desktop"));
  options.credentials = {"ada", "wrong", "", ""};
  const auto refused = push(server, options);
  EXPECT_THAT(refused,
              fails_with(ErrorCode::kUnauthenticated, "refused the credentials for \"shop\" (401"));
  EXPECT_EQ(refused.error().message().find("wrong"), std::string::npos);
  options.credentials = {"ada", "se:cret", "", ""};
  EXPECT_OK(push(server, options));
}

TEST_P(RegistryLogin, IsTriedWithoutARepository) {
  const RegistryServer server(GetParam(), {"--htpasswd", "ada:se:cret"});
  ASSERT_OK_ASSIGN(const auto answer, log_in(server, "se:cret"));
  EXPECT_TRUE(answer.was_asked_for);
  EXPECT_EQ(answer.identity_token, "") << "Basic has none";
  EXPECT_THAT(log_in(server, "wrong"),
              fails_with(ErrorCode::kUnauthenticated, "refused the credentials (401"));
  const RegistryServer open(GetParam());
  ASSERT_OK_ASSIGN(const auto unasked, log_in(open, "any"));
  EXPECT_FALSE(unasked.was_asked_for);
}

TEST_P(RegistryLogin, SaysWhereHttpAndHttpsAreMixedUp) {
  const RegistryServer plain(GetParam());
  EXPECT_THAT(push(plain, {}), fails_with(ErrorCode::kUnavailable,
                                          "pass --plain-http, or give a Delivery insecure: true"));

  const RegistryServer secure(GetParam(), {"--tls"});
  RepositoryOptions options;
  options.plain_http = true;
  EXPECT_THAT(push(secure, options), fails_with(ErrorCode::kInvalidInput, "omit --plain-http"));
  EXPECT_THAT(push(secure, {}), fails_with(ErrorCode::kUntrusted, "certificate"));
  HttpServerSettings settings;
  settings.ca_pem = secure.ca_pem();
  RepositoryOptions trusting;
  trusting.server = std::make_shared<const HttpServerSettings>(settings);
  EXPECT_OK(push(secure, trusting));
}

}  // namespace
}  // namespace sealift::oci
