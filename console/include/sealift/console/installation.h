#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/object.h>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::console {

// Hears what was done to what, for people: ("applied", "Deployment.apps sealift-system/…").
using Progress = std::function<void(std::string_view done, const std::string& what)>;

// Applies the manifests of an installation, definitions first, removes what an earlier one with
// other options has left, and waits until everything is healthy. kUnavailable when that takes
// longer than the timeout, with what is not; errors of kube::apply_object().
Result<> apply_installation(const kube::ApiClient& client,
                            const std::vector<objects::Object>& manifests,
                            std::chrono::milliseconds timeout, const Progress& progress,
                            std::stop_token stop);

struct UninstallOptions {
  std::string name_space = "sealift-system";
  // False: the Deliveries are let go, and what they delivered stays. True: the puller removes what
  // they delivered first, as each one's deletionPolicy says.
  bool delete_delivered = false;
  std::chrono::milliseconds timeout{300'000};
};

// What an uninstallation is about to remove, for the question before it.
struct InstalledParts {
  std::vector<std::string> deliveries;  // "NAMESPACE/NAME"
  std::size_t objects = 0;              // of the installation itself
  // Another installation lives in this cluster: definitions and shared roles stay for it.
  bool keeps_shared = false;
};

// kNotFound where that namespace has no installation.
Result<InstalledParts> find_installation(const kube::ApiClient& client,
                                         const UninstallOptions& options, std::stop_token stop);

// Removes it. kConflict where the puller is to remove what it delivered and is not there;
// kUnavailable where Deliveries remain after the timeout, naming some: nothing else has been
// removed then.
Result<> uninstall(const kube::ApiClient& client, const UninstallOptions& options,
                   const Progress& progress, std::stop_token stop);

}  // namespace sealift::console
