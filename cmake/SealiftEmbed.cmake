# sealift_embed(VARIABLE FUNCTION NAMESPACE FILE)
#
# Generates a .cc that defines `std::string_view NAMESPACE::FUNCTION()`, the bytes of FILE, and
# stores its path in VARIABLE. The file is a dependency of the build: an edit is seen.
function(sealift_embed variable function namespace file)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${function}.cc")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -DINPUT=${file} -DOUTPUT=${output} -DFUNCTION=${function}
      -DNAMESPACE=${namespace} -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS "${file}" "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    VERBATIM)
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()
