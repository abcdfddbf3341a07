// docker's protocol of helper programs, with programs that keep it and programs that do not.
#include "support/credential_helpers.h"
#include "support/environment_variables.h"
#include "support/result_matchers.h"

#include <sealift/logins/credential_helper.h>

#include <gtest/gtest.h>

namespace sealift::logins {
namespace {

using test::fails_with;
using testing::HasSubstr;
using testing::Not;

class CredentialHelperTest : public testing::Test {
 protected:
  CredentialHelperTest() { variables_.set("PATH", programs_.search_path()); }
  CredentialHelper helper(const std::string& script) {
    programs_.add("test", script);
    return *CredentialHelper::find("test");
  }
  Result<oci::Credentials> get(const std::string& script) {
    return helper(script).get("r.example", {});
  }
  test::CredentialHelpers programs_;
  test::EnvironmentVariables variables_;
};

TEST_F(CredentialHelperTest, IsToldTheServerAndTellsTheLogin) {
  ASSERT_OK_ASSIGN(
      const auto found,
      get(R"sh([ "$1" = get ] && printf '{"Username":"ada","Secret":"of %s"}' "$(cat)")sh"));
  EXPECT_EQ(found.username, "ada");
  EXPECT_EQ(found.password, "of r.example");
  EXPECT_EQ(found.identity_token, "");
}

TEST_F(CredentialHelperTest, TheUserTokenMeansAnIdentityToken) {
  ASSERT_OK_ASSIGN(const auto found, get(R"(echo '{"Username":"<token>","Secret":"refresh"}')"));
  EXPECT_EQ(found.username, "");
  EXPECT_EQ(found.password, "");
  EXPECT_EQ(found.identity_token, "refresh");
}

TEST_F(CredentialHelperTest, HavingNoneIsNoError) {
  for (const auto* script : {"echo 'credentials not found in native keychain'; exit 1",
                             R"(echo '{"ServerURL":"r.example","Username":"","Secret":""}')"}) {
    ASSERT_OK_ASSIGN(const auto found, get(script));
    EXPECT_TRUE(found.empty()) << script;
  }
}

TEST_F(CredentialHelperTest, SaysWhichProgramFailedAndWhatItWrote) {
  const auto refused = get("echo 'the keychain is locked'; echo 'unlock it' >&2; exit 4");
  EXPECT_THAT(refused,
              fails_with(ErrorCode::kInvalidInput,
                         "/docker-credential-test cannot get the login for r.example (exit code "
                         "4): the keychain is locked; unlock it"));
  EXPECT_THAT(get("exit 1"), fails_with(ErrorCode::kInvalidInput, "does not say why"));
  EXPECT_THAT(get("printf '\\033]0;owned\\007'; exit 1"),
              fails_with(ErrorCode::kInvalidInput, "\\x1b]0;owned\\x07"));
}

TEST_F(CredentialHelperTest, AnAnswerOfAnotherKindIsNotShown) {
  for (const auto* script :
       {"echo hunter2", "echo '[\"hunter2\"]'", R"(echo '{"Username":"ada","Secret":["hunter2"]}')",
        R"(echo '{"Username":"ada","Secret":"hunter2"')", R"(echo '{"Secret":"hunter2"}')",
        R"(echo '{"Username":"ada","Secret":"hunter2"}'; exit 1)", "printf 'hunter2\\377'",
        "true"}) {
    const auto refused = get(script);
    ASSERT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "docker-credential-test")) << script;
    EXPECT_THAT(refused.error().message(), Not(HasSubstr("hunter2"))) << script;
  }
}

TEST_F(CredentialHelperTest, OutputIsLimited) {
  EXPECT_THAT(get("while :; do echo loud; done"),
              fails_with(ErrorCode::kInvalidInput, "wrote more than 65536 bytes"));
}

TEST_F(CredentialHelperTest, StoresAndErases) {
  programs_.add_keeper("keeper");
  ASSERT_OK_ASSIGN(const auto keeper, CredentialHelper::find("keeper"));
  ASSERT_OK(keeper.store("r.example", {"ada", "quo\"te", "", ""}, {}));
  ASSERT_OK_ASSIGN(const auto kept, keeper.get("r.example", {}));
  EXPECT_EQ(kept.username, "ada");
  EXPECT_EQ(kept.password, "quo\"te");
  ASSERT_OK(keeper.store("r.example", {"ada", "", "refresh", ""}, {}));
  ASSERT_OK_ASSIGN(const auto token, keeper.get("r.example", {}));
  EXPECT_EQ(token.identity_token, "refresh");
  ASSERT_OK(keeper.erase("r.example", {}));
  ASSERT_OK_ASSIGN(const auto none, keeper.get("r.example", {}));
  EXPECT_TRUE(none.empty());
}

TEST_F(CredentialHelperTest, AProgramThatRepeatsTheLoginIsNotQuoted) {
  const auto refused = helper("cat; echo ' is refused' >&2; exit 1")
                           .store("r.example", {"ada", "hunter2", "", ""}, {});
  EXPECT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "may hold the login and is not shown"));
  EXPECT_THAT(refused.error().message(), Not(HasSubstr("hunter2")));
}

TEST_F(CredentialHelperTest, TheNameIsNoPath) {
  for (const auto* name : {"", "../evil", "a/b", "-x", "a b", "a\nb"}) {
    EXPECT_THAT(CredentialHelper::find(name),
                fails_with(ErrorCode::kInvalidInput, "is no name of a helper program"))
        << name;
  }
  EXPECT_THAT(CredentialHelper::find("missing"),
              fails_with(ErrorCode::kNotFound, "docker-credential-missing is not on PATH"));
}

}  // namespace
}  // namespace sealift::logins
