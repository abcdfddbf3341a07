#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace sealift::archive::test {

// Bytes of a fixed generator (xorshift), the same on every machine.
inline std::string random_bytes(std::size_t size, std::uint32_t seed = 1) {
  std::string bytes(size, '\0');
  std::uint32_t state = seed;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

// Manifests that resemble each other, as rendered ones do.
inline std::string manifest_text(std::size_t count) {
  static const char* const kWords[] = {"shop", "cart",  "payment", "search",
                                       "mail", "stock", "audit"};
  const std::string random = random_bytes(count * 4, 7);
  const auto number = [&](std::size_t i) { return static_cast<unsigned char>(random[i]); };
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name =
        std::string(kWords[number(4 * i) % 7]) + "-" + std::to_string(number(4 * i + 1));
    text += "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name +
            "\n  labels:\n    app.kubernetes.io/name: " + name +
            "\nspec:\n  replicas: " + std::to_string(number(4 * i + 2) % 9) +
            "\n  template:\n    spec:\n      containers:\n        - name: main\n          image: "
            "registry.example/" +
            name + ":v" + std::to_string(number(4 * i + 3)) +
            "\n          ports:\n            - containerPort: " +
            std::to_string(8000 + number(4 * i + 3)) + "\n---\n";
  }
  return text;
}

struct SampleInput {
  std::string name;
  std::function<std::string()> make;
  std::string deflated;  // SHA-256 of what DeflateEncoder makes of it
};

inline std::vector<SampleInput> sample_inputs() {
  const auto repeat = [](std::size_t distance, std::size_t times) {
    std::string bytes;
    for (std::size_t i = 0; i < times; ++i) bytes += random_bytes(distance, 3);
    return bytes;
  };
  return {
      {"empty", [] { return std::string(); },
       "9b4fb24edd6d1d8830e272398263cdbf026b97392cc35387b991dc0248a628f9"},
      {"one_byte", [] { return std::string("a"); },
       "59fced9a2ff83dabdd7055cf3abd6c12b802e6397b6fba5b8251cdf95d2bc991"},
      {"three_bytes", [] { return std::string("aaa"); },
       "0ceaa85e376678700926a9e390d79070f3fc52e6a97b32b5c41a0ba9af5c56d4"},
      {"a_word", [] { return std::string("kind: Deployment\n"); },
       "2238479f4de8de3a4b23f8f5ed6bc4611ad7711e780cd3af75acf673f186cf5a"},
      {"zeros", [] { return std::string(10u << 20, '\0'); },
       "8dd262293bbe3879c851682fe5981678a46ba46aac3fd924d26d7e9c78056b0e"},
      {"random", [] { return random_bytes(1u << 20); },
       "dc203e90e3a08331ab79cdf843e693bb482976be899e56b813a97a522149700b"},
      {"manifests", [] { return manifest_text(4'000); },
       "4613006d7f5b605952595ea9d6a33637a318fe8fdcf384296cedd610842906b2"},
      {"repeats_at_the_edge_of_the_window", [=] { return repeat(32'768, 20); },
       "c24f7f890cd0a77891230a1c3fea869cdda0c858b16e1957cc0a3c6115bfe192"},
      {"repeats_beyond_the_window", [=] { return repeat(32'769, 10); },
       "251a86c1d1aa43dbd288ff97751a1e7e1acdf21e71fc47c62d11ef005fabdc38"},
      {"runs_of_all_lengths",
       [] {
         std::string bytes;
         for (std::size_t length = 1; length <= 600; ++length)
           bytes += std::string(length, static_cast<char>(length % 251)) + random_bytes(3);
         return bytes;
       },
       "3c18279c4d3ac81717f7fc6bfd48279579b3344011d996e9a0a160c64222d472"},
      {"few_symbols",
       [] {
         std::string bytes = random_bytes(300'000, 5);
         for (char& byte : bytes) byte = static_cast<char>('a' + (byte & 3));
         return bytes;
       },
       "3ff675dc8b5773851f7192369581af9f3e05e7333f5dd8b653363cd00bee28c3"},
      {"one_chunk_exactly", [] { return manifest_text(1'000).substr(0, 262'144); },
       "24718b6d6c0472762e5301db629fd3c55fff9c2abde40a1bd72a51c2a8223dcc"},
      {"one_chunk_and_a_byte", [] { return manifest_text(1'000).substr(0, 262'145); },
       "1c1ea238faecc0093f7cd64d48aaf816fe9f6537507cd361c4c6a55f01c42e45"},
      {"skewed_symbols",
       [] {
         // Symbol k about half as often as k - 1: codes that run into the length limit.
         std::string bytes = random_bytes(400'000, 9);
         for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
           std::uint32_t word = 0;
           for (std::size_t j = 0; j < 4; ++j)
             word = word << 8 | static_cast<unsigned char>(bytes[i + j]);
           unsigned zeros = 0;
           while (zeros < 30 && (word >> zeros & 1u) == 0) ++zeros;
           bytes[i] = static_cast<char>(zeros);
         }
         return bytes;
       },
       "76075baa2d155384e393fd59102ecafdce64d0480d289d03145babaab6400646"},
  };
}

}  // namespace sealift::archive::test
