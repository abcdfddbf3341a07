#include <sealift/console/change_watch.h>
#include <sealift/console/delivery_tree.h>
#include <sealift/console/member_status.h>

#include <CLI/CLI.hpp>

#include <algorithm>

#include "cluster_flags.h"
#include "command.h"
#include "result_format.h"

namespace sealift::program {
namespace {

// Between two looks of --watch, however much changes.
constexpr std::chrono::seconds kBetweenLooks{1};
// Without a change: the health of a Pod that waits for a node changes by time alone.
constexpr std::chrono::seconds kLongestRest{15};
// ECMA-48: to the upper left corner, and the rest of the screen away.
constexpr std::string_view kClearScreen = "\033[H\033[2J";

struct Look {
  console::KnownDelivery delivery;
  console::Members members;
};

Result<Look> look(const kube::ApiClient& client, kube::ResourceMap& resources,
                  const delivery::DeliveryName& name, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto delivery, console::find_delivery(client, name, surroundings.stop));
  const auto& secret = delivery.record.kubeconfig_secret;
  if (!secret.empty()) {
    return fail(ErrorCode::kInvalidInput,
                name.to_string() + " delivers into another cluster, that of the Secret " + secret +
                    "; ask there: sealift tree " + name.name + " --kubeconfig FILE --namespace " +
                    name.name_space);
  }
  SEALIFT_ASSIGN(auto members, console::list_delivery_members(client, resources, delivery,
                                                              client.environment().clock.now(),
                                                              surroundings.stop));
  SEALIFT_TRY(console::add_member_status(client, resources, delivery, members, surroundings.stop));
  return Look{std::move(delivery), std::move(members)};
}

std::chrono::milliseconds rest_after(const console::Members& members) {
  const bool moving = std::any_of(
      members.objects.begin(), members.objects.end(),
      [](const auto& member) { return member.health.health != objects::Health::kCurrent; });
  return moving ? std::chrono::milliseconds(kLongestRest) : std::chrono::hours(1);
}

void warn_of_unseen(const console::Members& members, const Output& output) {
  for (const auto& kind : members.unseen_kinds) output.warning("not shown: " + kind);
}

Result<> show(const kube::ApiClient& client, const delivery::DeliveryName& name, bool watch,
              const ResultFormat& format, const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  auto& clock = client.environment().clock;
  kube::ResourceMap resources(client);
  console::ChangeWatch changes(client);
  Json last;
  for (bool first = true;; first = false) {
    auto seen = look(client, resources, name, surroundings);
    if (surroundings.stop.stop_requested() && watch) return {};
    if (!seen) return fail(std::move(seen).error());
    auto json = tree_json(seen->delivery, seen->members);
    if (first || json != last) {
      const bool screen = watch && output.coloured();
      output.text(format.is_document(output)
                      ? std::string()
                      : std::string(screen ? kClearScreen : "") +
                            tree_text(seen->delivery, seen->members, output.coloured()));
      if (first) warn_of_unseen(seen->members, output);
      format.print(json, output);
      last = std::move(json);
    }
    if (!watch) return {};
    auto places = places_of_members(seen->delivery, seen->members);
    places.push_back(place_of_parent(seen->delivery));
    changes.follow(places);
    clock.sleep_until(clock.steady_now() + kBetweenLooks, surroundings.stop);
    changes.wait(rest_after(seen->members), surroundings.stop);
    for (const auto& refusal : changes.take_refusals()) output.warning("not followed: " + refusal);
  }
}

}  // namespace

void add_tree_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("tree", "Show a Delivery's objects, their health and what is missing");
  auto name = add_delivery_name(*command);
  auto watch = std::make_shared<bool>(false);
  command->add_flag("-w,--watch", *watch, "Show it again when it changes, until interrupted");
  auto format = add_result_format(*command);
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(const auto client, open_cluster(*cluster, surroundings));
      return show(client, delivery_name(*name, *cluster, client), *watch, *format, surroundings);
    };
  });
}

}  // namespace sealift::program
