// A client and an honest repository.
#include "client_fixture.h"

#include <sealift/base/encoding.h>
#include <sealift/tuf/trust_status.h>

namespace sealift::tuf {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::HasSubstr;

using ClientUpdate = ClientTest;

TEST_F(ClientUpdate, TakesARepositoryFromItsRoot) {
  begin();
  ASSERT_OK(update());
  EXPECT_THAT(asked(),
              ElementsAre("2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"));
  for (const auto* role : {"root", "timestamp", "snapshot", "targets"}) EXPECT_EQ(stored(role), 1);
  EXPECT_EQ(files.content("trust/root_history/1.root.json"), repository.root(1));
}

TEST_F(ClientUpdate, OfAnUnchangedRepositoryIsTwoSmallQuestions) {
  begin_and_update();
  asked();
  ASSERT_OK(update());
  EXPECT_THAT(asked(), ElementsAre("2.root.json", "timestamp.json"));
}

TEST_F(ClientUpdate, FollowsTheRepository) {
  begin_and_update();
  repository.add_target("targets", "hello.txt", "hello again\n");
  repository.release();
  ASSERT_OK(update());
  for (const auto* role : {"timestamp", "snapshot", "targets"}) EXPECT_EQ(stored(role), 2);
  ASSERT_OK_ASSIGN(const auto fetched, get("hello.txt"));
  EXPECT_EQ(files.content(fetched.path), "hello again\n");
}

TEST_F(ClientUpdate, FollowsRootsWithNewKeysOfAllKinds) {
  begin();
  repository.set_keys("root", {new_key(), new_key(crypto::KeyType::kEd25519), new_key()}, 2);
  repository.publish_next("root");
  repository.set_keys("root", {new_key(crypto::KeyType::kRsa2048)});
  repository.set_keys("timestamp", {new_key(crypto::KeyType::kEd25519)});
  repository.publish_next("root");
  repository.publish("timestamp");
  ASSERT_OK_ASSIGN(const auto updated, update());
  EXPECT_EQ(updated.first_root, 1);
  EXPECT_EQ(stored("root"), 3);
  EXPECT_TRUE(files.exists("trust/root_history/2.root.json"));
}

TEST_F(ClientUpdate, ExpiredRootsOnTheWayAreFine) {
  repository.set_expiry("root", clock.now() - std::chrono::hours(1));
  repository.publish("root");
  begin();
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "root 1 expired"));
  repository.set_expiry("root", clock.now() + std::chrono::hours(1));
  repository.publish_next("root");
  EXPECT_OK(update());
}

TEST_F(ClientUpdate, WhatIsUnknownIsAllowed) {
  for (const std::string role : {"targets", "snapshot", "timestamp"}) {
    repository.content(role).set("x-new", Json::object());
    repository.publish(role);
  }
  auto& root = repository.content("root");
  root.set("x-new", Json(*parse_json("[null,1,\"é\"]", "test")));
  Json odd = *parse_json(R"({"keytype":"new","scheme":"newer","keyval":{"q":1}})", "test");
  root.find("keys")->set("odd", odd);
  root.find("roles")->find("timestamp")->find("keyids")->push_back("odd");
  root.find("roles")->find("timestamp")->find("keyids")->push_back("absent");
  repository.publish_next("root");
  begin();
  EXPECT_OK(update());
}

TEST_F(ClientUpdate, HashesAndLengthsOfMetadataAreFine) {
  repository.list_hashes();
  repository.release();
  begin();
  EXPECT_OK(update());
  EXPECT_EQ(stored("targets"), 2);
}

TEST_F(ClientUpdate, NeedsARootFirstAndLeavesNothing) {
  EXPECT_THAT(update(), fails_with(ErrorCode::kNotFound, "sealift trust init"));
  EXPECT_FALSE(files.exists("trust"));
}

TEST_F(ClientUpdate, WaitsForWhoeverElseChangesTheFolder) {
  begin_and_update();
  auto held = *files.lock("trust/.lock");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUnavailable, "another process"));
  held.reset();
  EXPECT_OK(update());
}

TEST_F(ClientUpdate, TriesAgainWhatIsUnavailable) {
  begin();
  for (std::size_t n : {1u, 2u, 4u, 5u, 7u}) {
    transport.fail_request(n, Error(ErrorCode::kUnavailable, "no connection"));
  }
  EXPECT_OK(update());
  transport.fail_request(1, Error(ErrorCode::kUnavailable, "no connection"));
  transport.fail_request(2, Error(ErrorCode::kUnavailable, "no connection"));
  transport.fail_request(3, Error(ErrorCode::kUnavailable, "no connection"));
  EXPECT_THAT(update(), fails_with(ErrorCode::kUnavailable, "no connection"));
}

TEST_F(ClientUpdate, OnlyAbsenceEndsTheChainOfRoots) {
  begin_and_update();
  int status = 403;
  interfere = [&](const std::string& path) {
    return test::FakeAnswer{path == "2.root.json" ? status : 0, {}, "", {}, {}};
  };
  EXPECT_OK(update());
  status = 500;
  EXPECT_THAT(update(), fails_with(ErrorCode::kUnavailable, "status 500"));
  status = 302;
  EXPECT_THAT(update(), fails_with(ErrorCode::kInvalidInput, "status 302"));
}

using ClientInit = ClientTest;

TEST_F(ClientInit, IsRepeatableAndNeverReplaces) {
  begin_and_update();
  begin();
  repository.publish_next("root");
  ASSERT_OK(update());
  begin();  // a root that was followed
  EXPECT_EQ(stored("root"), 2);
  const test::TufRepository other(clock.now());
  EXPECT_THAT(initialize_trust(environment, TrustDirectory(files, "trust"), other.root(1), {}),
              fails_with(ErrorCode::kConflict, "trusts another root"));
  EXPECT_EQ(stored("root"), 2);
}

TEST_F(ClientInit, TakesNoRootThatItsOwnKeysHaveNotSigned) {
  const test::TufRepository other(clock.now());
  const auto forged = repository.sign(repository.content("root"), {new_key()});
  EXPECT_THAT(initialize_trust(environment, TrustDirectory(files, "trust"), forged, {}),
              fails_with(ErrorCode::kUntrusted, "root 1 is signed by 0"));
  EXPECT_THAT(initialize_trust(environment, TrustDirectory(files, "trust"), "{}", {}),
              fails_with(ErrorCode::kInvalidInput, "signatures: is required"));
  EXPECT_FALSE(files.exists("trust/root.json"));
}

class ClientPlain : public ClientTest {
 protected:
  ClientPlain() : ClientTest(test::TufRepository::Layout::kPlain) {}
};

TEST_F(ClientPlain, RepositoryWithoutConsistentSnapshots) {
  begin_and_update();
  EXPECT_THAT(asked(),
              ElementsAre("2.root.json", "timestamp.json", "snapshot.json", "targets.json"));
  ASSERT_OK_ASSIGN(const auto fetched, get("folder/world.txt"));
  EXPECT_EQ(files.content(fetched.path), "world\n");
  EXPECT_EQ(asked().back(), "targets/folder/world.txt");
  repository.release();
  ASSERT_OK(update());
  EXPECT_EQ(stored("targets"), 2);
}

using ClientTarget = ClientTest;

TEST_F(ClientTarget, IsFetchedOnceByItsHash) {
  begin();
  ASSERT_OK_ASSIGN(const auto fetched, get("folder/world.txt"));
  EXPECT_EQ(fetched.path, "trust/targets/folder/world.txt");
  EXPECT_FALSE(fetched.was_there);
  EXPECT_EQ(asked().back(), "targets/folder/" + Digest::of("world\n").hex() + ".world.txt");
  ASSERT_OK_ASSIGN(const auto again, get("folder/world.txt"));
  EXPECT_TRUE(again.was_there);
  EXPECT_THAT(asked(), ElementsAre("2.root.json", "timestamp.json"));
  files.put("trust/targets/folder/world.txt", "rotten\n");
  ASSERT_OK(get("folder/world.txt"));
  EXPECT_EQ(files.content("trust/targets/folder/world.txt"), "world\n");
}

TEST_F(ClientTarget, WithOddCharactersIsAskedForEscaped) {
  const auto file = "targets/a b/" + Digest::of("odd").hex() + ".100%?#é.txt";
  repository.add_target("targets", "a b/100%?#é.txt", "odd");
  repository.release();
  repository.files()["targets/a%20b/" + Digest::of("odd").hex() + ".100%25%3F%23%C3%A9.txt"] =
      repository.files().at(file);
  begin();
  ASSERT_OK_ASSIGN(const auto fetched, get("a b/100%?#é.txt"));
  EXPECT_EQ(files.content(fetched.path), "odd");
}

TEST_F(ClientTarget, ThatNobodyListsIsNotFound) {
  begin();
  EXPECT_THAT(get("nothing.txt"), fails_with(ErrorCode::kNotFound, "no target nothing.txt"));
}

TEST_F(ClientTarget, NeverLeadsOutOfTheFolder) {
  begin();
  for (const std::string path : {"../evil", "/etc/evil", "a/../evil", "a//evil", "./evil",
                                 "a\\evil", "evil/", "", "e\nvil", "..", "\xff"}) {
    if (is_utf8(path) && !path.empty()) repository.add_target("targets", path, "evil");
    EXPECT_THAT(get(path), fails_with(ErrorCode::kInvalidInput, "cannot be fetched")) << path;
  }
}

TEST_F(ClientTarget, IsExportedWithItsCheck) {
  begin();
  ASSERT_OK_ASSIGN(const auto fetched, get("hello.txt"));
  const TrustDirectory folder(files, "trust");
  ASSERT_OK(folder.export_target(fetched.target, "out.txt", system_random()));
  EXPECT_EQ(files.content("out.txt"), "hello\n");
  files.put("trust/targets/hello.txt", "hallo\n");
  EXPECT_THAT(folder.export_target(fetched.target, "out.txt", system_random()),
              fails_with(ErrorCode::kUntrusted, "is listed"));
  EXPECT_EQ(files.content("out.txt"), "hello\n");
}

using ClientStatus = ClientTest;

TEST_F(ClientStatus, SaysWhatIsTrustedUntilWhen) {
  repository.delegate("targets", "team", {"team/*"});
  repository.add_target("team", "team/a.txt", "a");
  repository.publish("team");
  repository.release();
  begin();
  const TrustDirectory folder(files, "trust");
  ASSERT_OK_ASSIGN(const auto before, read_trust_status(folder, {clock.now()}));
  EXPECT_EQ(before.roles.size(), 1u);
  ASSERT_OK(get("team/a.txt"));
  ASSERT_OK_ASSIGN(const auto status, read_trust_status(folder, {clock.now()}));
  ASSERT_EQ(status.roles.size(), 5u);
  EXPECT_EQ(status.roles[4].role, "team");
  EXPECT_EQ(status.roles[3].envelope->version, 2);
  ASSERT_EQ(status.targets.size(), 3u);
  EXPECT_EQ(status.targets[2].target.path, "team/a.txt");
  EXPECT_TRUE(status.targets[2].stored);
  EXPECT_FALSE(status.targets[1].stored);
  for (const auto& role : status.roles) EXPECT_FALSE(role.problem) << role.role;
  ASSERT_OK_ASSIGN(const auto later,
                   read_trust_status(folder, {clock.now() + std::chrono::hours(24 * 366)}));
  for (const auto& role : later.roles) EXPECT_EQ(role.problem->kind, RefusalKind::kExpired);
  files.put("trust/snapshot.json", "{}");
  ASSERT_OK_ASSIGN(const auto damaged, read_trust_status(folder, {clock.now()}));
  ASSERT_EQ(damaged.roles.size(), 3u);
  EXPECT_EQ(damaged.roles[2].problem->kind, RefusalKind::kMalformed);
  EXPECT_THAT(dump_json(to_json(damaged)), HasSubstr(R"("role":"snapshot")"));
}

// An air gap: the folder of a connected client is carried over and is the source there.
using ClientGap = ClientTest;

TEST_F(ClientGap, ATrustFolderIsASource) {
  begin();
  const auto carried_root = repository.root(1);
  repository.publish_next("root");
  repository.delegate("targets", "team", {"team/*"});
  repository.add_target("team", "team/a.txt", "a");
  repository.publish("team");
  repository.release();
  ASSERT_OK(get("team/a.txt"));
  source = make_directory_source(files, "trust", "trust/targets");
  ASSERT_OK(initialize_trust(environment, TrustDirectory(files, "gap"), carried_root, {}));
  ASSERT_OK(get("team/a.txt", "gap"));
  EXPECT_EQ(stored("root", "gap"), 2);
  EXPECT_EQ(files.content("gap/targets/team/a.txt"), "a");
  EXPECT_THAT(get("hello.txt", "gap"), fails_with(ErrorCode::kNotFound, "is not there in"));
}

TEST_F(ClientGap, TheFolderItselfAnswersWithoutANetwork) {
  begin();
  ASSERT_OK(get("hello.txt"));
  asked();
  source = make_directory_source(files, "trust", "trust/targets");
  ASSERT_OK(get("hello.txt"));
  EXPECT_THAT(asked(), ElementsAre());
}

TEST_F(ClientGap, WhatExpiredIsTakenOnlyAsLongAsTheCallerSays) {
  begin_and_update();
  clock.advance(std::chrono::hours(24 * 370));  // 5 days after the expiry
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "root 1 expired at 2027-01-01"));
  allowed = std::chrono::hours(24 * 4);
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "more than the 96h"));
  allowed = std::chrono::hours(24 * 6);
  EXPECT_OK(update());
  EXPECT_OK(get("hello.txt"));
}

}  // namespace
}  // namespace sealift::tuf
