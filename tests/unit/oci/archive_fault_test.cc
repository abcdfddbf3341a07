// An archive on a disk that fails, fills up, or forgets what was not synced.
#include "support/faulty_file_system.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

#include "archive_files.h"
#include "layout_repository.h"
#include "read_only_layout.h"

#include <sealift/oci/archive.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FaultyFileSystem;

constexpr const char* kPath = "/media/stick/a.tar";
constexpr const char* kPartial = "/media/stick/a.tar.partial";

class ArchiveFault : public testing::Test {
 protected:
  ArchiveFault() {
    std::vector<Descriptor> layers;
    for (const std::string& content : {std::string("small"), std::string(400'000, 'x')}) {
      layers.push_back({"text/plain", Digest::of(content), content.size(), "", {}});
      EXPECT_OK(source_.push_blob(layers.back(), Blob::from_string(content), {}));
    }
    EXPECT_OK(
        source_.push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
    const std::string manifest = serialize(Manifest{
        std::string(media_type::kManifest), "", empty_descriptor(), layers, std::nullopt, {}});
    EXPECT_OK(source_.push_manifest(manifest, media_type::kManifest, "v1", {}));
    EXPECT_OK(builder_.add(source_, {{"v1", {"v1"}}}, {}, {}));
    EXPECT_OK(disk_.make_directories("/media/stick"));
  }

  Result<ArchiveSummary> write(FaultyFileSystem& disk) {
    return builder_.write_file(disk, kPath, ArchivePlace::kReplaced, 2, {});
  }
  // Everything in it can be read and is what it should be.
  static Result<> read_whole(FaultyFileSystem& disk) {
    ReadOnlyLayout archive(std::make_unique<ArchiveFiles>(kPath, disk));
    SEALIFT_ASSIGN(const auto stored, archive.fetch_manifest("v1", {}));
    SEALIFT_ASSIGN(const auto manifest, parse_manifest(stored.bytes, media_type::kManifest));
    for (const auto& layer : manifest.layers) {
      StringSink content("layer", 1u << 20);
      SEALIFT_TRY(archive.fetch_blob(layer, content, {}));
    }
    return {};
  }
  std::size_t calls_of_write() {
    FaultyFileSystem disk;
    disk.copy_from(disk_);
    const std::size_t before = disk.call_count();
    EXPECT_OK(write(disk));
    return disk.call_count() - before;
  }

  FaultyFileSystem shelf_;
  FaultyFileSystem disk_;
  test::ManualClock clock_{test::ManualClock::Sleep::kJumps};
  LayoutRepository source_{"/srv/out", shelf_, clock_, system_random()};
  ArchiveBuilder builder_;
};

TEST_F(ArchiveFault, AfterAFailureOfAnyCallNothingHalfIsThereAndTheNextRunCompletes) {
  const std::size_t calls = calls_of_write();
  ASSERT_GT(calls, 10u);
  for (std::size_t n = 1; n <= calls; n += test::kFaultStride) {
    FaultyFileSystem disk;
    disk.copy_from(disk_);
    disk.fail_call(n, Error(ErrorCode::kIo, "the disk is bad"));
    const auto written = write(disk);
    // What fails is said, but for a look that only asks whether something is there.
    if (!written) {
      EXPECT_THAT(written, fails_with(ErrorCode::kIo, "the disk is bad")) << n;
    }
    if (disk.exists(kPath)) {
      EXPECT_OK(read_whole(disk)) << n;
    }
    if (!written) {
      EXPECT_OK(write(disk)) << n;
    }
    EXPECT_OK(read_whole(disk)) << n;
    EXPECT_FALSE(disk.exists(kPartial)) << n;
  }
}

TEST_F(ArchiveFault, AfterAPowerCutAtAnyCallNothingHalfIsThereAndTheNextRunCompletes) {
  const std::size_t calls = calls_of_write();
  for (const auto loss :
       {FaultyFileSystem::Loss::kEverythingUnsynced, FaultyFileSystem::Loss::kContentAlone}) {
    for (std::size_t n = 1; n <= calls + 1; n += test::kFaultStride) {
      FaultyFileSystem disk;
      disk.copy_from(disk_);
      disk.fail_from(n, Error(ErrorCode::kIo, "no power"));
      const bool written = write(disk).has_value();
      disk.power_cut(loss);
      EXPECT_TRUE(!written || disk.exists(kPath)) << n;
      if (disk.exists(kPath)) {
        EXPECT_OK(read_whole(disk)) << n;
      }
      EXPECT_OK(write(disk)) << n;
      EXPECT_OK(read_whole(disk)) << n;
    }
  }
}

TEST_F(ArchiveFault, AFullDiskIsSaidAndWhatIsThereIsKept) {
  disk_.set_capacity(200'000);
  EXPECT_THAT(write(disk_), fails_with(ErrorCode::kIo, "goes on there"));
  EXPECT_FALSE(disk_.exists(kPath));
  disk_.set_capacity(10'000'000);
  ASSERT_OK_ASSIGN(const auto summary, write(disk_));
  EXPECT_GT(summary.kept_bytes, 0u);
  EXPECT_OK(read_whole(disk_));
}

TEST_F(ArchiveFault, WhatAppearedMeanwhileIsNotReplaced) {
  disk_.put(kPath, "another's archive");
  EXPECT_THAT(builder_.write_file(disk_, kPath, ArchivePlace::kNew, 2, {}),
              fails_with(ErrorCode::kConflict, "appeared while"));
  EXPECT_EQ(disk_.content(kPath), "another's archive");
  ASSERT_OK_ASSIGN(const auto summary, write(disk_));
  EXPECT_GT(summary.kept_bytes, 400'000u) << "what was written is used";
}

TEST_F(ArchiveFault, AFileOfThatNameThatIsNotOursStaysAsItIs) {
  disk_.put(kPartial, "my thesis");
  EXPECT_THAT(write(disk_), fails_with(ErrorCode::kConflict, "holds something else"));
  EXPECT_EQ(disk_.content(kPartial), "my thesis");
  disk_.put(kPartial, "");
  disk_.give_away(kPartial);
  EXPECT_THAT(write(disk_), fails_with(ErrorCode::kConflict, "another user"));
  EXPECT_EQ(disk_.content(kPartial), "");
  EXPECT_FALSE(disk_.exists(kPath));
}

}  // namespace
}  // namespace sealift::oci
