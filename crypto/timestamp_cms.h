#pragma once

#include <string_view>

#include "openssl_handles.h"

struct CMS_SignerInfo_st;

namespace sealift::crypto {

// The CMS message that a time stamp is (RFC 3161, section 2.4.2): SignedData around a TSTInfo with
// exactly one signer, attributes that it signed, and nothing beside that but certificates. Null
// where `der` is something else.
OpensslHandle<CMS_ContentInfo_st> read_timestamp_cms(std::string_view der);

// Both belong to the message.
CMS_SignerInfo_st* signer_of(CMS_ContentInfo_st* cms);
std::string_view timestamp_info_of(CMS_ContentInfo_st* cms);

}  // namespace sealift::crypto
