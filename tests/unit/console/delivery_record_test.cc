#include <sealift/console/delivery_record.h>
#include <sealift/console/record_table.h>
#include <sealift/console/table.h>

#include <gmock/gmock.h>

#include "delivery_sample.h"
#include "support/result_matchers.h"

namespace sealift::console {
namespace {

using testing::ElementsAre;

Timestamp later() { return *parse_timestamp("2026-11-22T08:00:00Z"); }

TEST(DeliveryRecord, HoldsWhatTheStatusSays) {
  const auto record = read_delivery_record(delivered());
  EXPECT_EQ(record.name.to_string(), "shop/web");
  EXPECT_EQ(record.ready_status(), "True");
  EXPECT_EQ(record.message(), "delivered");
  EXPECT_EQ(record.artifact.policy, "shop");
  EXPECT_THAT(record.artifact.signers, ElementsAre("release", "security"));
  EXPECT_EQ(record.accepted_digest, kNewDigest);
  EXPECT_EQ(record.objects, 4);
  ASSERT_EQ(record.history.size(), 2u);
  EXPECT_EQ(record.history.front().digest, kNewDigest) << "the newest first";
}

TEST(DeliveryRecord, OfAnythingElseIsEmpty) {
  for (const auto* text :
       {"{}", "[]", "null", R"({"status": 5, "spec": [], "metadata": "x"})",
        R"({"status": {"conditions": {}, "history": [1, null], "artifact": 3}})"}) {
    ASSERT_OK_ASSIGN(const auto json, parse_json(text, "the test"));
    const auto record = read_delivery_record(json);
    EXPECT_EQ(record.ready_status(), "Unknown") << text;
    EXPECT_EQ(record.message(), "no puller has looked at it yet") << text;
    EXPECT_EQ(record.generation, 0) << text;
  }
}

TEST(DeliveryRecord, ItsTableIsKubectls) {
  const auto record = read_delivery_record(delivered());
  Table table(delivery_headings({true, false}));
  table.add(delivery_cells(record, {true, false}, later()));
  EXPECT_EQ(table.take_text(),
            "NAMESPACE   NAME   READY   REVISION                 AGE   MESSAGE\n"
            "shop        web    True    main@sha1:0123456789ab   2d    delivered\n");
}

TEST(DeliveryRecord, TheWideTableNamesTheArtifact) {
  const auto record = read_delivery_record(delivered());
  const auto cells = delivery_cells(record, {false, true}, later());
  EXPECT_THAT(cells, ElementsAre("web", "True", "main@sha1:0123456789ab", "sha256:222222222222",
                                 "record", "4", "False", "oci://registry.example.com/shop/web:prod",
                                 "2d", "delivered"));
  EXPECT_EQ(cells.size(), delivery_headings({false, true}).size());
}

TEST(DeliveryRecord, OnlyCommitsAreShortened) {
  EXPECT_EQ(short_revision("main@sha1:0123456789abcdef0123456789abcdef01234567"),
            "main@sha1:0123456789ab");
  EXPECT_EQ(short_revision("0123456789abcdef0123456789abcdef01234567"), "0123456789ab");
  EXPECT_EQ(short_revision("v1.4.0"), "v1.4.0");
  EXPECT_EQ(short_revision("main@sha1:0123456789abcdef0123456789abcdef01234567-dirty"),
            "main@sha1:0123456789abcdef0123456789abcdef01234567-dirty");
  EXPECT_EQ(short_revision(""), "");
}

TEST(PolicyTable, ShowsWhoMustSign) {
  ASSERT_OK_ASSIGN(const auto policy, parse_json(R"({
    "metadata": {"name": "shop", "creationTimestamp": "2026-11-20T08:00:00Z"},
    "spec": {"repositories": ["a/**", "b"], "maxAge": "720h",
             "signatures": {"threshold": 2, "keys": [{"name": "x"}, {"name": "y"}]}}})",
                                                 "the test"));
  EXPECT_THAT(policy_cells(policy, {}, later()),
              ElementsAre("shop", "Unknown", "2", "x,y", "deny", "2d", "a/**,b",
                          "no puller has looked at it yet"));
  EXPECT_THAT(policy_cells(policy, {false, true}, later()),
              ElementsAre("shop", "Unknown", "2", "x,y", "deny", "720h", "2d", "a/**,b",
                          "no puller has looked at it yet"));
}

TEST(PolicyTable, ShowsSignersThatRequirementsName) {
  ASSERT_OK_ASSIGN(const auto policy, parse_json(R"({
    "metadata": {"name": "shop"},
    "spec": {"signers": {"keys": [{"name": "x"}], "identities": [{"name": "ci"}]},
             "require": {"signatures": {"signers": ["x"]}}}})",
                                                 "the test"));
  const auto cells = policy_cells(policy, {}, later());
  EXPECT_EQ(cells[2], "-");
  EXPECT_EQ(cells[3], "x,ci");
}

TEST(PolicyTable, ShowsWhetherItIsInForceAndWhyNot) {
  ASSERT_OK_ASSIGN(const auto policy, parse_json(R"({
    "metadata": {"name": "shop"}, "status": {"conditions": [
      {"type": "Stalled", "status": "True", "reason": "InvalidPolicy", "message": "not this one"},
      {"type": "Ready", "status": "False", "reason": "InvalidPolicy", "message": "a key is none"}
    ]}})",
                                                 "the test"));
  EXPECT_THAT(policy_headings({}), ElementsAre("NAME", "READY", "THRESHOLD", "KEYS", "ROLLBACK",
                                               "AGE", "REPOSITORIES", "MESSAGE"));
  const auto cells = policy_cells(policy, {}, later());
  EXPECT_EQ(cells[1], "False");
  EXPECT_EQ(cells.back(), "a key is none");
}

}  // namespace
}  // namespace sealift::console
