#include "support/faulty_file_system.h"
#include "support/result_matchers.h"

#include <sealift/archive/staged_directory.h>

#include <gtest/gtest.h>

namespace sealift::archive {
namespace {

using test::fails_with;
using test::FaultyFileSystem;

class StagedDirectoryTest : public testing::Test {
 protected:
  Result<> fill(const std::string& directory) {
    SEALIFT_ASSIGN(auto staged, StagedDirectory::create(files_, directory));
    for (const std::string file : {"a", "sub/b"}) {
      const auto path = join_path(staged->path(), file);
      SEALIFT_TRY(files_.make_directories(parent_path(path)));
      SEALIFT_ASSIGN(auto out, files_.create(path, FileSystem::Access::kPublic));
      SEALIFT_TRY(out->write(file));
      SEALIFT_TRY(out->close());
    }
    return staged->publish();
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
  const std::size_t before = files_.call_count();
  ASSERT_OK(fill("/home/first"));
  const std::size_t calls = files_.call_count() - before;
  for (std::size_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE(n);
    const std::string directory = "/home/out" + std::to_string(n);
    files_.fail_call(n, Error(ErrorCode::kIo, "the disk failed"));
    if (fill(directory)) continue;  // what failed was to tidy up
    EXPECT_FALSE(files_.exists(directory));
    ASSERT_OK(fill(directory)) << "and the next completes";
  }
}

TEST_F(StagedDirectoryTest, WhatADeadProcessLeftIsTakenAway) {
  files_.put("/home/.out.sealift-unfinished/content/half", "ha");
  files_.put("/home/.out.sealift-unfinished/lock", "");
  ASSERT_OK(fill("/home/out"));
  EXPECT_EQ(names_in("/home"), std::vector<std::string>{"out"});
  EXPECT_EQ(names_in("/home/out"), (std::vector<std::string>{"a", "sub"}));
}

TEST_F(StagedDirectoryTest, TwoAtOnceDoNotMeet) {
  ASSERT_OK_ASSIGN(const auto first, StagedDirectory::create(files_, "/home/out"));
  EXPECT_THAT(fill("/home/out"),
              fails_with(ErrorCode::kUnavailable, "another process is filling /home/out"));
  ASSERT_OK(files_.make_directories(first->path()));
  EXPECT_OK(first->publish());
}

}  // namespace
}  // namespace sealift::archive
