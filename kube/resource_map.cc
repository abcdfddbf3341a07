#include <sealift/kube/discovery.h>
#include <sealift/kube/resource_map.h>

#include <condition_variable>
#include <set>
#include <utility>

#include "url_encoding.h"

namespace sealift::kube {
namespace {

using Kinds = std::vector<Resource>;

const Resource* find_in(const Kinds& kinds, std::string_view group, std::string_view version,
                        std::string_view kind) {
  for (const auto& resource : kinds) {
    if (resource.gvk.kind == kind && resource.gvk.group == group &&
        (version.empty() || resource.gvk.version == version)) {
      return &resource;
    }
  }
  return nullptr;
}

std::string versions_of(const Kinds& kinds, std::string_view kind) {
  std::set<std::string> served;
  for (const auto& resource : kinds) {
    if (resource.gvk.kind == kind) served.insert(resource.gvk.api_version());
  }
  std::string out;
  for (const auto& version : served) out += (out.empty() ? "" : ", ") + version;
  return out;
}

Error not_served(const Kinds& kinds, std::string_view group, std::string_view version,
                 std::string_view kind) {
  const auto wanted = objects::GroupVersionKind{std::string(group), std::string(version), ""};
  auto message = "the API server does not serve the kind " + std::string(kind) + " of " +
                 (version.empty() ? "group \"" + std::string(group) + "\"" : wanted.api_version());
  const auto served = versions_of(kinds, kind);
  message += served.empty() ? "; is its CustomResourceDefinition installed?"
                            : "; it serves that kind as " + served;
  return Error(ErrorCode::kNotFound, std::move(message));
}

// What a server that is away would have said is not known: neither "yes" nor "gone".
Error missing_from(const Discovery& served, std::string_view group, std::string_view version,
                   std::string_view kind) {
  if (!served.silent_groups.contains(group)) {
    return not_served(served.resources, group, version, kind);
  }
  return Error(ErrorCode::kUnavailable, "the server of the API group \"" + std::string(group) +
                                            "\" does not answer, so it is not known how the kind " +
                                            std::string(kind) +
                                            " is served; look at its APIService");
}

}  // namespace

std::string group_path(std::string_view group) {
  return group.empty() ? "/api" : "/apis/" + encode_segment(group);
}

std::string Resource::path(std::string_view name_space, std::string_view name) const {
  auto out = group_path(gvk.group) + "/" + encode_segment(gvk.version);
  if (namespaced && !name_space.empty()) out += "/namespaces/" + encode_segment(name_space);
  out += "/" + encode_segment(plural);
  if (!name.empty()) out += "/" + encode_segment(name);
  return out;
}

const Resource& config_maps() {
  static const Resource kConfigMaps{{"", "v1", "ConfigMap"}, "configmaps", true};
  return kConfigMaps;
}

struct ResourceMap::Impl {
  ApiClient client;
  std::mutex mutex;
  std::condition_variable_any answered;
  bool asking = false;          // one thread asks the server, the others wait for its answer
  std::uint64_t questions = 0;  // asked so far
  std::uint64_t outdated = 0;   // the last one that was asked before a refresh()
  std::uint64_t answer = 0;     // the last one that was answered; 0: none
  Discovery served;             // its answer

  explicit Impl(ApiClient asked) : client(std::move(asked)) {}

  Result<Resource> find(std::string_view group, std::string_view version, std::string_view kind,
                        std::stop_token stop);
  Result<> ask(std::unique_lock<std::mutex>& lock, std::stop_token stop);
};

Result<Resource> ResourceMap::Impl::find(std::string_view group, std::string_view version,
                                         std::string_view kind, std::stop_token stop) {
  std::unique_lock lock(mutex);
  // An answer to a question from before may be older than the definition that we look for, so it
  // is good news where it has the kind, and no news where it has not.
  const auto before = questions;
  for (;;) {
    const bool asked_since = answer > before;
    if (asked_since || answer > outdated) {
      if (const auto* found = find_in(served.resources, group, version, kind)) return *found;
    }
    if (asked_since) return fail(missing_from(served, group, version, kind));
    if (!asking) {
      SEALIFT_TRY(ask(lock, stop));
    } else if (!answered.wait(lock, stop, [&] { return !asking; })) {
      return fail(ErrorCode::kCancelled, "stopped while waiting for the API server's kinds");
    }
  }
}

// An error is told to nobody else.
Result<> ResourceMap::Impl::ask(std::unique_lock<std::mutex>& lock, std::stop_token stop) {
  asking = true;
  const auto question = ++questions;
  lock.unlock();
  auto fresh = discover(client, std::move(stop));
  lock.lock();
  asking = false;
  answered.notify_all();
  SEALIFT_ASSIGN(served, std::move(fresh));
  answer = question;
  return {};
}

ResourceMap::ResourceMap(ApiClient client) : impl_(std::make_unique<Impl>(std::move(client))) {}
ResourceMap::~ResourceMap() = default;

Result<Resource> ResourceMap::find(const objects::GroupVersionKind& gvk, std::stop_token stop) {
  return impl_->find(gvk.group, gvk.version, gvk.kind, stop);
}

Result<Resource> ResourceMap::find_preferred(std::string_view group, std::string_view kind,
                                             std::stop_token stop) {
  return impl_->find(group, "", kind, stop);
}

void ResourceMap::refresh() {
  const std::lock_guard lock(impl_->mutex);
  impl_->outdated = impl_->questions;
}

}  // namespace sealift::kube
