#include <sealift/delivery/delivery.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>

#include "contract/definitions_fixture.h"
#include "unit/delivery/delivery_samples.h"

namespace sealift::controller {
namespace {

using delivery::delivery_with;
using test::fails_with;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class DeliveryDefinition : public DefinitionsContract {
 protected:
  void TearDown() override {
    kubectl({"delete", "deliveries", "--all", "--namespace", "edge", "--ignore-not-found"});
  }
};

TEST_F(DeliveryDefinition, TakesWhatTheParserTakes) {
  for (const auto& [field, spec] : delivery::good_specs()) {
    SCOPED_TRACE(spec);
    const auto created = try_create(kDeliveries, delivery_with(spec));
    EXPECT_OK(created);
    // With its defaults, it is still one.
    if (created) {
      EXPECT_OK(delivery::parse_delivery(*created, "created"));
    }
  }
}

TEST_F(DeliveryDefinition, RefusesWhatTheParserRefuses) {
  for (const auto& bad : delivery::bad_specs()) {
    SCOPED_TRACE(bad.spec.substr(0, 400));
    const auto created = try_create(kDeliveries, delivery_with(bad.spec));
    if (bad.server == delivery::kAccepts) {
      EXPECT_OK(created);
      continue;
    }
    const auto& words = bad.server == delivery::kSame ? bad.parser : bad.server;
    EXPECT_THAT(created, fails_with(ErrorCode::kInvalidInput, words));
  }
}

// "healthChecks[].current[].path", of fields that hold no other fields.
void add_leaves(const Json& schema, const std::string& path, std::set<std::string>& leaves) {
  for (const auto& [name, field] : *schema.find("properties")->as_object()) {
    const Json* items = field.find_path({"items"});
    const bool is_list = items != nullptr && items->find("properties") != nullptr;
    const auto& inner = is_list ? *items : field;
    const auto own = path + "." + name + (is_list ? "[]" : "");
    if (inner.find("properties") != nullptr) {
      add_leaves(inner, own, leaves);
    } else {
      leaves.insert(own);
    }
  }
}

// Of each field, or of what holds it, the table above knows a bad value.
TEST_F(DeliveryDefinition, HasABadValueOfEachField) {
  std::set<std::string> judged;
  for (const auto& bad : delivery::bad_specs()) {
    judged.insert(std::regex_replace(bad.field, std::regex("\\[[0-9]+\\]"), "[]"));
  }
  const auto definition = json(delivery_definition());
  const auto& version = definition.find_path({"spec", "versions"})->as_array()->front();
  std::set<std::string> leaves;
  add_leaves(*version.find_path({"schema", "openAPIV3Schema", "properties", "spec"}), "spec",
             leaves);
  EXPECT_GT(leaves.size(), 40u);
  for (const auto& leaf : leaves) {
    const bool known = std::any_of(judged.begin(), judged.end(), [&](const std::string& field) {
      // Keys and values of maps are told behind the map's name; all tests of health are one type.
      return field == leaf || field.starts_with(leaf + ".") ||
             (leaf.starts_with("spec.healthChecks[].") &&
              field == "spec.healthChecks[].current[]" + leaf.substr(leaf.rfind('.')));
    });
    EXPECT_TRUE(known) << leaf
                       << " has no bad value in tests/unit/delivery/bad_delivery_samples.cc";
  }
}

// Each mistake once, in words about the field.
TEST_F(DeliveryDefinition, NamesAMistakeOnceAndItsField) {
  const auto refusal = [&](const std::string& spec) {
    const auto made = try_create(
        kDeliveries, delivery_with("{artifact: {url: 'oci://r.example.com/a'}, " + spec + "}"));
    return made ? std::string("none") : made.error().message();
  };
  for (const auto* interval : {"5x", "0s", "876001h"}) {
    EXPECT_THAT(refusal("interval: " + std::string(interval)),
                EndsWith("spec.interval: Invalid value: \"" + std::string(interval) +
                         "\": must be a duration from 1s to 100 years, as in 90s, 5m or 1h30m"));
  }
  EXPECT_THAT(refusal("dependsOn: [{name: shop}]"),
              AllOf(HasSubstr("spec.dependsOn: "), HasSubstr("names this Delivery itself"),
                    Not(HasSubstr("nil"))));
}

TEST_F(DeliveryDefinition, RefusesAnObjectThatHasNoSpecOrALongName) {
  EXPECT_THAT(try_create(kDeliveries,
                         "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\n"
                         "metadata: {name: a}\n"),
              fails_with(ErrorCode::kInvalidInput, "spec: Required value"));
  auto named = delivery_with("{artifact: {url: 'oci://r.example.com/a'}}");
  named.replace(named.find("shop"), 4, std::string(129, 'a'));
  EXPECT_THAT(try_create(kDeliveries, named),
              fails_with(ErrorCode::kInvalidInput, "metadata.name must have at most 128"));
}

TEST_F(DeliveryDefinition, HasTheParsersDefaults) {
  const auto minimal = delivery_with("{artifact: {url: 'oci://r.example.com/a'}}");
  ASSERT_OK_ASSIGN(const auto created, try_create(kDeliveries, minimal));
  const Json* spec = created.find("spec");
  ASSERT_NE(spec, nullptr);
  EXPECT_EQ(dump_json_sorted(*spec),
            R"({"artifact":{"insecure":false,"provider":"generic","url":"oci://r.example.com/a"},)"
            R"("deletionPolicy":"delete","drift":"correct","force":false,"interval":"5m",)"
            R"("onFailure":"keep","preflight":true,"prune":true,"retryInterval":"1m",)"
            R"("suspend":false,"timeout":"5m","wait":true})");
  ASSERT_OK_ASSIGN(const auto read, delivery::parse_delivery(created, "created"));
  ASSERT_OK_ASSIGN(const auto plain, delivery::parse_delivery(json(minimal), "minimal"));
  EXPECT_EQ(read.deletion_policy, plain.deletion_policy);
  EXPECT_EQ(read.drift, plain.drift);
  EXPECT_EQ(read.force, plain.force);
  EXPECT_EQ(read.interval, plain.interval);
  EXPECT_EQ(read.on_failure, plain.on_failure);
  EXPECT_EQ(read.preflight, plain.preflight);
  EXPECT_EQ(read.prune, plain.prune);
  EXPECT_EQ(read.retry_interval, plain.retry_interval);
  EXPECT_EQ(read.suspend, plain.suspend);
  EXPECT_EQ(read.timeout, plain.timeout);
  EXPECT_EQ(read.wait, plain.wait);
  EXPECT_EQ(read.uid, created.string_at({"metadata", "uid"}));
  EXPECT_EQ(read.generation, 1);
}

// Everything that a status may say; a field that the schema lacks would be pruned.
constexpr std::string_view kStatus = R"({"status":{
  "observedGeneration":1,
  "conditions":[
    {"type":"Ready","status":"True","reason":"Delivered","message":"all is as wanted",
     "observedGeneration":1,"lastTransitionTime":"2026-11-22T18:00:00Z"},
    {"type":"Reconciling","status":"True","reason":"Progressing","message":"",
     "lastTransitionTime":"2026-11-22T18:00:00Z"}],
  "stage":"record",
  "artifact":{"url":"oci://r.example.com/a","tag":"v1","digest":"sha256:1","revision":"main@sha1:1",
    "source":"https://git.example.com/a","created":"2026-11-22T17:00:00Z","sequence":7,
    "policy":"shop","signers":["release","security"]},
  "accepted":{"digest":"sha256:1","newestDigest":"sha256:2","sequence":7,
    "writer":"0123456789abcdef0123456789abcdef","repository":"r.example.com/a"},
  "inventory":{"objects":4,"kinds":[{"group":"apps","kind":"Deployment","count":1,"healthy":1}]},
  "unhealthy":[{"group":"apps","kind":"Deployment","namespace":"edge","name":"web",
    "health":"InProgress","reason":"0 of 1"}],
  "drift":{"count":1,"objects":[{"group":"","kind":"Service","namespace":"edge","name":"web"}]},
  "history":[{"digest":"sha256:1","revision":"main@sha1:1","outcome":"delivered",
    "startedAt":"2026-11-22T18:00:00Z","endedAt":"2026-11-22T18:00:01Z","applied":4,"pruned":0,
    "message":""}],
  "nextRun":"2026-11-22T18:05:00Z",
  "lastHandledReconcileAt":"now"}})";

TEST_F(DeliveryDefinition, KeepsAWholeStatusThatOnlyItsSubresourceTakes) {
  auto body = json(delivery_with("{artifact: {url: 'oci://r.example.com/a'}}"));
  const auto status = json(kStatus);
  body.set("status", *status.find("status"));
  ASSERT_OK_ASSIGN(const auto created, client_.create(kDeliveries, {}, body, {}));
  EXPECT_EQ(created.find("status"), nullptr);
  const auto path = std::string(kDeliveries) + "/shop";
  ASSERT_OK_ASSIGN(const auto patched,
                   client_.patch(path + "/status", {{"fieldValidation", "Strict"}},
                                 "application/merge-patch+json", status, {}));
  EXPECT_EQ(*patched.find("status"), *status.find("status"));
  EXPECT_EQ(patched.find_path({"metadata", "generation"})->as_int64(), 1);
  EXPECT_OK(delivery::parse_delivery(patched, "patched"));
  kubectl({"wait", "--for=condition=Ready", "--namespace", "edge", "delivery/shop"});
}

TEST_F(DeliveryDefinition, ShowsWhatPeopleLookFor) {
  kubectl({"create", "--filename", "-"},
          delivery_with("{artifact: {url: 'oci://r.example.com/a'}, suspend: true}"));
  kubectl({"patch", "dlv", "shop", "--namespace", "edge", "--subresource", "status", "--type",
           "merge", "--patch", std::string(kStatus)});
  const auto narrow = kubectl({"get", "dlv", "--namespace", "edge"});
  EXPECT_THAT(narrow,
              testing::MatchesRegex("NAME +READY +STATUS +REVISION +AGE *\n"
                                    "shop +True +all is as wanted +main@sha1:1 +[0-9]+s *\n"));
  const auto wide = kubectl({"get", "sealift", "--namespace", "edge", "--output", "wide"});
  EXPECT_THAT(wide, testing::MatchesRegex("NAME .* AGE +DIGEST +POLICY +OBJECTS +SUSPENDED *\n"
                                          "[^\n]* sha256:1 +shop +4 +true *\n"));
}

// KEP-3659: kubectl asks for it before it takes a custom resource for a parent.
TEST_F(DeliveryDefinition, MayBeTheParentOfAnApplySet) {
  EXPECT_THAT(kubectl({"get", "crd", "--selector", "applyset.kubernetes.io/is-parent-type=true",
                       "--output", "name"}),
              HasSubstr("customresourcedefinition.apiextensions.k8s.io/deliveries.sealift.dev"));
}

TEST_F(DeliveryDefinition, ExplainsEachField) {
  const auto text = kubectl({"explain", "deliveries.spec", "--recursive"});
  for (const auto* field : {"artifact", "healthChecks", "driftRules", "substituteFrom"}) {
    EXPECT_THAT(text, HasSubstr(field));
  }
  EXPECT_THAT(kubectl({"explain", "deliveries.spec.pruneLimit"}), HasSubstr("would remove more"));
}

}  // namespace
}  // namespace sealift::controller
