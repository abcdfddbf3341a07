#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/copy.h>
#include <sealift/oci/repository.h>

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::oci {

// One of several copies whose destinations lie beside each other. The repositories are the
// caller's.
struct PlannedCopy {
  Repository* from = nullptr;
  Repository* to = nullptr;
  std::vector<CopyItem> items;
  std::string what;       // for errors
  std::string host = "";  // of `to`, where that is a registry, and
  std::string name = "";  // its name there
};

// A blob that neither side of a copy has, but the destination of another copy.
struct SharedBlob {
  Descriptor blob;
  std::size_t copy = 0;   // that needs it
  std::size_t owner = 0;  // the copy at whose destination it is
};

// Whether `from` and `to` together have all blobs that a copy needs: an archive may have been
// written for who has the rest. kNotFound naming those that are missing. Errors of both.
Result<> check_copy_is_complete(Repository& from, Repository& to,
                                const std::vector<CopyItem>& items, const CopyOptions& options,
                                std::stop_token stop);

// The same for several copies. Images that were built upon each other share layers, and a registry
// keeps blobs by repositories: so what one copy lacks may be there already in the place of another
// one that needs it as well. Returns these, for copy_shared_blobs().
Result<std::vector<SharedBlob>> check_copies_are_complete(const std::vector<PlannedCopy>& copies,
                                                          const CopyOptions& options,
                                                          const std::stop_token& stop);

// Gives each blob to the destination that lacks it, in one request where the registry does that.
Result<> copy_shared_blobs(const std::vector<SharedBlob>& blobs,
                           const std::vector<PlannedCopy>& copies, const CopyOptions& options,
                           const std::stop_token& stop);

}  // namespace sealift::oci
