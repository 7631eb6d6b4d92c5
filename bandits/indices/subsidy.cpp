#include "bandits/indices/subsidy.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// One arm under one stationary policy: M h = r with M = I - discount P, to which 1 e_start^T is added in the long run,
/// when h(start) is the reward a round and h, up to a constant, what a state is worth.
class PolicySystem {
 public:
  PolicySystem(const ArmChain& arm, double discount, int start) : arm_(arm), discount_(discount), start_(start) {
    const int n = arm.states;
    difference_.resize(n, n);
    for (int s = 0; s < n; ++s)
      for (int to = 0; to < n; ++to)
        difference_(s, to) = discount * (arm.transition(kPlay, s, to) - arm.transition(kRest, s, to));
    plays_.assign(static_cast<std::size_t>(n), true);
    solve();
  }

  int states() const { return arm_.states; }
  bool plays(int s) const { return plays_[static_cast<std::size_t>(s)]; }
  double reward() const { return reward_(start_); }
  double activity() const { return activity_(start_); }
  /// What playing in s once in place of resting brings, and how many plays more it takes, the policy followed after.
  double gain(int s) const { return gain_(s); }
  double work(int s) const { return work_(s); }

  /// Lets the state do the other thing.
  void change(int s) {
    const double sign = plays(s) ? -1 : 1;
    plays_[static_cast<std::size_t>(s)] = !plays(s);
    const Eigen::RowVectorXd image = difference_.row(s) * inverse_;
    const double pivot = 1 - sign * image(s);  // the ratio of two determinants, both above 0
    if (!(pivot > 1e-12)) refuse();
    const Eigen::VectorXd column = inverse_.col(s) / pivot;
    inverse_ += sign * column * image;
    const double gain = gain_(s), work = work_(s);
    reward_ += sign * gain * column;
    activity_ += sign * work * column;
    const Eigen::VectorXd effect = difference_ * column;
    gain_ += sign * gain * effect;
    work_ += sign * work * effect;
    constexpr int kRefresh = 64;
    if (++changes_ % kRefresh == 0) solve();
  }

  /// The least |gain - subsidy work| over the states less its error, negative when a state would rather do the other
  /// thing: above 0 the policy is the one best policy at this subsidy.
  double margin(double subsidy) const {
    const int n = states();
    const Eigen::VectorXd advantage = gain_ - subsidy * work_;
    double least = kInfinity;
    for (int s = 0; s < n; ++s) least = std::min(least, plays(s) ? advantage(s) : -advantage(s));
    // |h - M^-1 r| <= |M^-1| |r - M h|; twice, for the inverse is itself rounded.
    const Eigen::VectorXd h = reward_ - subsidy * activity_;
    Eigen::VectorXd residual(n);
    double size = 1;
    for (int s = 0; s < n; ++s) {
      const Activity what = plays(s) ? kPlay : kRest;
      residual(s) = arm_.reward(what, s) - (plays(s) ? subsidy : 0) - matrix_row(s).dot(h);
      size = std::max({size, std::abs(arm_.reward(what, s)), std::abs(subsidy), std::abs(h(s))});
    }
    const double norm = inverse_.cwiseAbs().rowwise().sum().maxCoeff();
    const double rounding = (n + 8) * 0x1p-52 * size;
    return least - 4 * (norm * (residual.cwiseAbs().maxCoeff() + rounding) + rounding);
  }

  void solve() {
    const int n = states();
    Eigen::MatrixXd matrix(n, n);
    Eigen::VectorXd bring(n), count(n), step(n);
    for (int s = 0; s < n; ++s) {
      matrix.row(s) = matrix_row(s);
      bring(s) = arm_.reward(plays(s) ? kPlay : kRest, s);
      count(s) = plays(s) ? 1 : 0;
      step(s) = arm_.reward(kPlay, s) - arm_.reward(kRest, s);
    }
    inverse_ = Eigen::PartialPivLU<Eigen::MatrixXd>(matrix).inverse();
    if (!(inverse_.cwiseAbs().maxCoeff() < 1e12)) refuse();
    reward_ = inverse_ * bring;
    activity_ = inverse_ * count;
    gain_ = step + difference_ * reward_;
    work_ = Eigen::VectorXd::Ones(n) + difference_ * activity_;
  }

 private:
  [[noreturn]] void refuse() const {
    throw InvalidModel(discount_ == 1 ? "subsidy_path: some policy has several classes of states, or nearly so: there "
                                        "is no index for the long run"
                                      : "subsidy_path: the arm's linear system is too close to a singular one");
  }

  Eigen::RowVectorXd matrix_row(int s) const {
    const Activity what = plays(s) ? kPlay : kRest;
    Eigen::RowVectorXd row(states());
    for (int to = 0; to < states(); ++to) row(to) = (s == to ? 1 : 0) - discount_ * arm_.transition(what, s, to);
    if (discount_ == 1) row(start_) += 1;
    return row;
  }

  const ArmChain& arm_;
  double discount_;
  int start_, changes_ = 0;
  Eigen::MatrixXd difference_, inverse_;
  Eigen::VectorXd reward_, activity_, gain_, work_;
  std::vector<bool> plays_;
};

/// The next subsidy from `now` on at which some state would do the other thing, and that state; -1 when none ever will.
struct Turn {
  double at = kInfinity;
  int state = -1;
};

Turn next_turn(const PolicySystem& policy, double now) {
  constexpr double kNone = 1e-11;  // work that is nothing but rounding
  Turn turn;
  for (int s = 0; s < policy.states(); ++s) {
    const double work = policy.plays(s) ? policy.work(s) : -policy.work(s);
    if (!(work > kNone)) continue;
    const double at = std::max(now, policy.gain(s) / policy.work(s));
    if (at < turn.at) turn = {at, s};
  }
  return turn;
}

/// The best policy at this subsidy, computed anew, and by how much it is.
double margin_at(const ArmChain& arm, double discount, int start, const std::vector<SubsidyPiece>& pieces,
                 double subsidy) {
  PolicySystem policy(arm, discount, start);
  for (std::size_t k = 1; k < pieces.size() && pieces[k].from <= subsidy; ++k) policy.change(pieces[k].state);
  policy.solve();
  return policy.margin(subsidy);
}

/// The first state that rests and plays again, where both can be proven.
bool find_witness(const ArmChain& arm, double discount, int start, SubsidyPath& path) {
  const auto& pieces = path.pieces;
  std::vector<std::size_t> rested(static_cast<std::size_t>(arm.states), 0);
  for (std::size_t k = 1; k < pieces.size(); ++k) {
    std::size_t& since = rested[static_cast<std::size_t>(pieces[k].state)];
    if (since == 0) {
      since = k;
      continue;
    }
    // Between two turns the policy is the only best one; at a turn it is not.
    const auto widest = [&](std::size_t begin, std::size_t end) {
      double middle = pieces[begin].from, width = 0;
      for (std::size_t j = begin; j < end; ++j) {
        const double next = j + 1 < pieces.size() ? pieces[j + 1].from : pieces[j].from + 1;
        if (next - pieces[j].from <= width) continue;
        width = next - pieces[j].from;
        middle = pieces[j].from + width / 2;
      }
      return middle;
    };
    std::size_t again = k + 1;
    while (again < pieces.size() && pieces[again].state != pieces[k].state) ++again;
    IndexabilityWitness found{.state = pieces[k].state, .rests = widest(since, k), .plays = widest(k, again)};
    found.rest_margin = margin_at(arm, discount, start, pieces, found.rests);
    found.play_margin = margin_at(arm, discount, start, pieces, found.plays);
    if (found.rest_margin > 0 && found.play_margin > 0 && found.rests < found.plays) {
      path.witness = found;
      return true;
    }
    since = 0;
  }
  return false;
}

double time_of(double discount) { return discount == 1 ? 1 : 1 / (1 - discount); }

}  // namespace

double SubsidyPath::value(double subsidy, double discount) const {
  double best = -kInfinity;
  for (const SubsidyPiece& piece : pieces)
    best = std::max(best, piece.reward + subsidy * (time_of(discount) - piece.activity));
  return best;
}

SubsidyPath subsidy_path(const ArmChain& arm, double discount, int start) {
  require_valid("subsidy_path", arm);
  if (!(discount >= 0 && discount <= 1))
    throw InvalidOption(fmt::format("subsidy_path: 'discount' is {}, must be between 0 and 1", discount));
  if (start < 0 || start >= arm.states)
    throw InvalidOption(fmt::format("subsidy_path: 'start' is {}, the arm has {} states", start, arm.states));
  PolicySystem policy(arm, discount, start);
  SubsidyPath path;
  path.index.assign(static_cast<std::size_t>(arm.states), kInfinity);
  path.pieces.push_back({.from = -kInfinity, .reward = policy.reward(), .activity = policy.activity()});
  const std::size_t most = 50 * static_cast<std::size_t>(arm.states) + 50;
  bool returned = false;
  double now = -kInfinity;
  while (path.pieces.size() < most) {
    const Turn turn = next_turn(policy, now);
    if (turn.state < 0) break;
    now = turn.at;
    double& index = path.index[static_cast<std::size_t>(turn.state)];
    if (policy.plays(turn.state))
      index = std::min(index, now);
    else
      returned = true;
    policy.change(turn.state);
    path.pieces.push_back({.from = now, .state = turn.state, .reward = policy.reward(), .activity = policy.activity()});
  }
  bool all_rest = true;
  for (int s = 0; s < arm.states; ++s) all_rest = all_rest && !policy.plays(s);
  if (returned && find_witness(arm, discount, start, path))
    path.verdict = Indexability::kNotIndexable;
  else
    path.verdict = returned || !all_rest ? Indexability::kUndecided : Indexability::kIndexable;
  return path;
}

std::vector<double> whittle_indices(const ArmChain& arm, double discount) {
  SubsidyPath path = subsidy_path(arm, discount);
  if (path.verdict == Indexability::kIndexable) return std::move(path.index);
  if (path.verdict == Indexability::kUndecided) {
    const auto never = std::ranges::find(path.index, kInfinity);
    throw InvalidModel(
        never == path.index.end()
            ? std::string("whittle_indices: rounding hides whether the arm is indexable: some state rests and plays "
                          "again at subsidies too close to tell apart")
            : fmt::format("whittle_indices: no subsidy makes state {} rest: there is no index for the long run",
                          never - path.index.begin()));
  }
  const IndexabilityWitness& w = path.witness;
  throw InvalidModel(fmt::format(
      "whittle_indices: the arm is not indexable: state {} is best rested at subsidy {:.6g} and best played at {:.6g}",
      w.state, w.rests, w.plays));
}

double relaxation_bound(const std::vector<SubsidyPath>& paths, int active, double discount) {
  // Convex and piecewise linear in the subsidy: the minimum is at 0 or at a turn.
  const double rests = static_cast<double>(paths.size()) - active;
  const auto bound = [&](double subsidy) {
    double sum = -subsidy * rests * time_of(discount);
    for (const SubsidyPath& path : paths) sum += path.value(subsidy, discount);
    return sum;
  };
  double least = bound(0);
  for (const SubsidyPath& path : paths)
    for (const SubsidyPiece& piece : path.pieces)
      if (piece.from > 0) least = std::min(least, bound(piece.from));
  return least;
}

}  // namespace bellwether::bandits
