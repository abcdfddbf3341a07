// Whom a role may let speak for it, about what, and in which order they are asked (TUF
// specification 1.0, sections 4.5 and 5.6.7).
#include "client_fixture.h"

namespace sealift::tuf {
namespace {

using test::fails_with;
using testing::ElementsAre;

using ClientDelegation = ClientTest;

TEST_F(ClientDelegation, DelegatedRoleSpeaksForItsPathsAlone) {
  repository.delegate("targets", "team", {"team/*.txt"});
  repository.delegate("team", "member", {"*", "*/*"});
  repository.add_target("member", "elsewhere/a.txt", "a");
  repository.add_target("member", "team/b.txt", "b");
  repository.publish("team");
  repository.publish("member");
  repository.release();
  begin();
  EXPECT_THAT(get("elsewhere/a.txt"), fails_with(ErrorCode::kNotFound));
  EXPECT_OK(get("team/b.txt"));
}

TEST_F(ClientDelegation, TerminatingDelegationEndsTheSearch) {
  repository.delegate("targets", "first", {"*"}, true);
  repository.delegate("targets", "second", {"*"});
  repository.delegate("first", "deeper", {"d*"});
  repository.add_target("second", "only-second", "2");
  repository.add_target("second", "deep", "not this");
  repository.add_target("deeper", "deep", "this");
  for (const auto* role : {"first", "second", "deeper"}) repository.publish(role);
  repository.release();
  begin();
  EXPECT_THAT(get("only-second"), fails_with(ErrorCode::kNotFound));
  ASSERT_OK_ASSIGN(const auto fetched, get("deep"));
  EXPECT_EQ(files.content(fetched.path), "this");
  EXPECT_EQ(stored("second"), 0);
}

TEST_F(ClientDelegation, SearchIsDepthFirstInOrder) {
  repository.delegate("targets", "a", {"*"});
  repository.delegate("targets", "b", {"*"});
  repository.delegate("a", "a1", {"*"});
  repository.delegate("a", "a2", {"*"});
  repository.add_target("b", "file", "b");
  for (const auto* role : {"a", "b", "a1", "a2"}) repository.publish(role);
  repository.release();
  begin();
  ASSERT_OK(get("file"));
  const auto paths = asked();
  EXPECT_THAT(std::vector<std::string>(paths.begin() + 4, paths.begin() + 8),
              ElementsAre("1.a.json", "1.a1.json", "1.a2.json", "1.b.json"));
}

TEST_F(ClientDelegation, CyclesEnd) {
  repository.delegate("targets", "a", {"*"});
  repository.delegate("a", "b", {"*"});
  repository.delegate("b", "a", {"*"});
  repository.publish("a");
  repository.publish("b");
  repository.release();
  begin();
  EXPECT_THAT(get("file"), fails_with(ErrorCode::kNotFound));
}

TEST_F(ClientDelegation, TooManyRolesToAsk) {
  for (int n = 0; n < 70; ++n) {
    const auto role = "role" + std::to_string(n);
    repository.delegate("targets", role, {"*"});
    repository.publish(role);
  }
  repository.release();
  begin();
  EXPECT_THAT(get("file"), fails_with(ErrorCode::kInvalidInput, "more than 64 delegated roles"));
}

TEST_F(ClientDelegation, DelegatedRoleByForeignKeys) {
  repository.delegate("targets", "team", {"team/*"});
  repository.keys("team") = {new_key()};
  repository.add_target("team", "team/a.txt", "a");
  repository.publish("team");
  repository.release();
  begin();
  EXPECT_THAT(get("team/a.txt"), fails_with(ErrorCode::kUntrusted, "team 1 is signed by 0"));
}

TEST_F(ClientDelegation, DelegatedRoleThatExpired) {
  repository.delegate("targets", "team", {"team/*"});
  repository.set_expiry("team", clock.now());
  repository.publish("team");
  repository.release();
  begin();
  EXPECT_THAT(get("team/a.txt"), fails_with(ErrorCode::kUntrusted, "team 1 expired"));
}

TEST_F(ClientDelegation, DelegatedRoleThatTheSnapshotDoesNotList) {
  repository.delegate("targets", "team", {"team/*"});
  repository.publish("team");
  repository.publish_next("targets");
  repository.refresh_snapshot();
  repository.content("snapshot").find("meta")->erase("team.json");
  repository.publish_next("snapshot");
  repository.refresh_timestamp();
  repository.publish_next("timestamp");
  begin();
  EXPECT_THAT(get("team/a.txt"), fails_with(ErrorCode::kUntrusted, "does not list team.json"));
}

TEST_F(ClientDelegation, NamesOfRolesLeadNowhere) {
  for (const std::string name : {"../evil", "/evil", "?", "#", "."}) {
    repository.delegate("targets", name, {"*"});
    repository.publish(name);
  }
  repository.release();
  begin();
  EXPECT_THAT(get("file"), fails_with(ErrorCode::kNotFound));
  EXPECT_TRUE(files.exists("trust/..%2Fevil.json"));
  EXPECT_TRUE(files.exists("trust/..json"));
  EXPECT_FALSE(files.exists("evil.json"));
}

TEST_F(ClientDelegation, DelegatedRoleWithANameOfTheRoot) {
  begin();
  repository.delegate("targets", "snapshot", {"*"});
  repository.release();
  EXPECT_THAT(update(), fails_with(ErrorCode::kInvalidInput, "is defined by the root alone"));
}

}  // namespace
}  // namespace sealift::tuf
