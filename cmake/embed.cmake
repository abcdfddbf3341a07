# Writes the .cc of sealift_embed(). As single characters, since a string literal may not be longer
# than 65,536 bytes for every compiler.
file(READ "${INPUT}" bytes HEX)
string(LENGTH "${bytes}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," characters "${bytes}")
get_filename_component(name "${INPUT}" NAME)
file(WRITE "${OUTPUT}" "// Generated from ${name}.
#include <string_view>

namespace ${NAMESPACE} {

std::string_view ${FUNCTION}();

std::string_view ${FUNCTION}() {
  static constexpr char bytes[${size}] = {
${characters}};
  return {bytes, sizeof bytes};
}

}  // namespace ${NAMESPACE}
")
