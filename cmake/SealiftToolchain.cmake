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
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
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
