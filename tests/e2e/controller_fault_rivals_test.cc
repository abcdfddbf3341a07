#include <gmock/gmock.h>

#include <csignal>

#include "controller_fault_case.h"

namespace sealift::e2e {
namespace {

// Two pullers of the same Deliveries that know nothing of each other.
class FaultOfRivals : public ControllerFault {
 protected:
  void TearDown() override {
    if (rival_) {
      rival_->send_signal(SIGTERM);
      const auto ended = rival_->wait();
      if (HasFailure()) ADD_FAILURE() << "The other one said:\n" << ended.err;
    }
    ControllerFault::TearDown();
  }
  std::unique_ptr<test::Process> rival_;
};

TEST_F(FaultOfRivals, TwoPullersByMistakeAgreeAndFallSilent) {
  rival_ = make_puller("rival", {});
  deliver_first();
  publish_version(2);
  expect_converged(2);
  expect_no_more_writes();
  expect_repairs(2);  // by both of them
  publish_version(3);
  expect_converged(3);
  expect_no_more_writes();
}

}  // namespace
}  // namespace sealift::e2e
