#pragma once

#include <sealift/base/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::archive {

// What a pax extended header says that matters to us. Everything else (times, owners, comments,
// SCHILY.*, LIBARCHIVE.* and whatever a vendor adds) is checked for its form and dropped.
struct PaxRecords {
  std::optional<std::string> path;
  std::optional<std::uint64_t> size;
};

// Reads "<length> <key>=<value>\n" records (POSIX.1-2017, pax, "pax Extended Header").
// kInvalidInput for a broken record, a key that matters given twice, and sparse files.
Result<PaxRecords> parse_pax_records(std::string_view body);

}  // namespace sealift::archive
