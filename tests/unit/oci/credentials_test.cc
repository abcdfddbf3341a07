#include "support/result_matchers.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/credentials.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;

std::string auths(const std::string& key, const std::string& entry) {
  return R"({"auths":{")" + key + R"(":)" + entry + "}}";
}

std::string basic(const std::string& login) {
  return R"({"auth":")" + base64_encode(login) + R"("})";
}

const std::string kPaths = R"({"auths":{"r.example":)" + basic("all:1") + R"(,"r.example/team":)" +
                           basic("team:2") + R"(,"r.example/team/shop":)" + basic("shop:3") +
                           R"(,"https://other.example/any/path":)" + basic("url:4") +
                           R"(,"https://index.docker.io/v1/":)" + basic("hub:5") +
                           R"(,"docker.io/acme":)" + basic("acme:6") + "}}";

struct Case {
  std::string config;
  std::string registry;
  std::string username;
  std::string password;
  std::string identity_token;
  std::string skipped_helper;
};

class DockerConfig : public testing::TestWithParam<Case> {};

TEST_P(DockerConfig, GivesTheEntryOfTheRegistry) {
  const Case& expected = GetParam();
  ASSERT_OK_ASSIGN(const Credentials found,
                   credentials_from_docker_config(expected.config, expected.registry));
  EXPECT_EQ(found.username, expected.username);
  EXPECT_EQ(found.password, expected.password);
  EXPECT_EQ(found.identity_token, expected.identity_token);
  EXPECT_EQ(found.skipped_helper, expected.skipped_helper);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DockerConfig,
    testing::Values(
        Case{"{}", "r.example", "", "", "", ""},
        Case{auths("r.example", basic("ada:se:cret")), "r.example", "ada", "se:cret", "", ""},
        Case{auths("r.example", basic("ada:secret")), "r.example:5000", "", "", "", ""},
        Case{auths("r.example", basic("ada:secret")), "evil-r.example", "", "", "", ""},
        Case{auths("r.example", basic("ada:secret")), "r.exampl", "", "", "", ""},
        Case{auths("https://r.example:5000/v2/", basic("ada:secret")), "r.example:5000", "ada",
             "secret", "", ""},
        Case{auths("https://index.docker.io/v1/", basic("ada:secret")), "docker.io", "ada",
             "secret", "", ""},
        Case{auths("r.example", R"({"username":"ada","password":"secret"})"), "r.example", "ada",
             "secret", "", ""},
        Case{auths("r.example", basic(std::string("ada:secret\0\0", 12))), "r.example", "ada",
             "secret", "", ""},
        Case{auths("r.example", R"({"identitytoken":"tok"})"), "r.example", "", "", "tok", ""},
        Case{auths("r.example", basic("<token>:tok")), "r.example", "", "", "tok", ""},
        Case{R"({"auths":{"r.example/team":)" + basic("a:1") + R"(,"r.example":)" + basic("b:2") +
                 "}}",
             "r.example", "b", "2", "", ""},
        Case{R"({"auths":{"r.example":{}},"credsStore":"desktop"})", "r.example", "", "", "",
             "desktop"},
        Case{R"({"credHelpers":{"r.example":"ecr-login"},"credsStore":"desktop"})", "r.example", "",
             "", "", "ecr-login"},
        Case{R"({"auths":{"r.example":)" + basic("a:1") + R"(},"credsStore":"desktop"})",
             "r.example", "a", "1", "", "desktop"},
        Case{R"({"credHelpers":{"https://index.docker.io/v1/":"pass"}})", "docker.io/library/x", "",
             "", "", "pass"}));

// The longest path counts, and a path never counts for its neighbours.
INSTANTIATE_TEST_SUITE_P(
    Paths, DockerConfig,
    testing::Values(Case{kPaths, "r.example/team/shop", "shop", "3", "", ""},
                    Case{kPaths, "r.example/team/shop/web", "shop", "3", "", ""},
                    Case{kPaths, "r.example/team/other", "team", "2", "", ""},
                    Case{kPaths, "r.example/teams/shop", "all", "1", "", ""},
                    Case{kPaths, "r.example", "all", "1", "", ""},
                    Case{kPaths, "other.example/team", "url", "4", "", ""},
                    Case{kPaths, "docker.io/acme/shop", "acme", "6", "", ""},
                    Case{kPaths, "docker.io/library/x", "hub", "5", "", ""},
                    Case{auths("r.example/team", basic("a:1")), "r.example", "", "", "", ""}));

const std::string kPatterns =
    R"({"auths":{"*.r.example":)" + basic("any:1") + R"(,"*.r.example/team":)" + basic("team:2") +
    R"(,"eu.r.example":)" + basic("eu:3") + R"(,"us-*.pkg.example:5000":)" + basic("port:4") + "}}";

INSTANTIATE_TEST_SUITE_P(Patterns, DockerConfig,
                         testing::Values(Case{kPatterns, "a.r.example/x", "any", "1", "", ""},
                                         Case{kPatterns, "a.r.example/team/x", "team", "2", "", ""},
                                         Case{kPatterns, "a.r.example/teams", "any", "1", "", ""},
                                         Case{kPatterns, "eu.r.example/team", "eu", "3", "", ""},
                                         Case{kPatterns, "us-1.pkg.example:5000", "port", "4", "",
                                              ""},
                                         Case{kPatterns, "us-1.pkg.example", "", "", "", ""},
                                         Case{kPatterns, "a.b.r.example", "", "", "", ""},
                                         Case{kPatterns, "r.example", "", "", "", ""},
                                         Case{kPatterns, "a.r.example.evil", "", "", "", ""}));

TEST(DockerConfig, ErrorsShowNoSecret) {
  const auto broken = credentials_from_docker_config(
      auths("r.example", R"({"auth":"c2VjcmV0LW9ubHk="})"), "r.example");
  EXPECT_THAT(broken, fails_with(ErrorCode::kInvalidInput, "auths.r.example.auth"));
  EXPECT_EQ(broken.error().message().find("secret"), std::string::npos);
  EXPECT_EQ(broken.error().message().find("c2Vj"), std::string::npos);
  EXPECT_THAT(credentials_from_docker_config(R"({"auths":[]})", "r.example"),
              fails_with(ErrorCode::kInvalidInput, "auths"));
  EXPECT_THAT(credentials_from_docker_config(R"({"credHelpers":{"r.example":7}})", "r.example"),
              fails_with(ErrorCode::kInvalidInput, "credHelpers.r.example"));
  EXPECT_THAT(credentials_from_docker_config(std::string(kMaxDockerConfigBytes + 1, ' '), "r"),
              fails_with(ErrorCode::kInvalidInput, "docker configuration"));
  EXPECT_THAT(credentials_from_docker_config("not json", "r.example"),
              fails_with(ErrorCode::kInvalidInput, "docker configuration"));
}

TEST(DockerConfig, NamesOfARegistryLeadBackToIt) {
  EXPECT_EQ(docker_server_name("r.example:5000"), "r.example:5000");
  for (const auto* hub : {"docker.io", "index.docker.io", "registry-1.docker.io"}) {
    EXPECT_EQ(docker_server_name(hub), "https://index.docker.io/v1/");
    EXPECT_TRUE(is_key_of_registry("https://index.docker.io/v1/", hub));
  }
  for (const auto* key :
       {"r.example", "R.example", "https://r.example", "http://r.example/v2/", "r.example/v1/"}) {
    EXPECT_TRUE(is_key_of_registry(key, "r.example")) << key;
  }
  for (const auto* key : {"r.example/team", "r.example:443", "a.r.example", ""}) {
    EXPECT_FALSE(is_key_of_registry(key, "r.example")) << key;
  }
}

}  // namespace
}  // namespace sealift::oci
