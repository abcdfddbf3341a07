#include <sealift/objects/hash.h>
#include <sealift/target/desired_state.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/delivery/sample_delivery.h"
#include "unit/target/sample_objects.h"

namespace sealift::target {
namespace {

using delivery::test::make_delivery;
using sealift::test::config_map;
using sealift::test::fails_with;
using sealift::test::object_of;
using test::desired_of;
using testing::ElementsAre;
using testing::IsEmpty;

std::string annotated(const std::string& annotations, const std::string& value = "1") {
  return config_map("a", value, ", annotations: {" + annotations + "}");
}

std::string job(const std::string& annotations, const std::string& spec = "{}") {
  return object_of("batch/v1", "Job", "j", ", annotations: {" + annotations + "}") +
         "spec: " + spec + "\n";
}

DesiredObject one(const std::string& text, const delivery::Delivery& delivery = make_delivery()) {
  const auto desired = desired_of({text}, delivery);
  EXPECT_OK(desired);
  EXPECT_EQ(desired->objects.size(), 1u);
  return desired->objects.at(0);
}

TEST(Treatment, IsOrdinaryByDefault) {
  const auto object = one(config_map("a"));
  EXPECT_FALSE(object.keep || object.once || object.force || object.hook);
  EXPECT_EQ(object.drift, delivery::DriftMode::kCorrect);
  EXPECT_THAT(object.ignored_fields, IsEmpty());
}

TEST(Treatment, FollowsAnnotations) {
  EXPECT_TRUE(one(annotated("sealift.dev/keep: 'true'")).keep);
  EXPECT_TRUE(one(annotated("sealift.dev/once: 'true'")).once);
  EXPECT_TRUE(one(annotated("sealift.dev/force: 'true'")).force);
  EXPECT_TRUE(one(job("sealift.dev/hook: 'true'")).hook);
  EXPECT_FALSE(one(annotated("sealift.dev/keep: 'false'")).keep);
  EXPECT_FALSE(one(annotated("sealift.dev/once: ''")).once);
}

TEST(Treatment, KnowsItsOwnAnnotations) {
  EXPECT_THAT(desired_of({annotated("sealift.dev/kepp: 'true'")}, make_delivery()),
              fails_with(ErrorCode::kInvalidInput, "is it \"sealift.dev/keep\"?"));
}

TEST(Treatment, FollowsFluxsAnnotations) {
  const std::string flux = "kustomize.toolkit.fluxcd.io/";
  EXPECT_TRUE(one(annotated(flux + "prune: disabled")).keep);
  EXPECT_TRUE(one(config_map("a", "1", ", labels: {" + flux + "prune: disabled}")).keep);
  EXPECT_TRUE(one(annotated(flux + "ssa: IfNotPresent")).once);
  EXPECT_TRUE(one(annotated(flux + "force: enabled")).force);
  EXPECT_FALSE(one(annotated(flux + "ssa: Merge")).once);
  for (const auto* ignore : {"reconcile: disabled", "ssa: Ignore"}) {
    ASSERT_OK_ASSIGN(const auto desired, desired_of({annotated(flux + ignore)}));
    EXPECT_THAT(desired.objects, IsEmpty());
    EXPECT_EQ(desired.ignored.size(), 1u);
  }
}

TEST(Treatment, LeavesOutWhatIsToBeIgnored) {
  ASSERT_OK_ASSIGN(const auto desired,
                   desired_of({annotated("sealift.dev/ignore: 'true'"), config_map("b")}));
  ASSERT_EQ(desired.objects.size(), 1u);
  EXPECT_EQ(desired.objects[0].object.name(), "b");
  EXPECT_THAT(desired.ignored, ElementsAre(objects::ObjectId{"", "ConfigMap", "shop", "a"}));
}

TEST(Treatment, GathersIgnoredFields) {
  auto delivery = make_delivery();
  delivery::DriftRule rule;
  rule.kind = "ConfigMap";
  rule.paths = {"/data/x", "/data/key"};
  delivery.drift_rules = {rule};
  const auto object = one(annotated("sealift.dev/ignore: '/data/z,/data/x'"), delivery);
  EXPECT_THAT(object.ignored_fields, ElementsAre("/data/key", "/data/x", "/data/z"));
  // Whoever sees the live object knows it too.
  EXPECT_EQ(object.object.annotation("sealift.dev/ignore"), "/data/key,/data/x,/data/z");
  // What others may change is no change of ours.
  const auto changed = one(annotated("sealift.dev/ignore: '/data/z,/data/x'", "2"), delivery);
  EXPECT_EQ(object.content_hash, changed.content_hash);
  EXPECT_EQ(changed.object.json().string_at({"data", "key"}), "2");
  delivery.drift_rules.clear();
  EXPECT_NE(one(annotated("sealift.dev/ignore: '/data/z'"), delivery).content_hash,
            one(annotated("sealift.dev/ignore: '/data/z'", "2"), delivery).content_hash);
}

struct RuleCase {
  delivery::DriftRule rule;
  bool applies;
};

delivery::DriftRule rule_for(const std::string& kind, const std::string& group,
                             const std::string& name_space, const std::string& name) {
  return {kind, group, name_space, name, {}, delivery::DriftMode::kDetect};
}

TEST(Treatment, TakesTheLastDriftRuleThatFits) {
  const RuleCase kCases[] = {
      {rule_for("", "", "", ""), true},
      {rule_for("Deployment", "", "", ""), true},
      {rule_for("Deployment", "apps", "shop", "web"), true},
      {rule_for("*", "*", "*", "*"), true},
      {rule_for("Deploy*", "", "s*p", "*e*"), true},
      {rule_for("*Set", "", "", ""), false},
      {rule_for("Deployment", "extensions", "", ""), false},
      {rule_for("", "", "shops", ""), false},
      {rule_for("", "", "", "web-*"), false},
      {rule_for("", "", "", "w"), false},
      {rule_for("", "", "", "*w"), false},
  };
  const auto web = object_of("apps/v1", "Deployment", "web");
  for (const auto& [rule, applies] : kCases) {
    SCOPED_TRACE(rule.kind + "." + rule.group + " " + rule.name_space + "/" + rule.name);
    auto delivery = make_delivery();
    delivery.drift = delivery::DriftMode::kIgnore;
    delivery.drift_rules = {rule};
    EXPECT_EQ(one(web, delivery).drift,
              applies ? delivery::DriftMode::kDetect : delivery::DriftMode::kIgnore);
    delivery.drift_rules.push_back(rule_for("", "", "", ""));
    delivery.drift_rules.back().mode = delivery::DriftMode::kCorrect;
    EXPECT_EQ(one(web, delivery).drift, delivery::DriftMode::kCorrect);
  }
}

TEST(Treatment, RefusesWhatMeansNothing) {
  EXPECT_THAT(desired_of({annotated("sealift.dev/keep: 'yes'")}),
              fails_with(ErrorCode::kInvalidInput,
                         "f0.yaml:1:1: ConfigMap shop/a: the annotation sealift.dev/keep is "
                         "\"yes\" and must be \"true\" or \"false\""));
  for (const auto* name : {"once", "force", "hook"}) {
    EXPECT_THAT(desired_of({annotated("sealift.dev/" + std::string(name) + ": disabled")}),
                fails_with(ErrorCode::kInvalidInput, name));
  }
  EXPECT_THAT(desired_of({annotated("sealift.dev/hook: 'true'")}),
              fails_with(ErrorCode::kInvalidInput, "belongs on a Job of batch/v1"));
  EXPECT_OK(desired_of({annotated("sealift.dev/substitute: enabled")}));
  EXPECT_THAT(
      desired_of({annotated("sealift.dev/substitute: 'false'")}),
      fails_with(ErrorCode::kInvalidInput, "is \"false\" and must be \"disabled\" or \"enabled\""));
  EXPECT_THAT(desired_of({annotated("sealift.dev/ignore: spec.replicas")}),
              fails_with(ErrorCode::kInvalidInput, "must be \"true\" or paths as"));
  EXPECT_THAT(desired_of({annotated("sealift.dev/ignore: /metadata/name")}),
              fails_with(ErrorCode::kInvalidInput, "\"/metadata/name\": of metadata only"));
}

TEST(Treatment, AHookNamesItsArtifactInItsTemplate) {
  const auto text =
      job("sealift.dev/hook: 'true'", "{template: {metadata: {annotations: {a: b}}}}");
  const auto with_digest = [&](const std::string& artifact) {
    const auto parsed = objects::parse_objects(text, "f.yaml").value();
    return desired_state_of(make_delivery(), Digest::of(artifact), parsed, {}, test::unknown_scope)
        .value()
        .objects.at(0);
  };
  const auto first = with_digest("first");
  EXPECT_EQ(first.object.json().string_at(
                {"spec", "template", "metadata", "annotations", "sealift.dev/artifact"}),
            Digest::of("first").to_string());
  EXPECT_EQ(first.object.json().string_at({"spec", "template", "metadata", "annotations", "a"}),
            "b");
  EXPECT_EQ(first.content_hash, with_digest("first").content_hash);
  EXPECT_NE(first.content_hash, with_digest("second").content_hash);
  EXPECT_EQ(one(job("a: b")).object.json().find_path({"spec", "template"}), nullptr);
}

TEST(Treatment, AJobsHashTellsItsTemplateApart) {
  const auto part = [](const DesiredObject& object) {
    return object.content_hash.substr(object.content_hash.find('/') + 1);
  };
  const auto base = one(job("a: b", "{template: {x: 1}}"));
  const auto relabelled = one(job("a: c", "{template: {x: 1}}"));
  const auto changed = one(job("a: b", "{template: {x: 2}}"));
  EXPECT_NE(base.content_hash, relabelled.content_hash);
  EXPECT_EQ(part(base), part(relabelled));
  EXPECT_NE(part(base), part(changed));
}

}  // namespace
}  // namespace sealift::target
