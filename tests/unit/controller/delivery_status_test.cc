#include <sealift/controller/delivery_status.h>
#include <sealift/controller/verdict.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sample_report.h"
#include "support/result_matchers.h"

namespace sealift::controller {
namespace {

using puller::RunStage;
using test::fails_with;
using Kind = puller::RunOutcome::Kind;

Json status_after(const Json& previous, const puller::DeliveryReport& report,
                  std::int64_t generation = 1) {
  auto next = status_of(previous, sample_delivery(generation), report);
  EXPECT_TRUE(next.has_value()) << "nothing new after " << dump_json(previous);
  return next ? *next : previous;
}

bool is_news(const Json& previous, const puller::DeliveryReport& report,
             std::int64_t generation = 1) {
  return status_of(previous, sample_delivery(generation), report).has_value();
}

// "Ready=True Delivered; Reconciling=True Progressing".
std::string conditions_of(const Json& status) {
  std::string text;
  for (const auto& condition : *status.find("conditions")->as_array()) {
    text += (text.empty() ? "" : "; ") + std::string(condition.string_at({"type"})) + "=" +
            std::string(condition.string_at({"status"})) + " " +
            std::string(condition.string_at({"reason"}));
  }
  return text;
}

std::string message_of(const Json& status) {
  return std::string(status.find("conditions")->as_array()->at(0).string_at({"message"}));
}

std::string history_of(const Json& status) {
  std::string text;
  for (const auto& entry : *status.find("history")->as_array()) {
    text += (text.empty() ? "" : ", ") + std::string(entry.string_at({"outcome"}));
  }
  return text;
}

TEST(DeliveryStatus, OfADelivery) {
  auto report = report_of(Kind::kDelivered);
  report.outcome.applied = 3;
  report.next_run = report.now + std::chrono::seconds(60);
  const auto status = status_after(Json::object(), report);
  const auto digest = digest_of("one").to_string();
  ASSERT_OK_ASSIGN(
      const auto expected,
      parse_json(R"({"artifact":{"url":"registry.test/shop/web","tag":"1.2","digest":")" + digest +
                     R"(","revision":"main@sha1:abc","source":"https://git.test/shop",
  "created":"2026-01-01T00:00:00Z","sequence":7,"policy":"release","signers":["key-1"]},
  "inventory":{"objects":3,"kinds":[{"group":"apps","kind":"Deployment","count":1,"healthy":1},
    {"kind":"Service","count":2,"healthy":2}]},
  "history":[{"digest":")" +
                     digest +
                     R"(","revision":"main@sha1:abc","outcome":"delivered",
    "startedAt":"2026-01-01T00:00:00Z","endedAt":"2026-01-01T00:00:01Z","applied":3,"pruned":0}],
  "conditions":[{"type":"Ready","status":"True","observedGeneration":1,
    "lastTransitionTime":"2026-01-01T00:00:01Z","reason":"Delivered",
    "message":"registry.test/shop/web:1.2@sha256:)" +
                     digest_of("one").short_hex() +
                     R"( (main@sha1:abc) is delivered: 3 objects"}],
  "observedGeneration":1,"nextRun":"2026-01-01T00:01:01Z"})",
                 "expected"));
  EXPECT_EQ(status, expected) << dump_json_pretty(status);
}

TEST(DeliveryStatus, SaysNothingWhereOnlyTimeHasPassed) {
  const auto delivered = status_after(Json::object(), report_of(Kind::kDelivered));
  auto unchanged = report_of(Kind::kUnchanged, 300);
  unchanged.next_run = unchanged.now + std::chrono::seconds(60);
  unchanged.outcome.unchanged = 3;
  EXPECT_FALSE(is_news(delivered, unchanged));
  // A repair of drift is work, and no other state of things.
  auto repaired = report_of(Kind::kDelivered, 400);
  repaired.outcome.applied = 1;
  EXPECT_FALSE(is_news(delivered, repaired));

  const auto failed = status_after(
      delivered, failed_report(RunStage::kApply, ErrorCode::kUnavailable, "away", 500));
  EXPECT_FALSE(
      is_news(failed, failed_report(RunStage::kApply, ErrorCode::kUnavailable, "away", 600)));
}

TEST(DeliveryStatus, SaysWhatIsNew) {
  const auto before = status_after(Json::object(), report_of(Kind::kDelivered));
  EXPECT_TRUE(is_news(before, report_of(Kind::kUnchanged), 2)) << "the generation";

  auto asked = sample_delivery();
  asked.requested_at = "now";
  const auto handled = status_of(before, asked, report_of(Kind::kUnchanged));
  ASSERT_TRUE(handled.has_value());
  EXPECT_EQ(handled->string_at({"lastHandledReconcileAt"}), "now");
  EXPECT_FALSE(status_of(*handled, asked, report_of(Kind::kUnchanged)).has_value());
  const auto waits = status_of(before, asked, waiting_report(RunStage::kWait, "x"));
  EXPECT_EQ(waits->string_at({"lastHandledReconcileAt"}), "") << "not before it has ended";
  auto blocked = waiting_report(RunStage::kPlan, "shop/db does not exist");
  blocked.outcome.waits_for_dependency = true;
  EXPECT_EQ(status_of(before, asked, blocked)->string_at({"lastHandledReconcileAt"}), "now")
      << "that may take for ever";

  auto drifted = report_of(Kind::kUnchanged);
  drifted.outcome.drifted = 12;
  drifted.drifted.assign(12, {"apps", "Deployment", "shop", "web"});
  const auto with_drift = status_after(before, drifted);
  EXPECT_EQ(with_drift.find_path({"drift", "count"})->as_int64(), 12);
  EXPECT_EQ(with_drift.find_path({"drift", "objects"})->as_array()->size(), 10u);
  EXPECT_NE(message_of(with_drift).find("12 drifted"), std::string::npos);
  EXPECT_EQ(status_after(with_drift, report_of(Kind::kUnchanged)).find("drift"), nullptr);

  // Whatever the run comes to, as far as it has looked.
  auto waiting = waiting_report(RunStage::kWait, "Deployment web");
  waiting.outcome.drifted = 2;
  waiting.drifted.assign(2, {"", "Service", "shop", "web"});
  EXPECT_EQ(status_after(before, waiting).find_path({"drift", "count"})->as_int64(), 2);
  auto blind = failed_report(RunStage::kResolve, ErrorCode::kUnavailable, "away");
  EXPECT_NE(status_after(with_drift, blind).find("drift"), nullptr);
}

struct ConditionCase {
  std::string name;
  puller::DeliveryReport report;
  std::string conditions;
};

TEST(DeliveryStatus, ConditionsFollowKstatus) {
  auto dependency = waiting_report(RunStage::kPlan, "Delivery shop/db");
  dependency.outcome.waits_for_dependency = true;
  auto dependency_in_vain =
      failed_report(RunStage::kPlan, ErrorCode::kUnavailable, "still waiting for shop/db");
  dependency_in_vain.outcome.waits_for_dependency = true;
  auto refused = failed_report(RunStage::kVerify, ErrorCode::kUntrusted, "no signature");
  refused.outcome.kind = Kind::kRefused;
  auto not_fresh = refused;
  not_fresh.outcome.not_fresh = true;
  not_fresh.outcome.registry_away = Error(ErrorCode::kUnavailable, "no route");
  auto rolled_back = report_of(Kind::kDelivered);
  rolled_back.outcome.rolled_back_from = Digest::of("two");
  const auto fails = [](RunStage stage, ErrorCode code = ErrorCode::kForbidden) {
    return failed_report(stage, code, "because");
  };
  const auto retried = [](const std::string& reason) {
    return "Ready=False " + reason + "; Reconciling=True " + reason;
  };
  const ConditionCase cases[] = {
      {"delivered", report_of(Kind::kDelivered), "Ready=True Delivered"},
      {"unchanged", report_of(Kind::kUnchanged), "Ready=True Delivered"},
      {"refused", refused, "Ready=False Refused; Stalled=True Refused"},
      {"not fresh", not_fresh,
       "Ready=False NotFresh; Stalled=True NotFresh; RegistryAway=True Unavailable"},
      {"certificate", fails(RunStage::kResolve, ErrorCode::kUntrusted),
       "Ready=False ArtifactFailed; Stalled=True ArtifactFailed"},
      {"untrusted", fails(RunStage::kFetch, ErrorCode::kUntrusted),
       "Ready=False Refused; Stalled=True Refused"},
      {"resolve", fails(RunStage::kResolve), retried("ArtifactFailed")},
      {"fetch", fails(RunStage::kFetch), retried("ArtifactFailed")},
      {"plan", fails(RunStage::kPlan, ErrorCode::kInvalidInput),
       "Ready=False PlanFailed; Stalled=True PlanFailed"},
      {"preflight", fails(RunStage::kPreflight, ErrorCode::kConflict), retried("PreflightFailed")},
      {"no watch", fails(RunStage::kPlan), retried("Forbidden")},
      {"no dry run", fails(RunStage::kPreflight), retried("Forbidden")},
      {"no apply", fails(RunStage::kApply), retried("Forbidden")},
      {"apply", fails(RunStage::kApply, ErrorCode::kUnavailable), retried("ApplyFailed")},
      {"health", fails(RunStage::kWait, ErrorCode::kCancelled), retried("HealthCheckFailed")},
      {"failed for good", fails(RunStage::kWait, ErrorCode::kInvalidInput),
       "Ready=False HealthCheckFailed; Stalled=True HealthCheckFailed"},
      {"prune", fails(RunStage::kPrune, ErrorCode::kUnavailable), retried("PruneFailed")},
      {"record", fails(RunStage::kRecord, ErrorCode::kIo), retried("RecordFailed")},
      {"dependency", dependency,
       "Ready=Unknown DependencyNotReady; Reconciling=True DependencyNotReady"},
      {"dependency in vain", dependency_in_vain,
       "Ready=False DependencyNotReady; Reconciling=True DependencyNotReady"},
      {"fetching", waiting_report(RunStage::kFetch, "the artifact"),
       "Ready=Unknown Waiting; Reconciling=True Waiting"},
      {"in progress", waiting_report(RunStage::kWait, "Deployment web"),
       "Ready=Unknown Progressing; Reconciling=True Progressing"},
      {"suspended", report_of(Kind::kSuspended), "Ready=Unknown Suspended"},
      {"rolled back", rolled_back, "Ready=False RolledBack; Stalled=True RolledBack"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(conditions_of(status_after(Json::object(), c.report)), c.conditions);
  }
}

TEST(DeliveryStatus, ConditionsThatEndedAreGone) {
  auto status = status_after(Json::object(), waiting_report(RunStage::kWait, "Deployment web"));
  status = status_after(status, failed_report(RunStage::kPlan, ErrorCode::kInvalidInput, "x"));
  status = status_after(status, report_of(Kind::kDelivered));
  EXPECT_EQ(conditions_of(status), "Ready=True Delivered");
  EXPECT_EQ(status.find("stage"), nullptr);
}

TEST(DeliveryStatus, TheTransitionIsWhenTheStatusOfAConditionChanged) {
  const auto since = [](const Json& status) {
    return std::string(
        status.find("conditions")->as_array()->at(0).string_at({"lastTransitionTime"}));
  };
  auto status = status_after(Json::object(),
                             failed_report(RunStage::kApply, ErrorCode::kUnavailable, "one", 10));
  EXPECT_EQ(since(status), "2026-01-01T00:00:11Z");
  status =
      status_after(status, failed_report(RunStage::kApply, ErrorCode::kUnavailable, "two", 20));
  EXPECT_EQ(since(status), "2026-01-01T00:00:11Z");
  status = status_after(status, report_of(Kind::kDelivered, 30));
  EXPECT_EQ(since(status), "2026-01-01T00:00:31Z");
}

TEST(DeliveryStatus, ASuspendedOneKeepsWhatWasSeen) {
  auto status = status_after(Json::object(), report_of(Kind::kDelivered));
  auto suspended = report_of(Kind::kSuspended);
  suspended.kinds.clear();
  suspended.artifact.reset();
  status = status_after(status, suspended, 2);
  EXPECT_EQ(conditions_of(status), "Ready=True Suspended");
  EXPECT_EQ(status.find_path({"inventory", "objects"})->as_int64(), 3);
  EXPECT_FALSE(is_news(status, suspended, 2));
}

TEST(DeliveryStatus, AFailureKeepsTheArtifactAndTheInventory) {
  const auto before = status_after(Json::object(), report_of(Kind::kDelivered));
  auto failure = failed_report(RunStage::kResolve, ErrorCode::kUnavailable, "away");
  failure.artifact.reset();
  const auto after = status_after(before, failure);
  EXPECT_EQ(*after.find("artifact"), *before.find("artifact"));
  EXPECT_EQ(*after.find("inventory"), *before.find("inventory"));
  EXPECT_EQ(after.string_at({"stage"}), "resolve");
}

TEST(DeliveryStatus, HistoryHasTheLastFive) {
  auto status = status_after(Json::object(), report_of(Kind::kDelivered));
  for (int i = 1; i <= 3; ++i) {
    auto failure = failed_report(RunStage::kApply, ErrorCode::kUnavailable,
                                 "try " + std::to_string(i), 10 * i);
    failure.outcome.applied = static_cast<std::size_t>(i);
    status = status_after(status, failure);
  }
  EXPECT_EQ(history_of(status), "failed, delivered") << "a failure that repeats is one";
  const auto newest = status.find("history")->as_array()->front();
  EXPECT_EQ(newest.string_at({"message"}), "try 3");
  EXPECT_EQ(newest.string_at({"startedAt"}), "2026-01-01T00:00:10Z");
  EXPECT_EQ(newest.string_at({"endedAt"}), "2026-01-01T00:00:31Z");
  EXPECT_EQ(newest.find("applied")->as_int64(), 6);
  status = status_after(status, report_of(Kind::kUnchanged, 50));
  EXPECT_EQ(history_of(status), "delivered, failed, delivered");
  for (const auto* content : {"two", "three", "four"}) {
    auto report = report_of(Kind::kDelivered, 60);
    report.outcome.digest = digest_of(content);
    report.artifact = sample_artifact(content);
    status = status_after(status, report);
  }
  EXPECT_EQ(history_of(status), "delivered, delivered, delivered, delivered, failed");
}

TEST(DeliveryStatus, AnotherSpecOfTheSameArtifactIsADelivery) {
  const auto before = status_after(Json::object(), report_of(Kind::kDelivered));
  const auto after = status_after(before, report_of(Kind::kDelivered, 60), 2);
  EXPECT_EQ(history_of(after), "delivered, delivered");
}

TEST(DeliveryStatus, NamesTheUnhealthy) {
  auto report = waiting_report(RunStage::kWait, "many");
  for (int i = 0; i < 12; ++i) {
    report.unhealthy.push_back({{"apps", "Deployment", "shop", "web" + std::to_string(i)},
                                {objects::Health::kInProgress, std::string(5000, 'x')}});
  }
  report.unhealthy_count = 12;
  const auto status = status_after(Json::object(), report);
  const auto& unhealthy = *status.find("unhealthy")->as_array();
  ASSERT_EQ(unhealthy.size(), 10u);
  EXPECT_EQ(unhealthy[0].string_at({"health"}), "InProgress");
  EXPECT_LE(unhealthy[0].string_at({"reason"}).size(), 1024u);
  EXPECT_EQ(status_after(status, report_of(Kind::kDelivered)).find("unhealthy"), nullptr);
}

TEST(DeliveryStatus, HasABound) {
  auto report = failed_report(RunStage::kApply, ErrorCode::kInvalidInput,
                              std::string(100'000, 'm') + "\n\xff");
  auto artifact = sample_artifact();
  artifact.revision = std::string(100'000, 'r');
  artifact.signers.assign(1000, std::string(10'000, 's'));
  report.artifact = artifact;
  report.kinds.assign(5000, {{std::string(250, 'g'), std::string(60, 'k')}, 1, 1});
  report.unhealthy.assign(10, {{std::string(250, 'g'), "K", std::string(63, 'n'), "name"},
                               {objects::Health::kFailed, std::string(10'000, 'x')}});
  auto status = status_after(Json::object(), report);
  for (int i = 0; i < 6; ++i) {
    report.outcome.digest = digest_of(std::to_string(i));
    status = status_after(status, report);
  }
  EXPECT_LE(message_of(status).size(), kMaxMessageBytes);
  EXPECT_LE(dump_json(status).size(), 128u << 10);
}

TEST(DeliveryStatus, OfWhatIsNotRun) {
  const NotRun why{"InvalidSpec", "spec.interval: must be at least 1s", 4, "now"};
  const auto before = status_after(Json::object(), report_of(Kind::kDelivered));
  const auto status = status_of(before, why, Timestamp());
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(conditions_of(*status), "Ready=False InvalidSpec; Stalled=True InvalidSpec");
  EXPECT_EQ(status->find("observedGeneration")->as_int64(), 4);
  EXPECT_EQ(status->string_at({"lastHandledReconcileAt"}), "now");
  EXPECT_FALSE(status_of(*status, why, Timestamp()).has_value());
}

TEST(DeliveryStatus, AnAcceptanceIsProgressAndRemembered) {
  const target::Acceptance acceptance{digest_of("two"), 9'007'199'254'740'993};
  const auto before = status_after(Json::object(), report_of(Kind::kDelivered));
  const auto status = accepted_status(before, sample_delivery(2), acceptance, Timestamp());
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(conditions_of(*status), "Ready=Unknown Progressing; Reconciling=True Progressing");
  EXPECT_EQ(status->string_at({"accepted", "repository"}), "registry.test/shop/web");
  EXPECT_EQ(status->find("observedGeneration")->as_int64(), 2);
  ASSERT_OK_ASSIGN(const auto memory, accepted_in(*status, "Delivery shop/web"));
  EXPECT_EQ(memory.digest, acceptance.digest);
  EXPECT_EQ(memory.sequence, acceptance.sequence);
  EXPECT_EQ(memory.repository, "registry.test/shop/web");
  EXPECT_FALSE(accepted_status(*status, sample_delivery(3), acceptance, Timestamp()).has_value());
  // A report later does not touch it.
  EXPECT_EQ(*status_after(*status, report_of(Kind::kDelivered)).find("accepted"),
            *status->find("accepted"));
}

TEST(DeliveryStatus, AWayBackRemembersTheNewest) {
  const target::Acceptance way_back{digest_of("one"), 2, digest_of("two")};
  const auto status = accepted_status(Json::object(), sample_delivery(2), way_back, Timestamp());
  ASSERT_TRUE(status.has_value());
  ASSERT_OK_ASSIGN(const auto memory, accepted_in(*status, "Delivery shop/web"));
  EXPECT_EQ(memory.digest, way_back.digest);
  EXPECT_EQ(memory.newest, way_back.newest);
  const target::Acceptance forth{digest_of("two"), 2};
  const auto later = accepted_status(*status, sample_delivery(2), forth, Timestamp());
  ASSERT_TRUE(later.has_value());
  ASSERT_OK_ASSIGN(const auto known, accepted_in(*later, "Delivery shop/web"));
  EXPECT_EQ(known.digest, forth.digest);
  EXPECT_EQ(known.newest, std::nullopt);
}

// What a puller without its disk has to know is told by the history.
TEST(DeliveryStatus, AcceptedComesWithWhatWasHealthyAndWhatFailed) {
  const auto status_with = [](const char* history, std::optional<Digest> newest) {
    const target::Acceptance acceptance{digest_of("one"), 2, std::move(newest), "this disk"};
    auto status = *accepted_status(Json::object(), sample_delivery(2), acceptance, Timestamp());
    auto entries = std::string(history);
    for (const auto* name : {"one", "two", "three"}) {
      const auto mark = std::string("<") + name + ">";
      for (auto at = entries.find(mark); at != std::string::npos; at = entries.find(mark)) {
        entries.replace(at, mark.size(), digest_of(name).to_string());
      }
    }
    status.set("history", parse_json(entries, "history").value());
    return accepted_in(status, "Delivery shop/web").value();
  };
  const auto back = status_with(R"([{"digest":"<one>","outcome":"delivered"},
      {"digest":"<two>","outcome":"failed"},{"digest":"<one>","outcome":"delivered"}])",
                                digest_of("two"));
  EXPECT_EQ(back.healthy, digest_of("one"));
  EXPECT_EQ(back.failed, digest_of("two"));
  EXPECT_EQ(back.writer, "this disk");
  // An operator went back from it: it never failed, or was well again.
  const auto pinned = status_with(R"([{"digest":"<one>","outcome":"delivered"},
      {"digest":"<two>","outcome":"delivered"},{"digest":"<two>","outcome":"failed"}])",
                                  digest_of("two"));
  EXPECT_EQ(pinned.failed, std::nullopt);
  const auto under_way = status_with(R"([{"outcome":"failed"},{"digest":"<one>","outcome":"failed"},
      {"digest":"<three>","outcome":"delivered"}])",
                                     std::nullopt);
  EXPECT_EQ(under_way.healthy, digest_of("three"));
  EXPECT_EQ(under_way.failed, std::nullopt);
  EXPECT_EQ(status_with("{}", std::nullopt).healthy, std::nullopt);
}

TEST(DeliveryStatus, WhatWasAcceptedIsNeverTakenForNothing) {
  ASSERT_OK_ASSIGN(const auto nothing, accepted_in(Json::object(), "Delivery shop/web"));
  EXPECT_FALSE(nothing.digest.has_value());
  for (const auto* text : {R"({"accepted":{}})", R"({"accepted":{"digest":"sha256:x"}})",
                           R"({"accepted":[]})", R"({"accepted":{"sequence":1}})",
                           R"({"accepted":{"digest":"sha256:)"
                           R"(0000000000000000000000000000000000000000000000000000000000000000",)"
                           R"("newestDigest":"sha256:x","sequence":1}})"}) {
    ASSERT_OK_ASSIGN(const auto status, parse_json(text, "status"));
    EXPECT_THAT(accepted_in(status, "Delivery shop/web"),
                fails_with(ErrorCode::kInvalidInput, "Delivery shop/web: status.accepted"));
  }
}

TEST(DeliveryStatus, TellsScriptsToThatTheRegistryIsAway) {
  auto away = report_of(Kind::kUnchanged);
  away.outcome.registry_away = Error(ErrorCode::kUnavailable, "no route");
  const auto without = status_after(Json::object(), away);
  EXPECT_EQ(conditions_of(without), "Ready=True Delivered; RegistryAway=True Unavailable");
  const auto back = status_after(without, report_of(Kind::kUnchanged));
  EXPECT_EQ(conditions_of(back), "Ready=True Delivered");
}

TEST(DeliveryStatus, CountsAndMessagesAreNotUrgent) {
  const auto before = status_after(Json::object(), report_of(Kind::kDelivered));
  auto more = report_of(Kind::kUnchanged);
  more.kinds[0].healthy = 0;
  EXPECT_FALSE(is_urgent(before, status_after(before, more)));
  auto away = report_of(Kind::kUnchanged);
  away.outcome.registry_away = Error(ErrorCode::kUnavailable, "no route");
  const auto without_registry = status_after(before, away);
  EXPECT_NE(message_of(without_registry).find("no route"), std::string::npos);
  EXPECT_FALSE(is_urgent(before, without_registry));
  EXPECT_TRUE(is_urgent(
      before, status_after(before, failed_report(RunStage::kApply, ErrorCode::kForbidden, "no"))));
  EXPECT_TRUE(is_urgent(before, status_after(before, report_of(Kind::kUnchanged), 2)));
  // With an interval of a second, a run that waits for a moment would put it off again and again.
  auto drifted = report_of(Kind::kUnchanged);
  drifted.outcome.drifted = 1;
  EXPECT_TRUE(is_urgent(before, status_after(before, drifted)));
}

TEST(MergePatch, LeadsFromOneDocumentToTheOther) {
  struct Case {
    const char* from;
    const char* to;
    const char* patch;
  };
  const Case cases[] = {
      {"{}", "{}", "{}"},
      {R"({"a":1})", "{}", R"({"a":null})"},
      {"{}", R"({"a":{"b":1}})", R"({"a":{"b":1}})"},
      {R"({"a":{"b":1,"c":2}})", R"({"a":{"b":3}})", R"({"a":{"c":null,"b":3}})"},
      {R"({"a":[1,2]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"({"a":{"b":1}})", R"({"a":"b"})", R"({"a":"b"})"},
      {R"({"a":1,"b":2})", R"({"b":2,"a":1})", "{}"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.patch);
    EXPECT_EQ(merge_patch(*parse_json(c.from, "from"), *parse_json(c.to, "to")),
              *parse_json(c.patch, "patch"));
  }
}

}  // namespace
}  // namespace sealift::controller
