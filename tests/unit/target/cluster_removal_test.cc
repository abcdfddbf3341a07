#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/target/cluster_target_fixture.h"
#include "unit/target/sample_objects.h"

namespace sealift::target {
namespace {

using sealift::test::config_map;
using sealift::test::fails_with;
using sealift::test::FakeAnswer;
using sealift::test::FaultyFileSystem;
using sealift::test::SeenRequest;
using test::desired_of;
using test::member;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kKeep = R"(,"annotations":{"sealift.dev/keep":"true"})";
const objects::ObjectId kEast{"", "Namespace", "", "east"};
const objects::ObjectId kKept{"", "ConfigMap", "east", "kept"};
const objects::ObjectId kInWest{"", "ConfigMap", "west", "c"};
const objects::ObjectId kWest{"", "Namespace", "", "west"};

// Tells a state once it may, and no news after it until all is over. The view may ask for longer
// than a test lives.
struct Server {
  FakeAnswer reply(const SeenRequest& request) const {
    const auto path = request.url.substr(std::string("https://api.test").size());
    const auto collection = path.substr(0, path.find('?'));
    if (collection.ends_with("/configmaps/sealift-web")) {
      return parent ? FakeAnswer::json(200, dump_json(kube::to_config_map(*parent)))
                    : FakeAnswer::json(404, "{}");
    }
    if (const auto known = now.find(collection); known != now.end()) {
      // As the API server judges preconditions.
      const bool is_met = request.body.find("\"resourceVersion\":\"1\"") == std::string::npos;
      if (request.method == "GET") {
        return FakeAnswer::json(known->second.empty() ? 404 : 200, known->second);
      }
      return FakeAnswer::json(is_met ? 200 : 409, "{}");
    }
    if (path.find("watch=") == std::string::npos) {
      const bool is_refused = request.method == "PATCH" && collection == refused;
      return FakeAnswer::json(is_refused ? 403 : 200, "{}");
    }
    if (path.find("sendInitialEvents") == std::string::npos) {
      when_over.wait();
      return FakeAnswer::json(500, "{}");
    }
    when_open.wait();
    std::string events;
    std::istringstream objects(state.at(collection));
    for (std::string object; std::getline(objects, object);) {
      events += R"({"type":"ADDED","object":)" + object + "}\n";
    }
    return FakeAnswer::json(
        200, events + R"({"type":"BOOKMARK","object":{"apiVersion":"v1","kind":"ConfigMap",)" +
                 R"("metadata":{"resourceVersion":"2",)" +
                 R"("annotations":{"k8s.io/initial-events-end":"true"}}}})" + "\n");
  }

  std::map<std::string, std::string> state = {
      {"/api/v1/namespaces",
       member("Namespace", "", "east") + "\n" + member("Namespace", "", "west")},
      {"/api/v1/configmaps",
       member("ConfigMap", "east", "kept", kKeep) + "\n" + member("ConfigMap", "west", "c")}};
  std::optional<kube::ApplySetParent> parent = kube::ApplySetParent{
      "sealift-web",
      "shop",
      {{"", "ConfigMap"}, {"", "Namespace"}},
      {"east", "west"},
      {{"dev.sealift.digest", Digest::of("accepted").to_string()}, {"dev.sealift.sequence", "1"}}};
  std::string refused;  // no PATCH of this path
  // What is there by now, of which no watch has told yet; empty: nothing.
  std::map<std::string, std::string> now;
  std::promise<void> open;
  std::promise<void> over;
  std::shared_future<void> when_open = open.get_future().share();
  std::shared_future<void> when_over = over.get_future().share();
};

class ClusterRemoval : public test::ClusterTargetTest {
 protected:
  ClusterRemoval() {
    answer = [server = server_](const SeenRequest& request) { return server->reply(request); };
  }
  ~ClusterRemoval() override {
    if (!is_open_) server_->open.set_value();
    server_->over.set_value();
  }

  void tell_the_state() {
    is_open_ = true;
    server_->open.set_value();
  }
  // Again and again, until there is nothing to wait for.
  template <typename Step, typename WaitingFor>
  auto complete(const Step& step, const WaitingFor& waiting_for) {
    auto done = step();
    while (done && !waiting_for(*done).empty()) {
      told.acquire();
      done = step();
    }
    return done;
  }
  Result<std::string> release(DeliveryState& state) {
    tell_the_state();
    EXPECT_OK(target->recall({}));
    return complete(
        [&] { return target->release(delivery::DeletionPolicy::kDelete, state, released_, {}); },
        [](const std::string& waiting_for) { return waiting_for; });
  }
  // What was written, in order: "DELETE namespaces/west".
  std::vector<std::string> written() {
    std::vector<std::string> lines;
    for (const auto& request : cluster.transport.requests()) {
      if (request.method == "GET") continue;
      const auto path = request.url.substr(std::string("https://api.test/api/v1/").size());
      lines.push_back(request.method + " " + path.substr(0, path.find('?')));
    }
    return lines;
  }

  std::shared_ptr<Server> server_ = std::make_shared<Server>();
  Released released_;

 private:
  bool is_open_ = false;
};

// A namespace would take along what lives in it.
TEST_F(ClusterRemoval, LetsANamespaceGoInWhichSomethingIsKept) {
  DeliveryState state;
  EXPECT_OK(release(state));
  EXPECT_THAT(written(),
              UnorderedElementsAre("DELETE namespaces/west", "DELETE namespaces/west/configmaps/c",
                                   "PATCH namespaces/east", "PATCH namespaces/east/configmaps/kept",
                                   "DELETE namespaces/shop/configmaps/sealift-web"));
  EXPECT_EQ(released_, (Released{2, 2}));
}

TEST_F(ClusterRemoval, CountsWhatWentBeforeItFailed) {
  server_->refused = "/api/v1/namespaces/east/configmaps/kept";
  DeliveryState state;
  EXPECT_THAT(release(state), fails_with(ErrorCode::kForbidden, "letting go of ConfigMap"));
  EXPECT_EQ(released_.let_go, 1u);
  EXPECT_EQ(released_.deleted + released_.let_go + 1, written().size());
}

// What is kept and no member any more would not speak for its namespace the next time.
TEST_F(ClusterRemoval, LetsTheNamespaceGoBeforeWhatIsKeptInIt) {
  server_->refused = "/api/v1/namespaces/east";
  DeliveryState state;
  EXPECT_THAT(release(state), fails_with(ErrorCode::kForbidden, "letting go of Namespace east"));
  EXPECT_THAT(written(), ElementsAre("PATCH namespaces/east"));
}

TEST_F(ClusterRemoval, FindsWhatItAppliedWithoutTheInventory) {
  server_->parent.reset();
  server_->state["/api/v1/configmaps"] = member("ConfigMap", "west", "c");
  DeliveryState state;
  state.objects[kInWest] = {"content", "u-c", "fields"};
  EXPECT_OK(release(state));
  EXPECT_THAT(written(), ElementsAre("DELETE namespaces/west/configmaps/c",
                                     "DELETE namespaces/shop/configmaps/sealift-web"));
}

// The second look, before something is deleted: the plan was made when all of it could go.
class ClusterPrune : public ClusterRemoval {
 protected:
  void SetUp() override {
    for (const auto& [id, uid] : {std::pair(kKept, "u-kept"), std::pair(kInWest, "u-c"),
                                  std::pair(kEast, "u-east"), std::pair(kWest, "u-west")}) {
      plan_.prunes.push_back({id, uid});
      state_.objects[id] = {"content", uid, "fields"};
    }
    ASSERT_OK(target->recall({}));
  }
  void look() {
    tell_the_state();
    EXPECT_OK(complete([&] { return target->observe(&desired_, {}); },
                       [](const Observation& seen) { return seen.waiting_for; }));
  }
  // Of the plan, where the view knows everything.
  std::vector<std::string> pruned() {
    look();
    const auto progress = prune();
    EXPECT_OK(progress);
    if (progress) {
      EXPECT_EQ(progress->waiting_for, "");
      EXPECT_EQ(progress->pruned, written().size());
    }
    return written();
  }
  Result<PruneProgress> prune() { return target->prune(desired_, plan_, state_, *journal_, {}); }

  DeliveryState state_;
  Plan plan_;
  DesiredState desired_ = desired_of({config_map("wanted")}).value();
  FaultyFileSystem disk_;
  StateStore states_{disk_, "state"};
  std::unique_ptr<StateStore::Journal> journal_ = states_.open_journal("shop/web").value();
};

TEST_F(ClusterPrune, SparesANamespaceWhoseContentIsToldMeanwhileToStay) {
  EXPECT_THAT(pruned(),
              ElementsAre("DELETE namespaces/west/configmaps/c", "DELETE namespaces/west"));
  EXPECT_TRUE(state_.objects.contains(kKept));
  EXPECT_FALSE(state_.objects.contains(kInWest));
}

TEST_F(ClusterPrune, LeavesWhatSomebodyTookMeanwhile) {
  // One has lost the mark, of the other nothing is ours.
  auto disowned = member("ConfigMap", "west", "c");
  disowned.replace(disowned.find(R"("manager":"sealift")"), 19, R"("manager":"another")");
  server_->state["/api/v1/configmaps"] = disowned;
  EXPECT_THAT(pruned(), ElementsAre("DELETE namespaces/east"));
}

TEST_F(ClusterPrune, LeavesWhatWasMadeAgainMeanwhile) {
  plan_.prunes = {{kInWest, "u-before"}};
  EXPECT_THAT(pruned(), IsEmpty());
}

TEST_F(ClusterPrune, CleansUpOnlyTheHookThatWasSeen) {
  plan_.prunes.clear();
  plan_.cleanups = {{kInWest, "u-before"}, {kKept, "u-gone"}, {kWest, "u-west"}};
  look();
  ASSERT_OK(prune());
  EXPECT_THAT(written(), ElementsAre("DELETE namespaces/west"));
}

TEST_F(ClusterPrune, ComesAgainWhereNotEverythingIsSeen) {
  ASSERT_OK(target->observe(&desired_, {}));
  ASSERT_OK_ASSIGN(const auto progress, prune());
  EXPECT_NE(progress.waiting_for, "");
  EXPECT_THAT(written(), IsEmpty());
}

// What is there by now, while the watch still tells of version 1.
class RemovalBehindTheWatch : public ClusterPrune {
 protected:
  static constexpr const char* kPath = "/api/v1/namespaces/west/configmaps/c";
  void change(const std::string& more) {
    auto changed = member("ConfigMap", "west", "c", more);
    changed.replace(changed.find(R"("resourceVersion":"1")"), 21, R"("resourceVersion":"2")");
    server_->now[kPath] = changed;
  }
  std::string& changed() { return server_->now.at(kPath); }
  void SetUp() override {
    ClusterPrune::SetUp();
    // Without what is kept and speaks for a namespace anyway.
    server_->state["/api/v1/configmaps"] = member("ConfigMap", "west", "c");
  }
  void expect_left() {
    plan_.prunes = {{kInWest, "u-c"}};
    look();
    ASSERT_OK_ASSIGN(const auto progress, prune());
    EXPECT_EQ(progress.pruned, 0u);
    EXPECT_THAT(written(), ElementsAre("DELETE namespaces/west/configmaps/c"));
  }
};

TEST_F(RemovalBehindTheWatch, DeletesWhatMayGoAsItIsNow) {
  change("");
  look();
  ASSERT_OK_ASSIGN(const auto progress, prune());
  EXPECT_EQ(progress.pruned, 3u);
  // The second of them at the version that was read between.
  EXPECT_THAT(written(), ElementsAre("DELETE namespaces/west/configmaps/c",
                                     "DELETE namespaces/west/configmaps/c",
                                     "DELETE namespaces/east", "DELETE namespaces/west"));
  const auto lines = cluster.transport.request_lines();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "GET https://api.test" + std::string(kPath)), 1);
}

TEST_F(RemovalBehindTheWatch, LeavesWhatIsToStayByNowAndItsNamespace) {
  change(kKeep);
  look();
  ASSERT_OK(prune());
  EXPECT_THAT(written(),
              ElementsAre("DELETE namespaces/west/configmaps/c", "DELETE namespaces/east"));
  EXPECT_TRUE(state_.objects.contains(kInWest));
}

TEST_F(RemovalBehindTheWatch, LeavesWhatLostOurLabel) {
  change("");
  changed().replace(changed().find("applyset.kubernetes.io"), 30, "another");
  expect_left();
}

TEST_F(RemovalBehindTheWatch, LeavesWhatWasMadeAgain) {
  change("");
  changed().replace(changed().find("u-c"), 3, "u-d");
  expect_left();
}

TEST_F(RemovalBehindTheWatch, LeavesWhatIsGone) {
  server_->now[kPath] = "";
  expect_left();
}

TEST_F(RemovalBehindTheWatch, LetsGoOfWhatIsToStayByNowAndItsNamespace) {
  change(kKeep);
  EXPECT_OK(release(state_));
  EXPECT_THAT(written(), ElementsAre("DELETE namespaces/west/configmaps/c", "PATCH namespaces/west",
                                     "PATCH namespaces/west/configmaps/c", "DELETE namespaces/east",
                                     "DELETE namespaces/shop/configmaps/sealift-web"));
}

// A Namespace that is on its way out takes no second deletion, which no new look changes.
TEST_F(RemovalBehindTheWatch, TellsOfAConflictThatIsNone) {
  server_->now[kPath] = member("ConfigMap", "west", "c");
  look();
  EXPECT_THAT(prune(), fails_with(ErrorCode::kConflict, "pruning ConfigMap west/c"));
}

}  // namespace
}  // namespace sealift::target
