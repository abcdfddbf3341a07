#include <sealift/base/encoding.h>
#include <sealift/crypto/signature_scheme.h>
#include <sealift/sigstore/checkpoint.h>
#include <sealift/sigstore/merkle_proof.h>

#include <algorithm>
#include <optional>

#include "checkpoint_key_id.h"
#include "decimal.h"

namespace sealift::sigstore {
namespace {

// An em dash and a blank begin a signature's line (C2SP signed-note, "Format").
constexpr std::string_view kSignatureStart = "\xe2\x80\x94 ";
constexpr std::string_view kTreeIdSeparator = " - ";

tl::unexpected<Refusal> malformed(std::string_view why) {
  return refuse(RefusalKind::kMalformed, "the checkpoint " + std::string(why));
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
  });
}

// Takes the next line off `rest`, which ends with a line feed.
std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

std::optional<CheckpointSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kSignatureStart)) return std::nullopt;
  line.remove_prefix(kSignatureStart.size());
  const std::size_t blank = line.find(' ');
  const std::string_view name = line.substr(0, blank);
  if (blank == std::string_view::npos || name.empty() || name.find('+') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto bytes = base64_decode(line.substr(blank + 1));
  if (!bytes || bytes->size() <= kCheckpointKeyIdBytes) return std::nullopt;
  return CheckpointSignature{std::string(name), bytes->substr(0, kCheckpointKeyIdBytes),
                             bytes->substr(kCheckpointKeyIdBytes)};
}

Verdict<> parse_signatures(std::string_view lines, Checkpoint& checkpoint) {
  while (!lines.empty()) {
    if (checkpoint.signatures.size() == kMaxCheckpointSignatures) {
      return malformed("has more than " + std::to_string(kMaxCheckpointSignatures) + " signatures");
    }
    auto signature = parse_signature(next_line(lines));
    if (!signature) return malformed("has a line that is no signature where only those may be");
    const bool is_repeated = std::any_of(
        checkpoint.signatures.begin(), checkpoint.signatures.end(), [&](const auto& other) {
          return other.name == signature->name && other.key_id == signature->key_id;
        });
    if (is_repeated) return malformed("has two signatures by one key");
    checkpoint.signatures.push_back(*std::move(signature));
  }
  return {};
}

Verdict<> parse_text(std::string_view text, Checkpoint& checkpoint) {
  if (text.find("\n\n") != std::string_view::npos || text.starts_with('\n')) {
    return malformed("has an empty line in its text");
  }
  checkpoint.origin = next_line(text);
  const auto size = parse_decimal(next_line(text));
  if (!size) return malformed("does not give the tree's size as a decimal number");
  checkpoint.tree_size = *size;
  auto root = base64_decode(next_line(text));
  if (!root || root->size() != kMerkleHashBytes) {
    return malformed("does not give the tree's root as 32 bytes in base64");
  }
  checkpoint.root_hash = *std::move(root);
  return {};
}

// "rekor.sigstore.dev - 2605736670972794746" is of the log "rekor.sigstore.dev".
bool is_rekor1_origin(std::string_view origin, std::string_view name) {
  if (!origin.starts_with(name)) return false;
  origin.remove_prefix(name.size());
  if (!origin.starts_with(kTreeIdSeparator)) return false;
  return parse_decimal(origin.substr(kTreeIdSeparator.size())).has_value();
}

std::string name_of(const TrustedLog& log) {
  return log.base_url.empty() ? "the log " + hex_encode(log.id) : printable(log.base_url);
}

}  // namespace

Verdict<Checkpoint> parse_checkpoint(std::string_view note) {
  if (note.size() > kMaxCheckpointBytes) {
    return malformed("is larger than " + std::to_string(kMaxCheckpointBytes) + " bytes");
  }
  if (!is_utf8(note) || has_control_character(note)) return malformed("is not plain UTF-8 text");
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos || !note.ends_with('\n')) {
    return malformed("is not a text, an empty line and signatures");
  }
  Checkpoint checkpoint;
  checkpoint.signed_text = note.substr(0, blank + 1);
  SEALIFT_TRY(parse_text(checkpoint.signed_text, checkpoint));
  SEALIFT_TRY(parse_signatures(note.substr(blank + 2), checkpoint));
  if (checkpoint.signatures.empty()) return malformed("has no signature");
  return checkpoint;
}

Verdict<> verify_checkpoint(const Checkpoint& checkpoint, const TrustedLog& log,
                            LogGeneration generation) {
  const bool is_tiles = generation == LogGeneration::kTiles;
  const auto another_origin = [&] {
    return refuse(RefusalKind::kCheckpoint, "the checkpoint is of \"" +
                                                printable(checkpoint.origin, 80) + "\", not of " +
                                                name_of(log));
  };
  if (is_tiles && (log.origin.empty() || checkpoint.origin != log.origin)) return another_origin();
  const std::string key_id =
      is_tiles ? checkpoint_key_id(log.key, log.origin) : rekor1_key_id(log.key);
  bool is_signed = false;
  for (const auto& signature : checkpoint.signatures) {
    if (signature.key_id != key_id || (is_tiles && signature.name != log.origin)) continue;
    if (!is_tiles && !is_rekor1_origin(checkpoint.origin, signature.name)) return another_origin();
    if (!crypto::verify_signature(log.key, log.scheme, checkpoint.signed_text,
                                  signature.signature)) {
      return refuse(RefusalKind::kCheckpointSignature,
                    "the checkpoint's signature does not fit the key of " + name_of(log));
    }
    is_signed = true;
  }
  if (!is_signed) {
    return refuse(RefusalKind::kCheckpointSignature,
                  "the checkpoint is not signed by the key of " + name_of(log));
  }
  return {};
}

}  // namespace sealift::sigstore
