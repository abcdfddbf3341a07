#include <sealift/controller/cluster_secrets.h>
#include <sealift/kube/apply_set.h>

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "contract/controller_fixture.h"

namespace sealift::controller {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::HasSubstr;
using Kind = puller::RunOutcome::Kind;

constexpr auto kSpec = "serviceAccountName: deployer";

class ControllerStatus : public ControllerContract {
 protected:
  void SetUp() override {
    apply_delivery(kSpec);
    start_feed();
    sink_.wait_for("put " + id());
    proxy_.forget_requests();
  }
  std::string id() const { return name_space_ + "/web"; }
  delivery::Delivery delivery() const { return *sink_.delivery(id()); }
  Result<std::unique_ptr<target::Inventory>> inventory() {
    return make_delivery_inventory(owners_.emplace_back(delivery()), records_, api_, statuses_,
                                   [](const delivery::Delivery&, const std::string&) {});
  }
  target::MemberPlaces places(std::set<kube::GroupKind> kinds) const {
    return {std::move(kinds), {"elsewhere"}};
  }
  void deliver(const std::string& content) {
    ASSERT_OK_ASSIGN(const auto parent, inventory());
    ASSERT_OK(parent->recall({}));
    ASSERT_OK(parent->extend(places({{"", "ConfigMap"}}), {Digest::of(content), 7}, {}));
    statuses_.reported(delivery(), report_of(Kind::kDelivered, content));
    statuses_.drain({});
  }

  std::deque<delivery::Delivery> owners_;  // of inventories
};

TEST_F(ControllerStatus, CostsThreeRequestsThenTwoThenNone) {
  deliver("one");
  EXPECT_THAT(writes(), ElementsAre("PATCH metadata", "PATCH status", "PATCH status"));
  EXPECT_EQ(ready_reason(), "Delivered");
  kubectl({"wait", "--for=condition=Ready", "delivery/web", "--timeout=60s"});
  proxy_.forget_requests();
  deliver("two");
  EXPECT_THAT(writes(), ElementsAre("PATCH status", "PATCH status"));
  proxy_.forget_requests();
  deliver("two");
  statuses_.reported(delivery(), report_of(Kind::kUnchanged, "two"));
  statuses_.drain({});
  EXPECT_TRUE(writes().empty());
  EXPECT_THAT(sink_.calls(), ElementsAre("policies ", "put " + id()))
      << "our own writes are no reason to run";
}

TEST_F(ControllerStatus, TheInventoryIsOnTheDelivery) {
  ASSERT_OK_ASSIGN(const auto parent, inventory());
  ASSERT_OK_ASSIGN(const auto nothing, parent->recall({}));
  EXPECT_FALSE(nothing.digest.has_value());
  ASSERT_OK(parent->extend(places({{"", "ConfigMap"}, {"apps", "Deployment"}}),
                           {Digest::of("one"), 7}, {}));
  // Read at once by another run, whatever the watch has seen.
  ASSERT_OK_ASSIGN(const auto next, inventory());
  ASSERT_OK_ASSIGN(const auto memory, next->recall({}));
  EXPECT_EQ(memory.digest, Digest::of("one"));
  EXPECT_EQ(memory.sequence, 7);
  ASSERT_OK_ASSIGN(const auto known, next->places());
  EXPECT_EQ(known, places({{"", "ConfigMap"}, {"apps", "Deployment"}}));
  const auto object = live();
  EXPECT_EQ(object.string_at({"metadata", "labels", kube::kApplySetIdLabel}),
            kube::applyset_id("web", name_space_, "Delivery", "sealift.dev"));
  EXPECT_EQ(
      object.string_at({"metadata", "annotations", "applyset.kubernetes.io/contains-group-kinds"}),
      "ConfigMap,Deployment.apps");
  EXPECT_EQ(object.find_path({"metadata", "finalizers"})->as_array()->size(), 1u);
  ASSERT_OK(next->shrink(places({{"", "ConfigMap"}}), {}));
  EXPECT_EQ(
      live().string_at({"metadata", "annotations", "applyset.kubernetes.io/contains-group-kinds"}),
      "ConfigMap");
}

TEST_F(ControllerStatus, WhatSomebodyTakesOffIsPutBack) {
  ASSERT_OK_ASSIGN(const auto parent, inventory());
  ASSERT_OK(parent->recall({}));
  EXPECT_FALSE(parent->is_intact());
  const auto wide = places({{"", "ConfigMap"}, {"apps", "Deployment"}});
  ASSERT_OK(parent->extend(wide, {Digest::of("one"), 7}, {}));
  EXPECT_TRUE(parent->is_intact());
  const auto marked = live();
  const auto* marks = marked.find_path({"metadata", "annotations"});
  ASSERT_NE(marks, nullptr);

  // As somebody does who has its manifest and nothing else.
  kubectl({"patch", "delivery", "web", "--type=json", "--patch",
           R"([{"op":"remove","path":"/metadata/annotations"},
               {"op":"remove","path":"/metadata/labels"},
               {"op":"remove","path":"/metadata/finalizers"}])"});
  sink_.wait_for("wake " + id());
  EXPECT_FALSE(parent->is_intact());
  ASSERT_OK_ASSIGN(const auto next, inventory());
  ASSERT_OK_ASSIGN(const auto known, next->places());
  EXPECT_EQ(known, wide) << "what is no longer wanted has to be found as well";
  ASSERT_OK(next->extend(known, {Digest::of("one"), 7}, {}));
  EXPECT_TRUE(next->is_intact());
  const auto again = live();
  EXPECT_EQ(again.find_path({"metadata", "finalizers"})->as_array()->size(), 1u);
  ASSERT_NE(again.find_path({"metadata", "annotations"}), nullptr);
  EXPECT_EQ(dump_json(*again.find_path({"metadata", "annotations"})), dump_json(*marks));
  EXPECT_EQ(again.string_at({"metadata", "labels", kube::kApplySetIdLabel}),
            marked.string_at({"metadata", "labels", kube::kApplySetIdLabel}));
}

TEST_F(ControllerStatus, KeepsTheFinalizersOfOthers) {
  kubectl({"patch", "delivery", "web", "--type=merge", "--patch",
           R"({"metadata":{"finalizers":["example.com/hold"]}})"});
  deliver("one");
  const auto with = live();
  ASSERT_EQ(with.find_path({"metadata", "finalizers"})->as_array()->size(), 2u);
  ASSERT_OK_ASSIGN(const auto parent, inventory());
  ASSERT_OK(parent->remove({}));
  const auto without = live();
  ASSERT_EQ(without.find_path({"metadata", "finalizers"})->as_array()->size(), 1u);
  EXPECT_EQ(*without.find_path({"metadata", "finalizers"})->as_array()->at(0).as_string(),
            "example.com/hold");
  kubectl({"patch", "delivery", "web", "--type=merge", "--patch",
           R"({"metadata":{"finalizers":null}})"});
}

TEST_F(ControllerStatus, ALostOrRefusedWriteIsWrittenInTheEnd) {
  // The rule serves until the end of the fixture.
  const auto failures = std::make_shared<std::atomic<int>>(3);
  proxy_.set_rule([failures](const test::ProxiedRequest& request, std::size_t) {
    if (!request.path.ends_with("/status") || *failures == 0) return test::ProxyAction::forward();
    if (--*failures == 2) return test::ProxyAction::lose();
    auto busy = test::ProxyAction::answer(429, R"({"kind":"Status","code":429})");
    busy.headers.set("Retry-After", "1");
    return busy;
  });
  statuses_.reported(delivery(), report_of(Kind::kDelivered));
  kubectl({"wait", "--for=condition=Ready", "delivery/web", "--timeout=120s"});
}

TEST_F(ControllerStatus, AnotherDeliveryOfThatNameIsLeftAlone) {
  ASSERT_OK_ASSIGN(const auto parent, inventory());
  const auto before = records_.find(id());
  feed_.reset();
  kubectl({"delete", "delivery", "web"});
  apply_delivery(kSpec);
  EXPECT_THAT(parent->extend(places({{"", "ConfigMap"}}), {Digest::of("one"), 7}, {}),
              fails_with(ErrorCode::kNotFound, "another one"));
  Json status;
  status.set("stage", "apply");
  EXPECT_THAT(api_.patch_status(*before, status, {}), fails_with(ErrorCode::kNotFound));
  EXPECT_EQ(live().find("status"), nullptr);
}

TEST_F(ControllerStatus, EventsAreSeenByKubectl) {
  const EventSubject subject{deliveries().gvk, name_space_, "web", delivery().uid};
  for (int i = 0; i < 5; ++i) {
    events_.record({subject, Event::Type::kWarning, "Refused", "Deliver", "no signature"});
  }
  events_.flush();
  EXPECT_THAT(writes(), ElementsAre("POST event", "PATCH event", "PATCH event"));
  EXPECT_THAT(kubectl({"describe", "delivery", "web"}), HasSubstr("no signature"));
}

TEST_F(ControllerStatus, ADyingNamespaceLetsItGo) {
  deliver("one");
  kubectl({"delete", "namespace", name_space_, "--wait=false"});
  sink_.wait_for("put " + id(), 2);
  auto report = report_of(Kind::kFailed);
  report.outcome.error = Error(ErrorCode::kForbidden, "deployer may not delete");
  farewell_.reported(delivery(), report);
  sink_.wait_for("remove " + id());
}

TEST_F(ControllerStatus, WhileTheNamespaceLivesItStays) {
  deliver("one");
  kubectl({"delete", "delivery", "web", "--wait=false"});
  sink_.wait_for("put " + id(), 2);
  auto report = report_of(Kind::kFailed);
  report.outcome.error = Error(ErrorCode::kForbidden, "deployer may not delete");
  farewell_.reported(delivery(), report);
  proxy_.wait_for([&](const auto& request) {
    return request.line() == "GET /api/v1/namespaces/" + name_space_;
  });
  EXPECT_EQ(live().find_path({"metadata", "finalizers"})->as_array()->size(), 1u);
}

TEST_F(ControllerStatus, WhoMayWriteDeliveriesCannotWriteWhatWasAccepted) {
  deliver("one");
  const auto user = cluster_.client(cluster_.user_access());
  kubectl({"create", "role", "author", "--verb=get,list,watch,create,update,patch,delete",
           "--resource=deliveries.sealift.dev"});
  kubectl({"create", "rolebinding", "author", "--role=author", "--user=user"});
  ASSERT_OK_ASSIGN(const auto patch, parse_json(R"({"metadata":{"annotations":{"a":"b"}},
                                  "status":{"accepted":{"sequence":0}}})",
                                                "patch"));
  const auto path = deliveries().path(name_space_, "web");
  constexpr auto kMerge = "application/merge-patch+json";
  // Bindings take a moment to count.
  while (!user.patch(path, {}, kMerge, patch, {})) std::this_thread::yield();
  EXPECT_EQ(live().find_path({"status", "accepted", "sequence"})->as_int64(), 7);
  EXPECT_THAT(user.patch(path + "/status", {}, kMerge, patch, {}),
              fails_with(ErrorCode::kForbidden));
  EXPECT_EQ(live().find_path({"status", "accepted", "sequence"})->as_int64(), 7);
}

TEST_F(ControllerStatus, SecretsAreReadAsTheServiceAccount) {
  ClusterSecrets secrets(client_);
  kubectl({"create", "secret", "generic", "pull", "--from-literal=token=t0ken"});
  kubectl({"create", "configmap", "values", "--from-literal=a=b"});
  kubectl({"create", "serviceaccount", "deployer"});
  const auto refused = secrets.secret(delivery(), "pull", {});
  ASSERT_THAT(refused, fails_with(ErrorCode::kForbidden,
                                  "its service account " + name_space_ + "/deployer may not read"));
  // The way out is one.
  const auto& message = refused.error().message();
  const auto from = message.find("kubectl create role");
  ASSERT_NE(from, std::string::npos) << message;
  const auto commands = message.substr(from);
  for (std::size_t at = 0; at != std::string::npos;) {
    const auto end = commands.find(" && ", at);
    std::vector<std::string> words;
    std::istringstream text(commands.substr(at, end == std::string::npos ? end : end - at));
    for (std::string word; text >> word;) words.push_back(word);
    words.erase(words.begin());
    const auto done = cluster_.kubectl(words);
    ASSERT_EQ(done.exit_code, 0) << done.err;
    at = end == std::string::npos ? end : end + 4;
  }
  while (!secrets.secret(delivery(), "pull", {})) std::this_thread::yield();
  ASSERT_OK_ASSIGN(const auto pull, secrets.secret(delivery(), "pull", {}));
  EXPECT_EQ(pull.data.at("token"), "t0ken");
  EXPECT_THAT(secrets.config_map(delivery(), "values", {}),
              fails_with(ErrorCode::kForbidden, "--resource=configmaps"));
  auto own = delivery();
  own.service_account_name.clear();
  ASSERT_OK_ASSIGN(const auto values, secrets.config_map(own, "values", {}));
  EXPECT_EQ(values.data.at("a"), "b");
  EXPECT_THAT(secrets.secret(own, "none", {}), fails_with(ErrorCode::kNotFound, "there is none"));
}

}  // namespace
}  // namespace sealift::controller
