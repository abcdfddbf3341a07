#include <sealift/kube/apply.h>

#include <utility>

#include "list.h"
#include "secret_values.h"

namespace sealift::kube {
namespace {

std::string describe(const objects::Object& object, const ApplyOptions& options) {
  const auto what = object.id().to_string();
  return (options.dry_run ? "dry run of " : "apply ") + what +
         (object.source().empty() ? "" : " (" + object.source() + ")");
}

}  // namespace

Result<Json> apply_object(const ApiClient& client, const Resource& resource,
                          const objects::Object& object, const ApplyOptions& options,
                          std::stop_token stop) {
  ApiClient::Query query{{"fieldManager", std::string(kFieldManager)},
                         {"fieldValidation", "Strict"},
                         {"force", options.force ? "true" : "false"}};
  if (options.dry_run) query.emplace_back("dryRun", "All");
  auto live = client.patch(resource.path(object.name_space(), object.name()), query,
                           "application/apply-patch+yaml", object.json(), stop);
  if (live) return live;
  return fail(without_secret_values(std::move(live).error(), object.json())
                  .with_context(describe(object, options)));
}

Result<> delete_object(const ApiClient& client, const Resource& resource,
                       std::string_view name_space, std::string_view name,
                       const Precondition& precondition, std::stop_token stop) {
  Json preconditions(Json::Object{{"uid", precondition.uid}});
  if (!precondition.resource_version.empty()) {
    preconditions.set("resourceVersion", precondition.resource_version);
  }
  const Json options(Json::Object{{"kind", "DeleteOptions"},
                                  {"apiVersion", "v1"},
                                  {"propagationPolicy", "Background"},
                                  {"preconditions", std::move(preconditions)}});
  auto removed = client.remove(resource.path(name_space, name), options, stop);
  if (removed || removed.error().code() == ErrorCode::kNotFound) return {};
  const objects::ObjectId id{resource.gvk.group, resource.gvk.kind, std::string(name_space),
                             std::string(name)};
  return fail(std::move(removed).error().with_context("delete " + id.to_string()));
}

Result<> disown_object(const ApiClient& client, const Resource& resource,
                       std::string_view name_space, std::string_view name,
                       const Precondition& precondition, std::stop_token stop) {
  Json metadata;
  metadata.set("uid", precondition.uid);
  if (!precondition.resource_version.empty()) {
    metadata.set("resourceVersion", precondition.resource_version);
  }
  metadata.set("labels", Json(Json::Object{{std::string(kPartOfLabel), Json()}}));
  const Json body(Json::Object{{"metadata", std::move(metadata)}});
  auto patched =
      client.patch(resource.path(name_space, name), {{"fieldManager", std::string(kFieldManager)}},
                   "application/merge-patch+json", body, stop);
  if (patched || patched.error().code() == ErrorCode::kNotFound) return {};
  return fail(std::move(patched).error());
}

Result<Json> read_metadata(const ApiClient& client, const Resource& resource,
                           std::string_view name_space, std::string_view name,
                           std::stop_token stop) {
  return client.get_as(resource.path(name_space, name), {}, kMetadataOnly, std::move(stop));
}

}  // namespace sealift::kube
