#pragma once

#include <sealift/archive/tar_reader.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::archive {

// Headers whose content is about the entry that follows. GNU writes names that are too long as the
// content of an entry of their own; 'x' of POSIX is ustar::kPax.
inline constexpr char kTarPaxGlobal = 'g';
inline constexpr char kTarGnuLongName = 'L';
inline constexpr char kTarGnuLongLink = 'K';

bool is_tar_extension(char type);

// What a header block says, before the extensions in front of it are applied.
struct TarHeader {
  char type = 0;
  std::string name;
  std::uint64_t size = 0;
  std::optional<std::uint64_t> mode;  // nothing where it is not a number
};

// `block` has 512 bytes and is not all zeros. kInvalidInput where it is neither POSIX nor GNU tar
// or damaged; the message is the end of a sentence about the entry.
Result<TarHeader> parse_tar_header(std::string_view block);

// kInvalidInput for links, devices and whatever else is neither a file nor a directory.
Result<TarEntry::Type> entry_type(char type);

}  // namespace sealift::archive
