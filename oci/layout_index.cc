#include "layout_index.h"

#include <sealift/oci/media_types.h>
#include <sealift/oci/reference.h>

#include <algorithm>

namespace sealift::oci {
namespace {

constexpr std::string_view kRefName = "org.opencontainers.image.ref.name";
constexpr std::string_view kImageName = "io.containerd.image.name";
constexpr std::size_t kMaxEntries = 100'000;
constexpr std::uint64_t kMaxValues = 4u << 20;

// The tag, or the whole name of an image, which is no tag.
std::string_view tag_of(const Descriptor& entry) {
  return find_annotation(entry.annotations, kRefName);
}

std::string_view image_of(const Descriptor& entry) {
  const auto image = find_annotation(entry.annotations, kImageName);
  if (!image.empty()) return image;
  const auto name = tag_of(entry);
  return is_valid_tag(name) ? "" : name;
}

bool is_unnamed(const Descriptor& entry) {
  return tag_of(entry).empty() && image_of(entry).empty();
}

Descriptor without_name(Descriptor entry) {
  std::erase_if(entry.annotations, [](const auto& annotation) {
    return annotation.first == kRefName || annotation.first == kImageName;
  });
  return entry;
}

}  // namespace

LayoutIndex LayoutIndex::empty() {
  LayoutIndex index;
  Json& document = index.document_;
  document.set("schemaVersion", 2);
  document.set("mediaType", media_type::kIndex);
  document.set("manifests", Json::array());
  return index;
}

Result<LayoutIndex> LayoutIndex::parse(std::string_view bytes, const std::string& path) {
  JsonLimits limits;
  limits.max_bytes = kMaxLayoutIndexBytes;
  limits.max_depth = 32;
  limits.max_values = kMaxValues;
  LayoutIndex index;
  SEALIFT_ASSIGN(index.document_, parse_json(bytes, path, limits));
  SEALIFT_TRY_CONTEXT(index.read_manifests(), path);
  return index;
}

Result<> LayoutIndex::read_manifests() {
  const Json* version = document_.find("schemaVersion");
  if (version == nullptr || version->as_int64() != 2) {
    return fail(ErrorCode::kInvalidInput, "is no image index: schemaVersion must be 2");
  }
  const Json* manifests = document_.find("manifests");
  if (manifests == nullptr || manifests->is_null()) {
    document_.set("manifests", Json::array());
    return {};
  }
  const Json::Array* array = manifests->as_array();
  if (array == nullptr) return fail(ErrorCode::kInvalidInput, "manifests: must be an array");
  if (array->size() > kMaxEntries) {
    return fail(ErrorCode::kInvalidInput, "manifests: " + std::to_string(array->size()) +
                                              " entries exceed the limit of " +
                                              std::to_string(kMaxEntries));
  }
  manifests_.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    SEALIFT_ASSIGN(Descriptor entry,
                   parse_descriptor((*array)[i], "manifests[" + std::to_string(i) + "]"));
    manifests_.push_back(std::move(entry));
    note(i);
  }
  return {};
}

void LayoutIndex::note(std::size_t i) {
  by_digest_.emplace(manifests_[i].digest.to_string(), i);
  const auto tag = tag_of(manifests_[i]);
  if (!tag.empty()) by_tag_.emplace(tag, i);
  const auto image = image_of(manifests_[i]);
  if (!image.empty()) images_.emplace(image, manifests_[i].digest);
}

std::string LayoutIndex::serialize() const { return dump_json(document_); }

std::optional<Descriptor> LayoutIndex::find_tag(std::string_view tag) const {
  const auto found = by_tag_.find(std::string(tag));  // never holds an empty one
  if (found == by_tag_.end()) return std::nullopt;
  return without_name(manifests_[found->second]);
}

std::optional<Descriptor> LayoutIndex::find_digest(const Digest& digest) const {
  const auto found = by_digest_.find(digest.to_string());
  if (found == by_digest_.end()) return std::nullopt;
  return without_name(manifests_[found->second]);
}

std::vector<std::string> LayoutIndex::tags() const {
  std::vector<std::string> tags;
  for (const Descriptor& entry : manifests()) {
    if (is_valid_tag(tag_of(entry))) tags.emplace_back(tag_of(entry));
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

Result<bool> LayoutIndex::add(const Descriptor& manifest, std::string_view tag) {
  return add_entry(manifest, tag, NameKind::kTag);
}

Result<bool> LayoutIndex::add_image(const Descriptor& manifest, std::string_view name) {
  return add_entry(manifest, name, NameKind::kImage);
}

Result<bool> LayoutIndex::add_entry(const Descriptor& manifest, std::string_view name,
                                    NameKind kind) {
  // The first entry with a tag is what it resolves to: other programs may have written it twice.
  const auto present = name.empty() ? find_digest(manifest.digest) : find_tag(name);
  if (present && present->digest == manifest.digest) return false;
  if (manifests().size() >= kMaxEntries) {
    return fail(ErrorCode::kInvalidInput, "the layout's index.json holds the limit of " +
                                              std::to_string(kMaxEntries) +
                                              " manifests; begin a new layout");
  }
  if (!name.empty()) remove_tag(name);
  const auto named = [&](Descriptor entry) {
    if (name.empty()) return entry;
    entry.annotations.emplace_back(kRefName, name);
    if (kind == NameKind::kImage) entry.annotations.emplace_back(kImageName, name);
    std::sort(entry.annotations.begin(), entry.annotations.end());
    return entry;
  };
  Json::Array& array = *document_.find("manifests")->as_array();
  // An entry of the same manifest without a name takes the name, so that entries do not pile up.
  const auto same = by_digest_.find(manifest.digest.to_string());
  for (std::size_t i = same == by_digest_.end() ? manifests_.size() : same->second;
       i < manifests_.size(); ++i) {
    Descriptor& entry = manifests_[i];
    if (entry.digest != manifest.digest || !is_unnamed(entry)) continue;
    entry = named(entry);
    array[i].set("annotations", to_json(entry.annotations));
    note(i);
    return true;
  }
  manifests_.push_back(named(without_name(manifest)));
  array.push_back(to_json(manifests_.back()));
  note(manifests_.size() - 1);
  return true;
}

bool LayoutIndex::remove(const Digest& manifest) {
  if (!find_digest(manifest)) return false;
  for (std::size_t i = manifests_.size(); i-- > 0;) {
    if (manifests_[i].digest == manifest) remove_entry(i);
  }
  return true;
}

// What stands behind it has moved up.
void LayoutIndex::remove_entry(std::size_t i) {
  Json::Array& array = *document_.find("manifests")->as_array();
  const auto at = static_cast<std::ptrdiff_t>(i);
  manifests_.erase(manifests_.begin() + at);
  array.erase(array.begin() + at);
  note_all();
}

void LayoutIndex::note_all() {
  by_tag_.clear();
  by_digest_.clear();
  images_.clear();
  for (std::size_t i = 0; i < manifests_.size(); ++i) note(i);
}

bool LayoutIndex::remove_tag(std::string_view tag) {
  if (!find_tag(tag)) return false;
  Json::Array& array = *document_.find("manifests")->as_array();
  for (std::size_t i = manifests_.size(); i-- > 0;) {
    if (tag_of(manifests_[i]) != tag) continue;
    const Digest digest = manifests_[i].digest;
    const auto entries =
        std::count_if(manifests_.begin(), manifests_.end(),
                      [&](const Descriptor& entry) { return entry.digest == digest; });
    if (entries > 1) {  // other entries keep the manifest listed
      remove_entry(i);
      continue;
    }
    manifests_[i] = without_name(std::move(manifests_[i]));
    array[i].set("annotations", to_json(manifests_[i].annotations));
    if (manifests_[i].annotations.empty()) array[i].erase("annotations");
  }
  note_all();
  return true;
}

}  // namespace sealift::oci
