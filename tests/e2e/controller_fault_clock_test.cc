#include <gmock/gmock.h>

#include <fstream>

#include "controller_fault_case.h"

namespace sealift::e2e {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kYear = 365 * 24 * 3600;

// A puller whose wall clock jumps while it runs; the API server's does not.
class FaultOfClock : public ControllerFault {
 protected:
  void SetUp() override {
    ControllerFault::SetUp();
    jump_to(0);
    wrapper_ = {"env", "LD_PRELOAD=" SHIFTED_CLOCK_LIBRARY,
                "SHIFTED_CLOCK=" + directory_.file("clock")};
  }
  // In place: the file is mapped.
  void jump_to(std::int64_t seconds) {
    std::fstream file(directory_.file("clock"),
                      std::ios::binary | std::ios::in | std::ios::out | std::ios::ate);
    if (!file.is_open()) file.open(directory_.file("clock"), std::ios::binary | std::ios::out);
    file.seekp(0);
    file.write(reinterpret_cast<const char*>(&seconds), sizeof seconds);
  }
};

TEST_F(FaultOfClock, JumpsByAYearBothWays) {
  more_policy_ = "  maxAge: 24h\n";
  deliver_first({"--leader-elect", "--lease-namespace", "sealift-system"});
  for (const auto jump : {kYear, -kYear}) {
    SCOPED_TRACE("a jump by " + std::to_string(jump) + " s");
    jump_to(jump);
    EXPECT_THAT(message_for("Refused", "site"), HasSubstr("24h"));
    expect_no_more_writes();
    EXPECT_TRUE(is_in_place(1)) << "what was delivered is let alone";
    jump_to(0);
    expect_converged(1);
  }
  // Where no policy asks for the time, it does not matter.
  more_policy_.clear();
  trust();
  int version = 1;
  for (const auto jump : {kYear, -kYear}) {
    jump_to(jump);
    publish_version(++version);
    expect_converged(version);
    expect_repairs(version);
  }
  expect_no_more_writes();
  EXPECT_THAT(puller_->err(), Not(HasSubstr("leading no more")));
}

}  // namespace
}  // namespace sealift::e2e
