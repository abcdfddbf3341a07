#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <memory>
#include <string>

namespace sealift::roots {

inline constexpr std::uint64_t kMaxTrustArchiveBytes = 32u << 20;  // packed, and unpacked
inline constexpr std::uint64_t kMaxTrustArchiveFiles = 4'096;

// An archive as a folder in memory: its files are below its own path. Nothing in it is believed;
// it holds a trust folder or the copy of a repository, with or without "./" in front. kNotFound;
// kInvalidInput for what is no such archive, and beyond the limits.
Result<std::unique_ptr<FileSystem>> open_trust_archive(FileSystem& files, const std::string& path);

}  // namespace sealift::roots
