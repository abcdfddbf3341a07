#include <sealift/signing/root_folder.h>

#include <sealift/base/duration.h>
#include <sealift/base/json_reader.h>
#include <sealift/signing/trust_policy.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "signer_parser.h"

namespace sealift::signing {
namespace {

constexpr std::string_view kDefaultTarget = "trusted_root.json";

// It becomes a part of a path, and of a file's name.
bool is_folder_name(std::string_view name) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= kMaxRootFolderName && is_plain(name.front()) &&
         is_plain(name.back()) && std::all_of(name.begin(), name.end(), [&](char c) {
           return is_plain(c) || c == '-' || c == '.';
         });
}

}  // namespace

Result<std::optional<RootFolder>> parse_root_folder(ObjectReader& reader) {
  SEALIFT_ASSIGN(auto name, reader.optional_string("folder"));
  SEALIFT_ASSIGN(auto target, reader.optional_string("target"));
  SEALIFT_ASSIGN(const auto allowed, reader.optional_duration("allowExpired"));
  if (!name) {
    if (!target && !allowed) return std::nullopt;
    return fail(reader.error_at(target ? "target" : "allowExpired",
                                "is about a trust folder, and needs folder beside it"));
  }
  if (!is_folder_name(*name)) {
    return fail(
        reader.error_at("folder", "must be the name of a trust folder: up to " +
                                      std::to_string(kMaxRootFolderName) +
                                      " small letters, digits, \"-\" and \".\", beginning and "
                                      "ending with a letter or digit"));
  }
  RootFolder folder{*std::move(name), std::move(target).value_or(std::string(kDefaultTarget))};
  if (folder.target.empty() || folder.target.size() > kMaxRootTarget) {
    return fail(
        reader.error_at("target", "must have 1 to " + std::to_string(kMaxRootTarget) + " bytes"));
  }
  if (allowed) {
    folder.allowed_since_expiry = std::chrono::duration_cast<std::chrono::seconds>(*allowed);
    if (folder.allowed_since_expiry.count() < 1) {
      return fail(reader.error_at("allowExpired", "must be at least one second"));
    }
  }
  return folder;
}

std::optional<RootFault> root_fault_at(const TrustPolicy& policy, Timestamp now) {
  if (!policy.root_folder) return std::nullopt;
  const auto& folder = *policy.root_folder;
  if (!policy.root || !folder.content) {
    return RootFault{
        RootFault::Kind::kMissing,
        "the policy \"" + policy.name + "\" believes a root of the trust folder " + folder.name +
            ", and " +
            (folder.problem.empty()
                 ? "no trust folders were given; name the directory that holds them (--trust-dir)"
                 : folder.problem)};
  }
  const auto& [json, what, expires] = *folder.content;
  if (now < expires + folder.allowed_since_expiry) return std::nullopt;
  const auto allowed = folder.allowed_since_expiry.count() > 0
                           ? format_duration(folder.allowed_since_expiry)
                           : std::string("no time");
  return RootFault{RootFault::Kind::kExpired,
                   "the policy \"" + policy.name + "\" believes a root of the trust folder " +
                       folder.name + ", of which " + what + " expired at " +
                       format_timestamp(expires) + "; the policy allows " + allowed +
                       " after that (trustedRoot.allowExpired): bring in a newer copy of the "
                       "folder, made with \"sealift trust update\""};
}

}  // namespace sealift::signing
