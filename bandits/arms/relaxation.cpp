#include "bandits/arms/relaxation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class RelaxationGame : public Game {
 public:
  RelaxationGame(const RelaxationBandit& bandit, std::int64_t rounds, const Stream& stream)
      : bandit_(bandit), stream_(stream), context_(bandit.omegas().size()), sums_(bandit.omegas().size()) {
    round_.arms = static_cast<int>(bandit.omegas().size());
    round_.dimension = 1;
    round_.features = context_;
    if (bandit.comparator() == RelaxationBandit::Comparator::kInstance) return;
    table_ = bandit.table(rounds, stream);
    std::vector<std::int64_t> all(sums_.size());
    for (std::size_t i = 0; i < table_->size(); ++i) all[i % all.size()] += (*table_)[i];
    best_ = static_cast<std::size_t>(std::ranges::min_element(all) - all.begin());
  }

  const Round& next() override {
    ++round_.number;
    instance_ = bandit_.instance(round_.number, stream_);
    const RelaxationLaw& law = bandit_.law();
    std::ranges::fill(context_, law.span > 0 ? 2 * (instance_.shift - law.low) / law.span - 1 : 0);
    return round_;
  }

  Outcome play(int arm) override {
    const auto a = static_cast<std::size_t>(arm);
    if (table_ == nullptr) return play_against_instance(a);
    const std::size_t row = static_cast<std::size_t>(round_.number - 1) * sums_.size();
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += (*table_)[row + i];
    const double loss = (*table_)[row + a];
    return {.reward = -loss, .mean = -loss, .regret = loss - (*table_)[row + best_]};
  }

  double best_in_hindsight() const override {
    if (table_ == nullptr) return std::numeric_limits<double>::quiet_NaN();
    return -static_cast<double>(std::ranges::min(sums_));
  }

 private:
  Outcome play_against_instance(std::size_t arm) const {
    const SorJob jobs[2] = {
        {.shift = instance_.shift, .omega = bandit_.omegas()[arm], .rhs = instance_.rhs},
        {.shift = instance_.shift, .omega = bandit_.instance_omega(instance_.shift), .rhs = instance_.rhs}};
    int iterations[2] = {};
    bandit_.solver().solve(jobs, iterations);
    const double loss = iterations[0];
    return {.reward = -loss, .mean = -loss, .regret = loss - iterations[1]};
  }

  const RelaxationBandit& bandit_;
  Stream stream_;
  Round round_;
  RelaxationInstance instance_;
  std::vector<double> context_;
  std::vector<std::int64_t> sums_;  // of every arm's iterations so far
  std::shared_ptr<const std::vector<int>> table_;
  std::size_t best_ = 0;
};

const RelaxationLaw& checked(const RelaxationLaw& law) {
  if (law.side < 1) throw InvalidOption(fmt::format("a grid with side {}, must be at least 1", law.side));
  if (!(law.first > 0) || !(law.second > 0) || !(law.span >= 0))
    throw InvalidOption(fmt::format("shifts low + {} Beta({}, {}): a span at least 0 and parameters above 0 are needed",
                                    law.span, law.first, law.second));
  // The smallest eigenvalue of the Laplacian is 4 - 4 cos(pi / (side + 1)).
  const double least = 4 - 4 * laplacian_jacobi_radius(law.side, 0);
  if (!(law.low > -least) || !std::isfinite(law.low + law.span))
    throw InvalidOption(
        fmt::format("the smallest shift is {}, must be above {} for systems to be positive definite", law.low, -least));
  return law;
}

}  // namespace

RelaxationBandit::RelaxationBandit(const RelaxationLaw& law, std::vector<double> omegas, double tolerance, int most,
                                   Comparator comparator)
    : law_(checked(law)),
      omegas_(std::move(omegas)),
      solver_(laplacian(law.side), tolerance, most),
      tolerance_(tolerance),
      comparator_(comparator) {
  if (omegas_.empty()) throw InvalidOption("relaxation without a value of omega");
  for (const double omega : omegas_)
    if (!(omega > 0 && omega < 2)) throw InvalidOption(fmt::format("omega is {}, must be inside (0, 2)", omega));
}

World RelaxationBandit::world(std::int64_t rounds) const {
  World world{.arms = static_cast<int>(omegas_.size()), .rounds = rounds, .noise = Noise::kOther};
  world.low = -solver_.most();
  world.high = 0;
  world.sigma = solver_.most() / 2.0;
  world.dimension = 1;
  world.same_features = false;
  world.link = Link::kOther;
  return world;
}

std::unique_ptr<Game> RelaxationBandit::start(std::int64_t rounds, const Stream& stream) const {
  return std::make_unique<RelaxationGame>(*this, rounds, stream);
}

std::string RelaxationBandit::content() const {
  std::string text =
      fmt::format("relaxation {} {} {} {} {} {} {} {}\n", law_.side, exact_text(law_.low), exact_text(law_.span),
                  exact_text(law_.first), exact_text(law_.second), exact_text(tolerance_), solver_.most(),
                  comparator_ == Comparator::kFixed ? "fixed" : "instance");
  for (const double omega : omegas_) text += exact_text(omega) + " ";
  return text + "\n";
}

double RelaxationBandit::instance_omega(double shift) const {
  return best_omega(laplacian_jacobi_radius(law_.side, shift));
}

RelaxationInstance RelaxationBandit::instance(std::int64_t round, const Stream& stream) const {
  Stream draws = stream.child("system").child(static_cast<std::uint64_t>(round));
  const auto n = static_cast<std::size_t>(solver_.size());
  RelaxationInstance instance{.shift = law_.low + law_.span * sample_beta(draws, law_.first, law_.second),
                              .rhs = std::vector<double>(n)};
  double squares = 0;
  do {
    squares = 0;
    for (double& x : instance.rhs) {
      x = sample_normal(draws);
      squares += x * x;
    }
  } while (squares > static_cast<double>(n));
  return instance;
}

std::shared_ptr<const std::vector<int>> RelaxationBandit::table(std::int64_t rounds, const Stream& stream) const {
  const std::uint64_t key = stream.child("name")();
  {
    const std::lock_guard lock(guard_);
    for (const Kept& kept : kept_)
      if (kept.key == key && kept.rounds == rounds) return kept.table;
  }
  const std::size_t arms = omegas_.size();
  std::vector<int> table(static_cast<std::size_t>(rounds) * arms);
  constexpr std::int64_t kBlock = 16, kWork = 100'000;
  const std::int64_t blocks = (rounds + kBlock - 1) / kBlock;
  parallel_for(blocks, blocks * kWork, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      const std::int64_t first = block * kBlock, last = std::min(rounds, first + kBlock);
      std::vector<RelaxationInstance> instances;
      for (std::int64_t t = first; t < last; ++t) instances.push_back(instance(t + 1, stream));
      std::vector<SorJob> jobs;
      for (const RelaxationInstance& system : instances)
        for (const double omega : omegas_) jobs.push_back({.shift = system.shift, .omega = omega, .rhs = system.rhs});
      solver_.solve(jobs, std::span(table).subspan(static_cast<std::size_t>(first) * arms, jobs.size()));
    }
  });
  const std::lock_guard lock(guard_);
  constexpr std::size_t kTables = 4;
  if (kept_.size() == kTables) kept_.erase(kept_.begin());
  kept_.push_back({key, rounds, std::make_shared<const std::vector<int>>(std::move(table))});
  return kept_.back().table;
}

}  // namespace bellwether::bandits
