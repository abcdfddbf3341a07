// The test double itself: end-to-end tests judge by what it says.
#include "support/process.h"

#include <gtest/gtest.h>

#include <csignal>

namespace sealift::test {
namespace {

TEST(Process, CapturesOutputsAndExitCode) {
  const auto result = run_process({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

TEST(Process, PassesInputEnvironmentAndDirectory) {
  ProcessOptions options;
  options.standard_input = std::string(200'000, 'i');
  options.environment = {{"SEALIFT_SET", "value"}, {"HOME", std::nullopt}};
  options.directory = "/";
  const auto result =
      run_process({"sh", "-c", "wc -c; echo $SEALIFT_SET; echo ${HOME-none}; pwd"}, options);
  EXPECT_EQ(result.out, "200000\nvalue\nnone\n/\n");
}

TEST(Process, InputThatNobodyReadsIsNoProblem) {
  ProcessOptions options;
  options.standard_input = std::string(1'000'000, 'i');
  EXPECT_EQ(run_process({"true"}, options).exit_code, 0);
}

TEST(Process, MissingProgramIsAnExitCode) {
  EXPECT_EQ(run_process({"/nowhere/program"}).exit_code, 127);
}

TEST(Process, AwaitsOutputAndEndsBySignal) {
  Process process({"sh", "-c", "echo ready; exec sleep 1000"});
  EXPECT_TRUE(process.wait_for_output("ready"));
  process.send_signal(SIGTERM);
  const auto result = process.wait();
  EXPECT_EQ(result.signal, SIGTERM);
  EXPECT_EQ(result.exit_code, -1);
  EXPECT_FALSE(process.wait_for_output("never said"));
}

}  // namespace
}  // namespace sealift::test
