#pragma once

#include <sealift/archive/tar_files.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::artifacts::test {

using FileTexts = std::map<std::string, std::string>;  // by path

// A tar of files, compressed.
std::string layer_of(const FileTexts& files);
std::string gzip(std::string_view bytes);

// One file for each text.
std::vector<archive::TarFile> files_of(const std::vector<std::string>& texts);

}  // namespace sealift::artifacts::test
