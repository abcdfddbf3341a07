#include "check_sample.h"

namespace sealift::checks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string pod(const std::string& image) {
  return "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: '" +
         image + "'}]}}";
}

TEST(ImageTag, IsTold) {
  const struct {
    const char* image;
    const char* message;
  } kCases[] = {
      {"nginx", "nginx has no tag, which means whatever is called latest"},
      {"r.io:5000/shop/web",
       "r.io:5000/shop/web has no tag, which means whatever is called latest"},
      {"nginx:latest", "nginx:latest means whatever is newest when a node pulls it"},
      {"r.io:5000/web:1.2", "r.io:5000/web:1.2 is named by a tag, which can be moved"},
  };
  for (const auto& [image, message] : kCases) {
    const auto findings = check_text(pod(image));
    ASSERT_EQ(findings.size(), 1u) << image;
    EXPECT_EQ(findings[0].rule, "image-tag");
    EXPECT_EQ(findings[0].severity, Severity::kWarning);
    EXPECT_EQ(findings[0].field, "/spec/containers/0/image");
    EXPECT_EQ(findings[0].message, message);
  }
}

TEST(ImageTag, IsNoneBesideADigestOrInAVariable) {
  const std::string digest = "@sha256:" + std::string(64, 'a');
  for (const auto& image : {"nginx" + digest, "r.io:5000/web:1" + digest, std::string("web:${TAG}"),
                            std::string("${IMAGE}")}) {
    EXPECT_THAT(check_text(pod(image)), IsEmpty()) << image;
  }
}

TEST(ImageTag, StandsWhereItIsWritten) {
  EXPECT_THAT(
      check_rule("image-tag",
                 "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n"
                 "  metadata:\n    name: a\n  spec:\n    initContainers:\n"
                 "    - name: i\n      image: a:1\n    containers:\n    - image: b:1\n"),
      ElementsAre("11:7 /spec/initContainers/0/image a:1 is named by a tag, which can be "
                  "moved",
                  "13:7 /spec/containers/0/image b:1 is named by a tag, which can be moved"));
}

}  // namespace
}  // namespace sealift::checks
