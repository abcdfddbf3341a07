#include "local_address_rule.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <string_view>

namespace sealift {
namespace {

using testing::HasSubstr;

const char* nothing(const char*) { return nullptr; }

sockaddr_storage socket_address(const char* text, std::uint16_t port) {
  sockaddr_storage storage{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
  if (::inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return storage;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
  EXPECT_EQ(::inet_pton(AF_INET6, text, &v6.sin6_addr), 1) << text;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  return storage;
}

std::optional<Error> against(const LocalAddressRule& rule, const char* text,
                             std::uint16_t port = 443) {
  const auto storage = socket_address(text, port);
  return rule.against_address(reinterpret_cast<const sockaddr&>(storage), "registry.example:443");
}

TEST(LocalAddressRule, RefusesWhatANameLeadsTo) {
  const LocalAddressRule rule({"ask the operator"}, &nothing);
  for (const char* text : {"127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "fe80::1",
                           "::ffff:169.254.169.254", "fd00:ec2::254"}) {
    const auto error = against(rule, text);
    ASSERT_TRUE(error) << text;
    EXPECT_EQ(error->code(), ErrorCode::kForbidden);
    EXPECT_THAT(error->message(), HasSubstr("registry.example:443 leads to " + std::string(text)));
    EXPECT_THAT(error->message(), HasSubstr("nothing was sent; ask the operator"));
  }
  for (const char* text : {"8.8.8.8", "10.0.0.1", "192.168.1.1", "fd12::1", "2001:4860::8888"}) {
    EXPECT_FALSE(against(rule, text)) << text;
  }
}

TEST(LocalAddressRule, RefusesANameThatAlwaysIsLocal) {
  const LocalAddressRule rule({}, &nothing);
  for (const char* host : {"localhost", "localhost.", "x.localhost", "127.0.0.1", "[::1]",
                           "169.254.169.254", "[fe80::1]"}) {
    EXPECT_TRUE(rule.against_host(host)) << host;
  }
  for (const char* host : {"registry.example", "10.0.0.1", "localhost.example"}) {
    EXPECT_FALSE(rule.against_host(host)) << host;
  }
}

TEST(LocalAddressRule, AdmitsTheProxyOfTheEnvironmentAndNothingBesideIt) {
  const LocalAddressRule rule({}, [](const char* name) -> const char* {
    const std::string_view wanted(name);
    if (wanted == "https_proxy") return "http://user:secret@127.0.0.1:3128";
    if (wanted == "http_proxy") return "localhost:3129";
    if (wanted == "ALL_PROXY") return "socks5h://[fe80::7]:1081/";
    return nullptr;
  });
  EXPECT_FALSE(against(rule, "127.0.0.1", 3128));
  EXPECT_FALSE(against(rule, "127.0.0.1", 3129));
  EXPECT_FALSE(against(rule, "::1", 3129));
  EXPECT_FALSE(against(rule, "fe80::7", 1081));
  EXPECT_TRUE(against(rule, "127.0.0.1", 3130));
  EXPECT_TRUE(against(rule, "127.0.0.2", 3128));
  EXPECT_TRUE(against(rule, "::1", 3128));
  EXPECT_TRUE(against(rule, "169.254.169.254", 3128));
}

TEST(LocalAddressRule, TakesTheDefaultsOfAProxyFromCurl) {
  struct Case {
    const char* proxy;
    const char* address;
    std::uint16_t port;
  };
  static const char* proxy = nullptr;
  const auto environment = [](const char* name) -> const char* {
    return std::string_view(name) == "https_proxy" ? proxy : nullptr;
  };
  for (const auto& [url, address, port] : {
           Case{"localhost", "127.0.0.1", 1080},
           Case{"localhost", "::1", 1080},
           Case{"user:secret@127.0.0.1", "127.0.0.1", 1080},
           Case{"[fe80::7]", "fe80::7", 1080},
           Case{"http://localhost", "127.0.0.1", 1080},
           Case{"socks5://localhost", "127.0.0.1", 1080},
           Case{"https://localhost", "127.0.0.1", 443},
       }) {
    proxy = url;
    const LocalAddressRule rule({}, environment);
    EXPECT_FALSE(against(rule, address, port)) << url;
    EXPECT_TRUE(against(rule, address, port == 443 ? 1080 : 443)) << url;
  }
}

}  // namespace
}  // namespace sealift
