#include "solvers/online/model_free/optimistic_q_learning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/hand_made.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::array<const char*, 2> kBoth = {"ucb-q-hoeffding", "ucb-q-bernstein"};

// alpha_t^i = alpha_i prod_(j > i) (1 - alpha_j): what the sample of visit i weighs after t visits.
TEST(QLearningRate, WeighsSamplesAsTheTheoremNeeds) {
  for (const int horizon : {1, 5, 20}) {
    std::vector<double> weight, total;
    for (int t = 1; t <= 5000; ++t) {
      const double rate = q_learning_rate(horizon, t);
      double sum = rate, by_root = rate / std::sqrt(t), squares = rate * rate, largest = rate;
      for (std::size_t i = 0; i < weight.size(); ++i) {
        weight[i] *= 1 - rate;
        total[i] += weight[i];
        sum += weight[i];
        by_root += weight[i] / std::sqrt(static_cast<double>(i + 1));
        squares += weight[i] * weight[i];
        largest = std::max(largest, weight[i]);
      }
      weight.push_back(rate);
      total.push_back(rate);
      ASSERT_NEAR(sum, 1, 1e-10) << "H " << horizon << ", t " << t;
      ASSERT_GE(by_root, (1 - 1e-10) / std::sqrt(t));
      ASSERT_LE(by_root, (1 + 1e-10) * 2 / std::sqrt(t));
      ASSERT_LE(largest, (1 + 1e-10) * 2 * horizon / t);
      ASSERT_LE(squares, (1 + 1e-10) * 2 * horizon / t);
    }
    // The sum over all t >= i is 1 + 1/H; what is missing after T = 5000 is alpha_T^i T / H.
    for (std::size_t i = 0; i < total.size(); ++i)
      ASSERT_NEAR(total[i] + weight[i] * 5000 / horizon, 1 + 1.0 / horizon, 1e-10) << "H " << horizon << ", i " << i;
  }
}

TEST(UcbQBonus, TakesItsPublishedValues) {
  const HandMadeWorld made(1, 3, 2, 10);  // iota = ln(3 * 20 / .05) = 7.0900768
  EXPECT_NEAR(q_learning_log(made.world, 0.05), 7.0900768, 1e-7);
  HoeffdingBonus::Memory none;
  const HoeffdingBonus hoeffding(made.world, 0.05, 0.5);
  EXPECT_NEAR(hoeffding(none, 4, 0, 0), 0.5 * 2 * std::sqrt(8 * 7.0900768 / 4), 1e-6);

  // At t = 1 the bonus is beta_1 / 2, and beta is the smaller of its two forms: Hoeffding's here.
  BernsteinBonus::Memory memory;
  const BernsteinBonus bernstein(made.world, 0.05, 1);
  EXPECT_NEAR(bernstein(memory, 1, 1, 1.5), 2 * std::sqrt(8 * 7.0900768), 1e-5);
}

/// The algorithm as it is published, with the whole history of each triple and a new sum over it in every step.
class Naive {
 public:
  Naive(const EpisodicTask& task, std::int64_t episodes, double factor, bool bernstein)
      : task_(task), factor_(factor), bernstein_(bernstein) {
    const double steps = static_cast<double>(episodes) * task.horizon();
    log_ = std::log(static_cast<double>(task.num_choices()) * steps / 0.05);
    history_.resize(static_cast<std::size_t>(task.horizon()),
                    std::vector<std::vector<Sample>>(static_cast<std::size_t>(task.num_choices())));
  }

  double q(int h, std::int64_t c) const {
    const auto& samples = history_[static_cast<std::size_t>(h)][static_cast<std::size_t>(c)];
    double sum = samples.empty() ? task_.horizon() - h : 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      double weight = q_learning_rate(task_.horizon(), static_cast<std::int64_t>(i + 1));
      for (std::size_t j = i + 1; j < samples.size(); ++j)
        weight *= 1 - q_learning_rate(task_.horizon(), static_cast<std::int64_t>(j + 1));
      sum += weight * (samples[i].reward + samples[i].next);
      if (!bernstein_) sum += weight * factor_ * 2 * std::sqrt(cubed() * log_ / static_cast<double>(i + 1));
    }
    return bernstein_ ? sum + beta(samples) / 2 : sum;
  }

  double value(int h, int s) const {
    if (h == task_.horizon()) return 0;
    const auto begin = task_.state_begin();
    double most = 0;
    for (auto c = begin[static_cast<std::size_t>(s)]; c < begin[static_cast<std::size_t>(s) + 1]; ++c)
      most = std::max(most, q(h, c));
    return std::min<double>(most, task_.horizon() - h);
  }

  void learn(const std::vector<Step>& steps) {
    for (std::size_t h = 0; h < steps.size(); ++h) {
      const double next = value(static_cast<int>(h) + 1, steps[h].next);
      history_[h][static_cast<std::size_t>(steps[h].choice)].push_back({steps[h].reward, next});
    }
  }

 private:
  struct Sample {
    double reward, next;
  };

  double cubed() const { return std::pow(task_.horizon(), 3); }

  double beta(const std::vector<Sample>& samples) const {
    if (samples.empty()) return 0;
    const auto t = static_cast<double>(samples.size());
    const double h = task_.horizon();
    double mean = 0, variance = 0;
    for (const Sample& sample : samples) mean += sample.next / t;
    for (const Sample& sample : samples) variance += (sample.next - mean) * (sample.next - mean) / t;
    const double plain = std::sqrt(cubed() * log_ / t);
    const double refined = std::sqrt(h * (variance + h) * log_ / t) +
                           std::sqrt(std::pow(h, 7) * static_cast<double>(task_.num_choices())) * log_ / t;
    return factor_ * 4 * std::min(plain, refined);
  }

  const EpisodicTask& task_;
  double factor_, log_ = 0;
  bool bernstein_;
  std::vector<std::vector<std::vector<Sample>>> history_;
};

// Small factors, so that the bonus does not hide everything; long enough for both forms of beta to be the smaller one.
TEST(UcbQ, AgreesWithTheWeightedSumOverItsHistory) {
  const EpisodicTask task = three_stages();
  for (const bool bernstein : {false, true}) {
    const EpisodicWorld world = world_of(task, 500);
    const UcbQOptions options{.constant = "0.05"};
    const auto agent =
        bernstein ? make_ucb_q_bernstein(world, options, Stream(1)) : make_ucb_q_hoeffding(world, options, Stream(1));
    Naive naive(task, 500, 0.05, bernstein);
    Stream noise(2);
    for (int k = 0; k < 500; ++k) {
      agent->plan(k);
      const auto steps = played(task, agent->policy(), noise);
      agent->learn(steps);
      naive.learn(steps);
      for (int s = 0; s < 4; ++s) ASSERT_NEAR(*agent->optimistic_value(s), naive.value(0, s), 1e-9) << "episode " << k;
      for (int h = 0; h < 3; ++h) {
        const Step& step = steps[static_cast<std::size_t>(h)];
        ASSERT_NEAR(
            naive.q(h, agent->policy().choice(h, step.state)),
            std::max({naive.q(h, 3 * step.state), naive.q(h, 3 * step.state + 1), naive.q(h, 3 * step.state + 2)}),
            1e-9)
            << "plays a best choice";
      }
    }
  }
}

TEST(UcbQBonus, SumsToHalfOfBeta) {
  const HandMadeWorld made(1, 1, 2, 1000);
  const double log = q_learning_log(made.world, 0.05);
  BernsteinBonus::Memory memory;
  const BernsteinBonus bernstein(made.world, 0.05, 1);
  double weighted = 0;  // sum_i alpha_t^i b_i
  for (int t = 1; t <= 100'000; ++t) {
    const double rate = q_learning_rate(2, t);
    weighted = (1 - rate) * weighted + rate * bernstein(memory, t, rate, t % 2);
    const double variance = t % 2 == 0 ? 0.25 : 0.25 - 0.25 / t / t;
    const double refined = std::sqrt(2 * (variance + 2) * log / t) + std::sqrt(128) * log / t;
    ASSERT_NEAR(weighted, 2 * std::min(std::sqrt(8 * log / t), refined), 1e-9) << t;
  }
  EXPECT_LT(weighted, 1.9 * std::sqrt(8 * log / 1e5)) << "the variance has come to matter";
}

TEST(UcbQ, IsOptimisticWithTheConstantsOfTheTheorem) {
  for (const char* learner : kBoth) {
    const Arena riverswim(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
    // Short episodes: the bonus falls below the horizon and the learner does learn.
    const Arena garnet(mdp::make_instance("garnet", {{"states", "3"}, {"actions", "2"}, {"successors", "2"}}),
                       Protocol::kEpisodic, 2);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      EXPECT_EQ(play(riverswim, learner, {}, Stream(seed), {.length = 5000, .checkpoints = {5000}}).value(0, 4), 0);
      const Series series =
          play(garnet, learner, {}, Stream(seed), {.length = 100'000, .checkpoints = {50'000, 100'000}});
      EXPECT_EQ(series.value(1, 4), 0) << learner;
      EXPECT_LT(series.value(1, 0), 1.7 * series.value(0, 0)) << learner << " learns nothing";
    }
  }
}

TEST(UcbQ, WithoutABonusOptimismIsViolated) {
  const Arena garnet(mdp::make_instance("garnet", {{"states", "3"}, {"actions", "2"}, {"successors", "2"}}),
                     Protocol::kEpisodic, 2);
  for (const char* learner : kBoth) {
    const Series series =
        play(garnet, learner, {{"constant", "0"}}, Stream(1), {.length = 5000, .checkpoints = {5000}});
    EXPECT_GT(series.value(0, 4), 100) << learner;
  }
}

TEST(UcbQ, LearnsRiverSwimWithThePracticalConstant) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  for (const char* learner : kBoth) {
    const auto run = [&](std::uint64_t seed) {
      return play(arena, learner, {{"constant", "practical"}}, Stream(seed),
                  {.length = 20'000, .checkpoints = {10'000, 20'000}});
    };
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Series series = run(seed);
      EXPECT_LT(series.value(1, 0) - series.value(0, 0), 0.25 * series.value(0, 0)) << learner << ", seed " << seed;
      EXPECT_EQ(series, run(seed)) << "same stream, same bits";
    }
  }
}

TEST(UcbQ, NamesTheBadOption) {
  const HandMadeWorld made(1, 1, 1, 10);
  EXPECT_THAT([&] { make_ucb_q_hoeffding(made.world, {.delta = 1}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("ucb-q-hoeffding: option 'delta' is 1")));
  EXPECT_THAT([&] { make_ucb_q_bernstein(made.world, {.constant = "huge"}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("ucb-q-bernstein: constant is \"huge\"")));
}

}  // namespace
}  // namespace bellwether::online
