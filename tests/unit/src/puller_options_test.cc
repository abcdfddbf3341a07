#include "puller_options.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "exit_code.h"

namespace sealift::program {
namespace {

std::variant<PullerOptions, int> parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "sealift-puller");
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  return parse_puller_options(static_cast<int>(pointers.size()), pointers.data());
}

TEST(PullerOptionsTest, RefusesASelectorThatIsNone) {
  EXPECT_TRUE(std::holds_alternative<PullerOptions>(parse({"--shard-selector", "a in (b,c)"})));
  testing::internal::CaptureStderr();
  const auto refused = parse({"--shard-selector", "a in ("});
  EXPECT_NE(testing::internal::GetCapturedStderr().find("--shard-selector"), std::string::npos);
  ASSERT_TRUE(std::holds_alternative<int>(refused));
  EXPECT_EQ(std::get<int>(refused), kUsage);
}

// Two pullers of the same files would both deliver, though each was told to elect a leader.
TEST(PullerOptionsTest, RefusesWithFilesWhatOnlyCustomResourcesObey) {
  const std::vector<std::vector<std::string>> all = {
      {"--leader-elect"},          {"--lease-name", "a"},
      {"--lease-namespace", "a"},  {"--watch-namespace", "a"},
      {"--shard-selector", "a=b"}, {"--default-service-account", "a"},
      {"--allow-own-identity"},    {"--allow-cross-namespace-dependencies"},
      {"--events", "all"},         {"--allow-local-addresses"},
      {"--allow-provider", "aws"},
  };
  for (auto arguments : all) {
    const auto flag = arguments.front();
    EXPECT_TRUE(std::holds_alternative<PullerOptions>(parse(arguments))) << flag;
    arguments.insert(arguments.end(), {"--config", "files"});
    const auto refused = parse(arguments);
    ASSERT_TRUE(std::holds_alternative<int>(refused)) << flag;
    EXPECT_EQ(std::get<int>(refused), kUsage) << flag;
  }
  EXPECT_TRUE(std::holds_alternative<PullerOptions>(parse({"--config", "files"})));
}

TEST(PullerOptionsTest, ItsOwnIdentityIsForTheCloudsThatAreNamed) {
  const auto allowed = [](const std::vector<std::string>& arguments) {
    return std::get<PullerOptions>(parse(arguments)).allowed_providers;
  };
  using cloud::Provider;
  EXPECT_EQ(allowed({}), std::set<Provider>());
  EXPECT_EQ(allowed({"--allow-provider", "aws", "--allow-provider", "gcp"}),
            (std::set<Provider>{Provider::kAws, Provider::kGcp}));
  EXPECT_EQ(allowed({"--config", "files"}).size(), 3u) << "the operator's own";
}

}  // namespace
}  // namespace sealift::program
