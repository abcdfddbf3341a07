#include <sealift/console/delivery_events.h>
#include <sealift/console/delivery_tree.h>

#include <gmock/gmock.h>

#include "delivery_sample.h"
#include "support/result_matchers.h"

namespace sealift::console {
namespace {

using objects::Health;
using test::fails_with;
using testing::ElementsAre;
using testing::HasSubstr;

KnownDelivery sample() {
  auto document = delivered();
  return {read_delivery_record(document), *inventory_of_delivery(document), document};
}

Members sample_members() {
  return {{{{"", "ConfigMap", "shop", "settings"}, "u-2", {Health::kCurrent, ""}},
           {{"apps", "Deployment", "shop", "web"}, "u-3", {Health::kCurrent, "all is well"}},
           {{"apps", "Deployment", "shop", "worker"},
            "u-4",
            {Health::kInProgress, "1 of 3 replicas are available"}}},
          {}};
}

TEST(InventoryParent, IsReadFromTheDelivery) {
  ASSERT_OK_ASSIGN(const auto parent, inventory_of_delivery(delivered()));
  EXPECT_EQ(parent.applyset_id, "applyset-x-v1");
  EXPECT_THAT(parent.kinds,
              ElementsAre(kube::GroupKind{"", "ConfigMap"}, kube::GroupKind{"apps", "Deployment"}));
  EXPECT_THAT(parent.additional_namespaces, ElementsAre("shop-eu"));
  auto broken = delivered();
  broken.find("metadata")
      ->find("annotations")
      ->set("applyset.kubernetes.io/contains-group-kinds", ".apps");
  EXPECT_THAT(inventory_of_delivery(broken), fails_with(ErrorCode::kInvalidInput, "shop/web"));
}

TEST(Tree, ShowsObjectsByKindWithTheirHealth) {
  EXPECT_EQ(tree_text(sample(), sample_members(), false),
            "Delivery shop/web   Ready   main@sha1:0123456789ab\n"
            "├─ ConfigMap\n"
            "│  └─ shop/settings   Current\n"
            "└─ Deployment.apps\n"
            "   ├─ shop/web        Current\n"
            "   └─ shop/worker     InProgress   1 of 3 replicas are available\n");
}

TEST(Tree, ColoursWhatPeopleLookFor) {
  const auto text = tree_text(sample(), sample_members(), true);
  EXPECT_THAT(text, HasSubstr("\033[32mReady\033[0m"));
  EXPECT_THAT(text, HasSubstr("\033[33mInProgress\033[0m"));
}

TEST(Tree, SaysWhyADeliveryIsNotReady) {
  auto document = with_ready(delivered(), "False", "Refused", "no key signed it");
  KnownDelivery refused{read_delivery_record(document), *inventory_of_delivery(document), {}};
  EXPECT_EQ(tree_text(refused, {}, false),
            "Delivery shop/web   not Ready   main@sha1:0123456789ab   no key signed it\n");
}

TEST(Tree, MarksWhatDriftedAndWhatIsMissing) {
  auto drifted = sample();
  drifted.record.named.drift_count = 12;
  auto members = sample_members();
  members.objects[0].health = {Health::kNotFound, ""};
  members.objects[1].drifted = true;
  members.objects[2].drifted = true;
  members.unnamed_missing = 2;
  EXPECT_EQ(tree_text(drifted, members, false),
            "Delivery shop/web   Ready   3 missing   12 drifted   main@sha1:0123456789ab\n"
            "├─ ConfigMap\n"
            "│  └─ shop/settings   Missing\n"
            "├─ Deployment.apps\n"
            "│  ├─ shop/web        Current   drifted\n"
            "│  └─ shop/worker     InProgress   drifted   1 of 3 replicas are available\n"
            "└─ and 2 more Missing, which the status has no room to name\n");
  EXPECT_THAT(tree_text(drifted, members, true), HasSubstr("\033[31mMissing\033[0m"));
  const auto json = tree_json(drifted, members);
  EXPECT_EQ(json.find("missing")->as_int64(), 3);
  EXPECT_EQ(json.find("drifted")->as_int64(), 12);
  const auto& objects = *json.find("objects")->as_array();
  EXPECT_EQ(objects.at(0).string_at({"health"}), "NotFound");
  EXPECT_EQ(objects.at(0).find("drifted"), nullptr);
  EXPECT_TRUE(*objects.at(1).find("drifted")->as_bool());
}

TEST(Tree, IsDataToo) {
  const auto json = tree_json(sample(), sample_members());
  EXPECT_EQ(json.string_at({"delivery"}), "web");
  const auto* objects = json.find("objects")->as_array();
  ASSERT_EQ(objects->size(), 3u);
  EXPECT_EQ(objects->back().string_at({"health"}), "InProgress");
  EXPECT_EQ(objects->back().string_at({"reason"}), "1 of 3 replicas are available");
}

TEST(Events, TakeTheLastTimeOfEachForm) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"({"lastTimestamp": "2026-01-02T00:00:00Z", "eventTime": null})", "2026-01-02T00:00:00Z"},
      {R"({"eventTime": "2026-01-03T00:00:00.5Z", "lastTimestamp": null})",
       "2026-01-03T00:00:00.5Z"},
      {R"({"eventTime": "2026-01-03T00:00:00Z", "series": {"count": 7,
           "lastObservedTime": "2026-01-04T00:00:00Z"}})",
       "2026-01-04T00:00:00Z"},
      {R"({"metadata": {"creationTimestamp": "2026-01-05T00:00:00Z"}})", "2026-01-05T00:00:00Z"}};
  for (const auto& [text, time] : cases) {
    ASSERT_OK_ASSIGN(const auto json, parse_json(text, "the test"));
    EXPECT_EQ(event_of(json).time, time);
  }
  ASSERT_OK_ASSIGN(const auto series, parse_json(cases[2].first, "the test"));
  EXPECT_EQ(event_of(series).count, 7);
}

TEST(Events, TheHistoryIsAmongThem) {
  const auto events = history_events(read_delivery_record(delivered()));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events.back().time, "2026-11-21T09:00:02Z");
  EXPECT_EQ(events.back().message, "main@sha1:bb: 1 applied");
  EXPECT_EQ(EventsTable().text(events, *parse_timestamp("2026-11-22T09:00:02Z")),
            "LAST SEEN   TYPE      REASON      OBJECT         MESSAGE\n"
            "2d1h        History   delivered   Delivery/web   main@sha1:aa\n"
            "24h         History   delivered   Delivery/web   main@sha1:bb: 1 applied\n");
}

// Nothing was resolved yet.
TEST(Events, OfARunWithoutAnArtifactIsItsMessage) {
  DeliveryRecord record;
  record.history.push_back({"", "", "failed", "", "", "no route"});
  EXPECT_EQ(history_events(record).front().message, "no route");
}

TEST(EventsTable, GoesOnWithWhatIsNewOrHappenedAgain) {
  const DeliveryEvent created{"2026-11-22T09:00:00Z", "Normal", "Created", "Pod/a", "made", 1};
  auto repeated = created;
  repeated.time = "2026-11-22T09:00:01Z";
  repeated.count = 2;
  const auto now = *parse_timestamp("2026-11-22T09:00:02Z");
  EventsTable table;
  EXPECT_EQ(table.text(table.keep_news({}), now), "");
  EXPECT_EQ(table.text(table.keep_news({created}), now),
            "LAST SEEN   TYPE     REASON    OBJECT   MESSAGE\n"
            "2s          Normal   Created   Pod/a    made\n");
  EXPECT_TRUE(table.keep_news({created}).empty());
  EXPECT_EQ(table.text(table.keep_news({repeated}), now),
            "1s (x2)     Normal   Created   Pod/a    made\n");
}

}  // namespace
}  // namespace sealift::console
