#include "support/result_matchers.h"

#include "referrer.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;

const std::string kHex(64, 'b');

std::string descriptor_text(std::string_view media_type) {
  return R"({"mediaType":")" + std::string(media_type) + R"(","digest":"sha256:)" + kHex +
         R"(","size":7})";
}

std::string manifest_text(const std::string& more) {
  return R"({"schemaVersion":2,"config":)" + descriptor_text(media_type::kEmpty) +
         R"(,"layers":[)" + descriptor_text(media_type::kFluxContent) + "]" + more + "}";
}

TEST(Manifest, IsWrittenInTheOrderOfTheSpecification) {
  ASSERT_OK_ASSIGN(const Digest digest, Digest::parse("sha256:" + kHex));
  const Manifest manifest{std::string(media_type::kManifest),
                          "application/x.y",
                          empty_descriptor(),
                          {{std::string(media_type::kFluxContent), digest, 7, "", {{"n", "1"}}}},
                          Descriptor{std::string(media_type::kManifest), digest, 9, "", {}},
                          {{"b", "2"}, {"a", "1"}}};
  EXPECT_EQ(
      serialize(manifest),
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
      R"("artifactType":"application/x.y","config":{"mediaType":"application/vnd.oci.empty.v1+json",)"
      R"("digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",)"
      R"("size":2},"layers":[{"mediaType":"application/vnd.cncf.flux.content.v1.tar+gzip",)"
      R"("digest":"sha256:)" +
          kHex + R"(","size":7,"annotations":{"n":"1"}}],"subject":{"mediaType":)" +
          R"("application/vnd.oci.image.manifest.v1+json","digest":"sha256:)" + kHex +
          R"(","size":9},"annotations":{"a":"1","b":"2"}})");
}

TEST(Manifest, ReadsWhatItWrites) {
  ASSERT_OK_ASSIGN(const Manifest manifest,
                   parse_manifest(manifest_text(R"(,"annotations":{"b":"2","a":"1"},"subject":)" +
                                                descriptor_text(media_type::kManifest)),
                                  media_type::kManifest));
  EXPECT_EQ(manifest.layers.at(0).size, 7u);
  EXPECT_EQ(manifest.subject->digest.hex(), kHex);
  EXPECT_EQ(find_annotation(manifest.annotations, "a"), "1");
  EXPECT_EQ(find_annotation(manifest.annotations, "c"), "");
  ASSERT_OK_ASSIGN(const Manifest again,
                   parse_manifest(serialize(manifest), media_type::kManifest));
  EXPECT_EQ(serialize(again), serialize(manifest));
}

TEST(Manifest, TakesTheContentTypeWhereItNamesNoneItself) {
  ASSERT_OK_ASSIGN(const Manifest docker,
                   parse_manifest(manifest_text(""), media_type::kDockerManifest));
  EXPECT_EQ(docker.media_type, media_type::kDockerManifest);
  ASSERT_OK_ASSIGN(const Manifest oci, parse_manifest(manifest_text(""), ""));
  EXPECT_EQ(oci.media_type, media_type::kManifest);
}

TEST(Manifest, IgnoresMembersThatItDoesNotKnow) {
  EXPECT_OK(parse_manifest(manifest_text(R"(,"future":[1])"), ""));
}

struct Refused {
  std::string bytes;
  std::string reason;
};

class RefusedManifest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedManifest, NamesTheMember) {
  EXPECT_THAT(parse_manifest(GetParam().bytes, media_type::kManifest),
              fails_with(ErrorCode::kInvalidInput, GetParam().reason));
}

std::string with_layer(const std::string& layer) {
  return R"({"schemaVersion":2,"config":)" + descriptor_text(media_type::kEmpty) +
         R"(,"layers":[)" + layer + "]}";
}

std::string many_layers() {
  std::string layers = descriptor_text("a/b");
  for (std::size_t i = 0; i < kMaxLayers; ++i) layers += "," + descriptor_text("a/b");
  return layers;
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedManifest,
    testing::Values(
        Refused{"", "image manifest"}, Refused{"[]", "must be an object"},
        Refused{R"({"schemaVersion":1})", "schemaVersion: must be 2"},
        Refused{R"({"schemaVersion":2})", "config: is required"},
        Refused{manifest_text(R"(,"mediaType":"application/vnd.oci.image.index.v1+json")"),
                "disagrees"},
        Refused{manifest_text(R"(,"manifests":[])"), "must not be both"},
        Refused{manifest_text(R"(,"artifactType":"nonsense")"), "artifactType"},
        Refused{manifest_text(R"(,"subject":{})"), "subject.mediaType: is required"},
        Refused{manifest_text(R"(,"annotations":{"a":1})"), "annotations.a"},
        Refused{with_layer(R"({"mediaType":"a/b","digest":"sha256:00","size":1})"),
                "layers[0].digest"},
        Refused{with_layer(R"({"mediaType":"a/b","digest":"sha256:)" + kHex + R"(","size":-1})"),
                "layers[0].size"},
        Refused{with_layer(R"({"mediaType":"a/b","digest":"sha256:)" + kHex + R"(","size":1.5})"),
                "layers[0].size"},
        Refused{with_layer(R"({"mediaType":"a","digest":"sha256:)" + kHex + R"(","size":1})"),
                "layers[0].mediaType"},
        Refused{with_layer(many_layers()), "the limit is 1000"}));

TEST(Index, IsReadAndWritten) {
  const std::string text =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
      descriptor_text(media_type::kManifest) + R"(],"annotations":{"a":"1"}})";
  ASSERT_OK_ASSIGN(const Index index, parse_index(text, media_type::kIndex));
  EXPECT_EQ(index.manifests.size(), 1u);
  EXPECT_EQ(serialize(index), text);
}

TEST(Index, TakesNullForAnEmptyList) {
  ASSERT_OK_ASSIGN(const Index index, parse_index(R"({"schemaVersion":2,"manifests":null})", ""));
  EXPECT_TRUE(index.manifests.empty());
}

TEST(Index, IsNoManifest) {
  EXPECT_THAT(parse_index(manifest_text(""), media_type::kIndex),
              fails_with(ErrorCode::kInvalidInput, "must not be both"));
  EXPECT_THAT(parse_index(R"({"schemaVersion":2,"manifests":[]})", media_type::kManifest),
              fails_with(ErrorCode::kInvalidInput, "not the media type of an image index"));
}

TEST(Referrer, IsDescribedAsAListingShowsIt) {
  const std::string subject = R"(,"subject":)" + descriptor_text(media_type::kManifest);
  const std::string bytes = manifest_text(subject + R"(,"annotations":{"a":"1"})");
  ASSERT_OK_ASSIGN(const auto referrer, read_referrer(bytes, media_type::kManifest));
  ASSERT_TRUE(referrer.has_value());
  EXPECT_EQ(referrer->subject.hex(), kHex);
  EXPECT_EQ(referrer->descriptor.digest, Digest::of(bytes));
  EXPECT_EQ(referrer->descriptor.size, bytes.size());
  EXPECT_EQ(referrer->descriptor.artifact_type, media_type::kEmpty) << "the config's media type";
  EXPECT_EQ(find_annotation(referrer->descriptor.annotations, "a"), "1");

  const std::string typed = manifest_text(subject + R"(,"artifactType":"x/y")");
  ASSERT_OK_ASSIGN(const auto with_type, read_referrer(typed, media_type::kManifest));
  EXPECT_EQ(with_type->descriptor.artifact_type, "x/y");
  ASSERT_OK_ASSIGN(const auto none, read_referrer(manifest_text(""), media_type::kManifest));
  EXPECT_FALSE(none.has_value());
}

TEST(Referrer, TagIsCutAsTheSpecificationSays) {
  EXPECT_EQ(referrers_tag(Digest::of("x")), "sha256-" + Digest::of("x").hex());
  const Digest longer = Digest::of("x", Digest::Algorithm::kSha512);
  EXPECT_EQ(referrers_tag(longer), "sha512-" + longer.hex().substr(0, 64));
}

TEST(Referrer, ListingKeepsWhatOthersWrote) {
  const Descriptor referrer{std::string(media_type::kManifest), Digest::of("r"), 1, "x/y", {}};
  ASSERT_OK_ASSIGN(const auto first, add_to_listing("", referrer));
  ASSERT_TRUE(first.has_value());
  ASSERT_OK_ASSIGN(const auto same, add_to_listing(*first, referrer));
  EXPECT_FALSE(same.has_value()) << "it is listed already";

  const std::string foreign =
      R"({"schemaVersion":2,"manifests":[{"mediaType":"a/b","digest":"sha256:)" + kHex +
      R"(","size":7,"platform":{"os":"linux"}}],"future":1})";
  ASSERT_OK_ASSIGN(const auto second, add_to_listing(foreign, referrer));
  ASSERT_TRUE(second.has_value());
  EXPECT_NE(second->find(R"("platform":{"os":"linux"})"), std::string::npos);
  EXPECT_NE(second->find(R"("future":1)"), std::string::npos);
  ASSERT_OK_ASSIGN(const Index index, parse_index(*second, ""));
  EXPECT_EQ(index.manifests.at(1), referrer);
}

}  // namespace
}  // namespace sealift::oci
