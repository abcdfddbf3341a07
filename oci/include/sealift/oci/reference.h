#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::oci {

// Where an artifact lives: a repository in a registry, or an image layout in a directory, and
// within it a tag, a digest, or both (the digest then decides and the tag is a remark).
//
//   oci://registry.example.com[:5000]/team/shop[:tag][@sha256:…]
//   oci-layout:DIRECTORY[:tag][@sha256:…]
//
// Names follow OCI distribution-spec 1.1, "Pulling manifests": repository
// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/…)*, tag [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}.
class Reference {
 public:
  enum class Kind { kRegistry, kLayout };

  // `text` must begin with "oci://" or "oci-layout:". kInvalidInput says which part is wrong and
  // what it may look like; a plain "host/repo:tag" is refused with the advice to add "oci://".
  static Result<Reference> parse(std::string_view text);

  Kind kind() const { return kind_; }
  const std::string& registry() const { return registry_; }  // "host[:port]"; empty in a layout
  const std::string& repository() const {
    return repository_;
  }  // "team/shop"; in a layout the path
  const std::optional<std::string>& tag() const { return tag_; }
  const std::optional<Digest>& digest() const { return digest_; }

  // "registry/team/shop" or "oci-layout:DIR": what policies match and signatures name.
  std::string name() const;
  std::string to_string() const;
  Reference with_tag(std::string tag) const;
  Reference with_digest(Digest digest) const;

  bool operator==(const Reference&) const = default;

 private:
  Reference() = default;
  Kind kind_ = Kind::kRegistry;
  std::string registry_;
  std::string repository_;
  std::optional<std::string> tag_;
  std::optional<Digest> digest_;
};

// True for a tag that the distribution-spec allows.
bool is_valid_tag(std::string_view tag);

}  // namespace sealift::oci
