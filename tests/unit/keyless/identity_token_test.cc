#include "token_text.h"

#include <sealift/keyless/identity_token.h>

#include <gtest/gtest.h>
#include <support/result_matchers.h>

namespace sealift::keyless {
namespace {

using sealift::test::fails_with;
using testing::HasSubstr;
using testing::Not;

TEST(IdentityToken, NamesAPersonByMail) {
  ASSERT_OK_ASSIGN(const auto token, parse_identity_token(token_with(kAliceClaims), "it"));
  EXPECT_EQ(token.subject, "alice@example.com");
  EXPECT_TRUE(token.is_mail);
  EXPECT_EQ(token.issuer, "https://issuer.example.com");
  EXPECT_EQ(format_timestamp(token.expires), "2027-01-01T00:00:00Z");
  EXPECT_EQ(token.text, token_with(kAliceClaims));
}

TEST(IdentityToken, NamesAJobBySubject) {
  ASSERT_OK_ASSIGN(
      const auto token,
      parse_identity_token(token_with(R"({"iss":"i","sub":"repo:a/b","exp":1})"), "it"));
  EXPECT_EQ(token.subject, "repo:a/b");
  EXPECT_FALSE(token.is_mail);
}

TEST(IdentityToken, MayStandInAFileWithALineEnd) {
  ASSERT_OK_ASSIGN(const auto token,
                   parse_identity_token("\n " + token_with(kAliceClaims) + "\r\n", "it"));
  EXPECT_EQ(token.text, token_with(kAliceClaims));
}

TEST(IdentityToken, TakesAVerifiedAddressInWords) {
  EXPECT_OK(parse_identity_token(
      token_with(R"({"iss":"i","email":"a@b","email_verified":"true","exp":1})"), "it"));
}

TEST(IdentityToken, IsRefusedWithoutBeingShown) {
  const std::string good = token_with(kAliceClaims);
  const struct {
    std::string text;
    const char* why;
  } cases[] = {
      {"", "three parts"},
      {"a.b", "three parts"},
      {good + ".more", "not base64url"},
      {good + "=", "not base64url"},
      {"a..c", "not base64url"},
      {"aa.a.cc", "claims are not base64url"},
      {"aa." + base64url("[1]") + ".cc", "not a JSON object"},
      {"aa." + base64url("{") + ".cc", "not a JSON object"},
      {"aa." + base64url("{\"iss\":\"i\",\"iss\":\"j\"}") + ".cc", "not a JSON object"},
      {token_with(R"({"sub":"s","exp":1})"), "no issuer"},
      {token_with(R"({"iss":7,"sub":"s","exp":1})"), "no issuer"},
      {token_with(R"({"iss":"i","exp":1})"), "names nobody"},
      {token_with(R"({"iss":"i","email":"a@b","exp":1})"), "not verified"},
      {token_with(R"({"iss":"i","email":"a@b","email_verified":false,"exp":1})"), "not verified"},
      {token_with(R"({"iss":"i","email":"a@b","email_verified":1,"exp":1})"), "not verified"},
      {token_with(R"({"iss":"i","sub":"s"})"), "until when"},
      {token_with(R"({"iss":"i","sub":"s","exp":"1"})"), "until when"},
      {token_with(R"({"iss":"i","sub":"s","exp":-1})"), "until when"},
      {token_with(R"({"iss":"i","sub":"s","exp":1e300})"), "until when"},
      {token_with(R"({"iss":"i","sub":"s","exp":253402300800})"), "until when"},
      {std::string(kMaxTokenBytes + 1, 'a'), "65536"},
  };
  for (const auto& each : cases) {
    const auto token = parse_identity_token(each.text, "the token");
    EXPECT_THAT(token, fails_with(ErrorCode::kInvalidInput, each.why)) << each.text.substr(0, 80);
    if (token || each.text.size() < 20) continue;
    EXPECT_THAT(token.error().message(), Not(HasSubstr(each.text.substr(0, 20))));
  }
}

}  // namespace
}  // namespace sealift::keyless
