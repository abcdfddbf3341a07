#include "archive_fixture.h"

#include <sealift/archive/tar_files.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

namespace sealift::archive {
namespace {

using namespace test;
using sealift::test::fails_with;

TEST(TarFiles, KeepsTheManifestsSortedByPath) {
  TarFiles files({}, is_manifest_path);
  ASSERT_OK(read_tar(raw_entry({"z.yaml"}, "last") +
                         raw_entry({.name = "a.yaml", .type = '5'}, "") +
                         raw_entry({"a.yaml/b.yml"}, "second") + raw_entry({"README.md"}, "no") +
                         raw_entry({"a-.json"}, "first") + raw_entry({"yaml"}, "no") + end_of_tar(),
                     files, {}, 3));
  const std::vector<TarFile> kept = files.take();
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_EQ(kept[0].path + "=" + kept[0].bytes, "a-.json=first");
  EXPECT_EQ(kept[1].path + "=" + kept[1].bytes, "a.yaml/b.yml=second");
  EXPECT_EQ(kept[2].path + "=" + kept[2].bytes, "z.yaml=last");
  EXPECT_TRUE(files.take().empty());
}

TEST(TarFiles, HoldsItsLimitsWithoutTheReader) {
  TarLimits limits;
  limits.max_file_bytes = 4;
  limits.max_unpacked_bytes = 6;
  limits.max_entries = 2;
  TarFiles files(limits, is_manifest_path);
  ASSERT_OK(files.begin_entry({.path = "a.yaml"}));
  ASSERT_OK(files.write("1234"));
  EXPECT_THAT(files.write("5"), fails_with(ErrorCode::kInvalidInput, "limit of 4"));
  ASSERT_OK(files.end_entry());
  ASSERT_OK(files.begin_entry({.path = "ignored.txt"}));
  ASSERT_OK(files.write("123456789"));
  ASSERT_OK(files.end_entry());
  ASSERT_OK(files.begin_entry({.path = "b.yaml"}));
  EXPECT_THAT(files.write("123"), fails_with(ErrorCode::kInvalidInput, "limit of 6"));
  ASSERT_OK(files.end_entry());
  EXPECT_THAT(files.begin_entry({.path = "c.yaml"}),
              fails_with(ErrorCode::kInvalidInput, "limit of 2"));
}

}  // namespace
}  // namespace sealift::archive
