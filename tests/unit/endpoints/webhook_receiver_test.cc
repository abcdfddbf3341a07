#include <sealift/base/encoding.h>
#include <sealift/base/hmac.h>
#include <sealift/endpoints/webhook_receiver.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/faulty_file_system.h"
#include "support/manual_clock.h"

namespace sealift::endpoints {
namespace {

using sealift::test::FaultyFileSystem;
using sealift::test::ManualClock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kSecret = "a secret of some length";
const std::string kBody = R"({"repository":"r.example/a","tag":"v1"})";

std::string signature(const std::string& secret, const std::string& body) {
  return "sha256=" + hex_encode(hmac_sha256(secret, body));
}

Request post(std::string path, std::string body, std::string header = "", std::string value = "") {
  Request request;
  request.method = "POST";
  request.path = std::move(path);
  request.body = std::move(body);
  request.peer = "192.0.2.7";
  if (!header.empty()) request.headers.add(std::move(header), std::move(value));
  return request;
}

class Receiver : public testing::Test {
 protected:
  // The lines that were written.
  class Lines : public ByteSink {
   public:
    Result<> write(std::string_view bytes) override {
      lines.emplace_back(bytes);
      return {};
    }
    std::vector<std::string> lines;
  };

  Receiver() {
    for (const auto* name : {"generic", "github", "harbor", "hub", "acr", "gitlab", "events"}) {
      files_.put("/secrets/" + std::string(name), kSecret + "\n");
    }
  }

  int status(const Request& request) { return receiver_.answer(request).status; }

  FaultyFileSystem files_;
  ManualClock clock_;
  std::shared_ptr<Lines> log_ = std::make_shared<Lines>();
  std::vector<std::string> pushed_;
  std::vector<std::string> counted_;
  WebhookReceiver receiver_{
      {"/secrets", 3, std::chrono::milliseconds(1000)},
      files_,
      clock_,
      Logger::to_sink(log_, LogFormat::kText, LogLevel::kInfo),
      [this](const Push& push) { pushed_.push_back(push.repository + ":" + push.tag); },
      [this](WebhookKind kind, WebhookOutcome outcome) {
        counted_.push_back(std::string(to_string(kind)) + " " + std::string(to_string(outcome)));
      }};
};

TEST_F(Receiver, PassesOnWhatIsSigned) {
  const auto response =
      receiver_.answer(post("/hook/generic", kBody, "X-Signature", signature(kSecret, kBody)));
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, "");
  EXPECT_THAT(pushed_, ElementsAre("r.example/a:v1"));
  EXPECT_THAT(counted_, ElementsAre("generic accepted"));
}

TEST_F(Receiver, StrangersDoNotFillTheLog) {
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(status(post("/hook/generic", kBody)), 403);
  EXPECT_EQ(log_->lines.size(), 1u);
  EXPECT_EQ(counted_.size(), 1000u);
  clock_.advance(std::chrono::seconds(10));
  EXPECT_EQ(status(post("/hook/harbor", kBody)), 403);
  ASSERT_EQ(log_->lines.size(), 2u);
  EXPECT_THAT(log_->lines[1], HasSubstr("name=harbor"));
  EXPECT_THAT(log_->lines[1], HasSubstr("untold=999"));
}

TEST_F(Receiver, TakesTheProofThatEachKindCanGive) {
  const std::string empty = "{}";
  const auto with = [&](std::string path, std::string header, std::string value) {
    return status(post(std::move(path), empty, std::move(header), std::move(value)));
  };
  EXPECT_EQ(with("/hook/github", "X-Hub-Signature-256", signature(kSecret, empty)), 202);
  EXPECT_EQ(with("/hook/github", "Authorization", kSecret), 403);
  EXPECT_EQ(with("/hook/harbor", "Authorization", kSecret), 202);
  EXPECT_EQ(with("/hook/distribution/harbor", "Authorization", "Bearer " + kSecret), 202);
  EXPECT_EQ(with("/hook/gitlab", "X-Gitlab-Token", kSecret), 202);
  EXPECT_EQ(with("/hook/gitlab", "Authorization", "Bearer " + kSecret), 202);
  EXPECT_EQ(with("/hook/cloudevents/events", "X-Signature", signature(kSecret, empty)), 202);
  EXPECT_EQ(with("/hook/cloudevents/events", "Authorization", "Bearer " + kSecret), 202);
  auto request = post("/hook/dockerhub/hub", empty);
  request.query = "token=a%20secret+of%20some+length";
  EXPECT_EQ(status(request), 202);
  request.path = "/hook/quay/hub";
  EXPECT_EQ(status(request), 202);
  request.path = "/hook/acr";
  EXPECT_EQ(status(request), 202);
  request.path = "/hook/harbor";
  EXPECT_EQ(status(request), 403) << "a URL is no place for it where a header can be set";
  EXPECT_THAT(pushed_, IsEmpty());
}

TEST_F(Receiver, SaysTheSameToAllStrangers) {
  const auto good = signature(kSecret, kBody);
  auto broken = good;
  broken.back() = broken.back() == '0' ? '1' : '0';
  files_.put("/secrets/empty", "\n\n");
  files_.put("/secrets/short", "123456789012345\n");
  const std::vector<Request> strangers = {
      post("/hook/generic", kBody),
      post("/hook/generic", kBody, "X-Signature", ""),
      post("/hook/generic", kBody, "X-Signature", broken),
      post("/hook/generic", kBody, "X-Signature", good.substr(0, good.size() - 2)),
      post("/hook/generic", kBody, "X-Signature", good.substr(7)),
      post("/hook/generic", kBody, "X-Signature", "sha256=zz"),
      post("/hook/generic", kBody + " ", "X-Signature", good),
      post("/hook/generic", kBody, "Authorization", kSecret),
      post("/hook/generic/unknown", kBody, "X-Signature", good),
      post("/hook/generic/empty", kBody, "X-Signature", signature("", kBody)),
      post("/hook/generic/short", kBody, "X-Signature", signature("123456789012345", kBody)),
      post("/hook/harbor", kBody, "Authorization", ""),
      post("/hook/harbor", kBody, "Authorization", kSecret + "\n"),
  };
  for (const auto& request : strangers) {
    const auto response = receiver_.answer(request);
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.body, "");
    EXPECT_TRUE(response.headers.fields().empty());
  }
  EXPECT_THAT(pushed_, IsEmpty());
  EXPECT_EQ(std::count(counted_.begin(), counted_.end(), "generic refused"), 11);
  EXPECT_EQ(std::count(counted_.begin(), counted_.end(), "harbor refused"), 2);
  EXPECT_EQ(counted_.size(), 13u);
}

TEST_F(Receiver, HasOnlyHooks) {
  auto get = post("/hook/generic", kBody, "X-Signature", signature(kSecret, kBody));
  get.method = "GET";
  EXPECT_EQ(status(get), 404);
  files_.put("/outside", kSecret);
  for (const auto* path :
       {"/", "/hook", "/hook/", "/hook/other", "/hook/generic/", "/hook/generic/a/b",
        "/hook/generic/..", "/hook/generic/../outside", "/hook/generic/..%2foutside",
        "/hook/generic/.hidden", "//hook/generic"}) {
    EXPECT_EQ(status(post(path, kBody, "X-Signature", signature(kSecret, kBody))), 404) << path;
  }
  EXPECT_THAT(counted_, IsEmpty());
}

TEST_F(Receiver, ReadsSecretsAnew) {
  const auto request = post("/hook/generic", kBody, "X-Signature", signature(kSecret, kBody));
  const std::string next = "the secret that comes next";
  const auto renewed = post("/hook/generic", kBody, "X-Signature", signature(next, kBody));
  EXPECT_EQ(status(request), 202);
  EXPECT_EQ(status(renewed), 403);
  files_.put("/secrets/generic", kSecret + "\r\n" + next);
  EXPECT_EQ(status(request), 202);
  EXPECT_EQ(status(renewed), 202);
  clock_.advance(std::chrono::seconds(10));
  files_.put("/secrets/generic", next);
  EXPECT_EQ(status(request), 403);
  EXPECT_EQ(status(renewed), 202);
  files_.fail_call(1, Error(ErrorCode::kIo, "the disk failed"));
  EXPECT_EQ(status(renewed), 403);
}

TEST_F(Receiver, LimitsEachSenderAlone) {
  const auto request = post("/hook/generic", kBody, "X-Signature", signature(kSecret, kBody));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(status(post("/hook/generic", kBody)), 403);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status(request), 202) << "strangers use nothing up";
  const auto limited = receiver_.answer(request);
  EXPECT_EQ(limited.status, 429);
  EXPECT_TRUE(limited.headers.get("Retry-After").has_value());
  EXPECT_EQ(pushed_.size(), 3u);
  EXPECT_EQ(counted_.back(), "generic limited");
  EXPECT_EQ(status(post("/hook/harbor", "{}", "Authorization", kSecret)), 202);
  clock_.advance(std::chrono::milliseconds(1500));
  EXPECT_EQ(status(request), 202);
  EXPECT_EQ(status(request), 429);
  clock_.advance(std::chrono::hours(24));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status(request), 202);
  EXPECT_EQ(status(request), 429);
}

TEST_F(Receiver, TellsAKnownSenderWhatIsWrong) {
  const auto response = receiver_.answer(post("/hook/harbor", "{", "Authorization", kSecret));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("the webhook"));
  EXPECT_THAT(counted_, ElementsAre("harbor invalid"));
}

TEST_F(Receiver, ShakesHandsWithEventGrid) {
  auto validation = post("/hook/acr",
                         R"([{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent",)"
                         R"("data":{"validationCode":"a\"b"}}])",
                         "Authorization", kSecret);
  const auto response = receiver_.answer(validation);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, R"({"validationResponse":"a\"b"})");

  auto options =
      post("/hook/cloudevents/events", "", "WebHook-Request-Origin", "eventgrid.azure.net");
  options.method = "OPTIONS";
  EXPECT_EQ(status(options), 403);
  options.headers.add("Authorization", kSecret);
  const auto agreed = receiver_.answer(options);
  EXPECT_EQ(agreed.status, 200);
  EXPECT_EQ(agreed.headers.get("WebHook-Allowed-Origin"), "eventgrid.azure.net");
  options.path = "/hook/harbor";
  EXPECT_EQ(status(options), 404);
}

}  // namespace
}  // namespace sealift::endpoints
