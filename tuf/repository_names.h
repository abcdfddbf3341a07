#pragma once

#include <sealift/tuf/repository_source.h>

#include <string>

namespace sealift::tuf {

// "3.snapshot.json"; the role is escaped.
std::string file_name(const MetadataName& name);
// "folder/<hex>.name", not escaped.
std::string file_name(const TargetName& name);
// For messages: "snapshot.json in version 3".
std::string describe(const MetadataName& name);

}  // namespace sealift::tuf
