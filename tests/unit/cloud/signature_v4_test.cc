// AWS' published examples: the Signature Version 4 test suite, and "Create a signed AWS API
// request".
#include "signature_v4.h"

#include <gtest/gtest.h>

#include <vector>

namespace sealift::cloud {
namespace {

constexpr const char* kToken =
    "AQoDYXdzEPT//////////"
    "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIe"
    "oIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/"
    "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq"
    "5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"
    "scqKmlzm8FDrypNC"
    "9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

struct Vector {
  const char* name;
  const char* service;
  const char* method;
  const char* url;
  std::vector<std::pair<const char*, const char*>> headers;
  const char* body;
  const char* token;
  const char* signed_headers;
  const char* signature;
};

class SignatureV4 : public testing::TestWithParam<Vector> {};

TEST_P(SignatureV4, IsAsPublished) {
  const Vector& vector = GetParam();
  HttpRequest request;
  request.method = vector.method;
  request.url = vector.url;
  for (const auto& [name, value] : vector.headers) request.headers.add(name, value);
  const auto time = parse_timestamp("2015-08-30T12:36:00Z");
  ASSERT_TRUE(time);
  sign_v4(request, vector.body,
          {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", vector.token},
          {"us-east-1", vector.service}, *time);
  EXPECT_EQ(request.headers.get("X-Amz-Date"), "20150830T123600Z");
  EXPECT_EQ(request.headers.get("Authorization"),
            std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/") +
                vector.service + "/aws4_request, SignedHeaders=" + vector.signed_headers +
                ", Signature=" + vector.signature);
}

constexpr const char* kUrl = "https://example.amazonaws.com/";

INSTANTIATE_TEST_SUITE_P(
    Vectors, SignatureV4,
    testing::Values(Vector{"get_vanilla",
                           "service",
                           "GET",
                           kUrl,
                           {},
                           "",
                           "",
                           "host;x-amz-date",
                           "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
                    Vector{"post_vanilla",
                           "service",
                           "POST",
                           kUrl,
                           {},
                           "",
                           "",
                           "host;x-amz-date",
                           "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
                    Vector{"get_vanilla_query_order_key_case",
                           "service",
                           "GET",
                           "https://example.amazonaws.com/?Param2=value2&Param1=value1",
                           {},
                           "",
                           "",
                           "host;x-amz-date",
                           "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
                    Vector{"get_header_value_trim",
                           "service",
                           "GET",
                           kUrl,
                           {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
                           "",
                           "",
                           "host;my-header1;my-header2;x-amz-date",
                           "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
                    Vector{"post_header_key_sort",
                           "service",
                           "POST",
                           kUrl,
                           {{"My-Header1", "value1"}},
                           "",
                           "",
                           "host;my-header1;x-amz-date",
                           "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
                    Vector{"post_x_www_form_urlencoded",
                           "service",
                           "POST",
                           kUrl,
                           {{"Content-Type", "application/x-www-form-urlencoded"}},
                           "Param1=value1",
                           "",
                           "content-type;host;x-amz-date",
                           "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
                    Vector{"post_sts_header_before",
                           "service",
                           "POST",
                           kUrl,
                           {},
                           "",
                           kToken,
                           "host;x-amz-date;x-amz-security-token",
                           "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
                    Vector{"iam_list_users",
                           "iam",
                           "GET",
                           "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
                           {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                           "",
                           "",
                           "content-type;host;x-amz-date",
                           "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"}),
    [](const auto& vector) { return vector.param.name; });

}  // namespace
}  // namespace sealift::cloud
