# sealift_module(NAME SOURCES a.cc … [PUBLIC sealift::base …] [PRIVATE PkgConfig::CURL …])
#
# One static library a module, target sealift_NAME, alias sealift::NAME, headers under
# NAME/include. PUBLIC takes modules that appear in this module's headers; PRIVATE takes
# third-party libraries, which must not.
#
# clang's sanitized build precompiles the standard headers; g++'s builds, which do not, find an
# include that is missing.
set(SEALIFT_PRECOMPILES OFF)
if(SEALIFT_SANITIZER AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(SEALIFT_PRECOMPILES ON)
endif()
if(SEALIFT_PRECOMPILES)
  sealift_precompiled_headers(sealift_standard_headers HEADERS
    <algorithm> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <set> <stop_token>
    <string> <string_view> <utility> <variant> <vector>
    OPTIONS $<$<BOOL:${SEALIFT_BUILD_FUZZERS}>:-fsanitize=fuzzer-no-link>)
endif()

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
  if(SEALIFT_PRECOMPILES)
    sealift_precompile(sealift_${name} sealift_standard_headers)
  endif()
  if(SEALIFT_BUILD_FUZZERS)
    # What guides the fuzzers is counted in the libraries alone.
    target_compile_options(sealift_${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()
