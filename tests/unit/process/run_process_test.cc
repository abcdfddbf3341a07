#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/process/process.h>

#include <gtest/gtest.h>

#include <filesystem>

namespace sealift::process {
namespace {

using test::fails_with;

ProcessSpec shell(const std::string& script) {
  ProcessSpec spec;
  spec.program = "/bin/sh";
  spec.arguments = {"-c", script};
  spec.environment = {"PATH=/usr/bin:/bin", "NAME=value"};
  return spec;
}

TEST(RunProcess, GivesTheProgramItsEnvironmentAndBothOutputs) {
  ASSERT_OK_ASSIGN(const auto output, run_process(shell("echo $NAME; echo no >&2; exit 3"), {}));
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_EQ(output.out, "value\n");
  EXPECT_EQ(output.err, "no\n");
}

TEST(RunProcess, ASignalIsAnExitCodeAsShellsHaveIt) {
  ASSERT_OK_ASSIGN(const auto output, run_process(shell("kill -TERM $$"), {}));
  EXPECT_EQ(output.exit_code, 128 + 15);
}

TEST(RunProcess, TheInputComesWholeAndEnds) {
  auto spec = shell("wc -c");
  spec.standard_input = std::string(300'000, 'x');
  ASSERT_OK_ASSIGN(const auto output, run_process(spec, {}));
  EXPECT_EQ(std::stoul(output.out), 300'000u);
  ASSERT_OK_ASSIGN(const auto without, run_process(shell("wc -c"), {}));
  EXPECT_EQ(std::stoul(without.out), 0u);
}

TEST(RunProcess, AProgramThatDoesNotReadItsInputHoldsNobodyUp) {
  auto spec = shell("exit 0");
  spec.standard_input = std::string(300'000, 'x');
  ASSERT_OK_ASSIGN(const auto output, run_process(spec, {}));
  EXPECT_EQ(output.exit_code, 0);
}

TEST(RunProcess, TimeAndOutputAreLimited) {
  auto slow = shell("sleep 60");
  slow.max_time = std::chrono::seconds(0);
  EXPECT_THAT(run_process(slow, {}),
              fails_with(ErrorCode::kUnavailable, "did not end within 0 seconds, and was"));
  auto loud = shell("while :; do echo loud; done");
  loud.max_output_bytes = 1'000;
  EXPECT_THAT(run_process(loud, {}),
              fails_with(ErrorCode::kInvalidInput, "wrote more than 1000 bytes"));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(run_process(shell("sleep 60"), stop.get_token()), fails_with(ErrorCode::kCancelled));
}

TEST(RunProcess, SaysWhatCannotBeStarted) {
  ProcessSpec spec;
  spec.program = "/nowhere/program";
  EXPECT_THAT(run_process(spec, {}), fails_with(ErrorCode::kIo, "cannot start /nowhere/program"));
}

TEST(FindProgram, TakesTheFirstExecutableOfAnAbsoluteDirectory) {
  const test::TempDirectory directory;
  directory.write("a/tool", "");
  const auto tool = directory.write("b/tool", "");
  std::filesystem::permissions(tool, std::filesystem::perms::owner_all);
  std::filesystem::create_directories(directory.file("c/tool"));
  const auto path = directory.file("c") + ":" + directory.file("a") + ":b:" + directory.file("b");
  EXPECT_EQ(find_program(path, "tool"), tool) << "neither a directory nor what has no x";
  EXPECT_EQ(find_program(path, "other"), "");
  EXPECT_EQ(find_program("", "tool"), "");
}

}  // namespace
}  // namespace sealift::process
