#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::archive::ustar {

// A header block and its fields (POSIX.1-2017, pax, "ustar Interchange Format").
inline constexpr std::size_t kBlock = 512;

struct Field {
  std::size_t offset;
  std::size_t length;
};
inline constexpr Field kName{0, 100};
inline constexpr Field kMode{100, 8};
inline constexpr Field kUid{108, 8};
inline constexpr Field kGid{116, 8};
inline constexpr Field kSize{124, 12};
inline constexpr Field kTime{136, 12};
inline constexpr Field kChecksum{148, 8};
inline constexpr std::size_t kType = 156;
inline constexpr Field kMagic{257, 8};  // with the version
inline constexpr Field kDeviceMajor{329, 8};
inline constexpr Field kDeviceMinor{337, 8};
inline constexpr Field kPrefix{345, 155};

inline constexpr std::string_view kPosixMagic{
    "ustar\0"
    "00",
    8};
inline constexpr std::string_view kGnuMagic{"ustar  \0", 8};

inline constexpr char kFile = '0';
inline constexpr char kDirectory = '5';
inline constexpr char kPax = 'x';

// Bytes from the end of a content to the next block.
constexpr std::uint64_t padding(std::uint64_t size) { return (kBlock - size % kBlock) % kBlock; }

inline bool is_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

// The sum of a block's bytes with the checksum field read as spaces.
std::uint32_t checksum(std::string_view block);

// A number in octal, or in base 256 as GNU writes what does not fit; nothing where it is neither,
// negative or above 64 bits.
std::optional<std::uint64_t> parse_number(std::string_view field);

inline std::string_view field_of(std::string_view block, Field field) {
  return block.substr(field.offset, field.length);
}

struct Header {
  std::string_view name;    // at most 100 bytes
  std::string_view prefix;  // at most 155 bytes
  std::uint64_t size = 0;   // below 8 GiB
  char type = kFile;
  unsigned mode = 0644;
};

// A block with owner 0 and time 0, without names of owners.
std::string encode(const Header& header);

}  // namespace sealift::archive::ustar
