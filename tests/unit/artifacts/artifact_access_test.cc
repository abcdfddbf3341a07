#include <sealift/artifacts/artifact_library.h>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>

#include "support/result_matchers.h"
#include "unit/delivery/sample_delivery.h"

namespace sealift::artifacts {
namespace {

using delivery::test::make_delivery;
using sealift::test::fails_with;
using testing::HasSubstr;
using testing::Not;

class NamedSecrets : public delivery::SecretSource {
 public:
  Result<delivery::NamedData> secret(const delivery::Delivery& delivery, std::string_view name,
                                     std::stop_token) override {
    const auto found = secrets.find(std::string(name));
    if (found == secrets.end()) return fail(ErrorCode::kNotFound, "no Secret");
    return delivery::NamedData{found->first, delivery.name_space, found->second};
  }
  Result<delivery::NamedData> config_map(const delivery::Delivery&, std::string_view,
                                         std::stop_token) override {
    return fail(ErrorCode::kNotFound, "no ConfigMap");
  }
  std::map<std::string, std::map<std::string, std::string, std::less<>>> secrets;
};

std::string docker_config(const std::string& password) {
  return R"({"auths":{"registry.example.com":{"username":"u","password":")" + password + "\"}}}";
}

class ArtifactAccessTest : public testing::Test {
 protected:
  ArtifactAccessTest() {
    secrets_.secrets = {{"pull", {{".dockerconfigjson", docker_config("hunter2")}}},
                        {"pull-2", {{".dockerconfigjson", docker_config("hunter3")}}},
                        {"same", {{".dockerconfigjson", docker_config("hunter2")}}},
                        {"ca", {{"ca.crt", "CA"}}},
                        {"client", {{"tls.crt", "CERT"}, {"tls.key", "KEY"}}},
                        {"half", {{"tls.crt", "CERT"}}},
                        {"empty", {{"x", "y"}}},
                        {"proxy", {{"address", "http://proxy:3128"}}}};
  }
  Result<ArtifactAccess> access(const std::function<void(delivery::ArtifactSpec&)>& change) {
    auto delivery = make_delivery();
    change(delivery.artifact);
    return artifact_access(delivery, secrets_, {});
  }

  NamedSecrets secrets_;
};

TEST_F(ArtifactAccessTest, AProxysLoginGoesIntoItsUrl) {
  const auto proxy = [&](std::map<std::string, std::string, std::less<>> data) {
    secrets_.secrets["login"] = std::move(data);
    auto found =
        access([](delivery::ArtifactSpec& artifact) { artifact.proxy_secret_name = "login"; });
    return found ? Result<std::string>(found->options.server->proxy) : fail(found.error());
  };
  EXPECT_EQ(proxy({{"address", "http://p:1"}, {"username", "me"}, {"password", "a:b@c/%"}}),
            "http://me:a%3Ab%40c%2F%25@p:1");
  EXPECT_EQ(proxy({{"address", "https://p"}, {"username", "me"}}), "https://me:@p");
  for (const auto* address : {"p:1", "ftp://p", "http://", "http://p\nX: y", ""}) {
    EXPECT_THAT(proxy({{"address", address}}), fails_with(ErrorCode::kInvalidInput, "address"));
  }
  EXPECT_THAT(proxy({{"address", "http://p"}, {"password", "s"}}),
              fails_with(ErrorCode::kInvalidInput, "a password without username"));
  EXPECT_THAT(proxy({{"address", "http://u:s@p"}, {"username", "u"}}),
              fails_with(ErrorCode::kInvalidInput, "two logins"));
  EXPECT_THAT(proxy({{"username", "u"}}), fails_with(ErrorCode::kInvalidInput, "no entry address"));
}

TEST_F(ArtifactAccessTest, ReadsWhatTheDeliveryNames) {
  ASSERT_OK_ASSIGN(const auto found, access([](delivery::ArtifactSpec& artifact) {
                     artifact.secret_name = "pull";
                     artifact.cert_secret_name = "client";
                     artifact.proxy_secret_name = "proxy";
                     artifact.insecure = true;
                   }));
  EXPECT_EQ(found.repository.name(), "registry.example.com/shop");
  EXPECT_EQ(found.select.tag, "v1");
  EXPECT_TRUE(found.options.plain_http);
  EXPECT_EQ(found.options.credentials.username, "u");
  EXPECT_EQ(found.options.credentials.password, "hunter2");
  EXPECT_EQ(found.options.server->client_certificate_pem, "CERT");
  EXPECT_EQ(found.options.server->client_key_pem, "KEY");
  EXPECT_EQ(found.options.server->proxy, "http://proxy:3128");
  EXPECT_THAT(found.options.login_advice,
              HasSubstr("in the Secret that the Delivery's artifact.secretRef names"));
  ASSERT_OK_ASSIGN(const auto plain, access([](delivery::ArtifactSpec&) {}));
  EXPECT_THAT(plain.options.login_advice,
              HasSubstr("name a Secret with a login for registry.example.com"));
}

TEST_F(ArtifactAccessTest, AHelperProgramInASecretIsSaidToBeIgnored) {
  secrets_.secrets["pull"][".dockerconfigjson"] = R"({"credsStore":"ecr-login"})";
  ASSERT_OK_ASSIGN(const auto found,
                   access([](delivery::ArtifactSpec& artifact) { artifact.secret_name = "pull"; }));
  EXPECT_TRUE(found.options.credentials.empty());
  EXPECT_THAT(found.options.login_advice,
              HasSubstr("docker-credential-ecr-login, and the puller starts no programs: put the "
                        "login itself into it"));
  secrets_.secrets["pull"][".dockerconfigjson"] =
      R"({"auths":{"registry.example.com/shop":{"username":"u","password":"p"},)"
      R"("registry.example.com":{"username":"other"}},"credsStore":"ecr-login"})";
  ASSERT_OK_ASSIGN(const auto with_entry,
                   access([](delivery::ArtifactSpec& artifact) { artifact.secret_name = "pull"; }));
  EXPECT_EQ(with_entry.options.credentials.username, "u") << "the longest path counts";
  EXPECT_THAT(with_entry.options.login_advice, HasSubstr("check the login for"));
}

TEST_F(ArtifactAccessTest, ACloudsLoginIsAskedForByItsName) {
  ASSERT_OK_ASSIGN(const auto found,
                   access([](delivery::ArtifactSpec& artifact) { artifact.provider = "azure"; }));
  EXPECT_EQ(found.options.provider, "azure");
  EXPECT_TRUE(found.options.credentials.empty());
}

TEST_F(ArtifactAccessTest, SaysWhatASecretLacks) {
  const auto missing = [](std::string delivery::ArtifactSpec::* member, const char* name) {
    return [=](delivery::ArtifactSpec& artifact) { artifact.*member = name; };
  };
  EXPECT_THAT(access(missing(&delivery::ArtifactSpec::secret_name, "nobody")),
              fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(
      access(missing(&delivery::ArtifactSpec::secret_name, "empty")),
      fails_with(ErrorCode::kInvalidInput, "the Secret shop/empty has no entry .dockerconfigjson"));
  EXPECT_THAT(access(missing(&delivery::ArtifactSpec::cert_secret_name, "half")),
              fails_with(ErrorCode::kInvalidInput, "only one of tls.crt and tls.key"));
  EXPECT_THAT(access(missing(&delivery::ArtifactSpec::cert_secret_name, "empty")),
              fails_with(ErrorCode::kInvalidInput, "neither ca.crt nor tls.crt and tls.key"));
  EXPECT_THAT(access(missing(&delivery::ArtifactSpec::proxy_secret_name, "empty")),
              fails_with(ErrorCode::kInvalidInput, "has no entry address"));
}

TEST_F(ArtifactAccessTest, SharesWhatIsEqualAndNothingElse) {
  const std::function<void(delivery::ArtifactSpec&)> different[] = {
      [](delivery::ArtifactSpec&) {},
      [](delivery::ArtifactSpec& artifact) { artifact.secret_name = "pull"; },
      [](delivery::ArtifactSpec& artifact) { artifact.secret_name = "pull-2"; },
      [](delivery::ArtifactSpec& artifact) { artifact.cert_secret_name = "ca"; },
      [](delivery::ArtifactSpec& artifact) { artifact.cert_secret_name = "client"; },
      [](delivery::ArtifactSpec& artifact) { artifact.proxy_secret_name = "proxy"; },
      [](delivery::ArtifactSpec& artifact) { artifact.insecure = true; },
      [](delivery::ArtifactSpec& artifact) { artifact.provider = "aws"; },
      [](delivery::ArtifactSpec& artifact) {
        artifact.repository = oci::Reference::parse("oci://registry.example.com/other").value();
      },
  };
  std::set<std::string> places;
  for (const auto& change : different) places.insert(access(change).value().place);
  EXPECT_EQ(places.size(), std::size(different));
  std::set<std::string> ways;
  for (const auto& change : different) ways.insert(access(change).value().way);
  EXPECT_EQ(ways.size(), std::size(different) - 4) << "logins make no difference";

  const auto select = [&](delivery::ArtifactSelector selector) {
    return access([&](delivery::ArtifactSpec& artifact) { artifact.select = selector; }).value();
  };
  const auto tag = select({"1", "", {}});
  const auto range = select({"", "1", {}});
  const auto digest = select({"", "", Digest::of("1")});
  EXPECT_EQ(tag.place, range.place);
  EXPECT_EQ(tag.place, digest.place);
  EXPECT_EQ(
      (std::set<std::string>{tag.key, range.key, digest.key, select({"2", "", {}}).key}).size(),
      4u);

  const auto pull =
      access([](delivery::ArtifactSpec& artifact) { artifact.secret_name = "pull"; }).value();
  const auto same =
      access([](delivery::ArtifactSpec& artifact) { artifact.secret_name = "same"; }).value();
  EXPECT_EQ(pull.key, same.key) << "another namespace's Secret may hold the same login";
  EXPECT_THAT(pull.key, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace sealift::artifacts
