#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::oci {

// Where an artifact lives: a repository in a registry, an image layout in a directory, or an image
// layout in a tar file, and within it a tag, a digest, or both (the digest then decides and the tag
// is a remark).
//
//   oci://registry.example.com[:5000]/team/shop[:tag][@sha256:…]
//   oci-layout:DIRECTORY[:tag][@sha256:…]
//   oci-archive:FILE[:tag][@sha256:…]
//
// In a layout or an archive, a colon or an at sign after the last slash begins the tag or the
// digest; a directory whose own name has one is written with a slash behind it
// ("oci-layout:a:b/:tag"). Host names are made lower case.
//
// Names follow OCI distribution-spec 1.1, "Pulling manifests": repository
// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/…)*, tag [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}.
class Reference {
 public:
  enum class Kind { kRegistry, kLayout, kArchive };

  // `text` must begin with "oci://", "oci-layout:" or "oci-archive:". kInvalidInput says which
  // part is wrong and what it may look like; a plain "host/repo:tag" is refused with the advice to
  // add "oci://".
  static Result<Reference> parse(std::string_view text);

  Kind kind() const { return kind_; }
  const std::string& registry() const {
    return registry_;
  }  // "host[:port]"; empty but in a registry
  // "team/shop"; the directory of a layout; the file of an archive.
  const std::string& repository() const { return repository_; }
  const std::optional<std::string>& tag() const { return tag_; }
  const std::optional<Digest>& digest() const { return digest_; }

  // "registry/team/shop", "oci-layout:DIR" or "oci-archive:FILE": what policies match and
  // signatures name.
  std::string name() const;
  // What parse() reads back.
  std::string to_string() const;
  // The tag in the same repository, without a digest. `tag` must be a valid tag.
  Reference with_tag(std::string tag) const;
  // The digest in the same repository; the tag stays as a remark.
  Reference with_digest(Digest digest) const;
  // What to ask the repository for: the digest, or else the tag, or else "latest" — the tag that
  // docker, Flux and oras mean where none is written.
  std::string tag_or_digest() const;

  bool operator==(const Reference&) const = default;

 private:
  Reference() = default;
  static Result<Reference> parse_registry(std::string_view text);
  static Result<Reference> parse_path(Kind kind, std::string_view text);

  Kind kind_ = Kind::kRegistry;
  std::string registry_;
  std::string repository_;
  std::optional<std::string> tag_;
  std::optional<Digest> digest_;
};

// True for a tag that the distribution-spec allows.
bool is_valid_tag(std::string_view tag);

}  // namespace sealift::oci
