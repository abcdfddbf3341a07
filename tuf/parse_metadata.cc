#include <sealift/base/encoding.h>
#include <sealift/tuf/metadata.h>

#include <algorithm>
#include <set>

#include "metadata_reader.h"

namespace sealift::tuf {
namespace {

// kMalformed for what was not written as section 4 says.
template <typename T>
Checked<T> checked(Result<T> result, std::string_view role) {
  if (result) return *std::move(result);
  return fail(Refusal{RefusalKind::kMalformed, std::string(role), 0,
                      describe_role(role, 0) + " is no TUF metadata: " + result.error().message()});
}

Result<Root> read_root(std::string_view bytes) {
  SEALIFT_ASSIGN(auto reader, MetadataReader::open(bytes, "root", "root", kMaxRootBytes));
  SEALIFT_ASSIGN(auto content, reader.content());
  Root root;
  SEALIFT_ASSIGN(root.consistent_snapshot, content.bool_or("consistent_snapshot", false));
  SEALIFT_ASSIGN(const auto keys, read_keys(content));
  SEALIFT_ASSIGN(auto roles, content.required_object("roles"));
  const auto read = [&](std::string_view name, RoleKeys& into) -> Result<> {
    SEALIFT_ASSIGN(auto role, roles.required_object(name));
    SEALIFT_ASSIGN(into, read_role_keys(role, keys));
    return {};
  };
  SEALIFT_TRY(read("root", root.root));
  SEALIFT_TRY(read("timestamp", root.timestamp));
  SEALIFT_TRY(read("snapshot", root.snapshot));
  SEALIFT_TRY(read("targets", root.targets));
  root.envelope = std::move(reader.envelope());
  return root;
}

Result<TimestampRole> read_timestamp(std::string_view bytes) {
  SEALIFT_ASSIGN(auto reader,
                 MetadataReader::open(bytes, "timestamp", "timestamp", kMaxTimestampBytes));
  SEALIFT_ASSIGN(auto content, reader.content());
  SEALIFT_ASSIGN(auto meta, content.required_object("meta"));
  SEALIFT_ASSIGN(auto snapshot, meta.required_object("snapshot.json"));
  TimestampRole timestamp;
  SEALIFT_ASSIGN(timestamp.snapshot, read_listed_file(snapshot));
  timestamp.envelope = std::move(reader.envelope());
  return timestamp;
}

Result<Snapshot> read_snapshot(std::string_view bytes) {
  SEALIFT_ASSIGN(auto reader,
                 MetadataReader::open(bytes, "snapshot", "snapshot", kMaxSnapshotBytes));
  SEALIFT_ASSIGN(auto content, reader.content());
  SEALIFT_ASSIGN(const auto* members, read_members(content, "meta"));
  Snapshot snapshot;
  for (const auto& [name, value] : *members) {
    SEALIFT_ASSIGN(auto entry,
                   ObjectReader::open(value, content.path_of("meta." + printable(name, 80))));
    SEALIFT_ASSIGN(auto file, read_listed_file(entry));
    snapshot.entries.push_back({name, std::move(file)});
  }
  std::sort(snapshot.entries.begin(), snapshot.entries.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  if (snapshot.find("targets.json") == nullptr) {
    return fail(content.error_at("meta", "does not list targets.json"));
  }
  snapshot.envelope = std::move(reader.envelope());
  return snapshot;
}

Result<TargetFile> read_target(const std::string& path, ObjectReader& reader) {
  TargetFile target;
  target.path = path;
  SEALIFT_ASSIGN(const auto length, read_length(reader));
  if (!length) return fail(reader.error_at("length", "is required"));
  if (*length > kMaxTargetBytes) {
    return fail(reader.error_at("length", "is beyond " + std::to_string(kMaxTargetBytes) +
                                              " bytes, the limit of a target"));
  }
  target.length = *length;
  SEALIFT_ASSIGN(target.hashes, read_hashes(reader));
  if (target.hashes.empty()) return fail(reader.error_at("hashes", "is required"));
  if (const Json* custom = reader.any("custom")) target.custom = *custom;
  return target;
}

// 4.5: a delegated role must not take the name of one that the root defines, and its name becomes a
// file name.
Result<> check_role_name(const ObjectReader& reader, const std::string& name) {
  static const std::set<std::string, std::less<>> reserved = {"root", "timestamp", "snapshot",
                                                              "targets"};
  if (reserved.contains(name)) {
    return fail(reader.error_at("name", "\"" + name + "\" is defined by the root alone"));
  }
  if (name.empty() || escaped_role(name).size() > kMaxRoleFileName) {
    return fail(reader.error_at("name", "must have 1 to " + std::to_string(kMaxRoleFileName) +
                                            " bytes when escaped for a file name"));
  }
  return {};
}

Result<Delegation> read_delegation(ObjectReader& reader, const KeyMap& keys) {
  Delegation delegation;
  SEALIFT_ASSIGN(delegation.role, reader.required_string("name"));
  SEALIFT_TRY(check_role_name(reader, delegation.role));
  SEALIFT_ASSIGN(delegation.keys, read_role_keys(reader, keys));
  SEALIFT_ASSIGN(delegation.terminating, reader.bool_or("terminating", false));
  const bool by_path = reader.any("paths") != nullptr;
  if (by_path == (reader.any("path_hash_prefixes") != nullptr)) {
    return fail(reader.error_at("paths", "is required, or path_hash_prefixes, and not both"));
  }
  SEALIFT_ASSIGN(delegation.paths, reader.strings("paths"));
  for (const auto& pattern : delegation.paths) {
    if (pattern.size() <= kMaxTargetPathBytes) continue;
    return fail(reader.error_at("paths", "holds a pattern of more than " +
                                             std::to_string(kMaxTargetPathBytes) +
                                             " bytes, the limit of a path"));
  }
  SEALIFT_ASSIGN(delegation.hash_prefixes, reader.strings("path_hash_prefixes"));
  return delegation;
}

Result<std::vector<Delegation>> read_delegations(ObjectReader& content) {
  std::vector<Delegation> result;
  SEALIFT_ASSIGN(auto delegations, content.optional_object("delegations"));
  if (!delegations) return result;
  SEALIFT_ASSIGN(const auto keys, read_keys(*delegations));
  SEALIFT_ASSIGN(auto roles, delegations->objects("roles"));
  // Bins named by a rule instead of a list change who may say what; to skip them would answer "not
  // found" where other clients find a file.
  if (delegations->any("succinct_roles") != nullptr) {
    return fail(delegations->error_at("succinct_roles", "is no part of the specification 1.0"));
  }
  std::set<std::string> names;
  for (auto& role : roles) {
    SEALIFT_ASSIGN(auto delegation, read_delegation(role, keys));
    if (!names.insert(delegation.role).second) {
      return fail(
          role.error_at("name", "\"" + printable(delegation.role, 80) + "\" is there twice"));
    }
    result.push_back(std::move(delegation));
  }
  return result;
}

Result<Targets> read_targets(std::string_view bytes, std::string_view role) {
  SEALIFT_ASSIGN(auto reader, MetadataReader::open(bytes, role, "targets", kMaxTargetsBytes));
  SEALIFT_ASSIGN(auto content, reader.content());
  Targets targets;
  SEALIFT_ASSIGN(const auto* members, read_members(content, "targets"));
  for (const auto& [path, value] : *members) {
    SEALIFT_ASSIGN(auto entry,
                   ObjectReader::open(value, content.path_of("targets." + printable(path, 80))));
    SEALIFT_ASSIGN(auto target, read_target(path, entry));
    targets.targets.push_back(std::move(target));
  }
  std::sort(targets.targets.begin(), targets.targets.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  SEALIFT_ASSIGN(targets.delegations, read_delegations(content));
  targets.envelope = std::move(reader.envelope());
  return targets;
}

}  // namespace

Checked<Root> Root::parse(std::string_view bytes) { return checked(read_root(bytes), "root"); }

Checked<TimestampRole> TimestampRole::parse(std::string_view bytes) {
  return checked(read_timestamp(bytes), "timestamp");
}

Checked<Snapshot> Snapshot::parse(std::string_view bytes) {
  return checked(read_snapshot(bytes), "snapshot");
}

Checked<Targets> Targets::parse(std::string_view bytes, std::string_view role) {
  return checked(read_targets(bytes, role), role);
}

}  // namespace sealift::tuf
