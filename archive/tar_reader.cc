#include <sealift/archive/tar_reader.h>

#include "entry_tree.h"
#include "pax_records.h"
#include "tar_header.h"
#include "ustar_header.h"

#include <sealift/archive/entry_path.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

namespace sealift::archive {
namespace {

// Bounds on what stands between the entries.
constexpr std::uint64_t kMaxExtensionBytes = 64u << 10;
constexpr unsigned kMaxExtensionsInARow = 8;
constexpr std::uint64_t kMaxBytesAfterEnd = 1u << 20;  // writers fill up to their record size

std::string limit_text(std::uint64_t limit) { return "the limit of " + std::to_string(limit); }

}  // namespace

struct TarReader::State {
  enum class Phase { kHeader, kExtension, kContent, kPadding, kAfterEnd };

  State(TarVisitor& the_visitor, const TarLimits& the_limits)
      : visitor(the_visitor), limits(the_limits), tree(the_limits.max_entries) {}

  Result<> take(std::string_view& bytes);
  Result<> take_block();
  Result<> take_header();
  Result<> begin_extension(char type, std::uint64_t size);
  Result<> end_extension();
  Result<> apply_extension();
  Result<> take_entry(const TarHeader& header);
  Result<> check_size(std::uint64_t size);
  Result<> begin_visit(const TarEntry& entry);
  Result<> end_content();
  Result<> finish() const;
  tl::unexpected<Error> refuse(const std::string& why) const;

  TarVisitor& visitor;
  const TarLimits limits;
  EntryTree tree;

  Phase phase = Phase::kHeader;
  std::string block;            // the header so far
  std::uint64_t remaining = 0;  // of the extension, content or padding
  std::uint64_t padding = 0;    // that follows it
  bool seen_zero_block = false;

  std::uint64_t entries = 0;  // headers other than extensions, the root included
  std::string name;           // of the current entry as the archive gives it, for messages
  std::uint64_t unpacked_bytes = 0;
  std::uint64_t bytes_after_end = 0;

  char extension_type = 0;
  std::string extension;
  unsigned extensions_in_a_row = 0;
  std::optional<std::string> long_name;  // for the next entry
  std::optional<PaxRecords> pax;         // for the next entry

  std::optional<Error> failure;
};

tl::unexpected<Error> TarReader::State::refuse(const std::string& why) const {
  const std::string shown = name.empty() ? "" : " " + quote_name(name);
  return fail(ErrorCode::kInvalidInput,
              "tar entry " + std::to_string(entries + 1) + shown + ": " + why);
}

// Consumes some bytes of one phase.
Result<> TarReader::State::take(std::string_view& bytes) {
  if (phase == Phase::kAfterEnd) {
    bytes_after_end += bytes.size();
    if (!ustar::is_zero(bytes))
      return fail(ErrorCode::kInvalidInput,
                  "the tar archive is followed by other data; an artifact holds one archive");
    if (bytes_after_end > kMaxBytesAfterEnd)
      return fail(ErrorCode::kInvalidInput, "the tar archive is followed by more zeros than " +
                                                limit_text(kMaxBytesAfterEnd) + " bytes");
    bytes = {};
    return {};
  }
  const std::uint64_t wanted = phase == Phase::kHeader ? ustar::kBlock - block.size() : remaining;
  const std::string_view piece =
      bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(wanted, bytes.size())));
  bytes.remove_prefix(piece.size());
  if (phase == Phase::kHeader) {
    block += piece;
    return block.size() == ustar::kBlock ? take_block() : Result<>{};
  }
  remaining -= piece.size();
  if (phase == Phase::kExtension) extension += piece;
  if (phase == Phase::kContent) SEALIFT_TRY(visitor.write(piece));
  if (remaining > 0) return {};
  if (phase == Phase::kExtension) return end_extension();
  if (phase == Phase::kContent) return end_content();
  phase = Phase::kHeader;
  return {};
}

Result<> TarReader::State::take_block() {
  const bool zero = ustar::is_zero(block);
  if (zero && seen_zero_block) {
    if (pax || long_name) return refuse("the archive ends between its extended header and itself");
    phase = Phase::kAfterEnd;
    return {};
  }
  if (!zero && seen_zero_block)
    return refuse("it follows a block of zeros, where an archive ends; pack the archive again");
  seen_zero_block = zero;
  if (!zero) SEALIFT_TRY(take_header());
  block.clear();
  return {};
}

Result<> TarReader::State::take_header() {
  const Result<TarHeader> header = parse_tar_header(block);
  if (!header) return refuse(header.error().message());
  if (is_tar_extension(header->type)) return begin_extension(header->type, header->size);
  return take_entry(*header);
}

Result<> TarReader::State::begin_extension(char type, std::uint64_t size) {
  if (size > kMaxExtensionBytes)
    return refuse("its extended header has " + std::to_string(size) + " bytes, above " +
                  limit_text(kMaxExtensionBytes));
  if (++extensions_in_a_row > kMaxExtensionsInARow)
    return refuse("it has more extended headers than " + limit_text(kMaxExtensionsInARow));
  extension_type = type;
  extension.clear();
  remaining = size;
  padding = ustar::padding(size);
  phase = Phase::kExtension;
  return size == 0 ? end_extension() : Result<>{};
}

Result<> TarReader::State::end_extension() {
  SEALIFT_TRY(apply_extension());
  remaining = padding;
  phase = remaining > 0 ? Phase::kPadding : Phase::kHeader;
  return {};
}

Result<> TarReader::State::apply_extension() {
  switch (extension_type) {
    case kTarGnuLongName: {
      if (long_name) return refuse("it has two GNU long names");
      std::string_view text = extension;
      if (!text.empty() && text.back() == '\0') text.remove_suffix(1);
      long_name = text;
      return {};
    }
    case ustar::kPax: {
      if (pax) return refuse("it has two pax headers");
      auto records = parse_pax_records(extension);
      if (!records) return refuse(records.error().message());
      pax = *std::move(records);
      return {};
    }
    case kTarPaxGlobal: {
      const auto records = parse_pax_records(extension);
      if (!records) return refuse(records.error().message());
      if (records->path || records->size)
        return refuse("a global pax header before it sets a path or size for all entries");
      return {};
    }
    default:
      return {};  // the target of a link: the entry that follows is refused for what it is
  }
}

Result<> TarReader::State::take_entry(const TarHeader& header) {
  name = header.name;
  if (long_name && pax && pax->path) return refuse("it has both a GNU long name and a pax path");
  if (long_name) name = *std::move(long_name);
  if (pax && pax->path) name = *std::move(pax->path);

  const Result<TarEntry::Type> type = entry_type(header.type);
  if (!type) return refuse(type.error().message());
  TarEntry entry;
  entry.type = *type;
  entry.size = pax && pax->size ? *pax->size : header.size;
  auto path = normalize_entry_path(name, {limits.max_path_bytes, limits.max_path_depth});
  if (!path) return refuse(path.error().message());
  entry.path = *std::move(path);
  if (!header.mode) return refuse("the mode in its header is not a number");
  entry.executable = entry.type == TarEntry::Type::kFile && (*header.mode & 0111u) != 0;
  return begin_visit(entry);
}

Result<> TarReader::State::check_size(std::uint64_t size) {
  if (size > limits.max_file_bytes)
    return refuse("it has " + std::to_string(size) + " bytes, above " +
                  limit_text(limits.max_file_bytes) + " for one file; take it out of the artifact");
  if (size > limits.max_unpacked_bytes - unpacked_bytes)
    return refuse("with it the files of the archive have more bytes than " +
                  limit_text(limits.max_unpacked_bytes) + "; split the artifact");
  unpacked_bytes += size;
  return {};
}

Result<> TarReader::State::begin_visit(const TarEntry& entry) {
  if (entries >= limits.max_entries)
    return refuse("the archive has more entries than " + limit_text(limits.max_entries) +
                  "; split the artifact");
  SEALIFT_TRY(check_size(entry.size));
  const bool directory = entry.type == TarEntry::Type::kDirectory;
  if (directory && entry.size != 0) return refuse("it is a directory with content");
  if (!directory && name.back() == '/') return refuse("it is a file whose name ends in a slash");
  if (entry.path.empty() && !directory) return refuse("it is a file in place of the root");
  if (!entry.path.empty()) {
    const auto added = tree.add(entry.path, entry.type);
    if (!added) return refuse(added.error().message());
    SEALIFT_TRY(visitor.begin_entry(entry));
  }
  long_name.reset();
  pax.reset();
  extensions_in_a_row = 0;
  remaining = entry.size;
  padding = ustar::padding(entry.size);
  if (remaining > 0) {
    phase = Phase::kContent;
    return {};
  }
  if (entry.path.empty()) {
    ++entries;
    name.clear();
    return {};
  }
  return end_content();
}

Result<> TarReader::State::end_content() {
  SEALIFT_TRY(visitor.end_entry());
  ++entries;
  name.clear();
  remaining = padding;
  phase = remaining > 0 ? Phase::kPadding : Phase::kHeader;
  return {};
}

Result<> TarReader::State::finish() const {
  if (phase == Phase::kAfterEnd) return {};
  if (phase == Phase::kContent)
    return refuse("the archive is truncated: " + std::to_string(remaining) +
                  " bytes of the file are missing; fetch or pack it again");
  return refuse(
      "the archive is truncated: it ends before the two zero blocks that close a tar; "
      "fetch or pack it again");
}

TarReader::TarReader(TarVisitor& visitor, const TarLimits& limits)
    : state_(std::make_unique<State>(visitor, limits)) {}
TarReader::~TarReader() = default;

Result<> TarReader::write(std::string_view bytes) {
  if (state_->failure) return fail(*state_->failure);
  while (!bytes.empty()) {
    Result<> taken = state_->take(bytes);
    if (taken) continue;
    state_->failure = taken.error();
    return taken;
  }
  return {};
}

std::uint64_t TarReader::content_left() const {
  return state_->phase == State::Phase::kContent ? state_->remaining : 0;
}

Result<> TarReader::pass_over(std::uint64_t count) {
  if (state_->failure) return fail(*state_->failure);
  assert(count <= content_left());
  state_->remaining -= count;
  if (count == 0 || state_->remaining > 0) return {};
  Result<> ended = state_->end_content();
  if (!ended) state_->failure = ended.error();
  return ended;
}

Result<> TarReader::finish() {
  if (state_->failure) return fail(*state_->failure);
  return state_->finish();
}

}  // namespace sealift::archive
