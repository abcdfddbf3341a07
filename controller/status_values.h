#pragma once

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::controller {

// What a status says in other people's words is bounded, or one annotation could fill it.
inline constexpr std::size_t kMaxStatusText = 1024;

inline std::string bounded(std::string_view text) { return printable(text, kMaxStatusText - 3); }

inline Json count_of(std::size_t count) { return static_cast<std::uint64_t>(count); }

// Nothing where the text is empty.
inline void set_text(Json& object, std::string_view name, std::string_view text) {
  if (!text.empty()) object.set(name, bounded(text));
}

}  // namespace sealift::controller
