#include <sealift/archive/compression.h>
#include <sealift/roots/folder_root.h>

#include <support/faulty_file_system.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// The input is the tar within an archive of a trust folder. What is read of it is the target that
// the public Sigstore's own keys have signed, or nothing; errors are those of the interface.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  StringSink packed("the archive", 64u << 20);
  archive::GzipWriter gzip(packed);
  if (!gzip.write({reinterpret_cast<const char*>(data), size}) || !gzip.finish()) std::abort();
  test::FaultyFileSystem files;
  files.put("keep/a.tar.gz", packed.take());
  const auto found = roots::read_folder_root(files, "keep", {"a", "trusted_root.json"});
  if (!found) {
    const auto code = found.error().code();
    if (code != ErrorCode::kInvalidInput && code != ErrorCode::kUntrusted) std::abort();
    return 0;
  }
  if (!found->root.trusted || found->content.first_to_expire.empty()) std::abort();
  if (Digest::of(*found->content.json) != found->root.digest) std::abort();
  return 0;
}
