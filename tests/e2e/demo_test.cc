#include "support/process.h"
#include "support/test_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// The demo checks each of its steps itself; what stands here is what must never be dropped from it.
ProcessResult run_demo(const std::vector<std::string>& flags) {
  std::vector<std::string> arguments = {SEALIFT_SOURCE_DIR "/examples/demo.sh"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  ProcessOptions options;
  const auto parts = std::filesystem::path(test_part("oras")).parent_path().string();
  options.environment = {{"SEALIFT_BIN", SEALIFT_DEFAULT_BIN}, {"SEALIFT_PARTS", parts}};
  return run_process(arguments, std::move(options));
}

testing::Matcher<std::string> tells_the_refusals() {
  return AllOf(HasSubstr("was changed: it hashes to"), HasSubstr("it is an older one"),
               HasSubstr("chain unbroken"), HasSubstr("All of it behaved as told."));
}

TEST(Demo, DeliversIntoADirectoryAndRefuses) {
  const auto demo = run_demo({});
  EXPECT_EQ(demo.exit_code, 0) << demo.out << demo.err;
  EXPECT_THAT(demo.out, tells_the_refusals());
  EXPECT_THAT(demo.out, HasSubstr("nothing was touched"));
  EXPECT_THAT(demo.out, Not(HasSubstr("\033["))) << "colours are for terminals";
}

TEST(Demo, DeliversIntoAClusterAndRefuses) {
  const auto demo = run_demo({"--cluster"});
  EXPECT_EQ(demo.exit_code, 0) << demo.out << demo.err;
  EXPECT_THAT(demo.out, tells_the_refusals());
  EXPECT_THAT(demo.out, HasSubstr("why=drift"));
  EXPECT_THAT(demo.out, HasSubstr("No resources found in shop namespace"));
}

}  // namespace
}  // namespace sealift::test
