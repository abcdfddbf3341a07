#include <sealift/delivery/dependencies.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "support/result_matchers.h"

namespace sealift::delivery {
namespace {

using sealift::test::fails_with;
using testing::HasSubstr;
using testing::Not;

DeliveryName name_of(const std::string& id) {
  const auto slash = id.find('/');
  return {id.substr(0, slash), id.substr(slash + 1)};
}

class Dependencies : public testing::Test {
 protected:
  void delivery(const std::string& id, const std::vector<std::string>& depends_on, bool ready,
                std::vector<std::string> allowed = {}) {
    DependencyNode node;
    for (const auto& dependency : depends_on) node.depends_on.push_back(name_of(dependency));
    node.ready = ready;
    node.allowed_dependents = std::move(allowed);
    nodes_[name_of(id)] = std::move(node);
  }

  Result<DependencyStatus> check(const std::string& id) {
    return check_dependencies(name_of(id), nodes_.at(name_of(id)).depends_on, policy_,
                              [this](const DeliveryName& name) {
                                ++looked_at_;
                                const auto it = nodes_.find(name);
                                return it == nodes_.end() ? nullptr : &it->second;
                              });
  }
  // What it waits for, "" where it is nothing.
  std::string waiting(const std::string& id) {
    const auto status = check(id);
    return status ? status->reason : "error: " + status.error().message();
  }

  std::map<DeliveryName, DependencyNode> nodes_;
  DependencyPolicy policy_;
  std::size_t looked_at_ = 0;
};

TEST_F(Dependencies, WaitsForWhatIsNotReady) {
  delivery("shop/web", {"shop/db", "shop/queue", "shop/cache"}, false);
  delivery("shop/db", {}, false);
  delivery("shop/cache", {}, true);
  EXPECT_EQ(waiting("shop/web"), "shop/db is not ready; shop/queue does not exist");
  delivery("shop/db", {}, true);
  delivery("shop/queue", {}, true);
  EXPECT_EQ(waiting("shop/web"), "");
  EXPECT_EQ(waiting("shop/db"), "");
}

TEST_F(Dependencies, NamesACycle) {
  delivery("shop/a", {"shop/b"}, true);
  delivery("shop/b", {"shop/x", "shop/c"}, true);
  delivery("shop/c", {"shop/a"}, true);
  delivery("shop/x", {}, true);
  EXPECT_THAT(check("shop/a"), fails_with(ErrorCode::kInvalidInput,
                                          "dependsOn goes in a circle: shop/a → shop/b → shop/c → "
                                          "shop/a; remove one of these dependencies"));
  EXPECT_THAT(check("shop/b"),
              fails_with(ErrorCode::kInvalidInput, "shop/b → shop/c → shop/a → shop/b"));
  delivery("shop/self", {"shop/self"}, true);
  EXPECT_THAT(check("shop/self"), fails_with(ErrorCode::kInvalidInput, "shop/self → shop/self"));
}

TEST_F(Dependencies, LeavesACycleToThoseInIt) {
  delivery("shop/web", {"shop/a"}, false);
  delivery("shop/a", {"shop/b"}, false);
  delivery("shop/b", {"shop/a"}, false);
  EXPECT_EQ(waiting("shop/web"), "shop/a is not ready");
}

TEST_F(Dependencies, AnotherNamespaceMustAllowIt) {
  delivery("shop/web", {"infra/db"}, false);
  const auto refusal = check("shop/web");
  EXPECT_THAT(refusal, fails_with(ErrorCode::kForbidden,
                                  "shop may not depend on it; its owner can allow that with the "
                                  "annotation sealift.dev/allow-dependents: \"shop\""));
  // The same words for one that exists.
  delivery("infra/db", {}, true, {"other"});
  EXPECT_EQ(check("shop/web").error().message(), refusal.error().message());
  delivery("infra/db", {}, true, {"other", "shop"});
  EXPECT_EQ(waiting("shop/web"), "");
  delivery("infra/db", {}, false, {"*"});
  EXPECT_EQ(waiting("shop/web"), "infra/db is not ready");
  delivery("infra/db", {}, true);
  policy_.allow_cross_namespace = true;
  EXPECT_EQ(waiting("shop/web"), "");
}

TEST_F(Dependencies, AWayThatIsNotAllowedIsNoPartOfACycle) {
  delivery("shop/web", {"infra/db"}, false);
  delivery("infra/db", {"shop/web"}, true, {"shop"});
  EXPECT_EQ(waiting("shop/web"), "");
  delivery("shop/web", {"infra/db"}, false, {"infra"});
  EXPECT_THAT(check("shop/web"), fails_with(ErrorCode::kInvalidInput, "goes in a circle"));
}

TEST_F(Dependencies, LooksAtEachOnceHoweverManyWaysLeadThere) {
  constexpr int kLayers = 30;
  for (int i = 0; i < kLayers; ++i) {
    const auto next = std::to_string(i + 1);
    for (const auto* side : {"l", "r"}) {
      delivery("shop/" + std::string(side) + std::to_string(i), {"shop/l" + next, "shop/r" + next},
               true);
    }
  }
  delivery("shop/l30", {}, true);
  delivery("shop/r30", {}, true);
  EXPECT_EQ(waiting("shop/l0"), "");
  EXPECT_LT(looked_at_, 1'000u);
}

}  // namespace
}  // namespace sealift::delivery
