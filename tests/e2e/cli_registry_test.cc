// Logins and certificates of registries.
#include "cli_fixture.h"

#include <support/registry_server.h>

#include <sealift/base/encoding.h>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliRegistry : public CliTest {
 protected:
  std::vector<std::string> push_to(const RegistryServer& server,
                                   const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"push",   "oci://" + server.address() + "/shop:v1",
                                          "--from", git().path(),
                                          "--path", "deploy/prod"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(CliRegistry, PasswordsComeFromStandardInputOrADockerConfig) {
  const RegistryServer server("distribution", {"--htpasswd", "ada:se:cret"});
  EXPECT_THAT(sealift(push_to(server, {"--plain-http"})), ends_with(5, "wants a login"));
  const auto wrong = sealift(push_to(server, {"--plain-http", "-u", "ada", "--password-stdin"}),
                             with_input("guess\n"));
  EXPECT_THAT(wrong, ends_with(5, "refused the credentials"));
  EXPECT_THAT(wrong.err, Not(HasSubstr("guess")));
  succeed(push_to(server, {"--plain-http", "-u", "ada", "--password-stdin"}),
          with_input("se:cret\n"));
  files().write("login.json", "{\"auths\": {\"" + server.address() + "\": {\"auth\": \"" +
                                  base64_encode("ada:se:cret") + "\"}}}");
  succeed(push_to(server, {"--plain-http", "--registry-config", "login.json"}));
  EXPECT_THAT(sealift(push_to(server, {"--plain-http", "--registry-config", "none.json"})),
              ends_with(4, "none.json"));
  run_well({"mkdir", ".docker"});
  run_well({"mv", "login.json", ".docker/config.json"});
  succeed(push_to(server, {"--plain-http"}));
}

TEST_F(CliRegistry, CertificatesAreCheckedAgainstTheGivenAuthority) {
  const RegistryServer server("distribution", {"--tls"});
  files().write("ca.pem", server.ca_pem());
  EXPECT_THAT(sealift(push_to(server, {})), ends_with(3, "certificate"));
  succeed(push_to(server, {"--ca-file", "ca.pem"}));
  succeed(push_to(server, {"--insecure"}));
  EXPECT_THAT(sealift(push_to(server, {"--plain-http"})), ends_with(7, "omit --plain-http"));
  EXPECT_THAT(sealift(push_to(server, {"--ca-file", "none.pem"})), ends_with(4, "none.pem"));
  files().write("broken.pem", "no certificate");
  EXPECT_THAT(sealift(push_to(server, {"--ca-file", "broken.pem"})),
              ends_with(7, "the CA certificates for"));
}

}  // namespace
}  // namespace sealift::test
