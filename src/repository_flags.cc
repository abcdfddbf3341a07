#include "repository_flags.h"

#include <sealift/base/duration.h>
#include <sealift/base/encoding.h>
#include <sealift/roots/archive_source.h>
#include <sealift/tuf/known_repositories.h>

#include <CLI/CLI.hpp>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxCaBytes = 4u << 20;

bool is_web_address(const std::string& place) {
  return place.starts_with("http://") || place.starts_with("https://");
}

// "file:///a/b", "file:/a/b" or a path.
std::string folder_of(const std::string& place) {
  if (place.starts_with("file://")) return place.substr(7);
  if (place.starts_with("file:")) return place.substr(5);
  return place;
}

// Whether it is a folder, and not an archive of one.
Result<bool> is_folder(FileSystem& files, const std::string& place) {
  const auto listed = files.list(place);
  if (listed) return true;
  if (listed.error().code() != ErrorCode::kNotFound) return fail(listed.error());
  if (files.open(place)) return false;
  return fail(ErrorCode::kNotFound, printable(place, 400) +
                                        " is neither a folder nor an http or https URL nor the "
                                        "name of a known repository (sigstore, github), nor an "
                                        "archive of a folder");
}

Result<std::unique_ptr<tuf::RepositorySource>> open_folder(FileSystem& files,
                                                           const std::string& metadata,
                                                           const std::string& targets) {
  SEALIFT_ASSIGN(const bool is_whole, is_folder(files, metadata));
  if (is_whole) return tuf::make_directory_source(files, metadata, targets);
  if (targets == metadata + "/targets") return roots::make_archive_source(files, metadata);
  return fail(ErrorCode::kInvalidInput,
              "--targets-url is given, and " + printable(metadata, 400) +
                  " is an archive, which holds its own targets: leave the flag out, or unpack it");
}

}  // namespace

std::shared_ptr<RepositoryFlags> add_repository_flags(CLI::App& command, bool url_is_required) {
  auto flags = std::make_shared<RepositoryFlags>();
  auto* url = command.add_option("--url", flags->url,
                                 "Repository: an http or https URL, a folder with a copy of one "
                                 "(or the trust folder of another client), an archive of a folder "
                                 "(.tar.gz), or \"sigstore\" or \"github\"");
  url->type_name("URL")->required(url_is_required);
  command
      .add_option("--targets-url", flags->targets_url,
                  "Where its targets are, instead of \"targets\" below --url")
      ->needs(url)
      ->type_name("URL");
  command.add_option("--ca-file", flags->ca_file, "PEM file of the server's CA")->type_name("FILE");
  add_allow_expired(command, flags);
  return flags;
}

void add_allow_expired(CLI::App& command, const std::shared_ptr<RepositoryFlags>& flags) {
  command
      .add_option_function<std::string>(
          "--allow-expired",
          [flags](const std::string& text) {
            const auto duration = parse_duration(text);
            if (!duration)
              throw CLI::ValidationError("--allow-expired", duration.error().message());
            flags->allow_expired = std::chrono::duration_cast<std::chrono::seconds>(*duration);
          },
          "For copies where no newer ones come: take metadata that expired at most this long ago "
          "(720h). Without it nothing that has expired is taken")
      ->type_name("DURATION");
}

Result<std::unique_ptr<tuf::RepositorySource>> open_repository_source(
    const RepositoryFlags& flags, const std::string& trust_folder,
    const Surroundings& surroundings) {
  const auto& machine = surroundings.machine.repositories();
  const auto check_no_ca = [&]() -> Result<> {
    if (flags.ca_file.empty()) return {};
    return fail(ErrorCode::kInvalidInput,
                "--ca-file is of a server, and a folder is read: leave it out, or give --url a "
                "server's https URL");
  };
  if (flags.url.empty()) {
    SEALIFT_TRY(check_no_ca());
    return open_folder(machine.files, trust_folder, join_path(trust_folder, "targets"));
  }
  const auto* known = tuf::find_known_repository(flags.url);
  const std::string url(known != nullptr ? known->url : flags.url);
  const auto targets = flags.targets_url.empty()
                           ? url + (url.ends_with('/') ? "targets" : "/targets")
                           : flags.targets_url;
  if (is_web_address(url) != is_web_address(targets)) {
    return fail(ErrorCode::kInvalidInput,
                "--url and --targets-url must both be http or https URLs, or both folders");
  }
  if (!is_web_address(url)) {
    SEALIFT_TRY(check_no_ca());
    return open_folder(machine.files, folder_of(url), folder_of(targets));
  }
  HttpServerSettings server;
  if (!flags.ca_file.empty()) {
    SEALIFT_ASSIGN(server.ca_pem, read_file(machine.files, flags.ca_file, kMaxCaBytes));
  }
  return tuf::make_http_source(machine.transport, url, targets,
                               std::make_shared<const HttpServerSettings>(std::move(server)));
}

}  // namespace sealift::program
