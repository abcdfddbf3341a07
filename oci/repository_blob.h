#pragma once

#include <sealift/base/bytes.h>
#include <sealift/oci/repository.h>

#include <stop_token>

namespace sealift::oci {

// A repository's blob as bytes to store elsewhere. Each open() fetches it anew: a small one at
// once, another on a thread of its own, at the pace of the reader, and with at most 2 MiB in
// between. The last bytes come only where digest and size were right: it is_verified. `from` must
// outlive the blob and its sources.
Blob repository_blob(Repository& from, const Descriptor& blob, std::stop_token stop);

}  // namespace sealift::oci
