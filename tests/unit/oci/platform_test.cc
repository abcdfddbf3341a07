#include "support/result_matchers.h"

#include <sealift/oci/media_types.h>
#include <sealift/oci/platform.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;

std::string entry(char digit, const std::string& platform) {
  return R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":"sha256:)" +
         std::string(64, digit) + "\"" + (platform.empty() ? "" : ",\"platform\":" + platform) +
         "}";
}

std::string index() {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
         entry('0', "") + "," + entry('1', R"({"os":"linux","architecture":"amd64"})") + "," +
         entry('2', R"({"os":"linux","architecture":"arm64","variant":"v8"})") + "," +
         entry('3', R"({"os":"linux","architecture":"arm","variant":"v7"})") + "," +
         entry('4', R"({"os":"linux","architecture":"arm","variant":"v6"})") + "]}";
}

TEST(FindPlatform, TakesTheFirstThatFits) {
  const std::pair<const char*, char> cases[] = {{"linux/amd64", '1'},
                                                {"linux/arm64", '2'},
                                                {"linux/arm64/v8", '2'},
                                                {"linux/arm", '3'},
                                                {"linux/arm/v6", '4'}};
  for (const auto& [wanted, digit] : cases) {
    ASSERT_OK_ASSIGN(const auto found, find_platform(index(), media_type::kIndex, wanted));
    EXPECT_EQ(found.digest.hex(), std::string(64, digit)) << wanted;
  }
}

TEST(FindPlatform, SaysWhatThereIs) {
  EXPECT_THAT(find_platform(index(), media_type::kIndex, "linux/ar"),
              fails_with(ErrorCode::kNotFound,
                         "nothing for linux/ar; it has linux/amd64, linux/arm/v6, linux/arm/v7, "
                         "linux/arm64/v8"));
  EXPECT_THAT(find_platform(R"({"schemaVersion":2,"manifests":[]})", media_type::kIndex, "a/b"),
              fails_with(ErrorCode::kNotFound, "no platforms at all"));
}

TEST(IsPlatform, TakesTwoOrThreeParts) {
  for (const char* good : {"linux/amd64", "linux/arm/v7", "windows/amd64"}) {
    EXPECT_TRUE(is_platform(good)) << good;
  }
  for (const char* bad : {"", "linux", "linux/", "/amd64", "a/b/c/d", "linux/AMD64", "a b/c"}) {
    EXPECT_FALSE(is_platform(bad)) << bad;
  }
}

}  // namespace
}  // namespace sealift::oci
