#include <sealift/objects/names.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::objects {
namespace {

struct Names {
  std::string_view (*problem)(std::string_view);
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

TEST(Names, FollowTheApiServersRules) {
  const std::string x63(63, 'x');
  const std::string x64(64, 'x');
  const std::string x253 = x63 + "." + x63 + "." + x63 + "." + std::string(61, 'x');
  const Names kNames[] = {
      {rfc1123_label_problem, {"a", "1", "a-1", x63}, {"", "-a", "a-", "A", "a.b", "a_b", x64}},
      {rfc1035_label_problem, {"a", "a-1", x63}, {"", "1a", "a-", "A", "a.b", x64}},
      {rfc1123_subdomain_problem,
       {"a", "a.b", "1.2-3", x64, x253},
       {"", ".", "a.", ".a", "a..b", "a.-b", "A", x253 + "x"}},
      {path_segment_problem, {"a", "system:x", "A b", "..."}, {"", ".", "..", "a/b", "a%b"}},
      {qualified_name_problem,
       {"a", "A_b.c-1", "example.com/a", x63, x253 + "/" + x63},
       {"", "/a", "a/", "a/b/c", "Example.com/a", "_a", "a_", "a b", x64, x253 + "x/a"}},
      {label_value_problem, {"", "a", "A_b.c-1", "1", x63}, {"-", "a-", "a b", "a/b", x64, "é"}},
  };
  for (const auto& [problem, good, bad] : kNames) {
    for (const std::string& name : good) EXPECT_EQ(problem(name), "") << name;
    for (const std::string& name : bad) EXPECT_NE(problem(name), "") << name;
  }
}

TEST(Names, DependOnTheKind) {
  EXPECT_EQ(object_name_problem("", "ConfigMap", "a.b"), "");
  EXPECT_NE(object_name_problem("", "Namespace", "a.b"), "");
  EXPECT_NE(object_name_problem("", "Service", "a.b"), "");
  EXPECT_EQ(object_name_problem("example.com", "Service", "a.b"), "");
  EXPECT_EQ(object_name_problem("", "Service", "1a"), "");
  EXPECT_NE(object_name_problem("", "ConfigMap", "system:a"), "");
  EXPECT_EQ(object_name_problem("rbac.authorization.k8s.io", "Role", "system:a"), "");
  EXPECT_EQ(object_name_problem("user.openshift.io", "User", "a:b"), "");
  EXPECT_EQ(object_name_problem("networking.k8s.io", "IPAddress", "2001:db8::1"), "");
  EXPECT_NE(object_name_problem("networking.k8s.io", "Ingress", "a:b"), "");
  EXPECT_EQ(object_name_problem("certificates.k8s.io", "ClusterTrustBundle", "a:b:c"), "");
}

}  // namespace
}  // namespace sealift::objects
