#include "wait_flags.h"

#include <sealift/base/duration.h>
#include <sealift/base/encoding.h>
#include <sealift/console/record_table.h>

#include <CLI/CLI.hpp>

namespace sealift::program {
namespace {

Json to_json(const console::DeliveryRecord& delivery, const std::string& request) {
  Json json;
  json.set("namespace", delivery.name.name_space);
  json.set("name", delivery.name.name);
  json.set("suspended", delivery.suspended);
  if (!request.empty()) json.set("requestedAt", request);
  if (!delivery.rollback_to.empty()) json.set("rollbackTo", delivery.rollback_to);
  json.set("ready", delivery.ready_status());
  json.set("digest", delivery.artifact.digest);
  json.set("revision", delivery.artifact.revision);
  json.set("message", delivery.message());
  return json;
}

}  // namespace

void add_duration(CLI::App& command, const std::string& name, std::chrono::milliseconds& value,
                  const std::string& help) {
  command
      .add_option_function<std::string>(
          name,
          [&value, name](const std::string& text) {
            auto parsed = parse_duration(text);
            if (!parsed) throw CLI::ValidationError(name, parsed.error().message());
            value = *parsed;
          },
          help + "; by default " + format_duration(value))
      ->type_name("DURATION");
}

std::shared_ptr<WaitFlags> add_wait_flags(CLI::App& command) {
  auto flags = std::make_shared<WaitFlags>();
  command.add_flag("--wait", flags->wait, "Wait until it has happened and everything is ready");
  add_duration(command, "--timeout", flags->timeout, "How long --wait waits");
  return flags;
}

std::string make_request(const Surroundings& surroundings) {
  const auto& machine = surroundings.machine.repositories();
  return console::new_request(machine.clock.now(), machine.random);
}

Result<> finish_request(const kube::ApiClient& client, const console::DeliveryRecord& asked,
                        std::string_view done, const std::string& request, const WaitFlags& flags,
                        const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  output.step(done, asked.name.to_string());
  if (!flags.wait) {
    output.document(to_json(asked, request));
    return {};
  }
  console::WaitOptions options;
  options.timeout = flags.timeout;
  options.progress = [&](const std::string& message) {
    output.step("waiting", printable(message, 400));
  };
  SEALIFT_ASSIGN(auto ready,
                 console::wait_for_answer(client, asked, request, options, surroundings.stop));
  output.step("ready", printable(console::short_revision(ready.artifact.revision)) + "  " +
                           printable(ready.artifact.digest));
  output.document(to_json(ready, request));
  return {};
}

}  // namespace sealift::program
