#include <sealift/archive/tar_writer.h>

#include "ustar_header.h"

#include <sealift/archive/entry_path.h>
#include <sealift/archive/tar_reader.h>

#include <optional>
#include <string>

namespace sealift::archive {
namespace {

// More than the eleven octal digits of the header hold; pax has a record for it.
constexpr std::uint64_t kLargeFile = std::uint64_t{1} << 33;

// What stands in the name field of pax headers and of the entries that they name. Readers that know
// pax never show it.
constexpr std::string_view kPaxName = "PaxHeaders/path";
constexpr std::string_view kReplacedName = "long-path";

struct SplitPath {
  std::string_view prefix;
  std::string_view name;
};

// The rule of ustar: a path that is too long for the name field is cut at a slash. Takes the last
// cut that fits, so that there is one answer.
std::optional<SplitPath> split_path(std::string_view path) {
  if (path.size() <= ustar::kName.length) return SplitPath{{}, path};
  for (std::size_t cut = std::min(ustar::kPrefix.length, path.size() - 2); cut > 0; --cut) {
    if (path[cut] != '/') continue;
    const std::string_view name = path.substr(cut + 1);
    if (name.size() > ustar::kName.length) return std::nullopt;
    return SplitPath{path.substr(0, cut), name};
  }
  return std::nullopt;
}

// "<length> <key>=<value>\n", where the length counts its own digits.
std::string pax_record(const std::string& key, std::string_view value) {
  const std::string rest = " " + key + "=" + std::string(value) + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) ++length;
  return std::to_string(length) + rest;
}

Result<> check_path(std::string_view path) {
  const TarLimits limits;
  const auto describe = [&] { return "entry " + quote_name(path); };
  SEALIFT_ASSIGN_CONTEXT(const std::string normal,
                         normalize_entry_path(path, {limits.max_path_bytes, limits.max_path_depth}),
                         describe());
  if (normal != path)
    return fail(ErrorCode::kInvalidInput, "entry " + quote_name(path) +
                                              " is not written as a plain relative path; write " +
                                              quote_name(normal));
  return {};
}

}  // namespace

Result<> TarWriter::add_directory(std::string_view path) {
  SEALIFT_TRY(check_path(path));
  return write_header(std::string(path) + "/", 0, ustar::kDirectory, 0755);
}

Result<> TarWriter::add_file(std::string_view path, std::string_view content, bool executable) {
  SEALIFT_TRY(check_path(path));
  SEALIFT_TRY(write_header(path, content.size(), ustar::kFile, executable ? 0755 : 0644));
  SEALIFT_TRY(sink_.write(content));
  return write_padding(content.size());
}

Result<> TarWriter::begin_file(std::string_view path, std::uint64_t size) {
  SEALIFT_TRY(check_path(path));
  return write_header(path, size, ustar::kFile, 0644);
}

Result<> TarWriter::end_file(std::uint64_t size) { return write_padding(size); }

Result<> TarWriter::finish() { return sink_.write(std::string(2 * ustar::kBlock, '\0')); }

Result<> TarWriter::write_header(std::string_view path, std::uint64_t size, char type,
                                 unsigned mode) {
  const std::optional<SplitPath> split = split_path(path);
  const bool large = size >= kLargeFile;
  if (!split || large) {
    SEALIFT_TRY(write_pax((split ? "" : pax_record("path", path)) +
                          (large ? pax_record("size", std::to_string(size)) : "")));
  }
  const auto shown = split.value_or(SplitPath{{}, kReplacedName});
  return sink_.write(ustar::encode({shown.name, shown.prefix, large ? 0 : size, type, mode}));
}

Result<> TarWriter::write_pax(const std::string& records) {
  SEALIFT_TRY(sink_.write(ustar::encode({kPaxName, {}, records.size(), ustar::kPax, 0644})));
  SEALIFT_TRY(sink_.write(records));
  return write_padding(records.size());
}

Result<> TarWriter::write_padding(std::uint64_t size) {
  return sink_.write(std::string(static_cast<std::size_t>(ustar::padding(size)), '\0'));
}

}  // namespace sealift::archive
