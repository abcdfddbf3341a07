#include <sealift/kube/openapi.h>

#include <gtest/gtest.h>

#include "fake_cluster.h"
#include "support/result_matchers.h"

namespace sealift::kube {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::FakeCluster;
using test::SeenRequest;

Json index_of(const std::string& path) {
  return Json::Object{{"paths", Json(Json::Object{{path, Json::object()}})}};
}

TEST(OpenapiIndex, GivesVersionsOfApis) {
  const auto index = *parse_json(
      R"({"paths":{"version":{},"apis/apps/v1":{"serverRelativeURL":"https://evil.test/x"},
      "apis":{},"apis/apps":{},".well-known/openid-configuration":{},"api/v1":{},"api":{},
      "apis/sealift.dev/v1alpha1":{},"openid/v1/jwks":{}}})",
      "test");
  ASSERT_OK_ASSIGN(const auto versions, parse_openapi_index(index));
  EXPECT_EQ(versions,
            (std::vector<OpenapiVersion>{{"", "v1"}, {"apps", "v1"}, {"sealift.dev", "v1alpha1"}}));
}

TEST(OpenapiIndex, RefusesWhatIsNoName) {
  for (const char* path : {"apis/apps/..", "apis/../v1", "api/../../etc", "apis/apps/v1/more",
                           "apis//v1", "api/", "apis/a b/v1", "apis/apps/V1"}) {
    EXPECT_THAT(parse_openapi_index(index_of(path)),
                fails_with(ErrorCode::kInvalidInput, "which is no version of an API"))
        << path;
  }
  EXPECT_THAT(parse_openapi_index(Json::object()),
              fails_with(ErrorCode::kInvalidInput, "lists no OpenAPI v3 documents"));
}

TEST(OpenapiIndex, HasALimit) {
  Json paths = Json::object();
  for (std::size_t i = 0; i <= kMaxOpenapiDocuments; ++i) {
    paths.set("apis/g" + std::to_string(i) + "/v1", Json::object());
  }
  EXPECT_THAT(parse_openapi_index(Json::Object{{"paths", std::move(paths)}}),
              fails_with(ErrorCode::kInvalidInput, "more than 2000"));
}

TEST(OpenapiDocuments, AreAskedForByTheirNames) {
  FakeCluster cluster([](const SeenRequest& request) {
    if (request.url == "https://api.test/openapi/v3") {
      return FakeAnswer::json(200, R"({"paths":{"api/v1":{"serverRelativeURL":"//evil.test/"},
                                       "apis/apps/v1":{}}})");
    }
    return FakeAnswer::json(200, R"({"openapi":"3.0.0"})");
  });
  const auto client = cluster.client();
  ASSERT_OK_ASSIGN(const auto versions, list_openapi_documents(client, {}));
  for (const auto& version : versions) EXPECT_OK(get_openapi_document(client, version, {}));
  const auto& requests = cluster.transport.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].url, "https://api.test/openapi/v3/api/v1");
  EXPECT_EQ(requests[2].url, "https://api.test/openapi/v3/apis/apps/v1");
}

}  // namespace
}  // namespace sealift::kube
