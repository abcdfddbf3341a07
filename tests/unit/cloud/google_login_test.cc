#include "cloud_fixture.h"

#include "support/google_services.h"

#include <sealift/base/json.h>

namespace sealift::cloud {
namespace {

using test::FakeAnswer;
using test::GoogleServices;
using testing::ElementsAre;

class GoogleLogin : public CloudTest<GoogleServices> {
 protected:
  void use_federation(Json source, const std::string& impersonation = "") {
    Json document = Json::Object{{"type", "external_account"},
                                 {"audience", GoogleServices::kAudience},
                                 {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"},
                                 {"token_url", "https://sts.googleapis.com/v1/token"},
                                 {"credential_source", std::move(source)}};
    if (!impersonation.empty()) document.set("service_account_impersonation_url", impersonation);
    variables_["GOOGLE_APPLICATION_CREDENTIALS"] =
        directory_.write("configuration.json", dump_json(document));
  }
};

TEST_F(GoogleLogin, TheMachineIsAsked) {
  ASSERT_OK_ASSIGN(const auto login, log_in());
  EXPECT_EQ(login.username, "oauth2accesstoken");
  EXPECT_THAT(services_.asked(),
              ElementsAre("GET metadata.google.internal/computeMetadata/v1/instance/"
                          "service-accounts/default/token"));
}

TEST_F(GoogleLogin, TheMetadataHostMayBeAnother) {
  variables_["GCE_METADATA_HOST"] = "127.0.0.1:9";
  EXPECT_THAT(log_in(), test::fails_with(ErrorCode::kUnauthenticated, "http://127.0.0.1:9/"));
  variables_["GCE_METADATA_HOST"] = "evil.example/x?";
  expect_refused(ErrorCode::kInvalidInput, "GCE_METADATA_HOST is \"evil.example/x?\"");
}

TEST_F(GoogleLogin, AFederationTradesTheTokenInItsFile) {
  use_federation(Json::Object{{"file", directory_.write("token", services_.subject_token)}});
  ASSERT_OK(log_in());
  EXPECT_THAT(services_.asked(), ElementsAre("POST sts.googleapis.com/v1/token"));
}

TEST_F(GoogleLogin, AFederationMayActAsAServiceAccount) {
  const Json format = Json::Object{{"type", "json"}, {"subject_token_field_name", "id_token"}};
  use_federation(
      Json::Object{{"file", directory_.write("token", dump_json(Json::Object{
                                                          {"id_token", services_.subject_token}}))},
                   {"format", format}},
      GoogleServices::kImpersonation);
  ASSERT_OK(log_in());
  EXPECT_THAT(services_.asked(),
              ElementsAre("POST sts.googleapis.com/v1/token",
                          "POST iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
                          "puller@shop.iam.gserviceaccount.com:generateAccessToken"));
}

TEST_F(GoogleLogin, EachRefusalNamesStepPlaceAndRemedy) {
  use_federation(Json::Object{{"file", directory_.write("token", "other.token.0123456789")}},
                 GoogleServices::kImpersonation);
  expect_refused(ErrorCode::kUnauthenticated,
                 "cannot trade the token of this workload for one of Google at "
                 "https://sts.googleapis.com/v1/token (400 invalid_grant: Invalid value for "
                 "\"subject_token\": …): look whether the pool");
  directory_.write("token", services_.subject_token);
  services_.fail_next("iamcredentials.googleapis.com",
                      FakeAnswer::json(403, R"({"error":{"code":403,"message":"Permission denied",)"
                                            R"("status":"PERMISSION_DENIED"}})"));
  expect_refused(ErrorCode::kForbidden, "(403 PERMISSION_DENIED: Permission denied): give the");
}

TEST_F(GoogleLogin, WhatTheVariableNamesMustBeThere) {
  variables_["GOOGLE_APPLICATION_CREDENTIALS"] = directory_.file("missing");
  expect_refused(ErrorCode::kNotFound, "reading what GOOGLE_APPLICATION_CREDENTIALS names");
  use_federation(Json::Object{{"file", directory_.file("missing")}});
  expect_refused(ErrorCode::kUnauthenticated, "is not there");
  EXPECT_EQ(transport_.request_count(), 0u);
}

}  // namespace
}  // namespace sealift::cloud
