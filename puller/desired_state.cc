#include <sealift/objects/hash.h>
#include <sealift/objects/scope.h>
#include <sealift/oci/content_layer.h>
#include <sealift/puller/desired_state.h>

#include <algorithm>
#include <map>

namespace sealift::puller {
namespace {

constexpr std::size_t kMaxObjects = 50'000;
constexpr std::uint64_t kMaxManifestBytes = 64u << 20;  // all that is kept in memory at once

bool is_below(std::string_view path, std::string_view folder) {
  return folder.empty() ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

Result<std::vector<archive::TarFile>> unpack(const Delivery& delivery, const oci::Descriptor& layer,
                                             ArtifactCache& cache) {
  const archive::TarLimits limits;
  archive::TarLimits kept = limits;
  kept.max_unpacked_bytes = kMaxManifestBytes;
  archive::TarFiles files(kept, [&](std::string_view path) {
    return archive::is_manifest_path(path) && is_below(path, delivery.path);
  });
  SEALIFT_TRY(oci::unpack_layer(layer, files, limits,
                                [&](ByteSink& sink) { return cache.read_blob(layer, sink); }));
  return files.take();
}

Result<std::optional<bool>> is_namespaced(const std::vector<objects::Object>& objects,
                                          const objects::Object& object, const ScopeOf& scope_of) {
  if (auto builtin = objects::is_builtin_namespaced(object.gvk())) return builtin;
  if (auto defined = objects::is_defined_namespaced(objects, object.gvk())) return defined;
  auto served = scope_of(object.gvk());
  if (!served) return fail(std::move(served).error().with_context(object.source()));
  return *served;
}

Result<> set_namespaces(const Delivery& delivery, const ScopeOf& scope_of,
                        std::vector<objects::Object>& objects) {
  std::map<objects::GroupVersionKind, std::optional<bool>> scopes;
  for (auto& object : objects) {
    auto known = scopes.find(object.gvk());
    if (known == scopes.end()) {
      SEALIFT_ASSIGN(auto asked, is_namespaced(objects, object, scope_of));
      known = scopes.emplace(object.gvk(), asked).first;
    }
    const auto namespaced = known->second;
    const bool names_one = !object.name_space().empty();
    if (namespaced == false && names_one) {
      return fail(ErrorCode::kInvalidInput,
                  object.source() + ": " + object.id().to_string() +
                      " lives in no namespace; remove metadata.namespace");
    }
    if (namespaced == false || (!namespaced && !names_one)) continue;
    if (!delivery.target_namespace.empty()) {
      object.set_name_space(delivery.target_namespace);
    } else if (!names_one) {
      object.set_name_space(delivery.name_space);
    }
  }
  return {};
}

}  // namespace

Result<DesiredState> desired_state_of(const Delivery& delivery, const Digest& digest,
                                      const std::vector<archive::TarFile>& files,
                                      const ScopeOf& scope_of) {
  std::vector<objects::Object> objects;
  for (const auto& file : files) {
    SEALIFT_ASSIGN(auto parsed, objects::parse_objects(file.bytes, file.path));
    if (objects.size() + parsed.size() > kMaxObjects) {
      return fail(ErrorCode::kInvalidInput, "the artifact holds more than " +
                                                std::to_string(kMaxObjects) +
                                                " objects; split it into several artifacts");
    }
    std::move(parsed.begin(), parsed.end(), std::back_inserter(objects));
  }
  if (objects.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the artifact holds no objects" +
                    (delivery.path.empty() ? std::string() : " below the path " + delivery.path) +
                    "; an empty artifact is not taken for a wish to delete everything");
  }
  SEALIFT_TRY(set_namespaces(delivery, scope_of, objects));
  SEALIFT_TRY(objects::check_unique(objects, ""));
  SEALIFT_TRY(objects::sort_for_apply(objects));
  DesiredState desired{digest, {}};
  desired.objects.reserve(objects.size());
  for (auto& object : objects) {
    SEALIFT_ASSIGN(auto stage, objects::stage_of(object));
    auto hash = objects::hash_of(object.json()).hex();
    desired.objects.push_back({std::move(object), stage, std::move(hash)});
  }
  return desired;
}

Result<DesiredState> read_desired_state(const Delivery& delivery,
                                        const signing::VerifiedArtifact& artifact,
                                        ArtifactCache& cache, const ScopeOf& scope_of) {
  SEALIFT_ASSIGN(auto layer, oci::content_layer(artifact.manifest()));
  SEALIFT_ASSIGN_CONTEXT(auto files, unpack(delivery, layer, cache),
                         "unpacking " + artifact.descriptor().digest.to_string());
  return desired_state_of(delivery, artifact.descriptor().digest, files, scope_of);
}

}  // namespace sealift::puller
