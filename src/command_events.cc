#include <sealift/console/delivery_events.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "reader_watch.h"
#include "result_format.h"

namespace sealift::program {
namespace {

// Between two looks of --watch, however much happens.
constexpr std::chrono::seconds kBetweenLooks{1};

struct Look {
  std::vector<console::DeliveryEvent> events;
  std::vector<console::WatchedPlace> places;  // where more may come
};

Result<Look> look(const kube::ApiClient& client, kube::ResourceMap& resources,
                  const delivery::DeliveryName& name, const std::stop_token& stop) {
  SEALIFT_ASSIGN(auto delivery, console::find_delivery(client, name, stop));
  console::Members members;
  if (delivery.record.kubeconfig_secret.empty()) {
    SEALIFT_ASSIGN(members, console::list_delivery_members(client, resources, delivery,
                                                           client.environment().clock.now(), stop));
  }
  SEALIFT_ASSIGN(auto events, console::list_delivery_events(client, delivery, members, stop));
  auto places = places_of_events(delivery, members);
  places.push_back(place_of_parent(delivery));
  return Look{std::move(events), std::move(places)};
}

Result<> show(const kube::ApiClient& client, const delivery::DeliveryName& name, bool watch,
              const ResultFormat& format, const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  auto& clock = client.environment().clock;
  kube::ResourceMap resources(client);
  console::ChangeWatch changes(client);
  console::EventsTable table;
  for (bool first = true;; first = false) {
    auto seen = look(client, resources, name, surroundings.stop);
    if (surroundings.stop.stop_requested() && watch) return {};
    if (!seen) return fail(std::move(seen).error());
    const auto news = table.keep_news(std::move(seen->events));
    if (format.is_document(output)) {
      if (first || !news.empty()) format.print(console::to_json(news), output);
    } else if (first && news.empty() && !watch) {
      output.text("no events of " + name.to_string() + " are known any more\n");
    } else {
      output.text(table.text(news, clock.now()));
    }
    if (!watch) return {};
    changes.follow(seen->places);
    clock.sleep_until(clock.steady_now() + kBetweenLooks, surroundings.stop);
    changes.wait(std::chrono::hours(1), surroundings.stop);
    for (const auto& refusal : changes.take_refusals()) output.warning("not followed: " + refusal);
  }
}

}  // namespace

void add_events_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("events", "Show what happened to a Delivery and its objects, by time");
  auto name = add_delivery_name(*command);
  auto watch = std::make_shared<bool>(false);
  command->add_flag("-w,--watch", *watch, "Go on showing what happens, until interrupted");
  auto format = add_result_format(*command);
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(const auto client, open_cluster(*cluster, surroundings));
      const auto delivery = delivery_name(*name, *cluster, client);
      if (!*watch) return show(client, delivery, false, *format, surroundings);
      const ReaderWatch reader(surroundings.stop);
      return show(client, delivery, true, *format,
                  {surroundings.machine, surroundings.output, reader.token()});
    };
  });
}

}  // namespace sealift::program
