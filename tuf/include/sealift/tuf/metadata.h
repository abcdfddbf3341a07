#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/tuf/refusal.h>
#include <sealift/tuf/role_keys.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::tuf {

// The files of a repository as data (specification 1.0, section 4). Reading believes nothing: it
// says what is written, and keeps the bytes that must have been signed. Members that are not known
// are allowed everywhere and are covered by the signatures like all others. parse() returns
// kMalformed, with the path of the member, for what section 4 forbids, for repeated members or key
// ids, for a number that is not whole, and for a specification other than 1.x.

inline constexpr std::uint64_t kMaxRootBytes = 512u << 10;
inline constexpr std::uint64_t kMaxTimestampBytes = 16u << 10;
inline constexpr std::uint64_t kMaxSnapshotBytes = 2u << 20;
inline constexpr std::uint64_t kMaxTargetsBytes = 5u << 20;
// Of the path of a target, and of a pattern for such paths.
inline constexpr std::size_t kMaxTargetPathBytes = 1024;
// That a target may be listed with. What is fetched has a deadline that grows with it.
inline constexpr std::uint64_t kMaxTargetBytes = 1ull << 40;
// A role's name as a file name, escaped, must fit a file system with room for a version.
inline constexpr std::size_t kMaxRoleFileName = 200;

// What all roles have (4.2.1, 4.3).
struct Envelope {
  std::string role;  // "root", "timestamp", "snapshot", "targets" or a delegated role's name
  std::int64_t version = 0;
  Timestamp expires;
  std::string signed_bytes;  // canonical JSON of "signed"
  std::vector<Signature> signatures;
};

// What is listed of a file. Hashes that are not SHA-256 or SHA-512 are left out, but a list of
// others alone is malformed: nothing could be checked.
struct ListedFile {
  std::int64_t version = 0;
  std::optional<std::uint64_t> length;
  std::vector<Digest> hashes;
};

struct Root {
  static Checked<Root> parse(std::string_view bytes);

  Envelope envelope;
  bool consistent_snapshot = false;
  RoleKeys root, timestamp, snapshot, targets;
};

struct TimestampRole {
  static Checked<TimestampRole> parse(std::string_view bytes);

  Envelope envelope;
  ListedFile snapshot;
};

struct Snapshot {
  static Checked<Snapshot> parse(std::string_view bytes);
  // Null where it lists none.
  const ListedFile* find(std::string_view name) const;

  Envelope envelope;
  struct Entry {
    std::string name;  // "targets.json"
    ListedFile file;
  };
  std::vector<Entry> entries;  // sorted by name
};

struct TargetFile {
  std::string path;
  std::uint64_t length = 0;
  std::vector<Digest> hashes;  // at least one
  Json custom;
};

// Part of the paths, given to another role (4.5).
struct Delegation {
  std::string role;
  RoleKeys keys = {};
  bool terminating = false;
  // One of the two.
  std::vector<std::string> paths = {};          // shell patterns
  std::vector<std::string> hash_prefixes = {};  // of SHA-256 of the path, in hex
  bool covers(std::string_view path) const;
};

struct Targets {
  // `role`: "targets" or a delegated role's name; the file itself does not say which it is.
  static Checked<Targets> parse(std::string_view bytes, std::string_view role);
  // Null where it lists none.
  const TargetFile* find(std::string_view path) const;

  Envelope envelope;
  std::vector<TargetFile> targets;  // sorted by path
  std::vector<Delegation> delegations;
};

// The name of a role in file names and URLs: everything but letters, digits and "-._~" as %XX.
std::string escaped_role(std::string_view role);

}  // namespace sealift::tuf
