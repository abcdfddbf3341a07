// What every Repository promises, held against the image layout and against real registries.
#include "support/hostile_registry.h"
#include "support/registry_server.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"
#include "support/test_server.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace sealift::oci {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

Descriptor describe(std::string_view bytes, std::string_view media_type) {
  return {std::string(media_type), Digest::of(bytes), bytes.size(), "", {}};
}

class RepositoryContract : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string address = "oci-layout:" + directory_.file("out");
    if (GetParam() == std::string("fake")) {
      fake_server_.emplace(
          [this](const test::SeenRequest& request) { return fake_.answer(request); });
      address = "oci://" + fake_server_->host() + "/team/shop";
    } else if (GetParam() != std::string("layout")) {
      server_.emplace(GetParam());
      address = "oci://" + server_->address() + "/team/shop";
    }
    ASSERT_OK_ASSIGN(repository_, open(address));
    ASSERT_OK_ASSIGN(neighbour_, open(address + "-base"));
  }

  Repository& repository() { return *repository_; }
  // "team/shop-base" of the same registry; another layout where it is one.
  Repository& neighbour() { return *neighbour_; }

  Descriptor push_blob(const std::string& bytes, std::string_view media_type = "text/plain") {
    const Descriptor descriptor = describe(bytes, media_type);
    EXPECT_OK(repository().push_blob(descriptor, Blob::from_string(bytes), {}));
    return descriptor;
  }
  std::string artifact(const std::string& content, std::optional<Descriptor> subject = {}) {
    push_blob(std::string(kEmptyJson));
    return serialize(Manifest{std::string(media_type::kManifest),
                              "application/x.test",
                              empty_descriptor(),
                              {push_blob(content)},
                              std::move(subject),
                              {{"content", content}}});
  }
  Result<PushedManifest> push(const std::string& manifest, std::string_view tag) {
    return repository().push_manifest(manifest, media_type::kManifest, tag, {});
  }
  Result<std::string> fetch_blob(const Descriptor& blob) {
    StringSink sink("blob", 1u << 30);
    SEALIFT_TRY(repository().fetch_blob(blob, sink, {}));
    return sink.take();
  }

 private:
  Result<std::unique_ptr<Repository>> open(const std::string& address) {
    RepositoryOptions options;
    options.plain_http = true;
    SEALIFT_ASSIGN(const Reference reference, Reference::parse(address));
    return open_repository(reference, options, environment_);
  }

  test::TempDirectory directory_;
  std::optional<test::RegistryServer> server_;
  test::HostileRegistry fake_;  // which hides it here
  std::optional<test::TestServer> fake_server_;
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  RepositoryEnvironment environment_{*transport_, system_files(), system_clock(), system_random()};
  std::unique_ptr<Repository> repository_;
  std::unique_ptr<Repository> neighbour_;
};

INSTANTIATE_TEST_SUITE_P(Stores, RepositoryContract,
                         testing::Values("layout", "distribution", "docker-registry", "crane",
                                         "fake"),
                         [](const auto& store) {
                           std::string name = store.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(RepositoryContract, GivesBackWhatWasPushed) {
  const std::string manifest = artifact("content");
  ASSERT_OK_ASSIGN(const PushedManifest pushed, push(manifest, "v1"));
  EXPECT_EQ(pushed.descriptor.digest, Digest::of(manifest));
  EXPECT_FALSE(pushed.subject_listed_by_server) << "it has no subject";
  for (const std::string& name : {std::string("v1"), pushed.descriptor.digest.to_string()}) {
    ASSERT_OK_ASSIGN(const Descriptor resolved, repository().resolve(name, {}));
    EXPECT_EQ(resolved.digest, pushed.descriptor.digest);
    EXPECT_EQ(resolved.size, manifest.size());
    EXPECT_EQ(resolved.media_type, media_type::kManifest);
    ASSERT_OK_ASSIGN(const StoredManifest stored, repository().fetch_manifest(name, {}));
    EXPECT_EQ(stored.bytes, manifest);
    EXPECT_EQ(stored.descriptor.digest, pushed.descriptor.digest);
    EXPECT_EQ(stored.descriptor.media_type, media_type::kManifest);
  }
  ASSERT_OK_ASSIGN(const std::string blob, fetch_blob(describe("content", "text/plain")));
  EXPECT_EQ(blob, "content");
}

TEST_P(RepositoryContract, SaysNotFound) {
  ASSERT_OK(push(artifact("content"), "v1"));
  const Digest unknown = Digest::of("unknown");
  EXPECT_THAT(repository().resolve("v2", {}), fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(repository().resolve(unknown.to_string(), {}), fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(repository().fetch_manifest("v2", {}), fails_with(ErrorCode::kNotFound, "v2"));
  EXPECT_THAT(repository().fetch_manifest(unknown.to_string(), {}),
              fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(fetch_blob(describe("unknown", "text/plain")), fails_with(ErrorCode::kNotFound));
  ASSERT_OK_ASSIGN(const bool has_unknown, repository().has_blob(unknown, {}));
  EXPECT_FALSE(has_unknown);
  ASSERT_OK_ASSIGN(const bool has_content, repository().has_blob(Digest::of("content"), {}));
  EXPECT_TRUE(has_content);
}

TEST_P(RepositoryContract, HasNothingBeforeTheFirstPush) {
  EXPECT_THAT(repository().resolve("v1", {}), fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(repository().tags({}), fails_with(ErrorCode::kNotFound));
  ASSERT_OK_ASSIGN(const auto referrers, repository().referrers(Digest::of("x"), {}));
  EXPECT_THAT(referrers, IsEmpty());
  ASSERT_OK_ASSIGN(const bool has, repository().has_blob(Digest::of("x"), {}));
  EXPECT_FALSE(has);
}

TEST_P(RepositoryContract, TakesBlobsOfAllSizesAndTheSameOneTwice) {
  std::string large;
  for (int i = 0; large.size() < 3'000'000; ++i) large += std::to_string(i) + "\n";
  for (const std::string& bytes : {std::string(), std::string("\0\xff\n", 3), large}) {
    const Descriptor descriptor = push_blob(bytes);
    push_blob(bytes);
    ASSERT_OK_ASSIGN(const std::string fetched, fetch_blob(descriptor));
    EXPECT_EQ(fetched == bytes, true) << bytes.size() << " bytes";
  }
}

TEST_P(RepositoryContract, RefusesToStoreOtherBytesThanTheDescriptorNames) {
  const Descriptor descriptor = describe("right", "text/plain");
  EXPECT_THAT(repository().push_blob(descriptor, Blob::from_string("wrong"), {}),
              fails_with(ErrorCode::kUntrusted, "hashes to"));
  EXPECT_THAT(repository().push_blob(descriptor, Blob::from_string("right and more"), {}),
              fails_with(ErrorCode::kUntrusted, "14 bytes"));
  ASSERT_OK_ASSIGN(const bool has, repository().has_blob(descriptor.digest, {}));
  EXPECT_FALSE(has);
}

TEST_P(RepositoryContract, ChecksTheSizeThatADescriptorPromises) {
  Descriptor descriptor = push_blob("content");
  descriptor.size = 6;
  EXPECT_THAT(fetch_blob(descriptor), fails_with(ErrorCode::kUntrusted, "more than the 6 bytes"));
  descriptor.size = 8;
  EXPECT_THAT(fetch_blob(descriptor), fails_with(ErrorCode::kUntrusted, "has 7 bytes"));
}

TEST_P(RepositoryContract, TakesOverABlobOfANeighbour) {
  const std::string content = "of the neighbour";
  const Descriptor blob = describe(content, "text/plain");
  ASSERT_OK(neighbour().push_blob(blob, Blob::from_string(content), {}));
  bool sent = false;
  Blob bytes = Blob::from_string(content);
  bytes.open = [&sent, open = std::move(bytes.open)] {
    sent = true;
    return open();
  };
  ASSERT_OK(repository().mount_or_push_blob(blob, bytes, "team/shop-base", {}));
  ASSERT_OK_ASSIGN(const std::string fetched, fetch_blob(blob));
  EXPECT_EQ(fetched, content);
  // go-containerregistry does not mount.
  const bool cannot = GetParam() == std::string("layout") || GetParam() == std::string("crane");
  EXPECT_EQ(sent, cannot) << "a registry needs not be sent it";
}

TEST_P(RepositoryContract, TakesABlobThatTheNeighbourLacks) {
  const Descriptor blob = describe("new", "text/plain");
  ASSERT_OK(repository().mount_or_push_blob(blob, Blob::from_string("new"), "team/shop-base", {}));
  ASSERT_OK_ASSIGN(const std::string fetched, fetch_blob(blob));
  EXPECT_EQ(fetched, "new");
}

class RefusingSink : public ByteSink {
 public:
  Result<> write(std::string_view) override { return fail(ErrorCode::kIo, "the disk is full"); }
};

TEST_P(RepositoryContract, ReturnsTheSinksOwnError) {
  const Descriptor descriptor = push_blob("content");
  RefusingSink sink;
  EXPECT_THAT(repository().fetch_blob(descriptor, sink, {}),
              fails_with(ErrorCode::kIo, "the disk is full"));
}

TEST_P(RepositoryContract, StopsWhenAsked) {
  const std::string manifest = artifact("content");
  std::stop_source stop;
  stop.request_stop();
  StringSink sink("blob", 100);
  EXPECT_THAT(repository().fetch_blob(describe("content", "text/plain"), sink, stop.get_token()),
              fails_with(ErrorCode::kCancelled));
  EXPECT_THAT(repository().push_blob(describe("new", "text/plain"), Blob::from_string("new"),
                                     stop.get_token()),
              fails_with(ErrorCode::kCancelled));
}

TEST_P(RepositoryContract, MovesTagsAndKeepsTheOlderManifest) {
  const std::string older = artifact("older");
  const std::string newer = artifact("newer");
  ASSERT_OK(push(older, "stable"));
  ASSERT_OK(push(newer, "stable"));
  ASSERT_OK_ASSIGN(const Descriptor now, repository().resolve("stable", {}));
  EXPECT_EQ(now.digest, Digest::of(newer));
  EXPECT_OK(repository().fetch_manifest(Digest::of(older).to_string(), {}));
}

TEST_P(RepositoryContract, ListsTagsSorted) {
  const std::string manifest = artifact("content");
  for (const char* tag : {"v2", "v10", "latest", "_x"}) ASSERT_OK(push(manifest, tag));
  ASSERT_OK_ASSIGN(const auto tags, repository().tags({}));
  EXPECT_THAT(tags, ElementsAre("_x", "latest", "v10", "v2"));
}

TEST_P(RepositoryContract, RefusesWhatIsNoTag) {
  const std::string manifest = artifact("content");
  EXPECT_THAT(push(manifest, "a/b"), fails_with(ErrorCode::kInvalidInput, "a/b"));
  EXPECT_THAT(push("{}", "v1"), fails_with(ErrorCode::kInvalidInput, "schemaVersion"));
}

TEST_P(RepositoryContract, StoresAManifestWithoutATag) {
  const std::string manifest = artifact("content");
  ASSERT_OK_ASSIGN(const auto pushed, push(manifest, ""));
  ASSERT_OK_ASSIGN(const auto stored,
                   repository().fetch_manifest(pushed.descriptor.digest.to_string(), {}));
  EXPECT_EQ(stored.bytes, manifest);
}

TEST_P(RepositoryContract, StoresAnIndex) {
  ASSERT_OK_ASSIGN(const auto child, push(artifact("child"), ""));
  const std::string index =
      serialize(Index{std::string(media_type::kIndex), "", {child.descriptor}, std::nullopt, {}});
  ASSERT_OK(repository().push_manifest(index, media_type::kIndex, "all", {}));
  ASSERT_OK_ASSIGN(const auto stored, repository().fetch_manifest("all", {}));
  EXPECT_EQ(stored.bytes, index);
  EXPECT_EQ(stored.descriptor.media_type, media_type::kIndex);
}

TEST_P(RepositoryContract, FindsReferrers) {
  ASSERT_OK_ASSIGN(const auto subject, push(artifact("subject"), "v1"));
  ASSERT_OK_ASSIGN(const auto other, push(artifact("other"), "v2"));
  std::vector<Digest> expected;
  for (const char* name : {"signature", "sbom"}) {
    const std::string manifest = artifact(name, subject.descriptor);
    ASSERT_OK(push(manifest, ""));
    ASSERT_OK(push(manifest, "")) << "twice is once";
    expected.push_back(Digest::of(manifest));
  }
  ASSERT_OK_ASSIGN(const auto found, repository().referrers(subject.descriptor.digest, {}));
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_THAT((std::vector{found[0].digest, found[1].digest}),
              UnorderedElementsAre(expected[0], expected[1]));
  for (const Descriptor& entry : found) {
    EXPECT_EQ(entry.media_type, media_type::kManifest);
    // go-containerregistry states the config's media type whatever the artifactType is.
    const bool is_crane = GetParam() == std::string("crane");
    EXPECT_EQ(entry.artifact_type, is_crane ? media_type::kEmpty : "application/x.test");
    ASSERT_OK_ASSIGN(const auto stored, repository().fetch_manifest(entry.digest.to_string(), {}));
    EXPECT_EQ(stored.bytes.size(), entry.size);
  }
  ASSERT_OK_ASSIGN(const auto none, repository().referrers(other.descriptor.digest, {}));
  EXPECT_THAT(none, IsEmpty());
}

TEST_P(RepositoryContract, KeepsTheReferrersOfManyWritersAtOnce) {
  constexpr int kWriters = 5;
  ASSERT_OK_ASSIGN(const auto subject, push(artifact("subject"), "v1"));
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kWriters; ++i) {
      threads.emplace_back([this, i, &subject] {
        EXPECT_OK(push(artifact("signature " + std::to_string(i), subject.descriptor), ""));
      });
    }
  }
  ASSERT_OK_ASSIGN(const auto found, repository().referrers(subject.descriptor.digest, {}));
  EXPECT_THAT(found, SizeIs(kWriters));
}

TEST_P(RepositoryContract, FindsReferrersOfWhatIsNotThereYet) {
  const Descriptor later = describe("later", media_type::kManifest);
  ASSERT_OK(push(artifact("signature", later), ""));
  ASSERT_OK_ASSIGN(const auto found, repository().referrers(later.digest, {}));
  EXPECT_THAT(found, SizeIs(1));
}

TEST_P(RepositoryContract, ForgetsAReferrerThatIsRemoved) {
  ASSERT_OK_ASSIGN(const auto subject, push(artifact("subject"), "v1"));
  const Digest digest = subject.descriptor.digest;
  const std::string older = artifact("older", subject.descriptor);
  const std::string newer = artifact("newer", subject.descriptor);
  ASSERT_OK(push(older, ""));
  ASSERT_OK(push(newer, ""));
  for (int round = 0; round < 2; ++round) {
    ASSERT_OK(repository().remove_referrer(digest, Digest::of(older), {})) << "gone is gone";
    ASSERT_OK_ASSIGN(const auto left, repository().referrers(digest, {}));
    ASSERT_THAT(left, SizeIs(1));
    EXPECT_EQ(left[0].digest, Digest::of(newer));
  }
  EXPECT_OK(repository().resolve("v1", {}));
  ASSERT_OK(repository().remove_referrer(digest, Digest::of(newer), {}));
  ASSERT_OK_ASSIGN(const auto none, repository().referrers(digest, {}));
  EXPECT_THAT(none, IsEmpty());
  ASSERT_OK(push(older, "")) << "and it may come again";
  ASSERT_OK_ASSIGN(const auto again, repository().referrers(digest, {}));
  EXPECT_THAT(again, SizeIs(1));
}

// Whether a registry removes tags and manifests is for its operator to say.
TEST_P(RepositoryContract, RemovesATagAndLeavesTheManifest) {
  ASSERT_OK_ASSIGN(const auto pushed, push(artifact("one"), "v1"));
  ASSERT_OK(push(artifact("one"), "v2"));
  const auto removed = repository().remove_tag("v1", {});
  if (!removed) {
    EXPECT_EQ(removed.error().code(), ErrorCode::kForbidden) << removed.error().message();
    EXPECT_OK(repository().resolve("v1", {}));
    return;
  }
  EXPECT_THAT(repository().resolve("v1", {}), fails_with(ErrorCode::kNotFound));
  EXPECT_OK(repository().resolve("v2", {}));
  EXPECT_OK(repository().resolve(pushed.descriptor.digest.to_string(), {}));
  EXPECT_THAT(repository().remove_tag("v1", {}), fails_with(ErrorCode::kNotFound));
}

TEST_P(RepositoryContract, RemovesAManifestWithItsTags) {
  ASSERT_OK_ASSIGN(const auto pushed, push(artifact("one"), "v1"));
  ASSERT_OK(push(artifact("one"), "v2"));
  ASSERT_OK(push(artifact("two"), "other"));
  const auto& digest = pushed.descriptor.digest;
  const auto removed = repository().remove_manifest(digest, {});
  if (!removed) {
    EXPECT_EQ(removed.error().code(), ErrorCode::kForbidden) << removed.error().message();
    return;
  }
  EXPECT_OK(repository().resolve("other", {}));
  if (GetParam() != std::string_view("layout")) {
    EXPECT_THAT(repository().resolve(digest.to_string(), {}), fails_with(ErrorCode::kNotFound));
  }
  if (GetParam() == std::string_view("crane")) return;  // keeps a copy under each tag
  EXPECT_THAT(repository().resolve("v1", {}), fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(repository().resolve("v2", {}), fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(repository().remove_manifest(digest, {}), fails_with(ErrorCode::kNotFound));
}

TEST_P(RepositoryContract, IsSafeToUseFromManyThreads) {
  constexpr int kThreads = 6;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([this, i] {
        const std::string name = "t" + std::to_string(i);
        EXPECT_OK(push(artifact(name), name));
        EXPECT_OK(fetch_blob(describe(name, "text/plain")));
      });
    }
  }
  ASSERT_OK_ASSIGN(const auto tags, repository().tags({}));
  EXPECT_THAT(tags, SizeIs(kThreads));
}

}  // namespace
}  // namespace sealift::oci
