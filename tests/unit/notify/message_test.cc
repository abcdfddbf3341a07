#include "message.h"

#include <sealift/base/encoding.h>
#include <sealift/base/hmac.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_notification.h"
#include "support/result_matchers.h"

namespace sealift::notify {
namespace {

using test::sample;
using test::sample_event;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

Sink sink_of(SinkType type) {
  Sink sink;
  sink.name = "s";
  sink.type = type;
  return sink;
}

TEST(Message, SignsAWebhook) {
  const auto message = make_message(sink_of(SinkType::kWebhook),
                                    {"https://h.example/in", "token", "key"}, sample_event());
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->url, "https://h.example/in");
  EXPECT_THAT(message->headers, Contains(Pair("Content-Type", "application/json")));
  EXPECT_THAT(message->headers, Contains(Pair("Authorization", "Bearer token")));
  EXPECT_THAT(
      message->headers,
      Contains(Pair("X-Signature", "sha256=" + hex_encode(hmac_sha256("key", message->body)))));
  EXPECT_EQ(message->body,
            R"({"id":"0123456789abcdef","cluster":"edge-17","time":"2026-01-02T00:00:00Z",)"
            R"("severity":"error","reason":"Refused","delivery":{"namespace":"shop","name":"web"},)"
            R"("artifact":{"digest":"sha256:)" +
                std::string(64, 'a') + R"(","revision":"main@sha1:)" + std::string(40, 'b') +
                R"(","source":"https://github.com/octo/web.git"},"message":"no signature counts",)"
                R"("metadata":{"policy":"shop"}})");
  const auto unsigned_one =
      make_message(sink_of(SinkType::kWebhook), {"https://h.example/in", "", ""}, sample_event());
  EXPECT_EQ(unsigned_one->headers.size(), 1u);
}

TEST(Message, WritesCloudEvents) {
  const auto message =
      make_message(sink_of(SinkType::kCloudEvents), {"https://h.example", "", ""}, sample_event());
  ASSERT_TRUE(message.has_value());
  EXPECT_THAT(message->headers,
              Contains(Pair("Content-Type", "application/cloudevents+json; charset=utf-8")));
  ASSERT_OK_ASSIGN(const auto body, parse_json(message->body, "body"));
  EXPECT_EQ(body.string_at({"specversion"}), "1.0");
  EXPECT_EQ(body.string_at({"id"}), "0123456789abcdef");
  EXPECT_EQ(body.string_at({"source"}), "/sealift-puller/edge-17");
  EXPECT_EQ(body.string_at({"type"}), "dev.sealift.delivery.refused");
  EXPECT_EQ(body.string_at({"subject"}), "shop/web");
  EXPECT_EQ(body.string_at({"time"}), "2026-01-02T00:00:00Z");
  EXPECT_EQ(*body.find("data"), to_json(sample()));
  EXPECT_EQ(cloud_event_body(sample_event(sample(), "")).string_at({"source"}), "/sealift-puller");
}

TEST(Message, MakesSlackShowTextAsText) {
  auto notification = sample();
  notification.message = "<!channel> & <https://evil.example|click>";
  const auto body = slack_body(sample_event(notification));
  const auto text = dump_json(body);
  EXPECT_THAT(text, HasSubstr("&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;"));
  EXPECT_THAT(text, Not(HasSubstr("<!channel>")));
  EXPECT_EQ(body.string_at({"text"}), "error: Refused shop/web (edge-17)");
  const auto* blocks = body.find("blocks")->as_array();
  ASSERT_EQ(blocks->size(), 2u);
  EXPECT_EQ((*blocks)[0].string_at({"text", "type"}), "mrkdwn");
  EXPECT_EQ(*(*blocks)[0].find_path({"text", "verbatim"})->as_bool(), true);
  EXPECT_THAT(text, HasSubstr("revision: main@sha1:"));
  EXPECT_THAT(text, HasSubstr("policy: shop"));
}

TEST(Message, KeepsToWhatSlackTakes) {
  auto notification = sample();
  notification.message = std::string(2000, '&');
  notification.reason = std::string(500, '<');
  notification.metadata.assign(16, {std::string(500, '>'), std::string(500, '&')});
  const auto body = slack_body(sample_event(notification));
  const auto& blocks = *body.find("blocks")->as_array();
  EXPECT_LE(blocks[0].string_at({"text", "text"}).size(), 3000u);
  EXPECT_LE((*blocks[1].find("elements")->as_array())[0].string_at({"text"}).size(), 3000u);
  notification.message = std::string(1800, 'm');
  EXPECT_THAT(dump_json(slack_body(sample_event(notification))), HasSubstr(std::string(1800, 'm')));
}

TEST(Message, MakesTeamsShowTextAsText) {
  auto notification = sample();
  notification.message = "[click](https://evil.example)";
  const auto body = teams_body(sample_event(notification));
  EXPECT_EQ(body.string_at({"type"}), "message");
  const auto& attachment = (*body.find("attachments")->as_array())[0];
  EXPECT_EQ(attachment.string_at({"contentType"}), "application/vnd.microsoft.card.adaptive");
  const auto& lines = *attachment.find_path({"content", "body"})->as_array();
  for (const auto& line : lines) EXPECT_EQ(line.string_at({"type"}), "RichTextBlock");
  const auto& run = (*lines[1].find("inlines")->as_array())[0];
  EXPECT_EQ(run.string_at({"type"}), "TextRun");
  EXPECT_EQ(run.string_at({"text"}), "[click](https://evil.example)");
  EXPECT_EQ((*lines[0].find("inlines")->as_array())[0].string_at({"color"}), "Attention");
}

TEST(Notification, IsTheSameAfterTheQueue) {
  auto notification = sample();
  ASSERT_OK_ASSIGN(const auto again, notification_from_json(to_json(notification)));
  EXPECT_EQ(again, notification);
  notification = {};
  ASSERT_OK_ASSIGN(const auto empty, notification_from_json(to_json(notification)));
  EXPECT_EQ(empty, notification);
  for (const auto* name : {"time", "severity", "reason", "delivery", "artifact", "message"}) {
    auto json = to_json(sample());
    json.erase(name);
    EXPECT_THAT(notification_from_json(json),
                sealift::test::fails_with(ErrorCode::kInvalidInput, name));
  }
}

TEST(Notification, IsBounded) {
  auto notification = sample();
  notification.message = std::string(5000, 'x') + "\n";
  notification.reason = "a\x01\xff";
  notification.source = std::string(5000, 's');
  notification.metadata.assign(100, {std::string(5000, 'k'), "\x02"});
  const auto kept = bounded(notification);
  EXPECT_LT(kept.message.size(), 2010u);
  EXPECT_EQ(kept.reason, "a\\x01\\xff");
  EXPECT_LT(kept.source.size(), 520u);
  EXPECT_EQ(kept.metadata.size(), 16u);
  EXPECT_LT(kept.metadata[0].first.size(), 520u);
  EXPECT_EQ(kept.metadata[0].second, "\\x02");
  EXPECT_EQ(bounded(sample()), sample());
}

}  // namespace
}  // namespace sealift::notify
