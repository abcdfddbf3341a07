#include "evidence_file.h"

#include <sealift/base/file_system.h>

namespace sealift::program {

Result<signing::EvidenceDocument> read_evidence_file(const std::string& path) {
  SEALIFT_ASSIGN_CONTEXT(const auto bytes,
                         read_file(system_files(), path, signing::kMaxEvidenceBytes),
                         "reading the evidence");
  return signing::parse_evidence_document(bytes, path);
}

}  // namespace sealift::program
