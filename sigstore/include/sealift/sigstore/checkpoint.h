#pragma once

#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/trusted_root.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::sigstore {

inline constexpr std::size_t kMaxCheckpointBytes = 16u << 10;
inline constexpr std::size_t kMaxCheckpointSignatures = 32;

// The two makes of a log, which name themselves and their keys differently in checkpoints.
enum class LogGeneration {
  kRekor1,  // origin "<name> - <tree ID>"; a key is named by SHA-256 of its SPKI
  kTiles,   // Rekor 2: origin is the name; keys are named as C2SP signed-note says
};

// One line under a checkpoint: who claims to have signed it.
struct CheckpointSignature {
  std::string name;
  std::string key_id;     // 4 bytes
  std::string signature;  // as the key's scheme makes it
};

// A log's statement about its tree (C2SP tlog-checkpoint), a signed note (C2SP signed-note).
struct Checkpoint {
  std::string origin;
  std::uint64_t tree_size = 0;
  std::string root_hash;    // 32 bytes
  std::string signed_text;  // what the signatures are over
  std::vector<CheckpointSignature> signatures;
};

// Reads the form, and believes nothing. kMalformed: not UTF-8, control characters, a size that is
// not in its shortest decimal form, a root that is not 32 bytes in base64, an empty line in the
// text, no signature, a line that is none, a name with blanks or "+", one name and key twice, more
// than the limits.
Verdict<Checkpoint> parse_checkpoint(std::string_view note);

// Checks that `log` signed it. Lines of others (witnesses, say) are passed over; a line that has
// the log's name and key and does not fit refuses the whole. kCheckpoint: another log's origin.
// kCheckpointSignature: no line of this log's key, or a signature that does not fit.
Verdict<> verify_checkpoint(const Checkpoint& checkpoint, const TrustedLog& log,
                            LogGeneration generation);

}  // namespace sealift::sigstore
