#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "solvers/registry.h"

#include "labs/diagnosis.h"
#include "labs/exams.h"
#include "labs/random_model.h"
#include "labs/student/lab.h"

namespace bellwether::labs {
namespace {

using Backup = lab::Best (*)(const lab::Model&, int, const lab::Numbers&);

constexpr int kVectors = 24;       ///< probes: so many value functions, two and two that differ by one
constexpr double kReached = 1e-9;  ///< of the values after the last sweep

enum Mistake : std::uint32_t {
  kNoFuture,
  kNoDiscount,
  kDiscountedReward,
  kMinimum,
  kAverage,
  kStartsAtZero,
  kFirstAction,
  kNoProbabilities,
  kMostLikely,
  kFirstSuccessor,
  kOwnValue,
  kFirstReward,
  kOneMinusDiscount,
  kDiscountTwice,
  kSkipsFirst,
  kSkipsLast,
  kSkipsFirstSuccessor,
  kNumMistakes
};
constexpr std::array<std::string_view, kNumMistakes> kSentences = {
    "the future is missing: only the reward of this step counts",
    "you forgot the discount",
    "you discount the reward of this step too: the discount belongs to the sum over next states alone",
    "you take the smallest value instead of the largest",
    "you average over the actions: that evaluates a policy that acts at random, it does not look for the best",
    "your maximum starts at 0, so a state whose every action is worth less than nothing comes out as 0: start at "
    "-kInfinity",
    "you look at the first action alone",
    "you forgot the probabilities: the next values are summed without their weights",
    "you follow the likeliest successor alone, instead of the expectation over all",
    "you follow the first successor alone, instead of the expectation over all",
    "you use the value of the state itself instead of the values of the next states",
    "you use the reward of the first action for all of them",
    "you multiply by 1 - discount, it must be the discount",
    "you discount twice",
    "your loop over the actions leaves out the first one: actions are numbered from 0",
    "your loop over the actions leaves out the last one: it must go on while a < model.actions(state)",
    "your loop over the successors leaves out the first one: they are numbered from 0",
};

bool has(std::uint32_t mistakes, Mistake m) { return (mistakes >> m & 1u) != 0; }

double expected_next(const lab::Model& model, int s, int a, const std::vector<double>& v, std::uint32_t mistakes) {
  if (has(mistakes, kOwnValue)) return v[static_cast<std::size_t>(s)];
  const lab::Successors next = model.successors(s, a);
  double sum = 0;
  int likeliest = 0;
  for (int i = 0; i < next.size(); ++i) {
    if (i == 0 && has(mistakes, kSkipsFirstSuccessor)) continue;
    sum += (has(mistakes, kNoProbabilities) ? 1 : next.weight(i)) * v[static_cast<std::size_t>(next.state(i))];
    if (next.weight(i) > next.weight(likeliest)) likeliest = i;
  }
  if (has(mistakes, kMostLikely)) return v[static_cast<std::size_t>(next.state(likeliest))];
  if (has(mistakes, kFirstSuccessor)) return v[static_cast<std::size_t>(next.state(0))];
  return sum;
}

double action_value(const lab::Model& model, int s, int a, const std::vector<double>& v, std::uint32_t mistakes) {
  const double reward = model.reward(s, has(mistakes, kFirstReward) ? 0 : a);
  const double future = has(mistakes, kNoFuture) ? 0 : expected_next(model, s, a, v, mistakes);
  if (has(mistakes, kDiscountedReward)) return model.discount() * (reward + future);
  double discount = has(mistakes, kNoDiscount) ? 1 : model.discount();
  if (has(mistakes, kOneMinusDiscount)) discount = 1 - discount;
  if (has(mistakes, kDiscountTwice)) discount *= discount;
  return reward + discount * future;
}

/// The backup of a state that is not terminal, with these mistakes.
double backed_up(const lab::Model& model, int s, const std::vector<double>& v, std::uint32_t mistakes) {
  const int last = has(mistakes, kFirstAction) ? 0 : model.actions(s) - (has(mistakes, kSkipsLast) ? 2 : 1);
  const int first = has(mistakes, kSkipsFirst) ? 1 : 0, actions = last - first + 1;
  if (actions < 1) return -lab::kInfinity;
  double best = action_value(model, s, first, v, mistakes), sum = best;
  for (int a = first + 1; a <= last; ++a) {
    const double q = action_value(model, s, a, v, mistakes);
    best = has(mistakes, kMinimum) ? std::min(best, q) : std::max(best, q);
    sum += q;
  }
  if (has(mistakes, kAverage)) return sum / actions;
  return has(mistakes, kStartsAtZero) ? std::max(0.0, best) : best;
}

class ValueIterationExam : public Exam {
 public:
  explicit ValueIterationExam(const Stream& student) : drawn_(random_model(student)), view_(drawn_.view()) {
    Stream draws = student.child("probes");
    for (int j = 0; j < kVectors; ++j) {
      std::vector<double> v;
      for (int s = 0; s < view_.states(); ++s) v.push_back(drawn_.terminal(s) ? 0 : 20 * draws.uniform() - 12);
      if (j % 2 == 1)
        for (int s = 0; s < view_.states(); ++s)
          v[static_cast<std::size_t>(s)] = vectors_.back()[static_cast<std::size_t>(s)] + (drawn_.terminal(s) ? 0 : 1);
      vectors_.push_back(std::move(v));
    }
    for (int s = 0; s < view_.states(); ++s)
      if (!drawn_.terminal(s)) live_.push_back(s);
    sweeps_ = static_cast<int>(std::ceil(std::log(1e-3 * kReached) / std::log(drawn_.discount)));
  }

  const mdp::TabularMdp& model() const override { return drawn_.model; }
  std::vector<Parameter> parameters() const override {
    return {{"states", static_cast<double>(view_.states()), "states; the last one ends the play"},
            {"discount", drawn_.discount, "discount"}};
  }

  /// value and action of every probe, the terminal state's values, the values after the last sweep.
  std::vector<double> play(void* function, Place& place) const override {
    const auto backup = reinterpret_cast<Backup>(function);
    const auto call = [&](int s, const std::vector<double>& v) {
      return backup(view_, s, lab::Numbers(v.data(), static_cast<int>(v.size())));
    };
    std::vector<double> out;
    for (const auto& v : vectors_)
      for (const int s : live_) {
        place.set(fmt::format("in a backup of state {}", s));
        const lab::Best best = call(s, v);
        out.push_back(best.value);
        out.push_back(best.action);
      }
    place.set(fmt::format("in a backup of state {}, which has no actions", drawn_.end()));
    for (const auto& v : vectors_) out.push_back(call(drawn_.end(), v).value);
    place.set("in value iteration");
    std::vector<double> v(static_cast<std::size_t>(view_.states())), next(v.size());
    for (int k = 0; k < sweeps_; ++k) {
      for (int s = 0; s < view_.states(); ++s) next[static_cast<std::size_t>(s)] = call(s, v).value;
      std::swap(v, next);
    }
    out.insert(out.end(), v.begin(), v.end());
    return out;
  }

  std::vector<Check> judge(std::span<const double> numbers) const override {
    const std::size_t probes = vectors_.size() * live_.size();
    std::vector<double> value, action;
    for (std::size_t i = 0; i < probes; ++i) {
      value.push_back(numbers[2 * i]);
      action.push_back(numbers[2 * i + 1]);
    }
    const auto ends = numbers.subspan(2 * probes, vectors_.size());
    return {backup_check(value), terminal_check(ends), ties_check(value, action), contraction_check(value),
            optimum_check(numbers.subspan(2 * probes + vectors_.size()))};
  }

 private:
  std::vector<double> answers(std::uint32_t mistakes) const {
    std::vector<double> out;
    for (const auto& v : vectors_)
      for (const int s : live_) out.push_back(backed_up(view_, s, v, mistakes));
    return out;
  }

  Check backup_check(const std::vector<double>& value) const {
    const auto found = explain(value, kNumMistakes, [&](std::uint32_t m) { return answers(m); });
    if (found == 0u) return {"backup", true, fmt::format("right in all {} trials", value.size())};
    if (found) return {"backup", false, told(*found, kSentences)};
    const std::vector<double> right = answers(0);
    std::size_t wrong = 0, first = value.size();
    for (std::size_t i = 0; i < value.size(); ++i)
      if (!same(value[i], right[i])) {
        ++wrong;
        first = std::min(first, i);
      }
    const int s = live_[first % live_.size()];
    std::string text = fmt::format("wrong in {} of {} trials, for example in state {}: yours {:.6g}, right {:.6g}",
                                   wrong, value.size(), s, value[first], right[first]);
    if (std::ranges::any_of(value, [](double x) { return !std::isfinite(x); }))
      text += "; some of your values are no finite numbers";
    return {"backup", false, text};
  }

  Check terminal_check(std::span<const double> ends) const {
    const auto bad = std::ranges::find_if(ends, [](double x) { return !same(x, 0); });
    if (bad == ends.end()) return {"terminal", true, "the state that ends the play is worth 0"};
    return {"terminal", false,
            fmt::format("state {} has no actions: the play is over and its value is 0, yours is {:.6g}", drawn_.end(),
                        *bad)};
  }

  /// Among equally good actions the first; actions that are worth the same but for rounding count as equal.
  Check ties_check(const std::vector<double>& value, const std::vector<double>& action) const {
    std::size_t ties = 0, late = 0, wrong = 0, i = 0;
    for (const auto& v : vectors_)
      for (const int s : live_) {
        const double best = backed_up(view_, s, v, 0);
        std::vector<int> equal;
        for (int a = 0; a < view_.actions(s); ++a)
          if (std::abs(action_value(view_, s, a, v, 0) - best) <= 1e-9 * (1 + std::abs(best))) equal.push_back(a);
        if (equal.size() > 1) ++ties;
        if (action[i] != equal.front()) {
          const bool tied = std::ranges::any_of(equal, [&](int a) { return a == action[i]; });
          ++(tied ? late : wrong);
        }
        ++i;
      }
    if (wrong > 0)
      return {"ties", false,
              fmt::format("the action that you return is not one that attains the maximum, in {} of {} trials", wrong,
                          value.size())};
    if (late > 0)
      return {"ties", false,
              fmt::format("of equally good actions you return a later one, in {} of {} ties: replace the best only "
                          "when the new one is better (>), not when it is as good (>=)",
                          late, ties)};
    return {"ties", true, fmt::format("the lowest number of {} ties", ties)};
  }

  /// |Tv - Tw| <= discount |v - w| for the pairs of probes, which differ by one.
  Check contraction_check(const std::vector<double>& value) const {
    double factor = 0;
    bool finite = true;
    const std::size_t n = live_.size();
    for (std::size_t j = 0; j < vectors_.size(); j += 2)
      for (std::size_t i = 0; i < n; ++i) {
        const double d = std::abs(value[(j + 1) * n + i] - value[j * n + i]);
        finite = finite && std::isfinite(d);
        factor = std::max(factor, d);
      }
    const bool passed = finite && factor <= drawn_.discount + 1e-9;
    const std::string text = fmt::format("value functions 1 apart are {:.4g} apart after your backup", factor);
    if (!finite) return {"contraction", false, "the values that come out are no finite numbers"};
    return {"contraction", passed,
            passed ? text : text + fmt::format("; it must contract by the discount, {:g}", drawn_.discount)};
  }

  Check optimum_check(std::span<const double> v) const {
    const solvers::Problem problem{.model = drawn_.model, .discount = drawn_.discount};
    const solvers::Solution exact =
        solvers::find_solver("auto", problem.criterion).run(problem, {}, {.tolerance = 1e-10});
    double error = 0;
    std::size_t worst = 0;
    for (std::size_t s = 0; s < v.size(); ++s) {
      const double e = std::abs(v[s] - exact.value[static_cast<Eigen::Index>(s)]);
      if (!(e <= error)) {
        error = std::isnan(e) ? std::numeric_limits<double>::infinity() : e;
        worst = s;
      }
    }
    if (error <= 1e-6)
      return {"optimum", true, fmt::format("{} sweeps reach the optimal values within {:.1g}", sweeps_, error)};
    return {"optimum", false,
            fmt::format("after {} sweeps the value of state {} is {:.6g}, the optimum is {:.6g}", sweeps_, worst,
                        v[worst], exact.value[static_cast<Eigen::Index>(worst)])};
  }

  RandomModel drawn_;
  lab::Model view_;
  std::vector<std::vector<double>> vectors_;
  std::vector<int> live_;
  int sweeps_ = 0;
};

}  // namespace

std::unique_ptr<Exam> value_iteration_exam(const Stream& student) {
  return std::make_unique<ValueIterationExam>(student);
}

}  // namespace bellwether::labs
