#include "cluster_flags.h"

#include <sealift/kube/kube_config.h>

#include <CLI/CLI.hpp>

#include <cstdlib>

namespace sealift::program {
namespace {

std::string default_kubeconfig() {
  const char* home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? std::string() : std::string(home) + "/.kube/config";
}

Result<kube::ClusterAccess> cluster_access(const ClusterFlags& flags, FileSystem& files) {
  // kubectl merges a list of files; what is then current depends on all of them.
  if (flags.kubeconfig.find(':') != std::string::npos) {
    return fail(ErrorCode::kInvalidInput,
                "KUBECONFIG names several files (" + flags.kubeconfig +
                    "), and Sealift reads one; name it with --kubeconfig, or merge them: \"kubectl "
                    "config view --flatten\"");
  }
  if (!flags.kubeconfig.empty()) {
    return kube::load_kubeconfig(files, flags.kubeconfig, flags.context);
  }
  const auto usual = default_kubeconfig();
  if (!usual.empty() && files.info(usual)) {
    return kube::load_kubeconfig(files, usual, flags.context);
  }
  auto access = kube::load_in_cluster(files);
  if (!access && access.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                "no cluster is named: give --kubeconfig or set KUBECONFIG (there is no " +
                    (usual.empty() ? std::string("HOME") : usual) + ")");
  }
  return access;
}

}  // namespace

std::shared_ptr<ClusterFlags> add_cluster_flags(CLI::App& command,
                                                const std::string& name_space_help) {
  auto flags = std::make_shared<ClusterFlags>();
  command
      .add_option("--kubeconfig", flags->kubeconfig,
                  "Kubeconfig file; by default $KUBECONFIG, then ~/.kube/config")
      ->envname("KUBECONFIG")
      ->type_name("FILE");
  command
      .add_option("--context", flags->context, "Context of the kubeconfig; by default the current")
      ->type_name("NAME");
  command.add_option("-n,--namespace", flags->name_space, name_space_help)->type_name("NAMESPACE");
  return flags;
}

Result<kube::ApiClient> open_cluster(const ClusterFlags& flags, const Surroundings& surroundings) {
  const auto& machine = surroundings.machine.repositories();
  SEALIFT_ASSIGN(auto access, cluster_access(flags, machine.files));
  return kube::ApiClient(std::move(access),
                         {machine.transport, machine.files, machine.clock, machine.random});
}

std::string namespace_of(const ClusterFlags& flags, const kube::ApiClient& client) {
  return flags.name_space.empty() ? client.access().default_namespace : flags.name_space;
}

std::shared_ptr<std::string> add_delivery_name(CLI::App& command) {
  auto name = std::make_shared<std::string>();
  command.add_option("name", *name, "Name of the Delivery")->required()->type_name("NAME");
  return name;
}

delivery::DeliveryName delivery_name(const std::string& name, const ClusterFlags& flags,
                                     const kube::ApiClient& client) {
  return {namespace_of(flags, client), name};
}

}  // namespace sealift::program
