// Extended value iteration: the maximisation inside it against independent routes, and that it leaves what it is given.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "core/sampling.h"
#include "mdp/instances/garnet.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/lp/linear_program.h"
#include "solvers/online/long_run/boxes.h"
#include "solvers/online/long_run/extended_value_iteration.h"
#include "solvers/online/long_run/kl_balls.h"
#include "solvers/online/long_run/l1_balls.h"

namespace bellwether::claims {
namespace {

using Values = std::vector<double>;

const std::string kPage = page_path("ucrl");

/// An empirical law, values, and how far other laws may be from it.
struct Row {
  Values law, u;
  double radius;
};

/// Some states unseen, some values tied.
Row drawn_row(int states, Stream& stream) {
  Row row{Values(static_cast<std::size_t>(states), 0.0), Values(static_cast<std::size_t>(states)), 0};
  double sum = 0;
  for (double& p : row.law) {
    if (stream.uniform() < 0.6) sum += p = sample_exponential(stream);
  }
  if (sum == 0) sum = row.law.front() = 1;
  for (double& p : row.law) p /= sum;
  for (double& x : row.u) x = stream.uniform() < 0.2 ? 0.5 : stream.uniform();
  row.radius = 2.2 * stream.uniform() * stream.uniform();
  return row;
}

double inner(const Values& p, const Values& u) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] * u[i];
  return sum;
}

// --- L1 balls and boxes against linear programs ----------------------------------------------------------------------

double best_in_l1_ball(const Row& row, double radius) {
  online::L1Balls balls;
  balls.clear();
  for (std::size_t s = 0; s < row.law.size(); ++s)
    if (row.law[s] > 0) balls.push(static_cast<std::int32_t>(s), row.law[s]);
  balls.end_row(radius);
  balls.prepare(row.u);
  return balls.value(0);
}

/// max p u with p >= 0, sum p = 1, p - law = up - down, sum (up + down) <= radius.
double l1_program(const Row& row) {
  lp::LinearProgram program;
  const int mass = program.add_row(1, 1), moved = program.add_row(-lp::kInfinity, row.radius);
  const int first = program.num_rows();
  for (const double p : row.law) program.add_row(p, p);
  for (std::size_t s = 0; s < row.law.size(); ++s) {
    const int own = first + static_cast<int>(s);
    program.add_column(-row.u[s], 0, lp::kInfinity);
    program.add_entry(mass, 1);
    program.add_entry(own, 1);
    for (const double sign : {-1.0, 1.0}) {
      program.add_column(0, 0, lp::kInfinity);
      program.add_entry(moved, 1);
      program.add_entry(own, sign);
    }
  }
  return -lp::solve(program).objective;
}

/// Bounds around the law: lower ones for seen states, one upper bound for all that were not seen.
struct Box {
  Values low, high;
  double unseen;
};

Box box_around(const Row& row) {
  Box box{row.law, row.law, row.radius / 2};
  for (std::size_t s = 0; s < row.law.size(); ++s) {
    const double width = row.radius * std::sqrt(row.law[s] * (1 - row.law[s])) + row.radius / 10;
    box.low[s] = row.law[s] > 0 ? std::max(0.0, row.law[s] - width) : 0;
    box.high[s] = row.law[s] > 0 ? std::min(1.0, row.law[s] + width) : std::min(1.0, box.unseen);
  }
  box.unseen = std::min(1.0, box.unseen);
  return box;
}

double best_in_box(const Row& row, double share) {
  const Box box = box_around(row);
  online::Boxes boxes;
  boxes.clear();
  for (std::size_t s = 0; s < row.law.size(); ++s) {
    if (row.law[s] == 0) continue;
    boxes.push(static_cast<std::int32_t>(s), box.low[s], row.law[s] + share * (box.high[s] - row.law[s]));
  }
  boxes.end_row(box.unseen);
  boxes.prepare(row.u);
  return boxes.value(0);
}

double box_program(const Row& row) {
  const Box box = box_around(row);
  lp::LinearProgram program;
  const int mass = program.add_row(1, 1);
  for (std::size_t s = 0; s < row.law.size(); ++s) {
    program.add_column(-row.u[s], box.low[s], box.high[s]);
    program.add_entry(mass, 1);
  }
  return -lp::solve(program).objective;
}

/// The largest difference between the learners' maximisation and the linear program; `share` of the widths is used.
Measurement against_programs(const Effort& effort, double share) {
  Stream stream = effort.stream;
  double worst = 0;
  const int rows = effort.pick(200, 5000);
  for (int i = 0; i < rows; ++i) {
    const Row row = drawn_row(2 + static_cast<int>(stream.below(8)), stream);
    worst = std::max(worst, std::abs(best_in_l1_ball(row, share * row.radius) - l1_program(row)));
    worst = std::max(worst, std::abs(best_in_box(row, share) - box_program(row)));
  }
  return {.measured = worst, .bound = 1e-9, .replicates = 2 * rows, .detail = "largest difference, L1 balls and boxes"};
}

Claim programs_claim() {
  return {.id = "evi-inner-maximum",
          .family = "tabular-regret",
          .statement = "The best law in an L1 ball and in a box is that of the linear program",
          .page = kPage,
          .theorem = "Jaksch, Ortner and Auer 2010, Figure 2; linear programming",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return against_programs(effort, 1); },
          .controls = {{"half-widths", "takes half of the confidence widths",
                        [](const Effort& effort) { return against_programs(effort, 0.5); }}}};
}

// --- Kullback-Leibler balls ------------------------------------------------------------------------------------------

/// A mass that is too small for a number counts as the least one there is: from p = .0015 a radius of 1.4 leaves e^-933.
double divergence(const Values& p, const Values& q) {
  constexpr double kLeast = std::numeric_limits<double>::denorm_min();
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] > 0) sum += p[i] * (std::log(p[i]) - std::log(std::max(q[i], kLeast)));
  return sum;
}

/// The law between `from` and `to` that is as far towards `to` as the ball allows, by bisection.
Values furthest_towards(const Values& from, const Values& to, double radius) {
  const auto at = [&](double t) {
    Values q(from.size());
    for (std::size_t i = 0; i < q.size(); ++i) q[i] = (1 - t) * from[i] + t * to[i];
    return q;
  };
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (divergence(from, at(middle)) <= radius ? low : high) = middle;
  }
  return at(low);
}

/// Violations of: no law of the ball is better than the best one (tried: laws on its border in random directions and
/// towards each state), and the best one lies in the ball and has the value that is claimed.
Measurement kl_maximum(const Effort& effort, double share) {
  Stream stream = effort.stream;
  std::int64_t violated = 0, tried = 0;
  for (int i = 0; i < effort.pick(100, 1000); ++i) {
    Row row = drawn_row(2 + static_cast<int>(stream.below(6)), stream);
    const double radius = row.radius;
    online::KlBalls balls;
    balls.clear();
    for (std::size_t s = 0; s < row.law.size(); ++s)
      if (row.law[s] > 0) balls.push(static_cast<std::int32_t>(s), row.law[s]);
    balls.end_row(share * radius);
    balls.prepare(row.u);
    const double best = balls.value(0);
    for (int k = 0; k < effort.pick(50, 500); ++k) {
      Values towards(row.law.size(), 0.0);
      if (static_cast<std::size_t>(k) < towards.size()) {
        towards[static_cast<std::size_t>(k)] = 1;
      } else {
        sample_dirichlet(stream, Values(row.law.size(), 0.5), towards);
      }
      ++tried;
      if (inner(furthest_towards(row.law, towards, radius), row.u) > best + 1e-9) ++violated;
    }
    const auto law = balls.law(0);
    Values q(row.law.size(), 0.0);
    std::size_t place = 0;
    for (std::size_t s = 0; s < q.size(); ++s)
      if (row.law[s] > 0) q[s] = law.mass[place++];
    *(q.begin() + (std::max_element(row.u.begin(), row.u.end()) - row.u.begin())) += law.best;
    ++tried;
    if (divergence(row.law, q) > radius + 1e-8 || std::abs(inner(q, row.u) - best) > 1e-9) ++violated;
  }
  return never(violated, tried, 0, "laws that are better than the best, or a best law outside its ball");
}

Claim kl_claim() {
  return {
      .id = "kl-inner-maximum",
      .family = "tabular-regret",
      .statement = "The best law in a Kullback-Leibler ball lies in it and no other law of the ball is better",
      .page = page_path("kl-ucrl"),
      .theorem = "Filippi, Cappe and Garivier 2010, section IV",
      .kind = Kind::kNever,
      .measure = [](const Effort& effort) { return kl_maximum(effort, 1); },
      .controls = {
          {"half-radius", "stops at half of the radius", [](const Effort& effort) { return kl_maximum(effort, 0.5); }},
          {"twice-radius", "goes on to twice the radius", [](const Effort& effort) { return kl_maximum(effort, 2); }}}};
}

// --- What EVI is given stays as it is --------------------------------------------------------------------------------

/// L1 sets kept as dense laws. When it `drifts`, the best law of one sweep becomes the centre of the next one's ball:
/// the mistake of aliasing the empirical law, which lets optimism add up over sweeps.
class DenseSets {
 public:
  DenseSets(const mdp::TabularMdp& model, double radius, bool drifts) : radius_(radius), drifts_(drifts) {
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      Values law(static_cast<std::size_t>(model.num_states()), 0.0);
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        law[static_cast<std::size_t>(model.successors(c)[i])] = model.probabilities(c)[i];
      laws_.push_back(std::move(law));
    }
  }
  void prepare(std::span<const double> u) { u_.assign(u.begin(), u.end()); }
  double value(std::int64_t choice) {
    Values p = laws_[static_cast<std::size_t>(choice)];
    const auto best = std::max_element(u_.begin(), u_.end()) - u_.begin();
    double& top = *(p.begin() + best);
    double excess = std::min(1 - top, radius_ / 2);
    top += excess;
    while (excess > 0) {  // from the worst
      std::size_t worst = p.size();
      for (std::size_t s = 0; s < p.size(); ++s)
        if (p[s] > 0 && s != static_cast<std::size_t>(best) && (worst == p.size() || u_[s] < u_[worst])) worst = s;
      if (worst == p.size()) break;
      const double taken = std::min(p[worst], excess);
      p[worst] -= taken;
      excess -= taken;
    }
    if (drifts_) laws_[static_cast<std::size_t>(choice)] = p;
    return inner(p, u_);
  }

 private:
  double radius_;
  bool drifts_;
  std::vector<Values> laws_;
  Values u_;
};

/// The learners' own sets around the rows of a model.
class SparseSets {
 public:
  SparseSets(const mdp::TabularMdp& model, double radius) {
    balls_.clear();
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        balls_.push(model.successors(c)[i], model.probabilities(c)[i]);
      balls_.end_row(radius);
    }
  }
  void prepare(std::span<const double> u) { balls_.prepare(u); }
  double value(std::int64_t choice) { return balls_.value(choice); }

 private:
  online::L1Balls balls_;
};

/// The gain that extended value iteration finds in these sets.
template <class Sets>
double optimistic_gain(const mdp::TabularMdp& model, Sets& sets) {
  online::ExtendedValueIteration evi(model.state_begin());
  evi.run(model.reward(), sets, {.tolerance = 1e-11});
  return (evi.gain_low() + evi.gain_high()) / 2;
}

/// The gain found with the learners' sets, the first time and again, against a plain dense program of our own.
Measurement unchanged(const Effort& effort, bool drifts) {
  Stream stream = effort.stream;
  double worst = 0;
  const int models = effort.pick(20, 200);
  for (int i = 0; i < models; ++i) {
    const auto model =
        mdp::garnet(
            {.states = 6, .actions = 2, .successors = 3, .seed = static_cast<std::int64_t>(stream.below(1'000'000))})
            .model;
    const double radius = 0.3 * stream.uniform();
    SparseSets sparse(model, radius);
    DenseSets dense(model, radius, drifts);
    const double first = optimistic_gain(model, sparse), again = optimistic_gain(model, sparse);
    worst = std::max({worst, std::abs(first - again), std::abs(first - optimistic_gain(model, dense))});
  }
  return {.measured = worst, .bound = 1e-9, .replicates = models, .detail = "largest difference of gains"};
}

Claim unchanged_claim() {
  return {.id = "evi-leaves-its-input",
          .family = "tabular-regret",
          .statement = "Extended value iteration finds the same gain again, and that of a plain dense program",
          .page = kPage,
          .theorem = "Jaksch, Ortner and Auer 2010, section 3.1",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return unchanged(effort, false); },
          .controls = {{"aliased", "lets the best law of a sweep become the empirical law of the next",
                        [](const Effort& effort) { return unchanged(effort, true); }}}};
}

/// With balls of radius 0 the optimistic gain is the optimal one; with larger ones it is not.
Measurement exact_gain(const Effort& effort, double radius) {
  Stream stream = effort.stream;
  double worst = 0;
  const int models = effort.pick(20, 200);
  for (int i = 0; i < models; ++i) {
    const auto seed = static_cast<std::int64_t>(stream.below(1'000'000));
    const auto model = mdp::random_dense({.states = 6, .actions = 3, .seed = seed}).model;
    SparseSets sets(model, radius);
    worst = std::max(worst, std::abs(optimistic_gain(model, sets) - online::AverageTask(model).gain()));
  }
  return {.measured = worst, .bound = 1e-9, .replicates = models, .detail = "largest |optimistic gain - g*|"};
}

Claim exact_gain_claim() {
  return {.id = "evi-exact-gain",
          .family = "tabular-regret",
          .statement = "With nothing left uncertain, extended value iteration finds the optimal gain",
          .page = kPage,
          .theorem = "Jaksch, Ortner and Auer 2010, Theorem 7",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return exact_gain(effort, 0); },
          .controls = {{"uncertain", "leaves balls of radius 0.01",
                        [](const Effort& effort) { return exact_gain(effort, 0.01); }}}};
}

}  // namespace

std::vector<Claim> evi_claims() { return {programs_claim(), kl_claim(), unchanged_claim(), exact_gain_claim()}; }

}  // namespace bellwether::claims
