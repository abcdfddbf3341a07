#pragma once

#include <sealift/base/clock.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace sealift::signing {

inline constexpr std::size_t kMaxRootFolderName = 63;
inline constexpr std::size_t kMaxRootTarget = 1024;  // as TUF's client has it

// The trust folder that a policy takes its root from, and how fresh that must be. What is in the
// folder is no part of the policy's document: whoever can read folders (the room `roots`) adds it.
struct RootFolder {
  // What was read and verified, but for the time.
  struct Content {
    std::shared_ptr<const std::string> json;  // of the trusted root, byte by byte
    std::string first_to_expire;              // of the metadata that leads to it: "timestamp 12"
    Timestamp expires;
  };

  std::string name;    // among the folders that an operator keeps
  std::string target;  // of the folder's repository
  // The freshness rule: how long it counts after it expired.
  std::chrono::seconds allowed_since_expiry{0};

  std::optional<Content> content = std::nullopt;  // there exactly where the policy has its root
  std::string problem = {};                       // why it is not there; empty: nobody looked
};

// Why a policy cannot believe its root. Without the time of asking, so that the same reason is told
// in the same words.
struct RootFault {
  enum class Kind { kMissing, kExpired };
  Kind kind = Kind::kMissing;
  std::string message;  // a sentence, and what to do
};

}  // namespace sealift::signing
