// What services answer: read strictly, and never shown.
#include "access_token.h"
#include "aws_login.h"
#include "google_federation.h"
#include "sts_answer.h"
#include "xml_element.h"

#include "support/result_matchers.h"

#include <sealift/base/base64url.h>
#include <sealift/base/encoding.h>

#include <gtest/gtest.h>

namespace sealift::cloud {
namespace {

using std::chrono::seconds;
using test::fails_with;

const Timestamp kNow{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

TEST(Xml, ReadsElementsTextAndEntities) {
  ASSERT_OK_ASSIGN(
      const auto root,
      parse_xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a:root xmlns:a='u' b=\"1\">\n"
                "  <one>x &lt;&amp;&gt; &#65;&#x42; &quot;&apos;</one>\n"
                "  <two><three/></two >\n</a:root>\n",
                "it"));
  EXPECT_EQ(root.name, "root");
  EXPECT_EQ(root.text_at({"one"}), "x <&> AB \"'");
  EXPECT_EQ(root.children.size(), 2u);
  EXPECT_EQ(root.text_at({"two", "three"}), "");
  EXPECT_EQ(root.text_at({"three"}), "");
}

class NoXml : public testing::TestWithParam<std::string> {};

TEST_P(NoXml, IsRefused) {
  EXPECT_THAT(parse_xml(GetParam(), "it"),
              fails_with(ErrorCode::kInvalidInput, "it is no XML as expected, at byte "));
}

std::string nested(std::size_t levels) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += "<a>";
  for (std::size_t i = 0; i < levels; ++i) text += "</a>";
  return text;
}

std::string many(std::size_t count) {
  std::string text = "<a>";
  for (std::size_t i = 0; i < count; ++i) text += "<b/>";
  return text + "</a>";
}

INSTANTIATE_TEST_SUITE_P(
    Table, NoXml,
    testing::Values("", "text", "<a>", "<a></b>", "<a/><b/>", "<a>x<b/></a>", "<a b></a>",
                    "<a b=1/>", "<a b=\"1/>", "<a b=\"<\"/>", "<ab=\"1\"/>", "<a>&x;</a>",
                    "<a>&#0;</a>", "<a>&#200;</a>", "<a>&#12345;</a>", "<a>&#xg;</a>", "<a>&#;</a>",
                    "<a>&</a>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a><!-- x --></a>",
                    "<a><![CDATA[x]]></a>", "<a><?x?></a>", "<?xml version=\"1.0\"", "< a/>",
                    "<a>\xff</a>", nested(17), many(1000),
                    "<a>" + std::string(131'072, 'x') + "</a>"));

TEST(Xml, TakesWhatIsJustWithinItsLimits) {
  EXPECT_OK(parse_xml(nested(16), "it"));
  EXPECT_OK(parse_xml(many(999), "it"));
}

TEST(StsAnswer, HoldsThreeKeys) {
  const std::string begin =
      "<AssumeRoleWithWebIdentityResponse "
      "xmlns=\"x\"><AssumeRoleWithWebIdentityResult><Credentials>";
  const std::string end =
      "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
  const std::string id = "<AccessKeyId>ASIA</AccessKeyId>";
  const std::string secret = "<SecretAccessKey>s3cr3t/+</SecretAccessKey>";
  const std::string session = "<SessionToken>tok/en==</SessionToken>";
  ASSERT_OK_ASSIGN(const auto keys, parse_sts_answer(begin + id + secret + session + end));
  EXPECT_EQ(keys.access_key_id, "ASIA");
  EXPECT_EQ(keys.secret_access_key, "s3cr3t/+");
  EXPECT_EQ(keys.session_token, "tok/en==");
  for (const auto& body :
       {begin + id + secret + end, begin + id + session + end, begin + secret + session + end,
        begin + id + "<SecretAccessKey>two words</SecretAccessKey>" + session + end,
        std::string("<Other/>"), std::string("{}")}) {
    const auto refused = parse_sts_answer(body);
    EXPECT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "Security Token Service")) << body;
    EXPECT_EQ(refused.error().message().find("s3cr3t"), std::string::npos);
  }
}

TEST(ContainerKeys, AreThree) {
  ASSERT_OK_ASSIGN(
      const auto keys,
      parse_container_keys(R"({"AccessKeyId":"A","SecretAccessKey":"b","Token":"c"})"));
  EXPECT_EQ(keys.session_token, "c");
  for (const auto* body : {"", "[]", R"({"AccessKeyId":"A","SecretAccessKey":"b"})",
                           R"({"AccessKeyId":"A","SecretAccessKey":7,"Token":"c"})",
                           R"({"AccessKeyId":"A\n","SecretAccessKey":"b","Token":"c"})"}) {
    EXPECT_THAT(parse_container_keys(body), fails_with(ErrorCode::kInvalidInput)) << body;
  }
}

TEST(EcrAnswer, HoldsALoginAndItsEnd) {
  const auto body = [](const std::string& login, const std::string& ends) {
    return R"({"authorizationData":[{"authorizationToken":")" + base64_encode(login) +
           R"(","expiresAt":)" + ends + "}]}";
  };
  const auto time = std::to_string((kNow + seconds(43'200)).time_since_epoch().count());
  for (const auto& ends : {time, time + ".75", std::string("1.7672688E9")}) {
    ASSERT_OK_ASSIGN(const auto login, parse_ecr_answer(body("AWS:pass:word", ends), kNow));
    EXPECT_EQ(login.credentials.username, "AWS");
    EXPECT_EQ(login.credentials.password, "pass:word");
    EXPECT_EQ(login.life, seconds(43'200));
  }
  for (const auto& bad :
       {body("AWS", time), body("AWS:", time), body(":x", time), body("AWS:x", "-1"),
        body("AWS:x", "1e300"), body("AWS:x", "\"soon\""), std::string("{}"),
        std::string(R"({"authorizationData":[]})"), std::string(R"({"authorizationData":[1]})")}) {
    EXPECT_THAT(parse_ecr_answer(bad, kNow), fails_with(ErrorCode::kInvalidInput)) << bad;
  }
  EXPECT_THAT(parse_ecr_answer(body("AWS:x", "1767225600"), kNow),
              fails_with(ErrorCode::kInvalidInput, "ended at 2026-01-01T00:00:00Z already"));
}

TEST(AccessTokenAnswer, SaysWhenItEnds) {
  for (const auto* body :
       {R"({"access_token":"a.b-c","expires_in":60})",
        R"({"access_token":"a.b-c","expires_in":"60","token_type":"Bearer","more":[1]})"}) {
    ASSERT_OK_ASSIGN(const auto token, parse_access_token(body, "the answer"));
    EXPECT_EQ(token.value, "a.b-c");
    EXPECT_EQ(token.life, seconds(60));
  }
  EXPECT_EQ(parse_access_token(R"({"access_token":"a","expires_in":9999999})", "it")->life,
            seconds(86'400))
      << "not believed for ever";
  for (const auto* body : {"", "7", "{}", R"({"access_token":""})", R"({"access_token":"s3cr3t"})",
                           R"({"access_token":"s3cr3t","expires_in":0})",
                           R"({"access_token":"s3cr3t","expires_in":-1})",
                           R"({"access_token":"s3cr3t","expires_in":"1h"})",
                           R"({"access_token":"s3cr3t two","expires_in":60})",
                           R"({"access_token":"s3cr3t\r\nX: y","expires_in":60})",
                           R"({"access_token":"s3cr3t","expires_in":60,"token_type":"mac"})"}) {
    const auto refused = parse_access_token(body, "the answer");
    EXPECT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "the answer")) << body;
    EXPECT_EQ(refused.error().message().find("s3cr3t"), std::string::npos);
  }
}

TEST(JsonWebToken, SaysWhenItEnds) {
  const auto token = [](const std::string& claims) {
    return "e30." + base64url_encode(claims) + ".c2ln";
  };
  EXPECT_EQ(expiry_of_jwt(token(R"({"exp":1767225600})"), "it"), kNow);
  for (const auto& bad : {std::string(), std::string("abc"), std::string("a.b"),
                          std::string("a.!!.c"), token("{}"), token("[]"), token(R"({"exp":"x"})"),
                          token(R"({"exp":-5})"), token(R"({"exp":253402300800})")}) {
    EXPECT_THAT(expiry_of_jwt(bad, "it"), fails_with(ErrorCode::kInvalidInput, "it ")) << bad;
  }
}

TEST(GoogleFederationFile, IsReadStrictly) {
  const std::string begin =
      R"({"type":"external_account","audience":"//a","subject_token_type":"t","extra":{},)";
  const std::string url = R"("token_url":"https://sts.googleapis.com/v1/token",)";
  const std::string file = R"("credential_source":{"file":"/token"}})";
  ASSERT_OK_ASSIGN(const auto plain, parse_google_federation(begin + url + file, "it"));
  EXPECT_EQ(plain.token_file, "/token");
  EXPECT_EQ(plain.token_field, "");
  ASSERT_OK_ASSIGN(
      const auto json,
      parse_google_federation(begin + url +
                                  R"("credential_source":{"file":"/t","format":{"type":"json",)"
                                  R"("subject_token_field_name":"id"}}})",
                              "it"));
  EXPECT_EQ(json.token_field, "id");
  const std::vector<std::pair<std::string, const char*>> cases = {
      {R"({"type":"service_account"})", "it.type: must be external_account"},
      {begin + file, "it.token_url: is required"},
      {begin + R"("token_url":"http://sts.googleapis.com/v1/token",)" + file, "no"},
      {begin + R"("token_url":"https://evil.example/v1/token",)" + file, "below googleapis.com"},
      {begin + R"("token_url":"https://evilgoogleapis.com/",)" + file, "below googleapis.com"},
      {begin + R"("token_url":"https://x.googleapis.com@evil.example/",)" + file, "https URL"},
      {begin + R"("token_url":"https://sts.googleapis.com:8443/",)" + file, "https URL"},
      {begin + url + R"("service_account_impersonation_url":"https://evil.example/",)" + file,
       "service_account_impersonation_url: must be an address below"},
      {begin + url + R"("credential_source":{"url":"http://x"}})", "file: is required"},
      {begin + url + R"("credential_source":{"file":"/t","format":{"type":"xml"}}})",
       "format.type: must be text or json"},
      {begin + url + R"("credential_source":{"file":"/t","format":{"type":"json"}}})",
       "subject_token_field_name: is required"}};
  for (const auto& [text, part] : cases) {
    EXPECT_THAT(parse_google_federation(text, "it"), fails_with(ErrorCode::kInvalidInput, part))
        << text;
  }
}

}  // namespace
}  // namespace sealift::cloud
