#include "solvers/exact/discounted/lazy_policy_iteration.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/parallel.h"
#include "mdp/operators.h"
#include "solvers/exact/discounted/direct_finish.h"
#include "solvers/exact/discounted/lazy_solver.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {
namespace discounted {
namespace {

constexpr std::int64_t kLargestBlock = 512;  // states whose live choices are listed at once: their list stays in cache
constexpr std::size_t kAhead = 12;           // live choices are scattered, so memory is asked for this many ahead
constexpr double kSingle = 1e-6;             // what single precision can still tell of a correction
constexpr double kSlow = 0.9;                // contraction a sweep above which sweeps do not pay

/// A lower bound of a non-negative number in single precision.
float below(double x) { return static_cast<float>(x) * (1.0F - 0x1p-23F); }
/// An upper bound.
float above(double x) { return std::nextafter(static_cast<float>(x), std::numeric_limits<float>::infinity()); }

void prefetch_row(const mdp::TabularMdp& model, std::int64_t choice) {
  const std::int32_t* successor = model.successors(choice).data();
  const double* probability = model.probabilities(choice).data();
  __builtin_prefetch(successor);
  __builtin_prefetch(probability);
  __builtin_prefetch(probability + 8);
}

std::int64_t block_size(std::int64_t states) { return std::clamp<std::int64_t>(states / 64, 16, kLargestBlock); }

}  // namespace

// Notation: V the current values, d = TV - V, pi greedy for V. A choice c whose value q(c) was read when the values
// were V' has expiry(c) = D' + max q - q(c), where D grows by discount * span(V - V') with every correction of V. Since
//   q_now(c)   <= q(c)   + discount * max(V - V')   and   TV_now >= max q + discount * min(V - V'),
// the choice cannot have become the best one while D < expiry(c): it is not read. `slack_` covers rounding.
LazySolver::LazySolver(Run& run, const LazyPolicyIterationOptions& options)
    : run_(run),
      model_(run.problem().model),
      options_(options),
      discount_(run.problem().discount),
      units_(run.problem()),
      value_(Eigen::VectorXd::Zero(model_.num_states())) {}

void LazySolver::allocate() {
  const auto states = static_cast<std::size_t>(model_.num_states());
  rows_.emplace_back(model_);
  for (auto* vector : {&residual_, &delta_, &next_}) vector->resize(states);
  policy_ = ChoiceList(model_);  // rows_ holds no row yet, so every state counts as changed
  changed_.assign(states, 1);
  num_changed_ = model_.num_states();
  drift_ = slack_ = most_ = 0;
}

void LazySolver::release() {
  rows_.clear();
  for (auto* vector : {&residual_, &delta_, &next_, &expiry_}) *vector = {};
  policy_ = {};
  changed_ = {};
}

// Corrections are kept in single precision, which a model with rewards of 1e300 and values of one would leave: each
// time times the power of two that makes the last of them about one.
void LazySolver::rescale(const Extent& d) {
  if (const double size = d.largest(); size > 0 && std::isfinite(size))
    scale_ = std::ldexp(1.0, -std::clamp(std::ilogb(size), -1000, 1000));
}

// V = 0: q = r, and no transition needs to be read.
Extent LazySolver::first_improvement() {
  const Extent d = parallel_reduce(
      model_.num_states(), 4 * model_.num_choices(), Extent{},
      [&](std::int64_t begin, std::int64_t end) {
        Extent extent;
        for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s) {
          const std::int64_t first = model_.first_choice(s), last = model_.first_choice(s + 1);
          std::int64_t best = first;
          for (std::int64_t c = first + 1; c < last; ++c)
            if (units_.reward(model_.reward(c)) > units_.reward(model_.reward(best))) best = c;
          const double top = units_.reward(model_.reward(best));
          policy_.set(s, static_cast<std::int32_t>(best - first));
          extent.add(top);
        }
        return extent;
      },
      Extent::join);
  rescale(d);
  parallel_for(model_.num_states(), 4 * std::int64_t{model_.num_states()}, [&](std::int64_t begin, std::int64_t end) {
    for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s)
      residual_[static_cast<std::size_t>(s)] =
          static_cast<float>(scale_ * units_.reward(model_.reward(model_.first_choice(s) + policy_[s])));
  });
  return d;
}

// The expiry of choices that were last read when V = 0. Made when first needed: a run that is left because it is slow
// needs none.
void LazySolver::make_expiries() {
  expiry_.resize(static_cast<std::size_t>(model_.num_choices()));
  parallel_for(model_.num_states(), 4 * model_.num_choices(), [&](std::int64_t begin, std::int64_t end) {
    for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s) {
      const std::int64_t first = model_.first_choice(s), last = model_.first_choice(s + 1);
      double top = units_.reward(model_.reward(first));
      for (std::int64_t c = first + 1; c < last; ++c) top = std::max(top, units_.reward(model_.reward(c)));
      for (std::int64_t c = first; c < last; ++c)
        expiry_[static_cast<std::size_t>(c)] = below(top - units_.reward(model_.reward(c)));
    }
  });
}

// The best choice of every state among those that may have become the best; d = TV - V.
Extent LazySolver::improve() {
  if (expiry_.empty()) make_expiries();
  rescale(last_);
  const float alive = above(drift_ + slack_);
  const std::int64_t states = model_.num_states(), block = block_size(states), blocks = (states + block - 1) / block;
  const Improvement all = parallel_reduce(
      blocks, model_.num_transitions(), Improvement{},
      [&](std::int64_t begin, std::int64_t end) {
        Improvement part;
        for (std::int64_t b = begin; b < end; ++b)
          improve_block(b * block, std::min(states, (b + 1) * block), alive, part);
        return part;
      },
      Improvement::join);
  num_changed_ = all.changed;
  largest_ = all.largest;
  last_ = all.extent;
  run_.read(all.read);
  return all.extent;
}

LazySolver::Improvement LazySolver::Improvement::join(const Improvement& a, const Improvement& b) {
  return {Extent::join(a.extent, b.extent), a.read + b.read, a.changed + b.changed, std::max(a.largest, b.largest)};
}

void LazySolver::improve_block(std::int64_t begin, std::int64_t end, float alive, Improvement& out) {
  thread_local std::vector<std::int32_t> live;  // choices to read, counted from `first`
  thread_local std::vector<double> q;
  const std::int64_t first = model_.first_choice(static_cast<int>(begin)),
                     last = model_.first_choice(static_cast<int>(end));
  live.resize(static_cast<std::size_t>(last - first) + 1 + kAhead);
  q.resize(live.size());
  std::size_t count = 0;
  for (std::int64_t c = first; c < last; ++c) {  // without a branch
    live[count] = static_cast<std::int32_t>(c - first);
    count += expiry_[static_cast<std::size_t>(c)] <= alive ? 1 : 0;
  }
  std::fill_n(live.begin() + static_cast<std::ptrdiff_t>(count), kAhead, live[count > 0 ? count - 1 : 0]);
  const mdp::Expectation expectation;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t c = first + live[i];
    prefetch_row(model_, first + live[i + kAhead]);
    const auto successors = model_.successors(c);
    q[i] = units_.reward(model_.reward(c)) + discount_ * expectation(successors, model_.probabilities(c), view(value_));
    out.read += static_cast<std::int64_t>(successors.size());
  }
  live[count] = std::numeric_limits<std::int32_t>::max();
  std::size_t next = 0;
  for (std::int64_t s = begin; s < end; ++s) {
    const std::size_t start = next;
    const std::int64_t stop = model_.first_choice(static_cast<int>(s) + 1) - first;
    while (live[next] < stop) ++next;
    choose(s, first, std::span(live).subspan(start, next - start), std::span(q).subspan(start, next - start), out);
  }
}

/// The best of the choices of s that were read: `live`, counted from `first`, with values q.
void LazySolver::choose(std::int64_t s, std::int64_t first, std::span<const std::int32_t> live,
                        std::span<const double> q, Improvement& out) {
  std::int32_t best = live[0];
  double top = q[0];
  for (std::size_t i = 1; i < live.size(); ++i) {
    best = q[i] > top ? live[i] : best;
    top = std::max(top, q[i]);
  }
  for (std::size_t i = 0; i < live.size(); ++i)
    expiry_[static_cast<std::size_t>(first + live[i])] = below(drift_ + (top - q[i]));
  const auto state = static_cast<std::size_t>(s);
  const auto choice = static_cast<std::int32_t>(first + best - model_.first_choice(static_cast<int>(s)));
  changed_[state] = choice != policy_[s] ? 1 : 0;
  policy_.set(s, choice);
  out.changed += changed_[state];
  const double before = value_[static_cast<Eigen::Index>(s)], d = top - before;
  residual_[state] = static_cast<float>(scale_ * d);
  out.extent.add(d);
  out.largest = std::max(out.largest, std::max(std::abs(top), std::abs(before)));
}

void LazySolver::extract() {
  parallel_for(model_.num_states(), rows_.front().num_entries(), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t s = begin; s < end; ++s) {
      if (changed_[static_cast<std::size_t>(s)] != 0)
        rows_.front().set_probabilities(model_, s, model_.first_choice(static_cast<int>(s)) + policy_[s]);
    }
  });
}

// V <- V + x with x = d + discount * P x nearly solved. The constant part of d is solved exactly,
// middle / (1 - discount); the rest by sweeps, which contract by how fast the policy mixes, not by the discount alone.
// False when the sweeps contract too slowly.
bool LazySolver::evaluate(const Extent& d) {
  const double span = scale_ * d.span();
  const auto middle = static_cast<float>(scale_ * d.middle());
  parallel_for(model_.num_states(), 2 * std::int64_t{model_.num_states()}, [&](std::int64_t begin, std::int64_t end) {
    for (auto s = static_cast<std::size_t>(begin); s < static_cast<std::size_t>(end); ++s)
      delta_[s] = residual_[s] -= middle;
  });
  const double target = 2 * units_.length(run_.tolerance()) * (1 - discount_) / discount_;
  const double forcing = num_changed_ > model_.num_states() / 1000 ? options_.forcing
                         : num_changed_ > 0                        ? std::min(options_.forcing, 1e-3)
                                                                   : 0;
  const double aim = std::max({forcing * span, 0.25 * scale_ * target, kSingle * span});
  double width = span, rate = 0;
  bool reached = width <= aim;
  for (int sweep = 0; sweep < options_.sweeps && !reached; ++sweep) {
    const Extent step = rows_.front().sweep(discount_, residual_, delta_, next_);
    delta_.swap(next_);
    if (!run_.read(rows_.front().num_entries())) break;
    rate = std::min(1.0, step.span() / width);
    width = step.span();
    // Single precision ends the progress of a correction; what is left belongs to the next one.
    reached = width * rate <= aim || (rate > 0.7 && width < 20 * kSingle * span);
  }
  correct(middle / (1 - discount_) / scale_);
  return reached || rate < kSlow;
}

void LazySolver::correct(double shift) {
  const Extent moved = parallel_reduce(
      model_.num_states(), 4 * std::int64_t{model_.num_states()}, Extent{},
      [&](std::int64_t begin, std::int64_t end) {
        Extent extent;
        for (std::int64_t s = begin; s < end; ++s) {
          const double x = delta_[static_cast<std::size_t>(s)] / scale_;
          extent.add(x);
          value_[static_cast<Eigen::Index>(s)] += shift + x;
        }
        return extent;
      },
      Extent::join);
  drift_ += discount_ * moved.span();
  // Two backups are rounded, and rows may miss one by 2^-50.
  const double size = std::abs(shift) + moved.largest();
  most_ = std::max(most_, largest_ + size);
  slack_ += 2 * units_.length(run_.error().slack(units_.problem_length(most_))) + 0x1p-48 * size;
}

/// Ends an iteration. Everything but the values is given up before a proof, which needs room of its own, and made again
/// when the run goes on; true in that case.
bool LazySolver::finish(const Extent& d) {
  const Enclosure interval = outward_product(run_.error().tail(), {d.low, d.high});
  const RunningBound bound{.width = units_.problem_length((interval.high - interval.low) / 2),
                           .floor = run_.error().floor(units_.problem_length(largest_))};
  run_.finish_iteration(bound, units_.problem_length(d.largest()), [&]() -> const Eigen::VectorXd& {
    release();
    return answer();
  });
  if (!in_problem_units_ || !run_.more()) return false;
  units_.from_problem(value_);
  in_problem_units_ = false;
  allocate();
  expiry_.assign(static_cast<std::size_t>(model_.num_choices()), 0.0F);  // all are read
  return true;
}

const Eigen::VectorXd& LazySolver::answer() {
  if (!in_problem_units_) units_.to_problem(value_);
  in_problem_units_ = true;
  return value_;
}

LazySolver::End LazySolver::solve(bool leave_when_slow) {
  allocate();
  Extent d = first_improvement();
  extract();
  while (run_.more()) {
    if (finish(d)) {
      d = improve();
      extract();
    }
    if (!run_.more()) break;
    const bool fast = evaluate(d);
    if (!run_.more()) break;
    if (leave_when_slow && !fast) return End::kSlow;
    d = improve();
    extract();
  }
  return run_.stalled() ? End::kSlow : End::kFinished;
}

}  // namespace discounted

Solution lazy_policy_iteration(const Problem& problem, const LazyPolicyIterationOptions& options,
                               const SolveOptions& run_options) {
  bellwether::require_valid("lazy-policy-iteration", options);
  discounted::Run run("lazy-policy-iteration", problem, run_options);
  run.expect_few_iterations();
  discounted::LazySolver solver(run, options);
  solver.solve(false);
  return discounted::finished(run, solver.answer());
}

}  // namespace bellwether::solvers
