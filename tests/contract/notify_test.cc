#include <sealift/base/encoding.h>
#include <sealift/base/hmac.h>
#include <sealift/notify/notifier.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "support/raw_server.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"
#include "support/test_certificate.h"
#include "support/test_server.h"

namespace sealift::notify {
namespace {

using sealift::test::FakeAnswer;
using sealift::test::RawConnection;
using sealift::test::RawServer;
using sealift::test::SeenRequest;
using sealift::test::TempDirectory;
using sealift::test::TestServer;
using testing::HasSubstr;

Notification notification(const std::string& name) {
  Notification one;
  one.time = system_clock().now();
  one.severity = Severity::kError;
  one.reason = "Refused";
  one.delivery_namespace = "shop";
  one.delivery_name = name;
  one.message = "no signature counts";
  return one;
}

// A receiver over the network, and a notifier with the real transport, disk and clock.
class NotifyOverHttp : public testing::Test {
 protected:
  FakeAnswer take(const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    changed_.notify_all();
    return FakeAnswer::json(200, "ok");
  }

  void wait_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_.size() >= count; });
  }

  Sink sink(const std::string& name, const std::string& url) {
    Sink sink;
    sink.name = name;
    sink.url = url;
    return sink;
  }

  std::unique_ptr<Notifier> start(std::vector<Sink> sinks) {
    NotifierSettings settings;
    settings.configuration.sinks = std::move(sinks);
    settings.directory = directory_.file("notify");
    return std::make_unique<Notifier>(
        std::move(settings),
        NotifierSurroundings{system_files(), *transport_, system_clock(), system_random()},
        Logger::silent());
  }

  TempDirectory directory_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<SeenRequest> requests_;
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("test");
};

TEST_F(NotifyOverHttp, ReachesAReceiverBehindTls) {
  const TestServer::Tls tls{sealift::test::TestCertificate::make(), ""};
  TestServer server([this](const SeenRequest& request) { return take(request); }, tls);
  auto secure = sink("secure", server.url("/in"));
  secure.ca_file = directory_.write("ca.pem", tls.certificate.ca_pem);
  secure.hmac_key_file = directory_.write("key", "the key\n");
  auto notifier = start({secure});
  notifier->send(notification("web"));
  wait_requests(1);
  EXPECT_OK(notifier->flush());
  notifier.reset();
  const auto& seen = requests_.at(0);
  EXPECT_EQ(seen.url, "/in");
  EXPECT_EQ(seen.headers.get("X-Signature"),
            "sha256=" + hex_encode(hmac_sha256("the key", seen.body)));
  EXPECT_THAT(seen.body, HasSubstr(R"("delivery":{"namespace":"shop","name":"web"})"));
  transport_.reset();
}

TEST_F(NotifyOverHttp, IsNotHeldUpByAReceiverThatSaysNothing) {
  RawServer silent([](RawConnection& connection) {
    connection.read_head();
    connection.wait_for_close();
  });
  TestServer server([this](const SeenRequest& request) { return take(request); });
  auto notifier = start({sink("silent", silent.url("/")), sink("quick", server.url("/"))});
  for (const auto* name : {"a", "b", "c"}) notifier->send(notification(name));
  wait_requests(3);
  // Ends although an answer is still awaited, and remembers what it was for.
  EXPECT_OK(notifier->flush());
  notifier.reset();
  auto again = start({sink("silent", server.url("/later"))});
  wait_requests(6);
  again.reset();
  EXPECT_EQ(requests_.at(3).url, "/later");
  transport_.reset();
}

}  // namespace
}  // namespace sealift::notify
