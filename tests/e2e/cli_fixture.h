#pragma once

#include <git_fixture.h>

#include <sealift/base/json.h>

#include <support/process.h>
#include <support/result_matchers.h>
#include <support/temp_directory.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::test {

inline constexpr std::string_view kConfigMap =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  colour: blue\n";

// The program `sealift` as a user starts it, in a directory and with a home of its own, and a Git
// repository to publish from: one commit with one ConfigMap at deploy/prod.
class CliTest : public testing::Test {
 protected:
  CliTest();

  const std::string& directory() const { return directory_.path(); }
  const TempDirectory& files() const { return directory_; }
  const GitFixture& git() const { return git_; }

  // Runs in directory(); SEALIFT_PASSWORD is "pw" unless `options` says otherwise.
  ProcessResult sealift(std::vector<std::string> arguments, ProcessOptions options = {}) const;
  // The same for one that must succeed; returns what it printed.
  std::string succeed(std::vector<std::string> arguments, ProcessOptions options = {}) const;
  // The same with --json; returns the document.
  Json succeed_json(std::vector<std::string> arguments, ProcessOptions options = {}) const;
  // sealift() in a network namespace in which there is nobody, not even localhost.
  ProcessResult without_network(std::vector<std::string> arguments) const;
  // Any other program; aborts nothing, the caller looks at the result.
  ProcessResult run(std::vector<std::string> arguments) const;
  std::string run_well(std::vector<std::string> arguments) const;

  // A key pair NAME.key (password "pw") and NAME.pub in directory().
  void make_key(const std::string& name) const;
  // A TrustPolicy in YAML that asks one signature of NAME.pub, of every repository.
  std::string key_policy(const std::string& name) const;
  // Publishes deploy/prod and returns the digest.
  std::string push(const std::string& reference, std::vector<std::string> more = {}) const;

 private:
  TempDirectory directory_;
  GitFixture git_;
};

// How a failed expectation shows it.
void PrintTo(const ProcessResult& result, std::ostream* out);

using Environment = std::vector<std::pair<std::string, std::optional<std::string>>>;
ProcessOptions with_environment(Environment environment);
ProcessOptions with_input(std::string standard_input);

// A program that was refused with this exit code and says so on standard error.
testing::Matcher<const ProcessResult&> ends_with(int exit_code, const std::string& message);

}  // namespace sealift::test
