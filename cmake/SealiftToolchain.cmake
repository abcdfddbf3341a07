# Language level, warnings, sanitizers, linker and compiler cache: everything that is the same for
# each target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# -O3 gains nothing measurable here and costs a fifth of the build.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Without these it keeps nothing that includes a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
endif()

add_library(sealift_options INTERFACE)
target_compile_options(sealift_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
# g++ 12 reports uninitialised members inside std::variant and std::optional of libstdc++ itself
# (GCC bug 105562 and its kin), overlapping copies in "literal" + string (GCC bug 105651), and a use
# after free in the reference count of std::stop_token once it is inlined.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(sealift_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict
    -Wno-use-after-free)
else()
  # libstdc++ 12's own std::stable_sort calls the deprecated std::get_temporary_buffer, which clang
  # reports at the place that instantiates it.
  target_compile_options(sealift_options INTERFACE -Wno-deprecated-declarations)
endif()

# sealift_precompiled_headers(NAME HEADERS <a> <b> … [OPTIONS …] [LIBRARIES …])
#
# A target whose precompiled headers others take by sealift_precompile(TARGET NAME). Only of the
# standard library and of GoogleTest: a header of ours that misses an include must not compile.
function(sealift_precompiled_headers name)
  cmake_parse_arguments(ARG "" "" "HEADERS;OPTIONS;LIBRARIES" ${ARGN})
  file(GENERATE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${name}.cc" CONTENT "")
  add_library(${name} OBJECT "${CMAKE_CURRENT_BINARY_DIR}/${name}.cc")
  target_link_libraries(${name} PRIVATE sealift_options ${ARG_LIBRARIES})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS}
    # The cache compares content; a time in the file would make each one another.
    $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()

function(sealift_precompile target headers)
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>
    # g++ 12 forgets which of it is the system's, and warns falsely about the insides.
    "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow>")
  target_precompile_headers(${target} REUSE_FROM ${headers})
endfunction()

# A cross compiler does not find it under its plain name.
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND NOT CMAKE_CROSSCOMPILING)
  target_link_options(sealift_options INTERFACE -fuse-ld=mold)
endif()

if(SEALIFT_SANITIZER)
  target_compile_options(sealift_options INTERFACE -fsanitize=${SEALIFT_SANITIZER}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(sealift_options INTERFACE -fsanitize=${SEALIFT_SANITIZER})
else()
  target_compile_definitions(sealift_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
  target_compile_options(sealift_options INTERFACE -fstack-protector-strong)
  target_link_options(sealift_options INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
endif()
