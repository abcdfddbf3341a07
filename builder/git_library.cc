#include "git_library.h"

#include <sealift/base/shared_library.h>

#include <string>

namespace sealift::builder {
namespace {

// The binary interface differs from one minor version to the next; the header says which it is.
constexpr const char* kFile = "libgit2.so." LIBGIT2_SOVERSION;

Result<GitLibrary> load() {
  SEALIFT_ASSIGN(
      const auto file,
      SharedLibrary::open(kFile, "to read Git repositories takes libgit2 " LIBGIT2_SOVERSION
                                 " (Debian's package libgit2-" LIBGIT2_SOVERSION ")"));
  GitLibrary library;
#define SEALIFT_GIT_FIND(name) SEALIFT_TRY(file.find("git_" #name, library.name))
  SEALIFT_GIT_FUNCTIONS(SEALIFT_GIT_FIND)
#undef SEALIFT_GIT_FIND
  if (library.libgit2_init() < 0) return fail(ErrorCode::kIo, "libgit2 cannot be started");
  return library;
}

const Result<GitLibrary>& loaded() {
  static const Result<GitLibrary> library = load();
  return library;
}

}  // namespace

Result<> load_git() {
  if (loaded()) return {};
  return fail(loaded().error());
}

const GitLibrary& git() { return loaded().value(); }

}  // namespace sealift::builder
