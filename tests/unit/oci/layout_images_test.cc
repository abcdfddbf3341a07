#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include "layout_index.h"
#include "layout_repository.h"

#include <sealift/base/clock.h>
#include <sealift/base/random.h>
#include <sealift/oci/archive.h>
#include <sealift/oci/layout_images.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::oci {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kNginx = "docker.io/library/nginx:1.27";
constexpr const char* kOther = "ghcr.io/acme/shop:v1";

class LayoutImages : public testing::Test {
 protected:
  Digest push(const std::string& name, const std::string& tag = "") {
    const Manifest manifest{std::string(media_type::kManifest),
                            "application/x.test",
                            empty_descriptor(),
                            {},
                            std::nullopt,
                            {{"name", name}}};
    EXPECT_OK(
        layout_.push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
    const auto pushed = layout_.push_manifest(serialize(manifest), media_type::kManifest, tag, {});
    EXPECT_OK(pushed);
    return pushed->descriptor.digest;
  }
  Result<> name(const ImageNames& names) const {
    return name_layout_images(directory_.file("out"), names, system_files(), system_clock(), {});
  }
  Result<ImageNames> names(const std::string& text) const {
    return layout_image_names(Reference::parse(text).value(), system_files());
  }
  std::string place() const { return "oci-layout:" + directory_.file("out"); }

  test::TempDirectory directory_;
  LayoutRepository layout_{directory_.file("out"), system_files(), system_clock(), system_random()};
};

TEST_F(LayoutImages, AreNoTags) {
  const auto tagged = push("a", "v1");
  const auto image = push("b");
  ASSERT_OK(name({{kNginx, image}, {kOther, tagged}}));
  EXPECT_THAT(names(place()).value(), ElementsAre(Pair(kNginx, image), Pair(kOther, tagged)));
  EXPECT_THAT(layout_.tags({}).value(), ElementsAre("v1"));
  EXPECT_EQ(layout_.resolve("v1", {}).value().digest, tagged);
  EXPECT_THAT(layout_.resolve(image.to_string(), {}).value().annotations, IsEmpty());
  EXPECT_THAT(directory_.read("out/index.json"),
              HasSubstr(R"("annotations":{"io.containerd.image.name":")" + std::string(kNginx) +
                        R"(","org.opencontainers.image.ref.name":")" + kNginx + R"("})"));
}

TEST_F(LayoutImages, MoveAsTagsDo) {
  const auto first = push("a");
  const auto second = push("b", "v1");
  ASSERT_OK(name({{kNginx, first}}));
  const auto before = directory_.read("out/index.json");
  ASSERT_OK(name({{kNginx, first}}));
  EXPECT_EQ(directory_.read("out/index.json"), before);
  ASSERT_OK(name({{kNginx, second}}));
  EXPECT_THAT(names(place()).value(), ElementsAre(Pair(kNginx, second)));
  EXPECT_OK(layout_.resolve(first.to_string(), {}));
  ASSERT_OK(layout_.remove_tag("v1", {}));
  EXPECT_THAT(names(place()).value(), ElementsAre(Pair(kNginx, second)));
  ASSERT_OK(layout_.remove_manifest(second, {}));
  EXPECT_THAT(names(place()).value(), IsEmpty());
}

TEST_F(LayoutImages, StayWhenTagsChange) {
  const auto image = push("a");
  ASSERT_OK(name({{kNginx, image}}));
  push("b", "v1");
  EXPECT_THAT(names(place()).value(), ElementsAre(Pair(kNginx, image)));
}

TEST_F(LayoutImages, AreOfManifestsThatAreThere) {
  push("a", "v1");
  const auto missing = Digest::of("x");
  EXPECT_THAT(name({{kNginx, missing}}), fails_with(ErrorCode::kNotFound, "does not list sha256:"));
  EXPECT_THAT(names("oci-layout:" + directory_.file("none")), fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(names("oci-archive:" + directory_.file("none.tar")),
              fails_with(ErrorCode::kNotFound));
  ArchiveBuilder builder;
  EXPECT_THAT(builder.name_image(kNginx, missing), fails_with(ErrorCode::kNotFound));
}

TEST_F(LayoutImages, AreInArchives) {
  const auto image = push("a", "v1");
  ArchiveBuilder builder;
  ASSERT_OK(builder.add(layout_, {{"v1", {"v1"}}}, {}, {}));
  ASSERT_OK(builder.name_image(kNginx, image));
  const auto file = directory_.file("a.tar");
  ASSERT_OK(builder.write_file(system_files(), file, ArchivePlace::kNew, 1, {}));
  EXPECT_THAT(names("oci-archive:" + file).value(), ElementsAre(Pair(kNginx, image)));
}

TEST_F(LayoutImages, OfOtherProgramsAreFound) {
  const auto image = push("a");
  const std::string entry = R"({"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
                            R"("digest":")" +
                            image.to_string() + R"(","size":1,"annotations":)";
  const auto parse = [&](const std::string& annotations) {
    return LayoutIndex::parse(R"({"schemaVersion":2,"manifests":[)" + entry + annotations + "}]}",
                              "index.json")
        .value();
  };
  // podman and skopeo
  const auto whole =
      parse(R"({"org.opencontainers.image.ref.name":"docker.io/library/nginx:1.27"})");
  EXPECT_THAT(whole.images(), ElementsAre(Pair(kNginx, image)));
  EXPECT_THAT(whole.tags(), IsEmpty());
  // docker save, nerdctl save
  const auto both = parse(R"({"io.containerd.image.name":"docker.io/library/nginx:1.27",)"
                          R"("org.opencontainers.image.ref.name":"1.27"})");
  EXPECT_THAT(both.images(), ElementsAre(Pair(kNginx, image)));
  EXPECT_THAT(both.tags(), ElementsAre("1.27"));
  EXPECT_THAT(both.find_tag("1.27")->annotations, IsEmpty());
}

}  // namespace
}  // namespace sealift::oci
