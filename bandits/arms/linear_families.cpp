#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numbers>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/families.h"
#include "bandits/arms/linear.h"
#include "bandits/arms/linear_bound.h"
#include "core/errors.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

constexpr std::string_view kObject = "bandit";

/// How rewards come from features.
struct RewardOptions {
  bool logistic = false, coins = false;
  double sigma = 1, intercept = 0;
};

template <class Field>
void describe_rewards(RewardOptions& o, Field&& field) {
  field("logistic", o.logistic, any_value(),
        "the mean of an arm is the logistic function of its score <theta, a>, rewards 0 or 1; else the score itself");
  field("coins", o.coins, any_value(), "rewards 0 or 1 whose mean is the score, which must lie in [0, 1]");
  field("intercept", o.intercept, any_value(),
        "not 0: every feature has one more coordinate, 1, and this is the parameter's: means move by so much");
  field("sigma", o.sigma, above(0), "standard deviation of normal rewards");
}

LinearRewards rewards_of(const RewardOptions& o, std::vector<double> theta) {
  if (o.intercept != 0) theta.push_back(o.intercept);
  return {.theta = std::move(theta),
          .link = o.logistic ? Link::kLogistic : Link::kIdentity,
          .coins = o.coins,
          .sigma = o.sigma};
}

/// Rows of d numbers with a 1 after each.
std::vector<double> with_ones(std::span<const double> rows, std::size_t d) {
  std::vector<double> longer;
  for (std::size_t at = 0; at < rows.size(); at += d) {
    longer.insert(longer.end(), rows.begin() + static_cast<std::ptrdiff_t>(at),
                  rows.begin() + static_cast<std::ptrdiff_t>(at + d));
    longer.push_back(1);
  }
  return longer;
}

NamedBandit fixed(const RewardOptions& o, std::vector<double> theta, std::vector<double> features) {
  if (o.intercept != 0) features = with_ones(features, theta.size());
  auto bandit = std::make_shared<const LinearBandit>(rewards_of(o, std::move(theta)), std::move(features));
  NamedBandit named{.bandit = bandit};
  named.facts.push_back(
      {.what = "least gap", .value = least_gap(bandit->means()), .how = "best mean minus the second"});
  constexpr std::size_t kFew = 40;  // the bound costs milliseconds up to there, and grows with the cube
  if (const auto bound = bandit->means().size() <= kFew ? instance_bound(*bandit) : std::nullopt)
    named.facts.push_back({.what = "instance constant",
                           .value = bound->value,
                           .how = "least sum of pulls times gap per ln T that tells all arms from the best one"});
  return named;
}

std::vector<double> drawn_theta(int dimension, double length, std::int64_t seed) {
  std::vector<double> theta(static_cast<std::size_t>(dimension));
  Stream stream = Stream(static_cast<std::uint64_t>(seed)).child("theta");
  draw_direction(stream, theta);
  for (double& entry : theta) entry *= length;
  return theta;
}

/// theta as written, or a direction from the seed.
struct ThetaOptions : RewardOptions {
  std::string theta = "";
  double length = 1;
  std::int64_t seed = 1;
};

template <class Field>
void describe_theta(ThetaOptions& o, Field&& field) {
  field("theta", o.theta, any_value(), "parameter, with / between the numbers; empty: a direction drawn from the seed");
  field("length", o.length, at_least(0), "Euclidean norm of a drawn parameter");
  field("seed", o.seed, at_least(0), "of what is drawn once for the bandit");
  describe_rewards(o, field);
}

std::vector<double> theta_of(const ThetaOptions& o, int dimension) {
  std::vector<double> theta = read_numbers(kObject, "theta", o.theta);
  if (theta.empty()) return drawn_theta(dimension, o.length, o.seed);
  if (static_cast<int>(theta.size()) != dimension)
    throw InvalidOption(fmt::format("{}: option 'theta' has {} numbers, must be as many as the dimension {}", kObject,
                                    theta.size(), dimension));
  return theta;
}

// --- Points on a circle ----------------------------------------------------------------------------------------------

struct CircleOptions : RewardOptions {
  int arms = 20;
  double angle = 0, length = 1;
};

template <class Field>
void describe(CircleOptions& o, Field&& field) {
  field("arms", o.arms, between(1, 100'000), "number of arms, at equal angles from (1, 0) on");
  field("angle", o.angle, any_value(), "of the parameter, in turns: 0 is (1, 0), 0.25 is (0, 1)");
  field("length", o.length, at_least(0), "of the parameter");
  describe_rewards(o, field);
}

NamedBandit circle_arms(const CircleOptions& o) {
  const auto point = [](double turns) {
    return std::array{std::cos(2 * std::numbers::pi * turns), std::sin(2 * std::numbers::pi * turns)};
  };
  std::vector<double> features;
  for (int i = 0; i < o.arms; ++i)
    for (const double entry : point(static_cast<double>(i) / o.arms)) features.push_back(entry);
  const auto direction = point(o.angle);
  return fixed(o, {o.length * direction[0], o.length * direction[1]}, std::move(features));
}

// --- The end of optimism ---------------------------------------------------------------------------------------------

struct EndOptions : RewardOptions {
  double epsilon = 0.01, height = 8;
};

template <class Field>
void describe(EndOptions& o, Field&& field) {
  field("epsilon", o.epsilon, inside(0, 1), "arms (1, 0), (0, 1) and (1 - epsilon, height epsilon)");
  field("height", o.height, above(0), "of the third arm, in units of epsilon");
  describe_rewards(o, field);
}

NamedBandit end_of_optimism(const EndOptions& o) {
  return fixed(o, {1, 0}, {1, 0, 0, 1, 1 - o.epsilon, o.height * o.epsilon});
}

// --- Corners of cubes ------------------------------------------------------------------------------------------------

struct SubsetOptions : RewardOptions {
  std::string theta = "0.5/-0.2/0.3/0/0.1";
};

template <class Field>
void describe(SubsetOptions& o, Field&& field) {
  field("theta", o.theta, any_value(), "parameter, with / between the numbers; arms are all sets of its coordinates");
  describe_rewards(o, field);
}

constexpr std::size_t kMostCoordinates = 16;

NamedBandit subset_arms(const SubsetOptions& o) {
  std::vector<double> theta = read_numbers(kObject, "theta", o.theta), features;
  const std::size_t d = theta.size();
  if (d < 1 || d > kMostCoordinates)
    throw InvalidOption(
        fmt::format("{}: option 'theta' has {} numbers, must be between 1 and {}", kObject, d, kMostCoordinates));
  for (std::uint32_t set = 1; set < (1u << d); ++set)
    for (std::size_t i = 0; i < d; ++i) features.push_back((set >> i & 1) != 0 ? 1 / std::sqrt(std::popcount(set)) : 0);
  return fixed(o, std::move(theta), std::move(features));
}

struct HypercubeOptions : RewardOptions {
  int dimension = 5;
  double gap = 0.01;
  std::int64_t seed = 1;
};

template <class Field>
void describe(HypercubeOptions& o, Field&& field) {
  field("dimension", o.dimension, between(1, kMostCoordinates), "arms are the corners of [-1, 1]^dimension");
  field("gap", o.gap, above(0), "size of every entry of the parameter; 1 / sqrt(T) is the hard one");
  field("seed", o.seed, at_least(0), "of the signs of the parameter");
  describe_rewards(o, field);
}

NamedBandit hypercube_arms(const HypercubeOptions& o) {
  Stream signs = Stream(static_cast<std::uint64_t>(o.seed)).child("signs");
  std::vector<double> theta, features;
  for (int i = 0; i < o.dimension; ++i) theta.push_back(signs.below(2) == 0 ? o.gap : -o.gap);
  for (std::uint32_t corner = 0; corner < (1u << o.dimension); ++corner)
    for (int i = 0; i < o.dimension; ++i) features.push_back((corner >> i & 1) != 0 ? 1 : -1);
  return fixed(o, std::move(theta), std::move(features));
}

// --- Points of the ball ----------------------------------------------------------------------------------------------

struct RandomOptions : ThetaOptions {
  int dimension = 5, arms = 20;
};

template <class Field>
void describe(RandomOptions& o, Field&& field) {
  field("dimension", o.dimension, between(1, 1000), "of the features");
  field("arms", o.arms, between(1, 100'000), "number of arms, drawn on the unit sphere");
  describe_theta(o, field);
}

NamedBandit linear_arms(const RandomOptions& o) {
  std::vector<double> features(static_cast<std::size_t>(o.dimension) * static_cast<std::size_t>(o.arms));
  Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("arms");
  const auto d = static_cast<std::size_t>(o.dimension);
  for (std::size_t at = 0; at < features.size(); at += d) draw_direction(stream, std::span(features).subspan(at, d));
  return fixed(o, theta_of(o, o.dimension), std::move(features));
}

struct BallOptions : ThetaOptions {
  int dimension = 3, resolution = 2;
};

template <class Field>
void describe(BallOptions& o, Field&& field) {
  field("dimension", o.dimension, between(1, 8), "of the ball");
  field("resolution", o.resolution, between(1, 64),
        "a net of the unit sphere: the directions of all integer points with entries up to this");
  describe_theta(o, field);
}

constexpr double kMostNetPoints = 1e6;

/// Integer points whose entries have no common divisor: one a direction.
NamedBandit ball_arms(const BallOptions& o) {
  if (std::pow(2 * o.resolution + 1, o.dimension) > kMostNetPoints)
    throw InvalidOption(fmt::format("{}: a net of resolution {} in {} dimensions has more than {} points", kObject,
                                    o.resolution, o.dimension, kMostNetPoints));
  std::vector<double> features;
  std::vector<int> point(static_cast<std::size_t>(o.dimension), -o.resolution);
  for (bool more = true; more;) {
    int divisor = 0, squares = 0;
    for (const int entry : point) {
      divisor = std::gcd(divisor, std::abs(entry));
      squares += entry * entry;
    }
    if (divisor == 1)
      for (const int entry : point) features.push_back(entry / std::sqrt(squares));
    std::size_t i = 0;
    while (i < point.size() && point[i] == o.resolution) point[i++] = -o.resolution;
    more = i < point.size();
    if (more) ++point[i];
  }
  return fixed(o, theta_of(o, o.dimension), std::move(features));
}

struct ContextualOptions : ThetaOptions {
  int dimension = 10, arms = 20;
};

template <class Field>
void describe(ContextualOptions& o, Field&& field) {
  field("dimension", o.dimension, between(1, 1000), "of the features");
  field("arms", o.arms, between(1, 100'000), "number of arms, drawn on the unit sphere in every round");
  describe_theta(o, field);
}

NamedBandit contextual_arms(const ContextualOptions& o) {
  return {.bandit = std::make_shared<const ContextualBandit>(rewards_of(o, theta_of(o, o.dimension)), o.arms,
                                                             o.intercept != 0)};
}

}  // namespace

std::vector<Family> linear_families() {
  return {
      bandit_family<CircleOptions, circle_arms>("circle-arms", "linear rewards, arms at equal angles on a circle",
                                                "textbooks", "arms"),
      bandit_family<EndOptions, end_of_optimism>(
          "end-of-optimism", "three arms: a bad one tells the two good ones apart", "Lattimore and Szepesvari 2017"),
      bandit_family<SubsetOptions, subset_arms>("subset-arms", "linear rewards, arms are the sets of coordinates",
                                                "textbooks"),
      bandit_family<HypercubeOptions, hypercube_arms>(
          "hypercube-arms", "linear rewards, arms are the corners of a cube: hard at gap 1 / sqrt(T)",
          "Lattimore and Szepesvari 2020, section 24.1", "dimension"),
      bandit_family<RandomOptions, linear_arms>("linear-arms", "linear rewards, arms drawn once on the unit sphere",
                                                "textbooks", "arms"),
      bandit_family<BallOptions, ball_arms>("ball-arms", "linear rewards, arms are a net of the unit sphere",
                                            "Lattimore and Szepesvari 2020, section 24.2", "dimension"),
      bandit_family<ContextualOptions, contextual_arms>(
          "contextual-arms", "linear rewards, arms drawn on the unit sphere in every round", "textbooks", "arms")};
}

}  // namespace bellwether::bandits
