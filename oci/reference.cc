#include <sealift/base/encoding.h>
#include <sealift/oci/reference.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace sealift::oci {
namespace {

constexpr std::string_view kRegistryPrefix = "oci://";
constexpr std::string_view kLayoutPrefix = "oci-layout:";
constexpr std::string_view kArchivePrefix = "oci-archive:";
constexpr std::size_t kMaxTag = 128;
constexpr std::size_t kMaxName = 255;  // distribution-spec: host and repository together
constexpr std::size_t kMaxPath = 4'096;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

tl::unexpected<Error> refuse(std::string_view text, std::string reason) {
  return fail(ErrorCode::kInvalidInput,
              "\"" + printable(text) + "\" is not an address: " + std::move(reason));
}

// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*
bool is_path_component(std::string_view text) {
  std::size_t at = 0;
  const auto skip_alphanumeric = [&] {
    const std::size_t start = at;
    while (at < text.size() && (is_lower(text[at]) || is_digit(text[at]))) ++at;
    return at > start;
  };
  if (!skip_alphanumeric()) return false;
  while (at < text.size()) {
    if (text[at] == '-') {
      while (at < text.size() && text[at] == '-') ++at;
    } else if (text.substr(at, 2) == "__") {
      at += 2;
    } else if (text[at] == '.' || text[at] == '_') {
      ++at;
    } else {
      return false;
    }
    if (!skip_alphanumeric()) return false;
  }
  return true;
}

bool is_repository(std::string_view text) {
  while (true) {
    const auto slash = text.find('/');
    if (!is_path_component(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

bool is_host_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
    return false;
  }
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const auto address = host.substr(1, host.size() - 2);
    return std::all_of(address.begin(), address.end(),
                       [](char c) { return is_hex(c) || c == ':' || c == '.'; });
  }
  while (true) {
    const auto dot = host.find('.');
    if (!is_host_label(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && text.size() <= 5 &&
         port >= 1 && port <= 65'535;
}

bool is_registry(std::string_view text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return is_host(text);
  return is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

struct Parts {
  std::string_view location;  // without prefix, tag and digest
  std::optional<std::string> tag;
  std::optional<Digest> digest;
};

// Splits "location[:tag][@digest]"; only what follows the last slash may hold either.
Result<Parts> split(std::string_view text, std::string_view rest) {
  Parts parts;
  const auto slash = rest.rfind('/');
  const std::size_t last = slash == std::string_view::npos ? 0 : slash + 1;
  if (const auto at = rest.find('@', last); at != std::string_view::npos) {
    auto digest = Digest::parse(rest.substr(at + 1));
    if (!digest) return refuse(text, "behind @ " + digest.error().message());
    parts.digest = *std::move(digest);
    rest = rest.substr(0, at);
  }
  if (const auto colon = rest.find(':', last); colon != std::string_view::npos) {
    const auto tag = rest.substr(colon + 1);
    if (!is_valid_tag(tag)) {
      return refuse(text, "the tag \"" + printable(tag, 140) +
                              "\" must be 1 to 128 letters, digits, '_', '.' or '-', and begin "
                              "with neither '.' nor '-'");
    }
    parts.tag = std::string(tag);
    rest = rest.substr(0, colon);
  }
  parts.location = rest;
  return parts;
}

}  // namespace

bool is_valid_tag(std::string_view tag) {
  if (tag.empty() || tag.size() > kMaxTag || tag.front() == '.' || tag.front() == '-') return false;
  return std::all_of(tag.begin(), tag.end(), [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
  });
}

Result<Reference> Reference::parse(std::string_view text) {
  if (text.starts_with(kLayoutPrefix)) return parse_path(Kind::kLayout, text);
  if (text.starts_with(kArchivePrefix)) return parse_path(Kind::kArchive, text);
  if (text.starts_with(kRegistryPrefix)) return parse_registry(text);
  const bool other_scheme = text.find("://") != std::string_view::npos;
  return refuse(text, other_scheme ? "it must begin with oci://, oci-layout: or oci-archive:"
                                   : "write oci://" + printable(text) + " for a registry, " +
                                         "oci-layout:DIRECTORY for a directory, or " +
                                         "oci-archive:FILE for a tar file");
}

Result<Reference> Reference::parse_registry(std::string_view text) {
  const std::string_view rest = text.substr(kRegistryPrefix.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size()) {
    return refuse(
        text, "it names no registry and repository, as in oci://registry.example.com/team/shop");
  }
  Reference reference;
  reference.registry_ = lower(rest.substr(0, slash));
  if (!is_registry(reference.registry_)) {
    return refuse(text, "\"" + printable(reference.registry_) +
                            "\" is not a host name or address with an optional port");
  }
  SEALIFT_ASSIGN(Parts parts, split(text, rest.substr(slash + 1)));
  if (!is_repository(parts.location)) {
    return refuse(text, "the repository \"" + printable(parts.location) +
                            "\" must be lower-case letters and digits, with single '.', '_', '__' "
                            "or '-' between them and '/' between its parts");
  }
  if (reference.registry_.size() + 1 + parts.location.size() > kMaxName) {
    return refuse(text, "registry and repository exceed the limit of 255 bytes");
  }
  reference.repository_ = std::string(parts.location);
  reference.tag_ = std::move(parts.tag);
  reference.digest_ = std::move(parts.digest);
  return reference;
}

Result<Reference> Reference::parse_path(Kind kind, std::string_view text) {
  const bool is_archive = kind == Kind::kArchive;
  const std::string what = is_archive ? "file" : "directory";
  Reference reference;
  reference.kind_ = kind;
  const auto prefix = is_archive ? kArchivePrefix : kLayoutPrefix;
  SEALIFT_ASSIGN(Parts parts, split(text, text.substr(prefix.size())));
  while (!is_archive && parts.location.size() > 1 && parts.location.ends_with('/')) {
    // The slash behind "a:b" says that the colon belongs to the directory; it stays for that.
    const auto inner = parts.location.substr(0, parts.location.size() - 1);
    if (inner.substr(inner.rfind('/') + 1).find_first_of(":@") != std::string_view::npos) break;
    parts.location = inner;
  }
  if (parts.location.empty() || (is_archive && parts.location.ends_with('/'))) {
    return refuse(text, "it names no " + what + ", as in " +
                            (is_archive ? "oci-archive:out.tar" : "oci-layout:out"));
  }
  if (parts.location.size() > kMaxPath) {
    return refuse(text, "the " + what + " exceeds the limit of 4096 bytes");
  }
  if (parts.location.find('\0') != std::string_view::npos) {
    return refuse(text, "a " + what + " cannot have a NUL in its name");
  }
  reference.repository_ = std::string(parts.location);
  reference.tag_ = std::move(parts.tag);
  reference.digest_ = std::move(parts.digest);
  return reference;
}

std::string Reference::name() const {
  switch (kind_) {
    case Kind::kLayout:
      return std::string(kLayoutPrefix) + repository_;
    case Kind::kArchive:
      return std::string(kArchivePrefix) + repository_;
    case Kind::kRegistry:
      break;
  }
  return registry_ + "/" + repository_;
}

std::string Reference::to_string() const {
  std::string text = kind_ == Kind::kRegistry ? std::string(kRegistryPrefix) + name() : name();
  if (tag_) text += ":" + *tag_;
  if (digest_) text += "@" + digest_->to_string();
  return text;
}

std::string Reference::tag_or_digest() const {
  if (digest_) return digest_->to_string();
  return tag_.value_or("latest");
}

Reference Reference::with_tag(std::string tag) const {
  assert(is_valid_tag(tag));
  Reference reference = *this;
  reference.tag_ = std::move(tag);
  reference.digest_.reset();
  return reference;
}

Reference Reference::with_digest(Digest digest) const {
  Reference reference = *this;
  reference.digest_ = std::move(digest);
  return reference;
}

}  // namespace sealift::oci
