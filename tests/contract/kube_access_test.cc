#include <gtest/gtest.h>

#include <string>

#include "contract/kube_fixture.h"

namespace sealift::kube {
namespace {

using test::fails_with;

constexpr std::string_view kConfigMap =
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}}";

class KubeAccess : public KubeContract {};

TEST_F(KubeAccess, ARefusedTokenIsUnauthenticatedAndNamesTheContext) {
  auto access = cluster_.access();
  access.bearer_token = "wrong";
  EXPECT_THAT(cluster_.client(access).get("/api/v1/namespaces", {}, {}),
              fails_with(ErrorCode::kUnauthenticated, "the credentials of context test of "));
}

TEST_F(KubeAccess, AnUnknownCertificateIsUntrusted) {
  auto access = cluster_.access();
  auto settings = *access.server;
  settings.ca_pem.clear();
  access.server = std::make_shared<const HttpServerSettings>(settings);
  EXPECT_THAT(cluster_.client(access).get("/api/v1/namespaces", {}, {}),
              fails_with(ErrorCode::kUntrusted, "the API server of context test of "));
}

TEST_F(KubeAccess, AMissingPermissionIsNamedWithTheWayOut) {
  EXPECT_THAT(apply(cluster_.client(cluster_.user_access()), kConfigMap),
              fails_with(ErrorCode::kForbidden,
                         "User \"user\" cannot patch resource \"configmaps\" in API group \"\" in "
                         "the namespace \"" +
                             name_space_ + "\"; allow it with a Role or ClusterRole"));
}

TEST_F(KubeAccess, AServiceAccountsMissingPermissionIsItsOwn) {
  const auto deployer = client_.as_service_account(name_space_, "deployer");
  const auto user = "system:serviceaccount:" + name_space_ + ":deployer";
  EXPECT_THAT(apply(deployer, kConfigMap),
              fails_with(ErrorCode::kForbidden,
                         "as " + user + ": configmaps \"a\" is forbidden: User \"" + user + "\""));
}

TEST_F(KubeAccess, TheServerAddsTheGroupsOfAServiceAccount) {
  const auto review = client_.as_service_account(name_space_, "deployer")
                          .create("/apis/authentication.k8s.io/v1/selfsubjectreviews", {},
                                  *parse_json(R"({"apiVersion":"authentication.k8s.io/v1",
                                      "kind":"SelfSubjectReview"})",
                                              "test"),
                                  {});
  ASSERT_OK(review);
  const Json* groups = review->find_path({"status", "userInfo", "groups"});
  ASSERT_NE(groups, nullptr);
  EXPECT_EQ(*groups,
            Json(Json::Array{"system:serviceaccounts", "system:serviceaccounts:" + name_space_,
                             "system:authenticated"}));
}

TEST_F(KubeAccess, ActingAsAServiceAccountNeedsTheVerbImpersonateAndNoMore) {
  const auto deployer =
      cluster_.client(cluster_.user_access()).as_service_account(name_space_, "deployer");
  EXPECT_THAT(apply(deployer, kConfigMap),
              fails_with(ErrorCode::kForbidden, "the verb \"impersonate\" on serviceaccounts"));
  kubectl({"create", "role", "impersonator", "--verb", "impersonate", "--resource",
           "serviceaccounts", "--resource-name", "deployer"});
  kubectl({"create", "rolebinding", "impersonator", "--role", "impersonator", "--user", "user"});
  kubectl({"create", "role", "writer", "--verb", "get,create,patch", "--resource", "configmaps"});
  kubectl({"create", "rolebinding", "writer", "--role", "writer", "--serviceaccount",
           name_space_ + ":deployer"});
  // RBAC works from informers of the server.
  EXPECT_TRUE(eventually([&] { return apply(deployer, kConfigMap).has_value(); }));
  EXPECT_OK(apply(deployer, kConfigMap));
}

}  // namespace
}  // namespace sealift::kube
