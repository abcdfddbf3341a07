# Third-party libraries, all from the distribution. Each module links what it needs privately.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(P11KIT REQUIRED IMPORTED_TARGET p11-kit-1)

# tl::expected is headers alone; the package's own target adds nothing but the path.
find_path(TL_EXPECTED_INCLUDE_DIR tl/expected.hpp REQUIRED)

# Loaded when they are first needed (base's SharedLibrary); to build takes their headers alone.
pkg_check_modules(CURL REQUIRED libcurl>=7.88)
pkg_check_modules(GIT2 REQUIRED libgit2)
find_path(RNP_INCLUDE_DIR rnp/rnp.h REQUIRED)
