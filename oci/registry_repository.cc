#include "registry_repository.h"

#include "blob_transfer.h"
#include "manifest_transfer.h"
#include "page_link.h"
#include "referrers_listing.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>

#include <algorithm>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxTags = 100'000;

// `tags` of one page; null and absent mean none (Nexus and others write null).
Result<> read_tags(const HttpAnswer& answer, const std::string& who,
                   std::vector<std::string>& tags) {
  SEALIFT_ASSIGN(const Json json, parse_json(answer.body, who + " the list of tags"));
  const Json* value = json.find("tags");
  if (value == nullptr || value->is_null()) return {};
  const Json::Array* array = value->as_array();
  if (array == nullptr) return fail(ErrorCode::kInvalidInput, who + ": tags is no list");
  for (const Json& entry : *array) {
    const std::string* tag = entry.as_string();
    if (tag == nullptr || !is_valid_tag(*tag)) {
      return fail(ErrorCode::kInvalidInput, who + " lists \"" +
                                                printable(tag == nullptr ? "" : *tag, 140) +
                                                "\", which is not a tag");
    }
    if (tags.size() == kMaxTags) {
      return fail(ErrorCode::kInvalidInput, who + " lists more than the limit of 100000 tags");
    }
    tags.push_back(*tag);
  }
  return {};
}

Result<> remove_from(RegistrySession& session, std::string_view name, const std::string& kind,
                     std::stop_token stop) {
  SEALIFT_ASSIGN(const Removal removal, delete_manifest(session, name, std::move(stop)));
  const std::string who = "registry " + session.registry();
  switch (removal.outcome) {
    case Removal::Outcome::kRemoved:
      return {};
    case Removal::Outcome::kAbsent:
      return fail(ErrorCode::kNotFound,
                  who + " has no " + std::string(name) + " in \"" + session.repository() + "\"");
    case Removal::Outcome::kUnsupported:
      break;
  }
  return fail(ErrorCode::kForbidden, who + " removes no " + kind + " (" + removal.answer +
                                         "); its operator can allow it, or remove it there");
}

}  // namespace

RegistryRepository::RegistryRepository(Url origin, std::string registry, std::string repository,
                                       const RepositoryOptions& options,
                                       const RepositoryEnvironment& environment,
                                       std::shared_ptr<CredentialSource> source)
    : session_(origin, std::move(registry), std::move(repository), options, environment,
               std::move(source)),
      manner_(origin.host) {}

Result<Descriptor> RegistryRepository::resolve(std::string_view tag_or_digest,
                                               std::stop_token stop) {
  SEALIFT_TRY(check_tag_or_digest(tag_or_digest));
  SEALIFT_ASSIGN(auto found, head_manifest(session_, tag_or_digest, stop));
  if (found) return *std::move(found);
  SEALIFT_ASSIGN(StoredManifest manifest, fetch_manifest(tag_or_digest, std::move(stop)));
  return std::move(manifest.descriptor);
}

Result<StoredManifest> RegistryRepository::fetch_manifest(std::string_view tag_or_digest,
                                                          std::stop_token stop) {
  SEALIFT_TRY(check_tag_or_digest(tag_or_digest));
  SEALIFT_ASSIGN(auto fetched, get_manifest(session_, tag_or_digest, std::move(stop)));
  return std::move(fetched.manifest);
}

Result<> RegistryRepository::fetch_blob(const Descriptor& blob, ByteSink& sink,
                                        std::stop_token stop) {
  return download_blob(session_, blob, sink, std::move(stop));
}

Result<bool> RegistryRepository::has_blob(const Digest& digest, std::stop_token stop) {
  return blob_exists(session_, digest, false, std::move(stop));
}

Result<> RegistryRepository::push_blob(const Descriptor& blob, const Blob& bytes,
                                       std::stop_token stop) {
  return upload_blob(session_, manner_, blob, bytes, "", std::move(stop));
}

Result<> RegistryRepository::mount_or_push_blob(const Descriptor& blob, const Blob& bytes,
                                                std::string_view from, std::stop_token stop) {
  return upload_blob(session_, manner_, blob, bytes, from, std::move(stop));
}

Result<PushedManifest> RegistryRepository::push_manifest(std::string_view bytes,
                                                         std::string_view media_type,
                                                         std::string_view tag,
                                                         std::stop_token stop) {
  Descriptor descriptor{std::string(media_type), Digest::of(bytes), bytes.size(), "", {}};
  const std::string target = tag.empty() ? descriptor.digest.to_string() : std::string(tag);
  SEALIFT_TRY(check_tag_or_digest(target));
  SEALIFT_ASSIGN(const auto referrer, read_referrer(bytes, media_type));
  if (referrer) descriptor.artifact_type = referrer->descriptor.artifact_type;
  SEALIFT_ASSIGN(const PutManifest put,
                 put_manifest(session_, bytes, media_type, target, "", stop));
  const bool listed = referrer.has_value() && put.subject_listed;
  if (referrer && !listed) {
    SEALIFT_TRY(add_to_referrers_tag(session_, *referrer, std::move(stop)));
  }
  return PushedManifest{std::move(descriptor), listed};
}

Result<std::vector<Descriptor>> RegistryRepository::referrers(const Digest& digest,
                                                              std::stop_token stop) {
  return list_referrers(session_, digest, std::move(stop));
}

Result<> RegistryRepository::remove_referrer(const Digest& subject, const Digest& referrer,
                                             std::stop_token stop) {
  return oci::remove_referrer(session_, subject, referrer, std::move(stop));
}

Result<> RegistryRepository::remove_tag(std::string_view tag, std::stop_token stop) {
  if (!is_valid_tag(tag)) {
    return fail(ErrorCode::kInvalidInput, "\"" + printable(tag, 140) + "\" is not a tag");
  }
  return remove_from(session_, tag, "tags", std::move(stop));
}

Result<> RegistryRepository::remove_manifest(const Digest& digest, std::stop_token stop) {
  return remove_from(session_, digest.to_string(), "manifests", std::move(stop));
}

Result<std::vector<std::string>> RegistryRepository::tags(std::stop_token stop) {
  RegistryRequest request;
  request.url = session_.url("tags/list").with_query("n", "1000");
  request.action = "list the tags of \"" + session_.repository() + "\"";
  std::vector<std::string> tags;
  const auto take = [&](const HttpAnswer& answer) {
    return read_tags(answer, "registry " + session_.registry(), tags);
  };
  SEALIFT_ASSIGN(const HttpAnswer last, read_pages(session_, request, take, std::move(stop)));
  if (!is_success(last)) return fail(session_.error_of(request, last));
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace sealift::oci
