#pragma once

#include "support/certificate_builder.h"

#include <string>
#include <vector>

namespace sealift::test {

// What a time stamp (RFC 3161) says, right or wrong.
struct TimestampDraft {
  std::string message = "the signature";  // what is stamped
  std::string hash = "SHA256";            // of the imprint: SHA1, SHA256, SHA384, SHA512
  std::string time = "20260601120000Z";
  int version = 1;
  std::string extension = {};                              // DER, put at the end of the TSTInfo
  std::string imprint = {};                                // instead of the message's hash
  std::string content_type = "1.2.840.113549.1.9.16.1.4";  // id-ct-TSTInfo
  std::string signer_hash = "SHA256";
  bool embeds_certificate = true;
  bool names_certificate = true;  // ESSCertIDv2
  // Is named instead of the signer's own.
  const IssuedCertificate* named = nullptr;
  std::vector<IssuedCertificate> further_signers = {};
};

// TimeStampToken: CMS SignedData by `signer`.
std::string timestamp_token(const TimestampDraft& draft, const IssuedCertificate& signer);
// TimeStampResp around a token; an empty one is left out.
std::string timestamp_response(const std::string& token, int status = 0);

// The certificate of a time stamp authority.
CertificateDraft timestamp_authority_draft();

}  // namespace sealift::test
