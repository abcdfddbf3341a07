// sealift diff with a cluster: only what the other side names is compared.
#include <gmock/gmock.h>

#include "console_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ConsoleDiff : public ConsoleCase {
 protected:
  ConsoleDiff() {
    wanted_ = directory_.write(
        "wanted.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {selector: {app: web}, ports: [{port: 80, protocol: TCP, name: http}, {port: 80, "
        "protocol: UDP, "
        "name: quic}]}\n---\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
        "    spec:\n      containers:\n      - name: web\n        image: shop/web:1\n"
        "        ports: [{containerPort: 80}]\n        resources: {limits: {cpu: 1000m, memory: "
        "1024Mi}}\n---\n"
        "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: hunter2}\n");
  }
  void deliver_wanted() { kubectl({"apply", "--server-side", "--filename", wanted_}); }

  std::string wanted_;
};

TEST_F(ConsoleDiff, WhatTheServerFilledInIsNoDrift) {
  const auto fresh = console({"diff", "live:", wanted_});
  EXPECT_EQ(fresh.exit_code, 1) << fresh.err;
  EXPECT_THAT(fresh.out, AllOf(HasSubstr("added    Deployment.apps " + name_ + "/web"),
                               HasSubstr("0 changed, 3 added"), Not(HasSubstr("hunter2"))));
  deliver_wanted();
  for (const auto& sides : {std::vector<std::string>{"diff", wanted_, "live:"},
                            std::vector<std::string>{"diff", "live:", wanted_}}) {
    const auto same = console(sides);
    EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
    EXPECT_EQ(same.out, "no differences in 3 objects\n");
  }
  kubectl({"scale", "deployment", "web", "--replicas", "4"});
  EXPECT_EQ(console({"diff", wanted_, "live:"}).exit_code, 0) << "replicas are not named";
  kubectl({"set", "image", "deployment/web", "web=shop/web:2"});
  kubectl({"patch", "secret", "login", "--type=merge", "--patch",
           R"({"stringData": {"password": "hunter3"}})"});
  const auto drift = console({"diff", wanted_, "live:"});
  EXPECT_EQ(drift.exit_code, 1);
  EXPECT_THAT(drift.out,
              AllOf(HasSubstr("- /spec/template/spec/containers/[name=web]/image  shop/web:1"),
                    HasSubstr("+ /spec/template/spec/containers/[name=web]/image  shop/web:2"),
                    HasSubstr("(sensitive, changed, 7 bytes)"), Not(HasSubstr("hunter")),
                    HasSubstr("2 changed, 0 added, 0 removed, 1 unchanged")));
}

TEST_F(ConsoleDiff, KindsAndNamespacesThatAreNotThereAreNew) {
  const auto file = directory_.write(
      "more.yaml",
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + name_ +
          "}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: nowhere-" +
          name_ + "}\n---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n");
  const auto result = console({"diff", "live:", file});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("added    ConfigMap nowhere-" + name_ + "/a"),
                                HasSubstr("added    Widget.example.com a"),
                                HasSubstr("2 added, 0 removed, 1 unchanged")));
}

TEST_F(ConsoleDiff, NoClusterIsNoDifference) {
  auto command = std::vector<std::string>{
      program("sealift"), "diff", wanted_, "live:", "--kubeconfig", "/nowhere"};
  EXPECT_EQ(test::run_process(command).exit_code, 4);
}

}  // namespace
}  // namespace sealift::e2e
