// Transfers over a network that keeps breaking, with real registries behind it.
#include "support/registry_server.h"
#include "support/result_matchers.h"
#include "support/tcp_tunnel.h"

#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::oci {
namespace {

constexpr std::size_t kBlobSize = 6u << 20;

std::string numbered_lines(std::size_t size) {
  std::string lines;
  for (int i = 0; lines.size() < size; ++i) lines += std::to_string(i) + "\n";
  lines.resize(size);
  return lines;
}

class TransferTest {
 protected:
  explicit TransferTest(const std::string& kind) : server_(kind) {}

  std::unique_ptr<Repository> open(int port) {
    RepositoryOptions options;
    options.plain_http = true;
    const auto reference = Reference::parse("oci://127.0.0.1:" + std::to_string(port) + "/shop");
    return open_repository(*reference, options, environment_).value();
  }
  int port() const { return std::stoi(server_.address().substr(server_.address().rfind(':') + 1)); }
  Result<std::string> fetch(Repository& repository) {
    StringSink sink("blob", kBlobSize);
    SEALIFT_TRY(repository.fetch_blob(blob_, sink, {}));
    return sink.take();
  }

  const test::RegistryServer server_;
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  RepositoryEnvironment environment_{*transport_, system_files(), system_clock(), system_random()};
  const std::string content_ = numbered_lines(kBlobSize);
  const Descriptor blob_{"text/plain", Digest::of(content_), content_.size(), "", {}};
};

class BrokenTransfer : public TransferTest, public testing::TestWithParam<const char*> {
 protected:
  BrokenTransfer() : TransferTest(GetParam()) {}
};

class BrokenTransferOfDistribution : public TransferTest, public testing::Test {
 protected:
  BrokenTransferOfDistribution() : TransferTest("distribution") {}
};

INSTANTIATE_TEST_SUITE_P(Registries, BrokenTransfer,
                         testing::Values("distribution", "docker-registry", "crane"),
                         [](const auto& store) {
                           std::string name = store.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(BrokenTransfer, AnUploadEndsWhole) {
  test::TcpTunnel tunnel(port());
  tunnel.cut_after(2'500'000, 2);
  ASSERT_OK(open(tunnel.port())->push_blob(blob_, Blob::from_string(content_), {}));
  EXPECT_GT(tunnel.connections(), 2u);
  ASSERT_OK_ASSIGN(const std::string stored, fetch(*open(port())));
  EXPECT_TRUE(stored == content_);
}

// Registries that forget an upload with its connection need one that lasts.
TEST_F(BrokenTransferOfDistribution, AnUploadEndsWholeOverConnectionsThatAllBreak) {
  test::TcpTunnel tunnel(port());
  tunnel.cut_after(1'500'000, 1'000);
  ASSERT_OK(open(tunnel.port())->push_blob(blob_, Blob::from_string(content_), {}));
  EXPECT_GT(tunnel.connections(), 4u);
  ASSERT_OK_ASSIGN(const std::string stored, fetch(*open(port())));
  EXPECT_TRUE(stored == content_);
}

TEST_P(BrokenTransfer, ADownloadEndsWhole) {
  ASSERT_OK(open(port())->push_blob(blob_, Blob::from_string(content_), {}));
  test::TcpTunnel tunnel(port());
  tunnel.cut_after(2'500'000, 2);
  ASSERT_OK_ASSIGN(const std::string fetched, fetch(*open(tunnel.port())));
  EXPECT_TRUE(fetched == content_);
  EXPECT_GE(tunnel.connections(), 3u);
}

}  // namespace
}  // namespace sealift::oci
