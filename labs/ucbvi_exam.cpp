#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/episodic/run.h"

#include "labs/diagnosis.h"
#include "labs/exams.h"
#include "labs/student/lab.h"

namespace bellwether::labs {
namespace {

using Value = double (*)(const lab::Seen&, int, const lab::Stages&, double, double);

constexpr std::int64_t kEpisodes = 2000;
constexpr std::size_t kPlayed = 8;      ///< seeds that a student plays
constexpr std::size_t kReference = 60;  ///< seeds behind the band
constexpr double kLevel = 0.999;
constexpr double kDelta = 0.05;
constexpr double kTolerated = 0.005;  ///< of the episodes may violate optimism beyond what the reference does
const std::vector<std::int64_t> kAt = {20, 50, 100, 200, 400, 700, 1000, 1300, 1600, 2000};

enum Mistake : std::uint32_t {
  kNoBonus,
  kMinus,
  kNoRoot,
  kNoHorizon,
  kStagesLeft,
  kNoLog,
  kRootOfLog,
  kThisStage,
  kNoShare,
  kNoReward,
  kBestSuccessor,
  kLikeliest,
  kNoCeiling,
  kCeilingH,
  kCeilingShort,
  kUnseenZero,
  kUnseenH,
  kVisitMore,
  kLargerOfBoth,
  kNumMistakes
};
constexpr std::array<std::string_view, kNumMistakes> kSentences = {
    "there is no bonus: what went badly once is never tried again",
    "the bonus has the wrong sign: it must be added",
    "you divide the bonus by the visits, it must be their square root: it shrinks too fast",
    "you forgot the factor H in the bonus",
    "the bonus has H - stage where H belongs",
    "you forgot the logarithm (log_term) in the bonus",
    "the bonus has the square root of log_term, it must be log_term itself",
    "you use the values of this stage instead of the next one, value(stage + 1, s'): off by one stage",
    "the counts are not divided by the visits: they are no probabilities",
    "you forgot the reward of this step",
    "you take the best of the next values instead of their expectation",
    "you follow the most frequent successor alone, instead of the expectation over all",
    "the value is not cut off at H - stage, so it promises more than anybody can earn",
    "the value is cut off at H instead of H - stage: what is left shrinks with the stage",
    "the value is cut off at H - stage - 1: your values are those of horizon H - 1, off by one stage",
    "what was never tried is worth 0 to you; it must be worth H - stage, all that could be",
    "what was never tried is worth H to you; it must be H - stage, what can still be earned",
    "the root in the bonus is that of one visit more than there was, off by one",
    "you take the larger of both, value and H - stage, where it must be the smaller one (std::min)",
};

bool has(std::uint32_t mistakes, Mistake m) { return (mistakes >> m & 1u) != 0; }

double bonus_with(std::uint32_t mistakes, int visits, int stage, int horizon, double scale, double log_term) {
  if (has(mistakes, kNoBonus)) return 0;
  double factor = scale * (has(mistakes, kMinus) ? -1 : 1);
  if (!has(mistakes, kNoHorizon)) factor *= has(mistakes, kStagesLeft) ? horizon - stage : horizon;
  if (!has(mistakes, kNoLog)) factor *= has(mistakes, kRootOfLog) ? std::sqrt(log_term) : log_term;
  const double n = visits + (has(mistakes, kVisitMore) ? 1 : 0);
  return factor / (has(mistakes, kNoRoot) ? n : std::sqrt(n));
}

double next_with(std::uint32_t mistakes, const lab::Seen& seen, int stage, const lab::Stages& value) {
  const int h = has(mistakes, kThisStage) ? stage : stage + 1;
  double sum = 0, best = 0;
  int likeliest = 0;
  for (int i = 0; i < seen.next.size(); ++i) {
    const double v = value(h, seen.next.state(i));
    sum += seen.next.weight(i) / (has(mistakes, kNoShare) ? 1 : seen.visits) * v;
    best = i == 0 ? v : std::max(best, v);
    if (seen.next.weight(i) > seen.next.weight(likeliest)) likeliest = i;
  }
  if (has(mistakes, kBestSuccessor)) return best;
  return has(mistakes, kLikeliest) ? value(h, seen.next.state(likeliest)) : sum;
}

double value_with(std::uint32_t mistakes, const lab::Seen& seen, int stage, const lab::Stages& value, double scale,
                  double log_term) {
  const int horizon = value.horizon();
  if (seen.visits == 0) {
    if (has(mistakes, kUnseenZero)) return 0;
    return has(mistakes, kUnseenH) ? horizon : horizon - stage;
  }
  const double q = (has(mistakes, kNoReward) ? 0 : seen.reward) + next_with(mistakes, seen, stage, value) +
                   bonus_with(mistakes, seen.visits, stage, horizon, scale, log_term);
  if (has(mistakes, kNoCeiling)) return q;
  const int ceiling = has(mistakes, kCeilingH) ? horizon : horizon - stage - (has(mistakes, kCeilingShort) ? 1 : 0);
  return has(mistakes, kLargerOfBoth) ? std::max<double>(ceiling, q) : std::min<double>(ceiling, q);
}

double reference_value(const lab::Seen& seen, int stage, const lab::Stages& value, double scale, double log_term) {
  return value_with(0, seen, stage, value, scale, log_term);
}

struct Scale {
  double factor = 0, log_term = 0;
};

/// Backward induction with somebody's optimistic value; what is no number is never the best choice.
class InductionAgent : public online::EpisodicAgent {
 public:
  InductionAgent(const online::EpisodicWorld& world, Value value, const Scale& scale)
      : EpisodicAgent(world),
        world_(world),
        ask_(value),
        scale_(scale),
        rows_(static_cast<std::size_t>(world.num_choices())),
        value_(static_cast<std::size_t>((world.horizon + 1) * world.num_states())) {}

  void plan(std::int64_t) override {
    std::ranges::fill(value_, 0.0);
    for (int h = world_.horizon - 1; h >= 0; --h) {
      for (int s = 0; s < world_.num_states(); ++s) plan_state(h, s);
      std::ranges::copy(stage_, value_.begin() + h * world_.num_states());
      stage_.clear();
    }
  }
  void learn(std::span<const online::Step> steps) override {
    for (const online::Step& step : steps) {
      Row& row = rows_[static_cast<std::size_t>(step.choice)];
      ++row.visits;
      const auto known = std::ranges::find(row.state, step.next);
      if (known != row.state.end()) {
        row.count[static_cast<std::size_t>(known - row.state.begin())] += 1;
      } else {
        row.state.push_back(step.next);
        row.count.push_back(1);
      }
    }
  }
  std::optional<double> optimistic_value(int state) const override { return value_[static_cast<std::size_t>(state)]; }

 private:
  struct Row {
    int visits = 0;
    std::vector<std::int32_t> state;
    std::vector<double> count;
  };

  void plan_state(int h, int s) {
    const lab::Stages values(value_.data(), world_.horizon, world_.num_states());
    const std::int64_t first = world_.state_begin[static_cast<std::size_t>(s)];
    const std::int64_t last = world_.state_begin[static_cast<std::size_t>(s) + 1];
    std::int64_t best = first;
    double largest = -lab::kInfinity;
    for (std::int64_t c = first; c < last; ++c) {
      const Row& row = rows_[static_cast<std::size_t>(c)];
      const lab::Seen seen{row.visits,
                           {row.state.data(), row.count.data(), static_cast<int>(row.state.size())},
                           world_.mean_reward[static_cast<std::size_t>(c)]};
      const double q = ask_(seen, h, values, scale_.factor, scale_.log_term);
      if (!(q > largest)) continue;
      largest = q;
      best = c;
    }
    policy().play(h, s, best);
    stage_.push_back(largest);
  }

  online::EpisodicWorld world_;
  Value ask_;
  Scale scale_;
  std::vector<Row> rows_;
  std::vector<double> value_, stage_;
};

/// A river of five or six states: the current makes the way to the far bank slow, a small reward waits at the near one.
mdp::TabularMdp draw_river(const Stream& student) {
  Stream draws = student.child("river");
  const int states = 4 + static_cast<int>(draws.below(2));
  const double forward = 0.55 + 0.05 * static_cast<double>(draws.below(4));
  const double back = 0.05 + 0.01 * static_cast<double>(draws.below(6)), stay = 1 - forward - back;
  const double near = 0.05 + 0.01 * static_cast<double>(draws.below(6));
  const double far = 0.8 + 0.01 * static_cast<double>(draws.below(21));
  mdp::TabularMdpBuilder builder(states);
  for (int s = 0; s < states; ++s) {
    builder.add_choice(s, s == 0 ? near : 0.0, {{std::max(0, s - 1), 1.0}}).action(0);
    const double reward = s == states - 1 ? far : 0.0;
    if (s == 0) {
      builder.add_choice(s, reward, {{0, 1 - forward}, {1, forward}});
    } else if (s == states - 1) {
      builder.add_choice(s, reward, {{s - 1, 1 - forward}, {s, forward}});
    } else {
      builder.add_choice(s, reward, {{s - 1, back}, {s, stay}, {s + 1, forward}});
    }
    builder.action(1);
  }
  builder.action_names({"left", "right"}).start_in(0);
  return std::move(builder).build();
}

struct Probe {
  int visits, stage;
  double reward;
  std::vector<std::int32_t> state;
  std::vector<double> count, value;  ///< value: of all stages and states
};

class UcbviExam : public Exam {
 public:
  explicit UcbviExam(const Stream& student)
      : model_(draw_river(student)),
        horizon_(2 * model_.num_states() + static_cast<int>(student.child("horizon").below(3))),
        task_(model_, horizon_),
        seeds_(student.child("seeds")),
        band_(student.child("band")) {
    Stream draws = student.child("scale");
    const double steps = static_cast<double>(kEpisodes * horizon_);
    scale_.log_term = std::log(5.0 * static_cast<double>(model_.num_choices()) * steps / kDelta);
    scale_.factor = static_cast<double>(10 + draws.below(5)) / 1000;
    draw_probes(student.child("probes"));
  }

  const mdp::TabularMdp& model() const override { return model_; }
  std::vector<Parameter> parameters() const override {
    return {{"horizon", static_cast<double>(horizon_), "H, stages of an episode"},
            {"scale", scale_.factor, "the constant of the bonus (theory asks for 7: too careful for a lab)"},
            {"log_term", scale_.log_term, "ln(5 S A T / delta) with T = H * episodes, delta = 0.05"},
            {"episodes", static_cast<double>(kEpisodes), "episodes of a play"}};
  }

  /// The probes; violations; the curves.
  std::vector<double> play(void* function, Place& place) const override {
    const auto value = reinterpret_cast<Value>(function);
    std::vector<double> out;
    for (const Probe& p : probes_) {
      place.set(fmt::format("at stage {} of {}, with {} visits", p.stage, horizon_, p.visits));
      out.push_back(ask(p, [&](const lab::Seen& seen, const lab::Stages& values) {
        return value(seen, p.stage, values, scale_.factor, scale_.log_term);
      }));
    }
    place.set("while the river was played");
    double violations = 0;
    const std::vector<double> curves = play_seeds(value, kPlayed, violations);
    out.push_back(violations);
    out.insert(out.end(), curves.begin(), curves.end());
    return out;
  }

  std::vector<Check> judge(std::span<const double> numbers) const override {
    double ignored = 0, allowed = 0;
    play_seeds(reference_value, kPlayed, allowed);
    const std::vector<double> reference = play_seeds(reference_value, kReference, ignored);
    const Band band = reference_band({reference, kAt.size()}, kPlayed, kLevel, band_);
    const std::vector<double> mine = mean_curve({numbers.subspan(probes_.size() + 1), kAt.size()}, kPlayed);
    const std::vector<double> at(kAt.begin(), kAt.end());
    return {value_check(numbers.first(probes_.size())),
            optimism_check(numbers[probes_.size()], allowed),
            {"regret", !band.outside(mine), regret_text(at, mine, band, "episodes")}};
  }

 private:
  void draw_probes(const Stream& stream) {
    Stream draws = stream;
    const auto states = static_cast<std::uint64_t>(model_.num_states());
    for (int i = 0; i < 120; ++i) {
      Probe p{.visits = i % 12 == 0 ? 0 : 1 + static_cast<int>(draws.below(i % 3 == 0 ? 4000 : 200)),
              .stage = static_cast<int>(draws.below(static_cast<std::uint64_t>(horizon_))),
              .reward = draws.uniform(),
              .state = {},
              .count = {},
              .value = {}};
      int left = p.visits;
      for (std::int32_t s = 0; left > 0; ++s) {
        const bool last = static_cast<std::uint64_t>(s) + 1 == states;
        const int count = last ? left : static_cast<int>(draws.below(static_cast<std::uint64_t>(left) + 1));
        if (count == 0) continue;
        p.state.push_back(s);
        p.count.push_back(count);
        left -= count;
      }
      // Half of the probes stay below the ceiling, so that the bonus can be seen; some are far above it.
      const double most = i % 2 == 0 ? 0.3 : i % 5 == 0 ? 3 : 1;
      for (int h = 0; h <= horizon_; ++h)
        for (std::uint64_t s = 0; s < states; ++s) p.value.push_back(most * (horizon_ - h) * draws.uniform());
      probes_.push_back(std::move(p));
    }
  }

  template <class Ask>
  double ask(const Probe& p, Ask&& value) const {
    const lab::Seen seen{p.visits, {p.state.data(), p.count.data(), static_cast<int>(p.state.size())}, p.reward};
    return value(seen, lab::Stages(p.value.data(), horizon_, model_.num_states()));
  }

  std::vector<double> answers(std::uint32_t mistakes) const {
    std::vector<double> out;
    for (const Probe& p : probes_)
      out.push_back(ask(p, [&](const lab::Seen& seen, const lab::Stages& values) {
        return value_with(mistakes, seen, p.stage, values, scale_.factor, scale_.log_term);
      }));
    return out;
  }

  std::vector<double> play_seeds(Value value, std::size_t seeds, double& violations) const {
    std::vector<double> curves;
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      InductionAgent agent(online::world_of(task_, kEpisodes), value, scale_);
      const auto run =
          online::run_episodes(task_, agent, seeds_.child(seed), {.episodes = kEpisodes, .checkpoints = kAt});
      for (const auto& row : run.rows) curves.push_back(row.value_regret);
      violations += static_cast<double>(run.last.violations);
    }
    return curves;
  }

  /// The factor on the bonus when all else is right: seen where neither answer is cut off.
  std::optional<double> bonus_factor(std::span<const double> given) const {
    const std::vector<double> bare = answers(1u << kNoBonus | 1u << kNoCeiling), right = answers(0);
    std::vector<double> bonus, reference;
    for (std::size_t i = 0; i < probes_.size(); ++i) {
      const double ceiling = horizon_ - probes_[i].stage;
      if (probes_[i].visits == 0 || same(right[i], ceiling) || same(given[i], ceiling)) continue;
      bonus.push_back(given[i] - bare[i]);
      reference.push_back(right[i] - bare[i]);
    }
    const auto factor = common_factor(bonus, reference);
    if (!factor) return std::nullopt;
    for (std::size_t i = 0; i < probes_.size(); ++i) {
      const Probe& p = probes_[i];
      if (p.visits == 0 && !same(given[i], right[i])) return std::nullopt;
    }
    return factor;
  }

  Check value_check(std::span<const double> given) const {
    const auto found = explain(given, kNumMistakes, [&](std::uint32_t m) { return answers(m); });
    if (found == 0u) return {"value", true, fmt::format("right in all {} trials", given.size())};
    if (found) return {"value", false, told(*found, kSentences)};
    if (const auto factor = bonus_factor(given))
      return {"value", false, fmt::format("your bonus is {}", factor_text(*factor))};
    const std::vector<double> right = answers(0);
    std::size_t wrong = 0, shown = given.size();
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (same(given[i], right[i])) continue;
      ++wrong;
      shown = std::min(shown, i);
    }
    const Probe& p = probes_[shown];
    return {
        "value", false,
        fmt::format("wrong in {} of {} trials, for example at stage {} of H = {}, with {} visits: yours {:.6g}, right "
                    "{:.6g}",
                    wrong, given.size(), p.stage, horizon_, p.visits, given[shown], right[shown])};
  }

  static Check optimism_check(double violations, double reference) {
    const double episodes = static_cast<double>(kEpisodes) * static_cast<double>(kPlayed);
    const std::string counted = fmt::format("optimism is violated in {:g} of {:g} episodes", violations, episodes);
    if (violations <= reference + kTolerated * episodes) return {"optimism", true, counted};
    return {"optimism", false,
            counted + fmt::format(" (the reference: {:g}): your value lies below the optimum there; the bonus is too "
                                  "small, or something is missing",
                                  reference)};
  }

  mdp::TabularMdp model_;
  int horizon_;
  online::EpisodicTask task_;
  Stream seeds_, band_;
  Scale scale_;
  std::vector<Probe> probes_;
};

}  // namespace

std::unique_ptr<Exam> ucbvi_exam(const Stream& student) { return std::make_unique<UcbviExam>(student); }

}  // namespace bellwether::labs
