// Damaged files: every prefix of a small one, and random bytes changed, are refused with a message or read as some
// valid model; nothing crashes.

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/stream.h"
#include "mdp/io/bwm.h"
#include "mdp/io/csv.h"
#include "mdp/io/formats.h"
#include "mdp/io/p_dict.h"
#include "mdp/io/petsc.h"
#include "tests/support/random_models.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::mdp {
namespace {

/// Tries to read; true when the bytes were refused.
bool refused(const std::string& format, const std::string& bytes, const std::string& partner = {}) {
  try {
    if (format == "csv") parse_csv(bytes, "x");
    if (format == "json") parse_p_dict(bytes, "x");
    if (format == "petsc") parse_petsc(bytes, partner, "x");
    if (format == "bwm") {
      auto words = std::make_shared<std::vector<std::uint64_t>>(bytes.size() / 8 + 1);
      std::memcpy(words->data(), bytes.data(), bytes.size());
      parse_bwm({reinterpret_cast<const char*>(words->data()), bytes.size()}, words, "x");
    }
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()), "");
    return true;
  }
  return false;
}

class Damage : public testing::TestWithParam<std::string> {
 protected:
  Damage() {
    const TabularMdp model = test::random_model(Stream(5), {.states = 4});
    const std::string format = GetParam(), name = format == "petsc" ? "m_P.bin" : "m." + format;
    write_model({.model = model}, folder_.path(name));
    bytes_ = test::read_file(folder_.path(name));
    if (format == "petsc") partner_ = test::read_file(folder_.path("m_g.bin"));
  }
  test::TemporaryFolder folder_;
  std::string bytes_, partner_;
};

TEST_P(Damage, EveryPrefixIsRefusedOrAValidModel) {
  ASSERT_FALSE(refused(GetParam(), bytes_, partner_));
  for (std::size_t length = 0; length < bytes_.size(); ++length) {
    const bool must_be_refused = GetParam() == "bwm" || GetParam() == "petsc";
    EXPECT_TRUE(refused(GetParam(), bytes_.substr(0, length), partner_) || !must_be_refused) << length;
  }
}

TEST_P(Damage, ChangedBytesAreRefusedOrAValidModel) {
  Stream stream(9);
  for (int trial = 0; trial < 3000; ++trial) {
    std::string damaged = bytes_;
    for (std::uint64_t k = 1 + stream.below(3); k > 0; --k) {
      damaged[stream.below(damaged.size())] = static_cast<char>(stream.below(256));
    }
    refused(GetParam(), damaged, partner_);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, Damage, testing::Values("csv", "bwm", "json", "petsc"),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace bellwether::mdp
