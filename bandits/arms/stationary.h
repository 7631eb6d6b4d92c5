#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bandits/arms/law.h"
#include "bandits/bandit.h"

namespace bellwether::bandits {

/// K arms with independent rewards of one law each. The n-th reward of arm i is the n-th draw of child("arm").child(i),
/// whoever plays.
class StationaryBandit : public Bandit {
 public:
  /// InvalidOption when there is no arm or a law is not admissible.
  explicit StationaryBandit(std::vector<Law> laws);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::span<const double> means() const override { return means_; }
  std::string content() const override;

  const std::vector<Law>& laws() const { return laws_; }

 private:
  std::vector<Law> laws_;
  std::vector<double> means_;
};

}  // namespace bellwether::bandits
