#include "closed_room.h"

#include "offline_thread.h"

#include <sealift/base/encoding.h>

#include <optional>
#include <utility>

namespace sealift::builder {
namespace {

constexpr std::size_t kMaxShownLines = 20;

// The proxy that nobody serves gives a better message than a socket that cannot be made.
std::vector<std::string> closed_environment(const std::string& home) {
  const std::string nowhere = "http://127.0.0.1:9";
  return {"HOME=" + home,
          "TMPDIR=" + home,
          "PATH=" + home,
          "LC_ALL=C",
          "TZ=UTC",
          "KUBECONFIG=/dev/null",
          "HTTP_PROXY=" + nowhere,
          "HTTPS_PROXY=" + nowhere,
          "http_proxy=" + nowhere,
          "https_proxy=" + nowhere,
          "NO_PROXY=",
          "no_proxy="};
}

}  // namespace

Result<ClosedRoom> ClosedRoom::open(const BuildEnvironment& environment) {
  SEALIFT_ASSIGN(auto directory, TemporaryDirectory::create(environment.files, environment.random,
                                                            environment.temporary_directory));
  ClosedRoom room(environment.files, std::move(directory));
  SEALIFT_TRY(environment.files.make_directories(room.at("home")));
  return room;
}

std::string ClosedRoom::at(std::string_view path) const {
  return join_path(directory_->path(), path);
}

Result<> ClosedRoom::write_file(const std::string& path, std::string_view content) {
  const std::string place = at(path);
  SEALIFT_TRY(files_->make_directories(parent_path(place)));
  SEALIFT_ASSIGN(auto target, files_->create(place, FileSystem::Access::kPrivate));
  SEALIFT_TRY(target->write(content));
  return target->close();
}

Result<> ClosedRoom::write_files(const std::vector<RenderedFile>& files,
                                 const std::string& directory) {
  std::string made;
  for (const RenderedFile& file : files) {
    const std::string place = at(join_path(directory, file.path));
    if (const std::string parent = parent_path(place); parent != made) {
      SEALIFT_TRY(files_->make_directories(parent));
      made = parent;
    }
    SEALIFT_ASSIGN(const std::string content, file.read());
    SEALIFT_ASSIGN(auto target, files_->create(place, FileSystem::Access::kPrivate));
    SEALIFT_TRY(target->write(content));
    SEALIFT_TRY(target->close());
  }
  return {};
}

Result<process::ProcessOutput> ClosedRoom::run(const std::string& program,
                                               std::vector<std::string> arguments,
                                               const RenderLimits& limits,
                                               const std::stop_token& stop) {
  process::ProcessSpec spec;
  spec.program = program;
  spec.arguments = std::move(arguments);
  spec.environment = closed_environment(at("home"));
  spec.max_time = limits.max_time;
  spec.max_output_bytes = limits.max_output_bytes;
  std::optional<Result<process::ProcessOutput>> output;
  SEALIFT_TRY(run_offline([&] { output = process::run_process(spec, stop); }));
  return *std::move(output);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < kMaxShownLines) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!line.empty()) lines.push_back(printable(line, 1'000));
  }
  return lines;
}

std::string without(std::string text, std::string_view part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
  return text;
}

}  // namespace sealift::builder
