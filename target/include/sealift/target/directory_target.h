#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/log.h>
#include <sealift/target/target.h>

#include <memory>
#include <string>

namespace sealift::target {

// Delivers into DIRECTORY/NAMESPACE_NAME/, one YAML file an object, for agents that apply what lies
// there (k3s, kubelet, a file server). File names sort by stage and wave and tell the identity:
// "2000_Deployment.apps_shop_web.yaml". Each file is replaced atomically; files of ours that are no
// longer wanted are removed; files that are not ours stay.
//
// The marker file ".sealift" says whose the folder is and which sequence was accepted. A folder
// that has files and no such marker, or another's, is kConflict; an object whose file name would be
// too long is kInvalidInput before anything is written.
std::unique_ptr<Target> make_directory_target(FileSystem& files, const std::string& directory,
                                              const delivery::Delivery& delivery, Logger log);

// The name of one object's file, and back: nullopt for a file that is not one of ours. Bytes of the
// object's name other than letters, digits, "-" and "." are written as "%5f".
std::string file_name_of(const DesiredObject& object);
std::optional<objects::ObjectId> id_of_file_name(std::string_view name);

}  // namespace sealift::target
