#include <sealift/controller/policy_status_writer.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/manual_clock.h"
#include "support/result_matchers.h"
#include "unit/kube/fake_cluster.h"

namespace sealift::controller {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Standing = PolicyVerdict::Standing;
using namespace std::chrono_literals;

PolicyVerdict verdict(Standing standing, std::string message = "why", std::string uid = "uid-1") {
  return {"shop", std::move(uid), 3, standing, std::move(message)};
}

// "Ready=True InForce", … and what else is there.
std::vector<std::string> conditions_of(const Json& status) {
  std::vector<std::string> out;
  for (const auto& condition : *status.find("conditions")->as_array()) {
    out.push_back(std::string(condition.string_at({"type"})) + "=" +
                  std::string(condition.string_at({"status"})) + " " +
                  std::string(condition.string_at({"reason"})) + " " +
                  std::string(condition.string_at({"message"})));
  }
  return out;
}

TEST(PolicyStatus, SaysReadyAndStalledAsKstatusReadsThem) {
  struct Case {
    Standing standing;
    std::vector<std::string> conditions;
  };
  const Case cases[] = {
      {Standing::kInForce, {"Ready=True InForce why"}},
      {Standing::kAmbiguous, {"Ready=False Ambiguous why", "Stalled=True Ambiguous why"}},
      {Standing::kHeldBack, {"Ready=False HeldBack why"}},
      {Standing::kInvalid, {"Ready=False InvalidPolicy why", "Stalled=True InvalidPolicy why"}},
  };
  for (const auto& before : cases) {
    for (const auto& c : cases) {
      const auto previous = status_of(Json::object(), verdict(before.standing), Timestamp{});
      ASSERT_TRUE(previous.has_value());
      const auto next = status_of(*previous, verdict(c.standing), Timestamp{1h});
      EXPECT_EQ(next.has_value(), before.standing != c.standing);
      EXPECT_EQ(conditions_of(next.value_or(*previous)), c.conditions);
      EXPECT_EQ(next.value_or(*previous).find("observedGeneration")->as_int64(), 3);
    }
  }
}

TEST(PolicyStatus, TheTimeOfAConditionIsThatOfItsChange) {
  const auto since = [](const Json& status) {
    return std::string(
        status.find("conditions")->as_array()->at(0).string_at({"lastTransitionTime"}));
  };
  const auto held = status_of(Json::object(), verdict(Standing::kHeldBack), Timestamp{});
  const auto other = status_of(*held, verdict(Standing::kHeldBack, "other"), Timestamp{1h});
  EXPECT_EQ(since(*other), since(*held));
  EXPECT_NE(since(*status_of(*other, verdict(Standing::kInForce), Timestamp{2h})), since(*held));
}

TEST(PolicyStatus, HasAnEnd) {
  const auto status =
      status_of(Json::object(), verdict(Standing::kHeldBack, std::string(100'000, 'x')), {});
  EXPECT_LE(dump_json(*status).size(), 5'000u);
}

// An API server with the TrustPolicy "shop", and the writer.
class PolicyStatusWriting : public testing::Test {
 protected:
  Json object() const {
    Json metadata(Json::Object{
        {"name", "shop"}, {"uid", uid_}, {"resourceVersion", std::to_string(version_)}});
    return Json(Json::Object{{"metadata", std::move(metadata)}, {"status", status_}});
  }
  test::FakeAnswer answer(const test::SeenRequest& request) {
    const std::scoped_lock lock(mutex_);
    if (request.method == "GET") return test::FakeAnswer::json(200, dump_json(object()));
    ++patches_;
    if (!answers_.empty()) {
      auto next = answers_.front();
      answers_.erase(answers_.begin());
      return next;
    }
    const auto body = parse_json(request.body, "body");
    if (body->string_at({"metadata", "resourceVersion"}) != std::to_string(version_)) {
      return test::FakeAnswer::json(409, R"({"kind":"Status","code":409})");
    }
    for (const auto& [name, value] : *body->find("status")->as_object()) status_.set(name, value);
    ++version_;
    return test::FakeAnswer::json(200, dump_json(object()));
  }
  std::vector<std::string> written() {
    writer_.drain({});
    const std::scoped_lock lock(mutex_);
    return status_.find("conditions") == nullptr ? std::vector<std::string>{}
                                                 : conditions_of(status_);
  }
  int patches() {
    writer_.drain({});
    const std::scoped_lock lock(mutex_);
    return patches_;
  }
  // Somebody else writes; the watch has not told it yet.
  void write_elsewhere(std::string_view name) {
    const std::scoped_lock lock(mutex_);
    status_.set(name, "theirs");
    ++version_;
  }

  std::mutex mutex_;
  std::string uid_ = "uid-1";
  int version_ = 1;
  int patches_ = 0;
  Json status_ = Json::object();
  std::vector<test::FakeAnswer> answers_;
  test::FakeCluster cluster_{[this](const test::SeenRequest& request) { return answer(request); }};
  test::ManualClock clock_;
  PolicyStatusWriter writer_{cluster_.client(), clock_, system_random(), Logger::silent()};
};

TEST_F(PolicyStatusWriting, IsOneRequestWhereItSaysSomethingNewAndNoneWhereNot) {
  writer_.observed(object());
  writer_.judged({verdict(Standing::kInForce)});
  EXPECT_THAT(written(), ElementsAre("Ready=True InForce why"));
  EXPECT_EQ(patches(), 1);
  writer_.judged({verdict(Standing::kInForce)});
  EXPECT_EQ(patches(), 1);
  writer_.judged({verdict(Standing::kHeldBack)});
  EXPECT_THAT(written(), ElementsAre("Ready=False HeldBack why"));
  // Although the watch has told of none of these writes.
  writer_.judged({verdict(Standing::kInForce)});
  EXPECT_THAT(written(), ElementsAre("Ready=True InForce why"));
  EXPECT_EQ(patches(), 3);
}

TEST_F(PolicyStatusWriting, TheWatchBehindTheOwnWritesIsNotBelieved) {
  const auto before = object();
  writer_.observed(before);
  writer_.judged({verdict(Standing::kInForce)});
  EXPECT_EQ(patches(), 1);
  writer_.observed(before);
  writer_.judged({verdict(Standing::kInForce)});
  EXPECT_EQ(patches(), 1);
  // Unless it began anew: the cluster may come from a backup.
  {
    const std::scoped_lock lock(mutex_);
    status_ = Json::object();
    version_ = 1;
  }
  writer_.forget_versions();
  writer_.observed(before);
  writer_.judged({verdict(Standing::kInForce)});
  EXPECT_THAT(written(), ElementsAre("Ready=True InForce why"));
}

TEST_F(PolicyStatusWriting, WhatOthersWroteStays) {
  writer_.observed(object());
  write_elsewhere("theirs");
  writer_.judged({verdict(Standing::kInForce)});
  EXPECT_THAT(written(), ElementsAre("Ready=True InForce why"));
  EXPECT_EQ(patches(), 2) << "the first was of an older version";
  EXPECT_EQ(status_.string_at({"theirs"}), "theirs");
}

TEST_F(PolicyStatusWriting, AnotherPolicyOfTheSameNameIsLeftAlone) {
  writer_.observed(object());
  writer_.judged({verdict(Standing::kInForce, "why", "uid-2")});
  EXPECT_EQ(patches(), 0) << "it was not observed";
  {
    const std::scoped_lock lock(mutex_);
    uid_ = "uid-2";
    version_ = 7;
  }
  writer_.judged({verdict(Standing::kInForce)});
  EXPECT_THAT(written(), IsEmpty());
}

TEST_F(PolicyStatusWriting, WhatHasGoneIsForgotten) {
  writer_.observed(object());
  writer_.judged({});
  writer_.judged({verdict(Standing::kInForce)});
  EXPECT_EQ(patches(), 0);
}

TEST_F(PolicyStatusWriting, ARefusedWriteIsTriedAgainAndAnImpossibleOneIsNot) {
  const auto refusal = [](int code) {
    return test::FakeAnswer::json(code, R"({"kind":"Status","message":"no"})");
  };
  answers_ = {refusal(422), refusal(403), refusal(403)};
  auto other = object();
  other.find("metadata")->set("name", "web");
  auto about_other = verdict(Standing::kInForce);
  about_other.name = "web";
  writer_.observed(object());
  writer_.observed(other);
  writer_.judged({verdict(Standing::kInvalid), about_other});
  EXPECT_EQ(patches(), 2);
  EXPECT_THAT(written(), IsEmpty());
  // By its second turn the other one would have been tried again as well.
  while (written().empty()) {
    clock_.advance(60s);
    std::this_thread::yield();
  }
  EXPECT_THAT(written(), ElementsAre("Ready=True InForce why"));
  EXPECT_EQ(patches(), 4);
}

}  // namespace
}  // namespace sealift::controller
