#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/base/file_system.h>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sealift {
namespace {

using test::fails_with;
using test::FaultyFileSystem;
using test::TempDirectory;
using Loss = FaultyFileSystem::Loss;

const Error kDead(ErrorCode::kIo, "the machine stopped");

TEST(WriteFileAtomically, IsOldOrNewWhereverTheMachineStops) {
  FaultyFileSystem counted;
  counted.put("dir/file", "old");
  ASSERT_OK(write_file_atomically(counted, "dir/file", "the new content"));
  const std::size_t calls = counted.call_count();
  ASSERT_GE(calls, 6u);
  for (const Loss loss : {Loss::kEverythingUnsynced, Loss::kContentAlone}) {
    for (std::size_t n = 1; n <= calls + 1; ++n) {
      FaultyFileSystem files;
      files.put("dir/file", "old");
      files.fail_from(n, kDead);
      const bool reported = write_file_atomically(files, "dir/file", "the new content").has_value();
      files.power_cut(loss);
      const std::string content = files.content("dir/file");
      EXPECT_TRUE(content == "old" || content == "the new content") << n << ": " << content;
      EXPECT_EQ(reported, n == calls + 1) << n;
      if (reported) {
        EXPECT_EQ(content, "the new content");
      }
    }
  }
}

TEST(WriteFileAtomically, LeavesNoTemporaryFileBehindAnError) {
  FaultyFileSystem files;
  files.put("dir/file", "old");
  files.set_capacity(10);
  EXPECT_THAT(write_file_atomically(files, "dir/file", "more than ten bytes"),
              fails_with(ErrorCode::kIo, "No space left"));
  ASSERT_OK_ASSIGN(const auto entries, files.list("dir"));
  EXPECT_EQ(entries.size(), 1u);
  EXPECT_EQ(files.content("dir/file"), "old");
}

TEST(WriteFileAtomically, WorksInTheWorkingDirectoryOfARealDisk) {
  const TempDirectory directory;
  const std::string path = directory.write("file", "old");
  ASSERT_OK(write_file_atomically(system_files(), path, "new", FileSystem::Access::kPrivate));
  EXPECT_EQ(directory.read("file"), "new");
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  ASSERT_OK_ASSIGN(const auto entries, system_files().list(directory.path()));
  EXPECT_EQ(entries.size(), 1u);
}

TEST(SystemFiles, SymbolicLinksAreOther) {
  const TempDirectory directory;
  directory.write("file", "content");
  ASSERT_EQ(::symlink("file", directory.file("link").c_str()), 0);
  ASSERT_OK_ASSIGN(const auto info, system_files().info(directory.file("link")));
  EXPECT_EQ(info.type, FileType::kOther);
  EXPECT_THAT(system_files().open(directory.path()), fails_with(ErrorCode::kInvalidInput));
  ASSERT_OK_ASSIGN(const auto entries, system_files().list(directory.path()));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].type, FileType::kOther);
  EXPECT_THAT(blob_from_file(system_files(), directory.file("link")),
              fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(system_files().create(directory.file("link"), FileSystem::Access::kPublic),
              fails_with(ErrorCode::kConflict));
}

TEST(SystemFiles, FullDiskIsReported) {
  ASSERT_OK_ASSIGN(const auto file, system_files().append("/dev/full"));
  EXPECT_THAT(file->write("x"), fails_with(ErrorCode::kIo, "/dev/full: No space left"));
}

TEST(FaultyFileSystem, ForgetsWhatWasNotSynced) {
  FaultyFileSystem files;
  files.put("dir/old", "old");
  ASSERT_OK_ASSIGN(const auto file, files.create("dir/new", FileSystem::Access::kPublic));
  ASSERT_OK(file->write("abc"));
  ASSERT_OK(file->sync());
  ASSERT_OK(file->write("def"));
  ASSERT_OK(files.rename("dir/old", "dir/moved"));
  files.power_cut(Loss::kContentAlone);
  EXPECT_EQ(files.content("dir/new"), "abc");
  EXPECT_TRUE(files.exists("dir/moved"));
  EXPECT_THAT(file->write("x"), fails_with(ErrorCode::kIo));

  ASSERT_OK(files.remove("dir/new"));
  files.power_cut();
  EXPECT_EQ(files.content("dir/new"), "abc");
  ASSERT_OK(files.remove("dir/new"));
  ASSERT_OK(files.sync_directory("dir"));
  files.power_cut();
  EXPECT_FALSE(files.exists("dir/new"));
}

TEST(FaultyFileSystem, FailsTheCallItWasTold) {
  FaultyFileSystem files;
  files.put("file", "x");
  files.fail_call(2, Error(ErrorCode::kIo, "second"));
  EXPECT_OK(files.info("file"));
  EXPECT_THAT(files.remove("file"), fails_with(ErrorCode::kIo, "second"));
  EXPECT_OK(files.remove("file"));
  EXPECT_EQ(files.calls(), (std::vector<std::string>{"info file", "remove file", "remove file"}));
}

TEST(Paths, JoinAndParent) {
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("", "b"), "b");
  EXPECT_EQ(join_path("a", "/b"), "/b");
  EXPECT_EQ(join_path("/", "b"), "/b");
  EXPECT_EQ(parent_path("a/b/c"), "a/b");
  EXPECT_EQ(parent_path("a/b/"), "a");
  EXPECT_EQ(parent_path("c"), ".");
  EXPECT_EQ(parent_path("/c"), "/");
  EXPECT_EQ(parent_path("/"), "/");
  EXPECT_EQ(parent_path("a//b"), "a");
}

}  // namespace
}  // namespace sealift
