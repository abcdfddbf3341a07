#include <sealift/kube/watch.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "contract/kube_fixture.h"
#include "support/counting_proxy.h"

namespace sealift::kube {
namespace {

using test::fails_with;

// A watch on a thread, and what it has said so far.
class RunningWatch {
 public:
  RunningWatch(ApiClient client, Resource resource, WatchOptions options)
      : thread_([this, client, resource, options](std::stop_token stop) {
          const auto ended = watch(
              client, resource, options,
              [this](WatchEvent event) { return take(std::move(event)); }, stop);
          const std::lock_guard lock(mutex_);
          end_ = ended;
          changed_.notify_all();
        }) {}

  // Returns when it has said so, or has ended.
  bool wait_for(const std::string& wanted) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return has(wanted) || end_.has_value(); });
    return has(wanted);
  }
  std::size_t count(const std::string& wanted) {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(seen_.begin(), seen_.end(), wanted));
  }
  Result<> stop() {
    thread_.request_stop();
    return wait_for_end();
  }
  Result<> wait_for_end() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return end_.has_value(); });
    return *end_;
  }
  Json last() {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  bool has(const std::string& wanted) const {
    return std::find(seen_.begin(), seen_.end(), wanted) != seen_.end();
  }
  Result<> take(WatchEvent event) {
    const std::lock_guard lock(mutex_);
    const auto name = std::string(event.object.string_at({"metadata", "name"}));
    constexpr std::string_view kTypes[] = {"RESET", "ADDED ", "MODIFIED ", "DELETED ", "SYNCED"};
    seen_.push_back(std::string(kTypes[static_cast<int>(event.type)]) + name);
    if (event.type != WatchEvent::Type::kSynced) last_ = std::move(event.object);
    changed_.notify_all();
    return {};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;
  Json last_;
  std::optional<Result<>> end_;
  std::jthread thread_;
};

class KubeWatch : public KubeContract {
 protected:
  void make(const std::string& name, const std::string& extra = "") {
    ASSERT_OK(apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name +
                    ", labels: {part: x}" + extra + "}}"));
  }
  WatchOptions of_parts(bool metadata_only = false) const {
    return {name_space_, "part=x", metadata_only};
  }
};

TEST_F(KubeWatch, GivesTheStateAndThenEachChange) {
  make("a");
  kubectl({"create", "configmap", "unlabelled"});
  RunningWatch watching(client_, config_maps_, of_parts());
  ASSERT_TRUE(watching.wait_for("SYNCED"));
  EXPECT_EQ(watching.count("ADDED a"), 1u);
  make("b");
  ASSERT_TRUE(watching.wait_for("ADDED b"));
  kubectl({"annotate", "configmap", "a", "x=y"});
  ASSERT_TRUE(watching.wait_for("MODIFIED a"));
  kubectl({"delete", "configmap", "b"});
  ASSERT_TRUE(watching.wait_for("DELETED b"));
  EXPECT_EQ(watching.count("ADDED unlabelled"), 0u);
  EXPECT_EQ(watching.count("RESET"), 1u);
  EXPECT_THAT(watching.stop(), fails_with(ErrorCode::kCancelled));
}

TEST_F(KubeWatch, MetadataAloneCarriesOurFields) {
  make("a");
  RunningWatch watching(client_, config_maps_, of_parts(true));
  ASSERT_TRUE(watching.wait_for("SYNCED"));
  EXPECT_EQ(watching.last().string_at({"kind"}), "PartialObjectMetadata");
  ASSERT_OK_ASSIGN(const auto observed, observe(config_maps_, watching.last()));
  ASSERT_OK_ASSIGN(const auto live, client_.get(config_maps_.path(name_space_, "a"), {}, {}));
  EXPECT_EQ(observed.own_fields_hash, observe(live)->own_fields_hash);
  EXPECT_FALSE(observed.own_fields_hash.empty());
}

TEST_F(KubeWatch, GoesOnAfterACutWithoutTellingAgain) {
  const auto access = cluster_.access();
  test::CountingProxy proxy(access.server_url, access.server);
  auto through = access;
  through.server_url = proxy.url();
  make("a");
  RunningWatch watching(cluster_.client(through), config_maps_, of_parts());
  ASSERT_TRUE(watching.wait_for("SYNCED"));
  proxy.cut_all();
  make("b");
  ASSERT_TRUE(watching.wait_for("ADDED b"));
  EXPECT_EQ(watching.count("RESET"), 1u);
  EXPECT_EQ(watching.count("ADDED a"), 1u);
  EXPECT_EQ(proxy.count([](const auto& request) { return request.is_watch(); }), 2u);
}

TEST_F(KubeWatch, SurvivesARestartOfTheApiServer) {
  make("a");
  RunningWatch watching(client_, config_maps_, of_parts());
  ASSERT_TRUE(watching.wait_for("SYNCED"));
  cluster_.stop_api_server();
  cluster_.start_api_server();
  make("b");
  ASSERT_TRUE(watching.wait_for("ADDED b"));
}

TEST_F(KubeWatch, EndsWhereItIsForbiddenOrUnknown) {
  RunningWatch forbidden(cluster_.client(cluster_.user_access()), config_maps_, of_parts());
  EXPECT_THAT(forbidden.wait_for_end(), fails_with(ErrorCode::kForbidden, "cannot watch"));
  RunningWatch unknown(client_, Resource{{"no.such", "v1", "Duck"}, "ducks", true}, of_parts());
  EXPECT_THAT(unknown.wait_for_end(), fails_with(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace sealift::kube
