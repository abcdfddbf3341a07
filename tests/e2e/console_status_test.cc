#include <sealift/kube/apply_set.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "console_case.h"
#include "support/test_part.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

const std::string kOld = "sha256:" + std::string(64, '1');
const std::string kNew = "sha256:" + std::string(64, '2');

class ConsoleStatus : public ConsoleCase {
 protected:
  static std::string delivered(const std::string& request = {}) {
    return "{\"status\": {" + ready("True", "Delivered", "4 objects") +
           R"(, "observedGeneration": 9, "lastHandledReconcileAt": ")" + request +
           R"(", "artifact": {"url": "registry.example.com/shop/web", "tag": "prod", "digest": ")" +
           kNew +
           R"(", "revision": "main@sha1:0123456789abcdef0123456789abcdef01234567",
              "source": "https://git.example.com/shop", "policy": "shop", "signers": ["release"]},
            "accepted": {"digest": ")" +
           kNew + R"(", "sequence": 2, "repository": "registry.example.com/shop/web"},
            "inventory": {"objects": 4},
            "history": [
              {"digest": ")" +
           kNew + R"(", "revision": "main@sha1:bb", "outcome": "delivered",
               "startedAt": "2026-11-21T09:00:01Z", "endedAt": "2026-11-21T09:00:02Z"},
              {"digest": ")" +
           kOld + R"(", "revision": "main@sha1:aa", "outcome": "delivered",
               "startedAt": "2026-11-20T09:00:01Z", "endedAt": "2026-11-20T09:00:02Z"}]}})";
  }
};

TEST_F(ConsoleStatus, GetShowsDeliveriesAsKubectlWould) {
  EXPECT_THAT(shown({"get"}), HasSubstr("no Delivery in namespace " + name_));
  make_delivery("web", "  labels: {team: shop}\n");
  make_delivery("api");
  patch_status("web", delivered());
  const auto table = shown({"get"});
  EXPECT_THAT(table, ContainsRegex("^NAME   READY     REVISION                 AGE    *MESSAGE\n"));
  EXPECT_THAT(table, ContainsRegex("\nweb    True      main@sha1:0123456789ab   [0-9]+s   *4 obj"));
  EXPECT_THAT(table, ContainsRegex("\napi |^api "));
  EXPECT_THAT(shown({"get", "-o", "wide"}), HasSubstr("sha256:222222222222"));
  EXPECT_EQ(shown({"get", "-o", "name", "-l", "team=shop"}), "delivery.sealift.dev/web\n");
  EXPECT_THAT(shown({"get", "-A"}), HasSubstr(name_));
  EXPECT_EQ(shown_json({"get", "deliveries", "web"}).string_at({"status", "artifact", "digest"}),
            kNew);
  EXPECT_THAT(shown({"get", "deliveries", "web", "-o", "yaml"}),
              AllOf(HasSubstr("kind: Delivery\n"), Not(HasSubstr("managedFields"))));
  const auto missing = console({"get", "deliveries", "nobody"});
  EXPECT_EQ(missing.exit_code, 4);
  EXPECT_THAT(missing.err, HasSubstr("there is no Delivery nobody in namespace " + name_));
  for (const auto* kind : {"policies", "policy", "trustpolicy", "tp"}) {
    EXPECT_THAT(shown({"get", kind}), HasSubstr("nothing is accepted")) << kind;
  }
  EXPECT_THAT(shown({"get", "delivery", "web"}), HasSubstr("web "));
}

TEST_F(ConsoleStatus, AWatchShowsEachChangeUntilItIsInterrupted) {
  make_delivery("web");
  test::Process watch(command({"get", "--watch"}));
  ASSERT_TRUE(watch.wait_for_output("no puller has looked at it yet"));
  patch_status("web", delivered());
  ASSERT_TRUE(watch.wait_for_output("4 objects"));
  test::Process documents(command({"get", "--watch", "-o", "json"}));
  ASSERT_TRUE(documents.wait_for_output("4 objects"));
  kubectl({"delete", "delivery", "web"});
  ASSERT_TRUE(watch.wait_for_output("deleted"));
  ASSERT_TRUE(documents.wait_for_output("\"deleted\": true"));
  for (auto* process : {&watch, &documents}) {
    process->send_signal(SIGINT);
    EXPECT_EQ(process->wait().exit_code, 0);
  }
  EXPECT_THAT(documents.out(), Not(HasSubstr("NAME")));
}

// `sealift get --watch | head -1`: nothing is written that would tell it.
TEST_F(ConsoleStatus, AWatchEndsWithItsReader) {
  make_delivery("web");
  for (const auto& arguments :
       {std::vector<std::string>{"get", "--watch"},
        std::vector<std::string>{"events", "web", "--watch", "-o", "json"}}) {
    std::vector<std::string> shell = {"bash", "-c", "\"$@\" | head -1; echo ended ${PIPESTATUS[0]}",
                                      "bash"};
    for (auto& word : command(arguments)) shell.push_back(std::move(word));
    test::Process watch(shell);
    EXPECT_TRUE(watch.wait_for_output("ended 0")) << watch.out() << watch.err();
  }
}

// It would wait in silence for what cannot come.
TEST_F(ConsoleStatus, AWatchOfNothingEndsWithTheReason) {
  const auto nobody = console({"get", "deliveries", "nobody", "--watch"});
  EXPECT_EQ(nobody.exit_code, 4);
  EXPECT_THAT(nobody.err, HasSubstr("there is no Delivery nobody in namespace " + name_));
  const test::TempDirectory directory;
  directory.write("kubeconfig",
                  "{clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}], "
                  "contexts: [{name: c, context: {cluster: c}}], current-context: c}");
  const auto away = test::run_process(
      {program("sealift"), "get", "--watch", "--kubeconfig", directory.file("kubeconfig")});
  EXPECT_EQ(away.exit_code, 6);
  EXPECT_THAT(away.err, HasSubstr("cannot connect to 127.0.0.1:1"));
}

TEST_F(ConsoleStatus, ReconcileWaitsForTheAnswerToItsOwnRequest) {
  make_delivery("web");
  patch_status("web", delivered("an earlier request"));
  test::Process asking(command({"reconcile", "web", "--wait"}));
  ASSERT_TRUE(asking.wait_for_output("requested"));
  const auto request = annotation("web", "sealift.dev/requestedAt");
  ASSERT_FALSE(request.empty());
  patch_status("web", "{\"status\": {" + ready("Unknown", "Progressing", "2 of 4 applied") + "}}");
  ASSERT_TRUE(asking.wait_for_output("2 of 4 applied"));
  patch_status("web", delivered(request));
  const auto done = asking.wait();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out + done.err, Not(ContainsRegex("waiting[^\n]*4 objects")));
  EXPECT_THAT(done.out, HasSubstr(kNew));
}

TEST_F(ConsoleStatus, ReconcileFailsAsTheDeliveryDoes) {
  make_delivery("web");
  test::Process asking(command({"reconcile", "web", "--wait"}));
  ASSERT_TRUE(asking.wait_for_output("requested"));
  patch_status("web", R"({"status": {"observedGeneration": 9, "lastHandledReconcileAt": ")" +
                          annotation("web", "sealift.dev/requestedAt") + "\", " +
                          ready("False", "Refused", "no key of policy shop signed it") + "}}");
  const auto refused = asking.wait();
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("Refused: no key of policy shop signed it"));
  const auto late = console({"reconcile", "web", "--wait", "--timeout", "200ms"});
  EXPECT_EQ(late.exit_code, 6);
  EXPECT_THAT(late.err, HasSubstr("no puller has answered the request"));
}

TEST_F(ConsoleStatus, ASuspendedDeliveryIsResumedBeforeItRuns) {
  make_delivery("web");
  shown({"suspend", "web"});
  EXPECT_TRUE(*delivery("web").find_path({"spec", "suspend"})->as_bool());
  const auto asked = console({"reconcile", "web"});
  EXPECT_EQ(asked.exit_code, 8);
  EXPECT_THAT(asked.err, HasSubstr("sealift resume web --namespace " + name_));
  const auto resumed = shown_json({"resume", "web"});
  EXPECT_FALSE(*delivery("web").find_path({"spec", "suspend"})->as_bool());
  EXPECT_EQ(resumed.string_at({"requestedAt"}), annotation("web", "sealift.dev/requestedAt"));
}

TEST_F(ConsoleStatus, ARollbackPinsTheArtifactBeforeUntilItIsCleared) {
  make_delivery("web");
  const auto none = console({"rollback", "web"});
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_THAT(none.err, HasSubstr("--to DIGEST"));
  patch_status("web", delivered());
  shown({"rollback", "web"});
  EXPECT_EQ(annotation("web", "sealift.dev/rollback-to"), kOld);
  shown({"rollback", "web", "--to", kNew});
  EXPECT_EQ(annotation("web", "sealift.dev/rollback-to"), kNew);
  shown({"rollback", "web", "--clear"});
  EXPECT_EQ(annotation("web", "sealift.dev/rollback-to"), "");
  EXPECT_EQ(console({"rollback", "web", "--to", "v1"}).exit_code, 2);
  EXPECT_EQ(console({"rollback", "web", "--to", kNew, "--clear"}).exit_code, 2);
}

// What a puller marks: the Delivery as parent, the objects as members (KEP-3659).
class ConsoleMembers : public ConsoleStatus {
 protected:
  void SetUp() override {
    ConsoleStatus::SetUp();
    if (HasFatalFailure()) return;
    const auto id = kube::applyset_id("web", name_, "Delivery", "sealift.dev");
    make_delivery("web", "  labels: {applyset.kubernetes.io/id: " + id +
                             "}\n  annotations: {applyset.kubernetes.io/contains-group-kinds: "
                             "\"ConfigMap,Deployment.apps,Gone.example.com\"}\n");
    patch_status("web", delivered());
    const auto labels = "labels: {applyset.kubernetes.io/part-of: " + id + "}";
    deliver_by_hand("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: " +
                    name_ + ", " + labels + "}\n---\n" + deployment("web", labels, "") + "---\n" +
                    deployment("broken", labels, "sealift.test/hang: \"true\""));
    apply(deployment("foreign", "", "") + "---\n" + deployment("forged", labels, ""));
    ASSERT_TRUE(eventually([&] {
      return get(apps("deployments/web")).find_path({"status", "availableReplicas"}) != nullptr;
    }));
  }

  // The command, through proxy_.
  std::vector<std::string> counted(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), program("sealift"));
    arguments.insert(arguments.end(),
                     {"--kubeconfig", directory_.file("kubeconfig"), "--namespace", name_});
    return arguments;
  }
  bool is_watched(const std::string& path) const {
    const auto requests = proxy_.requests();
    return std::any_of(requests.begin(), requests.end(), [&](const auto& request) {
      return request.is_watch() && request.path == path;
    });
  }
  std::string deployment(const std::string& name, const std::string& labels,
                         const std::string& pod_labels) const {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name +
           "\n  namespace: " + name_ + "\n  " + labels +
           "\nspec:\n  selector: {matchLabels: {app: " + name +
           "}}\n  template:\n    metadata: {labels: {app: " + name +
           (pod_labels.empty() ? "" : ", " + pod_labels) +
           "}}\n    spec: {containers: [{name: web, image: registry.example.com/web}]}\n";
  }
};

TEST_F(ConsoleMembers, TheTreeShowsLiveObjectsWithTheirHealth) {
  const auto tree = shown({"tree", "web"});
  EXPECT_THAT(tree, HasSubstr("Delivery " + name_ + "/web   Ready   main@sha1:0123456789ab\n"));
  EXPECT_THAT(tree, ContainsRegex(name_ + "/settings +Current"));
  EXPECT_THAT(tree, ContainsRegex(name_ + "/web +Current"));
  EXPECT_THAT(tree, ContainsRegex(name_ + "/broken +InProgress   [^\n]*replica"));
  EXPECT_THAT(tree, Not(HasSubstr("foreign")));
  EXPECT_THAT(tree, HasSubstr("not delivered: somebody else wrote their label"));
  const auto json = shown_json({"tree", "web"});
  EXPECT_EQ(json.find("objects")->as_array()->size(), 3u);
  EXPECT_EQ(console({"tree", "nobody"}).exit_code, 4);
}

TEST_F(ConsoleMembers, TheTreeShowsWhatDriftedAndWhatIsMissing) {
  const auto named = [&](const std::string& name) {
    return R"({"group": "", "kind": "ConfigMap", "namespace": ")" + name_ + R"(", "name": ")" +
           name + "\"";
  };
  patch_status("web", R"({"status": {"unhealthy": [)" + named("gone") +
                          R"(, "health": "NotFound"}], "drift": {"count": 2, "objects": [)" +
                          named("settings") + "}, " + named("gone") + "}]}}}");
  const auto tree = shown({"tree", "web"});
  EXPECT_THAT(tree, HasSubstr("/web   Ready   1 missing   2 drifted   main@"));
  EXPECT_THAT(tree, ContainsRegex(name_ + "/settings +Current   drifted\n"));
  EXPECT_THAT(tree, ContainsRegex(name_ + "/gone +Missing   drifted\n"));
  EXPECT_EQ(shown_json({"tree", "web"}).find("missing")->as_int64(), 1);
}

TEST_F(ConsoleMembers, EventsGoOnUntilTheyAreInterrupted) {
  test::Process watch(counted({"events", "web", "--watch"}));
  ASSERT_TRUE(watch.wait_for_output("main@sha1:aa"));
  EXPECT_TRUE(eventually([&] { return is_watched(core("events")); }));
  cluster_.kubectl({"scale", "deployment/web", "--replicas", "3", "-n", name_});
  ASSERT_TRUE(watch.wait_for_output("to 3"));
  watch.send_signal(SIGINT);
  EXPECT_EQ(watch.wait().exit_code, 0);
}

TEST_F(ConsoleMembers, EventsAreOfTheDeliveryAndItsObjectsInTheirOrder) {
  ASSERT_TRUE(eventually(
      [&] { return shown({"events", "web"}).find("ScalingReplicaSet") != std::string::npos; }));
  const auto events = shown({"events", "web"});
  EXPECT_THAT(events, AllOf(HasSubstr("LAST SEEN"), HasSubstr("main@sha1:aa"),
                            HasSubstr("Deployment/web"), Not(HasSubstr("foreign"))));
  EXPECT_LT(events.find("main@sha1:aa"), events.find("main@sha1:bb"));
  EXPECT_LT(events.find("main@sha1:bb"), events.find("Deployment/web"));
}

// The Delivery by one watch, and each kind by one, also a kind that comes later.
TEST_F(ConsoleMembers, AWatchedTreeFollowsTheDeliveryAndEachMember) {
  test::Process watch(counted({"tree", "web", "--watch", "--output", "json"}));
  for (const auto& path : {"/apis/sealift.dev/v1alpha1/namespaces/" + name_ + "/deliveries",
                           core("configmaps"), apps("deployments")}) {
    EXPECT_TRUE(eventually([&] { return is_watched(path); })) << path;
  }
  patch_status("web", "{\"status\": {" + ready("False", "Degraded", "broken") + "}}");
  ASSERT_TRUE(watch.wait_for_output("\"ready\": \"False\""));
  kubectl({"delete", "configmap", "settings"});
  const auto id = kube::applyset_id("web", name_, "Delivery", "sealift.dev");
  deliver_by_hand("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: later, namespace: " + name_ +
                  ", labels: {applyset.kubernetes.io/part-of: " + id + "}}\n");
  ASSERT_TRUE(watch.wait_for_output("\"later\""));
  kubectl({"annotate", "delivery", "web", "--overwrite",
           "applyset.kubernetes.io/contains-group-kinds=ConfigMap,Deployment.apps,Service"});
  EXPECT_TRUE(eventually([&] { return is_watched(core("services")); }));
  patch_delivery("web", R"({"metadata": {"finalizers": null}})");
  kubectl({"delete", "delivery", "web"});
  const auto ended = watch.wait();
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_THAT(ended.err, HasSubstr("there is no Delivery web"));
}

TEST_F(ConsoleMembers, APodIsTracedToItsCommitAndSigners) {
  const auto pods = get(core("pods") + "?labelSelector=app%3Dweb");
  const auto pod =
      std::string(pods.find("items")->as_array()->front().string_at({"metadata", "name"}));
  const auto origin = shown_json({"trace", "po/" + pod});
  EXPECT_EQ(origin.string_at({"member", "kind"}), "Deployment");
  EXPECT_EQ(origin.string_at({"delivery", "name"}), "web");
  EXPECT_EQ(origin.string_at({"artifact", "commit"}), "0123456789abcdef0123456789abcdef01234567");
  const auto text = shown({"trace", "deploy/web"});
  EXPECT_THAT(text, ContainsRegex("Signed by +release\n"));
  EXPECT_THAT(text, ContainsRegex("Policy +shop\n"));
  const auto foreign = console({"trace", "deploy/foreign"});
  EXPECT_EQ(foreign.exit_code, 4);
  EXPECT_THAT(foreign.err, HasSubstr("was not delivered by Sealift"));
  const auto forged = console({"trace", "deploy/forged"});
  EXPECT_EQ(forged.exit_code, 4);
  EXPECT_THAT(forged.err, HasSubstr("somebody else put it there"));
  EXPECT_EQ(console({"trace", "web"}).exit_code, 2);
}

TEST_F(ConsoleStatus, WhatAPullerOfFilesDeliveredIsSeenToo) {
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  EXPECT_THAT(shown({"tree", "shop"}), AllOf(HasSubstr("Delivery " + name_ + "/shop"),
                                             ContainsRegex(name_ + "/b +Current")));
  const auto origin = shown_json({"trace", "cm/a"});
  EXPECT_EQ(origin.string_at({"delivery", "parent"}), "ConfigMap");
  EXPECT_EQ(origin.string_at({"artifact", "digest"}), inventory("dev.sealift.digest"));
}

TEST_F(ConsoleStatus, ATraceGoesOnToTheFileWhereTheArtifactCanBeFetched) {
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  const auto from_file = console({"trace", "cm/a", "--file"});
  EXPECT_EQ(from_file.exit_code, 7);
  EXPECT_THAT(from_file.err, HasSubstr("leave --file"));
  const auto id = kube::applyset_id("web", name_, "Delivery", "sealift.dev");
  apply("apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata:\n  name: web\n  namespace: " +
        name_ + "\n  labels: {applyset.kubernetes.io/id: " + id + "}\nspec:\n  artifact: {url: \"" +
        repository_ + "\"}\n");
  patch_status("web", R"({"status": {"artifact": {"digest": ")" + inventory("dev.sealift.digest") +
                          R"("}}})");
  deliver_by_hand("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: " + name_ +
                  ", labels: {applyset.kubernetes.io/part-of: " + id + "}}\n");
  EXPECT_EQ(shown_json({"trace", "cm/a", "--file"}).string_at({"file"}), "a.yaml:1:1");
}

TEST_F(ConsoleStatus, KubectlRunsItAsAPlugin) {
  make_delivery("web");
  const auto bin = program("sealift").substr(0, program("sealift").rfind('/'));
  test::ProcessOptions options;
  options.environment = {{"PATH", bin + ":" + std::getenv("PATH")}};
  const auto plugin =
      test::run_process({test::test_part("kubectl"), "sealift", "get", "--kubeconfig",
                         cluster_.kubeconfig(), "-n", name_, "-o", "name"},
                        options);
  EXPECT_EQ(plugin.exit_code, 0) << plugin.err;
  EXPECT_EQ(plugin.out, "delivery.sealift.dev/web\n");
  const auto offered =
      test::run_process({test::test_part("kubectl"), "__complete", "sealift", "reco"}, options);
  EXPECT_THAT(offered.out, AllOf(HasSubstr("reconcile\n"), Not(HasSubstr("push"))));
  const auto wrong = test::run_process({bin + "/kubectl-sealift", "gett"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("kubectl sealift --help"));
}

// A cluster that has never heard of Sealift is an answer, not a riddle.
TEST_F(ConsoleStatus, WithoutTheDefinitionsItSaysThatSealiftIsNotInstalled) {
  cluster_.kubectl({"delete", "crd", "deliveries.sealift.dev"});
  for (const std::vector<std::string>& asked :
       {std::vector<std::string>{"get"}, {"get", "--watch"}, {"tree", "web"}, {"suspend", "web"}}) {
    const auto missing = console(asked);
    EXPECT_EQ(missing.exit_code, 4) << asked.front();
    EXPECT_THAT(missing.err, HasSubstr("Sealift is not installed there")) << asked.front();
  }
}

}  // namespace
}  // namespace sealift::e2e
