// The promises of FileSystem, on the disk and on the double that forgets.
#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/base/file_system.h>

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

namespace sealift {
namespace {

using test::fails_with;
using Access = FileSystem::Access;

class Disk {
 public:
  virtual ~Disk() = default;
  virtual FileSystem& files() = 0;
  virtual std::string path(const std::string& name) = 0;
};

class RealDisk : public Disk {
 public:
  FileSystem& files() override { return system_files(); }
  std::string path(const std::string& name) override { return directory_.file(name); }

 private:
  test::TempDirectory directory_;
};

class FaultyDisk : public Disk {
 public:
  FileSystem& files() override { return files_; }
  std::string path(const std::string& name) override { return "/" + name; }

 private:
  test::FaultyFileSystem files_;
};

struct Maker {
  const char* name;
  std::unique_ptr<Disk> (*make)();
};
void PrintTo(const Maker& maker, std::ostream* out) { *out << maker.name; }

class FileSystemContract : public testing::TestWithParam<Maker> {
 protected:
  FileSystem& files() { return disk_->files(); }
  std::string path(const std::string& name) { return disk_->path(name); }
  Result<> write(const std::string& name, std::string_view bytes) {
    SEALIFT_ASSIGN(auto file, files().create(path(name), Access::kPublic));
    SEALIFT_TRY(file->write(bytes));
    return file->close();
  }
  Result<std::string> read(const std::string& name) {
    return read_file(files(), path(name), 1'000'000);
  }

  std::unique_ptr<Disk> disk_ = GetParam().make();
};

TEST_P(FileSystemContract, ReadsWhatWasWritten) {
  const std::string bytes = std::string("a\0b", 3) + std::string(200'000, 'x');
  ASSERT_OK(write("file", bytes));
  ASSERT_OK_ASSIGN(const auto content, read("file"));
  EXPECT_EQ(content, bytes);
  ASSERT_OK_ASSIGN(const auto info, files().info(path("file")));
  EXPECT_EQ(info.type, FileType::kFile);
  EXPECT_EQ(info.size, bytes.size());
  EXPECT_THAT(read_file(files(), path("file"), bytes.size() - 1),
              fails_with(ErrorCode::kInvalidInput, path("file")));
}

TEST_P(FileSystemContract, SkipsToTheEndAndNotBeyond) {
  ASSERT_OK(write("f", "abcdef"));
  ASSERT_OK_ASSIGN(auto source, files().open(path("f")));
  char buffer[2];
  ASSERT_OK(source->read(buffer, 1));
  ASSERT_OK_ASSIGN(const auto passed, source->skip(3));
  EXPECT_EQ(passed, 3u);
  ASSERT_OK_ASSIGN(const auto count, source->read(buffer, 2));
  EXPECT_EQ(std::string_view(buffer, count), "ef");
  ASSERT_OK_ASSIGN(const auto none, source->skip(9));
  EXPECT_EQ(none, 0u);
}

TEST_P(FileSystemContract, MissingThingsAreNotFoundAndNamed) {
  const std::string missing = path("missing");
  EXPECT_THAT(files().open(missing), fails_with(ErrorCode::kNotFound, missing));
  EXPECT_THAT(files().info(missing), fails_with(ErrorCode::kNotFound, missing));
  EXPECT_THAT(files().list(missing), fails_with(ErrorCode::kNotFound, missing));
  EXPECT_THAT(files().remove(missing), fails_with(ErrorCode::kNotFound, missing));
  EXPECT_THAT(files().rename(missing, path("to")), fails_with(ErrorCode::kNotFound, missing));
  EXPECT_THAT(files().sync_directory(missing), fails_with(ErrorCode::kNotFound, missing));
  EXPECT_THAT(files().create(path("missing/file"), Access::kPublic),
              fails_with(ErrorCode::kNotFound, missing));
  EXPECT_THAT(files().append(path("missing/file")), fails_with(ErrorCode::kNotFound, missing));
}

TEST_P(FileSystemContract, TruncateCutsOffAndNeverGrows) {
  ASSERT_OK(write("file", "abcdef"));
  ASSERT_OK(files().truncate(path("file"), 4));
  ASSERT_OK_ASSIGN(auto file, files().append(path("file")));
  ASSERT_OK(file->write("xy"));
  ASSERT_OK(file->close());
  ASSERT_OK_ASSIGN(const auto content, read("file"));
  EXPECT_EQ(content, "abcdxy");
  EXPECT_THAT(files().truncate(path("file"), 7), fails_with(ErrorCode::kConflict, path("file")));
  EXPECT_THAT(files().truncate(path("missing"), 0), fails_with(ErrorCode::kNotFound, "missing"));
}

TEST_P(FileSystemContract, CreateReplacesNothing) {
  ASSERT_OK(write("file", "old"));
  EXPECT_THAT(files().create(path("file"), Access::kPublic),
              fails_with(ErrorCode::kConflict, path("file")));
  EXPECT_EQ(*read("file"), "old");
}

TEST_P(FileSystemContract, AppendCreatesAndContinues) {
  for (const char* line : {"one\n", "two\n"}) {
    ASSERT_OK_ASSIGN(const auto file, files().append(path("log")));
    ASSERT_OK(file->write(line));
    ASSERT_OK(file->sync());
    ASSERT_OK(file->close());
  }
  EXPECT_EQ(*read("log"), "one\ntwo\n");
}

TEST_P(FileSystemContract, RenameReplacesAFileInOneStep) {
  ASSERT_OK(write("new", "new"));
  ASSERT_OK(write("file", "old"));
  ASSERT_OK(files().rename(path("new"), path("file")));
  EXPECT_EQ(*read("file"), "new");
  EXPECT_THAT(files().info(path("new")), fails_with(ErrorCode::kNotFound));
}

TEST_P(FileSystemContract, RenameNewReplacesNothing) {
  ASSERT_OK(write("new", "new"));
  ASSERT_OK(write("file", "old"));
  ASSERT_OK(files().make_directories(path("empty")));
  EXPECT_THAT(files().rename_new(path("new"), path("file")),
              fails_with(ErrorCode::kConflict, path("file")));
  EXPECT_EQ(*read("file"), "old");
  ASSERT_OK(files().rename_new(path("new"), path("other")));
  EXPECT_EQ(*read("other"), "new");
  EXPECT_THAT(files().info(path("new")), fails_with(ErrorCode::kNotFound));
  ASSERT_OK(files().make_directories(path("tree/below")));
  EXPECT_THAT(files().rename_new(path("tree"), path("empty")), fails_with(ErrorCode::kConflict));
  ASSERT_OK(files().rename_new(path("tree"), path("moved")));
  EXPECT_OK(files().info(path("moved/below")));
  EXPECT_THAT(files().rename_new(path("tree"), path("to")), fails_with(ErrorCode::kNotFound));
}

TEST_P(FileSystemContract, RenameReplacesAnEmptyDirectoryAlone) {
  ASSERT_OK(files().make_directories(path("new/below")));
  ASSERT_OK(files().make_directories(path("empty")));
  ASSERT_OK(files().make_directories(path("full/below")));
  EXPECT_THAT(files().rename(path("new"), path("full")), fails_with(ErrorCode::kConflict));
  ASSERT_OK(files().rename(path("new"), path("empty")));
  EXPECT_OK(files().info(path("empty/below")));
}

TEST_P(FileSystemContract, ADirectoryIsMadeOnceAndWithItsMode) {
  const ::mode_t before = ::umask(077);
  for (const std::uint32_t mode : {0700u, 0750u, 0777u}) {
    const auto name = "d" + std::to_string(mode);
    EXPECT_OK(files().make_directory(path(name), mode));
    ASSERT_OK_ASSIGN(const auto info, files().info(path(name)));
    EXPECT_EQ(info.mode, mode);
    EXPECT_TRUE(info.is_own);
    EXPECT_FALSE(info.is_fixed);
    EXPECT_THAT(files().make_directory(path(name), mode),
                fails_with(ErrorCode::kConflict, path(name)));
  }
  ::umask(before);
  EXPECT_THAT(files().make_directory(path("missing/below"), 0700),
              fails_with(ErrorCode::kNotFound, path("missing/below")));
}

TEST_P(FileSystemContract, DirectoriesAreMadeListedAndRemovedWhenEmpty) {
  ASSERT_OK(files().make_directories(path("a/b/c")));
  ASSERT_OK(files().make_directories(path("a/b/c")));
  ASSERT_OK(write("a/z", "1"));
  ASSERT_OK(write("a/B", "1"));
  ASSERT_OK_ASSIGN(const auto entries, files().list(path("a")));
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].name, "B");
  EXPECT_EQ(entries[1].name, "b");
  EXPECT_EQ(entries[1].type, FileType::kDirectory);
  EXPECT_EQ(entries[2].name, "z");
  EXPECT_EQ(entries[2].type, FileType::kFile);
  EXPECT_THAT(files().remove(path("a")), fails_with(ErrorCode::kConflict, path("a")));
  EXPECT_OK(files().remove(path("a/z")));
  EXPECT_OK(files().remove(path("a/b/c")));
  EXPECT_OK(files().sync_directory(path("a/b")));
}

TEST_P(FileSystemContract, AFileIsNoDirectoryAndTheOtherWayRound) {
  ASSERT_OK(write("file", "x"));
  ASSERT_OK(files().make_directories(path("directory")));
  EXPECT_THAT(files().make_directories(path("file/below")), fails_with(ErrorCode::kConflict));
  EXPECT_THAT(files().open(path("directory")),
              fails_with(ErrorCode::kInvalidInput, path("directory")));
  EXPECT_THAT(files().append(path("directory")), fails_with(ErrorCode::kConflict));
  EXPECT_THAT(files().rename(path("file"), path("directory")), fails_with(ErrorCode::kConflict));
  EXPECT_THAT(files().list(path("file")), fails_with(ErrorCode::kNotFound));
}

TEST_P(FileSystemContract, LockExcludesUntilItGoes) {
  ASSERT_OK_ASSIGN(auto held, files().lock(path("lock")));
  EXPECT_THAT(files().lock(path("lock")), fails_with(ErrorCode::kUnavailable, path("lock")));
  EXPECT_OK(files().lock(path("other")));
  held.reset();
  EXPECT_OK(files().lock(path("lock")));
}

TEST(PosixFileSystem, ALockIsOnTheFileThatThePathNames) {
  const test::TempDirectory directory;
  const auto path = directory.file("lock");
  ASSERT_OK(system_files().lock(directory.file("other")));
  ASSERT_EQ(::symlink("other", path.c_str()), 0);
  EXPECT_THAT(system_files().lock(path), fails_with(ErrorCode::kConflict, "no regular file"));
  ASSERT_OK(system_files().remove(path));

  // Whoever ends renames or removes what it held, at any moment of the others' tries.
  constexpr int kRounds = 2'000;
  std::atomic<int> holders = 0;
  const auto take = [&] {
    for (int i = 0; i < kRounds; ++i) {
      auto held = system_files().lock(path);
      if (!held) continue;
      EXPECT_EQ(++holders, 1);
      --holders;
      EXPECT_OK(system_files().rename(path, directory.file("done")));
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(take);
}

TEST(PosixFileSystem, ADirectoryThatIsMountedOnOrWorkedInIsFixed) {
  ASSERT_OK_ASSIGN(const auto mounted, system_files().info("/proc"));
  EXPECT_TRUE(mounted.is_fixed);
  ASSERT_OK_ASSIGN(const auto here, system_files().info(std::filesystem::current_path().string()));
  EXPECT_TRUE(here.is_fixed);
}

TEST_P(FileSystemContract, BlobReadsTheFileEachTime) {
  ASSERT_OK(write("file", "content"));
  ASSERT_OK_ASSIGN(const Blob blob, blob_from_file(files(), path("file")));
  EXPECT_EQ(blob.size, 7u);
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_ASSIGN(const auto source, blob.open());
    EXPECT_EQ(*read_all(*source, "file", 100), "content");
  }
  EXPECT_THAT(blob_from_file(files(), path("missing")), fails_with(ErrorCode::kNotFound));
  ASSERT_OK(files().make_directories(path("directory")));
  EXPECT_THAT(blob_from_file(files(), path("directory")), fails_with(ErrorCode::kInvalidInput));
}

INSTANTIATE_TEST_SUITE_P(
    Disks, FileSystemContract,
    testing::Values(
        Maker{"Real", []() -> std::unique_ptr<Disk> { return std::make_unique<RealDisk>(); }},
        Maker{"Faulty", []() -> std::unique_ptr<Disk> { return std::make_unique<FaultyDisk>(); }}),
    [](const auto& maker) { return std::string(maker.param.name); });

}  // namespace
}  // namespace sealift
