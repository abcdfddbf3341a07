#include <sealift/archive/compression.h>
#include <sealift/archive/tar_files.h>
#include <sealift/oci/content_layer.h>
#include <sealift/oci/media_types.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/archive/archive_fixture.h"

namespace sealift::oci {
namespace {

using namespace archive::test;
using archive::GzipWriter;
using archive::is_manifest_path;
using archive::TarEntry;
using archive::TarFile;
using archive::TarFiles;
using archive::TarVisitor;
using sealift::test::fails_with;

Descriptor descriptor(std::string_view media_type, std::string_view bytes) {
  return {std::string(media_type), Digest::of(bytes), bytes.size(), "", {}};
}

std::string gzipped(std::string_view input) {
  StringSink sink("gzip", 1u << 20);
  GzipWriter writer(sink);
  EXPECT_OK(writer.write(input));
  EXPECT_OK(writer.finish());
  return sink.take();
}

std::string one_file_tar() { return raw_entry({"a.yaml"}, "kind: A") + end_of_tar(); }

// Feeds piece by piece and says at the end, as one who compares digests does, whether the bytes
// were the right ones.
Result<std::vector<TarFile>> unpack(std::string_view bytes, bool right_bytes,
                                    std::string_view media_type = media_type::kFluxContent) {
  TarFiles files({}, is_manifest_path);
  const Descriptor layer = descriptor(media_type, bytes);
  const auto feed = [&](ByteSink& sink) -> Result<> {
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 10))) {
      SEALIFT_TRY(sink.write(bytes.substr(0, 10)));
    }
    if (right_bytes) return {};
    return fail(ErrorCode::kUntrusted, "other bytes than promised");
  };
  SEALIFT_TRY(unpack_layer(layer, files, {}, feed));
  return files.take();
}

TEST(MediaTypes, NameTheirCompression) {
  using archive::Compression;
  EXPECT_EQ(compression_of_media_type(media_type::kFluxContent), Compression::kGzip);
  EXPECT_EQ(compression_of_media_type("application/vnd.docker.image.rootfs.diff.tar.gzip"),
            Compression::kGzip);
  EXPECT_EQ(compression_of_media_type(media_type::kLayerTarZstd), Compression::kZstd);
  EXPECT_EQ(compression_of_media_type(media_type::kLayerTar), Compression::kNone);
}

TEST(ContentLayer, IsTheOneLayerWithManifests) {
  Manifest manifest{"", "", descriptor(media_type::kFluxConfig, ""), {}, {}, {}};
  EXPECT_THAT(content_layer(manifest), fails_with(ErrorCode::kInvalidInput, "no layer"));
  manifest.layers.push_back(descriptor("application/vnd.example.readme", "other"));
  for (const auto type : {media_type::kFluxContent, media_type::kLayerTar,
                          media_type::kLayerTarGzip, media_type::kLayerTarZstd}) {
    manifest.layers.push_back(descriptor(type, "content"));
    ASSERT_OK_ASSIGN(const Descriptor layer, content_layer(manifest));
    EXPECT_EQ(layer, manifest.layers.back());
    manifest.layers.push_back(manifest.layers.back());
    EXPECT_THAT(content_layer(manifest), fails_with(ErrorCode::kInvalidInput, "more than one"));
    manifest.layers.resize(1, manifest.layers.front());
  }
  manifest.layers = {descriptor(media_type::kLayerTar, "")};
  manifest.config.media_type = media_type::kHelmConfig;
  EXPECT_THAT(content_layer(manifest), fails_with(ErrorCode::kInvalidInput, "Helm chart"));
}

TEST(UnpackLayer, DecompressesByMediaType) {
  for (const auto& [type, bytes] : {std::pair(media_type::kLayerTar, one_file_tar()),
                                    std::pair(media_type::kFluxContent, gzipped(one_file_tar()))}) {
    ASSERT_OK_ASSIGN(const auto files, unpack(bytes, true, type));
    ASSERT_EQ(files.size(), 1u);
    EXPECT_EQ(files[0].bytes, "kind: A");
  }
}

TEST(UnpackLayer, RefusesBrokenContentThatIsWhatWasPromised) {
  std::string broken = gzipped(one_file_tar());
  EXPECT_THAT(unpack(broken.substr(0, 30), true),
              fails_with(ErrorCode::kInvalidInput, "truncated"));
  broken[0] = 'x';
  EXPECT_THAT(unpack(broken, true), fails_with(ErrorCode::kInvalidInput, "broken"));
  const std::string link = raw_entry({.name = "a", .type = '2'}, "") + end_of_tar();
  EXPECT_THAT(unpack(link, true, media_type::kLayerTar),
              fails_with(ErrorCode::kInvalidInput, "symbolic link"));
}

// Changed bytes hardly ever decompress. What counts is that they are not the promised ones.
TEST(UnpackLayer, ErrorOfTheFeedWinsOverBrokenContent) {
  const std::string good = gzipped(one_file_tar());
  EXPECT_THAT(unpack(good, false), fails_with(ErrorCode::kUntrusted, "other bytes"));
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    EXPECT_THAT(unpack(changed, false), fails_with(ErrorCode::kUntrusted, "other bytes")) << at;
  }
}

TEST(UnpackLayer, DoesNotReadOnAfterAnErrorOfTheMachine) {
  class FullDisk : public TarVisitor {
    Result<> begin_entry(const TarEntry&) override { return {}; }
    Result<> write(std::string_view) override { return fail(ErrorCode::kIo, "the disk is full"); }
    Result<> end_entry() override { return {}; }
  };
  FullDisk disk;
  const std::string bytes = one_file_tar();
  const auto feed = [&](ByteSink& sink) -> Result<> {
    SEALIFT_TRY(sink.write(bytes));
    ADD_FAILURE() << "read on";
    return {};
  };
  EXPECT_THAT(unpack_layer(descriptor(media_type::kLayerTar, bytes), disk, {}, feed),
              fails_with(ErrorCode::kIo, "the disk is full"));
}

TEST(UnpackLayer, RefusesALayerThatIsLongerThanItsContentMayBe) {
  TarFiles files({}, is_manifest_path);
  Descriptor layer = descriptor(media_type::kFluxContent, "");
  layer.size = std::uint64_t{1} << 40;
  const auto feed = [](ByteSink&) -> Result<> {
    ADD_FAILURE() << "fetched";
    return {};
  };
  EXPECT_THAT(unpack_layer(layer, files, {}, feed),
              fails_with(ErrorCode::kInvalidInput, "1099511627776 bytes"));
}

}  // namespace
}  // namespace sealift::oci
