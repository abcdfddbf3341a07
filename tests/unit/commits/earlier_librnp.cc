// Two of librnp's functions, so that all others are missing. Nobody calls them.
extern "C" {
void rnp_ffi_create() {}
void rnp_ffi_destroy() {}
}
