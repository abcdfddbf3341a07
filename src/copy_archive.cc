#include "copy_archive.h"

#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/oci/archive.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "byte_units.h"
#include "copy_images.h"
#include "copy_platform.h"
#include "copy_report.h"
#include "image_sources.h"
#include "known_blobs.h"
#include "transfer_progress.h"

namespace sealift::program {
namespace {

// The streams as they are: to open /dev/stdin anew fails where it is a socket or another user's.
class StandardInput : public ByteSource {
 public:
  Result<std::size_t> read(char* buffer, std::size_t size) override {
    while (true) {
      const ssize_t count = ::read(STDIN_FILENO, buffer, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      return fail(ErrorCode::kIo,
                  "cannot read standard input: " + std::generic_category().message(errno));
    }
  }
};

class StandardOutput : public ByteSink {
 public:
  Result<> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
      if (count >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno != EINTR) {
        return fail(ErrorCode::kIo,
                    "cannot write to standard output: " + std::generic_category().message(errno));
      }
    }
    return {};
  }
};

Result<> check_parent(const std::string& path) {
  const std::string parent = parent_path(path);
  const auto info = system_files().info(parent);
  if (info || info.error().code() != ErrorCode::kNotFound) return {};
  return fail(ErrorCode::kNotFound, "there is no directory \"" + printable(parent, 400) +
                                        "\" to write the archive in; make it first");
}

Result<> check_place(const oci::Reference& destination, const CopyFlags& flags,
                     const Output& output) {
  const std::string& path = destination.repository();
  if (is_standard_stream(destination)) {
    if (output.json()) {
      return fail(ErrorCode::kInvalidInput,
                  "standard output has room for the archive or for --json; name a file");
    }
    if (::isatty(STDOUT_FILENO) == 0) return {};
    return fail(ErrorCode::kInvalidInput,
                "an archive is nothing to read on a terminal; redirect the output, or name a file");
  }
  const auto info = system_files().info(path);
  if (!info && info.error().code() == ErrorCode::kNotFound) return check_parent(path);
  if (!info) return fail(info.error());
  if (info->type == FileType::kFile && flags.force) return {};
  return fail(
      ErrorCode::kConflict,
      "\"" + printable(path, 400) + "\" is there already" +
          (info->type == FileType::kFile ? ", and an archive is written whole; --force replaces it"
                                         : " and is no file"));
}

// What is left out of an archive must stay somewhere: not in the very file that it replaces.
Result<> check_bases(const oci::Reference& destination, const CopyFlags& flags) {
  for (const auto& name : flags.since) {
    const auto base = oci::Reference::parse(name);
    if (!base || base->kind() != oci::Reference::Kind::kArchive) continue;
    std::error_code none;
    if (base->repository() != destination.repository() &&
        !std::filesystem::equivalent(base->repository(), destination.repository(), none)) {
      continue;
    }
    return fail(ErrorCode::kConflict,
                destination.name() +
                    " would be replaced by an update that needs what is in it; name another file");
  }
  return {};
}

Result<oci::ArchiveSummary> write(const oci::ArchiveBuilder& builder, const CopyFlags& flags,
                                  const Surroundings& surroundings) {
  const auto& destination = flags.destination();
  if (!is_standard_stream(destination)) {
    const auto place = flags.force ? oci::ArchivePlace::kReplaced : oci::ArchivePlace::kNew;
    return builder.write_file(system_files(), destination.repository(), place, flags.concurrency,
                              surroundings.stop);
  }
  StandardOutput output;
  return builder.write(output, flags.concurrency, surroundings.stop);
}

void report_archive(const oci::ArchiveSummary& summary, CopyReport& report, const Output& output) {
  report.show();
  output.step("wrote", counted(summary.manifests, "manifest") + "; " +
                           counted(summary.blobs, "blob") + ", " + in_units(summary.bytes));
  if (summary.left_out > 0) {
    output.step("left out", counted(summary.left_out, "blob") + " of the other side, " +
                                in_units(summary.left_out_bytes));
  }
  if (summary.kept_bytes > 0) {
    output.step("kept", in_units(summary.kept_bytes) + " of what was written before");
  }
  report.finish(Json::Object{{"artifacts", Json::array()},
                             {"manifests", summary.manifests},
                             {"attached", report.total().attached},
                             {"blobs", summary.blobs},
                             {"bytes", summary.bytes},
                             {"leftOutBlobs", summary.left_out},
                             {"leftOutBytes", summary.left_out_bytes},
                             {"keptBytes", summary.kept_bytes}});
}

}  // namespace

bool is_standard_stream(const oci::Reference& reference) {
  return reference.kind() == oci::Reference::Kind::kArchive && reference.repository() == "-";
}

Result<> copy_to_archive(const CopyFlags& flags, const Surroundings& surroundings) {
  const auto& destination = flags.destination();
  Output output = surroundings.output;
  SEALIFT_TRY(check_place(destination, flags, output));
  SEALIFT_TRY(check_bases(destination, flags));
  if (is_standard_stream(destination)) output.set_quiet(true);
  SEALIFT_ASSIGN(auto sources, find_copy_sources(flags, surroundings));
  SEALIFT_TRY(verify_copy_sources(sources, flags, surroundings));
  SEALIFT_TRY(choose_platform(sources, flags, surroundings));
  SEALIFT_ASSIGN(const auto images, find_image_sources(sources, nullptr, flags, surroundings));
  SEALIFT_ASSIGN(auto known, open_known_blobs(flags.since, *flags.to, surroundings));
  TransferProgress progress("copying", output);
  oci::ArchiveBuilder builder(std::move(known), progress.observer());
  CopyReport report(destination, output, CopyReport::Lines::kKept);
  SEALIFT_TRY(add_images(images, builder, flags, surroundings, report));
  for (const auto& source : sources) {
    progress.turn_to(source.reference);
    const auto context =
        "copying " + source.reference.to_string() + " to " + destination.to_string();
    SEALIFT_ASSIGN_CONTEXT(
        const auto summary,
        builder.add(*source.repository, source.items, flags.options(), surroundings.stop), context);
    report.add(source.reference, source.items, summary);
  }
  progress.turn_to(destination);
  SEALIFT_ASSIGN_CONTEXT(const auto written, write(builder, flags, surroundings),
                         "writing " + destination.name());
  report_archive(written, report, output);
  return {};
}

Result<> copy_from_input(const CopyFlags& flags, const Surroundings& surroundings) {
  const auto& source = flags.references.front();
  const auto& destination = flags.destination();
  SEALIFT_ASSIGN(auto to, open_repository(destination, *flags.to, surroundings));
  StandardInput input;
  const auto choose =
      [&](const std::vector<std::string>& tags) -> Result<std::vector<oci::CopyItem>> {
    if (flags.many()) return choose_tags(tags, flags, source);
    return std::vector{named_item(source, destination)};
  };
  TransferProgress progress("copying", surroundings.output);
  progress.turn_to(destination);
  auto options = flags.options();
  options.observer = progress.observer();
  SEALIFT_ASSIGN_CONTEXT(const auto copied,
                         oci::copy_from_stream(input, *to, choose, options, surroundings.stop),
                         "copying standard input to " + destination.to_string());
  CopyReport report(destination, surroundings.output);
  report.add(source, copied.items, copied.summary);
  report.finish();
  return {};
}

}  // namespace sealift::program
