#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/credentials.h>

#include <gtest/gtest.h>

#include <cstdlib>

namespace sealift::oci {
namespace {

using test::fails_with;

std::string auths(const std::string& key, const std::string& entry) {
  return R"({"auths":{")" + key + R"(":)" + entry + "}}";
}

std::string basic(const std::string& login) {
  return R"({"auth":")" + base64_encode(login) + R"("})";
}

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
             "r.example", "a", "1", "", ""}));

TEST(DockerConfig, ErrorsShowNoSecret) {
  const auto broken = credentials_from_docker_config(
      auths("r.example", R"({"auth":"c2VjcmV0LW9ubHk="})"), "r.example");
  EXPECT_THAT(broken, fails_with(ErrorCode::kInvalidInput, "auths.r.example.auth"));
  EXPECT_EQ(broken.error().message().find("secret"), std::string::npos);
  EXPECT_EQ(broken.error().message().find("c2Vj"), std::string::npos);
  EXPECT_THAT(credentials_from_docker_config(R"({"auths":[]})", "r.example"),
              fails_with(ErrorCode::kInvalidInput, "auths"));
  EXPECT_THAT(credentials_from_docker_config("not json", "r.example"),
              fails_with(ErrorCode::kInvalidInput, "docker configuration"));
}

// Sets variables for one test and puts the old values back.
class Environment {
 public:
  void set(const char* name, const std::string& value) {
    const char* old = std::getenv(name);
    saved_.emplace_back(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
    setenv(name, value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, value] : saved_) {
      if (value) {
        setenv(name.c_str(), value->c_str(), 1);
      } else {
        unsetenv(name.c_str());
      }
    }
  }

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> saved_;
};

TEST(FindCredentials, ReadsTheFirstFileWhoseVariableIsSet) {
  const test::TempDirectory directory;
  directory.write("home/.docker/config.json", auths("r.example", basic("home:1")));
  directory.write("docker/config.json", auths("r.example", basic("docker:1")));
  directory.write("auth.json", auths("r.example", basic("file:1")));
  Environment environment;
  environment.set("REGISTRY_AUTH_FILE", "");
  environment.set("DOCKER_CONFIG", "");
  environment.set("HOME", directory.file("home"));
  const auto user = [] {
    auto found = find_credentials(system_files(), "r.example");
    return found ? found->username : found.error().message();
  };
  EXPECT_EQ(user(), "home");
  environment.set("DOCKER_CONFIG", directory.file("docker"));
  EXPECT_EQ(user(), "docker");
  environment.set("REGISTRY_AUTH_FILE", directory.file("auth.json"));
  EXPECT_EQ(user(), "file");

  environment.set("REGISTRY_AUTH_FILE", directory.file("missing.json"));
  EXPECT_THAT(find_credentials(system_files(), "r.example"),
              fails_with(ErrorCode::kNotFound, "missing.json"));
  environment.set("REGISTRY_AUTH_FILE", "");
  environment.set("DOCKER_CONFIG", directory.file("missing"));
  ASSERT_OK_ASSIGN(const Credentials none, find_credentials(system_files(), "r.example"));
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace sealift::oci
