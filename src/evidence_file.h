#pragma once

#include <sealift/base/result.h>
#include <sealift/signing/evidence_document.h>

#include <string>

namespace sealift::program {

// kNotFound, kIo, kInvalidInput.
Result<signing::EvidenceDocument> read_evidence_file(const std::string& path);

}  // namespace sealift::program
