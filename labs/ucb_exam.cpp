#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/episodic/run.h"

#include "labs/diagnosis.h"
#include "labs/exams.h"
#include "labs/student/lab.h"

namespace bellwether::labs {
namespace {

using Index = double (*)(double, int, int, double);

constexpr std::int64_t kRounds = 3000;
constexpr std::size_t kPlayed = 10;      ///< seeds that a student plays
constexpr std::size_t kReference = 100;  ///< seeds behind the band
constexpr double kLevel = 0.999;
const std::vector<std::int64_t> kAt = {30, 60, 100, 200, 400, 700, 1000, 1500, 2000, 2500, 3000};

enum Mistake : std::uint32_t {
  kNoBonus,
  kMinus,
  kLogOfPulls,
  kNoRoot,
  kNoLog,
  kLog10,
  kLog2,
  kNotDivided,
  kBrackets,
  kAlphaOutside,
  kNoTwo,
  kSwapped,
  kTotal,
  kRoundLater,
  kPullMore,
  kNoAlpha,
  kHalfInside,
  kNumMistakes
};
constexpr std::array<std::string_view, kNumMistakes> kSentences = {
    "there is no bonus: an arm that was unlucky once is never tried again",
    "the bonus has the wrong sign: it makes what is unknown unattractive",
    "the logarithm is that of the pulls of this arm, it must be that of the round",
    "you forgot the square root",
    "you forgot the logarithm",
    "you use the logarithm to base 10, it must be the natural one (std::log)",
    "you use the logarithm to base 2, it must be the natural one (std::log)",
    "the bonus is not divided by the pulls of the arm, so it is the same for all arms and changes nothing",
    "brackets are missing: the 2 and the pulls both belong below the fraction",
    "alpha stands outside of the square root, it belongs inside",
    "you forgot the 2 below the fraction",
    "round and pulls have changed places in the bonus",
    "you use the total reward instead of the mean: divide by the pulls",
    "the logarithm is that of the next round, off by one: it must be log(round)",
    "you divide by one pull more than there was, off by one",
    "alpha is missing below the square root",
    "below the square root stands half of what belongs there: your bonus is 0.707 times the reference",
};

double index_with(std::uint32_t mistakes, double total, int pulls, int round, double alpha) {
  const auto has = [&](Mistake m) { return (mistakes >> m & 1u) != 0; };
  const double n = (has(kSwapped) ? round : pulls) + (has(kPullMore) ? 1 : 0);
  const double t = (has(kSwapped) != has(kLogOfPulls) ? pulls : round) + (has(kRoundLater) ? 1 : 0);
  double logarithm = std::log(t);
  if (has(kLog10)) logarithm = std::log10(t);
  if (has(kLog2)) logarithm = std::log2(t);
  if (has(kNoLog)) logarithm = t;
  const double above = (has(kAlphaOutside) || has(kNoAlpha) ? 1 : alpha) * logarithm * (has(kHalfInside) ? 0.5 : 1),
               two = has(kNoTwo) ? 1 : 2;
  double inside = above / (two * n);
  if (has(kNotDivided)) inside = above / two;
  if (has(kBrackets)) inside = above / two * n;
  double bonus = (has(kNoRoot) ? inside : std::sqrt(inside)) * (has(kAlphaOutside) ? alpha : 1);
  if (has(kNoBonus)) bonus = 0;
  return (has(kTotal) ? total : total / pulls) + (has(kMinus) ? -bonus : bonus);
}

double reference_index(double total, int pulls, int round, double alpha) {
  return pulls == 0 ? lab::kInfinity : index_with(0, total, pulls, round, alpha);
}

/// Pulls the arm with the largest index; what is no number is never the largest.
class IndexAgent : public online::EpisodicAgent {
 public:
  IndexAgent(const online::EpisodicWorld& world, Index index, double alpha)
      : EpisodicAgent(world),
        index_(index),
        alpha_(alpha),
        total_(static_cast<std::size_t>(world.num_choices())),
        pulls_(total_.size()) {}

  void plan(std::int64_t episode) override {
    std::size_t best = 0;
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t arm = 0; arm < total_.size(); ++arm) {
      const double index = index_(total_[arm], pulls_[arm], static_cast<int>(episode) + 1, alpha_);
      if (std::isnan(index)) ++not_numbers_;
      if (!(index > largest)) continue;
      largest = index;
      best = arm;
    }
    policy().play(0, 0, static_cast<std::int64_t>(best));
  }
  void learn(std::span<const online::Step> steps) override {
    total_[static_cast<std::size_t>(steps[0].choice)] += steps[0].reward;
    ++pulls_[static_cast<std::size_t>(steps[0].choice)];
  }
  std::int64_t not_numbers() const { return not_numbers_; }

 private:
  Index index_;
  double alpha_;
  std::vector<double> total_;
  std::vector<int> pulls_;
  std::int64_t not_numbers_ = 0;
};

/// Means in hundredths: the best of 0.6 to 0.8, the next one a tenth or two below, others down to 0.1.
mdp::TabularMdp draw_arms(const Stream& student) {
  Stream draws = student.child("arms");
  const auto hundredths = [&](int low, int high) {
    return low + static_cast<int>(draws.below(static_cast<std::uint64_t>(high - low + 1)));
  };
  const int best = hundredths(60, 80), second = best - hundredths(12, 18);
  std::vector<int> mean{best, second};
  const int others = hundredths(3, 5);
  for (int i = 0; i < others; ++i) mean.push_back(hundredths(10, second));
  for (std::size_t i = mean.size(); i > 1; --i) std::swap(mean[i - 1], mean[draws.below(i)]);
  mdp::TabularMdpBuilder builder(1);
  for (const int m : mean) builder.add_choice(0, m / 100.0, {{0, 1.0}}).bernoulli_reward();
  return std::move(builder).build();
}

struct Probe {
  double total;
  int pulls, round;
};

class UcbExam : public Exam {
 public:
  explicit UcbExam(const Stream& student)
      : model_(draw_arms(student)), task_(model_, 1), seeds_(student.child("seeds")), band_(student.child("band")) {
    Stream draws = student.child("probes");
    alpha_ = static_cast<double>(22 + draws.below(19)) / 10;
    for (const int pulls : {1, 2, 3, 5, 9, 20, 70, 300, 1000})
      for (const int times : {1, 2, 7, 30})
        probes_.push_back(
            {static_cast<double>(draws.below(static_cast<std::uint64_t>(pulls) + 1)), pulls, 1 + pulls * times});
  }

  const mdp::TabularMdp& model() const override { return model_; }
  std::vector<Parameter> parameters() const override {
    return {{"arms", static_cast<double>(model_.num_choices()), "arms"},
            {"alpha", alpha_, "the factor inside the bonus"},
            {"rounds", static_cast<double>(kRounds), "rounds of a play"}};
  }

  std::vector<double> play(void* function, Place& place) const override {
    const auto index = reinterpret_cast<Index>(function);
    std::vector<double> out;
    for (const Probe& probe : probes_) {
      place.set(fmt::format("with total {:g}, pulls {}, round {}", probe.total, probe.pulls, probe.round));
      out.push_back(index(probe.total, probe.pulls, probe.round, alpha_));
    }
    place.set("for an arm that was never pulled");
    for (const int round : {1, 2, 100, 2000}) out.push_back(index(0, 0, round, alpha_));
    place.set("while the bandit was played");
    std::int64_t not_numbers = 0;
    const std::vector<double> curves = play_seeds(index, kPlayed, &not_numbers);
    out.push_back(static_cast<double>(not_numbers));
    out.insert(out.end(), curves.begin(), curves.end());
    return out;
  }

  std::vector<Check> judge(std::span<const double> numbers) const override {
    const auto first = numbers.subspan(probes_.size(), 4);
    const double not_numbers = numbers[probes_.size() + 4];
    const auto curves = numbers.subspan(probes_.size() + 5);
    return {index_check(numbers.first(probes_.size())), first_check(first, not_numbers), regret_check(curves)};
  }

 private:
  std::vector<double> play_seeds(Index index, std::size_t seeds, std::int64_t* not_numbers) const {
    std::vector<double> curves;
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      IndexAgent agent(online::world_of(task_, kRounds), index, alpha_);
      const auto run =
          online::run_episodes(task_, agent, seeds_.child(seed), {.episodes = kRounds, .checkpoints = kAt});
      for (const auto& row : run.rows) curves.push_back(row.value_regret);
      if (not_numbers != nullptr) *not_numbers += agent.not_numbers();
    }
    return curves;
  }

  std::vector<double> answers(std::uint32_t mistakes) const {
    std::vector<double> out;
    for (const Probe& p : probes_) out.push_back(index_with(mistakes, p.total, p.pulls, p.round, alpha_));
    return out;
  }

  Check index_check(std::span<const double> given) const {
    const auto found = explain(given, kNumMistakes, [&](std::uint32_t m) { return answers(m); });
    if (found == 0u) return {"index", true, fmt::format("right in all {} trials", given.size())};
    if (found) return {"index", false, told(*found, kSentences)};
    const std::vector<double> right = answers(0);
    std::vector<double> bonus, reference;
    std::size_t wrong = 0, shown = given.size();
    for (std::size_t i = 0; i < given.size(); ++i) {
      const double mean = probes_[i].total / probes_[i].pulls;
      bonus.push_back(given[i] - mean);
      reference.push_back(right[i] - mean);
      if (same(given[i], right[i])) continue;
      ++wrong;
      shown = std::min(shown, i);
    }
    if (const auto factor = common_factor(bonus, reference))
      return {"index", false, fmt::format("your bonus is {}", factor_text(*factor))};
    const Probe& p = probes_[shown];
    return {"index", false,
            fmt::format("wrong in {} of {} trials, for example with total {:g}, pulls {}, round {}, alpha {:g}: yours "
                        "{:.6g}, right {:.6g}",
                        wrong, given.size(), p.total, p.pulls, p.round, alpha_, given[shown], right[shown])};
  }

  Check first_check(std::span<const double> first, double not_numbers) const {
    constexpr double kLarge = 1e6;  // above every index of an arm that was pulled
    for (const double index : first) {
      if (std::isnan(index))
        return {"first pulls", false,
                fmt::format("for an arm that was never pulled your index is not a number (you divide by zero): return "
                            "kInfinity; it happened {:g} times in the play",
                            not_numbers)};
      if (!(index >= kLarge))
        return {"first pulls", false,
                fmt::format("for an arm that was never pulled your index is {:.4g}: it must be larger than any other, "
                            "return kInfinity",
                            index)};
    }
    return {"first pulls", true, "every arm is pulled once before any other"};
  }

  Check regret_check(std::span<const double> curves) const {
    const std::vector<double> reference = play_seeds(reference_index, kReference, nullptr);
    const Band band = reference_band({reference, kAt.size()}, kPlayed, kLevel, band_);
    const std::vector<double> mine = mean_curve({curves, kAt.size()}, kPlayed);
    const std::vector<double> at(kAt.begin(), kAt.end());
    return {"regret", !band.outside(mine), regret_text(at, mine, band, "rounds")};
  }

  mdp::TabularMdp model_;
  online::EpisodicTask task_;
  Stream seeds_, band_;
  double alpha_ = 0;
  std::vector<Probe> probes_;
};

}  // namespace

std::unique_ptr<Exam> ucb_exam(const Stream& student) { return std::make_unique<UcbExam>(student); }

}  // namespace bellwether::labs
