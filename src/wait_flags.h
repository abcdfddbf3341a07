#pragma once

#include <sealift/console/delivery_request.h>

#include <chrono>
#include <memory>
#include <string>

#include "command.h"

namespace CLI {
class App;
}

namespace sealift::program {

// --wait and --timeout of commands that ask a puller for something.
struct WaitFlags {
  bool wait = false;
  std::chrono::milliseconds timeout{300'000};
};

std::shared_ptr<WaitFlags> add_wait_flags(CLI::App& command);

// An option with a duration in Go's notation; any other text is a usage error.
void add_duration(CLI::App& command, const std::string& name, std::chrono::milliseconds& value,
                  const std::string& help);

// A request that no earlier one is like.
std::string make_request(const Surroundings& surroundings);

// Says what was asked for; with --wait, waits until it has happened and says that too.
Result<> finish_request(const kube::ApiClient& client, const console::DeliveryRecord& asked,
                        std::string_view done, const std::string& request, const WaitFlags& flags,
                        const Surroundings& surroundings);

}  // namespace sealift::program
