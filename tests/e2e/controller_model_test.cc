#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "controller_case.h"
#include "key_block.h"
#include "model/model_cluster.h"
#include "model/object_json.h"
#include "model/step_generator.h"
#include "model/version_pool.h"
#include "model/world.h"
#include "support/result_matchers.h"

namespace sealift::e2e {
namespace {

using model::Application;
using model::Step;
using What = Step::What;

constexpr int kVersions = 24;
constexpr std::chrono::milliseconds kBetweenLooks{30};

// $NAME, or what is given.
std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

// Many Deliveries, one puller, and everything that happens to them by chance. After each burst of
// steps the cluster has to become what the model says.
class ControllerModel : public ControllerCase {
 protected:
  void SetUp() override {
    ControllerCase::SetUp();
    seed_ = number_from_environment("SEALIFT_SEED", std::random_device()());
    RecordProperty("seed", std::to_string(seed_));
    std::cout << "SEALIFT_SEED=" << seed_ << std::endl;
    make_applications();
    make_tenants();
    generator_ = std::make_unique<model::StepGenerator>(seed_, applications_);
    const auto& versions = generator_->make_versions(kVersions);
    pool_ = std::make_unique<model::VersionPool>(program("sealift"), key_file(), foreign_key());
    pool_->push(versions);
    registry_ = std::make_unique<test::CountingProxy>("http://" + pool_->address(), nullptr);
    registry_address_ = registry_->url().substr(std::string_view("http://").size());
    world_ = std::make_unique<model::World>(applications_, versions);
    live_ =
        std::make_unique<model::ModelCluster>(cluster_.client(), registry_address_, applications_,
                                              [this](const auto& repository, auto digest) {
                                                return pool_->version_of(repository, digest);
                                              });
    make_policies();
    start_puller();
  }

  void make_applications() {
    const auto a = name_ + "-a";
    const auto b = name_ + "-b";
    const auto c = name_ + "-c";
    applications_ = {
        {"web", a, "", "web", false, ""},       {"shop", a, "", "web", false, "web"},
        {"jobs", b, c, "jobs", false, ""},      {"edge", b, "", "edge", true, ""},
        {"data", c, b, "data", false, ""},      {"mail", c, "", "data", false, ""},
        {"desk", b, "", "jobs", false, "edge"}, {"tills", c, a, "edge", true, ""},
        {"stock", a, c, "web", false, ""},      {"audit", b, "", "data", false, "jobs"}};
  }

  // Each account may deliver into all namespaces of the run.
  void make_tenants() {
    const std::vector<std::string> name_spaces{name_ + "-a", name_ + "-b", name_ + "-c"};
    std::string yaml(model::kWidgetDefinition);
    yaml += R"(
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: model-deployer}
rules:
  - apiGroups: ["", apps, model.sealift.test]
    resources: [configmaps, secrets, services, deployments, widgets]
    verbs: [get, list, watch, create, patch, delete]
)";
    for (const auto& one : name_spaces) {
      yaml += "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + one + "}\n";
    }
    for (const auto& one : name_spaces) {
      yaml += "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: deployer, namespace: " +
              one + "}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n" +
              "metadata: {name: deployer, namespace: " + one +
              "}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "
              "model-deployer}\nsubjects:\n";
      for (const auto& other : name_spaces) {
        yaml += "  - {kind: ServiceAccount, name: deployer, namespace: " + other + "}\n";
      }
    }
    cluster_.kubectl_apply(yaml);
    const auto ready = cluster_.kubectl(
        {"wait", "--for=condition=Established", "--timeout=60s", "crd/widgets.model.sealift.test"});
    ASSERT_EQ(ready.exit_code, 0) << ready.err;
  }

  void make_policies() {
    for (const auto& application : applications_) {
      if (application.name == application.repository) {
        trust(application.repository, application.is_strict);
      }
    }
  }

  void trust(const std::string& repository, bool is_strict) {
    cluster_.kubectl_apply(
        "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: model-" +
        repository + "}\nspec:\n  repositories: [\"" + registry_address_ + "/" + repository +
        "\"]\n  rollback: " + (is_strict ? "deny" : "allow") +
        "\n  signatures:\n    keys:\n      - name: release\n        publicKey: |\n" +
        key_block(public_key()));
  }

  std::string foreign_key() {
    const auto prefix = directory_.file("foreign");
    const auto made = test::run_process(
        {program("sealift"), "key", "generate", "--no-password", "--output-key-prefix", prefix});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return prefix + ".key";
  }

  void play(const std::vector<Step>& burst) {
    history_ += "-- burst\n";
    for (const auto& step : burst) {
      history_ += step.to_string() + "\n";
      play(step);
      if (HasFatalFailure()) return;
    }
    proxy_.set_rule(nullptr);
    registry_->set_rule(nullptr);
    come_to_rest();
    proxy_.forget_requests();
    registry_->forget_requests();
  }

  void play(const Step& step) {
    switch (step.what) {
      case What::kPublish:
        pool_->publish(step.repository, step.number);
        return world_->published(step.repository, step.number);
      case What::kChange:
        live_->change(step.application, step.settings);
        return world_->changed(step.application, step.settings);
      case What::kDelete:
        live_->remove(step.application);
        return world_->deleted(step.application);
      case What::kCreate:
        // One of before has to be gone first.
        EXPECT_TRUE(eventually([&] { return live_->is_gone(step.application); }))
            << dump_json_pretty(get("/apis/sealift.dev/v1alpha1/deliveries"));
        live_->create(step.application, step.settings);
        return world_->created(step.application, step.settings);
      case What::kRequest:
        return live_->request(step.application, "step-" + std::to_string(++requests_));
      case What::kStorm:
        return let_requests_fail(step.number);
      case What::kRegistryAway:
        registry_->cut_all();
        return registry_->set_rule([](const auto&, auto) { return test::ProxyAction::cut(); });
      case What::kCutWatches:
        return proxy_.cut_all();
      case What::kRestartServer:
        cluster_.stop_api_server();
        return cluster_.start_api_server();
      case What::kKillPuller:
      case What::kStopPuller:
      case What::kLoseState:
        return restart_puller(step.what);
      default:
        return touch(step);
    }
  }

  // By somebody else's hand.
  void touch(const Step& step) {
    if (step.what == What::kErase) {
      if (live_->erase(step.key)) world_->wrote(step.key, std::nullopt);
      return;
    }
    std::optional<model::LiveObject> object;
    switch (step.what) {
      case What::kEdit:
        object = live_->edit(step.key, step.value);
        break;
      case What::kUnlabel:
        object = live_->unlabel(step.key);
        break;
      case What::kDisown:
        object = live_->disown(step.key);
        break;
      case What::kForge:
        live_->plant(step.key, {step.value, "", "", false});
        object = live_->forge(step.key, step.application);
        break;
      default:
        object = live_->plant(step.key, {step.value, "", "", false});
    }
    if (object) world_->wrote(step.key, std::move(object));
  }

  void let_requests_fail(int one_of) {
    proxy_.set_rule(
        [one_of, count = std::make_shared<std::atomic<int>>(0)](const auto& request, auto) {
          const int ordinal = ++*count;
          if (ordinal % one_of != 0) return test::ProxyAction::forward();
          switch (ordinal / one_of % 4) {
            case 0:
              return test::ProxyAction::cut();
            case 1:
              return test::ProxyAction::answer(500);
            case 2:
              // A watch that is never answered is a silence of its own.
              return request.is_watch() ? test::ProxyAction::cut() : test::ProxyAction::lose();
            default: {
              auto action = test::ProxyAction::answer(429);
              action.headers.add("Retry-After", "1");
              return action;
            }
          }
        });
  }

  void restart_puller(What how) {
    if (how == What::kStopPuller) {
      // Before that it has not asked for signals yet.
      puller_->wait_for_output("started");
      stop_puller();
    } else {
      puller_->send_signal(SIGKILL);
      puller_->wait();
    }
    // Its watches would stay open behind the proxy until somebody wrote to them.
    proxy_.cut_all();
    if (how == What::kLoseState) {
      std::filesystem::remove_all(directory_.file(state_));
      world_->state_lost();
    }
    start_puller();
  }

  // Every Delivery is asked for a run, so that the answer counts what the burst has done.
  void come_to_rest() {
    const auto token = "rest-" + std::to_string(++requests_);
    for (const auto& application : applications_) live_->request(application.name, token);
    model::Observation seen;
    std::vector<std::string> differences;
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + patience_;
    do {
      seen = live_->observe(token);
      differences = world_->differences(seen);
      if (differences.empty()) return world_->settle(seen);
      std::this_thread::sleep_for(kBetweenLooks);
    } while (steady_clock::now() < end);
    std::string text;
    for (const auto& one : differences) text += "  " + one + "\n";
    for (const auto& application : applications_) {
      const auto live = get("/apis/sealift.dev/v1alpha1/namespaces/" + application.name_space +
                            "/deliveries/" + application.name);
      const auto* status = live.find("status");
      text += application.name + ": " + (status ? dump_json(*status) : "no status") + "\n";
    }
    FAIL() << "SEALIFT_SEED=" << seed_ << "\n" << history_ << "What differs:\n" << text;
  }

  std::uint64_t seed_ = 0;
  // Only a failure takes so long.
  const std::chrono::seconds patience_{number_from_environment("SEALIFT_PATIENCE", 120)};
  std::vector<Application> applications_;
  std::unique_ptr<model::StepGenerator> generator_;
  std::unique_ptr<model::VersionPool> pool_;
  std::unique_ptr<test::CountingProxy> registry_;
  std::string registry_address_;
  std::unique_ptr<model::World> world_;
  std::unique_ptr<model::ModelCluster> live_;
  std::string history_;
  int requests_ = 0;
};

TEST_F(ControllerModel, IsAsTheModelSaysAfterAThousandSteps) {
  const auto wanted = number_from_environment("SEALIFT_STEPS", 1000);
  play(generator_->beginning());
  for (std::uint64_t steps = 0; steps < wanted && !HasFailure();) {
    const auto burst = generator_->burst();
    play(burst);
    steps += burst.size();
  }
}

}  // namespace
}  // namespace sealift::e2e
