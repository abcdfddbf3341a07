#include "archive_fixture.h"

#include <sealift/archive/tar_writer.h>
#include <sealift/base/digest.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

namespace sealift::archive {
namespace {

using namespace test;
using sealift::test::fails_with;

std::string deep_path(std::size_t names, std::size_t last) {
  std::string path;
  for (std::size_t i = 0; i < names; ++i) path += "directory/";
  return path + std::string(last, 'f');
}

TEST(TarWriter, WritesTheSameBytesForEver) {
  StringSink sink("tar", 1u << 20);
  TarWriter writer(sink);
  ASSERT_OK(writer.add_directory("deploy"));
  ASSERT_OK(writer.add_file("deploy/app.yaml", "kind: Deployment\n", false));
  ASSERT_OK(writer.add_file("deploy/run.sh", "#!/bin/sh\n", true));
  ASSERT_OK(writer.add_file("deploy/größe.yaml", "", false));
  ASSERT_OK(writer.add_file(deep_path(12, 40), "in a prefix", false));
  ASSERT_OK(writer.add_file(deep_path(12, 140), "in a pax header", false));
  ASSERT_OK(writer.finish());
  EXPECT_EQ(sink.bytes().size(), 7168u);
  EXPECT_EQ(Digest::of(sink.bytes()).to_string(),
            "sha256:91885128c9010bb37817b41c765cd4729cce7d7a20a848788680f7c01843f022");
}

TEST(TarWriter, WritesWhatTheReaderReads) {
  for (std::size_t names = 0; names <= 40; names += 4) {
    for (const std::size_t last : {1u, 99u, 100u, 101u, 200u, 245u}) {
      const std::string path = deep_path(names, last);
      StringSink sink("tar", 1u << 20);
      TarWriter writer(sink);
      ASSERT_OK(writer.add_file(path, "content", true));
      ASSERT_OK(writer.add_directory(path + "-directory"));
      ASSERT_OK(writer.finish());
      RecordingVisitor visitor;
      ASSERT_OK(read_tar(sink.bytes(), visitor));
      EXPECT_EQ(visitor.listing(), path + ":7* " + path + "-directory/");
    }
  }
}

TEST(TarWriter, WritesPathsOfTheFullLength) {
  std::string path(204, 'd');
  for (int i = 0; i < 4; ++i) path += "/" + std::string(204, 'd');
  ASSERT_EQ(path.size(), 1'024u);
  StringSink sink("tar", 1u << 20);
  TarWriter writer(sink);
  ASSERT_OK(writer.add_directory(path));
  ASSERT_OK(writer.finish());
  RecordingVisitor visitor;
  ASSERT_OK(read_tar(sink.bytes(), visitor));
  EXPECT_EQ(visitor.listing(), path + "/");
  EXPECT_THAT(writer.add_directory(path + "f"), fails_with(ErrorCode::kInvalidInput, "1024"));
}

TEST(TarWriter, RefusesPathsThatTheReaderWouldRefuse) {
  for (const std::string path :
       {"", ".", "..", "/a", "a/", "./a", "a//b", "a/../b", "a/./b", "a\\b", "a\nb", "a\xff"}) {
    StringSink sink("tar", 1u << 20);
    TarWriter writer(sink);
    EXPECT_THAT(writer.add_file(path, "", false), fails_with(ErrorCode::kInvalidInput)) << path;
    EXPECT_THAT(writer.add_directory(path), fails_with(ErrorCode::kInvalidInput)) << path;
    EXPECT_EQ(sink.bytes(), "") << path;
  }
}

TEST(TarWriter, NamesTheFormThatItWants) {
  StringSink sink("tar", 1u << 20);
  EXPECT_THAT(TarWriter(sink).add_file("./a//b", "", false),
              fails_with(ErrorCode::kInvalidInput, "write \"a/b\""));
}

TEST(TarWriter, ReturnsTheErrorOfItsSink) {
  StringSink sink("tar", 600);
  EXPECT_THAT(TarWriter(sink).add_file("a", std::string(200, 'x'), false),
              fails_with(ErrorCode::kInvalidInput, "tar"));
}

}  // namespace
}  // namespace sealift::archive
