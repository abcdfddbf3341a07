#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/oci/descriptor.h>

#include <cstdint>
#include <functional>
#include <map>
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
//
// Beside tags there are whole names of images ("docker.io/library/nginx:1.27", see image_name.h),
// in that annotation and in io.containerd.image.name, by which container runtimes and skopeo find
// them. One that is in the latter alone is another program's, and counts too. No name is a tag.
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
  // Sorted, each once. Names that are no tags are left out.
  std::vector<std::string> tags() const;
  // By whole names, which are not checked.
  const std::map<std::string, Digest, std::less<>>& images() const { return images_; }

  // Lists a manifest, under a tag when that is not empty; a manifest that had the tag stays without
  // it. Returns whether anything changed. kInvalidInput at the limit of entries.
  Result<bool> add(const Descriptor& manifest, std::string_view tag);
  // The same under the whole name of an image.
  Result<bool> add_image(const Descriptor& manifest, std::string_view name);
  // Lists a manifest no longer, under no tag either. Returns whether it was listed.
  bool remove(const Digest& manifest);
  // The manifest that had the tag stays listed without it. Returns whether there was such a tag.
  bool remove_tag(std::string_view tag);

 private:
  enum class NameKind { kTag, kImage };

  Result<bool> add_entry(const Descriptor& manifest, std::string_view name, NameKind kind);
  Result<> read_manifests();
  void note(std::size_t i);
  void note_all();
  void remove_entry(std::size_t i);

  Json document_;
  std::vector<Descriptor> manifests_;                       // what document_ holds
  std::unordered_map<std::string, std::size_t> by_tag_;     // the first with that tag
  std::unordered_map<std::string, std::size_t> by_digest_;  // the first with that digest
  std::map<std::string, Digest, std::less<>> images_;       // of the first with that name
};

}  // namespace sealift::oci
