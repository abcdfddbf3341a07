#include <sealift/console/delivery_tree.h>
#include <sealift/console/member_status.h>

#include <gmock/gmock.h>

#include <map>
#include <string>

#include "delivery_sample.h"
#include "support/result_matchers.h"
#include "unit/kube/fake_cluster.h"

namespace sealift::console {
namespace {

using objects::Health;
using test::fails_with;
using test::FakeAnswer;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kConfigMaps = "/api/v1/namespaces/shop/configmaps/";

std::string named(const std::string& kind, const std::string& name, const std::string& more = {}) {
  return R"({"group": "", "kind": ")" + kind + R"(", "namespace": "shop", "name": ")" + name +
         "\"" + more + "}";
}

std::string not_found(const std::string& kind, const std::string& name) {
  return named(kind, name, R"(, "health": "NotFound")");
}

KnownDelivery delivery_with(const std::string& status) {
  auto document = delivered();
  const auto parsed = parse_json("{" + status + "}", "the test").value();
  for (const auto& [name, value] : *parsed.as_object()) document.find("status")->set(name, value);
  return {read_delivery_record(document), *inventory_of_delivery(document), document};
}

LiveMember live(const std::string& name) {
  return {{"", "ConfigMap", "shop", name}, "u-" + name, {Health::kCurrent, ""}};
}

class MemberStatus : public testing::Test {
 protected:
  // "ConfigMap shop/a: NotFound drifted (why)" of each member.
  std::vector<std::string> told(const KnownDelivery& delivery, Members members) {
    const auto client = cluster_.client();
    kube::ResourceMap resources(client);
    EXPECT_OK(add_member_status(client, resources, delivery, members, {}));
    members_ = std::move(members);
    std::vector<std::string> lines;
    for (const auto& member : members_.objects) {
      lines.push_back(member.id.to_string() + ": " +
                      std::string(objects::to_string(member.health.health)) +
                      (member.drifted ? " drifted" : "") +
                      (member.health.reason.empty() ? "" : " (" + member.health.reason + ")"));
    }
    return lines;
  }

  std::map<std::string, FakeAnswer> answers_ = {
      {"/api", FakeAnswer::json(200, R"({"kind": "APIGroupDiscoveryList", "items": [{"metadata":
         {"name": ""}, "versions": [{"version": "v1", "resources": [{"resource": "configmaps",
         "scope": "Namespaced", "responseKind": {"kind": "ConfigMap"}}]}]}]})")},
      {"/apis", FakeAnswer::json(200, R"({"kind": "APIGroupDiscoveryList", "items": []})")},
  };
  test::FakeCluster cluster_{[this](const test::SeenRequest& request) {
    const auto url = request.url.substr(std::string("https://api.test").size());
    const auto found = answers_.find(url.substr(0, url.find('?')));
    if (found != answers_.end()) return found->second;
    return FakeAnswer::json(404, R"({"kind": "Status", "reason": "NotFound"})");
  }};
  Members members_;
};

TEST_F(MemberStatus, CostsNothingWhereNothingIsWrong) {
  EXPECT_THAT(told(delivery_with(""), {{live("a")}, {}}), ElementsAre("ConfigMap shop/a: Current"));
  EXPECT_THAT(cluster_.transport.requests(), IsEmpty());
}

TEST_F(MemberStatus, MarksWhatDriftedAndAddsWhatIsMissing) {
  const auto delivery = delivery_with(
      R"("unhealthy": [)" + not_found("ConfigMap", "b") + ", " + not_found("Gone", "c") + ", " +
      named("ConfigMap", "e", R"(, "health": "Failed")") +
      R"(], "drift": {"count": 2, "objects": [)" + named("ConfigMap", "a") + ", " +
      named("ConfigMap", "b") + "]}");
  EXPECT_THAT(told(delivery, {{live("a"), live("d")}, {}}),
              ElementsAre("ConfigMap shop/a: Current drifted", "ConfigMap shop/b: NotFound drifted",
                          "ConfigMap shop/d: Current", "Gone shop/c: NotFound"));
  EXPECT_EQ(members_.unnamed_missing, 0u);
}

TEST_F(MemberStatus, SaysWhereItIsThereAllTheSame) {
  const auto metadata = [](const std::string& labels) {
    return FakeAnswer::json(
        200, R"({"kind": "PartialObjectMetadata", "metadata": {"name": "x", "labels": {)" + labels +
                 "}}}");
  };
  answers_[kConfigMaps + "bare"] = metadata("");
  answers_[kConfigMaps + "back"] = metadata(R"("applyset.kubernetes.io/part-of": "applyset-x-v1")");
  answers_[kConfigMaps + "hidden"] = FakeAnswer::json(
      403, R"({"kind": "Status", "message": "ada may not", "reason": "Forbidden", "code": 403})");
  Members members;
  members.foreign.push_back({"", "ConfigMap", "shop", "forged"});
  EXPECT_THAT(
      told(delivery_with(R"("unhealthy": [)" + not_found("ConfigMap", "bare") + ", " +
                         not_found("ConfigMap", "back") + ", " + not_found("ConfigMap", "hidden") +
                         ", " + not_found("ConfigMap", "forged") + "]"),
           members),
      ElementsAre("ConfigMap shop/back: NotFound (it is there by now)",
                  "ConfigMap shop/bare: NotFound (it is there, but without the label "
                  "applyset.kubernetes.io/part-of)",
                  "ConfigMap shop/hidden: NotFound (the puller saw none; ada may not)"));
}

TEST_F(MemberStatus, FailsWhereItCannotAsk) {
  answers_[kConfigMaps + "a"] = FakeAnswer::json(401, "{}");
  const auto client = cluster_.client();
  kube::ResourceMap resources(client);
  Members members;
  EXPECT_THAT(
      add_member_status(client, resources,
                        delivery_with(R"("unhealthy": [)" + not_found("ConfigMap", "a") + "]"),
                        members, {}),
      fails_with(ErrorCode::kUnauthenticated, ""));
}

// The status names ten objects at most, and says how many are wanted.
TEST_F(MemberStatus, CountsWhatTheStatusHasNoRoomFor) {
  std::string all;
  for (int i = 0; i < 12; ++i) {
    all += (i == 0 ? "" : ", ") + not_found("ConfigMap", "a" + std::to_string(i));
  }
  const auto status = [&](const std::string& unhealthy) {
    return delivery_with(R"("unhealthy": [)" + unhealthy + R"(], "inventory": {"kinds": [
      {"kind": "ConfigMap", "count": 14, "healthy": 1}, {"kind": "Secret", "count": 9}]})");
  };
  Members members{{live("b")}, {}};
  members.lists.push_back({kube::config_maps(), ""});
  EXPECT_EQ(told(status(all), members).size(), 11u);
  EXPECT_EQ(members_.unnamed_missing, 3u);
  // As long as it has room, all that are missing are there.
  told(status(not_found("ConfigMap", "a")), members);
  EXPECT_EQ(members_.unnamed_missing, 0u);
}

}  // namespace
}  // namespace sealift::console
