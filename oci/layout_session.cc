#include "layout_session.h"

#include "layout_lock.h"

#include <sealift/base/encoding.h>

#include <set>
#include <utility>
#include <vector>

namespace sealift::oci {
namespace {

constexpr std::string_view kPrefix = ".sealift-";
constexpr std::string_view kSession = ".session";
constexpr std::string_view kTemporary = ".tmp";

// "ID" of ".sealift-ID.session", ".sealift-ID-N.tmp", or ".sealift-ID.tmp"; empty of other names.
std::string_view session_of(std::string_view name) {
  if (!name.starts_with(kPrefix)) return {};
  name.remove_prefix(kPrefix.size());
  return name.substr(0, name.find_first_of("-."));
}

// Those are written under the layout's lock alone.
bool is_temporary_document(std::string_view name) {
  return name.ends_with(kTemporary) &&
         (name.starts_with(".index.json.") || name.starts_with(".oci-layout."));
}

// Somebody else may have removed it first.
Result<> remove_rest(FileSystem& files, const std::string& path) {
  auto removed = files.remove(path);
  if (!removed && removed.error().code() == ErrorCode::kNotFound) return {};
  return removed;
}

}  // namespace

bool is_layout_companion(std::string_view name) {
  return name == kLayoutLockFile ||
         (name.starts_with('.') && (name.ends_with(kTemporary) || name.ends_with(kSession)));
}

Result<std::unique_ptr<LayoutSession>> LayoutSession::begin(std::string directory,
                                                            FileSystem& files, Random& random) {
  SEALIFT_TRY(clear_dead_sessions(directory, files));
  std::unique_ptr<LayoutSession> session(
      new LayoutSession(std::move(directory), files, hex_encode(random.bytes(8))));
  SEALIFT_ASSIGN(session->lock_, files.lock(session->path()));
  return session;
}

LayoutSession::~LayoutSession() { static_cast<void>(files_.remove(path())); }

std::string LayoutSession::path() const {
  return join_path(directory_, std::string(kPrefix) + id_ + std::string(kSession));
}

std::string LayoutSession::temporary_path() {
  return join_path(directory_, std::string(kPrefix) + id_ + "-" + std::to_string(++temporaries_) +
                                   std::string(kTemporary));
}

Result<std::size_t> clear_dead_sessions(const std::string& directory, FileSystem& files) {
  SEALIFT_ASSIGN(const auto entries, files.list(directory));
  std::set<std::string, std::less<>> alive;
  for (const auto& entry : entries) {
    if (!entry.name.starts_with(kPrefix) || !entry.name.ends_with(kSession)) continue;
    const std::string path = join_path(directory, entry.name);
    const auto held = files.lock(path);
    if (held) {
      SEALIFT_TRY(remove_rest(files, path));
    } else if (held.error().code() == ErrorCode::kUnavailable) {
      alive.emplace(session_of(entry.name));
    } else {
      return fail(held.error());
    }
  }
  for (const auto& entry : entries) {
    const auto session = session_of(entry.name);
    const bool is_rest =
        is_temporary_document(entry.name) ||
        (entry.name.ends_with(kTemporary) && !session.empty() && !alive.contains(session));
    if (is_rest) SEALIFT_TRY(remove_rest(files, join_path(directory, entry.name)));
  }
  return alive.size();
}

}  // namespace sealift::oci
