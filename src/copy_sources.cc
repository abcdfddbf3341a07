#include "copy_sources.h"

#include <sealift/base/wildcard.h>
#include <sealift/oci/attachments.h>
#include <sealift/oci/semver.h>
#include <sealift/oci/version_range.h>

#include <algorithm>
#include <map>
#include <utility>

#include "artifact_judgement.h"

namespace sealift::program {
namespace {

// `wanted` is a pattern with "*", and may be a range of versions as well.
bool is_wanted(const std::string& tag, const std::string& wanted) {
  if (matches_wildcard(wanted, tag)) return true;
  const auto range = oci::VersionRange::parse(wanted);
  return range && oci::select_newest({tag}, *range).has_value();
}

Result<> verify(CopySource& source, const LoadedPolicies& policies,
                const Surroundings& surroundings) {
  for (auto& item : source.items) {
    const auto digest = Digest::parse(item.from);
    const auto reference =
        digest ? source.reference.with_digest(*digest) : source.reference.with_tag(item.from);
    SEALIFT_ASSIGN(const auto judged, judge(reference, *source.repository, policies,
                                            {system_clock().now()}, surroundings.stop));
    if (const auto* refused = judged.refused()) return fail(refused->error);
    item.from = judged.artifact.descriptor.digest.to_string();
  }
  return {};
}

Result<> check_tags_differ(const std::vector<CopySource>& sources) {
  std::map<std::string, std::string> users;
  for (const auto& source : sources) {
    for (const auto& item : source.items) {
      for (const auto& tag : item.tags) {
        const auto [user, is_first] = users.emplace(tag, source.reference.name());
        if (is_first) continue;
        return fail(ErrorCode::kConflict, "the tag \"" + tag + "\" would be set twice, by " +
                                              user->second + " and by " + source.reference.name() +
                                              "; copy one of them to another destination");
      }
    }
  }
  return {};
}

}  // namespace

oci::CopyOptions CopyFlags::options() const {
  oci::CopyOptions options;
  options.referrers = !without_attached;
  if (!without_attached) options.attached_endings = oci::kCosignEndings;
  options.overwrite_attached = force;
  options.parallel = concurrency;
  return options;
}

std::string mountable_name(const oci::Reference& source, const oci::Reference& destination) {
  constexpr auto kRegistry = oci::Reference::Kind::kRegistry;
  const bool same = source.kind() == kRegistry && destination.kind() == kRegistry &&
                    source.registry() == destination.registry();
  return same ? source.repository() : "";
}

std::string check_wanted_tags(const std::string& wanted) {
  // What no tag can have makes it a range: as a pattern it would fit nothing, for ever.
  std::string as_tag = wanted;
  std::replace(as_tag.begin(), as_tag.end(), '*', '_');
  if (oci::is_valid_tag(as_tag)) return {};
  const auto range = oci::VersionRange::parse(wanted);
  return range ? std::string() : range.error().message();
}

Result<std::vector<oci::CopyItem>> choose_tags(const std::vector<std::string>& tags,
                                               const CopyFlags& flags,
                                               const oci::Reference& source) {
  std::vector<oci::CopyItem> items;
  for (const auto& tag : tags) {
    if (oci::is_attachment_tag(tag) || (!flags.all_tags && !is_wanted(tag, flags.tags))) continue;
    items.push_back({tag, {tag}});
  }
  if (!items.empty()) return items;
  return fail(ErrorCode::kNotFound,
              source.name() + " has no tag" +
                  (flags.all_tags ? "" : " that fits \"" + flags.tags + "\"") +
                  "; \"sealift ls\" lists those that there are");
}

oci::CopyItem named_item(const oci::Reference& source, const oci::Reference& destination) {
  oci::CopyItem item{source.tag_or_digest(), {}};
  if (destination.tag()) {
    item.tags = {*destination.tag()};
  } else if (source.tag()) {
    item.tags = {*source.tag()};
  }
  return item;
}

Result<std::vector<CopySource>> find_copy_sources(const CopyFlags& flags,
                                                  const Surroundings& surroundings) {
  std::vector<CopySource> sources;
  for (std::size_t i = 0; i + 1 < flags.references.size(); ++i) {
    const auto& reference = flags.references[i];
    SEALIFT_ASSIGN(auto repository, open_repository(reference, *flags.from, surroundings));
    std::vector<oci::CopyItem> items;
    if (flags.many()) {
      SEALIFT_ASSIGN_CONTEXT(const auto tags, repository->tags(surroundings.stop),
                             "listing the tags of " + reference.name());
      SEALIFT_ASSIGN(items, choose_tags(tags, flags, reference));
    } else {
      items.push_back(named_item(reference, flags.destination()));
    }
    sources.push_back({reference, std::move(repository), std::move(items)});
  }
  SEALIFT_TRY(check_tags_differ(sources));
  return sources;
}

Result<> verify_copy_sources(std::vector<CopySource>& sources, const CopyFlags& flags,
                             const Surroundings& surroundings) {
  if (flags.policy_file.empty()) return {};
  SEALIFT_ASSIGN(const auto policies, load_policy_file(flags.policy_file, flags.trust_directory));
  for (auto& source : sources) SEALIFT_TRY(verify(source, policies, surroundings));
  return {};
}

}  // namespace sealift::program
