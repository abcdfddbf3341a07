#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include "contract/controller_fixture.h"

namespace sealift::controller {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kSpec = "serviceAccountName: deployer";

std::string public_key(const std::string& name) {
  std::ifstream stream(std::string(SEALIFT_TEST_DATA) + "/crypto/keys/" + name + ".pub");
  return {std::istreambuf_iterator<char>(stream), {}};
}

class ControllerFeed : public ControllerContract {
 protected:
  void apply_policy(const std::string& name, const std::string& key) {
    Json entry(Json::Object{{"name", "release"}, {"publicKey", key}});
    Json spec(Json::Object{
        {"repositories", Json(Json::Array{Json("registry.test/" + name)})},
        {"signatures", Json(Json::Object{{"keys", Json(Json::Array{std::move(entry)})}})}});
    Json policy(Json::Object{{"apiVersion", "sealift.dev/v1alpha1"},
                             {"kind", "TrustPolicy"},
                             {"metadata", Json(Json::Object{{"name", name}})},
                             {"spec", std::move(spec)}});
    cluster_.kubectl_apply(dump_json(policy));
  }
  Json policy(const std::string& name) {
    auto object = client_.get(trust_policies().path("", name), {}, {});
    EXPECT_OK(object);
    return object ? *object : Json::object();
  }
  // Null where there is none.
  Json policy_condition(const std::string& name, std::string_view type) {
    const auto object = policy(name);
    const auto* conditions = object.find_path({"status", "conditions"});
    if (conditions == nullptr) return {};
    for (const auto& condition : *conditions->as_array()) {
      if (condition.string_at({"type"}) == type) return condition;
    }
    return {};
  }
  void wait_for_policy(const std::string& name, const std::string& reason) {
    const auto waited = cluster_.kubectl(
        {"wait", "trustpolicy/" + name, "--timeout=120s",
         "--for=jsonpath={.status.conditions[?(@.type==\"Ready\")].reason}=" + reason});
    EXPECT_EQ(waited.exit_code, 0) << waited.err;
  }
  std::string id(const std::string& name = "web") const { return name_space_ + "/" + name; }
};

TEST_F(ControllerFeed, TellsPoliciesBeforeDeliveries) {
  apply_policy("shop", public_key("p256"));
  apply_delivery(kSpec);
  apply_delivery(kSpec, "db");
  start_feed();
  sink_.wait_for("put " + id());
  EXPECT_THAT(sink_.calls(), ElementsAre("policies shop", "put " + id("db"), "put " + id()));
  const auto delivery = sink_.delivery(id());
  EXPECT_EQ(delivery->uid, live().string_at({"metadata", "uid"}));
  EXPECT_EQ(delivery->generation, 1);
  EXPECT_TRUE(feed_->state().synced);
  EXPECT_EQ(feed_->state().deliveries, 2u);
}

TEST_F(ControllerFeed, WakesForWhatARunMustKnowAndForNothingElse) {
  apply_delivery(kSpec);
  start_feed();
  sink_.wait_for("put " + id());
  kubectl({"label", "delivery", "web", "team=shop"});
  kubectl({"patch", "delivery", "web", "--subresource=status", "--type=merge", "--patch",
           R"({"status":{"stage":"apply"}})"});
  kubectl({"annotate", "delivery", "web", "sealift.dev/requestedAt=now"});
  sink_.wait_for("put " + id(), 2);
  EXPECT_EQ(sink_.delivery(id())->requested_at, "now");
  apply_delivery(std::string(kSpec) + ", suspend: true");
  sink_.wait_for("put " + id(), 3);
  EXPECT_TRUE(sink_.delivery(id())->suspend);
  kubectl({"delete", "delivery", "web"});
  sink_.wait_for("remove " + id());
  EXPECT_THAT(sink_.calls(), ElementsAre("policies ", "put " + id(), "put " + id(), "put " + id(),
                                         "remove " + id()));
  EXPECT_EQ(records_.find(id()), nullptr);
}

TEST_F(ControllerFeed, ADeletionIsARunWhereThereIsAFinalizer) {
  apply_delivery(kSpec);
  kubectl({"patch", "delivery", "web", "--type=merge", "--patch",
           R"({"metadata":{"finalizers":["sealift.dev/delivery"]}})"});
  start_feed();
  sink_.wait_for("put " + id());
  kubectl({"delete", "delivery", "web", "--wait=false"});
  sink_.wait_for("put " + id(), 2);
  EXPECT_TRUE(sink_.delivery(id())->deleting);
  farewell_.reported(*sink_.delivery(id()), report_of(puller::RunOutcome::Kind::kRemoved));
  sink_.wait_for("remove " + id());
}

TEST_F(ControllerFeed, AnInvalidPolicyChangesNothing) {
  apply_policy("shop", public_key("p256"));
  start_feed();
  sink_.wait_for("policies shop");
  apply_policy("other", "-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n");
  sink_.wait_for("policies shop (kept)");
  EXPECT_THAT(sink_.problem(), HasSubstr("TrustPolicy other"));
  EXPECT_FALSE(feed_->state().policies_valid);
  cluster_.kubectl({"delete", "trustpolicy", "shop"});
  sink_.wait_for("policies shop (kept)", 2);
  events_.flush();
  EXPECT_THAT(cluster_.kubectl({"get", "events", "--namespace=default", "--output=wide"}).out,
              HasSubstr("InvalidPolicy"));
  apply_policy("other", public_key("p384"));
  sink_.wait_for("policies other");
  EXPECT_TRUE(feed_->state().policies_valid);
}

TEST_F(ControllerFeed, APolicysStatusSaysWhetherItIsInForce) {
  const auto broken = "-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n";
  apply_policy("shop", public_key("p256"));
  start_feed();
  wait_for_policy("shop", "InForce");
  EXPECT_EQ(policy_condition("shop", "Ready").string_at({"status"}), "True");
  apply_policy("other", broken);
  wait_for_policy("other", "InvalidPolicy");
  EXPECT_EQ(policy_condition("other", "Ready").string_at({"status"}), "False");
  EXPECT_EQ(policy_condition("other", "Stalled").string_at({"status"}), "True");
  EXPECT_THAT(std::string(policy_condition("other", "Ready").string_at({"message"})),
              HasSubstr("nothing is in force under its name"));
  policy_statuses_.drain({});
  EXPECT_THAT(std::string(policy_condition("shop", "Ready").string_at({"message"})),
              HasSubstr("not valid: other"));
  apply_policy("shop", public_key("ed25519"));
  wait_for_policy("shop", "HeldBack");
  EXPECT_EQ(*policy("shop").find_path({"status", "observedGeneration"})->as_int64(), 2);
  EXPECT_THAT(std::string(policy_condition("shop", "Ready").string_at({"message"})),
              HasSubstr("its generation 1 stays in force"));
  apply_policy("other", public_key("p384"));
  wait_for_policy("other", "InForce");
  wait_for_policy("shop", "InForce");
  EXPECT_TRUE(policy_condition("other", "Stalled").is_null());
}

TEST_F(ControllerFeed, APolicysStatusIsWrittenOnce) {
  apply_policy("shop", public_key("p256"));
  start_feed();
  wait_for_policy("shop", "InForce");
  feed_.reset();
  policy_statuses_.drain({});
  const std::string before(policy("shop").string_at({"metadata", "resourceVersion"}));
  // Whoever leads next finds it written.
  PolicyStatusWriter next(client_, system_clock(), system_random(), Logger::silent());
  {
    ResourceFeed feed(client_, {{name_space_}, ""}, {},
                      {records_, sink_, statuses_, next, farewell_, events_, roots_},
                      Logger::silent());
    feed.start();
    sink_.wait_for("policies shop", 2);
  }
  next.drain({});
  EXPECT_EQ(policy("shop").string_at({"metadata", "resourceVersion"}), before);
}

TEST_F(ControllerFeed, WithoutAnAccountNothingIsRun) {
  apply_delivery("prune: true");
  start_feed();
  proxy_.wait_for([](const auto& request) {
    return request.path.ends_with("/status") && request.method == "PATCH";
  });
  statuses_.drain({});
  EXPECT_EQ(ready_reason(), "ServiceAccountRequired");
  kubectl({"wait", "--for=condition=Stalled", "delivery/web", "--timeout=60s"});
  apply_delivery(kSpec);
  sink_.wait_for("put " + id());
  EXPECT_THAT(sink_.calls(), ElementsAre("policies ", "put " + id()));
}

TEST_F(ControllerFeed, TheDefaultAccountIsUsed) {
  apply_delivery("prune: true");
  start_feed({"default-deployer", false});
  sink_.wait_for("put " + id());
  EXPECT_EQ(sink_.delivery(id())->service_account_name, "default-deployer");
}

TEST_F(ControllerFeed, GoesOnAfterACutAndForgetsWhatWasDeletedMeanwhile) {
  apply_delivery(kSpec);
  apply_delivery(kSpec, "db");
  start_feed();
  sink_.wait_for("put " + id());
  sink_.wait_for("put " + id("db"));
  // The next watch finds that the version it knows is forgotten.
  proxy_.set_rule([](const test::ProxiedRequest& request, std::size_t) {
    if (!request.is_watch() || !request.has("allowWatchBookmarks=true") ||
        request.query.find("resourceVersion=") == std::string::npos) {
      return test::ProxyAction::forward();
    }
    return test::ProxyAction::answer(
        410, R"({"kind":"Status","apiVersion":"v1","status":"Failure","code":410,)"
             R"("reason":"Expired","message":"too old resource version"})");
  });
  proxy_.cut_all();
  kubectl({"delete", "delivery", "db"});
  sink_.wait_for("remove " + id("db"));
  proxy_.set_rule(nullptr);
  apply_delivery(std::string(kSpec) + ", suspend: true");
  sink_.wait_for("put " + id(), 2);
  EXPECT_TRUE(sink_.delivery(id())->suspend);
}

TEST_F(ControllerFeed, SaysWhatItMayNotWatch) {
  auto access = cluster_.user_access();
  ResourceFeed feed(cluster_.client(access), {{name_space_}, ""}, {},
                    {records_, sink_, statuses_, policy_statuses_, farewell_, events_, roots_},
                    Logger::silent());
  feed.start();
  while (feed.state().problems.size() < 2) std::this_thread::yield();
  const auto state = feed.state();
  EXPECT_FALSE(state.synced);
  EXPECT_THAT(state.problems[0] + state.problems[1], HasSubstr("cannot watch"));
  EXPECT_TRUE(sink_.calls().empty());
}

}  // namespace
}  // namespace sealift::controller
