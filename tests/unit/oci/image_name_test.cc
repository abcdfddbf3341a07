#include <sealift/oci/image_name.h>

#include <gtest/gtest.h>

#include <string>

#include "support/result_matchers.h"

namespace sealift::oci {
namespace {

using test::fails_with;

const std::string kDigest = "sha256:" + std::string(64, 'a');

TEST(ImageName, IsReadAsKubeletsReadIt) {
  const struct {
    std::string name;
    std::string full;
  } kCases[] = {
      {"nginx", "docker.io/library/nginx:latest"},
      {"nginx:1.27", "docker.io/library/nginx:1.27"},
      {"acme/shop", "docker.io/acme/shop:latest"},
      {"docker.io/nginx", "docker.io/library/nginx:latest"},
      {"index.docker.io/nginx", "docker.io/library/nginx:latest"},
      {"docker.io/acme/shop:v1", "docker.io/acme/shop:v1"},
      {"ghcr.io/acme/shop:v1", "ghcr.io/acme/shop:v1"},
      {"ghcr.io/shop", "ghcr.io/shop:latest"},
      {"localhost/shop", "localhost/shop:latest"},
      {"localhost:5000/shop", "localhost:5000/shop:latest"},
      {"Registry/shop", "registry/shop:latest"},
      {"nginx@" + kDigest, "docker.io/library/nginx@" + kDigest},
      {"a.io/nginx:1.27@" + kDigest, "a.io/nginx@" + kDigest},
  };
  for (const auto& [name, full] : kCases) {
    ASSERT_OK_ASSIGN(const auto image, parse_image_name(name));
    EXPECT_EQ(image_name(image), full) << name;
  }
  ASSERT_OK_ASSIGN(const auto both, parse_image_name("nginx:1.27@" + kDigest));
  EXPECT_EQ(both.tag(), "1.27") << "as a remark";
  ASSERT_OK_ASSIGN(const auto one, parse_image_name("nginx@" + kDigest));
  EXPECT_EQ(one.tag(), std::nullopt);
}

TEST(ImageName, IsRefusedWhereItIsNone) {
  for (const std::string name :
       {"", " ", "${IMAGE}", "nginx:", "nginx:a b", "UPPER", "a.io/UPPER", "nginx@sha256:12",
        "oci://a.io/b", "https://a.io/b", "a.io/", "/a", "a//b", "nginx:{{ .tag }}", "a.io:x/b"}) {
    EXPECT_THAT(parse_image_name(name), fails_with(ErrorCode::kInvalidInput,
                                                   "\"" + name + "\" is not the name of an image"))
        << name;
  }
}

TEST(ImageName, HasAPlaceBelowARepository) {
  ASSERT_OK_ASSIGN(const auto place, Reference::parse("oci://inside:5000/mirror/all"));
  const struct {
    std::string name;
    std::string expected;
  } kCases[] = {
      {"nginx:1.27", "oci://inside:5000/mirror/all/docker.io/library/nginx:1.27"},
      {"a.io:8443/x/y", "oci://inside:5000/mirror/all/a.io_8443/x/y:latest"},
      {"a.io/x:1@" + kDigest, "oci://inside:5000/mirror/all/a.io/x:1@" + kDigest},
  };
  for (const auto& [name, expected] : kCases) {
    ASSERT_OK_ASSIGN(const auto image, parse_image_name(name));
    ASSERT_OK_ASSIGN(const auto below, image_below(image, place));
    EXPECT_EQ(below.to_string(), expected);
  }
  ASSERT_OK_ASSIGN(const auto long_one, parse_image_name("a.io/" + std::string(240, 'x')));
  EXPECT_THAT(image_below(long_one, place), fails_with(ErrorCode::kInvalidInput, "255 bytes"));
  ASSERT_OK_ASSIGN(const auto address, parse_image_name("[::1]:5000/x"));
  EXPECT_THAT(image_below(address, place), fails_with(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace sealift::oci
