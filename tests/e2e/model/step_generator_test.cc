#include "model/step_generator.h"

#include <gmock/gmock.h>

#include <set>

namespace sealift::e2e::model {
namespace {

std::vector<std::string> steps_of(std::uint64_t seed, int bursts) {
  StepGenerator generator(seed, {{"web", "a", "", "web", false, ""},
                                 {"shop", "a", "b", "web", false, "web"},
                                 {"edge", "b", "", "edge", true, ""}});
  generator.make_versions(10);
  std::vector<std::string> steps;
  const auto add = [&](const std::vector<Step>& more) {
    for (const auto& step : more) steps.push_back(step.to_string());
  };
  add(generator.beginning());
  for (int i = 0; i < bursts; ++i) add(generator.burst());
  return steps;
}

TEST(StepGenerator, ASeedSaysItAll) {
  EXPECT_EQ(steps_of(7, 20), steps_of(7, 20));
  EXPECT_NE(steps_of(7, 20), steps_of(8, 20));
}

TEST(StepGenerator, EveryKindOfStepComes) {
  std::set<std::string> first_words;
  for (const auto& step : steps_of(1, 400)) first_words.insert(step.substr(0, step.find(' ')));
  EXPECT_THAT(first_words, testing::UnorderedElementsAre(
                               "publish", "change", "delete", "create", "ask", "edit", "erase",
                               "take", "empty", "plant", "forge", "kill", "stop", "cut", "let"));
}

TEST(StepGenerator, OnlyWhatIsThereIsChangedAndDeleted) {
  std::set<std::string> there;
  for (const auto& step : steps_of(3, 400)) {
    const auto verb = step.substr(0, step.find(' '));
    const auto rest = step.substr(step.find(' ') + 1);
    const auto name = rest.substr(0, rest.find(' '));
    if (verb == "create") {
      EXPECT_TRUE(there.insert(name).second) << step;
    } else if (verb == "delete") {
      EXPECT_EQ(there.erase(name), 1u) << step;
    } else if (verb == "change") {
      EXPECT_TRUE(there.contains(name)) << step;
    }
  }
}

}  // namespace
}  // namespace sealift::e2e::model
