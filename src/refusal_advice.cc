#include "refusal_advice.h"

namespace sealift::program {

std::string_view advice_on(sigstore::RefusalKind kind) {
  using Kind = sigstore::RefusalKind;
  switch (kind) {
    case Kind::kLogEvidenceMissing:
      return "sign with a transparency log (--signing-config or --rekor-url), or do without with "
             "--insecure-ignore-tlog";
    case Kind::kLogUnknown:
    case Kind::kSctLogUnknown:
    case Kind::kTimestampAuthority:
    case Kind::kCertificateChain:
      return "give the trusted root of the services that signed with --trusted-root; \"sealift "
             "trust get\" fetches a newer one";
    case Kind::kNoTime:
      return "sign with a transparency log, or with a time stamp (--timestamp-server-url)";
    case Kind::kSctMissing:
      return "do without Certificate Transparency with --insecure-ignore-sct";
    case Kind::kPredicateType:
      return "--type says which type is asked for";
    default:
      return "";
  }
}

}  // namespace sealift::program
