// An archive, read as a folder would be.
#include <sealift/archive/archived_files.h>
#include <sealift/archive/compression.h>
#include <sealift/archive/tar_writer.h>

#include <support/faulty_file_system.h>
#include <support/result_matchers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sealift::archive {
namespace {

using sealift::test::fails_with;
using testing::ElementsAre;
using testing::IsEmpty;

std::string gzipped(std::string_view bytes) {
  StringSink sink("archive", 1u << 20);
  GzipWriter gzip(sink);
  EXPECT_OK(gzip.write(bytes));
  EXPECT_OK(gzip.finish());
  return sink.take();
}

std::string archive_of(const std::vector<std::pair<std::string, std::string>>& files) {
  StringSink sink("tar", 1u << 20);
  TarWriter tar(sink);
  for (const auto& [path, bytes] : files) EXPECT_OK(tar.add_file(path, bytes, false));
  EXPECT_OK(tar.finish());
  return gzipped(sink.bytes());
}

class ArchivedFilesTest : public testing::Test {
 protected:
  Result<std::unique_ptr<ArchivedFiles>> open(std::string bytes, const TarLimits& limits = {}) {
    disk.put("in/a.tar.gz", std::move(bytes));
    return ArchivedFiles::open_archive(disk, "in/a.tar.gz", limits);
  }
  static std::vector<std::string> names(FileSystem& files, const std::string& path) {
    std::vector<std::string> names;
    const auto entries = files.list(path);
    if (!entries) return {entries.error().message()};
    for (const auto& entry : *entries) {
      names.push_back(entry.name + (entry.type == FileType::kDirectory ? "/" : ""));
    }
    return names;
  }

  sealift::test::FaultyFileSystem disk;
};

TEST_F(ArchivedFilesTest, AreReadListedAndMeasured) {
  ASSERT_OK_ASSIGN(const auto files,
                   open(archive_of({{"b/c.txt", "deep"}, {"a.txt", "hello"}, {"b/d/e", ""}})));
  EXPECT_EQ(read_file(*files, "in/a.tar.gz/a.txt", 10).value(), "hello");
  EXPECT_EQ(read_file(*files, "in/a.tar.gz/b/c.txt", 4).value(), "deep");
  EXPECT_THAT(read_file(*files, "in/a.tar.gz/a.txt", 4), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(names(*files, "in/a.tar.gz"), ElementsAre("a.txt", "b/"));
  EXPECT_THAT(names(*files, "in/a.tar.gz/b"), ElementsAre("c.txt", "d/"));
  EXPECT_EQ(files->info("in/a.tar.gz/a.txt")->size, 5u);
  EXPECT_EQ(files->info("in/a.tar.gz/b")->type, FileType::kDirectory);
  for (const auto* path : {"in/a.tar.gz/b", "in/a.tar.gz/x", "in/a.tar.gz", "a.txt", "in/a.txt"}) {
    EXPECT_THAT(files->open(path), fails_with(ErrorCode::kNotFound, path));
  }
  for (const auto* path : {"in/a.tar.gz/x", "in/a.tar.gz/a.txt", "in"}) {
    EXPECT_THAT(files->list(path), fails_with(ErrorCode::kNotFound, path));
  }
  ASSERT_OK_ASSIGN(const auto empty, open(archive_of({})));
  EXPECT_THAT(names(*empty, "in/a.tar.gz"), IsEmpty());
}

TEST_F(ArchivedFilesTest, ASourceOutlivesTheArchive) {
  ASSERT_OK_ASSIGN(auto files, open(archive_of({{"a", "hello"}})));
  ASSERT_OK_ASSIGN(const auto source, files->open("in/a.tar.gz/a"));
  files.reset();
  EXPECT_EQ(read_all(*source, "a", 10).value(), "hello");
}

TEST_F(ArchivedFilesTest, CannotBeChanged) {
  ASSERT_OK_ASSIGN(const auto files, open(archive_of({{"a", "hello"}})));
  const std::string path = "in/a.tar.gz/a";
  EXPECT_THAT(files->create(path, FileSystem::Access::kPublic),
              fails_with(ErrorCode::kIo, "within an archive"));
  EXPECT_THAT(files->append(path), fails_with(ErrorCode::kIo));
  EXPECT_THAT(files->rename(path, "b"), fails_with(ErrorCode::kIo));
  EXPECT_THAT(files->remove(path), fails_with(ErrorCode::kIo));
  EXPECT_THAT(files->make_directories(path), fails_with(ErrorCode::kIo));
  EXPECT_THAT(files->sync_directory(path), fails_with(ErrorCode::kIo));
  EXPECT_THAT(files->lock(path), fails_with(ErrorCode::kIo));
}

TEST_F(ArchivedFilesTest, WhatIsNoArchiveIsRefusedByName) {
  EXPECT_THAT(open("hello"), fails_with(ErrorCode::kInvalidInput, "the archive in/a.tar.gz"));
  EXPECT_THAT(open(gzipped("hello")), fails_with(ErrorCode::kInvalidInput, "cannot be read"));
  const auto whole = archive_of({{"a", "hello"}});
  EXPECT_THAT(open(whole.substr(0, whole.size() / 2)), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(ArchivedFiles::open_archive(disk, "nowhere.tar.gz", {}),
              fails_with(ErrorCode::kNotFound, "nowhere.tar.gz"));
}

TEST_F(ArchivedFilesTest, IsBounded) {
  TarLimits limits;
  limits.max_unpacked_bytes = 1'000;
  limits.max_file_bytes = 600;
  limits.max_entries = 3;
  EXPECT_OK(open(archive_of({{"a", std::string(600, 'a')}, {"b", std::string(400, 'b')}}), limits));
  EXPECT_THAT(open(archive_of({{"a", std::string(601, 'a')}}), limits),
              fails_with(ErrorCode::kInvalidInput, "600"));
  EXPECT_THAT(
      open(archive_of({{"a", std::string(600, 'a')}, {"b", std::string(401, 'b')}}), limits),
      fails_with(ErrorCode::kInvalidInput, "1000"));
  EXPECT_THAT(open(archive_of({{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}}), limits),
              fails_with(ErrorCode::kInvalidInput, "3"));
  // Much that unpacks to little.
  std::string members;
  while (members.size() <= limits.max_unpacked_bytes) members += gzipped("");
  EXPECT_THAT(open(members, limits),
              fails_with(ErrorCode::kInvalidInput, "more bytes than the limit of 1000"));
}

}  // namespace
}  // namespace sealift::archive
