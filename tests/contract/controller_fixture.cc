#include "contract/controller_fixture.h"

#include <sealift/controller/definitions.h>

#include <algorithm>

namespace sealift::controller {
namespace {

kube::ClusterAccess through(const test::CountingProxy& proxy, kube::ClusterAccess access) {
  access.server_url = proxy.url();
  return access;
}

void install_definitions(test::TestCluster& cluster) {
  static bool installed = false;
  if (std::exchange(installed, true)) return;
  cluster.kubectl_apply(delivery_definition());
  cluster.kubectl_apply(trust_policy_definition());
  const auto waited =
      cluster.kubectl({"wait", "--for=condition=Established", "--timeout=120s",
                       "crd/deliveries.sealift.dev", "crd/trustpolicies.sealift.dev"});
  ASSERT_EQ(waited.exit_code, 0) << waited.err;
}

}  // namespace

void RecordingSink::note(std::string call) {
  const std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
  changed_.notify_all();
}

void RecordingSink::put(delivery::Delivery delivery) {
  {
    const std::lock_guard lock(mutex_);
    deliveries_.insert_or_assign(delivery.id(), delivery);
  }
  note("put " + delivery.id());
}

void RecordingSink::set_policies(Policies policies) {
  std::string names;
  for (const auto& policy : policies.policies) names += (names.empty() ? "" : ",") + policy.name;
  {
    const std::lock_guard lock(mutex_);
    problem_ = policies.problem;
  }
  note("policies " + names + (policies.problem.empty() ? "" : " (kept)"));
}

void RecordingSink::wait_for(const std::string& call, std::size_t times) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return static_cast<std::size_t>(std::count(calls_.begin(), calls_.end(), call)) >= times;
  });
}

std::vector<std::string> RecordingSink::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::optional<delivery::Delivery> RecordingSink::delivery(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = deliveries_.find(id);
  if (found == deliveries_.end()) return std::nullopt;
  return found->second;
}

std::string RecordingSink::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

ControllerContract::ControllerContract()
    : proxy_(cluster_.access().server_url, cluster_.access().server),
      client_(cluster_.client(through(proxy_, cluster_.access()))),
      statuses_(api_, records_, system_clock(), system_random(), Logger::silent()),
      policy_statuses_(client_, system_clock(), system_random(), Logger::silent()),
      events_(client_, "test", system_clock(), system_random(), Logger::silent()),
      farewell_(api_, records_, system_clock(), system_random(), Logger::silent()) {
  install_definitions(cluster_);
}

ControllerContract::~ControllerContract() {
  feed_.reset();
  // A finalizer would keep what the next case must not see.
  cluster_.kubectl({"--namespace", name_space_, "patch", "delivery", "web", "--type=merge",
                    "--patch", R"({"metadata":{"finalizers":null}})"});
  cluster_.kubectl({"--namespace", name_space_, "delete", "deliveries", "--all", "--wait=false"});
  cluster_.kubectl({"delete", "trustpolicies", "--all"});
}

std::string ControllerContract::kubectl(std::vector<std::string> arguments,
                                        std::string standard_input) {
  arguments.insert(arguments.begin(), {"--namespace", name_space_});
  const auto done = cluster_.kubectl(arguments, std::move(standard_input));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  return done.out;
}

void ControllerContract::apply_delivery(const std::string& spec, const std::string& name) {
  cluster_.kubectl_apply(
      "{apiVersion: sealift.dev/v1alpha1, kind: Delivery, metadata: {name: " + name +
      ", namespace: " + name_space_ + "}, spec: {" +
      "artifact: {url: 'oci://registry.test/shop/web', tag: v1}, " + spec + "}}");
}

void ControllerContract::start_feed(AccountRule accounts) {
  feed_ = std::make_unique<ResourceFeed>(
      client_, FeedScope{{name_space_}, ""}, std::move(accounts),
      ResourceFeed::Parts{records_, sink_, statuses_, policy_statuses_, farewell_, events_, roots_},
      Logger::silent());
  feed_->start();
}

Json ControllerContract::live(const std::string& name) {
  auto object = client_.get(deliveries().path(name_space_, name), {}, {});
  EXPECT_OK(object);
  return object ? *object : Json::object();
}

std::string ControllerContract::ready_reason() {
  const auto object = live();
  const auto* conditions = object.find_path({"status", "conditions"});
  if (!conditions) return "";
  for (const auto& condition : *conditions->as_array()) {
    if (condition.string_at({"type"}) == "Ready") {
      return std::string(condition.string_at({"reason"}));
    }
  }
  return "";
}

std::vector<std::string> ControllerContract::writes() {
  std::vector<std::string> out;
  for (const auto& request : proxy_.requests()) {
    if (!request.is_write()) continue;
    const bool status = request.path.ends_with("/status");
    const bool event = request.path.find("/events") != std::string::npos;
    out.push_back(request.method + (event ? " event" : status ? " status" : " metadata"));
  }
  return out;
}

puller::DeliveryReport ControllerContract::report_of(puller::RunOutcome::Kind kind,
                                                     const std::string& content) {
  puller::DeliveryReport report;
  report.run_began = system_clock().now();
  report.now = report.run_began;
  report.outcome.kind = kind;
  report.outcome.digest = Digest::of(content);
  report.artifact = artifacts::ArtifactFacts{"registry.test/shop/web",
                                             "v1",
                                             Digest::of(content),
                                             "",
                                             "main@sha1:abc",
                                             "",
                                             std::nullopt,
                                             "",
                                             {}};
  report.kinds = {{{"", "ConfigMap"}, 1, 1}};
  return report;
}

}  // namespace sealift::controller
