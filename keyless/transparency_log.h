#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/keys.h>
#include <sealift/keyless/environment.h>
#include <sealift/sigstore/log_entry.h>
#include <sealift/sigstore/log_entry_body.h>
#include <sealift/sigstore/signing_config.h>

#include <optional>
#include <stop_token>
#include <string>

namespace sealift::keyless {

// What a log is asked to take in: a signature over bytes, of which it learns the hash alone.
struct LogSubmission {
  std::string signature;
  sigstore::HashOutput digest;  // of the bytes
  crypto::PublicKey key;
  std::optional<crypto::Certificate> certificate = std::nullopt;  // of the key
  // The envelope's JSON, where what is signed is the encoding of one. Logs of Rekor 1 are given it
  // whole, because they check it, and keep its hashes; those of Rekor 2 take the digest.
  std::optional<std::string> envelope = std::nullopt;
};

// Asks the log, of Rekor 1 or 2 by the service's version, and waits until the signature is in.
// What it gives out is read and not believed. kInvalidInput for another version, and for an answer
// of another form; otherwise as the answer says.
Result<sigstore::LogEntry> submit_to_log(const sigstore::Service& log,
                                         const LogSubmission& submission,
                                         const Environment& environment, std::stop_token stop);

// The two makes, by the log's URL.
Result<sigstore::LogEntry> submit_to_rekor1(const std::string& url, const LogSubmission& submission,
                                            const Environment& environment, std::stop_token stop);
Result<sigstore::LogEntry> submit_to_rekor2(const std::string& url, const LogSubmission& submission,
                                            const Environment& environment, std::stop_token stop);

}  // namespace sealift::keyless
