#include "tag_argument.h"

#include <sealift/oci/reference.h>

namespace sealift::program {

std::string check_tag(const std::string& tag) {
  if (oci::is_valid_tag(tag)) return {};
  return tag +
         " is no tag: up to 128 letters, digits, \"_\", \".\" and \"-\", not beginning with "
         "\".\" or \"-\"";
}

}  // namespace sealift::program
