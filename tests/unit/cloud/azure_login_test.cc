#include "cloud_fixture.h"

#include "support/azure_services.h"

namespace sealift::cloud {
namespace {

using test::AzureServices;
using test::FakeAnswer;
using testing::ElementsAre;

class AzureLogin : public CloudTest<AzureServices> {
 protected:
  AzureLogin() {
    variables_["AZURE_TENANT_ID"] = "11111111-1111-1111-1111-111111111111";
    variables_["AZURE_CLIENT_ID"] = "22222222-2222-2222-2222-222222222222";
    variables_["AZURE_FEDERATED_TOKEN_FILE"] = directory_.write("token", services_.federated_token);
  }
};

TEST_F(AzureLogin, TradesTheFederatedTokenForARefreshToken) {
  variables_["AZURE_AUTHORITY_HOST"] = "https://login.microsoftonline.com/";
  ASSERT_OK_ASSIGN(const auto login, log_in());
  EXPECT_EQ(login.password, "");
  EXPECT_NE(login.identity_token, "");
  EXPECT_THAT(services_.asked(),
              ElementsAre("POST login.microsoftonline.com/11111111-1111-1111-1111-111111111111/"
                          "oauth2/v2.0/token",
                          "POST shop.azurecr.io/oauth2/exchange"));
}

TEST_F(AzureLogin, TheFileIsReadAnewEachTime) {
  ASSERT_OK(log_in());
  services_.federated_token = "a.newer.token-0123456789";
  directory_.write("token", services_.federated_token);
  EXPECT_OK(log_in()) << "nobody had the first login open any more";
}

TEST_F(AzureLogin, WithoutAFileTheMachineIsAsked) {
  variables_.clear();
  ASSERT_OK(log_in());
  EXPECT_THAT(services_.asked(), ElementsAre("GET 169.254.169.254/metadata/identity/oauth2/token",
                                             "POST shop.azurecr.io/oauth2/exchange"));
}

TEST_F(AzureLogin, EachRefusalNamesStepPlaceAndRemedy) {
  directory_.write("token", "another.token.0123456789");
  expect_refused(
      ErrorCode::kUnauthenticated,
      "log in to shop.azurecr.io as this workload (azure): cannot trade the federated token for "
      "one of Microsoft Entra at https://login.microsoftonline.com/"
      "11111111-1111-1111-1111-111111111111/oauth2/v2.0/token (401 invalid_client: AADSTS700213: "
      "No matching federated identity record found for presented assertion '…'.): look whether");
  directory_.write("token", services_.federated_token);
  services_.has_role = false;
  expect_refused(ErrorCode::kUnauthenticated,
                 "for a login at the registry at https://shop.azurecr.io/oauth2/exchange (401 "
                 "UNAUTHORIZED: authentication required): give the identity the role AcrPull");
}

TEST_F(AzureLogin, HalfAnIdentityIsNone) {
  variables_.erase("AZURE_TENANT_ID");
  expect_refused(ErrorCode::kUnauthenticated,
                 "AZURE_FEDERATED_TOKEN_FILE is set and AZURE_TENANT_ID is not: label the pod");
  variables_["AZURE_TENANT_ID"] = "t";
  variables_["AZURE_FEDERATED_TOKEN_FILE"] = directory_.file("missing");
  expect_refused(ErrorCode::kUnauthenticated, "is not there: mount the service account's");
  variables_["AZURE_FEDERATED_TOKEN_FILE"] = directory_.write("two", "one two");
  expect_refused(ErrorCode::kInvalidInput, "holds more than a token");
  variables_["AZURE_FEDERATED_TOKEN_FILE"] = directory_.write("none", "\n");
  expect_refused(ErrorCode::kUnauthenticated, "is empty");
  EXPECT_EQ(transport_.request_count(), 0u);
}

TEST_F(AzureLogin, TheAuthorityIsAskedOverHttpsAlone) {
  for (const auto* host : {"http://login.microsoftonline.com", "login.microsoftonline.com",
                           "https://user@evil.example", "https://", "https://a:8443/"}) {
    variables_["AZURE_AUTHORITY_HOST"] = host;
    expect_refused(ErrorCode::kInvalidInput, "AZURE_AUTHORITY_HOST");
  }
  EXPECT_EQ(transport_.request_count(), 0u);
}

TEST_F(AzureLogin, AnAnswerThatIsNoneIsRefused) {
  for (const auto* body :
       {"{}", "<html>", R"({"refresh_token":"no.token"})", R"({"refresh_token":"two words"})"}) {
    services_.fail_next("shop.azurecr.io", FakeAnswer::json(200, body));
    expect_refused(ErrorCode::kInvalidInput, "https://shop.azurecr.io/oauth2/exchange: ");
  }
}

}  // namespace
}  // namespace sealift::cloud
