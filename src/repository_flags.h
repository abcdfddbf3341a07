#pragma once

#include <sealift/base/result.h>
#include <sealift/tuf/repository_source.h>

#include <chrono>
#include <memory>
#include <string>

#include "command.h"

namespace CLI {
class App;
}

namespace sealift::program {

// Where a repository of trusted files (TUF) is, and how old it may be.
struct RepositoryFlags {
  // Of a server, "file:…", a folder or an archive of one, or the name of a known repository.
  std::string url;
  std::string targets_url;  // empty: "targets" below the URL
  std::string ca_file;
  std::chrono::seconds allow_expired{0};
};

std::shared_ptr<RepositoryFlags> add_repository_flags(CLI::App& command, bool url_is_required);
// That flag alone, which the one above adds as well.
void add_allow_expired(CLI::App& command, const std::shared_ptr<RepositoryFlags>& flags);

// Without a URL, the trust folder itself: what it holds, and no network. kNotFound for a folder
// that is not there, kInvalidInput for what is no place at all, and for a CA of a folder.
Result<std::unique_ptr<tuf::RepositorySource>> open_repository_source(
    const RepositoryFlags& flags, const std::string& trust_folder,
    const Surroundings& surroundings);

}  // namespace sealift::program
