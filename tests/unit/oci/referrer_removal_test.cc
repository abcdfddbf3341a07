// A registry that is to forget a referrer.
#include "registry_fixture.h"

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;
using testing::HasSubstr;
using testing::SizeIs;

// A registry that keeps no listing itself, and one that does.
class RemovalTest : public RegistryTest {
 protected:
  const Descriptor subject_ = describe(manifest("subject"), media_type::kManifest);
  const Descriptor one_ = describe("one", media_type::kManifest);
  const Descriptor two_ = describe("two", media_type::kManifest);
  const std::string tag_url_ =
      "https://registry.example/v2/shop/manifests/sha256-" + subject_.digest.hex();
  const std::string manifest_url_ =
      "https://registry.example/v2/shop/manifests/" + one_.digest.to_string();
  const std::string list_url_ =
      "https://registry.example/v2/shop/referrers/" + subject_.digest.to_string();
  std::string stored_ = listing({one_, two_});  // under the tag; empty: there is none

  FakeAnswer answer_of_tag(const SeenRequest& request) {
    if (request.method == "PUT") stored_ = request.body;
    if (request.method == "PUT") return status(201);
    return stored_.empty() ? status(404) : typed(stored_, media_type::kIndex);
  }
  Result<> remove() { return open()->remove_referrer(subject_.digest, one_.digest, {}); }
};

TEST_F(RemovalTest, TakesTheEntryOutOfTheTagAndRemovesTheManifest) {
  int deletions = 0;
  on_request = [&](const SeenRequest& request) {
    if (request.url == tag_url_) return answer_of_tag(request);
    if (request.url != manifest_url_) return status(404);
    EXPECT_EQ(request.method, "DELETE");
    EXPECT_EQ(stored_, listing({two_})) << "nobody is sent to what is not there any more";
    ++deletions;
    stored_ = listing({one_, two_});  // somebody read the tag before and writes it now
    return status(202);
  };
  EXPECT_OK(remove());
  EXPECT_EQ(deletions, 1);
  EXPECT_EQ(stored_, listing({two_}));
}

TEST_F(RemovalTest, OutOfTheTagIsEnoughWhereManifestsCannotBeRemoved) {
  for (const auto& refusal :
       {status(405, R"({"errors":[{"code":"UNSUPPORTED","message":"no"}]})"), status(405),
        status(400, R"({"errors":[{"code":"UNSUPPORTED","message":"no"}]})")}) {
    stored_ = listing({one_, two_});
    on_request = [&](const SeenRequest& request) {
      if (request.url == tag_url_) return answer_of_tag(request);
      return request.url == manifest_url_ ? refusal : status(404);
    };
    EXPECT_OK(remove());
    EXPECT_EQ(stored_, listing({two_}));
  }
}

TEST_F(RemovalTest, SaysThatARegistryRemovesNothing) {
  stored_.clear();
  on_request = [&](const SeenRequest& request) {
    if (request.url == tag_url_) return answer_of_tag(request);
    if (request.url == list_url_) return typed(listing({one_}), media_type::kIndex);
    return status(405, R"({"errors":[{"code":"UNSUPPORTED","message":"not here"}]})");
  };
  EXPECT_THAT(remove(), fails_with(ErrorCode::kForbidden,
                                   "registry registry.example removes no manifests (405 "
                                   "UNSUPPORTED: not here), so " +
                                       one_.digest.to_string() + " stays in \"shop\""));
}

TEST_F(RemovalTest, WhatIsGoneIsFineAndWhatIsRefusedIsNot) {
  stored_.clear();
  on_request = [](const SeenRequest&) { return status(404); };
  EXPECT_OK(remove());
  on_request = [&](const SeenRequest& request) {
    return request.method == "DELETE" ? status(403) : status(404);
  };
  EXPECT_THAT(remove(), fails_with(ErrorCode::kForbidden, "remove the manifest sha256:"));
}

TEST_F(RemovalTest, AsksForALoginThatMayRemove) {
  std::vector<std::string> scopes;
  on_request = [&](const SeenRequest& request) {
    if (request.url.starts_with("https://registry.example/token")) {
      scopes.push_back(request.url);
      return FakeAnswer::json(200, R"({"token":"t"})");
    }
    if (request.method != "DELETE") return status(404);
    if (request.headers.get("Authorization")) return status(202);
    return challenge("Bearer realm=\"https://registry.example/token\",service=\"s\"");
  };
  EXPECT_OK(remove());
  ASSERT_THAT(scopes, SizeIs(1));
  EXPECT_THAT(scopes[0], HasSubstr("delete"));
}

}  // namespace
}  // namespace sealift::oci
