#include <sealift/base/file_system.h>
#include <sealift/kube/kube_config.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

namespace sealift::kube {
namespace {

using test::fails_with;

std::string config_with(std::string_view cluster, std::string_view user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: edge\npreferences: {}\n"
         "contexts:\n"
         "- name: edge\n  context: {cluster: c, user: u, namespace: shop}\n"
         "- name: other\n  context: {cluster: c, user: u}\n"
         "- name: nobody\n  context: {cluster: c}\n"
         "- name: broken\n  context: {cluster: missing}\n"
         "clusters:\n- name: c\n  cluster: " +
         std::string(cluster) + "\nusers:\n- name: u\n  user: " + std::string(user) + "\n";
}

class Kubeconfig : public testing::Test {
 protected:
  Result<ClusterAccess> load(std::string_view cluster, std::string_view user,
                             std::string_view context = "") {
    const auto path = directory_.write("config", config_with(cluster, user));
    return load_kubeconfig(system_files(), path, context);
  }
  test::TempDirectory directory_;
};

TEST_F(Kubeconfig, ReadsTokenAndEmbeddedCertificates) {
  ASSERT_OK_ASSIGN(const auto access,
                   load("{server: 'https://a.test:6443/', certificate-authority-data: Q0E=}",
                        "{token: t0ken, client-certificate-data: Q1JU, client-key-data: S0VZ}"));
  EXPECT_EQ(access.server_url, "https://a.test:6443");
  EXPECT_EQ(access.server->ca_pem, "CA");
  EXPECT_EQ(access.server->client_certificate_pem, "CRT");
  EXPECT_EQ(access.server->client_key_pem, "KEY");
  EXPECT_FALSE(access.server->insecure_skip_tls_verify);
  EXPECT_EQ(access.bearer_token, "t0ken");
  EXPECT_EQ(access.default_namespace, "shop");
  EXPECT_EQ(access.description, "context edge of " + directory_.file("config"));
}

TEST_F(Kubeconfig, FilesAreRelativeToIt) {
  directory_.write("pki/ca.crt", "CA");
  directory_.write("pki/u.crt", "CRT");
  const auto key = directory_.write("pki/u.key", "KEY");
  directory_.write("token", "t\n");
  ASSERT_OK_ASSIGN(
      const auto access,
      load("{server: 'https://a.test', certificate-authority: pki/ca.crt}",
           "{tokenFile: token, client-certificate: pki/u.crt, client-key: " + key + "}"));
  EXPECT_EQ(access.server->ca_pem, "CA");
  EXPECT_EQ(access.server->client_certificate_pem, "CRT");
  EXPECT_EQ(access.server->client_key_pem, "KEY");
  EXPECT_EQ(access.token_file, directory_.file("token"));
  EXPECT_EQ(access.bearer_token, "");
}

TEST_F(Kubeconfig, ChoosesTheContext) {
  ASSERT_OK_ASSIGN(const auto other, load("{server: 'https://a.test'}", "{token: t}", "other"));
  EXPECT_EQ(other.default_namespace, "default");
  ASSERT_OK_ASSIGN(const auto nobody, load("{server: 'https://a.test'}", "{token: t}", "nobody"));
  EXPECT_EQ(nobody.bearer_token, "");
  EXPECT_THAT(
      load("{server: 'https://a.test'}", "{}", "nowhere"),
      fails_with(ErrorCode::kNotFound, "no context called \"nowhere\"; it has: edge, other"));
  EXPECT_THAT(load("{server: 'https://a.test'}", "{}", "broken"),
              fails_with(ErrorCode::kNotFound, "no cluster called \"missing\""));
}

struct RefusedCase {
  const char* name;
  const char* cluster;
  const char* user;
  const char* message;
};
class RefusedKubeconfig : public Kubeconfig, public testing::WithParamInterface<RefusedCase> {};

TEST_P(RefusedKubeconfig, SaysWhy) {
  EXPECT_THAT(load(GetParam().cluster, GetParam().user),
              fails_with(ErrorCode::kInvalidInput, GetParam().message));
}

constexpr const char* kGoodCluster = "{server: 'https://a.test'}";
INSTANTIATE_TEST_SUITE_P(
    Table, RefusedKubeconfig,
    testing::Values(
        RefusedCase{"Exec", kGoodCluster, "{exec: {command: aws}}", "would start a program"},
        RefusedCase{"AuthProvider", kGoodCluster, "{auth-provider: {name: gcp}}",
                    "kubectl create token"},
        RefusedCase{"Password", kGoodCluster, "{username: a, password: b}", "basic authentication"},
        RefusedCase{"Impersonation", kGoodCluster, "{token: t, as: root}", "serviceAccountName"},
        RefusedCase{"KeyWithoutCertificate", kGoodCluster, "{client-key-data: S0VZ}",
                    "client-certificate: is missing"},
        RefusedCase{"BadBase64", kGoodCluster, "{client-key-data: '!'}", "client-key-data"},
        RefusedCase{"NoServer", "{}", "{}", "server: is required"},
        RefusedCase{"OtherScheme", "{server: 'ftp://a'}", "{}", "no https:// or http:// URL"},
        RefusedCase{"ServerName", "{server: 'https://a', tls-server-name: b}", "{}",
                    "tls-server-name: is not supported"},
        RefusedCase{"InsecureWithCa",
                    "{server: 'https://a', insecure-skip-tls-verify: true, "
                    "certificate-authority-data: Q0E=}",
                    "{}", "contradicts"},
        RefusedCase{"TokenInClearText", "{server: 'http://a.test:80'}", "{token: t}", "clear text"},
        RefusedCase{"TokenInClearTextToALookalike", "{server: 'http://127.0.0.1.evil.test'}",
                    "{token: t}", "clear text"},
        RefusedCase{"UserInTheServer", "{server: 'http://localhost:1@evil.test'}", "{token: t}",
                    "more than host, port and path"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(Kubeconfig, PlainHttpIsForLoopbackOrWithoutAToken) {
  EXPECT_OK(load("{server: 'http://127.0.0.1:8001'}", "{token: t}"));
  EXPECT_OK(load("{server: 'http://[::1]:8001'}", "{token: t}"));
  EXPECT_OK(load("{server: 'http://localhost'}", "{token: t}"));
  EXPECT_OK(load("{server: 'http://a.test'}", "{}"));
}

TEST_F(Kubeconfig, MissingFilesAreNamed) {
  EXPECT_THAT(load_kubeconfig(system_files(), directory_.file("none"), ""),
              fails_with(ErrorCode::kNotFound, directory_.file("none")));
  EXPECT_THAT(load("{server: 'https://a', certificate-authority: ca.crt}", "{}"),
              fails_with(ErrorCode::kNotFound, "certificate-authority"));
  EXPECT_THAT(load("{server: 'https://a'}", "{tokenFile: nothing}"),
              fails_with(ErrorCode::kNotFound, "tokenFile"));
}

class InCluster : public testing::Test {
 protected:
  void SetUp() override {
    setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1", 1);
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    put("token", "t0ken");
    put("ca.crt", "CA");
    put("namespace", "sealift-system");
  }
  void TearDown() override {
    unsetenv("KUBERNETES_SERVICE_HOST");
    unsetenv("KUBERNETES_SERVICE_PORT");
  }
  void put(const std::string& name, std::string bytes) {
    files_.put("/var/run/secrets/kubernetes.io/serviceaccount/" + name, std::move(bytes));
  }
  test::FaultyFileSystem files_;
};

TEST_F(InCluster, IsTheServiceAccountOfThePod) {
  ASSERT_OK_ASSIGN(const auto access, load_in_cluster(files_));
  EXPECT_EQ(access.server_url, "https://10.96.0.1:443");
  EXPECT_EQ(access.server->ca_pem, "CA");
  EXPECT_EQ(access.token_file, "/var/run/secrets/kubernetes.io/serviceaccount/token");
  EXPECT_EQ(access.bearer_token, "");
  EXPECT_EQ(access.default_namespace, "sealift-system");
}

TEST_F(InCluster, PutsAnIpv6AddressInBrackets) {
  setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
  ASSERT_OK_ASSIGN(const auto access, load_in_cluster(files_));
  EXPECT_EQ(access.server_url, "https://[fd00::1]:443");
}

TEST_F(InCluster, NeedsItsTokenAndItsCa) {
  test::FaultyFileSystem empty;
  EXPECT_THAT(load_in_cluster(empty), fails_with(ErrorCode::kNotFound, "is its token mounted?"));
  ASSERT_OK(files_.remove("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"));
  EXPECT_THAT(load_in_cluster(files_), fails_with(ErrorCode::kNotFound, "ca.crt"));
}

TEST_F(InCluster, IsNotFoundOutside) {
  unsetenv("KUBERNETES_SERVICE_HOST");
  EXPECT_THAT(load_in_cluster(files_), fails_with(ErrorCode::kNotFound, "name a kubeconfig"));
}

TEST(KubeconfigOfSomebodyElse, HoldsEverythingItself) {
  const auto parse = [](std::string_view cluster, std::string_view user) {
    return parse_kubeconfig(config_with(cluster, user), "Secret shop/edge", "");
  };
  constexpr std::string_view kCluster = "{server: 'https://a', certificate-authority-data: Q0E=}";
  ASSERT_OK_ASSIGN(const auto access, parse(kCluster, "{token: t}"));
  EXPECT_EQ(access.bearer_token, "t");
  EXPECT_EQ(access.server->ca_pem, "CA");
  EXPECT_EQ(access.description, "context edge of Secret shop/edge");
  const auto refused = [](const std::string& part) {
    return fails_with(ErrorCode::kInvalidInput, part);
  };
  EXPECT_THAT(parse("{server: 'https://a', certificate-authority: /etc/passwd}", "{}"),
              refused("certificate-authority: names a file"));
  EXPECT_THAT(parse("{server: 'https://a', insecure-skip-tls-verify: true}", "{}"),
              refused("is not accepted from others"));
  EXPECT_THAT(parse(kCluster, "{tokenFile: /var/run/secrets/token}"),
              refused("tokenFile: names a file"));
  EXPECT_THAT(parse(kCluster, "{client-certificate: a.crt, client-key: a.key}"),
              refused("client-certificate: names a file"));
  const auto exec = parse(kCluster, "{exec: {command: aws}}");
  EXPECT_THAT(exec, refused("would start a program"));
  EXPECT_EQ(exec.error().message().find("tokenFile"), std::string::npos) << "is refused as well";
  EXPECT_THAT(parse_kubeconfig(std::string(2u << 20, ' '), "Secret shop/edge", ""),
              refused("Secret shop/edge has more than"));
}

}  // namespace
}  // namespace sealift::kube
