#include <sealift/target/plan.h>

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "artifact_objects.h"

namespace sealift::target {
namespace {

constexpr int kObjectsPerFile = 100;

std::string deployment(int number) {
  const auto name = "app-" + std::to_string(number);
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name +
         "\n  labels: {app: " + name +
         "}\nspec:\n  replicas: 3\n  selector:\n    matchLabels: "
         "{app: " +
         name + "}\n  template:\n    metadata:\n      labels: {app: " + name +
         "}\n    spec:\n      containers:\n        - name: web\n          image: "
         "registry.example.com/" +
         name +
         ":1.0.0\n          ports: [{containerPort: 8080}]\n"
         "          env:\n            - {name: MODE, value: production}\n"
         "            - {name: REGION, value: eu}\n";
}

// A thousand applications have about ten thousand objects.
std::vector<archive::TarFile> make_files(std::int64_t objects) {
  std::vector<archive::TarFile> files;
  for (int i = 0; i < objects; ++i) {
    if (i % kObjectsPerFile == 0) files.push_back({"f" + std::to_string(i) + ".yaml", ""});
    files.back().bytes += "---\n" + deployment(i);
  }
  return files;
}

delivery::Delivery make_delivery() {
  return delivery::Delivery(
      "web", "shop",
      delivery::ArtifactSpec{oci::Reference::parse("oci://registry.example.com/shop").value(),
                             {"v1", {}, {}},
                             "",
                             "",
                             "",
                             false});
}

Result<std::optional<bool>> unknown_scope(const objects::GroupVersionKind&) { return std::nullopt; }

Result<DesiredState> read(const delivery::Delivery& delivery,
                          const std::vector<archive::TarFile>& files) {
  SEALIFT_ASSIGN(const auto artifact, artifacts::parse_artifact_objects(files, ""));
  return desired_state_of(delivery, Digest::of(""), artifact.objects, {}, unknown_scope);
}

DesiredState make_desired(std::int64_t objects) {
  return read(make_delivery(), make_files(objects)).value();
}

void desired_state(benchmark::State& state) {
  const auto files = make_files(state.range(0));
  std::size_t bytes = 0;
  for (const auto& file : files) bytes += file.bytes.size();
  const auto delivery = make_delivery();
  for (auto _ : state) {
    auto desired = read(delivery, files);
    if (!desired) return state.SkipWithError(desired.error().message().c_str());
    benchmark::DoNotOptimize(desired);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// One object of all has drifted: what a run costs that finds next to nothing to do.
void plan(benchmark::State& state) {
  const auto delivery = make_delivery();
  const auto desired = make_desired(state.range(0));
  LiveObjects live;
  DeliveryState remembered;
  for (const auto& object : desired.objects) {
    const auto id = object.object.id();
    live[id] = {"0d8a7c1e-5b1d-4a5e-9d0e-6a4c1e2f3a4b", "fields", false, false};
    remembered.objects[id] = {object.content_hash, live[id].uid, "fields"};
  }
  live.begin()->second.own_fields_hash = "others";
  for (auto _ : state) {
    auto made = make_plan(delivery, desired, live, remembered);
    if (!made || made->applies.size() != 1) return state.SkipWithError("wrong plan");
    benchmark::DoNotOptimize(made);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// All objects are new.
void first_plan(benchmark::State& state) {
  const auto delivery = make_delivery();
  const auto desired = make_desired(state.range(0));
  const auto objects = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    auto made = make_plan(delivery, desired, {}, {});
    if (!made || made->applies.size() != objects) return state.SkipWithError("wrong plan");
    benchmark::DoNotOptimize(made);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(desired_state)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(plan)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(first_plan)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sealift::target

BENCHMARK_MAIN();
