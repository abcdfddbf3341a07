#include "running_watches.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/fake_transport.h"
#include "support/result_matchers.h"

namespace sealift::members {
namespace {

WatchKey key_of(const std::string& kind) { return {{"", kind}, {}, {}, {}}; }

// A server that never has an answer, so that watches last until they are told to end.
class RunningWatchesTest : public testing::Test, public WatchRunner::Listener {
 protected:
  bool is_metadata_enough(const WatchRunner&) override { return true; }
  void on_served(const WatchRunner&, const kube::Resource&) override {}
  Result<> on_event(const WatchRunner&, const kube::Resource&, bool, kube::WatchEvent) override {
    return {};
  }
  void on_connection(const WatchRunner&, const Error*) override {}
  void on_end(const WatchRunner& runner, Error error) override {
    ADD_FAILURE() << runner.key().to_string() << ": " << error.message();
  }

  test::FakeTransport transport_{[](const test::SeenRequest&) {
    return test::FakeAnswer::failure(ErrorCode::kUnavailable, "nobody is there");
  }};
  kube::ApiClient client_{[] {
                            kube::ClusterAccess access;
                            access.server_url = "https://10.0.0.1:6443";
                            return access;
                          }(),
                          {transport_, system_files(), system_clock(), system_random()}};
  kube::ResourceMap resources_{client_};
  RunningWatches watches_{client_, resources_, *this};
};

TEST_F(RunningWatchesTest, EachHasAnIdUntilItIsToldToEnd) {
  ASSERT_OK_ASSIGN(const auto maps, watches_.start(key_of("ConfigMap")));
  ASSERT_OK_ASSIGN(const auto pods, watches_.start(key_of("Pod")));
  EXPECT_NE(maps, pods);
  EXPECT_EQ(watches_.size(), 2u);
  EXPECT_EQ(watches_.keys_of({pods, 99}), std::vector{key_of("Pod")});
  EXPECT_FALSE(watches_.has_ended());

  EXPECT_EQ(watches_.retire(key_of("Pod")), pods);
  EXPECT_EQ(watches_.retire(key_of("Pod")), std::nullopt);
  EXPECT_EQ(watches_.size(), 1u);
  EXPECT_TRUE(watches_.keys_of({pods}).empty());
  ASSERT_TRUE(watches_.has_ended());
  const auto ended = watches_.take_ended();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(watches_.find(*ended[0].runner), std::nullopt) << "it speaks for nobody any more";
  EXPECT_FALSE(watches_.has_ended());
}

TEST_F(RunningWatchesTest, ASuccessorIsAnother) {
  ASSERT_OK_ASSIGN(const auto before, watches_.start(key_of("Pod")));
  watches_.retire(key_of("Pod"));
  ASSERT_OK_ASSIGN(const auto after, watches_.start(key_of("Pod")));
  EXPECT_NE(before, after);
  const auto ended = watches_.take_ended();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(watches_.find(*ended[0].runner), std::nullopt) << "it has the same key";
}

TEST_F(RunningWatchesTest, AllCanBeToldToEnd) {
  ASSERT_OK(watches_.start(key_of("ConfigMap")));
  ASSERT_OK(watches_.start(key_of("Pod")));
  watches_.retire(key_of("Pod"));
  EXPECT_EQ(watches_.take_all().size(), 2u);
  EXPECT_EQ(watches_.size(), 0u);
  EXPECT_FALSE(watches_.has_ended());
}

}  // namespace
}  // namespace sealift::members
