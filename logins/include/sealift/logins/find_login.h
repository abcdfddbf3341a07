#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/oci/credentials.h>

#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::logins {

// The login for `place` ("registry[:port]" or "registry[:port]/repository") from the files of
// login_files(named), and from the helper programs that they name. In each file the helper in
// charge is asked first, as docker does; an entry of the file itself counts where the helper has
// none. Empty credentials where nobody has one, with `skipped_helper` where a helper program is
// named that is not on PATH. kNotFound for a named file that does not exist; kInvalidInput, naming
// the file or the program; kIo, kCancelled.
Result<oci::Credentials> find_login(FileSystem& files, const std::string& named,
                                    std::string_view place, std::stop_token stop);

}  // namespace sealift::logins
