#include "parsed_artifacts.h"

#include <utility>

namespace sealift::artifacts {

std::shared_ptr<const ParsedArtifact> ParsedArtifacts::find(const Digest& digest,
                                                            const std::string& path) {
  const auto entry = entries_.find({digest, path});
  if (entry == entries_.end()) return nullptr;
  auto parsed = entry->second.known.lock();
  if (parsed) hold(entry->second, parsed);
  return parsed;
}

void ParsedArtifacts::put(const Digest& digest, const std::string& path,
                          std::shared_ptr<const ParsedArtifact> parsed) {
  std::erase_if(entries_, [](const auto& item) { return item.second.known.expired(); });
  auto& entry = entries_[{digest, path}];
  if (entry.held) held_bytes_ -= std::exchange(entry.held, nullptr)->estimated_bytes;
  entry.known = parsed;
  hold(entry, std::move(parsed));
}

void ParsedArtifacts::hold(Entry& entry, std::shared_ptr<const ParsedArtifact> parsed) {
  entry.used = ++uses_;
  if (entry.held || parsed->estimated_bytes > max_bytes_) return;
  make_room(parsed->estimated_bytes);
  held_bytes_ += parsed->estimated_bytes;
  entry.held = std::move(parsed);
}

void ParsedArtifacts::make_room(std::uint64_t bytes) {
  while (held_bytes_ + bytes > max_bytes_) {
    Entry* oldest = nullptr;
    for (auto& [name, entry] : entries_) {
      if (entry.held && (oldest == nullptr || entry.used < oldest->used)) oldest = &entry;
    }
    held_bytes_ -= std::exchange(oldest->held, nullptr)->estimated_bytes;
  }
}

}  // namespace sealift::artifacts
