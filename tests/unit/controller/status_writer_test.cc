#include <sealift/controller/status_writer.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fake_deliveries.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

namespace sealift::controller {
namespace {

using puller::RunStage;
using test::fails_with;
using testing::ElementsAre;
using Kind = puller::RunOutcome::Kind;
using namespace std::chrono_literals;

class StatusWriting : public testing::Test {
 protected:
  std::string ready() const {
    const auto status = server_.status();
    const auto* conditions = status.find("conditions");
    return conditions ? std::string(conditions->as_array()->at(0).string_at({"reason"})) : "";
  }
  // Time passes when everything that is due has been done.
  void pass(std::chrono::milliseconds time) {
    writer_.drain({});
    clock_.wait_for_sleepers(1);
    clock_.advance(time);
  }

  FakeDeliveries server_;
  test::ManualClock clock_;
  StatusWriter writer_{server_.api,     server_.records,  clock_,
                       system_random(), Logger::silent(), {1, 5s, 15s}};
  delivery::Delivery delivery_ = sample_delivery();
};

TEST_F(StatusWriting, AShortRunIsOneRequest) {
  writer_.reported(delivery_, waiting_report(RunStage::kFetch, "the artifact"));
  writer_.reported(delivery_, waiting_report(RunStage::kWait, "Deployment web"));
  writer_.reported(delivery_, report_of(Kind::kDelivered));
  writer_.drain({});
  EXPECT_EQ(server_.patches().size(), 1u);
  EXPECT_EQ(ready(), "Delivered");
  writer_.reported(delivery_, report_of(Kind::kUnchanged, 60));
  writer_.drain({});
  EXPECT_EQ(server_.patches().size(), 1u);
}

TEST_F(StatusWriting, ALongOneTellsOfItsProgressNowAndThen) {
  // The report is of the run's first second, so four are left.
  writer_.reported(delivery_, waiting_report(RunStage::kWait, "0 of 3"));
  pass(3999ms);
  writer_.drain({});
  EXPECT_TRUE(server_.patches().empty());
  pass(1ms);
  server_.wait_for_patches(1);
  EXPECT_EQ(ready(), "Progressing");
  for (const auto* message : {"1 of 3", "2 of 3"}) {
    writer_.reported(delivery_, waiting_report(RunStage::kWait, message));
    pass(5s);
  }
  EXPECT_EQ(server_.patches().size(), 1u);
  pass(5s);
  server_.wait_for_patches(2);
  EXPECT_EQ(server_.status().find("conditions")->as_array()->at(0).string_at({"message"}),
            "2 of 3");
}

TEST_F(StatusWriting, WhatWasTrueAgainMeanwhileIsNotWritten) {
  writer_.reported(delivery_, report_of(Kind::kDelivered));
  writer_.drain({});
  auto away = report_of(Kind::kUnchanged, 60);
  away.outcome.registry_away = Error(ErrorCode::kUnavailable, "no route");
  writer_.reported(delivery_, away);
  writer_.reported(delivery_, report_of(Kind::kUnchanged, 70));
  pass(1h);
  writer_.drain({});
  EXPECT_EQ(server_.patches().size(), 1u);
}

TEST_F(StatusWriting, AFailedWriteIsTriedAgain) {
  server_.answer_next({test::FakeAnswer::json(403, "{}")});
  writer_.reported(delivery_, report_of(Kind::kDelivered));
  writer_.drain({});
  EXPECT_EQ(writer_.counts().waiting, 1u);
  pass(60s);
  server_.wait_for_patches(1);
  writer_.drain({});
  EXPECT_EQ(ready(), "Delivered");
  EXPECT_EQ(writer_.counts().waiting, 0u);
}

TEST_F(StatusWriting, OneThatIsRefusedAsInvalidIsNot) {
  server_.answer_next({test::FakeAnswer::json(422, "{}")});
  writer_.reported(delivery_, report_of(Kind::kDelivered));
  writer_.drain({});
  EXPECT_EQ(writer_.counts().waiting, 0u);
  EXPECT_EQ(writer_.counts().failed, 1u);
}

// 404: the Delivery was deleted, and the one that came under its name has something to say already.
TEST_F(StatusWriting, WhatIsSaidWhileAWriteFailsForGoodIsWritten) {
  int generation = 1;
  for (const int code : {422, 404}) {
    server_.answer_next({test::FakeAnswer::json(code, "{}")});
    const auto patches = server_.patches().size();
    server_.while_patching(
        [&] { writer_.not_run("shop/web", {"InvalidSpec", "no", ++generation}); });
    writer_.reported(delivery_, report_of(Kind::kDelivered));
    writer_.drain({});
    EXPECT_EQ(server_.patches().size(), patches + 1) << code;
    EXPECT_EQ(ready(), "InvalidSpec") << code;
  }
}

TEST_F(StatusWriting, AnAcceptanceIsThereWhenItReturns) {
  const target::Acceptance acceptance{digest_of("one"), 7};
  ASSERT_OK(writer_.accept(delivery_, acceptance, {}));
  EXPECT_EQ(server_.status().find_path({"accepted", "sequence"})->as_int64(), 7);
  EXPECT_EQ(ready(), "Progressing");
  ASSERT_OK(writer_.accept(delivery_, acceptance, {}));
  EXPECT_EQ(server_.patches().size(), 1u);
}

TEST_F(StatusWriting, AnAcceptanceTakesWhatWaitedWithIt) {
  server_.answer_next({test::FakeAnswer::json(403, "{}")});
  writer_.reported(delivery_, report_of(Kind::kDelivered));
  writer_.drain({});
  ASSERT_OK(writer_.accept(delivery_, {digest_of("two"), 8}, {}));
  EXPECT_EQ(server_.patches().size(), 1u);
  EXPECT_EQ(server_.status().find("history")->as_array()->size(), 1u);
  pass(60s);
  writer_.drain({});
  EXPECT_EQ(ready(), "Progressing") << "what was true before must not come after it";
  EXPECT_EQ(server_.status().find_path({"accepted", "sequence"})->as_int64(), 8);
}

TEST_F(StatusWriting, AnAcceptanceThatFailedSaysSo) {
  server_.answer_next({test::FakeAnswer::json(403, "{}")});
  EXPECT_THAT(writer_.accept(delivery_, {digest_of("one"), 7}, {}),
              fails_with(ErrorCode::kForbidden, "remembering what was accepted"));
  auto other = delivery_;
  other.uid = "uid-2";
  EXPECT_THAT(writer_.accept(other, {digest_of("one"), 7}, {}), fails_with(ErrorCode::kNotFound));
}

TEST_F(StatusWriting, WhatIsWrittenMeanwhileByOthersIsKept) {
  // Our record is behind: the first attempt is a conflict, and is made again.
  Json other;
  other.set("stage", "x");
  FakeDeliveries& server = server_;
  DeliveryRecords elsewhere;
  elsewhere.take(server.records.find("shop/web")->live());
  ASSERT_OK(server.api.patch_status(*elsewhere.find("shop/web"), other, {}));
  writer_.reported(delivery_, failed_report(RunStage::kApply, ErrorCode::kForbidden, "no"));
  server.wait_for_patches(2);
  writer_.drain({});
  EXPECT_EQ(ready(), "Forbidden");
}

TEST_F(StatusWriting, ReportsOfAnotherUidAreNot) {
  delivery_.uid = "uid-2";
  writer_.reported(delivery_, report_of(Kind::kDelivered));
  writer_.drain({});
  EXPECT_TRUE(server_.patches().empty());
}

}  // namespace
}  // namespace sealift::controller
