#include <sealift/signing/evidence_check.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// What can be read can be decided again and told, and a document that this program wrote anew from
// it is the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using namespace sealift::signing;
  const auto document =
      parse_evidence_document({reinterpret_cast<const char*>(data), size}, "input");
  if (!document) {
    if (document.error().code() != ErrorCode::kInvalidInput) std::abort();
    return 0;
  }
  const auto again = parse_evidence_document(serialize(*document), "again");
  if (!again || !again->changed_parts.empty() || again->answer != document->answer ||
      again->artifact.bytes != document->artifact.bytes || again->time != document->time ||
      again->signatures.pieces.size() != document->signatures.pieces.size()) {
    std::abort();
  }
  const auto checked = check_evidence(*document, {});
  if (!checked) return 0;
  (void)dump_json(to_json(*checked));
  // A change that the document itself tells of is never a document that holds.
  if (!document->changed_parts.empty() && checked->differences.empty()) std::abort();
  (void)accepted_by(*document);
  return 0;
}
