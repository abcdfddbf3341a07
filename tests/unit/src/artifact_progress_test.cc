// What people read while artifacts are built or published.
#include "artifact_progress.h"

#include <gtest/gtest.h>

namespace sealift::program {
namespace {

TEST(ArtifactProgressText, CountsAndNames) {
  EXPECT_EQ(artifact_progress_text("building", 2, 40, "shop-prod", 80),
            "building  2/40 artifacts  shop-prod");
  EXPECT_EQ(artifact_progress_text("building", 0, 1, "a\nb", 80),
            R"(building  0/1 artifact  a\x0ab)");
}

TEST(ArtifactProgressText, LeavesOutWhatDoesNotFit) {
  EXPECT_EQ(artifact_progress_text("building", 2, 40, "shop-prod", 25), "building  2/40 artifacts");
  EXPECT_EQ(artifact_progress_text("building", 2, 40, "shop-prod", 8), "building");
}

}  // namespace
}  // namespace sealift::program
