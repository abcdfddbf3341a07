// A registry on a real network that answers without end, or with what no registry says.
#include "support/raw_server.h"
#include "support/result_matchers.h"

#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::RawConnection;
using test::RawServer;

struct Answer {
  std::string name;
  std::function<void(RawConnection&)> script;
  std::string message;
};

void PrintTo(const Answer& answer, std::ostream* out) { *out << answer.name; }

// Until the client has enough.
void write_for_ever(RawConnection& connection, const std::string& piece) {
  for (std::size_t sent = 0; sent < (64u << 20); sent += piece.size()) connection.write(piece);
}

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kType = "Content-Type: application/vnd.oci.image.manifest.v1+json\r\n";

class HostileRegistryAnswer : public testing::TestWithParam<Answer> {
 protected:
  std::unique_ptr<Repository> open(const RawServer& server) {
    RepositoryOptions options;
    options.plain_http = true;
    const auto reference =
        Reference::parse("oci://127.0.0.1:" + std::to_string(server.port()) + "/shop");
    return open_repository(*reference, options, environment_).value();
  }

  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  RepositoryEnvironment environment_{*transport_, system_files(), system_clock(), system_random()};
};

TEST_P(HostileRegistryAnswer, IsAnErrorAndEndsInTime) {
  const RawServer server([](RawConnection& connection) {
    while (!connection.read_head().empty()) GetParam().script(connection);
  });
  const auto repository = open(server);
  EXPECT_THAT(repository->fetch_manifest("v1", {}),
              fails_with(ErrorCode::kInvalidInput, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, HostileRegistryAnswer,
    testing::Values(
        Answer{"header_without_end",
               [](RawConnection& connection) {
                 connection.write(kOk);
                 write_for_ever(connection, "X-More: " + std::string(1'000, 'x') + "\r\n");
               },
               "header is longer than the limit"},
        Answer{"body_without_end",
               [](RawConnection& connection) {
                 connection.write(kOk + kType + "Transfer-Encoding: chunked\r\n\r\n");
                 write_for_ever(connection, "1000\r\n" + std::string(4'096, ' ') + "\r\n");
               },
               "limit of 4194304 bytes"},
        Answer{"length_of_gigabytes",
               [](RawConnection& connection) {
                 connection.write(kOk + kType + "Content-Length: 9000000000\r\n\r\n");
                 write_for_ever(connection, std::string(10'000, ' '));
               },
               "limit of 4194304 bytes: it has 9000000000"},
        Answer{"error_without_end",
               [](RawConnection& connection) {
                 connection.write("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n");
                 write_for_ever(connection, "1000\r\n" + std::string(4'096, 'x') + "\r\n");
               },
               "limit of 1 MiB"}),
    [](const auto& answer) { return answer.param.name; });

}  // namespace
}  // namespace sealift::oci
