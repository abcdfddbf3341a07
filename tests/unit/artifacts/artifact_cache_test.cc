#include <sealift/artifacts/artifact_cache.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <gtest/gtest.h>

#include <functional>
#include <latch>
#include <memory>
#include <thread>

#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "unit/signing/memory_repository.h"

namespace sealift::artifacts {
namespace {

using sealift::test::fails_with;
using sealift::test::FaultyFileSystem;
using signing::FoundSignature;
using signing::test::MemoryRepository;

oci::Descriptor describe(std::string_view bytes, std::string_view type) {
  return {std::string(type), Digest::of(bytes), bytes.size(), {}, {}};
}

oci::StoredManifest manifest_with(const oci::Descriptor& layer) {
  const oci::Manifest manifest{
      std::string(oci::media_type::kManifest), "", oci::empty_descriptor(), {layer}, {}, {}};
  auto bytes = oci::serialize(manifest);
  auto descriptor = describe(bytes, manifest.media_type);
  return {std::move(descriptor), std::move(bytes)};
}

class ArtifactCacheTest : public testing::Test {
 protected:
  oci::Descriptor push(const std::string& bytes) {
    auto blob = describe(bytes, oci::media_type::kFluxContent);
    EXPECT_OK(registry_.push_blob(blob, Blob::from_string(bytes), {}));
    return blob;
  }
  Result<std::string> read(const oci::Descriptor& blob) {
    StringSink sink("blob", 1u << 20);
    SEALIFT_TRY(cache_.read_blob(blob, sink));
    return sink.take();
  }
  static std::string path_of(std::string_view kind, const Digest& digest) {
    return "cache/" + std::string(kind) + "/sha256-" + digest.hex();
  }
  std::vector<std::string> names(const std::string& kind) {
    std::vector<std::string> names;
    const auto entries = files_.list("cache/" + kind);
    if (!entries) return names;
    for (const auto& entry : *entries) names.push_back(entry.name);
    return names;
  }

  FaultyFileSystem files_;
  ArtifactCache cache_{files_, "cache"};
  MemoryRepository registry_;
};

TEST_F(ArtifactCacheTest, KeepsManifests) {
  const auto stored = manifest_with(push("layer"));
  const auto& digest = stored.descriptor.digest;
  ASSERT_OK_ASSIGN(auto found, cache_.manifest(digest));
  EXPECT_FALSE(found);
  ASSERT_OK(cache_.store_manifest(stored));
  files_.power_cut();
  ASSERT_OK_ASSIGN(found, cache_.manifest(digest));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes, stored.bytes);
  EXPECT_EQ(found->descriptor, stored.descriptor);
}

TEST_F(ArtifactCacheTest, TakesABrokenManifestForAMissingOne) {
  const auto stored = manifest_with(push("layer"));
  const auto& digest = stored.descriptor.digest;
  const auto path = path_of("manifests", digest);
  for (const auto& broken :
       {std::string(), stored.bytes.substr(1), stored.bytes + " ", std::string(5u << 20, ' ')}) {
    SCOPED_TRACE(broken.size());
    files_.put(path, broken);
    ASSERT_OK_ASSIGN(const auto found, cache_.manifest(digest));
    EXPECT_FALSE(found);
  }
  files_.fail_call(1, Error(ErrorCode::kIo, "disk broken"));
  EXPECT_THAT(cache_.manifest(digest), fails_with(ErrorCode::kIo));
}

TEST_F(ArtifactCacheTest, KeepsSignatures) {
  signing::SignatureSet set;
  set.pieces.push_back({FoundSignature::Format::kBundle, "referrer sha256:1", "{\"a\":1}"});
  set.pieces.push_back({FoundSignature::Format::kSimpleSigning,
                        "tag sha256-1.sig, layer 0",
                        std::string("pay\0load", 8),
                        {{"dev.cosignproject.cosign/signature", "c2ln"},
                         {"dev.sigstore.cosign/certificate", "-----BEGIN CERTIFICATE-----\n"}}});
  set.pieces.push_back({FoundSignature::Format::kAttestation, "tag sha256-1.att, layer 0", "{}"});
  const auto digest = Digest::of("manifest");
  ASSERT_OK_ASSIGN(auto found, cache_.signatures(digest));
  EXPECT_FALSE(found);
  ASSERT_OK(cache_.store_signatures(digest, set));
  files_.power_cut();
  ASSERT_OK_ASSIGN(found, cache_.signatures(digest));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->pieces.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found->pieces[i].format, set.pieces[i].format);
    EXPECT_EQ(found->pieces[i].location, set.pieces[i].location);
    EXPECT_EQ(found->pieces[i].payload, set.pieces[i].payload);
    EXPECT_EQ(found->pieces[i].annotations, set.pieces[i].annotations);
  }
  for (const auto* broken :
       {"", "{", "[]", R"({"pieces":[{"format":"bundle"}]})",
        R"({"pieces":[{"format":"simple","location":"tag","payload":"e30="}]})"}) {
    SCOPED_TRACE(broken);
    files_.put(path_of("signatures", digest), broken);
    ASSERT_OK_ASSIGN(found, cache_.signatures(digest));
    EXPECT_FALSE(found);
  }
}

TEST_F(ArtifactCacheTest, FetchesAndReadsBlobs) {
  const auto blob = push("a layer");
  EXPECT_FALSE(cache_.has_blob(blob));
  ASSERT_OK(cache_.fetch_blob(registry_, blob, {}));
  files_.power_cut();
  EXPECT_TRUE(cache_.has_blob(blob));
  ASSERT_OK_ASSIGN(const auto bytes, read(blob));
  EXPECT_EQ(bytes, "a layer");
}

TEST_F(ArtifactCacheTest, LeavesNothingOfAFailedFetch) {
  const auto blob = push("a layer");
  registry_.blob_error = Error(ErrorCode::kUntrusted, "bytes do not match");
  EXPECT_THAT(cache_.fetch_blob(registry_, blob, {}), fails_with(ErrorCode::kUntrusted));
  EXPECT_TRUE(names("blobs").empty());
  EXPECT_FALSE(cache_.has_blob(blob));
}

TEST_F(ArtifactCacheTest, NoticesBytesThatTheDiskChanged) {
  const auto blob = push("a layer");
  for (const auto* changed : {"A layer", "a laye", "a layer.", ""}) {
    SCOPED_TRACE(changed);
    ASSERT_OK(cache_.fetch_blob(registry_, blob, {}));
    files_.put(path_of("blobs", blob.digest), changed);
    EXPECT_EQ(cache_.has_blob(blob), std::string_view(changed).size() == blob.size);
    EXPECT_THAT(read(blob), fails_with(ErrorCode::kUntrusted, "was changed on disk"));
    EXPECT_TRUE(names("blobs").empty());
  }
}

// A sink that finds fault with what it is given.
class PickySink : public ByteSink {
 public:
  Result<> write(std::string_view) override { return fail(ErrorCode::kInvalidInput, "no YAML"); }
};

TEST_F(ArtifactCacheTest, TellsABrokenDiskFromABadArtifact) {
  const auto blob = push("a layer");
  ASSERT_OK(cache_.fetch_blob(registry_, blob, {}));
  PickySink sink;
  EXPECT_THAT(cache_.read_blob(blob, sink), fails_with(ErrorCode::kInvalidInput, "no YAML"));
  EXPECT_TRUE(cache_.has_blob(blob));
  files_.put(path_of("blobs", blob.digest), "A layer");
  EXPECT_THAT(cache_.read_blob(blob, sink), fails_with(ErrorCode::kUntrusted, "changed on disk"));
  EXPECT_FALSE(cache_.has_blob(blob));
}

TEST_F(ArtifactCacheTest, RetainsWhatIsWantedAlone) {
  const auto wanted_layer = push("wanted");
  const auto other_layer = push("other");
  const auto wanted = manifest_with(wanted_layer);
  const auto other = manifest_with(other_layer);
  for (const auto& stored : {wanted, other}) {
    ASSERT_OK(cache_.store_manifest(stored));
    ASSERT_OK(cache_.store_signatures(stored.descriptor.digest, {}));
    ASSERT_OK(cache_.store_reader(stored.descriptor.digest, "abc"));
  }
  ASSERT_OK(cache_.fetch_blob(registry_, wanted_layer, {}));
  ASSERT_OK(cache_.fetch_blob(registry_, other_layer, {}));
  files_.put("cache/blobs/.being-written.tmp", "x");
  ASSERT_OK(cache_.retain({wanted}));
  const std::vector<std::string> kept{"sha256-" + wanted.descriptor.digest.hex()};
  EXPECT_EQ(names("manifests"), kept);
  EXPECT_EQ(names("signatures"), kept);
  EXPECT_EQ(names("blobs"), (std::vector<std::string>{".being-written.tmp",
                                                      "sha256-" + wanted_layer.digest.hex()}));
  EXPECT_TRUE(cache_.has_reader(wanted.descriptor.digest, "abc"));
  EXPECT_FALSE(cache_.has_reader(other.descriptor.digest, "abc"));
}

TEST_F(ArtifactCacheTest, KnowsWhoHasReadWhat) {
  const auto digest = Digest::of("manifest");
  EXPECT_FALSE(cache_.has_reader(digest, "abc"));
  ASSERT_OK(cache_.store_reader(digest, "abc"));
  ASSERT_OK(cache_.store_reader(digest, "abc"));
  files_.power_cut();
  EXPECT_TRUE(cache_.has_reader(digest, "abc"));
  EXPECT_FALSE(cache_.has_reader(digest, "ab"));
  EXPECT_FALSE(cache_.has_reader(Digest::of("another"), "abc"));
  const auto pin = cache_.pin(digest);
  ASSERT_OK(cache_.retain({}));
  EXPECT_TRUE(cache_.has_reader(digest, "abc")) << "it is pinned with its manifest";
}

TEST_F(ArtifactCacheTest, LeavesAloneWhatIsPinned) {
  const auto layer = push("layer");
  const auto stored = manifest_with(layer);
  const auto& digest = stored.descriptor.digest;
  ASSERT_OK(cache_.store_manifest(stored));
  ASSERT_OK(cache_.store_signatures(digest, {}));
  ASSERT_OK(cache_.fetch_blob(registry_, layer, {}));
  auto manifest_pin = cache_.pin(digest);
  auto second_pin = cache_.pin(digest);
  auto layer_pin = cache_.pin(layer.digest);
  ASSERT_OK(cache_.retain({}));
  EXPECT_EQ(names("manifests").size(), 1u);
  EXPECT_EQ(names("signatures").size(), 1u);
  EXPECT_TRUE(cache_.has_blob(layer));
  layer_pin.reset();
  manifest_pin.reset();
  ASSERT_OK(cache_.retain({}));
  EXPECT_EQ(names("manifests").size(), 1u) << "pinned twice";
  EXPECT_FALSE(cache_.has_blob(layer));
  second_pin.reset();
  ASSERT_OK(cache_.retain({}));
  EXPECT_TRUE(names("manifests").empty());
  EXPECT_TRUE(names("signatures").empty());
}

// A disk on which something happens when a directory has just been read.
class BusyFileSystem : public FaultyFileSystem {
 public:
  Result<std::vector<DirectoryEntry>> list(const std::string& path) override {
    auto entries = FaultyFileSystem::list(path);
    if (after_list) after_list(path);
    return entries;
  }
  std::function<void(const std::string&)> after_list;
};

TEST(ArtifactCacheWhileTidied, KeepsWhatCameIntoUseMeanwhile) {
  BusyFileSystem files;
  ArtifactCache cache(files, "cache");
  MemoryRepository registry;
  const std::string bytes = "layer";
  const auto blob = describe(bytes, oci::media_type::kFluxContent);
  ASSERT_OK(registry.push_blob(blob, Blob::from_string(bytes), {}));
  ASSERT_OK(cache.fetch_blob(registry, blob, {}));
  std::shared_ptr<void> pin;
  files.after_list = [&](const std::string& path) {
    if (path != "cache/blobs") return;
    pin = cache.pin(blob.digest);
    EXPECT_TRUE(cache.has_blob(blob));
  };
  ASSERT_OK(cache.retain({}));
  EXPECT_TRUE(cache.has_blob(blob));
  files.after_list = [&](const std::string&) {
    (void)files.remove("cache/blobs/sha256-" + blob.digest.hex());
  };
  pin.reset();
  EXPECT_OK(cache.retain({})) << "another may have removed what it had read";
}

TEST(ArtifactCacheWhileTidied, LosesNothingThatIsPinnedBeforeItIsLookedFor) {
  FaultyFileSystem files;
  ArtifactCache cache(files, "cache");
  MemoryRepository registry;
  const std::string bytes(10'000, 'x');
  const auto blob = describe(bytes, oci::media_type::kFluxContent);
  ASSERT_OK(registry.push_blob(blob, Blob::from_string(bytes), {}));
  const std::jthread tidier([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) EXPECT_OK(cache.retain({}));
  });
  for (int i = 0; i < 500; ++i) {
    const auto pin = cache.pin(blob.digest);
    if (!cache.has_blob(blob)) {
      ASSERT_OK(cache.fetch_blob(registry, blob, {}));
    }
    StringSink sink("blob", 1u << 20);
    ASSERT_OK(cache.read_blob(blob, sink));
  }
}

// Whatever fails, and wherever the power goes, what is wanted stays whole.
TEST_F(ArtifactCacheTest, KeepsWhatIsWantedThroughEachFault) {
  const auto wanted_layer = push("wanted");
  const auto other_layer = push("other");
  const auto wanted = manifest_with(wanted_layer);
  const auto other = manifest_with(other_layer);
  for (bool power_cut : {false, true}) {
    for (std::size_t n = 1;; ++n) {
      SCOPED_TRACE(n);
      for (const auto& stored : {wanted, other}) {
        ASSERT_OK(cache_.store_manifest(stored));
        ASSERT_OK(cache_.store_signatures(stored.descriptor.digest, {}));
        const auto layer = oci::parse_manifest(stored.bytes, "")->layers.at(0);
        ASSERT_OK(cache_.fetch_blob(registry_, layer, {}));
      }
      const auto calls = files_.call_count();
      files_.fail_from(n, Error(ErrorCode::kIo, "disk broken"));
      const auto tidied = cache_.retain({wanted});
      const auto used = files_.call_count() - calls;
      // Also ends the fault.
      files_.power_cut(power_cut ? FaultyFileSystem::Loss::kEverythingUnsynced
                                 : FaultyFileSystem::Loss::kContentAlone);
      ASSERT_OK_ASSIGN(const auto manifest, cache_.manifest(wanted.descriptor.digest));
      EXPECT_TRUE(manifest);
      EXPECT_TRUE(cache_.has_blob(wanted_layer));
      if (used < n) {
        EXPECT_OK(tidied);
        break;
      }
      EXPECT_THAT(tidied, fails_with(ErrorCode::kIo));
    }
  }
}

TEST_F(ArtifactCacheTest, RemovesLeftoversAlone) {
  ASSERT_OK(cache_.remove_leftovers());
  const auto blob = push("a layer");
  ASSERT_OK(cache_.fetch_blob(registry_, blob, {}));
  files_.put("cache/blobs/.half.tmp", "x");
  files_.put("cache/manifests/.half.tmp", "x");
  ASSERT_OK(cache_.remove_leftovers());
  EXPECT_TRUE(cache_.has_blob(blob));
  EXPECT_EQ(names("blobs").size(), 1u);
  EXPECT_TRUE(names("manifests").empty());
}

TEST_F(ArtifactCacheTest, LetsTwoFetchOneBlobAtOnce) {
  const auto blob = push(std::string(100'000, 'x'));
  for (int round = 0; round < 20; ++round) {
    std::latch start(2);
    const auto fetch = [&] {
      start.arrive_and_wait();
      EXPECT_OK(cache_.fetch_blob(registry_, blob, {}));
    };
    {
      const std::jthread first(fetch);
      const std::jthread second(fetch);
    }
    EXPECT_EQ(names("blobs").size(), 1u);
    ASSERT_OK_ASSIGN(const auto bytes, read(blob));
    EXPECT_EQ(bytes.size(), 100'000u);
  }
}

}  // namespace
}  // namespace sealift::artifacts
