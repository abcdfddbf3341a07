#pragma once

#include <sealift/base/result.h>

#include <curl/curl.h>

namespace sealift {

// What is used of libcurl, without its prefix.
#define SEALIFT_CURL_FUNCTIONS(X) \
  X(easy_cleanup);                \
  X(easy_getinfo);                \
  X(easy_init);                   \
  X(easy_pause);                  \
  X(easy_setopt);                 \
  X(easy_strerror);               \
  X(free);                        \
  X(global_init);                 \
  X(multi_add_handle);            \
  X(multi_cleanup);               \
  X(multi_info_read);             \
  X(multi_init);                  \
  X(multi_perform);               \
  X(multi_poll);                  \
  X(multi_remove_handle);         \
  X(multi_setopt);                \
  X(multi_wakeup);                \
  X(slist_append);                \
  X(slist_free_all);              \
  X(url);                         \
  X(url_cleanup);                 \
  X(url_get);                     \
  X(url_set);                     \
  X(url_strerror);

// These functions, by the types of its header.
struct CurlLibrary {
#define SEALIFT_CURL_MEMBER(name) decltype(&::curl_##name) name = nullptr
  SEALIFT_CURL_FUNCTIONS(SEALIFT_CURL_MEMBER)
#undef SEALIFT_CURL_MEMBER
};

// Loads and initialises libcurl at the first call (see SharedLibrary), from any thread. kIo.
Result<> load_curl();

// Only where load_curl() goes well.
const CurlLibrary& curl();

}  // namespace sealift
