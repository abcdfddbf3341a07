#include <sealift/objects/label_selector.h>

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "contract/kube_fixture.h"

namespace sealift::kube {
namespace {

class KubeLabelSelector : public KubeContract {
 protected:
  void make(const std::string& name, const std::string& labels) {
    ASSERT_OK(apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name +
                    ", labels: {of: test, " + labels + "}}}"));
  }
  Result<std::set<std::string>> server_takes(const std::string& selector) {
    SEALIFT_ASSIGN(const auto list, client_.get(config_maps_.path(name_space_, ""),
                                                {{"labelSelector", selector}}, {}));
    std::set<std::string> names;
    for (const auto& item : *list.find("items")->as_array()) {
      if (item.string_at({"metadata", "labels", "of"}) != "test") continue;
      names.emplace(item.string_at({"metadata", "name"}));
      all_.emplace(item.string_at({"metadata", "name"}), item);
    }
    return names;
  }
  std::map<std::string, Json> all_;
};

TEST_F(KubeLabelSelector, MeansWhatTheServerMeans) {
  make("a", "tier: web");
  make("b", "tier: db, shard: \"0\"");
  make("c", "tier: \"\", shard: \"12\"");
  make("d", "shard: x, in: notin");
  ASSERT_OK_ASSIGN(const auto everything, server_takes(""));
  ASSERT_EQ(everything.size(), 4u);
  for (const std::string selector : {"tier",
                                     "!tier",
                                     "tier=web",
                                     "tier==web",
                                     "tier!=web",
                                     "tier=",
                                     "tier!=",
                                     "tier=,shard",
                                     "tier in (web,db)",
                                     "tier in ()",
                                     "tier in (,web)",
                                     "tier in (db,)",
                                     "tier in (db,,web)",
                                     "tier notin (web)",
                                     "tier notin ()",
                                     "shard>5",
                                     "shard<5",
                                     "shard > -5",
                                     "shard>=5",
                                     "in",
                                     "in in (notin)",
                                     "in=notin",
                                     "notin",
                                     "tier=web,!shard",
                                     "!tier=web",
                                     "!!tier",
                                     "tier,",
                                     ",tier",
                                     "tier web",
                                     "tier=(web)",
                                     "tier in web",
                                     "tier in (web",
                                     "tier in (web db)",
                                     "tier===web",
                                     "a/b/c",
                                     "-x",
                                     " tier = web , ! shard ",
                                     "tier!web",
                                     "shard>+5",
                                     "(",
                                     "="}) {
    const auto theirs = server_takes(selector);
    const auto ours = objects::LabelSelector::parse(selector);
    ASSERT_EQ(ours.has_value(), theirs.has_value())
        << "\"" << selector << "\": " << (theirs ? "" : theirs.error().message());
    if (!ours) continue;
    std::set<std::string> taken;
    for (const auto& name : everything) {
      if (ours->matches_object(all_.at(name))) taken.insert(name);
    }
    EXPECT_EQ(taken, *theirs) << selector;
  }
}

}  // namespace
}  // namespace sealift::kube
