#include "bandits/arms/drifting_linear.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <fmt/format.h>

#include "bandits/arms/families.h"
#include "bandits/arms/linear.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

double dot(std::span<const double> x, std::span<const double> y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

double longest_row(std::span<const double> rows, std::size_t width) {
  double longest = 0;
  for (std::size_t at = 0; at < rows.size(); at += width)
    longest = std::max(longest, dot(rows.subspan(at, width), rows.subspan(at, width)));
  return std::sqrt(longest);
}

class DriftingLinearGame : public Game {
 public:
  DriftingLinearGame(const DriftingLinearBandit& bandit, std::int64_t rounds, const Stream& stream)
      : bandit_(bandit), rounds_(rounds), theta_(static_cast<std::size_t>(bandit.path().dimension)) {
    round_.arms = static_cast<int>(bandit.features().size() / theta_.size());
    round_.dimension = bandit.path().dimension;
    round_.features = bandit.features();
    means_.resize(static_cast<std::size_t>(round_.arms));
    const Stream arms = stream.child("arm");
    for (int i = 0; i < round_.arms; ++i) streams_.push_back(arms.child(static_cast<std::uint64_t>(i)));
  }

  const Round& next() override {
    bandit_.path().at(++round_.number, rounds_, theta_);
    for (int a = 0; a < round_.arms; ++a) means_[static_cast<std::size_t>(a)] = dot(theta_, round_.feature(a));
    best_ = std::ranges::max(means_);
    return round_;
  }

  Outcome play(int arm) override {
    const auto a = static_cast<std::size_t>(arm);
    const double mean = means_[a];
    return {.reward = mean + bandit_.sigma() * sample_normal(streams_[a]), .mean = mean, .regret = best_ - mean};
  }

 private:
  const DriftingLinearBandit& bandit_;
  std::int64_t rounds_;
  std::vector<double> theta_, means_;
  double best_ = 0;
  Round round_;
  std::vector<Stream> streams_;
};

struct DriftingOptions {
  std::string moves = "jumps";
  int dimension = 2, arms = 20, phases = 4;
  double turns = 0.5, sigma = 0.5;
  std::int64_t seed = 1;
};

template <class Field>
void describe(DriftingOptions& o, Field&& field) {
  field("moves", o.moves, one_of({"jumps", "turns"}), "theta jumps to a new direction, or turns at a constant pace");
  field("dimension", o.dimension, between(2, 1000), "of the features");
  field("arms", o.arms, between(1, 100'000), "number of arms, drawn once on the unit sphere");
  field("phases", o.phases, between(1, 100'000), "jumps: parts of the run, each with a direction of its own");
  field("turns", o.turns, any_value(), "turns: how many full turns in the whole run, not 0");
  field("sigma", o.sigma, above(0), "standard deviation of rewards");
  field("seed", o.seed, at_least(0), "of arms and directions");
}

NamedBandit drifting_linear(const DriftingOptions& o) {
  const auto d = static_cast<std::size_t>(o.dimension);
  const auto draw = [&](const char* what, int rows) {
    Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child(what);
    std::vector<double> drawn(static_cast<std::size_t>(rows) * d);
    for (std::size_t at = 0; at < drawn.size(); at += d) draw_direction(stream, std::span(drawn).subspan(at, d));
    return drawn;
  };
  const bool turns = o.moves == "turns";
  if (turns && o.turns == 0) throw InvalidOption("bandit: option 'turns' is 0, must not be 0 where theta turns");
  ThetaPath path{.dimension = o.dimension};
  if (turns) {
    path.stops.assign(d, 0.0);  // the first unit vector: all of it lies in the plane of the turn
    path.stops[0] = 1;
    path.turns = o.turns;
  } else {
    path.stops = draw("theta", o.phases);
  }
  const auto bandit = std::make_shared<const DriftingLinearBandit>(std::move(path), draw("arms", o.arms), o.sigma);
  return {.bandit = bandit, .facts = {{"variation", bandit->path().variation(), "how far theta travels in a run"}}};
}

}  // namespace

void ThetaPath::at(std::int64_t t, std::int64_t rounds, std::span<double> out) const {
  const auto d = static_cast<std::size_t>(dimension), count = stops.size() / d;
  // (t - 1) stops / rounds without overflow for the lengths that runs have.
  const auto stop = static_cast<std::size_t>((t - 1) * static_cast<std::int64_t>(count) / rounds);
  std::copy_n(stops.begin() + static_cast<std::ptrdiff_t>(std::min(stop, count - 1) * d), d, out.begin());
  if (turns == 0) return;
  const double angle = 2 * std::numbers::pi * turns * static_cast<double>(t - 1) / static_cast<double>(rounds);
  const double x = out[0], y = out[1];
  out[0] = std::cos(angle) * x - std::sin(angle) * y;
  out[1] = std::sin(angle) * x + std::cos(angle) * y;
}

double ThetaPath::variation() const {
  if (turns != 0) return 2 * std::numbers::pi * std::abs(turns) * std::hypot(stops[0], stops[1]);
  const auto d = static_cast<std::size_t>(dimension);
  double sum = 0;
  for (std::size_t at = d; at < stops.size(); at += d) {
    double squares = 0;
    for (std::size_t i = 0; i < d; ++i) squares += std::pow(stops[at + i] - stops[at + i - d], 2);
    sum += std::sqrt(squares);
  }
  return sum;
}

DriftingLinearBandit::DriftingLinearBandit(ThetaPath path, std::vector<double> features, double sigma)
    : path_(std::move(path)), features_(std::move(features)), sigma_(sigma) {
  const auto d = static_cast<std::size_t>(std::max(path_.dimension, 0));
  if (d == 0 || path_.stops.empty() || path_.stops.size() % d != 0 || features_.empty() || features_.size() % d != 0)
    throw InvalidOption(
        fmt::format("bandit: {} numbers of theta and {} of features, must be multiples of the dimension {}",
                    path_.stops.size(), features_.size(), path_.dimension));
  if (path_.turns != 0 && (d < 2 || path_.stops.size() != d))
    throw InvalidOption("bandit: a theta that turns needs two dimensions, and one row to start from");
  if (!(sigma_ > 0) || std::isinf(sigma_))
    throw InvalidOption(fmt::format("bandit: sigma is {}, must be above 0", sigma_));
}

World DriftingLinearBandit::world(std::int64_t rounds) const {
  const auto d = static_cast<std::size_t>(path_.dimension);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return {.arms = static_cast<int>(features_.size() / d),
          .rounds = rounds,
          .noise = Noise::kGaussian,
          .sigma = sigma_,
          .low = -kInfinity,
          .high = kInfinity,
          .dimension = path_.dimension,
          .feature_bound = longest_row(features_, d),
          .parameter_bound = longest_row(path_.stops, d)};
}

std::unique_ptr<Game> DriftingLinearBandit::start(std::int64_t rounds, const Stream& stream) const {
  return std::make_unique<DriftingLinearGame>(*this, rounds, stream);
}

std::string DriftingLinearBandit::content() const {
  std::string text =
      fmt::format("drifting linear {} {} {}\n", path_.dimension, exact_text(path_.turns), exact_text(sigma_));
  for (const double x : path_.stops) text += exact_text(x) + " ";
  for (const double x : features_) text += exact_text(x) + " ";
  return text + "\n";
}

std::vector<Family> drifting_linear_families() {
  return {bandit_family<DriftingOptions, drifting_linear>(
      "drifting-linear-arms",
      "linear rewards whose parameter jumps or turns; regret against the best arm of each round",
      "Russac, Vernade, Cappe 2019", "arms")};
}

}  // namespace bellwether::bandits
