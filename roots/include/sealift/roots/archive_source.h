#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/tuf/repository_source.h>

#include <memory>
#include <string>

namespace sealift::roots {

// An archive (trust_archive.h) as a source of updates: metadata is at its top, targets are below
// "targets". `files` need not outlive it. Errors of open_trust_archive().
Result<std::unique_ptr<tuf::RepositorySource>> make_archive_source(FileSystem& files,
                                                                   const std::string& path);

}  // namespace sealift::roots
