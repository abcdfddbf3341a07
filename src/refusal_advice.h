#pragma once

#include <sealift/sigstore/refusal.h>

#include <string_view>

namespace sealift::program {

// What somebody with a command line, flags and a trusted root can do about a refusal, as a clause
// that follows its reason. Empty where evidence was changed, or speaks for something else: then
// there is nothing to do but to ask its maker.
std::string_view advice_on(sigstore::RefusalKind kind);

}  // namespace sealift::program
