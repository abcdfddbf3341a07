#include "pax_records.h"

#include <algorithm>
#include <charconv>

namespace sealift::archive {
namespace {

struct Record {
  std::string_view key;
  std::string_view value;
};

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::kInvalidInput, "its pax header " + std::move(message));
}

bool parse_decimal(std::string_view text, std::uint64_t& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end;
}

// Takes one record off the front.
Result<Record> next_record(std::string_view& body) {
  std::uint64_t length = 0;
  const std::size_t space = body.find(' ');
  if (space == std::string_view::npos || !parse_decimal(body.substr(0, space), length))
    return refuse("holds a record without a length");
  if (length <= space + 1 || length > body.size() || body[length - 1] != '\n')
    return refuse("holds a record of a wrong length");
  const std::string_view text = body.substr(space + 1, length - space - 2);
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    return refuse("holds a record without a key");
  body.remove_prefix(length);
  return Record{text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

Result<PaxRecords> parse_pax_records(std::string_view body) {
  PaxRecords records;
  while (!body.empty()) {
    SEALIFT_ASSIGN(const Record record, next_record(body));
    if (record.key == "path") {
      if (records.path) return refuse("gives the path twice");
      records.path = record.value;
    } else if (record.key == "size") {
      std::uint64_t size = 0;
      if (records.size) return refuse("gives the size twice");
      if (!parse_decimal(record.value, size)) return refuse("gives a size that is not a number");
      records.size = size;
    } else if (record.key.starts_with("GNU.sparse.") || record.key == "SUN.holesdata") {
      return refuse("says that it is a sparse file; write it without --sparse");
    }
  }
  return records;
}

}  // namespace sealift::archive
