#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/archive/staged_directory.h>

#include <gtest/gtest.h>

namespace sealift::archive {
namespace {

using test::fails_with;
using test::FaultyFileSystem;

class StagedDirectoryTest : public testing::Test {
 protected:
  Result<> fill(const std::string& directory) { return fill(directory, files_); }
  static Result<> fill(const std::string& directory, FileSystem& disk) {
    SEALIFT_ASSIGN(auto staged, StagedDirectory::create(disk, directory));
    for (const std::string file : {"a", "sub/b"}) {
      const auto path = join_path(staged->path(), file);
      SEALIFT_TRY(disk.make_directories(parent_path(path)));
      SEALIFT_ASSIGN(auto out, disk.create(path, FileSystem::Access::kPublic));
      SEALIFT_TRY(out->write(file));
      SEALIFT_TRY(out->close());
    }
    return staged->publish();
  }
  std::size_t calls_of(const std::string& directory) {
    const std::size_t before = files_.call_count();
    EXPECT_OK(fill(directory));
    return files_.call_count() - before;
  }
  std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    const auto entries = files_.list(directory);
    EXPECT_OK(entries);
    for (const auto& entry : *entries) names.push_back(entry.name);
    return names;
  }

  FaultyFileSystem files_;
};

TEST_F(StagedDirectoryTest, AppearsWholeAndLeavesNothingBeside) {
  ASSERT_OK(fill("/home/out/"));
  EXPECT_EQ(files_.content("/home/out/sub/b"), "sub/b");
  EXPECT_EQ(names_in("/home"), std::vector<std::string>{"out"});
  ASSERT_OK(files_.make_directories("/home/empty"));
  ASSERT_OK(fill("/home/empty"));
  EXPECT_EQ(names_in("/home/empty"), (std::vector<std::string>{"a", "sub"}));
  EXPECT_THAT(fill("/home/out"), fails_with(ErrorCode::kConflict, "/home/out/a is in the way"));
}

TEST_F(StagedDirectoryTest, AFailureAtAnyCallLeavesNothing) {
  const std::size_t calls = calls_of("/home/first");
  for (std::size_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE(n);
    const std::string directory = "/home/out" + std::to_string(n);
    files_.fail_call(n, Error(ErrorCode::kIo, "the disk failed"));
    if (fill(directory)) continue;  // what failed was to tidy up
    EXPECT_FALSE(files_.exists(directory));
    ASSERT_OK(fill(directory)) << "and the next completes";
  }
}

TEST_F(StagedDirectoryTest, AFailureAtAnyCallLeavesAnEmptyDirectoryEmpty) {
  for (const bool mounted : {false, true}) {
    const auto make = [&](const std::string& directory) {
      EXPECT_OK(files_.make_directories(directory));
      if (mounted) files_.mount_on(directory);
    };
    const std::string home = mounted ? "/mounted" : "/home";
    make(home + "/first");
    const std::size_t calls = calls_of(home + "/first");
    for (std::size_t n = 1; n <= calls; ++n) {
      SCOPED_TRACE(home + std::to_string(n));
      const std::string directory = home + "/out" + std::to_string(n);
      make(directory);
      files_.fail_call(n, Error(ErrorCode::kIo, "the disk failed"));
      if (fill(directory)) continue;
      EXPECT_FALSE(files_.exists(directory + "/a"));
      ASSERT_OK(fill(directory)) << "and the next completes";
      EXPECT_EQ(names_in(directory), (std::vector<std::string>{"a", "sub"}));
    }
  }
}

TEST_F(StagedDirectoryTest, APowerCutAtAnyCallLeavesAllOrNothing) {
  for (const auto loss :
       {FaultyFileSystem::Loss::kEverythingUnsynced, FaultyFileSystem::Loss::kContentAlone}) {
    for (const bool present : {false, true}) {
      for (std::size_t n = 1, done = 0; done == 0; ++n) {
        SCOPED_TRACE(n);
        FaultyFileSystem disk;
        ASSERT_OK(disk.make_directories(present ? "/home/out" : "/home"));
        disk.fail_from(n, Error(ErrorCode::kIo, "no power"));
        const std::size_t before = disk.call_count();
        const bool filled = fill("/home/out", disk).has_value();
        done = disk.call_count() - before < n ? 1 : 0;
        disk.power_cut(loss);
        EXPECT_EQ(disk.exists("/home/out"), present || disk.exists("/home/out/a"));
        EXPECT_TRUE(!filled || disk.exists("/home/out/a"));
        if (disk.exists("/home/out/a")) {
          EXPECT_EQ(disk.content("/home/out/a"), "a");
          EXPECT_EQ(disk.content("/home/out/sub/b"), "sub/b");
        } else {
          EXPECT_OK(fill("/home/out", disk));
        }
      }
    }
  }
}

TEST_F(StagedDirectoryTest, WhatADeadProcessLeftIsTakenAway) {
  const std::string stage = ".sealift-unfinished-0123456789abcdef";
  files_.put("/home/.out" + stage + "/content/half", "ha");
  files_.put("/home/.out" + stage + "/lock", "");
  ASSERT_OK(fill("/home/out"));
  EXPECT_EQ(names_in("/home"), std::vector<std::string>{"out"});
  EXPECT_EQ(names_in("/home/out"), (std::vector<std::string>{"a", "sub"}));
  files_.put("/data/" + stage + "/content/half", "ha");
  ASSERT_OK(fill("/data"));
  EXPECT_EQ(names_in("/data"), (std::vector<std::string>{"a", "sub"}));
}

TEST_F(StagedDirectoryTest, WhatIsNotOursIsNeitherTakenNorRemoved) {
  const std::string theirs = "/tmp/.out.sealift-unfinished-0123456789abcdef";
  files_.put(theirs + "/content/planted", "theirs");
  files_.give_away(theirs);
  const std::string open = "/tmp/.out.sealift-unfinished-fedcba9876543210";
  ASSERT_OK(files_.make_directory(open, 0777));
  files_.put("/tmp/.out.sealift-unfinished/content/planted", "no name of ours");
  ASSERT_OK(fill("/tmp/out"));
  EXPECT_EQ(names_in("/tmp/out"), (std::vector<std::string>{"a", "sub"}));
  EXPECT_TRUE(files_.exists(theirs + "/content/planted"));
  EXPECT_TRUE(files_.exists(open));
  EXPECT_TRUE(files_.exists("/tmp/.out.sealift-unfinished/content/planted"));
}

TEST_F(StagedDirectoryTest, TwoAtOnceDoNotMeet) {
  ASSERT_OK_ASSIGN(const auto first, StagedDirectory::create(files_, "/home/out"));
  EXPECT_THAT(fill("/home/out"),
              fails_with(ErrorCode::kUnavailable, "another process is filling /home/out"));
  ASSERT_OK(files_.make_directories(first->path()));
  EXPECT_OK(first->publish());
}

TEST_F(StagedDirectoryTest, NobodyElseReachesItAndTheDirectoryKeepsItsMode) {
  const test::TempDirectory directory;
  auto& disk = system_files();
  ASSERT_OK(disk.make_directory(directory.file("out"), 0750));
  {
    ASSERT_OK_ASSIGN(const auto staged, StagedDirectory::create(disk, directory.file("out")));
    ASSERT_OK_ASSIGN(const auto stage, disk.info(parent_path(staged->path())));
    EXPECT_EQ(stage.mode, 0700u);
  }
  ASSERT_OK(fill(directory.file("out"), disk));
  ASSERT_OK_ASSIGN(const auto filled, disk.info(directory.file("out")));
  EXPECT_EQ(filled.mode, 0750u);
  ASSERT_OK(disk.make_directory(directory.file("here"), 0755));
  ASSERT_OK(fill(directory.file("here/."), disk)) << "cannot be replaced under this name";
  EXPECT_OK(disk.info(directory.file("here/sub/b")));
  ASSERT_OK_ASSIGN(const auto names, disk.list(directory.file("")));
  EXPECT_EQ(names.size(), 2u);
}

}  // namespace
}  // namespace sealift::archive
