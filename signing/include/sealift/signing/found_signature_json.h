#pragma once

#include <sealift/base/json.h>
#include <sealift/base/json_reader.h>
#include <sealift/base/result.h>
#include <sealift/signing/signature_store.h>

namespace sealift::signing {

// A piece as caches and evidence documents keep it, without the manifest that held it:
//
//   {"format":"bundle","location":"referrer sha256:…","payload":"<base64>",
//    "annotations":{"dev.sigstore.cosign/certificate":"<base64>"}}
Json to_json(const FoundSignature& piece);

// Reads the members above of the reader's object; finish() is the caller's. kInvalidInput.
Result<FoundSignature> parse_found_signature(ObjectReader& reader);

}  // namespace sealift::signing
