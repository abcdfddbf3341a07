// How far a push, a copy and a pull are, as people at a terminal see it, and nobody else.
#include "cli_fixture.h"

#include <support/counting_proxy.h>
#include <support/pseudo_terminal.h>
#include <support/registry_server.h>

#include <latch>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class CliProgress : public CliTest {
 protected:
  std::string registry() const { return "oci://" + proxy_.url().substr(7) + "/shop:v1"; }
  std::vector<std::string> at_terminal(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"env", "-C", directory(), SEALIFT_PROGRAM});
    return arguments;
  }
  // Runs a command whose transfer stands still until its line was seen.
  void expect_seen(const std::vector<std::string>& arguments, const std::string& method,
                   const std::string& line) {
    std::latch seen(1);
    proxy_.set_rule([&](const ProxiedRequest& request, std::size_t) {
      if (request.method == method && request.path.find("/blobs/") != std::string::npos) {
        seen.wait();
      }
      return ProxyAction::forward();
    });
    PseudoTerminal terminal(at_terminal(arguments));
    EXPECT_TRUE(terminal.wait_for(line)) << terminal.output();
    seen.count_down();
    EXPECT_EQ(terminal.wait(), 0) << terminal.output();
    proxy_.set_rule(nullptr);
    const std::string shown = terminal.output();
    EXPECT_THAT(shown.substr(shown.rfind(line)), HasSubstr("\r\033[K")) << "it is wiped";
  }
  // Neither in a log nor with --quiet.
  void expect_unseen(std::vector<std::string> arguments) {
    const auto logged = sealift(arguments);
    EXPECT_EQ(logged.exit_code, 0) << logged.err;
    EXPECT_EQ(logged.err, "");
    EXPECT_THAT(logged.out, Not(HasSubstr("\033")));
    arguments.emplace_back("--quiet");
    PseudoTerminal silent(at_terminal(arguments));
    EXPECT_EQ(silent.wait(), 0);
    EXPECT_EQ(silent.output(), "");
  }

 private:
  RegistryServer server_{"distribution"};
  CountingProxy proxy_{"http://" + server_.address(), nullptr};
};

TEST_F(CliProgress, ATransferThatTakesTimeIsSeenAtATerminal) {
  expect_seen({"push", registry(), "--from", git().path(), "--plain-http"}, "POST",
              "pushing  0/1 blobs");
  expect_seen({"copy", registry(), "oci-layout:copied", "--from-plain-http"}, "GET",
              "copying  0/2 blobs");
  expect_seen({"copy", registry(), "oci-archive:copied.tar", "--from-plain-http"}, "GET",
              "copying  0/2 blobs");
  expect_seen({"pull", registry(), "-o", "pulled", "--plain-http"}, "GET", "pulling  0/1 blobs");
}

TEST_F(CliProgress, LogsAndTheQuietSeeNothingOfAShortOne) {
  expect_unseen({"push", registry(), "--from", git().path(), "--plain-http"});
  expect_unseen({"copy", registry(), "oci-layout:copied", "--from-plain-http"});
  expect_unseen({"copy", registry(), "oci-archive:copied.tar", "--from-plain-http", "--force"});
}

}  // namespace
}  // namespace sealift::test
