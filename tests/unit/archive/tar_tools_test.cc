// What GNU tar, git and gzip write, we read; what we write, they read.
#include "archive_fixture.h"
#include "sample_inputs.h"

#include <sealift/archive/compression.h>
#include <sealift/archive/directory_unpacker.h>
#include <sealift/archive/tar_files.h>
#include <sealift/archive/tar_writer.h>

#include <support/result_matchers.h>
#include <support/temp_directory.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace sealift::archive {
namespace {

using namespace test;
using sealift::test::fails_with;
using sealift::test::TempDirectory;

constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 40;

// Runs a shell line in the directory; paths of temporary directories need no quotes.
[[nodiscard]] bool run_in(const TempDirectory& temp, const std::string& line) {
  return std::system(("cd " + temp.path() + " && export LC_ALL=C && " + line).c_str()) == 0;
}

std::string long_directory() {
  std::string path;
  for (int i = 0; i < 15; ++i) path += "some-directory/";
  return path;
}

// Long enough that ustar must split it, and that GNU must use a long name.
std::string split_path() { return long_directory().substr(0, 120) + "file.yaml"; }

// Longer than ustar can split.
std::string long_path() { return long_directory() + std::string(120, 'x') + ".yaml"; }

class GnuTarFormats : public testing::TestWithParam<std::string> {};

TEST_P(GnuTarFormats, AreRead) {
  const bool ustar = GetParam() == "ustar";
  const TempDirectory temp;
  temp.write("in/a.yaml", "one");
  temp.write("in/größe.yaml", "two");
  temp.write("in/" + split_path(), "three");
  temp.write("in/run.sh", "#!/bin/sh\n");
  std::filesystem::create_directory(temp.file("in/empty"));
  if (!ustar) temp.write("in/" + long_path(), "four");
  ASSERT_TRUE(run_in(temp, "chmod 755 in/run.sh && tar --format=" + GetParam() +
                               " --sort=name -C in -cf t.tar ."));

  RecordingVisitor visitor;
  ASSERT_OK(read_tar(temp.read("t.tar"), visitor));
  std::string files;
  for (const auto& entry : visitor.entries) {
    if (entry.header.type == TarEntry::Type::kFile)
      files +=
          entry.header.path + "=" + entry.content + (entry.header.executable ? "*" : "") + "\n";
  }
  EXPECT_EQ(files, "a.yaml=one\ngröße.yaml=two\nrun.sh=#!/bin/sh\n*\n" + split_path() + "=three\n" +
                       (ustar ? "" : long_path() + "=four\n"));
}

INSTANTIATE_TEST_SUITE_P(Formats, GnuTarFormats, testing::Values("ustar", "pax", "gnu"),
                         [](const auto& format) { return format.param; });

TEST(GnuTar, LinksAndSparseFilesAreRefused) {
  const TempDirectory temp;
  ASSERT_TRUE(run_in(temp,
                     "mkdir s h z && ln -s /etc/passwd s/link && echo x > h/a && ln h/a h/b"
                     " && truncate -s 1M z/hole && tar -C s -cf s.tar . && tar -C h -cf h.tar ."
                     " && tar -C z --sparse --format=gnu -cf zg.tar ."
                     " && tar -C z --sparse --format=pax -cf zp.tar ."));
  const std::vector<std::pair<std::string, std::string>> cases = {{"s.tar", "symbolic link"},
                                                                  {"h.tar", "hard link"},
                                                                  {"zg.tar", "sparse"},
                                                                  {"zp.tar", "sparse"}};
  for (const auto& [archive, message] : cases) {
    RecordingVisitor visitor;
    EXPECT_THAT(read_tar(temp.read(archive), visitor),
                fails_with(ErrorCode::kInvalidInput, message))
        << archive;
  }
}

TEST(GnuTar, ReadsWhatWeWrite) {
  StringSink tar("tar", kNoLimit);
  GzipWriter gzip(tar);
  TarWriter writer(gzip);
  ASSERT_OK(writer.add_directory("empty"));
  ASSERT_OK(writer.add_file("größe.yaml", "two", false));
  ASSERT_OK(writer.add_file("run.sh", "#!/bin/sh\n", true));
  ASSERT_OK(writer.add_file(split_path(), "three", false));
  ASSERT_OK(writer.add_file(long_path(), manifest_text(50), false));
  ASSERT_OK(writer.add_directory(long_directory() + std::string(120, 'd')));
  ASSERT_OK(writer.finish());
  ASSERT_OK(gzip.finish());

  const TempDirectory temp;
  temp.write("t.tar.gz", tar.bytes());
  ASSERT_TRUE(run_in(temp,
                     "gzip -t t.tar.gz && mkdir out"
                     " && tar -tvzf t.tar.gz --utc --numeric-owner --quoting-style=literal > list"
                     " && tar -C out -xzf t.tar.gz 2> errors && test ! -s errors"));
  EXPECT_EQ(temp.read("out/größe.yaml"), "two");
  EXPECT_EQ(temp.read("out/" + split_path()), "three");
  EXPECT_EQ(temp.read("out/" + long_path()), manifest_text(50));
  EXPECT_TRUE(std::filesystem::is_directory(temp.file("out/empty")));
  EXPECT_TRUE(
      std::filesystem::is_directory(temp.file("out/" + long_directory() + std::string(120, 'd'))));
  const std::string list = temp.read("list");
  EXPECT_EQ(list.substr(0, list.find("\n", list.find("\n", list.find("\n") + 1) + 1)),
            "drwxr-xr-x 0/0               0 1970-01-01 00:00 empty/\n"
            "-rw-r--r-- 0/0               3 1970-01-01 00:00 größe.yaml\n"
            "-rwxr-xr-x 0/0              10 1970-01-01 00:00 run.sh");
}

TEST(Git, ArchivesAreRead) {
  const TempDirectory temp;
  temp.write("repository/deploy/app.yaml", "kind: Deployment\n");
  temp.write("repository/" + long_path(), "long");
  ASSERT_TRUE(run_in(temp,
                     "cd repository && export HOME=. GIT_CONFIG_NOSYSTEM=1 && git init -q . &&"
                     " git add . && git -c user.name=a -c user.email=a@example.org commit -qm x &&"
                     " git archive --format=tar.gz -o ../t.tar.gz HEAD"));
  TarFiles files({}, is_manifest_path);
  TarReader reader(files, {});
  const auto gunzip = make_decompressor(Compression::kGzip, reader, kNoLimit);
  ASSERT_OK(gunzip->write(temp.read("t.tar.gz")));
  ASSERT_OK(gunzip->finish());
  ASSERT_OK(reader.finish());
  const std::vector<TarFile> kept = files.take();
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].path + "=" + kept[0].bytes, "deploy/app.yaml=kind: Deployment\n");
  EXPECT_EQ(kept[1].path + "=" + kept[1].bytes, long_path() + "=long");
}

}  // namespace
}  // namespace sealift::archive
