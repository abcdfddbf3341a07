#include <sealift/oci/credentials.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// A configuration of logins is read or refused, for a registry, a repository and Docker Hub; and
// the name that a login is kept under leads back to its registry.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::oci;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string_view place :
       {"r.example", "r.example:5000/team/shop", "docker.io/library/busybox", "[::1]:5000/x"}) {
    static_cast<void>(credentials_from_docker_config(text, place));
  }
  const bool is_name = text.find('/') == std::string_view::npos && !text.empty();
  if (is_name && !is_key_of_registry(docker_server_name(text), text)) std::abort();
  static_cast<void>(is_key_of_registry(text, "r.example"));
  return 0;
}
