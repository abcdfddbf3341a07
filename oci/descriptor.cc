#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/oci/descriptor.h>

#include <algorithm>

namespace sealift::oci {
namespace {

// RFC 6838, section 4.2: restricted-name "/" restricted-name.
bool is_restricted_name(std::string_view name) {
  if (name.empty() || name.size() > 127) return false;
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return is_alphanumeric(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
           return is_alphanumeric(c) ||
                  std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
         });
}

}  // namespace

bool is_valid_media_type(std::string_view text) {
  const auto slash = text.find('/');
  return slash != std::string_view::npos && is_restricted_name(text.substr(0, slash)) &&
         is_restricted_name(text.substr(slash + 1));
}

std::string_view find_annotation(const Annotations& annotations, std::string_view name) {
  const auto found = std::find_if(annotations.begin(), annotations.end(),
                                  [&](const auto& annotation) { return annotation.first == name; });
  return found == annotations.end() ? std::string_view() : std::string_view(found->second);
}

Result<Descriptor> parse_descriptor(const Json& json, const std::string& path) {
  SEALIFT_ASSIGN(ObjectReader reader, ObjectReader::open(json, path));
  SEALIFT_ASSIGN(std::string media_type, reader.required_string("mediaType"));
  if (!is_valid_media_type(media_type)) {
    return fail(
        reader.error_at("mediaType", "\"" + printable(media_type, 80) + "\" is not a media type"));
  }
  SEALIFT_ASSIGN(const std::string digest_text, reader.required_string("digest"));
  SEALIFT_ASSIGN_CONTEXT(Digest digest, Digest::parse(digest_text), reader.path_of("digest"));
  SEALIFT_ASSIGN(const std::int64_t size, reader.required_int("size"));
  if (size < 0) return fail(reader.error_at("size", "must not be negative"));
  SEALIFT_ASSIGN(std::string artifact_type, reader.string_or("artifactType", ""));
  SEALIFT_ASSIGN(Annotations annotations, reader.string_map("annotations"));
  std::sort(annotations.begin(), annotations.end());
  return Descriptor{std::move(media_type), std::move(digest), static_cast<std::uint64_t>(size),
                    std::move(artifact_type), std::move(annotations)};
}

Json to_json(const Annotations& annotations) {
  Json::Object sorted;
  for (const auto& [name, value] : annotations) sorted.emplace_back(name, value);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return Json(std::move(sorted));
}

Json to_json(const Descriptor& descriptor) {
  Json json = Json::object();
  json.set("mediaType", descriptor.media_type);
  json.set("digest", descriptor.digest.to_string());
  json.set("size", descriptor.size);
  if (!descriptor.annotations.empty()) json.set("annotations", to_json(descriptor.annotations));
  if (!descriptor.artifact_type.empty()) json.set("artifactType", descriptor.artifact_type);
  return json;
}

}  // namespace sealift::oci
