#include "bandits/arms/dynamical.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/SVD>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class DynamicalGame : public Game {
 public:
  DynamicalGame(const DynamicalBandit& bandit, const Stream& stream)
      : bandit_(bandit),
        state_noise_(stream.child("state")),
        output_noise_(stream.child("output")),
        state_(Eigen::VectorXd::Zero(bandit.system().omega.size())),
        expected_(state_),
        next_(state_) {
    round_.arms = bandit.actions();
    round_.dimension = static_cast<int>(bandit.system().theta.size());
    round_.features = bandit.features();
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int arm) override {
    const DynamicalSystem& system = bandit_.system();
    const auto action = bandit_.action(arm);
    const double direct = system.theta.dot(action);
    const double mean = system.omega.dot(expected_) + direct;
    const double reward = system.omega.dot(state_) + direct + system.sigma * sample_normal(output_noise_);
    advance(expected_, action);
    advance(state_, action);
    for (double& x : state_) x += system.sigma * sample_normal(state_noise_);
    return {.reward = reward, .mean = mean, .regret = bandit_.best_value() - mean};
  }

 private:
  void advance(Eigen::VectorXd& state, const Eigen::Map<const Eigen::VectorXd>& action) {
    next_.noalias() = bandit_.system().a * state;
    next_.noalias() += bandit_.system().b * action;
    state.swap(next_);
  }

  const DynamicalBandit& bandit_;
  Stream state_noise_, output_noise_;
  Round round_;
  Eigen::VectorXd state_, expected_, next_;
};

double spectral_norm(const Eigen::MatrixXd& matrix) {
  return Eigen::JacobiSVD<Eigen::MatrixXd>(matrix).singularValues()[0];
}

/// sup over t >= 0 of |A^t| / rho^t. Powers of A / rho stay bounded unless an eigenvalue on the circle has a block.
double transient_gain(const Eigen::MatrixXd& a, double rho) {
  if (a.isZero(0)) return 1;
  constexpr int kPowers = 1000;
  constexpr double kMost = 1e6;
  Eigen::MatrixXd power = Eigen::MatrixXd::Identity(a.rows(), a.cols());
  double gain = 1;
  for (int t = 1; t <= kPowers; ++t) {
    power = power * a / rho;
    gain = std::max(gain, spectral_norm(power));
    if (!(gain < kMost))
      throw InvalidOption("the powers of A do not stay within a constant of those of its spectral radius");
  }
  return gain;
}

void require_valid(const DynamicalSystem& system, const Eigen::MatrixXd& actions) {
  const auto n = system.omega.size(), d = system.theta.size();
  if (n < 1 || d < 1) throw InvalidOption("a dynamical bandit has an empty omega or theta");
  if (system.a.rows() != n || system.a.cols() != n || system.b.rows() != n || system.b.cols() != d)
    throw InvalidOption(
        fmt::format("a dynamical bandit with {} states and actions of dimension {} has A of {} by {} "
                    "and B of {} by {}",
                    n, d, system.a.rows(), system.a.cols(), system.b.rows(), system.b.cols()));
  if (actions.rows() < 1 || actions.cols() != d)
    throw InvalidOption(fmt::format("a dynamical bandit has {} actions of dimension {}, must be at least one of {}",
                                    actions.rows(), actions.cols(), d));
  if (!system.a.allFinite() || !system.b.allFinite() || !system.omega.allFinite() || !system.theta.allFinite() ||
      !actions.allFinite())
    throw InvalidOption("a dynamical bandit has a number that is not finite");
  if (!(system.sigma > 0) || std::isinf(system.sigma))
    throw InvalidOption(fmt::format("sigma of a dynamical bandit is {}, must be above 0", system.sigma));
  const double rho = spectral_radius(system.a);
  if (!(rho < 1)) throw InvalidOption(fmt::format("the spectral radius of A is {}, must be below 1", rho));
}

std::string matrix_text(const Eigen::MatrixXd& matrix) {
  std::string text;
  for (const double x : matrix.reshaped()) text += exact_text(x) + " ";
  return text + "\n";
}

}  // namespace

Eigen::VectorXd markov_parameter(const DynamicalSystem& system) {
  const Eigen::MatrixXd stay = Eigen::MatrixXd::Identity(system.a.rows(), system.a.cols()) - system.a;
  return system.theta + system.b.transpose() * stay.transpose().partialPivLu().solve(system.omega);
}

double spectral_radius(const Eigen::MatrixXd& a) { return a.eigenvalues().cwiseAbs().maxCoeff(); }

DynamicalBandit::DynamicalBandit(DynamicalSystem system, const Eigen::MatrixXd& actions) : system_(std::move(system)) {
  require_valid(system_, actions);
  parameter_ = markov_parameter(system_);
  bounds_ = {.rho = spectral_radius(system_.a),
             .theta = system_.theta.norm(),
             .omega = system_.omega.norm(),
             .b = spectral_norm(system_.b),
             .action = actions.rowwise().norm().maxCoeff(),
             .sigma = system_.sigma};
  bounds_.phi = transient_gain(system_.a, bounds_.rho);
  const Eigen::VectorXd values = actions * parameter_;
  best_value_ = values.maxCoeff(&best_);
  for (Eigen::Index i = 0; i < actions.rows(); ++i)
    for (Eigen::Index j = 0; j < actions.cols(); ++j) features_.push_back(actions(i, j));
}

Eigen::Map<const Eigen::VectorXd> DynamicalBandit::action(int arm) const {
  const auto d = system_.theta.size();
  return Eigen::Map<const Eigen::VectorXd>(features_.data() + arm * d, d);
}

World DynamicalBandit::world(std::int64_t rounds) const {
  World world{.arms = actions(), .rounds = rounds, .noise = Noise::kGaussian};
  // Of the output around its expectation, the noise of all past states included.
  const double gain = bounds_.omega * bounds_.phi;
  world.sigma = bounds_.sigma * std::sqrt(1 + gain * gain / (1 - bounds_.rho * bounds_.rho));
  world.low = -std::numeric_limits<double>::infinity();
  world.high = std::numeric_limits<double>::infinity();
  world.dimension = static_cast<int>(system_.theta.size());
  world.feature_bound = bounds_.action;
  world.parameter_bound = parameter_.norm();
  return world;
}

std::unique_ptr<Game> DynamicalBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<DynamicalGame>(*this, stream);
}

std::string DynamicalBandit::content() const {
  std::string text =
      fmt::format("dynamical {} {} {}\n", system_.omega.size(), system_.theta.size(), exact_text(system_.sigma));
  text += matrix_text(system_.a) + matrix_text(system_.b) + matrix_text(system_.omega) + matrix_text(system_.theta);
  for (const double x : features_) text += exact_text(x) + " ";
  return text + "\n";
}

}  // namespace bellwether::bandits
