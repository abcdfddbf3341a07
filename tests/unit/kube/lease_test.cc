#include <sealift/kube/lease.h>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "lease_world.h"

namespace sealift::kube {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;
using test::Candidate;
using test::LeaseServer;
using Mood = LeaseServer::Mood;

class Lease : public testing::Test {
 protected:
  void SetUp() override { Candidate::most_leaders() = 0; }
  void TearDown() override { EXPECT_LE(Candidate::most_leaders(), 1); }

  bool soon(const std::function<bool()>& done, milliseconds at_most = 30s) {
    return clock_.run_until(done, at_most);
  }
  static Json held_by(std::string holder, std::string renewed) {
    return Json(Json::Object{{"holderIdentity", std::move(holder)},
                             {"leaseDurationSeconds", 10},
                             {"renewTime", std::move(renewed)},
                             {"leaseTransitions", 4}});
  }
  std::int64_t transitions() {
    return server_.lease()->find_path({"spec", "leaseTransitions"})->as_int64().value_or(-1);
  }

  test::SteppedClock clock_;
  LeaseServer server_{clock_};
  Candidate a_{"a", server_, clock_};
  Candidate b_{"b", server_, clock_};
};

TEST_F(Lease, TheFirstMakesItAndRenewsIt) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }, 1s));
  const auto made = *server_.lease();
  EXPECT_EQ(made.string_at({"kind"}), "Lease");
  EXPECT_EQ(made.string_at({"metadata", "name"}), "sealift-puller");
  EXPECT_EQ(made.find_path({"spec", "leaseDurationSeconds"})->as_int64(), 10);
  clock_.run_for(60s);
  EXPECT_TRUE(a_.leads());
  EXPECT_EQ(server_.holder(), "a");
  EXPECT_EQ(transitions(), 0);
  // One write each two seconds.
  EXPECT_GE(server_.writes(), 28u);
  EXPECT_LE(server_.writes(), 32u);
}

TEST_F(Lease, ADeadHoldersLeaseIsTakenAfterItsTimeWhateverItsClockSaid) {
  for (const auto* renewed : {"1970-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z", ""}) {
    server_.put(held_by("dead", renewed));
    Candidate c("c", server_, clock_);
    const auto from = clock_.elapsed();
    c.start();
    ASSERT_TRUE(soon([&] { return c.leads(); }, 15s)) << renewed;
    EXPECT_GE(c.led_at() - from, 10s) << renewed;
    EXPECT_LT(c.led_at() - from, 12s) << renewed;
    EXPECT_EQ(transitions(), 5);
  }
}

TEST_F(Lease, AStoppedLeaderHandsOverAtOnce) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  b_.start();
  clock_.run_for(5s);
  EXPECT_FALSE(b_.leads());
  const auto stopped = clock_.elapsed();
  a_.linger(1s);
  a_.stop();
  ASSERT_TRUE(soon([&] { return b_.leads(); }, 10s));
  EXPECT_TRUE(a_.has_ended());
  EXPECT_GE(b_.led_at() - stopped, 1s);
  EXPECT_LT(b_.led_at() - stopped, 3s);
  EXPECT_EQ(transitions(), 1);  // to nobody is none
}

TEST_F(Lease, AStopMayTakeLongerThanTheLeaseLasts) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  b_.start();
  a_.linger(30s);
  a_.stop();
  ASSERT_TRUE(soon([&] { return b_.leads(); }, 40s));
  EXPECT_GE(b_.led_at(), 30s);
  EXPECT_EQ(a_.overruns(), 0);
}

class LeaseCutOff : public Lease, public testing::WithParamInterface<Mood> {};

TEST_P(LeaseCutOff, TheLeaderStopsBeforeAnybodyTakesOver) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  b_.start();
  clock_.run_for(20s);
  const auto cut = clock_.elapsed();
  a_.linger(1s);
  server_.behave("Bearer a", GetParam());
  ASSERT_TRUE(soon([&] { return !a_.leads(); }, 15s));
  EXPECT_GE(a_.told_to_stop_at() - cut, 4s);
  EXPECT_LE(a_.told_to_stop_at() - cut, 8s);
  ASSERT_TRUE(soon([&] { return b_.leads(); }, 15s));
  EXPECT_LT(b_.led_at() - cut, 13s);
  EXPECT_EQ(a_.overruns(), 0);
  server_.behave("Bearer a", Mood::kServes);
  clock_.run_for(60s);
  EXPECT_TRUE(b_.leads());
  EXPECT_FALSE(a_.leads());
}
INSTANTIATE_TEST_SUITE_P(Table, LeaseCutOff,
                         testing::Values(Mood::kFails, Mood::kHangs, Mood::kForbids));

TEST_F(Lease, AShortOutageIsNoChangeOfLeader) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  b_.start();
  for (int i = 0; i < 5; ++i) {
    server_.behave("Bearer a", Mood::kFails);
    clock_.run_for(3s);
    server_.behave("Bearer a", Mood::kServes);
    clock_.run_for(6s);
  }
  EXPECT_TRUE(a_.leads());
  EXPECT_EQ(transitions(), 0);
}

TEST_F(Lease, AWriteWhoseAnswerIsLostCounts) {
  server_.behave("Bearer a", Mood::kLosesAnswers);
  a_.start();
  clock_.run_for(5s);
  EXPECT_EQ(server_.holder(), "a");
  server_.behave("Bearer a", Mood::kServes);
  ASSERT_TRUE(soon([&] { return a_.leads(); }, 5s));
  server_.behave("Bearer a", Mood::kLosesAnswers);
  clock_.run_for(3s);
  server_.behave("Bearer a", Mood::kServes);
  clock_.run_for(20s);
  EXPECT_TRUE(a_.leads());
  EXPECT_EQ(transitions(), 0);
}

TEST_F(Lease, ALeaderWhoseLeaseIsTakenAwayStopsAtTheNextRenewal) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  clock_.run_for(1s);
  const auto edited = clock_.elapsed();
  server_.edit([](Json& lease) { lease.find("spec")->set("holderIdentity", "somebody"); });
  ASSERT_TRUE(soon([&] { return !a_.leads(); }));
  EXPECT_LE(a_.told_to_stop_at() - edited, 2500ms);
  EXPECT_EQ(server_.holder(), "somebody");
}

TEST_F(Lease, AnEditByAPersonIsNoLoss) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  server_.edit([](Json& lease) { lease.find("metadata")->set("annotations", Json::object()); });
  clock_.run_for(30s);
  EXPECT_TRUE(a_.leads());
  EXPECT_EQ(a_.told_to_stop_at(), 0ms);
}

TEST_F(Lease, ADeletedLeaseIsLostAndMadeAgain) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  server_.remove();
  ASSERT_TRUE(soon([&] { return a_.told_to_stop_at() > 0ms; }, 3s));
  ASSERT_TRUE(soon([&] { return a_.leads(); }, 5s));
  EXPECT_EQ(server_.holder(), "a");
}

TEST_F(Lease, WorkThatDoesNotEndIsReportedWhenTheLeaseIsOver) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  a_.linger(60s);
  server_.behave("Bearer a", Mood::kFails);
  ASSERT_TRUE(soon([&] { return a_.told_to_stop_at() > 0ms; }));
  EXPECT_EQ(a_.overruns(), 0);
  ASSERT_TRUE(soon([&] { return a_.overruns() == 1; }, 4s));
}

TEST_F(Lease, WallClocksThatJumpChangeNothing) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  b_.start();
  for (const int years : {1, -2, 0, 1}) {
    clock_.jump_wall(std::chrono::hours(24 * 365 * years));
    clock_.run_for(15s);
  }
  EXPECT_TRUE(a_.leads());
  EXPECT_EQ(transitions(), 0);
}

TEST_F(Lease, WorkThatEndsByItselfReleasesTheLease) {
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.leads(); }));
  a_.finish();
  ASSERT_TRUE(soon([&] { return a_.has_ended(); }, 1s));
  EXPECT_EQ(server_.holder(), "");
}

TEST_F(Lease, AFollowerStopsAtOnce) {
  server_.put(held_by("other", "2026-01-01T00:00:00.000000Z"));
  a_.start();
  clock_.run_for(2s);
  a_.stop();
  ASSERT_TRUE(soon([&] { return a_.has_ended(); }, 1s));
  EXPECT_EQ(server_.holder(), "other");
}

TEST_F(Lease, WaitsForThePermission) {
  server_.behave("Bearer a", Mood::kForbids);
  a_.start();
  EXPECT_NE(a_.problem(), "");
  clock_.run_for(10s);
  EXPECT_FALSE(a_.leads());
  EXPECT_NE(a_.problem(), "");
  server_.behave("Bearer a", Mood::kServes);
  EXPECT_TRUE(soon([&] { return a_.leads(); }, 2s));
  EXPECT_EQ(a_.problem(), "");
}

TEST_F(Lease, AFollowerSaysWhetherItCouldTakeOver) {
  server_.put(held_by("other", "2026-01-01T00:00:00.000000Z"));
  a_.start();
  ASSERT_TRUE(soon([&] { return a_.problem().empty(); }, 2s));
  server_.behave("Bearer a", Mood::kFails);
  EXPECT_TRUE(soon([&] { return !a_.problem().empty(); }, 5s));
  server_.behave("Bearer a", Mood::kServes);
  EXPECT_TRUE(soon([&] { return a_.problem().empty(); }, 5s));
  EXPECT_FALSE(a_.leads());
}

TEST(LeaseIdentity, DiffersForEachStart) {
  const auto first = lease_identity("puller-0", system_random());
  EXPECT_TRUE(first.starts_with("puller-0_"));
  EXPECT_NE(first, lease_identity("puller-0", system_random()));
}

}  // namespace
}  // namespace sealift::kube
