#include "support/faulty_file_system.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

#include "layout_repository.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/oci/removal_plan.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;

class RemovalPlanTest : public testing::Test {
 protected:
  Digest push(const std::string& content, const std::string& tag) {
    const Descriptor layer{"text/plain", Digest::of(content), content.size(), "", {}};
    EXPECT_OK(layout_.push_blob(layer, Blob::from_string(content), {}));
    EXPECT_OK(
        layout_.push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
    const auto manifest = serialize(Manifest{
        std::string(media_type::kManifest), "", empty_descriptor(), {layer}, std::nullopt, {}});
    EXPECT_OK(layout_.push_manifest(manifest, media_type::kManifest, tag, {}));
    return Digest::of(manifest);
  }

  test::FaultyFileSystem files_;
  test::ManualClock clock_{test::ManualClock::Sleep::kJumps};
  LayoutRepository layout_{"/srv/out", files_, clock_, system_random()};
};

TEST_F(RemovalPlanTest, ATagThatMovedMeanwhileStays) {
  push("old", "v1");
  ASSERT_OK_ASSIGN(const auto plan, plan_removal(layout_, "v1", {}, {}));
  const auto moved = push("new", "v1");
  EXPECT_THAT(remove(layout_, plan, {}), fails_with(ErrorCode::kConflict, moved.to_string()));
  ASSERT_OK_ASSIGN(const auto there, layout_.resolve("v1", {}));
  EXPECT_EQ(there.digest, moved);
}

TEST_F(RemovalPlanTest, ATagThatIsGoneMeanwhileIsRemoved) {
  push("old", "v1");
  ASSERT_OK_ASSIGN(const auto plan, plan_removal(layout_, "v1", {}, {}));
  ASSERT_OK(layout_.remove_tag("v1", {}));
  EXPECT_OK(remove(layout_, plan, {}));
}

}  // namespace
}  // namespace sealift::oci
