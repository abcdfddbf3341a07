#include <sealift/base/encoding.h>
#include <sealift/crypto/pem.h>

#include <algorithm>
#include <optional>

namespace sealift::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kMaxLabel = 64;
constexpr std::size_t kLineLength = 64;

Error broken(std::string_view what, std::string_view why) {
  return Error(ErrorCode::kInvalidInput, std::string(what) + ": " + std::string(why));
}

// Cuts the next line off, without its end and the blanks before that.
std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
    line.remove_suffix(1);
  }
  return line;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != ' ' &&
         label.back() != ' ' && std::all_of(label.begin(), label.end(), [](char c) {
           return c == ' ' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

std::optional<std::string_view> label_of(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix) || !line.ends_with(kDashes)) return std::nullopt;
  line.remove_prefix(prefix.size());
  if (line.size() < kDashes.size()) return std::nullopt;
  line.remove_suffix(kDashes.size());
  if (!is_label(line)) return std::nullopt;
  return line;
}

// The lines between the two marks, up to and including the second one.
Result<PemBlock> read_block(std::string_view label, std::string_view& rest, std::string_view what) {
  std::string text;
  text.reserve(rest.size());  // so that no growth leaves pieces of a key behind
  Secret kept;
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    if (line.find(':') != std::string_view::npos) {
      return fail(broken(what,
                         "the PEM block has headers, as OpenSSL's old encrypted keys do; convert "
                         "the key with `openssl pkcs8 -topk8`"));
    }
    if (!line.starts_with(kDashes)) {
      text += line;
      continue;
    }
    kept = Secret(std::move(text));
    if (label_of(line, kEnd) != label) {
      return fail(broken(what, "the PEM block \"" + std::string(label) +
                                   "\" ends with another line than -----END " + std::string(label) +
                                   "-----"));
    }
    auto content = base64_decode(kept.view());
    if (!content || content->empty()) {
      return fail(broken(what, "the PEM block \"" + std::string(label) + "\" is not base64 text"));
    }
    return PemBlock{std::string(label), Secret(std::move(*content))};
  }
  kept = Secret(std::move(text));
  return fail(broken(what, "the PEM block \"" + std::string(label) + "\" has no end"));
}

}  // namespace

Result<std::vector<PemBlock>> read_pem(std::string_view text, std::string_view what) {
  if (text.size() > kMaxPemBytes) {
    return fail(broken(
        what, "is larger than " + std::to_string(kMaxPemBytes) + " bytes, the limit for PEM text"));
  }
  std::vector<PemBlock> blocks;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.empty()) continue;
    const auto label = label_of(line, kBegin);
    if (!label) {
      return fail(broken(what, "is not PEM: expected a line -----BEGIN …-----, found \"" +
                                   printable(line, 40) + "\""));
    }
    if (blocks.size() == kMaxPemBlocks) {
      return fail(broken(what, "holds more than " + std::to_string(kMaxPemBlocks) + " PEM blocks"));
    }
    SEALIFT_ASSIGN(auto block, read_block(*label, text, what));
    blocks.push_back(std::move(block));
  }
  if (blocks.empty()) return fail(broken(what, "is empty; expected a PEM block"));
  return blocks;
}

Result<PemBlock> read_single_pem(std::string_view text, std::string_view what) {
  SEALIFT_ASSIGN(auto blocks, read_pem(text, what));
  if (blocks.size() != 1) {
    return fail(broken(what, "holds " + std::to_string(blocks.size()) +
                                 " PEM blocks where exactly one is expected"));
  }
  return std::move(blocks.front());
}

std::string write_pem(std::string_view label, std::string_view content) {
  std::string text = base64_encode(content);
  std::string out;
  out.reserve(text.size() + text.size() / kLineLength + 2 * label.size() + 40);
  out.append(kBegin).append(label).append(kDashes).append("\n");
  for (std::size_t at = 0; at < text.size(); at += kLineLength) {
    out.append(text, at, kLineLength).append("\n");
  }
  wipe(text);
  out.append(kEnd).append(label).append(kDashes).append("\n");
  return out;
}

}  // namespace sealift::crypto
