#include "bandits/adversarial/experts.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "bandits/adversarial/drawing.h"
#include "bandits/adversarial/potential.h"
#include "bandits/adversarial/regularised_leader.h"
#include "bandits/arms/family.h"
#include "bandits/requirements.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

/// From the round after `after` on the expert advises `arm` for certain.
struct Change {
  std::int64_t after = 0;
  std::size_t expert = 0, arm = 0;
};

struct Advice {
  std::vector<double> rows = {};     ///< before the first round: a distribution over the arms for each expert
  std::vector<Change> changes = {};  ///< by round
};

class Exp4 final : public Agent {
 public:
  Exp4(const World& world, Advice advice, double eta, const Stream& stream)
      : advice_(std::move(advice)),
        scale_("exp4", world),
        stream_(stream),
        p_(static_cast<std::size_t>(world.arms)),
        loss_(advice_.rows.size() / p_.size()),
        theta_(loss_.size()),
        trust_(loss_.size()),
        eta_(eta > 0
                 ? eta
                 : exponential_rate(static_cast<double>(loss_.size()), world.arms, static_cast<double>(world.rounds))) {
    require_prompt("exp4", world);
  }

  int choose(const Round& round) override {
    for (; next_ < advice_.changes.size() && advice_.changes[next_].after < round.number; ++next_)
      apply(advice_.changes[next_]);
    const double least = std::ranges::min(loss_);
    for (std::size_t m = 0; m < loss_.size(); ++m) theta_[m] = eta_ * (loss_[m] - least);
    entropy_.minimise(theta_, trust_);
    std::ranges::fill(p_, 0.0);
    for (std::size_t m = 0; m < loss_.size(); ++m)
      for (std::size_t i = 0; i < p_.size(); ++i) p_[i] += trust_[m] * advice_.rows[m * p_.size() + i];
    return draw_index(p_, stream_.uniform());
  }

  void learn(const Feedback& feedback) override {
    const auto a = static_cast<std::size_t>(feedback.arm);
    const double estimate = scale_.loss(feedback.reward) / p_[a];
    for (std::size_t m = 0; m < loss_.size(); ++m) loss_[m] += advice_.rows[m * p_.size() + a] * estimate;
  }

  std::span<const double> probabilities() const override { return p_; }

 private:
  void apply(const Change& change) {
    const std::span<double> row = std::span(advice_.rows).subspan(change.expert * p_.size(), p_.size());
    std::ranges::fill(row, 0.0);
    row[change.arm] = 1;
  }

  Advice advice_;
  LossScale scale_;
  Potential entropy_{1};
  Stream stream_;
  std::vector<double> p_, loss_, theta_, trust_;
  double eta_;
  std::size_t next_ = 0;
};

constexpr double kMostNumbers = 100'000'000;

/// Experts with a number for each arm.
void require_room(double experts, double arms) {
  if (experts * arms > kMostNumbers)
    throw InvalidOption(fmt::format(
        "exp4: {:.0f} arms make {:.0f} experts with a number for each arm, more than {:.0f} numbers; without experts "
        "there is exp3",
        arms, experts, kMostNumbers));
}

Advice constant_experts(std::size_t arms) {
  require_room(static_cast<double>(arms), static_cast<double>(arms));
  Advice advice{.rows = std::vector<double>(arms * arms)};
  for (std::size_t i = 0; i < arms; ++i) advice.rows[i * arms + i] = 1;
  return advice;
}

Advice one_change_experts(std::size_t arms, std::int64_t rounds, int pieces) {
  const double n = static_cast<double>(arms);
  require_room(n + n * (n - 1) * (pieces - 1), n);
  Advice advice = constant_experts(arms);
  for (int piece = 1; piece < pieces; ++piece) {
    for (std::size_t i = 0; i < arms; ++i) {
      for (std::size_t j = 0; j < arms; ++j) {
        if (i == j) continue;
        advice.changes.push_back({rounds * piece / pieces, advice.rows.size() / arms, j});
        advice.rows.insert(advice.rows.end(), arms, 0.0);
        advice.rows[advice.rows.size() - arms + i] = 1;
      }
    }
  }
  return advice;
}

Advice given_experts(std::size_t arms, const std::string& text) {
  Advice advice{.rows = read_numbers("exp4", "advice", text)};
  if (advice.rows.size() % arms != 0)
    throw InvalidOption(
        fmt::format("exp4: option 'advice' has {} numbers, must be a multiple of {} arms", advice.rows.size(), arms));
  constexpr double kTolerance = 1e-9;
  for (std::size_t m = 0; m < advice.rows.size() / arms; ++m) {
    double sum = 0;
    for (std::size_t i = 0; i < arms; ++i) {
      const double x = advice.rows[m * arms + i];
      if (x < 0) throw InvalidOption(fmt::format("exp4: expert {} advises arm {} with probability {}", m, i, x));
      sum += x;
    }
    if (std::abs(sum - 1) > kTolerance)
      throw InvalidOption(fmt::format("exp4: the advice of expert {} sums to {}, must sum to 1", m, sum));
  }
  return advice;
}

}  // namespace

std::unique_ptr<Agent> make_exp4(const World& world, const Exp4Options& o, const Stream& stream) {
  const auto arms = static_cast<std::size_t>(world.arms);
  Advice advice = !o.advice.empty()         ? given_experts(arms, o.advice)
                  : o.experts == "constant" ? constant_experts(arms)
                                            : one_change_experts(arms, world.rounds, o.pieces);
  return std::make_unique<Exp4>(world, std::move(advice), o.eta, stream);
}

}  // namespace bellwether::bandits
