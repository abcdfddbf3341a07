// Pulling by the identity that a cloud gives, as the program does it: the names of the cloud lead
// to its double through a proxy, and the proxy sees no more than names.
#include "cli_fixture.h"

#include <support/azure_services.h>
#include <support/tcp_tunnel.h>
#include <support/test_server.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kShop = "oci://shop.azurecr.io/app:v1";

class CliProvider : public CliTest {
 protected:
  CliProvider() {
    files().write("ca.pem", certificate_.ca_pem);
    files().write("token", azure_.federated_token + "\n");
  }

  ProcessOptions identity() const {
    return with_environment({{"HTTPS_PROXY", "http://127.0.0.1:" + std::to_string(proxy_.port())},
                             {"NO_PROXY", std::nullopt},
                             {"AZURE_TENANT_ID", "11111111-1111-1111-1111-111111111111"},
                             {"AZURE_CLIENT_ID", "22222222-2222-2222-2222-222222222222"},
                             {"AZURE_FEDERATED_TOKEN_FILE", files().file("token")}});
  }
  ProcessResult inspect(std::vector<std::string> more, const std::string& reference = kShop) {
    std::vector<std::string> arguments = {"inspect", reference, "--ca-file",
                                          files().file("ca.pem")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sealift(std::move(arguments), identity());
  }

  AzureServices azure_{system_clock()};
  TestCertificate certificate_ =
      TestCertificate::make("DNS:shop.azurecr.io,DNS:login.microsoftonline.com");
  TestServer cloud_{[this](const SeenRequest& request) { return azure_.answer(request); },
                    TestServer::Tls{certificate_, ""}};
  TcpTunnel proxy_{TcpTunnel::Proxy{.server_port = cloud_.port()}};
};

TEST_F(CliProvider, LogsInWithoutAStoredSecret) {
  const auto inspected = inspect({"--provider", "azure"});
  EXPECT_EQ(inspected.exit_code, 0) << inspected.err;
  EXPECT_THAT(proxy_.targets(),
              AllOf(Contains("login.microsoftonline.com:443"), Contains("shop.azurecr.io:443")));
  for (const auto& secret : azure_.secrets()) {
    EXPECT_THAT(inspected.out + inspected.err, Not(HasSubstr(secret)));
  }
}

TEST_F(CliProvider, AsksNoCloudThatNobodyNamed) {
  EXPECT_THAT(inspect({}), ends_with(5, "wants a login for"));
  EXPECT_THAT(proxy_.targets(), Not(Contains("login.microsoftonline.com:443")));
}

TEST_F(CliProvider, SaysWhichStepFailed) {
  files().write("token", "another.token.0123456789");
  const auto refused = inspect({"--provider", "azure"});
  EXPECT_THAT(refused, ends_with(5, "cannot trade the federated token for one of Microsoft Entra"));
  EXPECT_THAT(refused.err, Not(HasSubstr("another.token")));
  EXPECT_THAT(inspect({"--provider", "aws"}), ends_with(7, "is not for shop.azurecr.io"));
  EXPECT_THAT(inspect({"--provider", "azure"}, "oci://evil.example/app:v1"),
              ends_with(7, "is not for evil.example"));
  EXPECT_THAT(proxy_.targets(), Not(Contains(HasSubstr("evil"))));
}

TEST_F(CliProvider, StandsBesideNoOtherLoginAndNoWeakerConnection) {
  for (const std::vector<std::string>& other : {std::vector<std::string>{"--plain-http"},
                                                {"--insecure"},
                                                {"--registry-config", "config.json"},
                                                {"--username", "ada", "--password-stdin"}}) {
    std::vector<std::string> arguments = {"--provider", "azure"};
    arguments.insert(arguments.end(), other.begin(), other.end());
    EXPECT_THAT(inspect(arguments), ends_with(2, "--provider")) << other.front();
  }
  EXPECT_THAT(proxy_.targets(), ElementsAre());
}

}  // namespace
}  // namespace sealift::test
