#pragma once

#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::oci {

// An http or https URL taken apart, as far as a registry client decides by its parts (RFC 3986).
struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address in brackets
  std::uint16_t port = 0;
  std::string target;  // path and query, beginning with a slash

  // kInvalidInput for other schemes, credentials in the URL, and characters that RFC 3986 does not
  // allow. A fragment is cut off.
  static Result<Url> parse(std::string_view text);
  // What a Location or Link header means on the page of this URL (section 5.2). kInvalidInput.
  Result<Url> resolve(std::string_view reference) const;

  std::string to_string() const;
  // With "name=value" added to the query; the value is percent-encoded.
  Url with_query(std::string_view name, std::string_view value) const;
  // Scheme, host and port: who gets to see what is meant for this server.
  bool same_origin(const Url& other) const;

  bool operator==(const Url&) const = default;
};

// True for localhost and for addresses that a public name must not stand for: loopback, private
// (RFC 1918, RFC 4193), link-local, shared (RFC 6598), unspecified, and IPv6 forms of them. Numbers
// that only lax parsers take for an address count as private.
bool is_private_host(std::string_view host);

}  // namespace sealift::oci
