#include "tar_header.h"

#include "ustar_header.h"

#include <sealift/archive/entry_path.h>

#include <algorithm>

namespace sealift::archive {
namespace {

tl::unexpected<Error> refuse(std::string why) {
  return fail(ErrorCode::kInvalidInput, std::move(why));
}

// Why an entry of this type is refused.
std::string describe_refused(char type) {
  switch (type) {
    case '1':
      return "it is a hard link; put the file itself in its place";
    case '2':
      return "it is a symbolic link; put the file itself in its place";
    case '3':
    case '4':
      return "it is a device; only files and directories can be delivered";
    case '6':
      return "it is a FIFO; only files and directories can be delivered";
    case 'S':
      return "it is a sparse file; write it without --sparse";
    default:
      return "its type " + quote_name({&type, 1}) +
             " is not known; only files and directories can be delivered";
  }
}

// A text field ends at its first NUL; bytes behind it would be a second, hidden name.
Result<std::string> text_field(std::string_view block, ustar::Field field) {
  const std::string_view bytes = ustar::field_of(block, field);
  const std::size_t end = std::min(bytes.find('\0'), bytes.size());
  if (!ustar::is_zero(bytes.substr(end))) return refuse("its name holds a NUL byte in the middle");
  return std::string(bytes.substr(0, end));
}

Result<std::string> header_name(std::string_view block, bool posix) {
  SEALIFT_ASSIGN(std::string name, text_field(block, ustar::kName));
  if (!posix) return name;  // GNU keeps times where POSIX has the prefix
  SEALIFT_ASSIGN(const std::string prefix, text_field(block, ustar::kPrefix));
  return prefix.empty() ? name : prefix + "/" + name;
}

}  // namespace

bool is_tar_extension(char type) {
  return type == ustar::kPax || type == kTarPaxGlobal || type == kTarGnuLongName ||
         type == kTarGnuLongLink;
}

Result<TarHeader> parse_tar_header(std::string_view block) {
  const std::string_view magic = ustar::field_of(block, ustar::kMagic);
  const bool posix = magic == ustar::kPosixMagic;
  if (!posix && magic != ustar::kGnuMagic)
    return refuse("its header is neither POSIX nor GNU tar; the archive is damaged or not a tar");
  if (ustar::parse_number(ustar::field_of(block, ustar::kChecksum)) != ustar::checksum(block))
    return refuse("the checksum of its header is wrong; the archive is damaged");
  const auto size = ustar::parse_number(ustar::field_of(block, ustar::kSize));
  if (!size) return refuse("the size in its header is not a number or is negative");

  TarHeader header;
  header.type = block[ustar::kType];
  header.size = *size;
  header.mode = ustar::parse_number(ustar::field_of(block, ustar::kMode));
  SEALIFT_ASSIGN(header.name, header_name(block, posix));
  return header;
}

Result<TarEntry::Type> entry_type(char type) {
  constexpr char kOldFile = '\0';
  constexpr char kContiguous = '7';  // a file, to everybody since the disks of the eighties
  if (type == ustar::kDirectory) return TarEntry::Type::kDirectory;
  if (type == ustar::kFile || type == kOldFile || type == kContiguous) return TarEntry::Type::kFile;
  return refuse(describe_refused(type));
}

}  // namespace sealift::archive
