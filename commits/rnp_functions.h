#pragma once

#include <sealift/base/result.h>

#include <rnp/rnp.h>
#include <string>

namespace sealift::commits {

// All that is called of librnp. What is not in this list cannot be called.
#define SEALIFT_RNP_FUNCTIONS(use)         \
  use(rnp_buffer_destroy);                 \
  use(rnp_ffi_create);                     \
  use(rnp_ffi_destroy);                    \
  use(rnp_get_public_key_count);           \
  use(rnp_import_keys);                    \
  use(rnp_input_destroy);                  \
  use(rnp_input_from_memory);              \
  use(rnp_key_allows_usage);               \
  use(rnp_key_get_alg);                    \
  use(rnp_key_get_bits);                   \
  use(rnp_key_get_fprint);                 \
  use(rnp_key_get_primary_fprint);         \
  use(rnp_key_get_primary_uid);            \
  use(rnp_key_handle_destroy);             \
  use(rnp_key_is_revoked);                 \
  use(rnp_key_is_valid);                   \
  use(rnp_key_valid_till64);               \
  use(rnp_locate_key);                     \
  use(rnp_op_verify_destroy);              \
  use(rnp_op_verify_detached_create);      \
  use(rnp_op_verify_execute);              \
  use(rnp_op_verify_get_signature_at);     \
  use(rnp_op_verify_get_signature_count);  \
  use(rnp_op_verify_signature_get_handle); \
  use(rnp_op_verify_signature_get_key);    \
  use(rnp_op_verify_signature_get_status); \
  use(rnp_set_timestamp);                  \
  use(rnp_signature_get_hash_alg);         \
  use(rnp_signature_get_key_fprint);       \
  use(rnp_signature_get_keyid);            \
  use(rnp_signature_get_type);             \
  use(rnp_signature_handle_destroy);

// The library's functions, by the types that its header gives them.
struct RnpFunctions {
#define SEALIFT_RNP_MEMBER(name) decltype(&::name) name = nullptr
  SEALIFT_RNP_FUNCTIONS(SEALIFT_RNP_MEMBER)
#undef SEALIFT_RNP_MEMBER
};

// Loads a library by its name or its path (see SharedLibrary). kIo where it is not installed,
// cannot be loaded, or lacks one of the functions, as an earlier version may.
Result<RnpFunctions> load_rnp(const std::string& library);

}  // namespace sealift::commits
