#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "mdp/simulate/simulator.h"
#include "solvers/registry.h"

#include "labs/diagnosis.h"
#include "labs/exams.h"
#include "labs/random_model.h"
#include "labs/student/lab.h"

namespace bellwether::labs {
namespace {

using Update = void (*)(lab::Table&, const lab::Step&, double, double);

constexpr int kSteps = 20000;
constexpr std::size_t kPlayed = 8;      ///< seeds that a student plays
constexpr std::size_t kReference = 60;  ///< seeds behind the band
constexpr double kLevel = 0.999;
constexpr double kStart = 5;     ///< of all entries
constexpr double kDecay = 0.75;  ///< rate = visits^-0.75
constexpr std::array<int, 9> kAt = {100, 300, 1000, 2000, 4000, 7000, 10000, 15000, 20000};

enum Mistake : std::uint32_t {
  kNoFuture,
  kNoDiscount,
  kDiscountedReward,
  kBeyondTheEnd,
  kSameAction,
  kMinimum,
  kStartsAtZero,
  kThisState,
  kNoRate,
  kNoOldValue,
  kForgets,
  kWrongEntry,
  kWrongSign,
  kWritesNothing,
  kOneMinusRate,
  kOneMinusDiscount,
  kSkipsFirst,
  kSkipsLast,
  kNumMistakes
};
constexpr std::array<std::string_view, kNumMistakes> kSentences = {
    "the future is missing: the target is the reward of this step alone",
    "you forgot the discount",
    "you discount the reward of this step too: the discount belongs to the next value alone",
    "when the play has ended nothing comes after it: the target is the reward alone (step.ended)",
    "you use the next state's value of the same action, it must be the largest over all actions there",
    "you take the smallest value of the next state instead of the largest",
    "your maximum starts at 0, so a next state whose every value is negative counts as 0: start at -kInfinity",
    "the target uses the values of the state that was left, it must be those of the next state",
    "you ignore the rate: the entry jumps to the target, noise and all",
    "you add rate * target without taking away the old value: rate * (target - q(s, a))",
    "you forget the old value: the entry becomes rate * target",
    "you change the entry of the next state, it must be that of the state that was left",
    "the sign is wrong: the entry moves away from the target",
    "nothing is written: the table is as it was (is the entry a copy? double& entry = q(...) is none)",
    "you use 1 - rate where rate belongs: the old value keeps 1 - rate, the target gets rate",
    "you multiply by 1 - discount, it must be the discount",
    "your maximum leaves out the first action: actions are numbered from 0",
    "your maximum leaves out the last action: it must go on while b < q.actions()",
};

bool has(std::uint32_t mistakes, Mistake m) { return (mistakes >> m & 1u) != 0; }

void update_with(std::uint32_t mistakes, lab::Table& q, const lab::Step& step, double rate, double discount) {
  const int from = has(mistakes, kThisState) ? step.state : step.next;
  const int first = has(mistakes, kSkipsFirst) ? 1 : 0, last = q.actions() - (has(mistakes, kSkipsLast) ? 2 : 1);
  double next = q(from, first);
  for (int b = first + 1; b <= last; ++b)
    next = has(mistakes, kMinimum) ? std::min(next, q(from, b)) : std::max(next, q(from, b));
  if (has(mistakes, kStartsAtZero)) next = std::max(0.0, next);
  if (has(mistakes, kSameAction)) next = q(from, step.action);
  if (has(mistakes, kNoFuture) || (step.ended && !has(mistakes, kBeyondTheEnd))) next = 0;
  double gamma = has(mistakes, kNoDiscount) ? 1 : discount;
  if (has(mistakes, kOneMinusDiscount)) gamma = 1 - discount;
  const double target = has(mistakes, kDiscountedReward) ? gamma * (step.reward + next) : step.reward + gamma * next;
  if (has(mistakes, kWritesNothing)) return;
  double& entry = q(has(mistakes, kWrongEntry) ? step.next : step.state, step.action);
  if (has(mistakes, kNoRate)) rate = 1;
  if (has(mistakes, kOneMinusRate)) rate = 1 - rate;
  if (has(mistakes, kForgets)) {
    entry = rate * target;
  } else {
    entry += (has(mistakes, kWrongSign) ? -rate : rate) * (target - (has(mistakes, kNoOldValue) ? 0 : entry));
  }
}

void reference_update(lab::Table& q, const lab::Step& step, double rate, double discount) {
  update_with(0, q, step, rate, discount);
}

struct Probe {
  std::vector<double> table;
  lab::Step step;
  double rate;
};

class QLearningExam : public Exam {
 public:
  explicit QLearningExam(const Stream& student)
      : drawn_(random_model(student, true)),
        simulator_(drawn_.model),
        actions_(drawn_.model.num_choices(0)),
        seeds_(student.child("seeds")),
        band_(student.child("band")) {
    solve();
    Stream draws = student.child("probes");
    for (int i = 0; i < 80; ++i) {
      Probe probe;
      for (int k = 0; k < states() * actions_; ++k) probe.table.push_back(16 * draws.uniform() - 10);
      const auto live = static_cast<std::uint64_t>(states() - 1);
      const bool ended = i % 4 == 0;
      const int state = static_cast<int>(draws.below(live));
      // Never back to where it came from: then both entries would be one.
      const int next = (state + 1 + static_cast<int>(draws.below(live - 1))) % static_cast<int>(live);
      probe.step = {.state = state,
                    .action = static_cast<int>(draws.below(static_cast<std::uint64_t>(actions_))),
                    .reward = 4 * draws.uniform() - 2,
                    .next = ended ? drawn_.end() : next,
                    .ended = ended};
      probe.rate = 0.1 + 0.8 * draws.uniform();
      probes_.push_back(std::move(probe));
    }
  }

  const mdp::TabularMdp& model() const override { return drawn_.model; }
  std::vector<Parameter> parameters() const override {
    return {{"states", static_cast<double>(states()), "states; the last one ends the play"},
            {"discount", drawn_.discount, "discount"},
            {"steps", kSteps, "steps of a play"}};
  }

  /// The tables after the probes, then the curves of the largest error.
  std::vector<double> play(void* function, Place& place) const override {
    const auto update = reinterpret_cast<Update>(function);
    std::vector<double> out;
    for (const Probe& probe : probes_) {
      place.set(fmt::format("in a step from state {} to {}{}", probe.step.state, probe.step.next,
                            probe.step.ended ? ", which ended the play" : ""));
      const std::vector<double> after = ask(probe, update);
      out.insert(out.end(), after.begin(), after.end());
    }
    place.set("while the walker walked");
    const std::vector<double> curves = play_seeds(update, kPlayed);
    out.insert(out.end(), curves.begin(), curves.end());
    return out;
  }

  std::vector<Check> judge(std::span<const double> numbers) const override {
    const std::size_t size = static_cast<std::size_t>(states() * actions_);
    const std::vector<double> reference = play_seeds(reference_update, kReference);
    const Band band = reference_band({reference, kAt.size()}, kPlayed, kLevel, band_);
    const std::vector<double> mine = mean_curve({numbers.subspan(probes_.size() * size), kAt.size()}, kPlayed);
    return {probes_check("update", numbers, false), probes_check("terminal", numbers, true), error_check(mine, band)};
  }

 private:
  int states() const { return drawn_.model.num_states(); }

  /// Q* of every state and action, from the exact values; nothing at the end.
  void solve() {
    const solvers::Problem problem{.model = drawn_.model, .discount = drawn_.discount};
    const auto v = solvers::find_solver("auto", problem.criterion).run(problem, {}, {.tolerance = 1e-10}).value;
    for (std::int64_t c = 0; c < drawn_.model.first_choice(drawn_.end()); ++c) {
      double next = 0;
      for (std::size_t i = 0; i < drawn_.model.successors(c).size(); ++i)
        next += drawn_.model.probabilities(c)[i] * v[drawn_.model.successors(c)[i]];
      optimal_.push_back(drawn_.model.reward(c) + drawn_.discount * next);
    }
  }

  template <class Apply>
  std::vector<double> ask(const Probe& probe, Apply&& update) const {
    std::vector<double> table = probe.table;
    lab::Table q(table.data(), states(), actions_);
    update(q, probe.step, probe.rate, drawn_.discount);
    return table;
  }

  std::vector<double> play_seeds(Update update, std::size_t seeds) const {
    std::vector<double> curves;
    for (std::size_t seed = 0; seed < seeds; ++seed) play_seed(update, seeds_.child(seed), curves);
    return curves;
  }

  void play_seed(Update update, const Stream& stream, std::vector<double>& curves) const {
    Stream moves = stream.child("moves"), acts = stream.child("actions");
    std::vector<double> table(static_cast<std::size_t>(states() * actions_), kStart);
    std::vector<int> visits(table.size());
    lab::Table q(table.data(), states(), actions_);
    const auto live = static_cast<std::uint64_t>(states() - 1);
    int s = static_cast<int>(moves.below(live));
    std::size_t checkpoint = 0;
    for (int t = 1; t <= kSteps; ++t) {
      const int a = static_cast<int>(acts.below(static_cast<std::uint64_t>(actions_)));
      const auto step = simulator_.draw_step(drawn_.model.first_choice(s) + a, moves);
      const bool ended = drawn_.terminal(step.next);
      const int n = ++visits[static_cast<std::size_t>(s * actions_ + a)];
      update(q, {.state = s, .action = a, .reward = step.reward, .next = step.next, .ended = ended},
             std::pow(n, -kDecay), drawn_.discount);
      s = ended ? static_cast<int>(moves.below(live)) : step.next;
      if (t == kAt[checkpoint]) {
        curves.push_back(error(table));
        ++checkpoint;
      }
    }
  }

  double error(const std::vector<double>& table) const {
    double largest = 0;
    for (std::size_t i = 0; i < optimal_.size(); ++i) {
      const double e = std::abs(table[i] - optimal_[i]);
      if (!(e <= largest)) largest = std::isnan(e) ? lab::kInfinity : e;
    }
    return largest;
  }

  Check probes_check(const std::string& name, std::span<const double> numbers, bool ended) const {
    const std::size_t size = static_cast<std::size_t>(states() * actions_);
    std::vector<const Probe*> probes;
    std::vector<double> given;
    for (std::size_t i = 0; i < probes_.size(); ++i) {
      if (probes_[i].step.ended != ended) continue;
      probes.push_back(&probes_[i]);
      given.insert(given.end(), numbers.begin() + static_cast<std::ptrdiff_t>(i * size),
                   numbers.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
    }
    const auto answers = [&](std::uint32_t mistakes) {
      std::vector<double> out;
      for (const Probe* probe : probes) {
        const auto after = ask(*probe, [&](lab::Table& q, const lab::Step& step, double rate, double discount) {
          update_with(mistakes, q, step, rate, discount);
        });
        out.insert(out.end(), after.begin(), after.end());
      }
      return out;
    };
    const auto found = explain(given, kNumMistakes, answers);
    if (found == 0u)
      return {name, true,
              fmt::format("right in all {} {}", probes.size(), ended ? "steps that end the play" : "steps")};
    if (found) return {name, false, told(*found, kSentences)};
    return {name, false, difference(probes, given, answers(0))};
  }

  std::string difference(const std::vector<const Probe*>& probes, std::span<const double> given,
                         const std::vector<double>& right) const {
    const std::size_t size = static_cast<std::size_t>(states() * actions_);
    std::size_t first = 0;
    while (same(given[first], right[first])) ++first;
    const Probe& probe = *probes[first / size];
    const int entry = static_cast<int>(first % size), s = entry / actions_, a = entry % actions_;
    return fmt::format(
        "after a step from state {} with action {} to state {} the entry q({}, {}) is {:.6g}, right is "
        "{:.6g}{}",
        probe.step.state, probe.step.action, probe.step.next, s, a, given[first], right[first],
        s == probe.step.state && a == probe.step.action ? "" : ": this entry must not change");
  }

  static Check error_check(const std::vector<double>& mine, const Band& band) {
    const auto place = band.outside(mine);
    if (!place) return {"error", true, fmt::format("the largest error is {:.3g} after {} steps", mine.back(), kSteps)};
    const bool end = mine.back() < band.low.back() || mine.back() > band.high.back() || std::isnan(mine.back());
    const std::size_t shown = end ? mine.size() - 1 : *place;
    const bool grows = !(mine.back() <= 2 * mine.front());
    return {"error", false,
            fmt::format("after {} steps your largest error is {:.3g}, that of the reference lies between {:.3g} and "
                        "{:.3g}{}",
                        kAt[shown], mine[shown], std::max(0.0, band.low[shown]), band.high[shown],
                        grows ? "; it grows: the values run away" : "")};
  }

  RandomModel drawn_;
  mdp::Simulator simulator_;
  int actions_;
  Stream seeds_, band_;
  std::vector<double> optimal_;
  std::vector<Probe> probes_;
};

}  // namespace

std::unique_ptr<Exam> q_learning_exam(const Stream& student) { return std::make_unique<QLearningExam>(student); }

}  // namespace bellwether::labs
