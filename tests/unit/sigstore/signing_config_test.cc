#include "support/json_mutations.h"
#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/base/json.h>
#include <sealift/sigstore/signing_config.h>

#include <gtest/gtest.h>

namespace sealift::sigstore {
namespace {

using sealift::test::fails_with;
using sealift::test::mutations_of;
using sealift::test::test_data;
using Selector = ServiceSelection::Selector;

constexpr const char* kTargets = "sigstore/tuf/targets/";

Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }

const Timestamp kNow = at("2026-06-01T00:00:00Z");

Result<SigningConfig> read(const std::string& name) {
  return parse_signing_config(test_data(kTargets + name), name);
}

Service service(std::string url, std::uint32_t version, std::string_view start,
                std::string operator_name) {
  return {std::move(url), version, {at(start), std::nullopt}, std::move(operator_name)};
}

std::string urls(const Result<std::vector<Service>>& services) {
  if (!services) return services.error().message();
  std::string text;
  for (const auto& each : *services) text += (text.empty() ? "" : " ") + each.url;
  return text;
}

TEST(SigningConfig, ReadsThePublicOnes) {
  ASSERT_OK_ASSIGN(const auto recent, read("signing_config_rekor_v2.v0.2.json"));
  ASSERT_EQ(recent.transparency_logs.size(), 2u);
  EXPECT_EQ(recent.transparency_logs[0], service("https://log2025-1.rekor.sigstore.dev", 2,
                                                 "2026-01-01T00:00:00Z", "sigstore.dev"));
  EXPECT_EQ(recent.certificate_authorities[0].url, "https://fulcio.sigstore.dev");
  EXPECT_EQ(recent.identity_providers[0].url, "https://oauth2.sigstore.dev/auth");
  EXPECT_EQ(recent.timestamp_authorities[0].url, "https://timestamp.sigstore.dev/api/v1/timestamp");
  EXPECT_EQ(recent.log_selection.selector, Selector::kAny);
  EXPECT_OK(read("signing_config.v0.2.json"));

  ASSERT_OK_ASSIGN(const auto old, read("signing_config.json"));
  EXPECT_EQ(old.certificate_authorities[0].url, "https://fulcio.sigstore.dev");
  EXPECT_EQ(old.transparency_logs[0].url, "https://rekor.sigstore.dev");
  EXPECT_EQ(old.transparency_logs[0].api_version, 1u);
  EXPECT_TRUE(old.timestamp_authorities.empty());
}

TEST(SigningConfig, PrefersTheHighestVersionThatIsSupported) {
  ASSERT_OK_ASSIGN(const auto config, read("signing_config_rekor_v2.v0.2.json"));
  const auto logs = [&](const std::vector<std::uint32_t>& supported, Timestamp time) {
    return urls(select_services(config.transparency_logs, config.log_selection, supported, time,
                                "transparency log"));
  };
  EXPECT_EQ(logs({1, 2}, kNow), "https://log2025-1.rekor.sigstore.dev");
  EXPECT_EQ(logs({2, 1}, kNow), "https://log2025-1.rekor.sigstore.dev");
  EXPECT_EQ(logs({1}, kNow), "https://rekor.sigstore.dev");
  EXPECT_EQ(logs({1, 2}, at("2025-12-31T23:59:59Z")), "https://rekor.sigstore.dev");
  EXPECT_EQ(logs({3}, kNow),
            "the signing config has no transparency log that is valid at 2026-06-01T00:00:00Z and "
            "has an API of version 3");
  ASSERT_OK_ASSIGN(const auto authority, select_service(config.certificate_authorities, {1}, kNow,
                                                        "certificate authority"));
  EXPECT_EQ(authority.url, "https://fulcio.sigstore.dev");
  EXPECT_THAT(select_service({}, {1}, kNow, "certificate authority"),
              fails_with(ErrorCode::kNotFound));
}

TEST(SigningConfig, ChoosesOneServiceOfEachOperator) {
  const std::vector<Service> services = {
      service("https://a-old", 1, "2024-01-01T00:00:00Z", "a"),
      service("https://b", 1, "2025-06-01T00:00:00Z", "b"),
      service("https://a-new", 1, "2025-01-01T00:00:00Z", "a"),
      service("https://a-same", 1, "2025-01-01T00:00:00Z", "a"),
      service("https://a-future", 1, "2027-01-01T00:00:00Z", "a"),
      service("https://c-unreleased", 0, "2025-01-01T00:00:00Z", "c"),
      {"https://d-always", 1, {}, "d"},
      {"https://e-ended", 1, {std::nullopt, at("2026-05-31T23:59:59Z")}, "e"},
      {"https://f-ends", 1, {std::nullopt, kNow}, "f"},
  };
  const auto select = [&](ServiceSelection selection) {
    return urls(select_services(services, selection, {1, 2}, kNow, "time stamp authority"));
  };
  EXPECT_EQ(select({Selector::kAll, 0}), "https://b https://a-new https://d-always https://f-ends");
  EXPECT_EQ(select({Selector::kAny, 0}), "https://b");
  EXPECT_EQ(select({Selector::kExact, 3}), "https://b https://a-new https://d-always");
  EXPECT_EQ(select({Selector::kExact, 4}),
            "https://b https://a-new https://d-always https://f-ends");
  EXPECT_EQ(select({Selector::kExact, 5}),
            "the signing config demands 5 of the kind \"time stamp authority\", each of another "
            "operator, and has 4 that can be used at 2026-06-01T00:00:00Z");
}

TEST(SigningConfig, NeverMixesVersions) {
  const std::vector<Service> services = {
      service("https://one", 1, "2025-01-01T00:00:00Z", "a"),
      service("https://two", 2, "2024-01-01T00:00:00Z", "b"),
      service("https://also-one", 1, "2025-01-01T00:00:00Z", "c"),
  };
  const auto select = [&](const std::vector<std::uint32_t>& supported) {
    return urls(select_services(services, {Selector::kAll, 0}, supported, kNow, "log"));
  };
  EXPECT_EQ(select({1, 2}), "https://two");
  EXPECT_EQ(select({1}), "https://one https://also-one");
}

TEST(SigningConfig, TakesThoseOfVersion01ForOperatorsOfTheirOwn) {
  const std::string text = R"({"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.1+json",
      "tlogUrls":["https://one.example.com","https://two.example.com"]})";
  ASSERT_OK_ASSIGN(const auto config, parse_signing_config(text, "config"));
  EXPECT_EQ(
      urls(select_services(config.transparency_logs, {Selector::kExact, 2}, {1}, kNow, "log")),
      "https://one.example.com https://two.example.com");
}

TEST(SigningConfig, RefusesEachBrokenRule) {
  const Json good =
      parse_json(test_data(std::string(kTargets) + "signing_config_rekor_v2.v0.2.json"), "config")
          .value();
  const auto with = [&](const char* name, Json value) {
    Json json = good;
    json.set(name, std::move(value));
    return parse_signing_config(dump_json(json), "config");
  };
  const auto with_url = [&](const char* url) {
    return with("tsaUrls", Json::Array{Json::Object{{"url", url}, {"majorApiVersion", 1}}});
  };
  EXPECT_OK(with_url("http://tsa.example.com"));
  for (const char* url : {"", "tsa.example.com", "ftp://tsa.example.com", "https://",
                          "https://tsa example.com", "https://tsa.example.com\n"}) {
    EXPECT_THAT(with_url(url), fails_with(ErrorCode::kInvalidInput, "config.tsaUrls[0].url"))
        << url;
  }
  EXPECT_THAT(with("mediaType", "application/json"),
              fails_with(ErrorCode::kInvalidInput, "version 0.1 or 0.2"));
  EXPECT_THAT(with("tsaConfig", nullptr), fails_with(ErrorCode::kInvalidInput, "is required"));
  EXPECT_THAT(with("tsaConfig", Json::Object{{"selector", "SOME"}}),
              fails_with(ErrorCode::kInvalidInput, "ALL, ANY or EXACT"));
  EXPECT_THAT(with("tsaConfig", Json::Object{{"selector", "EXACT"}}),
              fails_with(ErrorCode::kInvalidInput, "at least 1"));
  EXPECT_OK(with("tsaConfig", Json::Object{{"selector", "EXACT"}, {"count", 2}}));
  EXPECT_THAT(with("tsaConfig", Json::Object{{"selector", "EXACT"}, {"count", -1}}),
              fails_with(ErrorCode::kInvalidInput, "from 0 to 4294967295"));
  const Json one = good.find("caUrls")->as_array()->front();
  EXPECT_THAT(with("caUrls", Json::Array(kMaxServices + 1, one)),
              fails_with(ErrorCode::kInvalidInput, "more than 64"));
  EXPECT_THAT(parse_signing_config(std::string(kMaxSigningConfigBytes + 1, ' '), "config"),
              fails_with(ErrorCode::kInvalidInput));
}

TEST(SigningConfig, RefusesWhatHasLostItsForm) {
  for (const char* name : {"signing_config_rekor_v2.v0.2.json", "signing_config.json"}) {
    const Json good = parse_json(test_data(std::string(kTargets) + name), name).value();
    using Kind = sealift::test::JsonMutation::Kind;
    for (const auto& mutation : mutations_of(good, good)) {
      if (mutation.kind != Kind::kOtherType && mutation.kind != Kind::kUnexpected) continue;
      EXPECT_THAT(parse_signing_config(dump_json(mutation.json), "config"),
                  fails_with(ErrorCode::kInvalidInput))
          << mutation.name();
    }
  }
}

}  // namespace
}  // namespace sealift::sigstore
