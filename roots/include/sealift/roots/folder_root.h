#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/signing/root_folder.h>
#include <sealift/signing/signer.h>
#include <sealift/tuf/succession.h>

#include <string>

namespace sealift::roots {

// A trusted root as a trust folder has it.
struct FolderRoot {
  signing::PolicyRoot root;
  signing::RootFolder::Content content;
  tuf::RepositoryState state;
};

// Reads the folder DIRECTORY/NAME, or the archive DIRECTORY/NAME.tar.gz, and verifies what leads to
// the target, but for the time. kNotFound where there is neither; kConflict where there are both;
// kUntrusted and kInvalidInput where it lacks something, does not hold, is no trusted root, or
// breaks a limit of trust_archive.h; errors of the disk. With `before`, what it said earlier:
// kUntrusted as well where it does not follow from that (tuf/succession.h), with the way out.
Result<FolderRoot> read_folder_root(FileSystem& files, const std::string& directory,
                                    const signing::RootFolder& wanted,
                                    const FolderRoot* before = nullptr);

}  // namespace sealift::roots
