#include "fuzz/known_logs.h"

#include <sealift/base/encoding.h>
#include <sealift/sigstore/checkpoint.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace sealift;
using namespace sealift::sigstore;

// The only checkpoints that the known logs signed, as far as a fuzzer can know.
bool is_known(const Checkpoint& checkpoint) {
  return checkpoint.origin == "rekor.sigstore.dev - 2605736670972794746"
             ? checkpoint.tree_size == 27657875
             : checkpoint.tree_size == 4;
}

}  // namespace

// What is read can be written again, byte for byte; and nobody signs for a log.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view note(reinterpret_cast<const char*>(data), size);
  const auto checkpoint = parse_checkpoint(note);
  if (!checkpoint) return 0;
  std::string again = checkpoint->signed_text + "\n";
  for (const auto& signature : checkpoint->signatures) {
    again += "\u2014 " + signature.name + " " +
             base64_encode(signature.key_id + signature.signature) + "\n";
  }
  if (again != note) std::abort();
  for (const auto& log : known_logs().transparency_logs.all()) {
    if (verify_checkpoint(*checkpoint, log, LogGeneration::kRekor1) && !is_known(*checkpoint)) {
      std::abort();
    }
    if (verify_checkpoint(*checkpoint, log, LogGeneration::kTiles)) std::abort();
  }
  return 0;
}
