// How a service's answer is told.
#include "service_question.h"

#include "support/fake_transport.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

#include <sealift/base/file_system.h>

#include <gtest/gtest.h>

namespace sealift::cloud {
namespace {

using test::fails_with;
using test::FakeAnswer;

class ServiceQuestionTest : public testing::Test {
 protected:
  Result<std::string> ask_for(FakeAnswer answer, std::vector<std::string> secrets = {}) {
    answer_ = std::move(answer);
    return ask({"do the step", "set the variable",
                post_form("https://service.example/path?key=hidden", {{"a", "b c"}}, workload_),
                std::move(secrets)},
               workload_, {});
  }

  FakeAnswer answer_;
  test::FakeTransport transport_{[this](const test::SeenRequest&) { return answer_; }};
  test::ManualClock clock_;
  Workload workload_{transport_, system_files(), clock_,
                     [](const std::string&) { return std::string(); }};
};

TEST_F(ServiceQuestionTest, GivesTheBody) {
  EXPECT_EQ(ask_for(FakeAnswer::json(200, "body")), std::string("body"));
  EXPECT_EQ(transport_.requests().at(0).body, "a=b%20c");
}

TEST_F(ServiceQuestionTest, EachStatusHasItsCodeAndItsAdvice) {
  const std::vector<std::pair<int, ErrorCode>> table = {
      {301, ErrorCode::kInvalidInput},    {400, ErrorCode::kUnauthenticated},
      {401, ErrorCode::kUnauthenticated}, {403, ErrorCode::kForbidden},
      {404, ErrorCode::kUnauthenticated}, {405, ErrorCode::kInvalidInput}};
  for (const auto& [status, code] : table) {
    EXPECT_THAT(ask_for(FakeAnswer::json(status, "")),
                fails_with(code, "cannot do the step at https://service.example/path (" +
                                     std::to_string(status)));
    EXPECT_THAT(ask_for(FakeAnswer::json(status, "")), fails_with(code, ": set the variable"));
  }
  EXPECT_THAT(ask_for(FakeAnswer::json(302, "").with_header("Location", "https://evil.example/")),
              fails_with(ErrorCode::kInvalidInput, "redirects are not followed"));
  EXPECT_THAT(transport_.request_lines(),
              testing::Each("POST https://service.example/path?key=hidden"));
}

TEST_F(ServiceQuestionTest, WhatIsAwayMayComeBack) {
  for (const int status : {408, 429, 500, 503}) {
    const auto away = ask_for(FakeAnswer::json(status, "").with_header("Retry-After", "7"));
    EXPECT_THAT(away, fails_with(ErrorCode::kUnavailable, "try again later"));
    EXPECT_EQ(away.error().retry_after(), std::chrono::seconds(7));
  }
  EXPECT_THAT(
      ask_for(FakeAnswer::failure(ErrorCode::kUnavailable, "no connection")),
      fails_with(ErrorCode::kUnavailable, "cannot do the step: no connection: set the variable"));
  EXPECT_THAT(ask_for(FakeAnswer::failure(ErrorCode::kCancelled, "the deadline passed")),
              fails_with(ErrorCode::kUnavailable, "the deadline passed"));
}

TEST_F(ServiceQuestionTest, ALongAnswerIsRefused) {
  EXPECT_THAT(ask_for(FakeAnswer::json(200, std::string((128u << 10) + 1, ' '))),
              fails_with(ErrorCode::kInvalidInput, "131072"));
}

TEST_F(ServiceQuestionTest, SaysWhatTheServiceSaid) {
  const std::vector<std::pair<const char*, const char*>> table = {
      {R"({"error":"invalid_grant","error_description":"line one\r\nline two"})",
       "(400 invalid_grant: line one)"},
      {R"({"error":{"status":"DENIED","message":"m"}})", "(400 DENIED: m)"},
      {R"({"errors":[{"code":"C","message":"m"}]})", "(400 C: m)"},
      {R"({"__type":"T","message":"m"})", "(400 T: m)"},
      {R"({"Code":"T","Message":"m"})", "(400 T: m)"},
      {"<ErrorResponse><Error><Code>C</Code><Message>m</Message></Error></ErrorResponse>",
       "(400 C: m)"},
      {R"({"errors":[]})", "(400)"},
      {"<html><body>no</body></html>", "(400)"},
      {R"({"error":"\u001b[31m"})", "(400 \\x1b[31m)"}};
  for (const auto& [body, part] : table) {
    EXPECT_THAT(ask_for(FakeAnswer::json(400, body)),
                fails_with(ErrorCode::kUnauthenticated, part));
  }
}

TEST_F(ServiceQuestionTest, SecretsAreTakenOutOfWhatItSaid) {
  const std::string secret = "eyJhbGciOiJ.eyJzdWIi.c2lnbmF0dXJl";
  EXPECT_EQ(without_secrets("token '" + secret + "' is bad", {secret}), "token '…' is bad");
  EXPECT_EQ(without_secrets("begins " + secret.substr(0, 15) + "...", {secret}), "begins …...");
  EXPECT_EQ(without_secrets("short and clean", {secret, ""}), "short and clean");
  EXPECT_EQ(without_secrets("", {secret}), "");
  const auto refused = ask_for(
      FakeAnswer::json(400, R"({"error":"x","error_description":")" + secret + "\"}"), {secret});
  EXPECT_THAT(refused, fails_with(ErrorCode::kUnauthenticated, "(400 x: …)"));
}

}  // namespace
}  // namespace sealift::cloud
