#include <sealift/notify/configuration.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_notification.h"
#include "support/result_matchers.h"

namespace sealift::notify {
namespace {

using sealift::test::fails_with;
using test::sample;

Result<Configuration> parse(const std::string& sinks, const std::string& more = "") {
  SEALIFT_ASSIGN(const auto json,
                 parse_json(R"({"apiVersion":"sealift.dev/v1alpha1","kind":"Notifications",)"
                            R"("metadata":{"name":"x"},"spec":{)" +
                                more + R"("sinks":[)" + sinks + "]}}",
                            "test"));
  return parse_configuration(json);
}

TEST(NotifyConfiguration, ReadsEveryField) {
  ASSERT_OK_ASSIGN(
      const auto configuration,
      parse(R"({"name":"ops","type":"webhook","url":"https://h.example/in","tokenFile":"/t",)"
            R"("hmacKeyFile":"/k","caFile":"/ca","proxy":"http://p:3128","events":["Refused"],)"
            R"("deliveries":["shop/*"],"minSeverity":"warning"},)"
            R"({"name":"chat","type":"slack","urlFile":"/u"},)"
            R"({"name":"hub","type":"github","tokenFile":"/t"},)"
            R"({"name":"lab","type":"gitlab","tokenFile":"/t","url":"https://gitlab.example"})",
            R"("cluster":"edge-17",)"));
  EXPECT_EQ(configuration.cluster, "edge-17");
  ASSERT_EQ(configuration.sinks.size(), 4u);
  const auto& ops = configuration.sinks[0];
  EXPECT_EQ(ops.name, "ops");
  EXPECT_EQ(ops.type, SinkType::kWebhook);
  EXPECT_EQ(ops.url, "https://h.example/in");
  EXPECT_EQ(ops.token_file, "/t");
  EXPECT_EQ(ops.hmac_key_file, "/k");
  EXPECT_EQ(ops.ca_file, "/ca");
  EXPECT_EQ(ops.proxy, "http://p:3128");
  EXPECT_EQ(ops.events, std::vector<std::string>{"Refused"});
  EXPECT_EQ(ops.deliveries, std::vector<std::string>{"shop/*"});
  EXPECT_EQ(ops.min_severity, Severity::kWarning);
  EXPECT_EQ(configuration.sinks[1].url_file, "/u");
  EXPECT_EQ(configuration.sinks[2].url, "https://api.github.com");
  EXPECT_EQ(configuration.sinks[3].url, "https://gitlab.example");
}

struct BadCase {
  std::string sink;
  std::string part;
};

TEST(NotifyConfiguration, NamesWhatIsWrong) {
  const std::vector<BadCase> cases = {
      {R"({"type":"slack","url":"https://h"})", "name: is required"},
      {R"({"name":"A","type":"slack","url":"https://h"})", "name: must be"},
      {R"({"name":"a","type":"mail","url":"https://h"})", "\"mail\" is none of webhook"},
      {R"({"name":"a","type":"slack"})", "url: is required, or urlFile"},
      {R"({"name":"a","type":"slack","url":"https://h","urlFile":"/u"})", "excludes url"},
      {R"({"name":"a","type":"slack","url":"ftp://h"})", "url"},
      {R"({"name":"a","type":"slack","url":"https://u:p@h"})", "credentials"},
      {R"({"name":"a","type":"github"})", "tokenFile: is required"},
      {R"({"name":"a","type":"slack","url":"https://h","hmacKeyFile":"/k"})",
       "hmacKeyFile: is for"},
      {R"({"name":"a","type":"slack","url":"https://h","minSeverity":"fatal"})", "minSeverity"},
      {R"({"name":"a","type":"slack","url":"https://h","token":"x"})", "token"},
      {R"({"name":"a","type":"slack","url":"https://h"},{"name":"a","type":"teams","url":"https://h"})",
       "name \"a\" twice"},
  };
  for (const auto& [sink, part] : cases) {
    EXPECT_THAT(parse(sink), fails_with(ErrorCode::kInvalidInput, part)) << sink;
  }
  std::string many;
  for (int i = 0; i < 17; ++i) {
    many += std::string(i == 0 ? "" : ",") + R"({"name":"s)" + std::to_string(i) +
            R"(","type":"slack","url":"https://h"})";
  }
  EXPECT_THAT(parse(many), fails_with(ErrorCode::kInvalidInput, "more than 16"));
  ASSERT_OK_ASSIGN(const auto other, parse_json(R"({"apiVersion":"v1","kind":"Secret"})", "test"));
  EXPECT_THAT(parse_configuration(other), fails_with(ErrorCode::kInvalidInput, "apiVersion"));
}

TEST(NotifyConfiguration, ChoosesWhatASinkWants) {
  Sink sink;
  EXPECT_TRUE(sink.wants(sample()));
  sink.min_severity = Severity::kError;
  EXPECT_TRUE(sink.wants(sample("web", Severity::kError)));
  EXPECT_FALSE(sink.wants(sample("web", Severity::kWarning)));
  sink.events = {"Refused", "RolledBack"};
  EXPECT_TRUE(sink.wants(sample()));
  EXPECT_FALSE(sink.wants(sample("web", Severity::kError, "ApplyFailed")));
  const auto wants = [&](std::vector<std::string> patterns) {
    sink.deliveries = std::move(patterns);
    return sink.wants(sample());
  };
  for (const auto* pattern :
       {"*", "shop/web", "shop/*", "*/web", "s*w*b", "**", "shop/web*", "*b"}) {
    EXPECT_TRUE(wants({"other", pattern})) << pattern;
  }
  for (const auto* pattern : {"", "web", "shop", "shop/w", "shop/web2", "*a", "s*x*b"}) {
    EXPECT_FALSE(wants({pattern})) << pattern;
  }
  // Neither does a pattern of many stars take long.
  EXPECT_FALSE(wants({std::string(5000, '*') + "x"}));
}

}  // namespace
}  // namespace sealift::notify
