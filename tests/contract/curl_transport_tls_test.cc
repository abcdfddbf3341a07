// A transport and certificates: whom it trusts, and what it shows.
#include "curl_transport_case.h"
#include "support/raw_server.h"
#include "support/result_matchers.h"
#include "support/test_server.h"

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <thread>

namespace sealift {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::get;
using test::RawConnection;
using test::RawServer;
using test::SeenRequest;
using test::TestCertificate;
using test::TestServer;

class CurlTransportTls : public test::CurlTransportCase {
 protected:
  static std::shared_ptr<HttpServerSettings> trusting(const TestCertificate& certificate) {
    auto settings = std::make_shared<HttpServerSettings>();
    settings->ca_pem = certificate.ca_pem;
    return settings;
  }
  HttpRequest request(const TestServer& server,
                      std::shared_ptr<const HttpServerSettings> settings) {
    HttpRequest result = get(server.url());
    result.server = std::move(settings);
    return result;
  }
  static FakeAnswer answer(const SeenRequest&) { return FakeAnswer::json(200, "{}"); }

  const TestCertificate certificate_ = TestCertificate::make();
};

TEST_F(CurlTransportTls, TrustsTheGivenCaAlone) {
  const TestServer server(answer, TestServer::Tls{certificate_, ""});
  EXPECT_OK(send(request(server, trusting(certificate_))));
  const auto unknown = send(request(server, trusting(TestCertificate::make())));
  EXPECT_THAT(unknown, fails_with(ErrorCode::kUntrusted, "certificate of " + server.host()));
  EXPECT_THAT(send(request(server, nullptr)), fails_with(ErrorCode::kUntrusted, server.host()));
  transport_.reset();
}

TEST_F(CurlTransportTls, GivenCaReplacesTheSystemsRoots) {
  // The order matters: a kept connection must not be used by a request that trusts less.
  const TestServer server(answer, TestServer::Tls{certificate_, ""});
  auto careless = std::make_shared<HttpServerSettings>();
  careless->insecure_skip_tls_verify = true;
  EXPECT_OK(send(request(server, careless)));
  EXPECT_THAT(send(request(server, nullptr)), fails_with(ErrorCode::kUntrusted));
  transport_.reset();
}

TEST_F(CurlTransportTls, WatchesDoNotHoldUpRequests) {
  std::latch watching(10);
  std::latch end(1);
  const TestServer server(
      [&](const SeenRequest& seen) {
        FakeAnswer answer;
        if (!seen.url.ends_with("/watch")) return answer;
        answer.stream = [&](ByteSink& body, std::stop_token) -> Result<> {
          SEALIFT_TRY(body.write("event"));
          watching.count_down();
          end.wait();
          return {};
        };
        return answer;
      },
      TestServer::Tls{certificate_, ""});
  const auto settings = trusting(certificate_);
  std::vector<std::future<Result<HttpAnswer>>> watches;
  for (int i = 0; i < 10; ++i) {
    watches.push_back(std::async(std::launch::async, [&] {
      auto watch = request(server, settings);
      watch.url = server.url("/watch");
      return send(watch);
    }));
  }
  watching.wait();
  EXPECT_OK(send(request(server, settings)));
  end.count_down();
  for (auto& watch : watches) EXPECT_OK(watch.get());
  transport_.reset();
}

TEST_F(CurlTransportTls, WrongNameIsRefused) {
  const auto other = TestCertificate::make("DNS:other.example");
  const TestServer server(answer, TestServer::Tls{other, ""});
  EXPECT_THAT(send(request(server, trusting(other))), fails_with(ErrorCode::kUntrusted));
  transport_.reset();
}

TEST_F(CurlTransportTls, ShowsAClientCertificate) {
  const TestServer server(answer, TestServer::Tls{certificate_, certificate_.ca_pem});
  EXPECT_THAT(send(request(server, trusting(certificate_))), fails_with(ErrorCode::kUnavailable));
  auto settings = trusting(certificate_);
  settings->client_certificate_pem = certificate_.certificate_pem;
  settings->client_key_pem = certificate_.key_pem;
  EXPECT_OK(send(request(server, settings)));
  transport_.reset();
}

TEST_F(CurlTransportTls, UnreadableCertificatesAreInvalidInput) {
  const TestServer server(answer, TestServer::Tls{certificate_, ""});
  auto settings = std::make_shared<HttpServerSettings>();
  settings->ca_pem = "not a certificate";
  EXPECT_THAT(send(request(server, settings)), fails_with(ErrorCode::kInvalidInput, "CA"));
  settings = trusting(certificate_);
  settings->client_certificate_pem = "not a certificate";
  settings->client_key_pem = "not a key";
  EXPECT_THAT(send(request(server, settings)), fails_with(ErrorCode::kInvalidInput, "client"));
  transport_.reset();
}

TEST_F(CurlTransportTls, PlainServerIsNoTlsServer) {
  RawServer server([](RawConnection& connection) {
    connection.read(1);
    connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  EXPECT_THAT(send(get("https://127.0.0.1:" + std::to_string(server.port()) + "/")),
              fails_with(ErrorCode::kUnavailable, "no TLS connection"));
}

}  // namespace
}  // namespace sealift
