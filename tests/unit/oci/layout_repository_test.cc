#include "support/manual_clock.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include "layout_repository.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace sealift::oci {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::SizeIs;

std::string artifact(const std::string& name, std::optional<Descriptor> subject = std::nullopt) {
  return serialize(Manifest{std::string(media_type::kManifest),
                            "application/x.test",
                            empty_descriptor(),
                            {},
                            std::move(subject),
                            {{"name", name}}});
}

class LayoutTest : public testing::Test {
 protected:
  LayoutRepository open() const {
    return {directory_.file("out"), system_files(), system_clock(), system_random()};
  }
  static Result<PushedManifest> push(LayoutRepository& layout, const std::string& manifest,
                                     const std::string& tag) {
    SEALIFT_TRY(
        layout.push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
    return layout.push_manifest(manifest, media_type::kManifest, tag, {});
  }
  Json index() const {
    auto json = parse_json(directory_.read("out/index.json"), "index.json");
    return json ? *json : Json();
  }

  test::TempDirectory directory_;
};

TEST_F(LayoutTest, IsNotThereBeforeTheFirstPush) {
  LayoutRepository layout = open();
  EXPECT_THAT(layout.resolve("v1", {}), fails_with(ErrorCode::kNotFound, "no image layout in"));
  EXPECT_THAT(layout.tags({}), fails_with(ErrorCode::kNotFound, "no image layout in"));
  EXPECT_FALSE(directory_.has("out"));
  ASSERT_OK(push(layout, artifact("a"), "v1"));
  EXPECT_EQ(directory_.read("out/oci-layout"), R"({"imageLayoutVersion":"1.0.0"})");
}

TEST_F(LayoutTest, DoesNotMoveIntoADirectoryOfSomebodyElse) {
  directory_.write("out/notes.txt", "mine");
  LayoutRepository layout = open();
  EXPECT_THAT(push(layout, artifact("a"), "v1"), fails_with(ErrorCode::kConflict, "notes.txt"));
  EXPECT_FALSE(directory_.has("out/oci-layout"));
}

TEST_F(LayoutTest, KeepsTheManifestWhoseTagMoved) {
  LayoutRepository layout = open();
  ASSERT_OK_ASSIGN(const auto first, push(layout, artifact("a"), "v1"));
  ASSERT_OK_ASSIGN(const auto second, push(layout, artifact("b"), "v1"));
  ASSERT_OK_ASSIGN(const auto now, layout.resolve("v1", {}));
  EXPECT_EQ(now.digest, second.descriptor.digest);
  EXPECT_OK(layout.resolve(first.descriptor.digest.to_string(), {}));
  EXPECT_THAT(*index().find("manifests")->as_array(), SizeIs(2));
  ASSERT_OK(push(layout, artifact("a"), "v2"));
  EXPECT_THAT(*index().find("manifests")->as_array(), SizeIs(2)) << "the old entry takes the tag";
  ASSERT_OK(push(layout, artifact("a"), "v3"));
  ASSERT_OK_ASSIGN(const auto tags, layout.tags({}));
  EXPECT_THAT(tags, ElementsAre("v1", "v2", "v3"));
}

TEST_F(LayoutTest, DoesNotRewriteTheIndexWithoutAChange) {
  LayoutRepository layout = open();
  ASSERT_OK(push(layout, artifact("a"), "v1"));
  const std::string foreign = " " + directory_.read("out/index.json");
  directory_.write("out/index.json", foreign);
  ASSERT_OK(push(layout, artifact("a"), "v1"));
  EXPECT_EQ(directory_.read("out/index.json"), foreign);
}

TEST_F(LayoutTest, KeepsWhatOtherProgramsWroteIntoTheIndex) {
  LayoutRepository layout = open();
  ASSERT_OK(push(layout, artifact("a"), "v1"));
  std::string text = directory_.read("out/index.json");
  text.insert(text.find(R"("digest")"), R"("platform":{"os":"linux"},)");
  directory_.write("out/index.json", text);
  ASSERT_OK(push(layout, artifact("b"), "v1"));
  EXPECT_NE(directory_.read("out/index.json").find(R"("platform":{"os":"linux"})"),
            std::string::npos);
}

TEST_F(LayoutTest, ListsReferrersInTheIndexWithTheirType) {
  LayoutRepository layout = open();
  ASSERT_OK_ASSIGN(const auto subject, push(layout, artifact("a"), "v1"));
  ASSERT_OK_ASSIGN(const auto pushed, push(layout, artifact("s", subject.descriptor), ""));
  EXPECT_TRUE(pushed.subject_listed_by_server);
  const Json document = index();
  const Json& entry = document.find("manifests")->as_array()->at(1);
  EXPECT_EQ(entry.string_at({"artifactType"}), "application/x.test");
  EXPECT_EQ(entry.find("annotations"), nullptr) << "untagged";
}

TEST_F(LayoutTest, RefusesAManifestWhosePartsAreMissing) {
  LayoutRepository layout = open();
  EXPECT_THAT(layout.push_manifest(artifact("a"), media_type::kManifest, "v1", {}),
              fails_with(ErrorCode::kInvalidInput, empty_descriptor().digest.to_string()));
  EXPECT_THAT(layout.resolve("v1", {}), fails_with(ErrorCode::kNotFound));
}

TEST_F(LayoutTest, NoticesContentThatChangedOnTheDisk) {
  LayoutRepository layout = open();
  ASSERT_OK_ASSIGN(const auto pushed, push(layout, artifact("a"), "v1"));
  const std::string blob = "out/blobs/sha256/" + empty_descriptor().digest.hex();
  directory_.write(blob, "[]");
  StringSink sink("test", 10);
  EXPECT_THAT(layout.fetch_blob(empty_descriptor(), sink, {}),
              fails_with(ErrorCode::kUntrusted, "was changed"));
  directory_.write(blob, "{");
  EXPECT_THAT(layout.fetch_blob(empty_descriptor(), sink, {}),
              fails_with(ErrorCode::kUntrusted, "has 1 bytes"));
  ASSERT_OK(layout.push_blob(empty_descriptor(), Blob::from_string("{}"), {}));
  EXPECT_EQ(directory_.read(blob), "{}") << "a file of a wrong size is replaced";
  directory_.write("out/blobs/sha256/" + pushed.descriptor.digest.hex(), artifact("b"));
  EXPECT_THAT(layout.fetch_manifest("v1", {}), fails_with(ErrorCode::kUntrusted, "was changed"));
}

TEST_F(LayoutTest, APushMendsContentThatChangedOnTheDisk) {
  LayoutRepository layout = open();
  ASSERT_OK_ASSIGN(const auto pushed, push(layout, artifact("a"), "v1"));
  const std::string config = "out/blobs/sha256/" + empty_descriptor().digest.hex();
  const std::string manifest = "out/blobs/sha256/" + pushed.descriptor.digest.hex();
  directory_.write(config, "[]");
  directory_.write(manifest, artifact("b"));
  ASSERT_OK(push(layout, artifact("a"), "v1"));
  EXPECT_EQ(directory_.read(config), "{}");
  EXPECT_EQ(directory_.read(manifest), artifact("a"));
}

TEST_F(LayoutTest, MovesATagThatAnotherProgramGaveTwice) {
  LayoutRepository layout = open();
  ASSERT_OK_ASSIGN(const auto a, push(layout, artifact("a"), "v1"));
  ASSERT_OK_ASSIGN(const auto b, push(layout, artifact("b"), "v2"));
  std::string text = directory_.read("out/index.json");
  text.replace(text.find("\"v2\""), 4, "\"v1\"");
  directory_.write("out/index.json", text);
  ASSERT_OK(push(layout, artifact("b"), "v1"));
  ASSERT_OK_ASSIGN(const auto found, layout.resolve("v1", {}));
  EXPECT_EQ(found.digest, b.descriptor.digest);
  EXPECT_OK(layout.resolve(a.descriptor.digest.to_string(), {}));
}

TEST_F(LayoutTest, PassesOverReferrersThatAreElsewhere) {
  LayoutRepository layout = open();
  ASSERT_OK_ASSIGN(const auto subject, push(layout, artifact("a"), "v1"));
  ASSERT_OK_ASSIGN(const auto one, push(layout, artifact("s", subject.descriptor), ""));
  ASSERT_OK_ASSIGN(const auto two, push(layout, artifact("t", subject.descriptor), ""));
  const std::string path = directory_.file("out/blobs/sha256/" + one.descriptor.digest.hex());
  ASSERT_OK(system_files().remove(path));
  ASSERT_OK_ASSIGN(const auto referrers, layout.referrers(subject.descriptor.digest, {}));
  ASSERT_THAT(referrers, SizeIs(1));
  EXPECT_EQ(referrers[0].digest, two.descriptor.digest);
}

TEST_F(LayoutTest, FindsAManifestThatOnlyAnIndexNames) {
  LayoutRepository layout = open();
  ASSERT_OK_ASSIGN(const auto child, push(layout, artifact("a"), "v1"));
  directory_.write("out/index.json", R"({"schemaVersion":2,"manifests":[]})");
  ASSERT_OK_ASSIGN(const auto found,
                   layout.fetch_manifest(child.descriptor.digest.to_string(), {}));
  EXPECT_EQ(found.descriptor.media_type, media_type::kManifest);
  EXPECT_THAT(layout.resolve(empty_descriptor().digest.to_string(), {}),
              fails_with(ErrorCode::kNotFound, "no manifest"));
}

TEST_F(LayoutTest, RefusesAnIndexThatIsNone) {
  LayoutRepository layout = open();
  ASSERT_OK(push(layout, artifact("a"), "v1"));
  directory_.write("out/index.json", R"({"schemaVersion":2,"manifests":{}})");
  EXPECT_THAT(layout.resolve("v1", {}), fails_with(ErrorCode::kInvalidInput, "index.json"));
  directory_.write("out/oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  EXPECT_THAT(layout.resolve("v1", {}), fails_with(ErrorCode::kInvalidInput, "2.0.0"));
}

TEST_F(LayoutTest, GivesUpOnALockThatIsHeldTooLong) {
  test::ManualClock clock(test::ManualClock::Sleep::kJumps);
  LayoutRepository layout(directory_.file("out"), system_files(), clock, system_random());
  ASSERT_OK(push(layout, artifact("a"), "v1"));
  ASSERT_OK_ASSIGN(const auto held, system_files().lock(directory_.file("out/.sealift.lock")));
  EXPECT_THAT(push(layout, artifact("b"), "v1"),
              fails_with(ErrorCode::kUnavailable, "another process holds it"));
  EXPECT_GE(clock.elapsed(), std::chrono::seconds(30));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(layout.push_manifest(artifact("c"), media_type::kManifest, "v1", stop.get_token()),
              fails_with(ErrorCode::kCancelled));
}

// The clock jumps, so that whoever sleeps until it looks again has given up at once.
TEST_F(LayoutTest, ThreadsOfOneProcessDoNotSleepForEachOther) {
  test::ManualClock clock{test::ManualClock::Sleep::kJumps};
  LayoutRepository layout{directory_.file("out"), system_files(), clock, system_random()};
  ASSERT_OK(push(layout, artifact("first"), "first"));
  const SteadyTime before = clock.steady_now();
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&layout, thread] {
      for (int number = 0; number < 20; ++number) {
        const std::string name = std::to_string(thread) + "-" + std::to_string(number);
        EXPECT_OK(push(layout, artifact(name), name));
      }
    });
  }
  threads.clear();
  EXPECT_EQ(clock.steady_now(), before);
  ASSERT_OK_ASSIGN(const auto tags, layout.tags({}));
  EXPECT_THAT(tags, SizeIs(161));
}

TEST_F(LayoutTest, LosesNothingWhenProcessesAndThreadsPushAtOnce) {
  constexpr int kProcesses = 3;
  constexpr int kThreads = 3;
  constexpr int kPushes = 5;
  const auto push_many = [this](const std::string& who) {
    LayoutRepository layout = open();
    for (int i = 0; i < kPushes; ++i) {
      const std::string tag = who + "-" + std::to_string(i);
      if (!push(layout, artifact(tag), tag)) return false;
    }
    return true;
  };
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(push_many("p" + std::to_string(process)) ? 0 : 1);
    children.push_back(child);
  }
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] { EXPECT_TRUE(push_many("t" + std::to_string(thread))); });
    }
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  ASSERT_OK_ASSIGN(const auto tags, open().tags({}));
  EXPECT_THAT(tags, SizeIs((kProcesses + kThreads) * kPushes));
}

}  // namespace
}  // namespace sealift::oci
