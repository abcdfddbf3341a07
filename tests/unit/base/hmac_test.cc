#include <sealift/base/encoding.h>
#include <sealift/base/hmac.h>
#include <sealift/base/trace_id.h>

#include <gtest/gtest.h>

namespace sealift {
namespace {

// RFC 4231, test cases 1, 2, 6 and one of our own with nothing in it.
TEST(Hmac, GivesTheCodesOfTheStandard) {
  EXPECT_EQ(hex_encode(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_encode(hmac_sha256(std::string(131, '\xaa'),
                                   "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hex_encode(hmac_sha256({}, {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hmac, ComparesSecrets) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secreu"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secret1"));
  EXPECT_FALSE(equal_in_constant_time("secret", ""));
  EXPECT_FALSE(equal_in_constant_time(std::string("a\0b", 3), std::string("a\0c", 3)));
}

class FixedRandom : public Random {
 public:
  explicit FixedRandom(char byte) : byte_(byte) {}
  std::string bytes(std::size_t size) override { return std::string(size, byte_); }

 private:
  char byte_;
};

TEST(TraceId, IsHexAndNeverZero) {
  FixedRandom some('\xab');
  EXPECT_EQ(make_trace_id(some), "abababababababababababababababab");
  FixedRandom none('\0');
  EXPECT_EQ(make_trace_id(none), "00000000000000000000000000000001");
  EXPECT_NE(make_trace_id(system_random()), make_trace_id(system_random()));
}

}  // namespace
}  // namespace sealift
