// Reading through mirrors, with real registries on both sides.
#include "cli_fixture.h"

#include <support/registry_server.h>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliMirror : public CliTest {
 protected:
  std::string origin(const std::string& tag = "v1") const {
    return "oci://" + origin_.address() + "/shop:" + tag;
  }
  // The digest of what both have.
  std::string publish() const {
    const std::string digest = push(origin(), {"--plain-http"});
    succeed({"copy", origin(), "oci://" + mirror_.address() + "/hub/shop", "--plain-http"});
    return digest;
  }
  std::vector<std::string> pull(const std::string& reference, const std::string& directory,
                                const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"pull",
                                          reference,
                                          "-o",
                                          directory,
                                          "--plain-http",
                                          "--mirror",
                                          "http://" + mirror_.address() + "/hub"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  RegistryServer origin_{"distribution"};
  RegistryServer mirror_{"distribution"};
};

TEST_F(CliMirror, ServesWhatHasADigestWhileTheRegistryIsAway) {
  const std::string digest = publish();
  const std::string by_digest = "oci://" + origin_.address() + "/shop@" + digest;
  origin_.stop();
  succeed(pull(by_digest, "out"));
  EXPECT_THAT(files().read("out/settings.yaml"), HasSubstr("colour: blue"));
  EXPECT_THAT(sealift(pull(origin(), "by-tag")), ends_with(6, origin_.address()))
      << "a tag is the registry's own to tell";
  succeed(pull(origin(), "by-tag", {"--mirror-tags"}));
}

TEST_F(CliMirror, ThatIsAwayIsSaidAndPassedOver) {
  const std::string digest = publish();
  mirror_.stop();
  const auto pulled = sealift(pull("oci://" + origin_.address() + "/shop@" + digest, "out"));
  EXPECT_EQ(pulled.exit_code, 0) << pulled.err;
  EXPECT_THAT(pulled.err, HasSubstr("mirror " + mirror_.address() + "/hub/shop is left out"));
}

TEST_F(CliMirror, IsAnAddress) {
  for (const char* address : {"", "ftp://x", "host/UPPER", "host/a:v1"}) {
    EXPECT_THAT(sealift({"pull", origin(), "-o", "out", "--mirror", address}), ends_with(2, ""))
        << address;
  }
  EXPECT_THAT(sealift({"pull", origin(), "-o", "out", "--mirror-tags"}), ends_with(2, "--mirror"));
}

}  // namespace
}  // namespace sealift::test
