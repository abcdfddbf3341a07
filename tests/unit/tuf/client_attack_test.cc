// A client and those who attack it (TUF specification 1.0, section 1.5.2: each attack that it
// names).
#include "client_fixture.h"

#include <sealift/base/encoding.h>

namespace sealift::tuf {
namespace {

using test::fails_with;
using test::FakeAnswer;

using ClientAttack = ClientTest;

TEST_F(ClientAttack, ArbitrarySoftware) {
  begin_and_update();
  for (const std::string role : {"timestamp", "snapshot", "targets"}) {
    const auto before = stored(role);
    const auto honest = repository.files();
    auto keys = repository.keys(role);
    repository.keys(role) = {new_key()};
    repository.release();
    EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, role + " 2 is signed by 0"));
    EXPECT_EQ(stored(role), before);
    repository.keys(role) = keys;
    for (const std::string again : {"timestamp", "snapshot", "targets"}) {
      repository.set_version(again, 1);
    }
    repository.files() = honest;
  }
}

TEST_F(ClientAttack, RolledBackTimestamp) {
  const auto old = repository.files().at("timestamp.json");
  repository.publish_next("timestamp");
  begin_and_update();
  repository.files()["timestamp.json"] = old;
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "but version 2 was trusted before"));
  EXPECT_EQ(stored("timestamp"), 2);
}

TEST_F(ClientAttack, RolledBackTimestampThatHasExpiredInTheFolder) {
  const auto old = repository.files().at("timestamp.json");
  repository.set_expiry("timestamp", clock.now() + std::chrono::hours(1));
  repository.publish_next("timestamp");
  begin_and_update();
  clock.advance(std::chrono::hours(2));
  repository.files()["timestamp.json"] = old;
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "but version 2 was trusted before"));
}

TEST_F(ClientAttack, RolledBackSnapshot) {
  repository.release();
  begin_and_update();
  repository.set_version("snapshot", 1);
  repository.refresh_timestamp();
  repository.publish_next("timestamp");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "lists the snapshot in version 1"));
  EXPECT_EQ(stored("timestamp"), 2);
}

TEST_F(ClientAttack, RolledBackTargets) {
  repository.release();
  begin_and_update();
  repository.set_version("targets", 0);
  repository.release();
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "lists targets.json in version 1"));
  EXPECT_EQ(stored("snapshot"), 2);
  EXPECT_EQ(stored("targets"), 2);
}

TEST_F(ClientAttack, RoleThatDisappearsFromTheSnapshot) {
  repository.delegate("targets", "team", {"team/*"});
  repository.publish("team");
  repository.release();
  begin_and_update();
  repository.publish_next("targets");
  repository.refresh_snapshot();
  repository.content("snapshot").find("meta")->erase("team.json");
  repository.publish_next("snapshot");
  repository.refresh_timestamp();
  repository.publish_next("timestamp");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "no longer lists team.json"));
}

TEST_F(ClientAttack, AnotherTimestampOfTheSameVersionIsIgnored) {
  begin_and_update();
  const auto before = files.content("trust/timestamp.json");
  repository.release();
  repository.set_version("timestamp", 1);
  repository.publish("timestamp");
  ASSERT_OK(update());
  EXPECT_EQ(files.content("trust/timestamp.json"), before);
  EXPECT_EQ(stored("targets"), 1);
}

TEST_F(ClientAttack, FreezeIsNoticedAtEachRole) {
  begin();
  for (const std::string role : {"timestamp", "snapshot", "targets"}) {
    repository.set_expiry(role, clock.now());
    repository.publish(role);
    EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, role + " 1 expired"));
    EXPECT_EQ(stored(role), 0);
    repository.set_expiry(role, clock.now() + std::chrono::hours(1));
    repository.publish(role);
  }
  repository.set_expiry("root", clock.now());
  repository.publish_next("root");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "root 2 expired"));
  EXPECT_EQ(stored("root"), 2);
}

TEST_F(ClientAttack, AValidStateInTheFolderDoesNotOutliveItsExpiry) {
  begin_and_update();
  clock.advance(std::chrono::hours(24 * 364));
  EXPECT_OK(update());
  clock.advance(std::chrono::hours(24));
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "expired"));
}

TEST_F(ClientAttack, FastForwardOfTheTimestampIsRecoveredByItsKeys) {
  repository.set_version("timestamp", 1'000'000'000);
  repository.publish("timestamp");
  begin_and_update();
  repository.set_version("timestamp", 1);
  repository.publish_next("timestamp");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "1000000000 was trusted before"));
  repository.set_keys("timestamp", {new_key()});
  repository.publish_next("root");
  repository.publish("timestamp");
  ASSERT_OK_ASSIGN(const auto updated, update());
  EXPECT_TRUE(updated.forgot_stored);
  EXPECT_EQ(stored("timestamp"), 2);
}

TEST_F(ClientAttack, FastForwardOfTheSnapshotIsRecoveredByItsKeysAlone) {
  repository.set_version("snapshot", 1'000'000'000);
  repository.set_version("targets", 999'999'999);
  repository.release();
  begin_and_update();
  repository.set_keys("snapshot", {new_key()});
  repository.publish_next("root");
  repository.set_version("snapshot", 1);
  repository.set_version("targets", 1);
  repository.release();
  ASSERT_OK(update());
  EXPECT_EQ(stored("snapshot"), 2);
  EXPECT_EQ(stored("targets"), 2);
}

TEST_F(ClientAttack, RotationThatAnEarlierRunTookForgetsStill) {
  repository.set_version("snapshot", 1'000'000'000);
  repository.release();
  begin_and_update();
  repository.set_keys("snapshot", {new_key()});
  repository.publish_next("root");
  // Killed behind the new root, before anything was forgotten.
  files.put("trust/root.json", repository.root(2));
  repository.set_version("snapshot", 1);
  repository.release();
  ASSERT_OK(update());
  EXPECT_EQ(stored("snapshot"), 2);
}

TEST_F(ClientAttack, AKeyMoreForgetsNothing) {
  const auto old = repository.files().at("timestamp.json");
  repository.publish_next("timestamp");
  begin_and_update();
  auto keys = repository.keys("timestamp");
  keys.push_back(new_key());
  repository.set_keys("timestamp", keys);
  repository.publish_next("root");
  repository.files()["timestamp.json"] = old;
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "was trusted before"));
}

TEST_F(ClientAttack, MixedStates) {
  begin_and_update();
  auto before = repository.files();
  repository.release();
  // The file in the place of the new version is the old one.
  repository.files()["2.snapshot.json"] = before.at("1.snapshot.json");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "snapshot 1 is not the version 2"));
  repository.publish("snapshot");
  repository.files()["2.targets.json"] = before.at("1.targets.json");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "targets 1 is not the version 2"));
  EXPECT_EQ(stored("targets"), 1);
}

TEST_F(ClientAttack, OneRoleInThePlaceOfAnother) {
  begin();
  repository.files()["timestamp.json"] = repository.files().at("1.snapshot.json");
  EXPECT_THAT(update(),
              fails_with(ErrorCode::kInvalidInput, "is \"snapshot\" where \"timestamp\""));
}

TEST_F(ClientAttack, EndlessData) {
  begin();
  struct Case {
    std::string path;
    std::uint64_t limit;
  };
  for (const auto& [path, limit] : {Case{"2.root.json", kMaxRootBytes},
                                    {"timestamp.json", kMaxTimestampBytes},
                                    {"1.snapshot.json", kMaxSnapshotBytes},
                                    {"1.targets.json", kMaxTargetsBytes}}) {
    std::uint64_t sent = 0;
    interfere = [&, wanted = path](const std::string& asked) {
      FakeAnswer answer;
      answer.status = asked == wanted ? 200 : 0;
      answer.stream = [&](ByteSink& body, const std::stop_token&) -> Result<> {
        while (true) {
          SEALIFT_TRY(body.write(std::string(4096, ' ')));
          sent += 4096;
        }
      };
      return answer;
    };
    EXPECT_THAT(update(), fails_with(ErrorCode::kInvalidInput, std::to_string(limit))) << path;
    EXPECT_LE(sent, limit + 4096) << path;
  }
}

TEST_F(ClientAttack, EndlessTarget) {
  begin();
  interfere = [](const std::string& asked) {
    return FakeAnswer{asked.starts_with("targets/") ? 200 : 0, {}, "hello\nand more", {}, {}};
  };
  EXPECT_THAT(get("hello.txt"), fails_with(ErrorCode::kInvalidInput, "goes on after 6 bytes"));
  EXPECT_FALSE(files.exists("trust/targets/hello.txt"));
}

TEST_F(ClientAttack, EndlessRoots) {
  begin();
  for (std::size_t n = 0; n <= kMaxNewRoots; ++n) repository.publish_next("root");
  EXPECT_THAT(update(), fails_with(ErrorCode::kInvalidInput, "more than 1024 new roots"));
  EXPECT_EQ(stored("root"), 1 + static_cast<std::int64_t>(kMaxNewRoots));
  EXPECT_OK(update());
}

TEST_F(ClientAttack, WrongTargets) {
  begin();
  const auto place = "targets/" + Digest::of("hello\n").hex() + ".hello.txt";
  for (const std::string wrong : {"hallo\n", "hello", ""}) {
    repository.files()[place] = wrong;
    EXPECT_THAT(get("hello.txt"), fails_with(ErrorCode::kUntrusted, "listed")) << wrong;
    EXPECT_FALSE(files.exists("trust/targets/hello.txt"));
  }
  repository.files().erase(place);
  EXPECT_THAT(get("hello.txt"), fails_with(ErrorCode::kNotFound, "status 404"));
}

TEST_F(ClientAttack, WrongHashesAndLengthsOfMetadata) {
  repository.list_hashes();
  repository.release();
  begin();
  auto& entry = *repository.content("timestamp").find("meta")->find("snapshot.json");
  entry.find("hashes")->set("sha256", std::string(64, '0'));
  repository.publish("timestamp");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "snapshot 2 is sha256:"));
  entry.set("length", 5);
  repository.publish_next("timestamp");
  EXPECT_THAT(update(), fails_with(ErrorCode::kInvalidInput, "5"));
  entry.set("length", 100'000);
  repository.publish_next("timestamp");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "where 100000 are listed"));
}

TEST_F(ClientAttack, RootThatSkipsAVersion) {
  begin();
  repository.set_version("root", 3);
  repository.publish("root");
  repository.files()["2.root.json"] = repository.root(3);
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "root 3 was given as the successor"));
  EXPECT_EQ(stored("root"), 1);
}

TEST_F(ClientAttack, RootThatTheOldKeysHaveNotSigned) {
  begin();
  const std::vector<crypto::PrivateKey> keys = {new_key()};
  repository.set_keys("root", keys);
  repository.set_version("root", 2);
  repository.files()["2.root.json"] = repository.sign(repository.content("root"), keys);
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "root 2 is signed by 0"));
}

TEST_F(ClientAttack, RootThatItsOwnKeysHaveNotSigned) {
  begin();
  const auto old = repository.keys("root");
  repository.set_keys("root", {new_key()});
  repository.set_version("root", 2);
  repository.files()["2.root.json"] = repository.sign(repository.content("root"), old);
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "root 2 is signed by 0"));
}

TEST_F(ClientAttack, FewerKeysThanTheThreshold) {
  const std::vector<crypto::PrivateKey> keys = {new_key(), new_key(), new_key()};
  repository.set_keys("targets", keys, 2);
  repository.publish_next("root");
  begin();
  repository.keys("targets") = {keys[1]};
  repository.release();
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "signed by 1 of the keys"));
  repository.keys("targets") = {keys[1], new_key()};
  repository.publish("targets");
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "signed by 1 of the keys"));
  repository.keys("targets") = {keys[1], keys[2]};
  repository.publish("targets");
  EXPECT_OK(update());
}

TEST_F(ClientAttack, TheSameKeyUnderTwoIdsCountsOnce) {
  const auto key = new_key();
  repository.set_keys("timestamp", {key}, 2);
  auto& root = repository.content("root");
  // Once as PEM under its id, once as the hex of the point under another.
  const auto der = key.public_key().der();
  auto twin = test::tuf_key(key.public_key());
  twin.find("keyval")->set("public", hex_encode(std::string_view(der).substr(der.size() - 65)));
  root.find("keys")->set("twin", twin);
  root.find("roles")->find("timestamp")->find("keyids")->push_back("twin");
  repository.publish_next("root");
  repository.publish_next("timestamp");
  auto file = *parse_json(repository.files().at("timestamp.json"), "timestamp");
  Json second = (*file.find("signatures")->as_array())[0];
  second.set("keyid", "twin");
  file.find("signatures")->push_back(second);
  repository.files()["timestamp.json"] = dump_json(file);
  begin();
  EXPECT_THAT(update(), fails_with(ErrorCode::kUntrusted, "is by a key that signed already"));
}

TEST_F(ClientAttack, TwoSignaturesOfOneKey) {
  repository.set_keys("timestamp", {new_key()}, 2);
  repository.publish_next("root");
  repository.publish_next("timestamp");
  auto file = *parse_json(repository.files().at("timestamp.json"), "timestamp");
  file.find("signatures")->push_back((*file.find("signatures")->as_array())[0]);
  repository.files()["timestamp.json"] = dump_json(file);
  begin();
  EXPECT_THAT(update(), fails_with(ErrorCode::kInvalidInput, "two signatures of the key"));
}

TEST_F(ClientAttack, RepeatedMembers) {
  begin();
  auto& bytes = repository.files()["timestamp.json"];
  bytes.insert(bytes.find("\"version\""), "\"version\":9,");
  EXPECT_THAT(update(), fails_with(ErrorCode::kInvalidInput, "\"version\" is there twice"));
}

TEST_F(ClientAttack, ADamagedFolderIsNotTakenForAnEmptyOne) {
  begin_and_update();
  files.put("trust/timestamp.json", "{");
  EXPECT_THAT(update(), fails_with(ErrorCode::kInvalidInput, "is damaged"));
}

// Delegations.

}  // namespace
}  // namespace sealift::tuf
