#include "support/fake_transport.h"
#include "support/result_matchers.h"

#include <sealift/base/http.h>

#include <gtest/gtest.h>

namespace sealift {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::FakeTransport;
using test::SeenRequest;

TEST(HttpHeaders, CompareWithoutCase) {
  HttpHeaders headers;
  headers.add("Link", "a");
  headers.add("LINK", "b");
  EXPECT_EQ(headers.get("link"), "a");
  EXPECT_EQ(headers.get_all("lInK"), (std::vector<std::string_view>{"a", "b"}));
  headers.set("link", "c");
  EXPECT_EQ(headers.get_all("Link"), (std::vector<std::string_view>{"c"}));
  EXPECT_EQ(headers.get("Lin"), std::nullopt);
  EXPECT_EQ(headers.fields().size(), 1u);
}

TEST(UrlForMessage, HidesWhatMayBeSecret) {
  EXPECT_EQ(url_for_message("https://host:1/a/b?token=x#y"), "https://host:1/a/b");
  EXPECT_EQ(url_for_message("https://user:pass@host/a@b"), "https://host/a@b");
  EXPECT_EQ(url_for_message("https://user@host"), "https://host");
  EXPECT_EQ(url_for_message("no url?secret"), "no url");
  EXPECT_EQ(url_for_message("ssh://user:pass@host/a@b"), "ssh://host/a@b");
  EXPECT_EQ(url_for_message("user:pass@host/a@b"), "host/a@b");
}

TEST(CheckRequest, LeavesFramingToTheTransport) {
  HttpRequest request;
  request.url = "https://host/";
  EXPECT_OK(check_request(request));
  for (const char* name : {"Content-Length", "transfer-encoding", "Expect", "Connection"}) {
    HttpRequest framed = request;
    framed.headers.add(name, "1");
    EXPECT_THAT(check_request(framed), fails_with(ErrorCode::kInvalidInput, name));
  }
  request.headers.add("bad name", "1");
  EXPECT_THAT(check_request(request), fails_with(ErrorCode::kInvalidInput, "bad name"));
}

TEST(CheckRequest, RefusalsOfAUrlDoNotShowCredentials) {
  for (const char* url :
       {"ftp://user:hunter2@host/", "user:hunter2@host", "https://user:hunter2@h"}) {
    HttpRequest request;
    request.url = url;
    const auto checked = check_request(request);
    EXPECT_THAT(checked, fails_with(ErrorCode::kInvalidInput)) << url;
    EXPECT_EQ(checked.error().message().find("hunter2"), std::string::npos) << url;
  }
}

TEST(FakeTransport, FailsAndCutsTheRequestItWasTold) {
  FakeTransport transport([](const SeenRequest&) { return FakeAnswer::json(200, "{\"a\":1}"); });
  HttpRequest request;
  request.url = "https://host/";
  transport.fail_request(2, Error(ErrorCode::kUnavailable, "away"));
  transport.cut_body(3, 4);
  EXPECT_OK(send_for_bytes(transport, request, {}));
  EXPECT_THAT(send_for_bytes(transport, request, {}), fails_with(ErrorCode::kUnavailable, "away"));
  EXPECT_THAT(send_for_bytes(transport, request, {}), fails_with(ErrorCode::kUnavailable, "broke"));
  EXPECT_OK(send_for_bytes(transport, request, {}));
  EXPECT_EQ(transport.request_lines(), std::vector<std::string>(4, "GET https://host/"));
}

TEST(Error, CarriesCodeContextAndWait) {
  const Error error = Error(ErrorCode::kUnavailable, "away")
                          .with_retry_after(std::chrono::seconds(7))
                          .with_context("push shop:v1");
  EXPECT_EQ(error.message(), "push shop:v1: away");
  EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
  EXPECT_EQ(error.retry_after(), std::chrono::seconds(7));
  EXPECT_EQ(to_string(error.code()), "unavailable");
}

}  // namespace
}  // namespace sealift
