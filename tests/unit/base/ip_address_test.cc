#include <sealift/base/ip_address.h>

#include <gtest/gtest.h>

#include <vector>

namespace sealift {
namespace {

struct Case {
  const char* literal;
  AddressKind kind;
};

TEST(IpAddress, IsOfTheKindThatItIsSetAsideFor) {
  using enum AddressKind;
  const std::vector<Case> cases = {{"8.8.8.8", kPublic},
                                   {"172.32.0.1", kPublic},
                                   {"2001:4860::8888", kPublic},
                                   {"10.1.2.3", kPrivate},
                                   {"172.16.0.1", kPrivate},
                                   {"192.168.255.255", kPrivate},
                                   {"100.64.0.1", kPrivate},
                                   {"[fd12::1]", kPrivate},
                                   {"fec0::1", kPrivate},
                                   {"0.0.0.0", kUnspecified},
                                   {"0.1.2.3", kUnspecified},
                                   {"::", kUnspecified},
                                   {"127.0.0.1", kLoopback},
                                   {"127.255.0.9", kLoopback},
                                   {"[::1]", kLoopback},
                                   {"169.254.169.254", kLinkLocal},
                                   {"fe80::1", kLinkLocal},
                                   {"febf::1", kLinkLocal},
                                   {"100.100.100.200", kMetadata},
                                   {"168.63.129.16", kMetadata},
                                   {"192.0.0.192", kMetadata},
                                   {"fd00:ec2::254", kMetadata},
                                   {"fd20:ce::254", kMetadata},
                                   {"224.0.0.251", kMulticast},
                                   {"ff02::1", kMulticast},
                                   {"240.0.0.1", kReserved},
                                   {"255.255.255.255", kReserved},
                                   // IPv4 addresses in another dress.
                                   {"::ffff:127.0.0.1", kLoopback},
                                   {"::ffff:169.254.169.254", kLinkLocal},
                                   {"::127.0.0.1", kLoopback},
                                   {"64:ff9b::a9fe:a9fe", kLinkLocal},
                                   {"2002:7f00:1::", kLoopback},
                                   {"::ffff:8.8.8.8", kPublic}};
  for (const auto& [literal, kind] : cases) {
    const auto found = kind_of_literal(literal);
    ASSERT_TRUE(found) << literal;
    EXPECT_EQ(*found, kind) << literal << " is " << describe(*found);
  }
}

TEST(IpAddress, ANameIsNone) {
  for (const char* text :
       {"", "registry.example", "127.1", "0x7f000001", "1.2.3.4.5", "[::1", "fe80::1%eth0"}) {
    EXPECT_FALSE(kind_of_literal(text)) << text;
  }
}

TEST(IpAddress, WhatIsLocalLeadsBackToTheMachineOrItsLink) {
  for (const auto kind : {AddressKind::kPublic, AddressKind::kPrivate})
    EXPECT_FALSE(is_local(kind));
  for (const auto kind :
       {AddressKind::kUnspecified, AddressKind::kLoopback, AddressKind::kLinkLocal,
        AddressKind::kMetadata, AddressKind::kMulticast, AddressKind::kReserved}) {
    EXPECT_TRUE(is_local(kind)) << describe(kind);
  }
}

}  // namespace
}  // namespace sealift
