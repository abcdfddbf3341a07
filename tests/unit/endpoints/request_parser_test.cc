#include "request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sealift::endpoints {
namespace {

using Progress = RequestParser::Progress;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kHost = "Host: puller\r\n";

Progress feed(RequestParser& parser, std::string_view bytes, std::size_t piece) {
  auto progress = parser.advance();
  while (!bytes.empty() && progress == Progress::kNeedsMore) {
    parser.append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    progress = parser.advance();
  }
  parser.append(bytes);
  return progress;
}

TEST(RequestParser, ReadsARequestFromPiecesOfAnySize) {
  const std::string text = "POST /hook/harbor?a=1&b=%20x HTTP/1.1\r\n" + kHost +
                           "content-length:  5 \r\nX-Empty:\r\n\r\nhello";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    RequestParser parser({});
    ASSERT_EQ(feed(parser, text, piece), Progress::kComplete) << piece;
    EXPECT_TRUE(parser.keeps_alive());
    const auto request = parser.take();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/hook/harbor");
    EXPECT_EQ(request.query, "a=1&b=%20x");
    EXPECT_EQ(request.parameter("b"), " x");
    EXPECT_EQ(request.parameter("c"), std::nullopt);
    EXPECT_EQ(request.headers.get("Content-Length"), "5");
    EXPECT_EQ(request.headers.get("x-empty"), "");
    EXPECT_EQ(request.body, "hello");
    EXPECT_TRUE(parser.is_idle());
  }
}

TEST(RequestParser, ReadsChunksFromPiecesOfAnySize) {
  const std::string text = "POST / HTTP/1.1\r\n" + kHost +
                           "Transfer-Encoding: chunked\r\n\r\n"
                           "5;name=value\r\nhello\r\nA\r\n, world\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n"
                           "GET /next HTTP/1.1\r\nHost: b\r\n\r\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    RequestParser parser({});
    ASSERT_EQ(feed(parser, text, piece), Progress::kComplete) << piece;
    EXPECT_EQ(parser.take().body, "hello, world\r\n!");
    ASSERT_EQ(parser.advance(), Progress::kComplete) << piece;
    EXPECT_EQ(parser.take().path, "/next");
  }
}

TEST(RequestParser, ReadsOneRequestAfterTheOther) {
  RequestParser parser({});
  parser.append(
      "GET /a HTTP/1.1\r\nHost: h\r\n\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\n"
      "Content-Length: 2\r\n\r\nxyGET /c HTTP/1.1\r\nHost: h\r\n\r\nGET");
  std::vector<std::string> seen;
  while (parser.advance() == Progress::kComplete) {
    const auto request = parser.take();
    seen.push_back(request.method + request.path + request.body);
  }
  EXPECT_THAT(seen, ElementsAre("GET/a", "POST/bxy", "GET/c"));
  EXPECT_FALSE(parser.is_idle());
}

struct RefusedCase {
  std::string name;
  std::string text;
  int status;
  std::string reason;
};

class RefusedRequests : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedRequests, SayWhy) {
  for (const std::size_t piece : {std::size_t{1}, GetParam().text.size()}) {
    RequestParser parser({.max_head_bytes = 300, .max_fields = 4, .max_body_bytes = 20});
    ASSERT_EQ(feed(parser, GetParam().text, piece), Progress::kRefused);
    EXPECT_EQ(parser.refusal().status, GetParam().status);
    EXPECT_THAT(parser.refusal().reason, HasSubstr(GetParam().reason));
    EXPECT_FALSE(parser.keeps_alive());
    EXPECT_EQ(parser.advance(), Progress::kRefused);
  }
}

std::string post(const std::string& fields, const std::string& rest = "") {
  return "POST / HTTP/1.1\r\n" + kHost + fields + "\r\n" + rest;
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedRequests,
    testing::Values(
        RefusedCase{"Garbage", "\x16\x03\x01\x02\r\n\r\n", 400, "request line"},
        RefusedCase{"EmptyLines", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", 400, "request line"},
        RefusedCase{"NoVersion", "GET /\r\n\r\n", 400, "request line"},
        RefusedCase{"NewerVersion", "GET / HTTP/2.0\r\n\r\n", 505, "version"},
        RefusedCase{"OtherProtocol", "GET / RTSP/1.0\r\n\r\n", 400, "version"},
        RefusedCase{"NoToken", "G(T / HTTP/1.1\r\n\r\n", 400, "method"},
        RefusedCase{"AbsoluteTarget", "GET http://a/ HTTP/1.1\r\n\r\n", 400, "target"},
        RefusedCase{"TwoSpaces", "GET  / HTTP/1.1\r\n\r\n", 400, "target"},
        RefusedCase{"SpaceInTarget", "GET /a b HTTP/1.1\r\n\r\n", 400, "target"},
        RefusedCase{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400, "Host"},
        RefusedCase{"TwoHosts", post("Host: b\r\n"), 400, "Host"},
        RefusedCase{"FoldedField", post("A: b\r\n c\r\n"), 400, "colon"},
        RefusedCase{"SpaceBeforeColon", post("Content-Length : 1\r\n"), 400, "token"},
        RefusedCase{"BareLineFeed", post("A: b\nContent-Length: 5\r\n"), 400, "control"},
        RefusedCase{"NulInField", post(std::string("A: b\0c\r\n", 8)), 400, "control"},
        RefusedCase{"LengthAndCoding", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
                    400, "ambiguous"},
        RefusedCase{"CodingInOldVersion", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                    400, "ambiguous"},
        RefusedCase{"OtherCoding", post("Transfer-Encoding: gzip, chunked\r\n"), 501, "coding"},
        RefusedCase{"TwoLengths", post("Content-Length: 1\r\nContent-Length: 1\r\n"), 400,
                    "more than one"},
        RefusedCase{"SignedLength", post("Content-Length: +1\r\n"), 400, "no number"},
        RefusedCase{"HugeLength", post("Content-Length: 99999999999999999999\r\n"), 400,
                    "no number"},
        RefusedCase{"LongBody", post("Content-Length: 21\r\n"), 413, "20 bytes"},
        RefusedCase{"LongChunk", post("Transfer-Encoding: chunked\r\n", "15\r\n"), 413, "20 bytes"},
        RefusedCase{"ManyChunks",
                    post("Transfer-Encoding: chunked\r\n", "14\r\n12345678901234567890\r\n1\r\n"),
                    413, "20 bytes"},
        RefusedCase{"WrappingChunk",
                    post("Transfer-Encoding: chunked\r\n", "2\r\nab\r\nffffffffffffffff\r\n"), 413,
                    "20 bytes"},
        RefusedCase{"NoChunkSize", post("Transfer-Encoding: chunked\r\n", "x\r\n"), 400,
                    "no number"},
        RefusedCase{"ChunkTooLong", post("Transfer-Encoding: chunked\r\n", "1\r\nabc"), 400,
                    "longer than its size"},
        RefusedCase{"ChunkLineTooLong",
                    post("Transfer-Encoding: chunked\r\n", "1;" + std::string(200, 'x')), 400,
                    "size line"},
        RefusedCase{"TrailerTooLong",
                    post("Transfer-Encoding: chunked\r\n", "0\r\nA: " + std::string(5000, 'x')),
                    431, "trailer"},
        RefusedCase{"LongHead", post("A: " + std::string(300, 'x') + "\r\n"), 431, "300 bytes"},
        RefusedCase{"EndlessHead", "GET /" + std::string(400, 'x'), 431, "300 bytes"},
        RefusedCase{"ManyFields", post("A: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n"), 431, "4 header"}),
    [](const auto& instance) { return instance.param.name; });

struct KeepAliveCase {
  std::string head;
  bool keeps;
};

TEST(RequestParser, KeepsConnectionsAsTheVersionSays) {
  const std::vector<KeepAliveCase> cases = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: TE, Close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
  };
  for (const auto& [head, keeps] : cases) {
    RequestParser parser({});
    parser.append(head);
    ASSERT_EQ(parser.advance(), Progress::kComplete) << head;
    EXPECT_EQ(parser.keeps_alive(), keeps) << head;
  }
}

TEST(RequestParser, TellsOnceWhoWaitsForContinue) {
  RequestParser parser({});
  parser.append("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(parser.advance(), Progress::kNeedsMore);
  EXPECT_TRUE(parser.take_expectation());
  EXPECT_FALSE(parser.take_expectation());
  parser.append("x");
  EXPECT_EQ(parser.advance(), Progress::kComplete);
}

TEST(RequestParser, DecodesParameters) {
  Request request;
  request.query = "token=a%2Bb+c&verbose&bad=%zz%4&%74=1&";
  EXPECT_EQ(request.parameter("token"), "a+b c");
  EXPECT_EQ(request.parameter("verbose"), "");
  EXPECT_EQ(request.parameter("bad"), "%zz%4");
  EXPECT_EQ(request.parameter("t"), "1");
  EXPECT_EQ(request.parameter("none"), std::nullopt);
}

}  // namespace
}  // namespace sealift::endpoints
