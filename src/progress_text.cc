#include "progress_text.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <vector>

#include "byte_units.h"

namespace sealift::program {
namespace {

constexpr std::size_t kMaxName = 120;
constexpr std::string_view kBetween = "  ";

// Of well-formed UTF-8, a column a character.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::vector<std::string> parts_of(const TransferCounts& counts,
                                  std::optional<std::uint64_t> bytes_per_second,
                                  std::string_view name) {
  std::vector<std::string> parts;
  if (counts.blobs > 0) {
    parts.push_back(std::to_string(counts.settled) + "/" + std::to_string(counts.blobs) + " blobs");
  } else if (counts.manifests > 0) {
    parts.push_back(std::to_string(counts.manifests) +
                    (counts.manifests == 1 ? " manifest" : " manifests"));
  }
  if (counts.bytes > 0) {
    parts.push_back(in_units(std::min(counts.moved, counts.bytes)) + " of " +
                    in_units(counts.bytes));
    if (bytes_per_second) parts.push_back(in_units(*bytes_per_second) + "/s");
  }
  if (!name.empty()) parts.push_back(printable(name, kMaxName));
  return parts;
}

}  // namespace

std::string progress_text(std::string_view doing, const TransferCounts& counts,
                          std::optional<std::uint64_t> bytes_per_second, std::string_view name,
                          std::size_t width) {
  std::string line(doing.substr(0, width));
  std::size_t used = line.size();
  for (const auto& part : parts_of(counts, bytes_per_second, name)) {
    const std::size_t more = kBetween.size() + columns(part);
    if (used + more > width) break;
    line.append(kBetween).append(part);
    used += more;
  }
  return line;
}

}  // namespace sealift::program
