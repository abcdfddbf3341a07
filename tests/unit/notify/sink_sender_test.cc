#include "sink_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_notification.h"
#include "support/fake_transport.h"
#include "support/faulty_file_system.h"
#include "support/manual_clock.h"

namespace sealift::notify {
namespace {

using Kind = SendOutcome::Kind;
using sealift::test::FakeAnswer;
using sealift::test::FakeTransport;
using sealift::test::FaultyFileSystem;
using sealift::test::ManualClock;
using sealift::test::SeenRequest;
using std::chrono::seconds;
using test::sample_event;
using testing::HasSubstr;
using testing::Not;

class Sender : public testing::Test {
 protected:
  Sender() {
    sink_.name = "s";
    sink_.url = "https://h.example/in";
  }

  SendOutcome send() {
    return SinkSender(sink_, files_, transport_, clock_).send(sample_event(), {});
  }

  FaultyFileSystem files_;
  ManualClock clock_;
  FakeAnswer answer_;
  FakeTransport transport_{[this](const SeenRequest&) { return answer_; }};
  Sink sink_;
};

TEST_F(Sender, PostsWithTheSecretsOfItsFiles) {
  files_.put("/s/token", "secret\r\n");
  files_.put("/s/ca", "PEM");
  sink_.token_file = "/s/token";
  sink_.ca_file = "/s/ca";
  sink_.proxy = "http://proxy:3128";
  EXPECT_EQ(send().kind, Kind::kDelivered);
  const auto request = transport_.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://h.example/in");
  EXPECT_EQ(request.headers.get("Authorization"), "Bearer secret");
  EXPECT_EQ(request.server->ca_pem, "PEM");
  EXPECT_EQ(request.server->proxy, "http://proxy:3128");
  files_.put("/s/token", "renewed");
  EXPECT_EQ(send().kind, Kind::kDelivered);
  EXPECT_EQ(transport_.requests().at(1).headers.get("Authorization"), "Bearer renewed");
}

struct StatusCase {
  int status;
  Kind kind;
};

TEST_F(Sender, TellsByTheStatusWhatToDo) {
  for (const auto& [status, kind] : std::vector<StatusCase>{{200, Kind::kDelivered},
                                                            {204, Kind::kDelivered},
                                                            {301, Kind::kRefused},
                                                            {400, Kind::kRefused},
                                                            {404, Kind::kRefused},
                                                            {422, Kind::kRefused},
                                                            {401, Kind::kTryAgain},
                                                            {403, Kind::kTryAgain},
                                                            {408, Kind::kTryAgain},
                                                            {429, Kind::kTryAgain},
                                                            {500, Kind::kTryAgain},
                                                            {503, Kind::kTryAgain}}) {
    answer_ = FakeAnswer::json(status, "{}");
    const auto outcome = send();
    EXPECT_EQ(outcome.kind, kind) << status;
    if (kind != Kind::kDelivered) {
      EXPECT_THAT(outcome.error, HasSubstr(std::to_string(status)));
    }
  }
  answer_ = FakeAnswer::json(429, "").with_header("Retry-After", "7");
  EXPECT_EQ(send().retry_after, seconds(7));
  answer_ = FakeAnswer::json(503, "").with_header("Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT");
  EXPECT_EQ(send().retry_after, seconds(60));
}

TEST_F(Sender, TakesTheHeadForTheAnswer) {
  answer_ = FakeAnswer::json(200, "a body that breaks off");
  transport_.cut_body(1, 3);
  EXPECT_EQ(send().kind, Kind::kDelivered);
  transport_.fail_request(1, Error(ErrorCode::kUnavailable, "no route to h.example"));
  const auto outcome = send();
  EXPECT_EQ(outcome.kind, Kind::kTryAgain);
  EXPECT_EQ(outcome.error, "no route to h.example");
}

TEST_F(Sender, WaitsForMissingSecrets) {
  sink_.token_file = "/s/token";
  EXPECT_THAT(send().error, HasSubstr("/s/token"));
  EXPECT_EQ(send().kind, Kind::kTryAgain);
  files_.put("/s/token", "\n");
  EXPECT_THAT(send().error, HasSubstr("/s/token is empty"));
  EXPECT_EQ(transport_.request_count(), 0u);
}

TEST_F(Sender, KeepsASecretUrlToItself) {
  const std::string secret = "https://hooks.example/services/T0/B0/secretsecret";
  files_.put("/s/url", secret + "?token=also\n");
  sink_.url.clear();
  sink_.url_file = "/s/url";
  EXPECT_EQ(send().kind, Kind::kDelivered);
  EXPECT_EQ(transport_.requests().at(0).url, secret + "?token=also");
  for (const auto& text : {"POST " + secret + ": the connection broke",
                           "POST " + secret + "?token=also: broke, " + secret}) {
    transport_.fail_request(1, Error(ErrorCode::kUnavailable, text));
    const auto outcome = send();
    EXPECT_THAT(outcome.error, Not(HasSubstr("secretsecret")));
    EXPECT_THAT(outcome.error, HasSubstr("POST the URL of /s/url: "));
  }
  files_.put("/s/url", "ftp://secretsecret");
  const auto outcome = send();
  EXPECT_EQ(outcome.kind, Kind::kTryAgain);
  EXPECT_THAT(outcome.error, Not(HasSubstr("secretsecret")));
}

TEST_F(Sender, SaysNothingWhereThereIsNothingToSay) {
  sink_.type = SinkType::kGitHub;
  sink_.url = "https://ghe.example/api/v3";
  EXPECT_EQ(send().kind, Kind::kNothingToSay);
  EXPECT_EQ(transport_.request_count(), 0u);
}

}  // namespace
}  // namespace sealift::notify
