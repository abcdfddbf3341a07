#include "cloud_fixture.h"

#include "support/aws_services.h"

namespace sealift::cloud {
namespace {

using test::AwsServices;
using test::FakeAnswer;
using testing::ElementsAre;

class AwsLogin : public CloudTest<AwsServices> {
 protected:
  AwsLogin() {
    variables_["AWS_ROLE_ARN"] = AwsServices::kRole;
    variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] =
        directory_.write("token", services_.web_identity + "\n");
    variables_["AWS_REGION"] = "eu-central-1";
  }
  void use_pod_identity() {
    variables_ = {
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"},
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", directory_.write("pod", services_.pod_token)}};
  }
};

TEST_F(AwsLogin, TradesTheWebIdentityForALoginOfTwelveHours) {
  ASSERT_OK_ASSIGN(const auto login, log_in());
  EXPECT_EQ(login.username, "AWS");
  EXPECT_THAT(services_.asked(), ElementsAre("POST sts.eu-central-1.amazonaws.com/",
                                             "POST api.ecr.eu-central-1.amazonaws.com/"));
}

TEST_F(AwsLogin, TheRegistrysRegionIsThatOfTheServiceWhereNoneIsSet) {
  variables_.erase("AWS_REGION");
  EXPECT_OK(log_in());
  variables_["AWS_REGION"] = "evil.example/";
  expect_refused(ErrorCode::kInvalidInput, "AWS_REGION is \"evil.example/\", which is no region");
}

TEST_F(AwsLogin, PodIdentityAsksTheAgent) {
  use_pod_identity();
  ASSERT_OK(log_in());
  EXPECT_THAT(services_.asked(), ElementsAre("GET 169.254.170.23/v1/credentials",
                                             "POST api.ecr.eu-central-1.amazonaws.com/"));
  HttpServerSettings without_proxy;
  without_proxy.direct = true;
  ASSERT_NE(transport_.requests().at(0).server, nullptr);
  EXPECT_EQ(*transport_.requests().at(0).server, without_proxy) << "nor the registry's CAs";
}

TEST_F(AwsLogin, TheAgentIsOnThisMachineOrAtHttps) {
  use_pod_identity();
  for (const auto* url :
       {"http://evil.example/", "http://169.254.170.23.evil.example/", "http://169.254.169.254/",
        "http://169.254.170.23@evil.example/", "http://localhostx/", "ftp://localhost/",
        "http://127.0.0.1:80x/", "https://evil.example@other.example/", "169.254.170.23"}) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
    expect_refused(ErrorCode::kInvalidInput, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    EXPECT_EQ(transport_.request_count(), 0u) << url;
  }
}

TEST_F(AwsLogin, EachRefusalNamesStepPlaceAndRemedy) {
  directory_.write("token", "another.token.0123456789");
  expect_refused(ErrorCode::kUnauthenticated,
                 "log in to 123456789012.dkr.ecr.eu-central-1.amazonaws.com as this workload "
                 "(aws): cannot assume the role arn:aws:iam::123456789012:role/puller by web "
                 "identity at https://sts.eu-central-1.amazonaws.com/ (400 InvalidIdentityToken: "
                 "No OpenIDConnect provider found for \"…\"): look whether the trust policy");
  directory_.write("token", services_.web_identity);
  variables_["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/other";
  expect_refused(ErrorCode::kForbidden, "(403 AccessDenied: Not authorized to perform");
  use_pod_identity();
  directory_.write("pod", "wrong.token.0123456789");
  expect_refused(ErrorCode::kUnauthenticated,
                 "cannot get the keys of this pod's role at http://169.254.170.23/v1/credentials "
                 "(400 InvalidToken: the token is not valid): look whether the Pod Identity agent");
}

TEST_F(AwsLogin, WrongKeysAreToldWithoutThem) {
  variables_ = {{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "a-secret-0123456789"}};
  expect_refused(ErrorCode::kUnauthenticated,
                 "cannot get a login for the registry at "
                 "https://api.ecr.eu-central-1.amazonaws.com/ (400 InvalidSignatureException");
  variables_.erase("AWS_SECRET_ACCESS_KEY");
  expect_refused(ErrorCode::kUnauthenticated, "are not both set");
}

TEST_F(AwsLogin, NothingIsAskedWithoutAnIdentity) {
  variables_.erase("AWS_ROLE_ARN");
  expect_refused(ErrorCode::kUnauthenticated, "only one of AWS_ROLE_ARN and");
  variables_.clear();
  expect_refused(ErrorCode::kUnauthenticated, "this workload has no identity at AWS: set");
  EXPECT_EQ(transport_.request_count(), 0u);
}

TEST_F(AwsLogin, AnAnswerThatIsNoneIsRefused) {
  services_.fail_next("sts.eu-central-1.amazonaws.com", FakeAnswer::json(200, "<Other/>"));
  expect_refused(ErrorCode::kInvalidInput, "by web identity at https://sts.eu-central-1");
  services_.fail_next("api.ecr.eu-central-1.amazonaws.com", FakeAnswer::json(200, "{}"));
  expect_refused(ErrorCode::kInvalidInput, "holds no authorizationData");
}

}  // namespace
}  // namespace sealift::cloud
