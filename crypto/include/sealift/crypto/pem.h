#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/secret.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::crypto {

inline constexpr std::size_t kMaxPemBytes = 64u << 10;
inline constexpr std::size_t kMaxPemBlocks = 8;

struct PemBlock {
  std::string label;  // "PUBLIC KEY"
  Secret content;     // the decoded bytes; a key as likely as not
};

// Reads the framing of RFC 7468, section 3, strictly: blocks with equal labels at both ends, base64
// with its padding, lines ended by LF or CRLF, blanks only at the end of a line, and nothing but
// empty lines around the blocks. kInvalidInput, beginning with `what`: no block, a broken one,
// headers inside a block (RFC 1421), more than kMaxPemBytes or kMaxPemBlocks.
Result<std::vector<PemBlock>> read_pem(std::string_view text, std::string_view what);

// As read_pem() for a file that must hold exactly one block.
Result<PemBlock> read_single_pem(std::string_view text, std::string_view what);

// Lines of 64 characters (RFC 7468, section 2), each ended by LF.
std::string write_pem(std::string_view label, std::string_view content);

}  // namespace sealift::crypto
