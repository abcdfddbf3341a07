#include "transparency_log.h"

#include <utility>

namespace sealift::keyless {

Result<sigstore::LogEntry> submit_to_log(const sigstore::Service& log,
                                         const LogSubmission& submission,
                                         const Environment& environment, std::stop_token stop) {
  switch (log.api_version) {
    case 1:
      return submit_to_rekor1(log.url, submission, environment, std::move(stop));
    case 2:
      return submit_to_rekor2(log.url, submission, environment, std::move(stop));
    default:
      return fail(ErrorCode::kInvalidInput,
                  "the transparency log " + url_for_message(log.url) + " is of version " +
                      std::to_string(log.api_version) + ", and known here are 1 and 2");
  }
}

}  // namespace sealift::keyless
