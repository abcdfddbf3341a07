#pragma once

#include <sealift/base/json.h>
#include <sealift/oci/descriptor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sealift::oci {

inline constexpr std::uint64_t kMaxLayoutIndexBytes = 64u << 20;

// The index.json of an image layout (OCI image-spec 1.1, image-layout.md): which manifests are in
// the directory and what their tags are. An entry has at most one tag, in the annotation
// org.opencontainers.image.ref.name; a manifest with several tags has several entries. Entries of
// other programs keep members that we do not know.
class LayoutIndex {
 public:
  static LayoutIndex empty();
  // kInvalidInput.
  static Result<LayoutIndex> parse(std::string_view bytes, const std::string& path);
  std::string serialize() const;

  const std::vector<Descriptor>& manifests() const { return manifests_; }
  // The entry, without the annotation that holds the tag.
  std::optional<Descriptor> find_tag(std::string_view tag) const;
  std::optional<Descriptor> find_digest(const Digest& digest) const;
  // Sorted, each once. Names that are no tags (other programs write whole references) are left out.
  std::vector<std::string> tags() const;

  // Lists a manifest, under a tag when that is not empty; a manifest that had the tag stays without
  // it. Returns whether anything changed. kInvalidInput at the limit of entries.
  Result<bool> add(const Descriptor& manifest, std::string_view tag);
  // Lists a manifest no longer, under no tag either. Returns whether it was listed.
  bool remove(const Digest& manifest);
  // The manifest that had the tag stays listed without it. Returns whether there was such a tag.
  bool remove_tag(std::string_view tag);

 private:
  Result<> read_manifests();
  void note(std::size_t i);
  void remove_entry(std::size_t i);

  Json document_;
  std::vector<Descriptor> manifests_;                       // what document_ holds
  std::unordered_map<std::string, std::size_t> by_tag_;     // the first with that tag
  std::unordered_map<std::string, std::size_t> by_digest_;  // the first with that digest
};

}  // namespace sealift::oci
