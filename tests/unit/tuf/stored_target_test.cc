// What a trust folder holds, read without asking or changing anything.
#include "client_fixture.h"

#include <sealift/tuf/stored_target.h>

namespace sealift::tuf {
namespace {

using test::fails_with;

class StoredTargetTest : public ClientTest {
 protected:
  Result<StoredTarget> read(const std::string& path, std::uint64_t limit = 1'000) {
    return read_stored_target(TrustDirectory(files, "trust"), path, limit);
  }
};

TEST_F(StoredTargetTest, GivesTheBytesAndWhatExpiresFirst) {
  repository.set_expiry("snapshot", clock.now() + std::chrono::hours(5));
  repository.publish("snapshot");
  repository.set_expiry("timestamp", clock.now() + std::chrono::hours(4));
  repository.publish("timestamp");
  begin();
  ASSERT_OK(get("folder/world.txt"));
  const auto before = files.call_count();
  ASSERT_OK_ASSIGN(const auto stored, read("folder/world.txt"));
  EXPECT_EQ(stored.bytes, "world\n");
  EXPECT_EQ(stored.first_to_expire, "timestamp 1");
  EXPECT_EQ(stored.expires, clock.now() + std::chrono::hours(4));
  auto calls = files.calls();
  calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(before));
  for (const auto& call : calls) {
    EXPECT_TRUE(call.starts_with("open") || call.starts_with("read")) << call;
  }
}

TEST_F(StoredTargetTest, LeavesTheTimeToTheCaller) {
  allowed = std::chrono::hours(100);
  repository.set_expiry("targets", clock.now() - std::chrono::hours(9));
  repository.publish("targets");
  begin();
  ASSERT_OK(get("hello.txt"));
  ASSERT_OK_ASSIGN(const auto stored, read("hello.txt"));
  EXPECT_EQ(stored.first_to_expire, "targets 1");
  EXPECT_EQ(stored.expires, clock.now() - std::chrono::hours(9));
}

TEST_F(StoredTargetTest, DelegatedRolesCountToo) {
  repository.delegate("targets", "team", {"team/*"});
  repository.add_target("team", "team/a.txt", "of a team");
  repository.set_expiry("team", clock.now() + std::chrono::hours(1));
  repository.publish("team");
  repository.release();
  begin();
  ASSERT_OK(get("team/a.txt"));
  ASSERT_OK_ASSIGN(const auto stored, read("team/a.txt"));
  EXPECT_EQ(stored.bytes, "of a team");
  EXPECT_EQ(stored.first_to_expire, "team 1");
  ASSERT_OK_ASSIGN(const auto other,
                   read_stored_target(TrustDirectory(files, "trust"), "team/a.txt", 9));
  EXPECT_EQ(other.bytes.size(), 9u);
  EXPECT_THAT(read("team/a.txt", 8), fails_with(ErrorCode::kInvalidInput, "the limit is 8"));
}

TEST_F(StoredTargetTest, SaysWhatIsMissing) {
  EXPECT_THAT(read("hello.txt"), fails_with(ErrorCode::kNotFound, "trusts no root yet"));
  begin();
  EXPECT_THAT(read("hello.txt"), fails_with(ErrorCode::kNotFound, "has no timestamp.json"));
  ASSERT_OK(update());
  EXPECT_THAT(read("hello.txt"), fails_with(ErrorCode::kNotFound, "trust/targets/hello.txt"));
  EXPECT_THAT(read("no.txt"), fails_with(ErrorCode::kNotFound, "has no target no.txt"));
  EXPECT_THAT(read("../root.json"), fails_with(ErrorCode::kInvalidInput, "relative paths"));
}

// Each file of the folder, with one byte changed, is refused or not asked for.
TEST_F(StoredTargetTest, BelievesNoFile) {
  begin();
  ASSERT_OK(get("hello.txt"));
  for (const auto* name :
       {"root.json", "timestamp.json", "snapshot.json", "targets.json", "targets/hello.txt"}) {
    const auto path = std::string("trust/") + name;
    const auto good = files.content(path);
    for (std::size_t at = 0; at < good.size(); at += 7) {
      auto bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 1);
      files.put(path, bad);
      const auto got = read("hello.txt");
      // A change outside of what is signed may leave the signature as it was.
      if (got) {
        EXPECT_EQ(got->bytes, "hello\n") << path << " " << at;
      } else {
        EXPECT_TRUE(got.error().code() == ErrorCode::kUntrusted ||
                    got.error().code() == ErrorCode::kInvalidInput)
            << path << " " << at << " " << got.error().message();
      }
    }
    files.put(path, good);
  }
  EXPECT_OK(read("hello.txt"));
  files.put("trust/targets/hello.txt", "hellO\n");
  EXPECT_THAT(read("hello.txt"), fails_with(ErrorCode::kUntrusted, "is listed"));
}

TEST_F(StoredTargetTest, MixedStatesAreRefused) {
  begin();
  ASSERT_OK(get("hello.txt"));
  const auto old = files.content("trust/targets.json");
  repository.add_target("targets", "hello.txt", "hello again\n");
  repository.release();
  ASSERT_OK(get("hello.txt"));
  files.put("trust/targets.json", old);
  EXPECT_THAT(read("hello.txt"), fails_with(ErrorCode::kUntrusted, "is not the version"));
}

}  // namespace
}  // namespace sealift::tuf
