# sealift_module(NAME SOURCES a.cc … [PUBLIC sealift::base …] [PRIVATE PkgConfig::CURL …])
#
# One static library a module, target sealift_NAME, alias sealift::NAME, headers under
# NAME/include. PUBLIC takes modules that appear in this module's headers; PRIVATE takes
# third-party libraries, which must not.
function(sealift_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(sealift_${name} STATIC ${ARG_SOURCES})
  add_library(sealift::${name} ALIAS sealift_${name})
  target_include_directories(sealift_${name}
    PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/include"
    PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(sealift_${name}
    PUBLIC ${ARG_PUBLIC}
    PRIVATE sealift_options ${ARG_PRIVATE})
endfunction()
