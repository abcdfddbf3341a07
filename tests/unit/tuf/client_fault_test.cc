// A client whose network, disk or power fails at each moment: what it trusts is never older
// afterwards, and the next run goes on.
#include "client_fixture.h"

#include <algorithm>

namespace sealift::tuf {
namespace {

using test::fails_with;
using test::FaultyFileSystem;

const std::vector<std::string> kRoles = {"root", "timestamp", "snapshot", "targets", "team"};

// A folder in one state, and a repository two roots and a release further.
class ClientFault : public ClientTest {
 protected:
  ClientFault() {
    repository.delegate("targets", "team", {"team/*"});
    repository.add_target("team", "team/a.txt", "first");
    repository.publish("team");
    repository.release();
    begin();
    EXPECT_OK(get("team/a.txt"));
    for (const auto& role : kRoles) before_[role] = stored(role);
    folder_.copy_from(files);
    repository.set_keys("timestamp", {new_key()});
    repository.publish_next("root");
    repository.publish_next("root");
    repository.add_target("team", "team/a.txt", "second");
    repository.publish_next("team");
    repository.release();
  }

  void reset() { files.copy_from(folder_); }

  // Each stored file is whole, and none is older than before. The timestamp and the snapshot may be
  // gone: the keys were rotated.
  void expect_not_older() const {
    for (const auto& role : kRoles) {
      const auto now = stored(role);
      const bool may_be_gone = role == "timestamp" || role == "snapshot";
      EXPECT_TRUE(now >= before_.at(role) || (may_be_gone && now == 0)) << role << " " << now;
    }
    const auto target = files.content("trust/targets/team/a.txt");
    EXPECT_TRUE(target == "first" || target == "second") << target;
  }

  void expect_whole_update() {
    ASSERT_OK(get("team/a.txt"));
    EXPECT_EQ(files.content("trust/targets/team/a.txt"), "second");
    EXPECT_EQ(stored("root"), 3);
    EXPECT_EQ(stored("targets"), 3);
    EXPECT_EQ(stored("team"), 2);
    const auto entries = *files.list("trust");
    EXPECT_FALSE(std::any_of(entries.begin(), entries.end(),
                             [](const auto& entry) { return entry.name.ends_with(".tmp"); }));
  }

 private:
  FaultyFileSystem folder_;
  std::map<std::string, std::int64_t> before_;
};

TEST_F(ClientFault, EachRequestFails) {
  transport.forget_requests();
  ASSERT_OK(get("team/a.txt"));
  const auto requests = transport.request_count();
  ASSERT_GE(requests, 7u);
  for (std::size_t n = 1; n <= requests; ++n) {
    SCOPED_TRACE(n);
    reset();
    transport.fail_request(n, Error(ErrorCode::kIo, "the network is gone"));
    EXPECT_THAT(get("team/a.txt"), fails_with(ErrorCode::kIo, "the network is gone"));
    expect_not_older();
    expect_whole_update();
  }
}

TEST_F(ClientFault, EachAnswerBreaksOff) {
  transport.forget_requests();
  ASSERT_OK(get("team/a.txt"));
  const auto requests = transport.request_count();
  for (std::size_t n = 1; n <= requests; ++n) {
    SCOPED_TRACE(n);
    reset();
    transport.cut_body(n, 3);
    expect_whole_update();  // asked again
  }
}

TEST_F(ClientFault, EachCallOfTheDiskFails) {
  const auto begin = files.call_count();
  ASSERT_OK(get("team/a.txt"));
  const auto calls = files.call_count() - begin;
  ASSERT_GE(calls, 50u);
  for (std::size_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE(n);
    reset();
    files.fail_call(n, Error(ErrorCode::kIo, "the disk is broken"));
    // Closing a lock or removing what is not needed may fail without a loss.
    if (const auto got = get("team/a.txt"); !got) {
      EXPECT_THAT(got, fails_with(ErrorCode::kIo, "the disk is broken"));
    }
    expect_not_older();
    expect_whole_update();
  }
}

TEST_F(ClientFault, PowerIsCutAtEachCall) {
  const auto begin = files.call_count();
  ASSERT_OK(get("team/a.txt"));
  const auto calls = files.call_count() - begin;
  for (const auto loss :
       {FaultyFileSystem::Loss::kEverythingUnsynced, FaultyFileSystem::Loss::kContentAlone}) {
    for (std::size_t n = 1; n <= calls; ++n) {
      SCOPED_TRACE(n);
      reset();
      files.fail_from(n, Error(ErrorCode::kIo, "the power is cut"));
      EXPECT_THAT(get("team/a.txt"), fails_with(ErrorCode::kIo));
      files.power_cut(loss);
      expect_not_older();
      expect_whole_update();
    }
  }
}

TEST_F(ClientFault, WhatAKilledProcessWroteIsRemovedAndNothingElse) {
  const std::vector<std::string> ours = {"trust/.snapshot.json.0123456789abcdef.tmp",
                                         "trust/.target.tmp",
                                         "trust/root_history/.2.root.json.fedcba9876543210.tmp"};
  const std::vector<std::string> others = {"trust/.notes.tmp", "trust/.a.json.tmp",
                                           "trust/.a.json.0123456789abcdeg.tmp",
                                           "trust/a.json.0123456789abcdef.tmp"};
  for (const auto& name : ours) files.put(name, "half");
  for (const auto& name : others) files.put(name, "of the user");
  ASSERT_OK(update());
  for (const auto& name : ours) EXPECT_FALSE(files.exists(name)) << name;
  for (const auto& name : others) EXPECT_TRUE(files.exists(name)) << name;
}

TEST_F(ClientFault, TheDiskIsFull) {
  reset();
  files.set_capacity(10);
  EXPECT_THAT(get("team/a.txt"), fails_with(ErrorCode::kIo));
  expect_not_older();
  files.set_capacity(10'000'000);
  expect_whole_update();
}

}  // namespace
}  // namespace sealift::tuf
