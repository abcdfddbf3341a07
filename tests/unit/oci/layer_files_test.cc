#include "support/result_matchers.h"

#include <sealift/oci/layer_files.h>
#include <sealift/oci/media_types.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;

Descriptor layer(const std::string& content, std::string_view type, Annotations annotations = {}) {
  return {std::string(type), Digest::of(content), content.size(), "", std::move(annotations)};
}

Manifest manifest(std::vector<Descriptor> layers, std::string_view config = media_type::kEmpty,
                  Annotations annotations = {}) {
  return {std::string(media_type::kManifest),
          "",
          layer("{}", config),
          std::move(layers),
          std::nullopt,
          std::move(annotations)};
}

Annotations titled(const std::string& title) { return {{"org.opencontainers.image.title", title}}; }

std::vector<std::string> paths(const Manifest& of, ArchiveUse use = ArchiveUse::kUnpack) {
  const auto files = layer_files(of, use);
  EXPECT_OK(files);
  std::vector<std::string> found;
  for (const auto& file : files.value_or(std::vector<LayerFile>())) found.push_back(file.path);
  return found;
}

using Names = std::vector<std::string>;

TEST(LayerFiles, WhatCanBeDeliveredIsUnpackedUnlessKept) {
  const auto flux = manifest({layer("a", media_type::kFluxContent, titled("content.tgz")),
                              layer("b", "text/plain", titled("readme"))});
  EXPECT_EQ(paths(flux), Names{""});
  EXPECT_EQ(paths(flux, ArchiveUse::kKeep), (Names{"content.tgz", "readme"}));
  const auto oci = manifest({layer("a", media_type::kLayerTarGzip)});
  EXPECT_EQ(paths(oci), Names{""});
  EXPECT_EQ(paths(oci, ArchiveUse::kKeep), Names{"sha256-" + Digest::of("a").hex() + ".tar.gz"});
}

TEST(LayerFiles, AChartIsNamedAsHelmNamesIt) {
  const std::vector<Descriptor> layers = {
      layer("chart", media_type::kHelmContent),
      layer("signature", "application/vnd.cncf.helm.chart.provenance.v1.prov")};
  const Annotations named = {{"org.opencontainers.image.title", "shop"},
                             {"org.opencontainers.image.version", "1.2.0"}};
  EXPECT_EQ(paths(manifest(layers, media_type::kHelmConfig, named)),
            (Names{"shop-1.2.0.tgz", "shop-1.2.0.tgz.prov"}));
  const Annotations hostile = {{"org.opencontainers.image.title", "../shop"},
                               {"org.opencontainers.image.version", "1.2.0"}};
  EXPECT_EQ(paths(manifest(layers, media_type::kHelmConfig, hostile)).front(),
            "sha256-" + Digest::of("chart").hex() + ".tar.gz");
}

TEST(LayerFiles, OneTitleForTwoContentsIsRefusedAndForOneIsOne) {
  const auto same =
      manifest({layer("a", "text/plain", titled("x")), layer("a", "text/plain", titled("./x"))});
  EXPECT_EQ(paths(same), Names{"x"});
  const auto other =
      manifest({layer("a", "text/plain", titled("x")), layer("b", "text/plain", titled("./x"))});
  EXPECT_THAT(layer_files(other, ArchiveUse::kUnpack),
              fails_with(ErrorCode::kInvalidInput, "two layers are named"));
}

TEST(LayerFiles, OnlyWhatOrasPackedIsUnpackedAmongOthers) {
  auto packed = titled("site");
  packed.emplace_back("io.deis.oras.content.unpack", "true");
  std::sort(packed.begin(), packed.end());
  const auto mixed = manifest({layer("a", media_type::kLayerTarGzip, packed),
                               layer("b", media_type::kLayerTarZstd, titled("b.tar.zst")),
                               layer("c", "application/json"), layer("d", "text/start")});
  EXPECT_EQ(paths(mixed), (Names{"", "b.tar.zst", "sha256-" + Digest::of("c").hex() + ".json",
                                 "sha256-" + Digest::of("d").hex()}));
}

}  // namespace
}  // namespace sealift::oci
