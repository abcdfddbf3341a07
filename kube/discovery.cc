#include <sealift/base/encoding.h>
#include <sealift/kube/discovery.h>

#include <iterator>
#include <string>

#include "url_encoding.h"

namespace sealift::kube {
namespace {

constexpr std::size_t kMaxKinds = 100'000;
constexpr std::string_view kAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json";

const Json::Array& array_at(const Json& value, std::string_view name) {
  static const Json::Array kEmpty;
  const Json* found = value.find(name);
  const Json::Array* array = found ? found->as_array() : nullptr;
  return array ? *array : kEmpty;
}

// A name from the server becomes part of paths that we ask for.
Result<> check_plural(std::string_view plural) {
  if (!plural.empty() && plural.find_first_of("/?#%") == std::string_view::npos) return {};
  return fail(ErrorCode::kInvalidInput, "discovery names the resource \"" + printable(plural) +
                                            "\", which is no path segment");
}

Result<> check_count(std::size_t count) {
  if (count <= kMaxKinds) return {};
  return fail(ErrorCode::kInvalidInput,
              "discovery lists more than " + std::to_string(kMaxKinds) + " kinds");
}

Result<> append(Discovery& into, Discovery more) {
  SEALIFT_TRY(check_count(into.resources.size() + more.resources.size()));
  into.resources.insert(into.resources.end(), std::make_move_iterator(more.resources.begin()),
                        std::make_move_iterator(more.resources.end()));
  into.silent_groups.merge(more.silent_groups);
  return {};
}

Result<Discovery> discover_legacy_version(const ApiClient& client, std::string_view group,
                                          std::string_view version, std::stop_token stop) {
  const auto path = group_path(group) + "/" + encode_segment(version);
  auto list = client.get(path, {}, stop);
  Discovery found;
  if (list) {
    SEALIFT_ASSIGN(found.resources, parse_resource_list(*list, group, version));
    return found;
  }
  const auto code = list.error().code();
  if (code == ErrorCode::kUnavailable) found.silent_groups.emplace(group);
  if (code == ErrorCode::kUnavailable || code == ErrorCode::kNotFound) return found;
  return fail(std::move(list).error());
}

Result<Discovery> discover_legacy_group(const ApiClient& client, const Json& group,
                                        std::stop_token stop) {
  const auto name = group.string_at({"name"});
  const auto preferred = group.string_at({"preferredVersion", "version"});
  Discovery all;
  for (const bool want_preferred : {true, false}) {
    for (const auto& entry : array_at(group, "versions")) {
      const auto version = entry.string_at({"version"});
      if ((version == preferred) != want_preferred) continue;
      SEALIFT_ASSIGN(auto kinds, discover_legacy_version(client, name, version, stop));
      SEALIFT_TRY(append(all, std::move(kinds)));
    }
  }
  return all;
}

// The answer of "/api" or "/apis" in whichever form the server has.
Result<Discovery> discover_root(const ApiClient& client, std::string_view path,
                                std::stop_token stop) {
  SEALIFT_ASSIGN_CONTEXT(const auto answer, client.get_as(path, {}, kAccept, stop),
                         "ask the API server for the kinds that it serves");
  const auto kind = answer.string_at({"kind"});
  if (kind == "APIGroupDiscoveryList") return parse_aggregated_discovery(answer);
  Discovery all;
  if (kind == "APIVersions") {
    for (const auto& version : array_at(answer, "versions")) {
      if (!version.is_string()) continue;
      SEALIFT_ASSIGN(auto kinds, discover_legacy_version(client, "", *version.as_string(), stop));
      SEALIFT_TRY(append(all, std::move(kinds)));
    }
    return all;
  }
  if (kind == "APIGroupList") {
    for (const auto& group : array_at(answer, "groups")) {
      SEALIFT_ASSIGN(auto kinds, discover_legacy_group(client, group, stop));
      SEALIFT_TRY(append(all, std::move(kinds)));
    }
    return all;
  }
  return fail(ErrorCode::kInvalidInput, "the API server answered " + std::string(path) +
                                            " with a \"" + printable(kind) +
                                            "\", which is no discovery document");
}

}  // namespace

Result<Discovery> parse_aggregated_discovery(const Json& list) {
  Discovery all;
  for (const auto& group : array_at(list, "items")) {
    const auto group_name = group.string_at({"metadata", "name"});
    for (const auto& version : array_at(group, "versions")) {
      const auto version_name = version.string_at({"version"});
      if (version.string_at({"freshness"}) == "Stale") all.silent_groups.emplace(group_name);
      for (const auto& entry : array_at(version, "resources")) {
        const auto kind = entry.string_at({"responseKind", "kind"});
        if (kind.empty()) continue;
        Resource resource;
        resource.gvk = {std::string(group_name), std::string(version_name), std::string(kind)};
        resource.plural = entry.string_at({"resource"});
        resource.namespaced = entry.string_at({"scope"}) == "Namespaced";
        SEALIFT_TRY(check_plural(resource.plural));
        SEALIFT_TRY(check_count(all.resources.size() + 1));
        all.resources.push_back(std::move(resource));
      }
    }
  }
  return all;
}

Result<std::vector<Resource>> parse_resource_list(const Json& list, std::string_view group,
                                                  std::string_view version) {
  std::vector<Resource> all;
  for (const auto& entry : array_at(list, "resources")) {
    Resource resource;
    resource.plural = entry.string_at({"name"});
    if (resource.plural.find('/') != std::string::npos) continue;  // "deployments/scale"
    const Json* namespaced = entry.find("namespaced");
    resource.namespaced = namespaced && namespaced->as_bool() && *namespaced->as_bool();
    resource.gvk = {std::string(group), std::string(version),
                    std::string(entry.string_at({"kind"}))};
    SEALIFT_TRY(check_plural(resource.plural));
    SEALIFT_TRY(check_count(all.size() + 1));
    all.push_back(std::move(resource));
  }
  return all;
}

Result<Discovery> discover(const ApiClient& client, std::stop_token stop) {
  SEALIFT_ASSIGN(auto all, discover_root(client, "/api", stop));
  SEALIFT_ASSIGN(auto groups, discover_root(client, "/apis", stop));
  SEALIFT_TRY(append(all, std::move(groups)));
  return all;
}

}  // namespace sealift::kube
