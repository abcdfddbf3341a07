// What a registry says of an upload and is not believed.
#include "blob_upload_case.h"

#include <ostream>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;

struct RangeLie {
  std::string name;
  std::string range;
  ErrorCode code;
  std::string message;
};
void PrintTo(const RangeLie& lie, std::ostream* out) { *out << lie.name; }
class RangeLies : public BlobUploadTest, public testing::WithParamInterface<RangeLie> {};

TEST_P(RangeLies, EndTheUploadWithAnError) {
  registry_.quirks.largest_body = kMiB;
  registry_.after = [](const SeenRequest& request, FakeAnswer& answer) {
    const bool tells = request.method == "PATCH" || request.method == "GET";
    if (tells && answer.status / 100 == 2) answer.headers.set("Range", GetParam().range);
  };
  EXPECT_THAT(push(content_of(3 * kMiB)), fails_with(GetParam().code, GetParam().message));
  EXPECT_LT(transport_.request_count(), 60u);
  EXPECT_EQ(registry_.open_uploads(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RangeLies,
    testing::Values(
        RangeLie{"more", "0-9999999", ErrorCode::kInvalidInput, "it was sent"},
        RangeLie{"nothing", "0-0", ErrorCode::kInvalidInput, "416"},
        RangeLie{"backwards", "9-1", ErrorCode::kInvalidInput, "claims to hold the range \"9-1\""},
        RangeLie{"elsewhere", "5-99", ErrorCode::kInvalidInput, "claims to hold"},
        RangeLie{"overflow", "0-18446744073709551615", ErrorCode::kInvalidInput, "claims to hold"},
        RangeLie{"words", "all of it\x1b", ErrorCode::kInvalidInput, "\\x1b"}),
    [](const auto& lie) { return lie.param.name; });

TEST_F(BlobUploadTest, ASessionThatClaimsMoreThanItWasSentIsNotBelieved) {
  registry_.after = [](const SeenRequest& request, FakeAnswer& answer) {
    if (request.method == "GET") answer.headers.set("Range", "0-3999999");
  };
  transport_.cut_upload(3, kMiB);
  EXPECT_THAT(
      push(content_of(3 * kMiB)),
      fails_with(ErrorCode::kInvalidInput, "claims to hold 4000000 bytes; it was sent 3145728"));
}

TEST_F(BlobUploadTest, A416IsAskedAbout) {
  registry_.quirks.largest_body = 2 * kMiB;
  answer_once("PATCH", status(416));
  const std::string content = content_of(3 * kMiB);
  ASSERT_OK(push(content));
  EXPECT_TRUE(is_stored(content));
}

TEST_F(BlobUploadTest, AnotherDigestInTheAnswerIsNotBelieved) {
  registry_.after = [](const SeenRequest& request, FakeAnswer& answer) {
    if (request.method != "PUT") return;
    answer.headers.set("Docker-Content-Digest", Digest::of("other").to_string());
  };
  EXPECT_THAT(push("content"), fails_with(ErrorCode::kUntrusted, "says that it stored"));
}

TEST_F(BlobUploadTest, ContentThatChangedIsNeverStoredWhole) {
  const std::string content = content_of(3 * kMiB);
  std::string changed = content;
  changed[2 * kMiB] ^= 1;
  for (const std::uint64_t largest : {4 * kMiB, kMiB}) {
    registry_.quirks.largest_body = largest;
    EXPECT_THAT(open()->push_blob(describe(content), Blob::from_string(changed), {}),
                fails_with(ErrorCode::kUntrusted, "hashes to"));
    EXPECT_FALSE(is_stored(content));
    EXPECT_EQ(registry_.open_uploads(), 0u);
  }
}

TEST_F(BlobUploadTest, ARegistryThatNeverAnswersWellIsLeft) {
  registry_.before = [](const SeenRequest& request) -> std::optional<FakeAnswer> {
    if (request.method == "PUT" || request.method == "PATCH") return status(500);
    return std::nullopt;
  };
  EXPECT_THAT(push(content_of(20 * kMiB)), fails_with(ErrorCode::kUnavailable, "500"));
  EXPECT_LT(transport_.request_count(), 20u);
  EXPECT_EQ(registry_.open_uploads(), 0u);
}

TEST_F(BlobUploadTest, LocationLiesAreRefused) {
  for (const auto& [location, code] : std::vector<std::pair<std::string, ErrorCode>>{
           {"http://registry.example/up", ErrorCode::kUntrusted},
           {"ftp://registry.example/up", ErrorCode::kInvalidInput},
           {"https://user:password@registry.example/up", ErrorCode::kInvalidInput}}) {
    registry_.quirks.largest_body = kMiB;
    registry_.after = [&](const SeenRequest& request, FakeAnswer& answer) {
      if (request.method == "PATCH" && answer.status == 202) {
        answer.headers.set("Location", location);
      }
    };
    EXPECT_THAT(push(content_of(3 * kMiB)), fails_with(code)) << location;
  }
}

}  // namespace
}  // namespace sealift::oci
