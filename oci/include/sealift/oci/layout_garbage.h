#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/file_system.h>

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::oci {

struct GarbageBlob {
  Digest digest;
  std::uint64_t size = 0;
};

enum class GarbageUse { kList, kRemove };

// The content of an image layout in a directory that nothing in index.json leads to, through
// indexes, manifests, configs and layers. An entry of a type that is not known here keeps whatever
// digest it names. Nothing is taken away while anybody stores something by a LayoutRepository, of
// whichever process: it is waited for, up to 30 s, and kUnavailable then. Programs of others say
// nothing of what they are about to store.
// kNotFound where there is no layout; kInvalidInput and kUntrusted for a manifest that cannot
// be read or is damaged: what it names is not known; kCancelled, kIo.
Result<std::vector<GarbageBlob>> collect_layout_garbage(const std::string& directory,
                                                        GarbageUse use, FileSystem& files,
                                                        Clock& clock, std::stop_token stop);

}  // namespace sealift::oci
