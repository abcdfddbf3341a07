#include <sealift/base/json.h>

#include <support/process.h>
#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace sealift::test {
namespace {

// One run of the bench for a few applications: it is not the figures that count here, but that
// there are some.
Json run_bench(const std::string& profile) {
  ProcessOptions options;
  const char* programs = std::getenv("SEALIFT_BIN");
  const char* parts = std::getenv("SEALIFT_PARTS");
  options.environment = {
      {"SEALIFT_BIN", programs != nullptr ? programs : SEALIFT_DEFAULT_BIN},
      {"SEALIFT_PARTS", parts != nullptr ? parts : SEALIFT_SOURCE_DIR "/build/parts/bin"}};
  const auto done = run_process({SEALIFT_SOURCE_DIR "/tests/bench/puller", "--apps", "3",
                                 "--profiles", profile, "--steady-seconds", "1", "--json"},
                                options);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  const auto told = parse_json(done.out, "the bench's output");
  EXPECT_THAT(told, is_ok());
  const auto* runs = told ? told->find("runs") : nullptr;
  return runs != nullptr && runs->as_array()->size() == 1 ? runs->as_array()->front() : Json();
}

TEST(Bench, CountsWhatABareClientAsks) {
  const auto run = run_bench("bare");
  const auto* requests = run.find_path({"install", "requests"});
  ASSERT_NE(requests, nullptr);
  EXPECT_EQ(requests->find("create")->as_int64(), 3);
  EXPECT_EQ(requests->find("patch")->as_int64(), 12);
  EXPECT_EQ(requests->find("patch/status")->as_int64(), 6);
  EXPECT_NE(run.find_path({"install", "seconds"}), nullptr);
}

TEST(Bench, RunsThePullerWithTheRolesThatAreShipped) {
  const auto run = run_bench("sealift");
  const auto* requests = run.find_path({"install", "requests"});
  ASSERT_NE(requests, nullptr);
  EXPECT_GE(requests->find("patch")->as_int64(), 12);
  EXPECT_NE(run.find_path({"update", "seconds"}), nullptr);
}

}  // namespace
}  // namespace sealift::test
