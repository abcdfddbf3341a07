#include <sealift/kube/status_error.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::kube {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Error from(int code, std::string_view status) {
  return error_from_answer(code, status, std::nullopt);
}

struct CodeCase {
  int http;
  ErrorCode code;
};
class StatusCode : public testing::TestWithParam<CodeCase> {};
TEST_P(StatusCode, BecomesAnErrorCode) {
  EXPECT_EQ(from(GetParam().http, "").code(), GetParam().code);
}
INSTANTIATE_TEST_SUITE_P(
    Table, StatusCode,
    testing::Values(CodeCase{400, ErrorCode::kInvalidInput},
                    CodeCase{401, ErrorCode::kUnauthenticated},
                    CodeCase{403, ErrorCode::kForbidden}, CodeCase{404, ErrorCode::kNotFound},
                    CodeCase{409, ErrorCode::kConflict}, CodeCase{410, ErrorCode::kConflict},
                    CodeCase{413, ErrorCode::kInvalidInput},
                    CodeCase{415, ErrorCode::kInvalidInput},
                    CodeCase{422, ErrorCode::kInvalidInput}, CodeCase{429, ErrorCode::kUnavailable},
                    CodeCase{500, ErrorCode::kUnavailable}, CodeCase{503, ErrorCode::kUnavailable},
                    CodeCase{302, ErrorCode::kInvalidInput}),
    [](const auto& tested) { return "Http" + std::to_string(tested.param.http); });

TEST(StatusError, NamesEachInvalidField) {
  const auto error = from(422, R"({"kind":"Status","code":422,"reason":"Invalid",
    "message":"Deployment.apps \"x\" is invalid: [spec.selector: Required value, …]",
    "details":{"causes":[
      {"reason":"FieldValueRequired","message":"Required value","field":"spec.selector"},
      {"reason":"FieldValueInvalid","message":"Invalid value: 0","field":"spec.replicas"}]}})");
  EXPECT_EQ(error.code(), ErrorCode::kInvalidInput);
  EXPECT_EQ(error.message(),
            "the API server refused it as invalid: spec.selector: Required value; "
            "spec.replicas: Invalid value: 0");
}

TEST(StatusError, CountsCausesBeyondTen) {
  std::string causes;
  for (int i = 0; i < 13; ++i) {
    causes +=
        std::string(i ? "," : "") + R"({"field":"f)" + std::to_string(i) + R"(","message":"bad"})";
  }
  const auto error =
      from(422, R"({"kind":"Status","message":"m","details":{"causes":[)" + causes + "]}}");
  EXPECT_THAT(error.message(),
              AllOf(HasSubstr("f9: bad"), Not(HasSubstr("f10")), HasSubstr("and 3 more")));
}

TEST(StatusError, ASchemaErrorIsNoOutage) {
  const auto error = from(500, R"({"kind":"Status","code":500,"message":"failed to create typed )"
                               R"(patch object (/x; apps/v1, Kind=Deployment): .spec.bar: field )"
                               R"(not declared in schema"})");
  EXPECT_EQ(error.code(), ErrorCode::kInvalidInput);
  EXPECT_EQ(error.message(),
            "the API server refused it as invalid: .spec.bar: field not declared in schema");
}

TEST(StatusError, NamesAdmissionPolicyAndItsMessage) {
  const auto error = from(422, R"({"kind":"Status","reason":"Invalid","message":"configmaps \"x\" )"
                               R"(is forbidden: ValidatingAdmissionPolicy 'few' with binding )"
                               R"('few-binding' denied request: no such key please","details":)"
                               R"({"causes":[{"message":"the same"}]}})");
  EXPECT_EQ(
      error.message(),
      "the ValidatingAdmissionPolicy \"few\" (binding \"few-binding\") denied it: no such key "
      "please");
}

TEST(StatusError, NamesAdmissionWebhookAndPutsItsParagraphsOnOneLine) {
  const auto error = from(400, R"({"kind":"Status","message":"admission webhook \"kyverno.svc\" )"
                               R"(denied the request: \n\nresource Pod/x was blocked\n\n  check: )"
                               R"(label 'team' is required"})");
  EXPECT_EQ(error.message(),
            "the admission webhook \"kyverno.svc\" denied it: resource Pod/x was blocked check: "
            "label 'team' is required");
  const auto silent = from(403, R"({"kind":"Status","message":"admission webhook \"w\" denied the )"
                                R"(request without explanation"})");
  EXPECT_EQ(silent.message(), "the admission webhook \"w\" denied it and gave no reason");
  EXPECT_EQ(silent.code(), ErrorCode::kForbidden);
}

TEST(StatusError, NamesManagerAndFieldsOfAConflict) {
  const auto error = from(409, R"({"kind":"Status","reason":"Conflict","message":"Apply failed",
    "details":{"causes":[
      {"reason":"FieldManagerConflict","message":"conflict with \"hpa\" using apps/v1","field":".spec.replicas"},
      {"reason":"FieldManagerConflict","message":"conflict with \"kubectl\"","field":".data.a"}]}})");
  EXPECT_EQ(error.code(), ErrorCode::kConflict);
  EXPECT_EQ(error.message(),
            "other field managers own what would be set: .spec.replicas is owned by \"hpa\"; "
            ".data.a is owned by \"kubectl\"");
}

TEST(StatusError, SaysHowToGrantAMissingPermission) {
  const auto own = from(403, R"({"kind":"Status","message":"configmaps is forbidden: User \"u\" )"
                             R"(cannot list resource \"configmaps\" in API group \"\""})");
  const auto account = from(403, R"({"kind":"Status","message":"configmaps is forbidden: User )"
                                 R"(\"system:serviceaccount:t:ghost\" cannot list resource"})");
  EXPECT_THAT(account.message(), HasSubstr("bound to this service account, or, if there is none"));
  EXPECT_THAT(own.message(), AllOf(HasSubstr("User \"u\" cannot list resource"),
                                   HasSubstr("allow it with a Role or ClusterRole")));
  for (const auto* verb : {"impersonate", "impersonate-on:serviceaccount:list"}) {
    const auto error = from(403, std::string(R"({"kind":"Status","message":"User \"u\" cannot )") +
                                     verb + R"( resource \"serviceaccounts\""})");
    EXPECT_THAT(error.message(), HasSubstr("the verb \"impersonate\" on serviceaccounts"));
  }
}

TEST(StatusError, TakesWhatIsNoStatus) {
  EXPECT_EQ(from(502, "<html>Bad\ngateway</html>").message(),
            "the server answered HTTP 502: <html>Bad gateway</html>");
  EXPECT_EQ(from(503, "").message(), "the server answered HTTP 503");
  EXPECT_EQ(from(404, R"({"kind":"Status"})").message(), "the API server answered 404");
  EXPECT_THAT(from(404, R"({"kind":"Status","message":7,"details":{"causes":{}}})").message(),
              HasSubstr("404"));
}

TEST(StatusError, MakesHostileTextPrintableAndShort) {
  const auto error = from(
      500, R"({"kind":"Status","message":"\u001b[31mred )" + std::string(100'000, 'x') + R"("})");
  EXPECT_THAT(error.message(), Not(HasSubstr("\x1b")));
  EXPECT_LT(error.message().size(), 2100u);
}

TEST(StatusError, KeepsTheServersPause) {
  EXPECT_EQ(error_from_answer(429, "", std::chrono::seconds(9)).retry_after(),
            std::chrono::seconds(9));
}

}  // namespace
}  // namespace sealift::kube
