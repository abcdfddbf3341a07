// What a copy tells of itself while it is under way.
#include "support/faulty_file_system.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

#include "archive_files.h"
#include "layout_repository.h"

#include <sealift/base/random.h>
#include <sealift/oci/archive.h>
#include <sealift/oci/copy.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/oci/observed_transfer.h>

#include <gtest/gtest.h>

#include <mutex>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FaultyFileSystem;

class Notes : public TransferObserver {
 public:
  void found_manifest() override { add(manifests, 1); }
  void found_blob(std::uint64_t size) override {
    add(found, 1);
    add(found_bytes, static_cast<std::int64_t>(size));
  }
  void moved(std::int64_t bytes) override { add(moved_bytes, bytes); }
  void settled_blob(std::uint64_t size, bool sent) override {
    add(sent ? settled_sent : settled_present, 1);
    if (sent) add(sent_bytes, static_cast<std::int64_t>(size));
  }

  std::int64_t manifests = 0;
  std::int64_t found = 0;
  std::int64_t found_bytes = 0;
  std::int64_t moved_bytes = 0;
  std::int64_t settled_sent = 0;
  std::int64_t settled_present = 0;
  std::int64_t sent_bytes = 0;

 private:
  void add(std::int64_t& number, std::int64_t count) {
    const std::lock_guard lock(mutex_);
    number += count;
  }
  std::mutex mutex_;
};

// Two artifacts that share a layer and the config, and a referrer of the first.
class ObservedCopy : public testing::Test {
 protected:
  ObservedCopy() {
    const auto shared = push_blob(std::string(400'000, 'x'));
    const auto first = push_artifact({shared, push_blob("first")}, "v1");
    push_artifact({shared, push_blob("second")}, "v2");
    push_artifact({push_blob("statement")}, "", first);
  }

  Descriptor push_blob(const std::string& content) {
    Descriptor blob{"text/plain", Digest::of(content), content.size(), "", {}};
    EXPECT_OK(source_.push_blob(blob, Blob::from_string(content), {}));
    return blob;
  }
  Descriptor push_artifact(std::vector<Descriptor> layers, const std::string& tag,
                           std::optional<Descriptor> subject = {}) {
    EXPECT_OK(
        source_.push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
    const std::string bytes = serialize(Manifest{std::string(media_type::kManifest),
                                                 "application/x.test",
                                                 empty_descriptor(),
                                                 std::move(layers),
                                                 std::move(subject),
                                                 {}});
    auto pushed = source_.push_manifest(bytes, media_type::kManifest, tag, {});
    EXPECT_OK(pushed);
    return pushed.value().descriptor;
  }
  CopyOptions observed() {
    CopyOptions options;
    options.observer = &notes_;
    return options;
  }
  std::string archive() {
    ArchiveBuilder builder;
    EXPECT_OK(builder.add(source_, items_, {}, {}));
    StringSink bytes("the archive", 1u << 24);
    EXPECT_OK(builder.write(bytes, 2, {}));
    return bytes.take();
  }
  // Five blobs: the layers of both, the statement and the config.
  void expect_all_sent() const {
    EXPECT_EQ(notes_.manifests, 3);
    EXPECT_EQ(notes_.found, 5);
    EXPECT_EQ(notes_.found_bytes, kAllBytes);
    EXPECT_EQ(notes_.moved_bytes, kAllBytes);
    EXPECT_EQ(notes_.settled_sent, 5);
    EXPECT_EQ(notes_.settled_present, 0);
    EXPECT_EQ(notes_.sent_bytes, kAllBytes);
  }

  static constexpr std::int64_t kAllBytes = 400'000 + 5 + 6 + 9 + 2;
  const std::vector<CopyItem> items_ = {{"v1", {"v1"}}, {"v2", {"v2"}}};
  FaultyFileSystem disk_;
  test::ManualClock clock_{test::ManualClock::Sleep::kJumps};
  LayoutRepository source_{"/srv/from", disk_, clock_, system_random()};
  LayoutRepository destination_{"/srv/to", disk_, clock_, system_random()};
  Notes notes_;
};

TEST_F(ObservedCopy, TellsOfEachBlobOnceAndOfAllItsBytes) {
  ASSERT_OK(copy_artifacts(source_, destination_, items_, observed(), {}));
  expect_all_sent();
}

TEST_F(ObservedCopy, TellsWhatWasThereFromWhatWasSent) {
  ASSERT_OK(copy_artifacts(source_, destination_, {{"v1", {"v1"}}}, {}, {}));
  ASSERT_OK(copy_artifacts(source_, destination_, {{"v2", {"v2"}}}, observed(), {}));
  EXPECT_EQ(notes_.manifests, 1);
  EXPECT_EQ(notes_.found, 3);
  EXPECT_EQ(notes_.settled_present, 2);
  EXPECT_EQ(notes_.settled_sent, 1);
  EXPECT_EQ(notes_.moved_bytes, 6);
}

TEST_F(ObservedCopy, AnArchiveTellsOfBlobsWhenItIsWritten) {
  ArchiveBuilder builder({}, &notes_);
  ASSERT_OK(builder.add(source_, items_, {}, {}));
  EXPECT_EQ(notes_.manifests, 3);
  EXPECT_EQ(notes_.found, 0);
  ASSERT_OK(builder.write_file(disk_, "/srv/a.tar", ArchivePlace::kNew, 2, {}));
  expect_all_sent();
}

TEST_F(ObservedCopy, WhatAnInterruptedArchiveHadIsNotSentAgain) {
  ArchiveBuilder builder({}, &notes_);
  ASSERT_OK(builder.add(source_, items_, {}, {}));
  FaultyFileSystem stick;
  ASSERT_OK(stick.make_directories("/media"));
  stick.set_capacity(200'000);
  ASSERT_THAT(builder.write_file(stick, "/media/a.tar", ArchivePlace::kNew, 2, {}),
              fails_with(ErrorCode::kIo, "goes on there"));
  const auto before = notes_.settled_sent;
  EXPECT_EQ(before, 4);  // all but the large one
  stick.set_capacity(1'000'000);
  Notes again;
  ArchiveBuilder second({}, &again);
  ASSERT_OK(second.add(source_, items_, {}, {}));
  ASSERT_OK(second.write_file(stick, "/media/a.tar", ArchivePlace::kNew, 2, {}));
  EXPECT_EQ(again.settled_present, 4);
  EXPECT_EQ(again.settled_sent, 1);
  EXPECT_EQ(again.moved_bytes, 400'000);
}

TEST_F(ObservedCopy, AStreamTellsTheSame) {
  const std::string bytes = archive();
  ViewSource stream(bytes);
  const auto all = [&](const std::vector<std::string>&) -> Result<std::vector<CopyItem>> {
    return items_;
  };
  ASSERT_OK(copy_from_stream(stream, destination_, all, observed(), {}));
  expect_all_sent();
}

TEST_F(ObservedCopy, AListOfBlobsTellsNothing) {
  ASSERT_OK(list_blobs(source_, items_, observed(), {}));
  EXPECT_EQ(notes_.manifests, 0);
  EXPECT_EQ(notes_.found, 0);
}

TEST(ObservedTransfer, WhatIsReadAgainCountsOnce) {
  Notes notes;
  ObservedTransfer transfer(&notes, 10);
  const Blob blob = transfer.follow(Blob::from_string("0123456789"));
  EXPECT_FALSE(transfer.sent());
  char buffer[16];
  {
    ASSERT_OK_ASSIGN(const auto broken, blob.open());
    ASSERT_OK(broken->read(buffer, 7));
    EXPECT_EQ(notes.moved_bytes, 7);
  }
  ASSERT_OK_ASSIGN(const auto source, blob.open());
  EXPECT_EQ(notes.moved_bytes, 0);
  ASSERT_OK(source->skip(4));  // the other side has these
  ASSERT_OK_ASSIGN(const auto count, source->read(buffer, sizeof buffer));
  EXPECT_EQ(count, 6u);
  EXPECT_EQ(notes.moved_bytes, 10);
  transfer.settle();
  EXPECT_EQ(notes.sent_bytes, 10);
}

TEST(ObservedTransfer, WithoutAnObserverItKnowsWhetherItWasOpened) {
  ObservedTransfer transfer(nullptr, 3);
  const Blob blob = transfer.follow(Blob::from_string("abc"));
  EXPECT_FALSE(transfer.sent());
  ASSERT_OK_ASSIGN(const auto source, blob.open());
  EXPECT_TRUE(transfer.sent());
  transfer.settle();
}

}  // namespace
}  // namespace sealift::oci
