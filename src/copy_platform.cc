#include "copy_platform.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/attachments.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/platform.h>

namespace sealift::program {
namespace {

Result<> choose(oci::CopyItem& item, oci::Repository& from, oci::Attachments& attachments,
                const std::string& platform, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto stored, from.fetch_manifest(item.from, surroundings.stop));
  const auto& index = stored.descriptor;
  if (!oci::is_index_type(index.media_type)) return {};
  SEALIFT_ASSIGN(const auto chosen, oci::find_platform(stored.bytes, index.media_type, platform));
  SEALIFT_ASSIGN(const auto attached, attachments.of(index.digest, surroundings.stop));
  if (!attached.empty()) {
    surroundings.output.warning(
        printable(item.from, 200) + ": " + std::to_string(attached.size()) +
        " signatures or other manifests are about the index of all platforms and stay behind; "
        "what is attached to the manifest for " +
        platform + " goes along");
  }
  item.from = chosen.digest.to_string();
  return {};
}

}  // namespace

Result<> choose_platform(std::vector<CopySource>& sources, const CopyFlags& flags,
                         const Surroundings& surroundings) {
  for (auto& source : sources) {
    SEALIFT_TRY(
        choose_platform(*source.repository, source.reference, source.items, flags, surroundings));
  }
  return {};
}

Result<> choose_platform(oci::Repository& from, const oci::Reference& name,
                         std::vector<oci::CopyItem>& items, const CopyFlags& flags,
                         const Surroundings& surroundings) {
  const std::string& platform = flags.platform;
  if (platform.empty()) return {};
  const auto options = flags.options();
  oci::Attachments attachments(from, options.referrers, options.attached_endings);
  for (auto& item : items) {
    SEALIFT_TRY_CONTEXT(choose(item, from, attachments, platform, surroundings),
                        "looking for " + platform + " in " + name.name() + ", " + item.from);
  }
  return {};
}

}  // namespace sealift::program
