#include <sealift/base/clock.h>

#include <gmock/gmock.h>

#include "field_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Which artifact, when, and by whose word.
class FieldReference : public FieldCase {
 protected:
  std::string artifact(const std::string& select) const {
    return "  artifact: {url: '" + repository_ + "', " + select + "}\n";
  }
  std::string digest_of(const std::string& name) const {
    return std::string(delivery(name).string_at({"status", "artifact", "digest"}));
  }
};

TEST_F(FieldReference, ADigestIsHeldAndATagFollowed) {
  put("a.yaml", bare_map("'${NAME}'", "1"));
  publish();
  const auto named = [](const std::string& name) { return "  substitute: {NAME: " + name + "}\n"; };
  declare("followed", named("followed"));
  expect_ready("followed");
  const auto first = digest_of("followed");
  declare("held", artifact("digest: '" + first + "'") + named("held"));
  declare("absent", artifact("digest: 'sha256:" + std::string(64, 'a') + "'") + named("absent"));
  declare("no-tag", artifact("tag: nowhere") + named("no-tag"));
  expect_ready("held");
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  expect_value("followed", "2");
  run_again("held");
  EXPECT_EQ(value_of("held"), "1");
  EXPECT_EQ(digest_of("held"), first);
  EXPECT_THAT(message_for("ArtifactFailed", "no-tag"), HasSubstr("nowhere"));
  EXPECT_THAT(message_for("ArtifactFailed", "absent"), HasSubstr("aaaa"));
}

TEST_F(FieldReference, ARangeOfVersionsTakesTheNewestInIt) {
  put("a.yaml", bare_map("a", "1.0"));
  const auto publish_version = [&](const std::string& from, const std::string& to) {
    change("a.yaml", "\"" + from + "\"", "\"" + to + "\"");
    publish_as(++sequence_, {"--sign", key_file(), "--tag", to + ".0"});
  };
  publish_version("1.0", "1.1");
  publish_version("1.1", "2.0");
  declare("shop", artifact("semver: '>=1.0 <2'"));
  declare("none", artifact("semver: '>=3'"));
  expect_ready("shop");
  EXPECT_EQ(value_of("a"), "1.1");
  EXPECT_EQ(delivery("shop").string_at({"status", "artifact", "tag"}), "1.1.0");
  publish_version("2.0", "1.2");
  expect_value("a", "1.2");
  EXPECT_THAT(message_for("ArtifactFailed", "none"), HasSubstr(">=3"));
}

TEST_F(FieldReference, IntervalAndRequests) {
  put("a.yaml", bare_map("'${NAME}'", "1"));
  // Who names the same reference hears of what another one finds.
  const auto publish_all = [&] {
    publish_as(++sequence_, {"--sign", key_file(), "--tag", "slow", "--tag", "failing"});
  };
  publish_all();
  const auto before = system_clock().now();
  declare("slow", artifact("tag: slow") + "  interval: 1h\n  substitute: {NAME: slow}\n");
  declare("fast", "  interval: 1s\n  substitute: {NAME: fast}\n");
  // The time of a failure is another one.
  declare("failing", artifact("tag: failing") +
                         "  interval: 1h\n  retryInterval: 1s\n  substitute: {NAME: failing}\n"
                         "  substituteFrom: [{kind: ConfigMap, name: later}]\n");
  for (const auto* name : {"slow", "fast"}) expect_ready(name);
  message_for("PlanFailed", "failing");
  change("a.yaml", "\"1\"", "\"2\"");
  publish_all();
  expect_value("fast", "2");
  EXPECT_EQ(value_of("slow"), "1");
  const auto next = parse_timestamp(delivery("slow").string_at({"status", "nextRun"}));
  ASSERT_TRUE(next);
  // Up to a tenth is added by chance; the status has whole seconds.
  EXPECT_GE(*next, before + std::chrono::minutes(59));
  EXPECT_LE(*next, system_clock().now() + std::chrono::minutes(67));
  run_again("slow");
  expect_value("slow", "2");
  write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: later, namespace: " + name_ +
        "}\ndata: {X: z}\n");
  // And it looks afresh: what repairs may have been a new artifact.
  expect_value("failing", "2");
}

TEST_F(FieldReference, ASuspendedDeliveryDoesNothing) {
  put("a.yaml", bare_map("'${NAME}'", "1"));
  publish();
  declare("shop", "  suspend: true\n  substitute: {NAME: shop}\n");
  EXPECT_THAT(message_for("Suspended", "shop"), HasSubstr("suspend"));
  declare("other", "  substitute: {NAME: other}\n");
  expect_ready("other");
  EXPECT_TRUE(config_map_at("shop").is_null());
  declare("shop", "  substitute: {NAME: shop}\n");
  expect_ready("shop");
}

TEST_F(FieldReference, AnnotationsThatMeanNothingAreMistakes) {
  put("a.yaml", bare_map("a", "1"));
  publish();
  const auto annotated = [&](const std::string& name, const std::string& annotation) {
    declare(name, {}, "  annotations: {sealift.dev/" + annotation + "}\n");
  };
  annotated("rollback", "rollback-to: latest");
  annotated("dependents", "allow-dependents: \"one,Two\"");
  annotated("request", "requestedAt: " + std::string(257, 'x'));
  EXPECT_THAT(message_for("InvalidSpec", "rollback"), HasSubstr("sealift.dev/rollback-to"));
  EXPECT_THAT(message_for("InvalidSpec", "dependents"),
              AllOf(HasSubstr("sealift.dev/allow-dependents"), HasSubstr("Two")));
  EXPECT_THAT(message_for("InvalidSpec", "request"),
              AllOf(HasSubstr("sealift.dev/requestedAt"), HasSubstr("at most 256")));
  for (const auto* name : {"rollback", "dependents", "request"}) {
    EXPECT_EQ(condition("Stalled", name).string_at({"reason"}), "InvalidSpec");
  }
  EXPECT_TRUE(config_map_at("a").is_null());
}

}  // namespace
}  // namespace sealift::e2e
