#include <sealift/keyless/signing_services.h>

#include <gtest/gtest.h>
#include <support/result_matchers.h>

namespace sealift::keyless {
namespace {

using sealift::test::fails_with;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Timestamp kNow = parse_timestamp("2026-06-01T12:00:00Z").value();

sigstore::Service service(std::string url, std::uint32_t version, std::string operator_name = "o") {
  return {.url = std::move(url),
          .api_version = version,
          .validity = {},
          .operator_name = std::move(operator_name)};
}

sigstore::SigningConfig config() {
  sigstore::SigningConfig config;
  config.certificate_authorities = {service("https://ca", 1)};
  config.transparency_logs = {service("https://log1", 1), service("https://log2", 2)};
  config.timestamp_authorities = {service("https://tsa1", 1, "a"), service("https://tsa2", 1, "b")};
  config.timestamp_selection.selector = sigstore::ServiceSelection::Selector::kAll;
  return config;
}

TEST(SigningServices, AreThoseThatTheConfigChooses) {
  ASSERT_OK_ASSIGN(const auto chosen, choose_services(config(), SignerKind::kIdentity, kNow));
  EXPECT_EQ(chosen.certificate_authority, "https://ca");
  ASSERT_THAT(chosen.logs, SizeIs(1));
  EXPECT_EQ(chosen.logs[0].url, "https://log2");
  EXPECT_EQ(chosen.logs[0].api_version, 2u);
  EXPECT_THAT(chosen.timestamp_authorities, ElementsAre("https://tsa1", "https://tsa2"));
}

TEST(SigningServices, OfAKeyNeedNoAuthority) {
  ASSERT_OK_ASSIGN(const auto chosen, choose_services(config(), SignerKind::kKey, kNow));
  EXPECT_EQ(chosen.certificate_authority, "");
  EXPECT_THAT(chosen.logs, SizeIs(1));
  ASSERT_OK_ASSIGN(const auto none, choose_services({}, SignerKind::kKey, kNow));
  EXPECT_THAT(none.logs, IsEmpty());
  EXPECT_THAT(none.timestamp_authorities, IsEmpty());
}

TEST(SigningServices, OfAnIdentityNeedAuthorityAndLog) {
  auto incomplete = config();
  incomplete.certificate_authorities.clear();
  EXPECT_THAT(choose_services(incomplete, SignerKind::kIdentity, kNow),
              fails_with(ErrorCode::kNotFound, "certificate authority"));
  incomplete = config();
  incomplete.transparency_logs = {service("https://log3", 3)};
  EXPECT_THAT(choose_services(incomplete, SignerKind::kIdentity, kNow),
              fails_with(ErrorCode::kNotFound, "transparency log"));
  EXPECT_THAT(
      services_at({.certificate_authority = "https://ca", .log = "", .timestamp_authority = ""},
                  SignerKind::kIdentity),
      fails_with(ErrorCode::kInvalidInput, "--signing-config"));
}

TEST(SigningServices, MayBeGivenOneByOne) {
  ASSERT_OK_ASSIGN(const auto given, services_at({"https://ca", "http://log", "https://tsa/x"},
                                                 SignerKind::kIdentity));
  EXPECT_EQ(given.certificate_authority, "https://ca");
  ASSERT_THAT(given.logs, SizeIs(1));
  EXPECT_EQ(given.logs[0].api_version, 1u);
  EXPECT_THAT(given.timestamp_authorities, ElementsAre("https://tsa/x"));
  EXPECT_THAT(services_at({"", "log.example.com", ""}, SignerKind::kKey),
              fails_with(ErrorCode::kInvalidInput, "--rekor-url log.example.com"));
}

}  // namespace
}  // namespace sealift::keyless
