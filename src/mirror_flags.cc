#include "mirror_flags.h"

#include <sealift/logins/find_login.h>

#include <CLI/CLI.hpp>

#include <string_view>

#include "registry_flags.h"

namespace sealift::program {
namespace {

// "http://HOST/PREFIX/" → plain http at "HOST/PREFIX".
oci::Mirror parse_address(std::string_view text) {
  oci::Mirror mirror;
  mirror.plain_http = text.starts_with("http://");
  if (mirror.plain_http) text.remove_prefix(7);
  if (text.starts_with("https://")) text.remove_prefix(8);
  while (text.ends_with('/')) text.remove_suffix(1);
  mirror.address = std::string(text);
  return mirror;
}

Result<oci::Reference> at_mirror(const oci::Mirror& mirror, const std::string& repository) {
  return oci::Reference::parse("oci://" + mirror.address + "/" + repository);
}

}  // namespace

void add_mirror_flags(CLI::App& command, const std::shared_ptr<RegistryFlags>& flags,
                      const std::string& side) {
  const std::string prefix = side.empty() ? "--" : "--" + side + "-";
  auto* mirror =
      command
          .add_option(prefix + "mirror", flags->mirrors,
                      "Read what has a digest from this registry first, and from the next one "
                      "given where it is not there; may be repeated")
          ->type_name("[http://]HOST[/PREFIX]")
          ->allow_extra_args(false)
          ->check([](const std::string& text) -> std::string {
            const auto mirror_of = parse_address(text);
            const auto reference = at_mirror(mirror_of, "repository");
            const bool is_repository = reference && !reference->tag() && !reference->digest();
            return is_repository ? "" : "\"" + text + "\" is no address of a mirror";
          });
  command
      .add_flag(prefix + "mirror-tags", flags->mirrors_resolve_tags,
                "Ask mirrors for tags and signatures as well, which may be older there")
      ->needs(mirror);
}

Result<std::vector<oci::Mirror>> find_mirrors(const oci::Reference& reference,
                                              const RegistryFlags& flags,
                                              const HttpServerSettings& server,
                                              const Surroundings& surroundings) {
  auto settings = std::make_shared<HttpServerSettings>();
  settings->ca_pem = server.ca_pem;
  std::vector<oci::Mirror> mirrors;
  for (const auto& text : flags.mirrors) {
    oci::Mirror mirror = parse_address(text);
    mirror.resolves_tags = flags.mirrors_resolve_tags;
    mirror.server = settings;
    SEALIFT_ASSIGN_CONTEXT(const auto there, at_mirror(mirror, reference.repository()),
                           "mirror " + text);
    SEALIFT_ASSIGN(mirror.credentials,
                   logins::find_login(surroundings.machine.repositories().files,
                                      flags.registry_config, there.name(), surroundings.stop));
    mirrors.push_back(std::move(mirror));
  }
  return mirrors;
}

}  // namespace sealift::program
