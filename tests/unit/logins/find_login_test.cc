// Which file and which program has the say.
#include "support/credential_helpers.h"
#include "support/environment_variables.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/base/encoding.h>
#include <sealift/logins/find_login.h>
#include <sealift/logins/login_files.h>

#include <gtest/gtest.h>

#include <filesystem>

namespace sealift::logins {
namespace {

using test::fails_with;

std::string entry(const std::string& place, const std::string& user) {
  return R"({"auths":{")" + place + R"(":{"auth":")" + base64_encode(user + ":secret") + R"("}}})";
}

class FindLogin : public testing::Test {
 protected:
  FindLogin() {
    for (const auto* name :
         {"REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"}) {
      variables_.set(name, std::nullopt);
    }
    variables_.set("HOME", directory_.file("home"));
    variables_.set("PATH", programs_.search_path());
  }
  Result<oci::Credentials> find(const std::string& place = "r.example/team/shop",
                                const std::string& named = "") {
    return find_login(system_files(), named, place, {});
  }
  std::string user(const std::string& place = "r.example/team/shop",
                   const std::string& named = "") {
    const auto found = find(place, named);
    return found ? found->username : found.error().message();
  }

  test::TempDirectory directory_;
  test::CredentialHelpers programs_;
  test::EnvironmentVariables variables_;
};

TEST_F(FindLogin, TheFirstFileThatHasOneWins) {
  EXPECT_EQ(user(), "") << "no file at all";
  directory_.write("home/.config/containers/auth.json", entry("r.example", "config"));
  EXPECT_EQ(user(), "config");
  directory_.write("run/containers/auth.json", entry("r.example", "runtime"));
  variables_.set("XDG_RUNTIME_DIR", directory_.file("run"));
  EXPECT_EQ(user(), "runtime");
  directory_.write("home/.docker/config.json", entry("other.example", "docker"));
  EXPECT_EQ(user(), "runtime") << "docker's file has none for this registry";
  directory_.write("home/.docker/config.json", entry("r.example", "docker"));
  EXPECT_EQ(user(), "docker");
  directory_.write("elsewhere/config.json", entry("r.example", "elsewhere"));
  variables_.set("DOCKER_CONFIG", directory_.file("elsewhere"));
  EXPECT_EQ(user(), "elsewhere");
  directory_.write("auth.json", entry("r.example", "file"));
  variables_.set("REGISTRY_AUTH_FILE", directory_.file("auth.json"));
  EXPECT_EQ(user(), "file");
  EXPECT_EQ(user("r.example", directory_.write("named.json", entry("r.example", "named"))),
            "named");
}

TEST_F(FindLogin, ANamedFileIsTheOnlyOne) {
  directory_.write("home/.docker/config.json", entry("r.example", "docker"));
  EXPECT_EQ(user("r.example", directory_.write("named.json", entry("other.example", "x"))), "");
  EXPECT_THAT(find("r.example", directory_.file("missing.json")),
              fails_with(ErrorCode::kNotFound, "missing.json"));
  variables_.set("REGISTRY_AUTH_FILE", directory_.file("gone.json"));
  EXPECT_THAT(find(), fails_with(ErrorCode::kNotFound, "gone.json"));
}

TEST_F(FindLogin, XdgConfigHomeMovesPodmansFile) {
  directory_.write("home/.config/containers/auth.json", entry("r.example", "home"));
  directory_.write("xdg/containers/auth.json", entry("r.example", "xdg"));
  variables_.set("XDG_CONFIG_HOME", directory_.file("xdg"));
  EXPECT_EQ(user(), "xdg");
}

TEST_F(FindLogin, ABrokenFileIsNamed) {
  directory_.write("home/.docker/config.json", "{");
  EXPECT_THAT(find(), fails_with(ErrorCode::kInvalidInput, "home/.docker/config.json"));
}

TEST_F(FindLogin, TheHelperInChargeIsAskedFirst) {
  programs_.add("own", R"sh([ "$(cat)" = r.example ] && echo '{"Username":"own","Secret":"1"}')sh");
  programs_.add("all", R"sh([ "$(cat)" = https://index.docker.io/v1/ ] && )sh"
                       R"sh(echo '{"Username":"all","Secret":"2"}')sh");
  directory_.write("home/.docker/config.json",
                   R"({"auths":{"r.example":{"username":"file","password":"3"}},)"
                   R"("credHelpers":{"r.example":"own"},"credsStore":"all"})");
  EXPECT_EQ(user(), "own");
  EXPECT_EQ(user("docker.io/library/busybox"), "all");
}

TEST_F(FindLogin, TheFileCountsWhereTheHelperHasNone) {
  programs_.add("none", "echo 'credentials not found in native keychain'; exit 1");
  directory_.write("home/.docker/config.json",
                   R"({"auths":{"r.example":{"username":"file","password":"3"}},)"
                   R"("credsStore":"none"})");
  EXPECT_EQ(user(), "file");
  ASSERT_OK_ASSIGN(const auto nothing, find("other.example"));
  EXPECT_TRUE(nothing.empty());
  EXPECT_EQ(nothing.skipped_helper, "") << "it was asked";
  directory_.write("home/.config/containers/auth.json", entry("other.example", "podman"));
  EXPECT_EQ(user("other.example"), "podman");
}

TEST_F(FindLogin, AMissingHelperIsToldAndABrokenOneIsAnError) {
  directory_.write("home/.docker/config.json", R"({"credsStore":"missing"})");
  ASSERT_OK_ASSIGN(const auto found, find());
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(found.skipped_helper, "missing");
  programs_.add("missing", "echo locked; exit 1");
  EXPECT_THAT(find(), fails_with(ErrorCode::kInvalidInput, "locked"));
  directory_.write("home/.docker/config.json", R"({"credsStore":"../x"})");
  EXPECT_THAT(find(), fails_with(ErrorCode::kInvalidInput, "is no name of a helper program"));
}

TEST_F(FindLogin, NewLoginsGoIntoTheFileThatCountsFirst) {
  EXPECT_EQ(login_file_to_write(""), directory_.file("home/.docker/config.json"));
  variables_.set("DOCKER_CONFIG", directory_.file("docker"));
  EXPECT_EQ(login_file_to_write(""), directory_.file("docker/config.json"));
  variables_.set("REGISTRY_AUTH_FILE", directory_.file("auth.json"));
  EXPECT_EQ(login_file_to_write(""), directory_.file("auth.json"));
  EXPECT_EQ(login_file_to_write("named.json"), "named.json");
  const auto target = directory_.write("dotfiles/config.json", "{}");
  std::filesystem::create_symlink(target, directory_.file("link.json"));
  EXPECT_EQ(login_file_to_write(directory_.file("link.json")),
            std::filesystem::canonical(target).string());
  for (const auto* name : {"REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "HOME"}) {
    variables_.set(name, std::nullopt);
  }
  EXPECT_EQ(login_file_to_write(""), "");
}

}  // namespace
}  // namespace sealift::logins
