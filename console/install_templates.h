#pragma once

#include <string_view>

// The files of packaging/install, as part of the program.
namespace sealift::console {

std::string_view install_namespace();
std::string_view install_puller();
std::string_view install_puller_roles();
std::string_view install_tenant_roles();

}  // namespace sealift::console
