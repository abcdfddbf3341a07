#include <sealift/base/encoding.h>
#include <sealift/base/hmac.h>

#include <gmock/gmock.h>

#include <cstdlib>

#include "remote_case.h"
#include "support/registry_server.h"
#include "support/test_server.h"

namespace sealift::e2e {
namespace {

using test::FakeAnswer;
using test::SeenRequest;

constexpr const char* kSecret = "a secret of more than 16 bytes";

// A push is told to the puller, and a delivery by the puller, although its interval is long.
class RegistryWebhook : public RemoteCase {
 protected:
  void SetUp() override {
    RemoteCase::SetUp();
    directory_.write("hooks/distribution", std::string(kSecret) + "\n");
    directory_.write("hmac", "the key of the receiver\n");
    directory_.write("notify.yaml",
                     "apiVersion: sealift.dev/v1alpha1\nkind: Notifications\nspec:\n  cluster: "
                     "test\n  sinks:\n    - {name: here, type: webhook, url: '" +
                         receiver_.url("/in") + "', hmacKeyFile: '" + directory_.file("hmac") +
                         "'}\n");
    start_puller({"--webhook-listen", "127.0.0.1:0", "--webhook-secrets", directory_.file("hooks"),
                  "--notify", directory_.file("notify.yaml")});
    ASSERT_TRUE(puller_->wait_for_output("webhooks are heard"));
    hook_ = "http://127.0.0.1:" + logged_port() + "/hook/distribution";
  }
  std::string logged_port() {
    const auto log = puller_->err();
    const auto from = log.find("port=", log.find("webhooks are heard")) + 5;
    return std::to_string(std::atoi(log.c_str() + from));
  }
  void deliver_from(const test::RegistryServer& registry) {
    use_repository("oci://" + registry.address() + "/shop");
    publish();
    repository_ = registry.address() + "/shop";
    trust();
    repository_ = "oci://" + registry.address() + "/shop";
    apply("apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: shop, namespace: " +
          name_ + "}\nspec:\n  artifact: {url: \"" + repository_ +
          "\", tag: prod, insecure: true}\n  interval: 12h\n  serviceAccountName: deployer\n");
    wait_for("condition=Ready");
  }
  bool was_told(const std::string& reason, const std::string& digest) const {
    for (const auto& request : receiver_.requests()) {
      const auto message = parse_json(request.body, "a notification");
      if (message && message->string_at({"reason"}) == reason &&
          message->string_at({"artifact", "digest"}) == digest) {
        return true;
      }
    }
    return false;
  }

  test::TestServer receiver_{[](const SeenRequest&) { return FakeAnswer::json(200, "{}"); }};
  std::string hook_;
};

TEST_F(RegistryWebhook, APushIsDeliveredAtOnceAndTold) {
  const test::RegistryServer registry("distribution",
                                      {"--webhook", hook_, "--webhook-secret", kSecret});
  deliver_from(registry);
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  expect_value("a", "2");
  wait_for("condition=Ready");
  const std::string digest(delivery("shop").string_at({"status", "artifact", "digest"}));
  EXPECT_TRUE(eventually([&] { return was_told("Delivered", digest); }));
  for (const auto& request : receiver_.requests()) {
    EXPECT_EQ(request.url, "/in");
    EXPECT_EQ(request.headers.get("X-Signature"),
              "sha256=" + hex_encode(hmac_sha256("the key of the receiver", request.body)));
  }
}

TEST_F(RegistryWebhook, WhoeverDoesNotKnowTheSecretIsNotHeard) {
  const test::RegistryServer registry(
      "distribution", {"--webhook", hook_, "--webhook-secret", "another secret of some length"});
  deliver_from(registry);
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  EXPECT_TRUE(puller_->wait_for_output("webhook refused: no secret of its sender fits"));
  EXPECT_EQ(value_of("a"), "1");
  ask_for_run("shop");
  expect_value("a", "2");
}

}  // namespace
}  // namespace sealift::e2e
