#include "byte_ranges.h"

#include <charconv>
#include <limits>

namespace sealift::oci {
namespace {

// Takes a number off the front of the text.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

// "100-199", with the first no greater than the last, and a length that is a number too.
std::optional<ContentRange> take_range(std::string_view& text) {
  const auto first = take_number(text);
  if (!first || !take(text, "-")) return std::nullopt;
  const auto last = take_number(text);
  if (!last || *last < *first) return std::nullopt;
  if (*last == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  return ContentRange{*first, *last, std::nullopt};
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!take(text, "bytes ")) return std::nullopt;
  auto range = take_range(text);
  if (!range || !take(text, "/")) return std::nullopt;
  if (text == "*") return range;
  range->total = take_number(text);
  if (!range->total || !text.empty() || *range->total <= range->last) return std::nullopt;
  return range;
}

std::optional<std::uint64_t> parse_stored_range(std::string_view text) {
  take(text, "bytes=");
  const auto range = take_range(text);
  if (!range || !text.empty() || range->first != 0) return std::nullopt;
  return range->last == 0 ? 0 : range->last + 1;
}

}  // namespace sealift::oci
