#include "support/result_matchers.h"

#include "challenge.h"
#include "page_link.h"
#include "url.h"

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;

TEST(Url, IsTakenApartAndPutTogether) {
  ASSERT_OK_ASSIGN(const Url url, Url::parse("HTTPS://Registry.Example:443/v2/?a=b#part"));
  EXPECT_EQ(url.host, "registry.example");
  EXPECT_EQ(url.port, 443);
  EXPECT_EQ(url.to_string(), "https://registry.example/v2/?a=b");
  EXPECT_EQ(url.with_query("q", "a b/&").to_string(),
            "https://registry.example/v2/?a=b&q=a%20b%2F%26");
  ASSERT_OK_ASSIGN(const Url v6, Url::parse("http://[::1]:5000"));
  EXPECT_EQ(v6.with_query("a", "1").to_string(), "http://[::1]:5000/?a=1");
}

TEST(Url, RefusesWhatItCannotVouchFor) {
  for (const char* text : {"", "registry.example", "ftp://h/", "http://", "http:///path",
                           "http://user:pw@h/", "http://h:0/", "http://h:65536/", "http://h:/",
                           "http://h:80x/", "http://a b/", "http://h/a b", "http://h/\\",
                           "http://h\r\nX: y/", "http://[::1/", "http://[zz]/", "http://h/\x80"}) {
    EXPECT_THAT(Url::parse(text), fails_with(ErrorCode::kInvalidInput)) << text;
  }
  EXPECT_THAT(Url::parse("http://h/" + std::string(9'000, 'a')),
              fails_with(ErrorCode::kInvalidInput, "8192"));
}

TEST(Url, ResolvesReferences) {
  ASSERT_OK_ASSIGN(const Url base, Url::parse("https://h:1/a/b/c?q=1"));
  // RFC 3986, section 5.4, as far as Location and Link headers go.
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"http://x/y", "http://x/y"},
      {"//x/y", "https://x/y"},
      {"/y?r=2", "https://h:1/y?r=2"},
      {"y", "https://h:1/a/b/y"},
      {"?r=2", "https://h:1/a/b/c?r=2"},
      {"./y", "https://h:1/a/b/y"},
      {"../y", "https://h:1/a/y"},
      {"../../../y", "https://h:1/y"},
      {"..", "https://h:1/a/"},
      {"", "https://h:1/a/b/c"},
      {"/y?next=http://x/", "https://h:1/y?next=http://x/"}};
  for (const auto& [reference, expected] : cases) {
    ASSERT_OK_ASSIGN(const Url resolved, base.resolve(reference));
    EXPECT_EQ(resolved.to_string(), expected) << reference;
  }
  EXPECT_THAT(base.resolve("ftp://x/"), fails_with(ErrorCode::kInvalidInput));
}

TEST(Url, KnowsPrivateHosts) {
  for (const char* host : {"localhost",
                           "x.localhost",
                           "localhost.",
                           "127.0.0.1",
                           "10.0.0.1",
                           "172.31.0.1",
                           "192.168.0.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "0.0.0.0",
                           "224.0.0.1",
                           "2130706433",
                           "0x7f000001",
                           "127.1",
                           "[::1]",
                           "[::]",
                           "[fc00::1]",
                           "[fe80::1]",
                           "[::ffff:127.0.0.1]",
                           "[64:ff9b::a00:1]",
                           "[2002:a00:1::]",
                           "[::127.0.0.1]",
                           "[not-v6]",
                           ""}) {
    EXPECT_TRUE(is_private_host(host)) << host;
  }
  for (const char* host : {"registry.example", "8.8.8.8", "172.32.0.1", "100.128.0.1", "11.0.0.1",
                           "[2001:4860::8888]", "10.0.0.1.example", "localhost.example"}) {
    EXPECT_FALSE(is_private_host(host)) << host;
  }
}

TEST(Challenges, AreAllRead) {
  const auto challenges = parse_challenges(
      R"(Negotiate abc==, BEARER Realm="https://a/b?c,d=\"e\"" , service = reg,scope="x y", Basic)");
  ASSERT_EQ(challenges.size(), 3u);
  EXPECT_EQ(challenges[1].scheme, "bearer");
  EXPECT_EQ(challenges[1].parameter("realm"), R"(https://a/b?c,d="e")");
  EXPECT_EQ(challenges[1].parameter("service"), "reg");
  EXPECT_EQ(challenges[1].parameter("scope"), "x y");
  EXPECT_EQ(challenges[1].parameter("error"), "");
  EXPECT_EQ(challenges[2].scheme, "basic");
}

TEST(Challenges, EndWhereTheGrammarIsBroken) {
  EXPECT_TRUE(parse_challenges("").empty());
  EXPECT_TRUE(parse_challenges("\"x\"").empty());
  EXPECT_TRUE(parse_challenges("a=b").empty());
  EXPECT_EQ(parse_challenges("Bearer realm=\"never ends").at(0).parameter("realm"), "");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "Basic, ";
  EXPECT_EQ(parse_challenges(many).size(), 16u);
}

TEST(NextLink, IsFoundAmongOthers) {
  const auto next = [](const std::string& value) {
    HttpHeaders headers;
    headers.add("Link", value);
    return next_link(headers).value_or("none");
  };
  EXPECT_EQ(next(R"(</a?n=1>; rel="next")"), "/a?n=1");
  EXPECT_EQ(next("</a>;rel=Next"), "/a");
  EXPECT_EQ(next(R"(</p>; rel="prev", </n,x>; title="t"; rel="next")"), "/n,x");
  EXPECT_EQ(next(R"(</p>; rel="prev")"), "none");
  EXPECT_EQ(next("</a; rel=next"), "none");
  EXPECT_EQ(next(""), "none");
}

}  // namespace
}  // namespace sealift::oci
