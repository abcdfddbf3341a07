#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/file_system.h>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::oci {

struct GarbageBlob {
  Digest digest;
  std::uint64_t size = 0;
};

// The content of an image layout in a directory that nothing in index.json leads to, through
// indexes, manifests, configs and layers. An entry of a type that is not known here keeps whatever
// digest it names. Only reads, so that it needs no right to write, and is a view of a moment: what
// somebody is storing just now, and has not named yet, is among it.
// kNotFound where there is no layout; kInvalidInput and kUntrusted for a manifest that cannot
// be read or is damaged: what it names is not known; kCancelled, kIo.
Result<std::vector<GarbageBlob>> find_layout_garbage(const std::string& directory,
                                                     FileSystem& files,
                                                     const std::stop_token& stop);

using OnRemovedBlob = std::function<void(const GarbageBlob&)>;

// Removes it, and tells of each blob once it is gone, so that it is known what went where it ends
// early. Nothing is taken away while anybody stores something by a LayoutRepository, of whichever
// process: it is waited for, up to 30 s, and kUnavailable then. Programs of others say nothing of
// what they are about to store. Errors as above.
Result<> remove_layout_garbage(const std::string& directory, FileSystem& files, Clock& clock,
                               const OnRemovedBlob& on_removed, const std::stop_token& stop);

}  // namespace sealift::oci
