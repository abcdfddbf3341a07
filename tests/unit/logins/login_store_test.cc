#include "support/credential_helpers.h"
#include "support/environment_variables.h"
#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/base/encoding.h>
#include <sealift/logins/login_store.h>

#include <gtest/gtest.h>

#include <latch>
#include <thread>
#include <vector>

#include <sys/stat.h>

namespace sealift::logins {
namespace {

using test::fails_with;

class LoginStoreTest : public testing::Test {
 protected:
  LoginStoreTest() { variables_.set("PATH", programs_.search_path()); }
  std::string config() { return directory_.read("docker/config.json"); }
  void put(const std::string& text) { directory_.write("docker/config.json", text); }
  Result<std::string> store(const std::string& registry = "r.example") {
    return store_.store(registry, {"ada", "se:cret", "", ""}, {});
  }

  test::TempDirectory directory_;
  test::CredentialHelpers programs_;
  test::EnvironmentVariables variables_;
  LoginStore store_{system_files(), directory_.file("docker/config.json"), system_clock()};
};

TEST_F(LoginStoreTest, KeepsALoginAsDockerDoesForItsOwnerAlone) {
  ASSERT_OK_ASSIGN(const auto place, store());
  EXPECT_EQ(place, directory_.file("docker/config.json"));
  EXPECT_EQ(config(), "{\n  \"auths\": {\n    \"r.example\": {\n      \"auth\": \"" +
                          base64_encode("ada:se:cret") + "\"\n    }\n  }\n}\n");
  struct stat status{};
  ASSERT_EQ(::stat(store_.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(LoginStoreTest, ReadsBackWhatItKeeps) {
  for (const auto* registry : {"r.example", "r.example:5000", "docker.io", "[::1]:5000"}) {
    ASSERT_OK(store(registry));
    ASSERT_OK_ASSIGN(const auto found, oci::credentials_from_docker_config(
                                           config(), std::string(registry) + "/team/shop"));
    EXPECT_EQ(found.username, "ada") << registry;
    EXPECT_EQ(found.password, "se:cret") << registry;
  }
  EXPECT_NE(config().find("\"https://index.docker.io/v1/\""), std::string::npos);
  ASSERT_OK(store_.store("r.example", {"ada", "", "refresh", ""}, {}));
  ASSERT_OK_ASSIGN(const auto found, oci::credentials_from_docker_config(config(), "r.example"));
  EXPECT_EQ(found.identity_token, "refresh");
}

TEST_F(LoginStoreTest, WhatElseTheFileHoldsStaysInItsOrder) {
  put(R"({"z":1.50,"auths":{"b.example":{"auth":"eDp5","email":"x"},"r.example":{"auth":"eDp5"}},)"
      R"("HttpHeaders":{"A":"b"},"a":[null,{}]})");
  ASSERT_OK(store());
  ASSERT_OK_ASSIGN(const Json after, parse_json(config(), "config"));
  EXPECT_EQ(dump_json(after),
            R"({"z":1.50,"auths":{"b.example":{"auth":"eDp5","email":"x"},"r.example":{"auth":")" +
                base64_encode("ada:se:cret") + R"("}},"HttpHeaders":{"A":"b"},"a":[null,{}]})");
  ASSERT_OK_ASSIGN(const bool forgotten, store_.erase("r.example", {}));
  EXPECT_TRUE(forgotten);
  ASSERT_OK_ASSIGN(const Json erased, parse_json(config(), "config"));
  EXPECT_EQ(dump_json(erased), R"({"z":1.50,"auths":{"b.example":{"auth":"eDp5","email":"x"}},)"
                               R"("HttpHeaders":{"A":"b"},"a":[null,{}]})");
}

TEST_F(LoginStoreTest, ForgetsOlderNamesOfTheSameRegistryAndNoOthers) {
  put(R"({"auths":{"https://r.example/v2/":{"auth":"eDp5"},"r.example/team":{"auth":"eDp5"},)"
      R"("r.example:5000":{"auth":"eDp5"},"r.example":{"auth":"eDp5"}}})");
  ASSERT_OK_ASSIGN(const bool forgotten, store_.erase("r.example", {}));
  EXPECT_TRUE(forgotten);
  ASSERT_OK_ASSIGN(const Json after, parse_json(config(), "config"));
  EXPECT_EQ(dump_json(after),
            R"({"auths":{"r.example/team":{"auth":"eDp5"},"r.example:5000":{"auth":"eDp5"}}})");
}

TEST_F(LoginStoreTest, NothingToForgetWritesNothing) {
  ASSERT_OK_ASSIGN(const bool without_file, store_.erase("r.example", {}));
  EXPECT_FALSE(without_file);
  EXPECT_FALSE(directory_.has("docker/config.json"));
  put("{ }");
  ASSERT_OK_ASSIGN(const bool without_entry, store_.erase("r.example", {}));
  EXPECT_FALSE(without_entry);
  EXPECT_EQ(config(), "{ }");
}

TEST_F(LoginStoreTest, AnEmptyFileIsOneWithoutSettings) {
  put("\n");
  EXPECT_OK(store());
  put(R"({"auths":null})");
  EXPECT_OK(store());
}

TEST_F(LoginStoreTest, AFileThatIsNoConfigurationIsLeftAlone) {
  for (const auto* text : {"[]", "{", R"({"auths":[]})", R"({"credHelpers":{"r.example":1}})"}) {
    put(text);
    EXPECT_THAT(store(), fails_with(ErrorCode::kInvalidInput, "config.json")) << text;
    EXPECT_EQ(config(), text);
  }
}

TEST_F(LoginStoreTest, TheHelperInChargeKeepsTheSecretAndTheFileAMark) {
  programs_.add_keeper("keeper");
  put(R"({"auths":{"r.example":{"auth":"eDp5"}},"credHelpers":{"r.example":"keeper"}})");
  ASSERT_OK_ASSIGN(const auto place, store());
  EXPECT_EQ(place, "docker-credential-keeper");
  ASSERT_OK_ASSIGN(const Json after, parse_json(config(), "config"));
  EXPECT_EQ(dump_json(after), R"({"auths":{"r.example":{}},"credHelpers":{"r.example":"keeper"}})");
  ASSERT_OK_ASSIGN(const bool forgotten, store_.erase("r.example", {}));
  EXPECT_TRUE(forgotten);
  ASSERT_OK_ASSIGN(const bool again, store_.erase("r.example", {}));
  EXPECT_FALSE(again);
  EXPECT_EQ(programs_.calls(), "store\nget\nerase\nget\n");
}

TEST(LoginStoreFaults, AnyCallThatFailsLeavesTheOldFileOrTheNewOne) {
  const std::string old = R"({"auths":{"b.example":{"auth":"eDp5"}},"x":1})";
  const auto store = [](FileSystem& files) {
    return LoginStore(files, "docker/config.json", system_clock())
        .store("r.example", {"ada", "secret", "", ""}, {});
  };
  test::FaultyFileSystem whole;
  whole.put("docker/config.json", old);
  ASSERT_OK(store(whole));
  const auto after = whole.content("docker/config.json");
  for (std::size_t n = 1; n <= whole.call_count(); n += test::kFaultStride) {
    test::FaultyFileSystem files;
    files.put("docker/config.json", old);
    files.fail_from(n, Error(ErrorCode::kIo, "the disk is full"));
    const auto stored = store(files);
    if (!stored) {
      EXPECT_THAT(stored, fails_with(ErrorCode::kIo, "the disk is full")) << n;
    }
    files.power_cut();
    const auto left = files.content("docker/config.json");
    EXPECT_TRUE((!stored && left == old) || left == after) << n << ": " << left;
  }
}

TEST_F(LoginStoreTest, ManyAtOnceLoseNothing) {
  put(R"({"x":1})");
  constexpr int kStores = 8;
  const auto registry = [](int i) { return "r" + std::to_string(i) + ".example"; };
  {
    std::latch all{kStores};
    std::vector<std::jthread> threads;
    for (int i = 0; i < kStores; ++i) {
      threads.emplace_back([&, i] {
        LoginStore mine(system_files(), store_.path(), system_clock());
        all.arrive_and_wait();
        EXPECT_OK(mine.store(registry(i), {"ada", "secret", "", ""}, {}));
        if (i % 2 == 1) {
          EXPECT_OK(mine.erase(registry(i), {}));
        }
      });
    }
  }
  ASSERT_OK_ASSIGN(const Json after, parse_json(config(), "config"));
  EXPECT_NE(after.find("x"), nullptr);
  const Json* auths = after.find("auths");
  ASSERT_NE(auths, nullptr);
  for (int i = 0; i < kStores; ++i) {
    EXPECT_EQ(auths->find(registry(i)) != nullptr, i % 2 == 0) << i;
  }
  EXPECT_FALSE(directory_.has("docker/config.json.sealift.lock"));
}

TEST_F(LoginStoreTest, WhatOthersWriteWhileAHelperIsAskedStays) {
  const std::string meanwhile =
      R"({"auths":{"other.example":{"auth":"eDp5"}},"credHelpers":{"r.example":"slow"}})";
  put(R"({"credHelpers":{"r.example":"slow"}})");
  programs_.add("slow", "cat >/dev/null; echo '" + meanwhile + "' >'" + store_.path() + "'");
  ASSERT_OK(store());
  EXPECT_NE(config().find("other.example"), std::string::npos);
  EXPECT_NE(config().find("\"r.example\": {}"), std::string::npos);

  programs_.add("slow", "cat >/dev/null; echo '{}' >'" + store_.path() + "'");
  EXPECT_THAT(store(), fails_with(ErrorCode::kConflict, "names another helper"));
  EXPECT_EQ(config(), "{}\n");
}

TEST_F(LoginStoreTest, WithoutItsHelperNothingIsKept) {
  put(R"({"credsStore":"missing"})");
  EXPECT_THAT(store(),
              fails_with(ErrorCode::kNotFound, "docker-credential-missing is not on PATH"));
  programs_.add("missing", "echo full; exit 1");
  EXPECT_THAT(store(), fails_with(ErrorCode::kInvalidInput, "full"));
  EXPECT_EQ(config(), R"({"credsStore":"missing"})");
}

}  // namespace
}  // namespace sealift::logins
