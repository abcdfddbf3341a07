#pragma once

#include <sealift/base/file_system.h>

#include <string>

namespace sealift {

// Removes a file, or a directory with all that is in it; links are removed and not followed. What
// is not there is fine. kIo; what could be removed is gone then.
Result<> remove_tree(FileSystem& files, const std::string& path);

// Puts a directory with all files and directories in it on the disk, content before names; of links
// only the name. kIo.
Result<> sync_tree(FileSystem& files, const std::string& path);

}  // namespace sealift
