// Where a transport for URLs that others choose does not connect to.
#include "curl_transport_case.h"
#include "support/raw_server.h"
#include "support/result_matchers.h"
#include "support/test_server.h"

#include <sealift/base/local_refusal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace sealift {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::get;
using test::RawConnection;
using test::RawServer;
using test::SeenRequest;
using test::TestServer;

class LocalRefusalTest : public testing::Test {
 protected:
  ~LocalRefusalTest() override { ::unsetenv("http_proxy"); }

  Result<HttpAnswer> send(const HttpRequest& request) {
    const auto transport =
        make_curl_transport("sealift-test/1", LocalRefusal{"start it with --allow"});
    return send_for_bytes(*transport, request, {});
  }

  TestServer server_{[](const SeenRequest&) { return FakeAnswer{}; }};
};

TEST_F(LocalRefusalTest, DoesNotConnectToTheMachineItself) {
  const auto port = std::to_string(server_.port());
  // The last are what lax parsers take for an address.
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
                                 "127.1", "0x7f000001", "2130706433"}) {
    EXPECT_THAT(send(get("http://" + host + ":" + port + "/")),
                fails_with(ErrorCode::kForbidden, "nothing was sent; start it with --allow"))
        << host;
  }
  EXPECT_EQ(server_.request_count(), 0u);
}

// The name of the URL is of no address at all here: what is looked at is where it leads.
TEST_F(LocalRefusalTest, LooksAtTheAddressThatItConnectsTo) {
  HttpServerSettings settings;
  settings.proxy = server_.url("");
  auto request = get("http://registry.example/v2/");
  request.server = std::make_shared<const HttpServerSettings>(settings);
  EXPECT_THAT(send(request), fails_with(ErrorCode::kForbidden,
                                        "registry.example:80 leads to 127.0.0.1, a loopback"));
  EXPECT_EQ(server_.request_count(), 0u);
}

TEST_F(LocalRefusalTest, MayUseTheProxyOfTheEnvironment) {
  std::string head;
  RawServer proxy([&](RawConnection& connection) {
    head = connection.read_head();
    connection.write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  ::setenv("http_proxy", proxy.url("").c_str(), 1);
  // But not to have it ask what must not be asked.
  EXPECT_THAT(send(get("http://169.254.169.254/latest/meta-data/")),
              fails_with(ErrorCode::kForbidden, "link-local"));
  EXPECT_OK(send(get("http://registry.example/v2/")));
  EXPECT_THAT(head, testing::StartsWith("GET http://registry.example/v2/ "));
}

}  // namespace
}  // namespace sealift
