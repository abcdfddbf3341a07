// A layout whose disk fails, fills up, or forgets what was not synced.
#include "support/faulty_file_system.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

#include "layout_repository.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FaultyFileSystem;

class LayoutCrashTest : public testing::Test {
 protected:
  static LayoutRepository open(FaultyFileSystem& files, Clock& clock) {
    return {"/srv/out", files, clock, system_random()};
  }

  // Pushes an artifact of one layer under the tag "v1".
  static Result<Digest> push(Repository& layout, const std::string& content) {
    const Descriptor layer{"text/plain", Digest::of(content), content.size(), "", {}};
    SEALIFT_TRY(layout.push_blob(layer, Blob::from_string(content), {}));
    SEALIFT_TRY(
        layout.push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
    const std::string manifest = serialize(Manifest{
        std::string(media_type::kManifest), "", empty_descriptor(), {layer}, std::nullopt, {}});
    SEALIFT_TRY(layout.push_manifest(manifest, media_type::kManifest, "v1", {}));
    return Digest::of(manifest);
  }

  // The content behind "v1", with all that belongs to it read and checked.
  static Result<std::string> read(Repository& layout) {
    SEALIFT_ASSIGN(const StoredManifest stored, layout.fetch_manifest("v1", {}));
    SEALIFT_ASSIGN(const Manifest manifest, parse_manifest(stored.bytes, media_type::kManifest));
    StringSink config("config", 1'000);
    SEALIFT_TRY(layout.fetch_blob(manifest.config, config, {}));
    StringSink content("content", 1'000);
    SEALIFT_TRY(layout.fetch_blob(manifest.layers.at(0), content, {}));
    return content.take();
  }

  static std::size_t calls_of_push(const std::string& before) {
    FaultyFileSystem files;
    test::ManualClock clock(test::ManualClock::Sleep::kJumps);
    LayoutRepository layout = open(files, clock);
    if (!before.empty()) {
      EXPECT_OK(push(layout, before));
    }
    const std::size_t calls = files.call_count();
    EXPECT_OK(push(layout, "new"));
    return files.call_count() - calls;
  }
};

class LayoutPowerCutTest : public LayoutCrashTest,
                           public testing::WithParamInterface<FaultyFileSystem::Loss> {};

INSTANTIATE_TEST_SUITE_P(Losses, LayoutPowerCutTest,
                         testing::Values(FaultyFileSystem::Loss::kEverythingUnsynced,
                                         FaultyFileSystem::Loss::kContentAlone));

TEST_P(LayoutPowerCutTest, ACrashAtAnyMomentLeavesTheOldOrTheNew) {
  for (const std::string& before : {std::string(), std::string("old")}) {
    const std::size_t calls = calls_of_push(before);
    ASSERT_GT(calls, 10u);
    for (std::size_t n = 1; n <= calls + 1; ++n) {
      SCOPED_TRACE("stopped at call " + std::to_string(n) + " after \"" + before + "\"");
      FaultyFileSystem files;
      test::ManualClock clock(test::ManualClock::Sleep::kJumps);
      LayoutRepository layout = open(files, clock);
      if (!before.empty()) {
        ASSERT_OK(push(layout, before));
      }
      files.fail_from(n, Error(ErrorCode::kIo, "the machine stopped"));
      const bool pushed = push(layout, "new").has_value();
      files.power_cut(GetParam());

      const auto found = read(layout);
      if (pushed) {
        ASSERT_OK(found);
        EXPECT_EQ(*found, "new") << "what a call stored is on the disk when it returns";
      } else if (found) {
        EXPECT_TRUE(*found == "new" || *found == before) << *found;
      } else {
        EXPECT_TRUE(before.empty()) << found.error().message();
        EXPECT_EQ(found.error().code(), ErrorCode::kNotFound) << found.error().message();
      }
      ASSERT_OK(push(layout, "new"));
      ASSERT_OK_ASSIGN(const std::string after, read(layout));
      EXPECT_EQ(after, "new");
    }
  }
}

TEST_F(LayoutCrashTest, AFailureOfOneCallIsReportedAndLeavesNoRest) {
  const std::size_t calls = calls_of_push("old");
  for (std::size_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE("failed call " + std::to_string(n));
    FaultyFileSystem files;
    test::ManualClock clock(test::ManualClock::Sleep::kJumps);
    LayoutRepository layout = open(files, clock);
    ASSERT_OK(push(layout, "old"));
    files.fail_call(n, Error(ErrorCode::kIo, "the disk failed"));
    EXPECT_THAT(push(layout, "new"), fails_with(ErrorCode::kIo, "the disk failed"));
    ASSERT_OK_ASSIGN(const auto entries, files.list("/srv/out"));
    for (const auto& entry : entries) EXPECT_FALSE(entry.name.ends_with(".tmp")) << entry.name;
    ASSERT_OK(push(layout, "new"));
  }
}

// Another push, or an earlier one that ended there, may have stored a blob and not yet synced it.
TEST_F(LayoutCrashTest, WhatIsThereAlreadyIsOnTheDiskAfterAPush) {
  const std::size_t calls = calls_of_push("old");
  for (std::size_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE("failed call " + std::to_string(n));
    FaultyFileSystem files;
    test::ManualClock clock(test::ManualClock::Sleep::kJumps);
    LayoutRepository layout = open(files, clock);
    ASSERT_OK(push(layout, "old"));
    files.fail_call(n, Error(ErrorCode::kIo, "the disk failed"));
    EXPECT_THAT(push(layout, "new"), fails_with(ErrorCode::kIo));
    ASSERT_OK(push(layout, "new"));
    files.power_cut();
    ASSERT_OK_ASSIGN(const std::string found, read(layout));
    EXPECT_EQ(found, "new");
  }
}

TEST_F(LayoutCrashTest, AFullDiskLeavesTheOld) {
  FaultyFileSystem files;
  test::ManualClock clock(test::ManualClock::Sleep::kJumps);
  LayoutRepository layout = open(files, clock);
  ASSERT_OK(push(layout, "old"));
  files.set_capacity(0);
  EXPECT_THAT(push(layout, "new"), fails_with(ErrorCode::kIo));
  ASSERT_OK_ASSIGN(const std::string found, read(layout));
  EXPECT_EQ(found, "old");
}

}  // namespace
}  // namespace sealift::oci
