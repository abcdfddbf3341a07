#include <sealift/base/random.h>

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace sealift {
namespace {

class SystemRandom : public Random {
 public:
  std::string bytes(std::size_t size) override {
    std::string result(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
      const ssize_t count = getrandom(result.data() + filled, size - filled, 0);
      if (count > 0) {
        filled += static_cast<std::size_t>(count);
      } else if (errno != EINTR) {
        // A kernel without a generator: any key made from here on would be worthless.
        std::abort();
      }
    }
    return result;
  }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace sealift
