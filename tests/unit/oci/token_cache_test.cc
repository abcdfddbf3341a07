// Many threads and one token server.
#include "token_cache.h"
#include "registry_fixture.h"

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;
using namespace std::chrono_literals;

constexpr int kThreads = 8;

void in_threads(const std::function<void()>& work) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work);
}

// A registry that refuses all threads before it serves one, and counts the tokens that it gives.
class SharedTokens : public RegistryTest {
 protected:
  FakeAnswer answer(const SeenRequest& request) {
    if (request.url.starts_with("https://auth.example/")) {
      std::this_thread::sleep_for(50ms);
      return FakeAnswer::json(200, R"({"token":"t1","expires_in":300})");
    }
    if (authorization(request) == "Bearer t1") return typed(manifest(), media_type::kManifest);
    refused_.arrive_and_wait();
    return challenge(R"(Bearer realm="https://auth.example/token",service="s")");
  }
  std::size_t tokens() {
    std::size_t count = 0;
    for (const auto& request : transport_.requests()) {
      if (request.url.starts_with("https://auth.example/")) ++count;
    }
    return count;
  }

  std::latch refused_{kThreads};
};

TEST_F(SharedTokens, AreFetchedOnceForAllThreadsAndOnceMoreWhenTheyEnd) {
  on_request = [this](const SeenRequest& request) { return answer(request); };
  const auto repository = open();
  in_threads([&] { EXPECT_OK(repository->fetch_manifest("v1", {})); });
  EXPECT_EQ(tokens(), 1u);
  clock_.advance(std::chrono::seconds(300));
  in_threads([&] { EXPECT_OK(repository->fetch_manifest("v1", {})); });
  EXPECT_EQ(tokens(), 2u);
}

class TokenCacheTest : public testing::Test {
 protected:
  Result<TokenCache::Token> token(std::string value) {
    return TokenCache::Token{std::move(value), clock_.steady_now() + std::chrono::seconds(60)};
  }
  // Whoever waits has begun to when the fetch goes on: so few of them can be late.
  static void let_others_wait() { std::this_thread::sleep_for(100ms); }

  test::ManualClock clock_{test::ManualClock::Sleep::kJumps};
  TokenCache cache_{clock_};
  std::atomic<int> fetches_ = 0;
};

TEST_F(TokenCacheTest, WhoWaitedTakesTheErrorTooAndTheNextTriesAgain) {
  std::latch all{kThreads};
  const auto fail_slowly = [&]() -> Result<TokenCache::Token> {
    ++fetches_;
    let_others_wait();
    return fail(ErrorCode::kUnavailable, "the token server is down");
  };
  in_threads([&] {
    all.arrive_and_wait();
    EXPECT_THAT(cache_.get("pull", fail_slowly, {}), fails_with(ErrorCode::kUnavailable, "down"));
  });
  EXPECT_EQ(fetches_, 1);
  EXPECT_OK(cache_.get("pull", [&] { return token("t"); }, {}));
}

TEST_F(TokenCacheTest, OneThatIsStoppedStopsNobodyElse) {
  std::stop_source stop;
  std::latch fetching{1};
  std::jthread first([&] {
    const auto fetch = [&]() -> Result<TokenCache::Token> {
      fetching.count_down();
      let_others_wait();
      stop.request_stop();
      return fail(ErrorCode::kCancelled, "stopped");
    };
    EXPECT_THAT(cache_.get("pull", fetch, stop.get_token()), fails_with(ErrorCode::kCancelled));
  });
  fetching.wait();
  ASSERT_OK_ASSIGN(const auto value, cache_.get("pull", [&] { return token("t"); }, {}));
  EXPECT_EQ(value, "t");
}

TEST_F(TokenCacheTest, AWaitEndsWithItsOwnStop) {
  std::latch fetching{1};
  std::latch go_on{1};
  std::jthread first([&] {
    const auto fetch = [&] {
      fetching.count_down();
      go_on.wait();
      return token("t");
    };
    EXPECT_OK(cache_.get("pull", fetch, {}));
  });
  fetching.wait();
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const auto never = []() -> Result<TokenCache::Token> {
    return fail(ErrorCode::kInvalidInput, "fetched twice");
  };
  EXPECT_THAT(cache_.get("pull", never, stop.get_token()), fails_with(ErrorCode::kCancelled));
  go_on.count_down();
}

TEST_F(TokenCacheTest, OnlyWhatWasRefusedIsDropped) {
  const auto give = [&](const char* value) {
    return cache_.get("pull", [&] { return token(value); }, {});
  };
  ASSERT_OK(give("first"));
  cache_.drop("pull", "an older one");
  EXPECT_EQ(*give("second"), "first");
  cache_.drop("pull", "first");
  EXPECT_EQ(*give("second"), "second");
  cache_.drop("pull");
  EXPECT_EQ(*give("third"), "third");
}

}  // namespace
}  // namespace sealift::oci
