#include "solvers/online/generative/q_learning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace bellwether::online {
namespace {

/// ln(T)^2, at least 1: the theorems speak of large T.
double squared_log(std::int64_t samples) {
  const double log = std::log(static_cast<double>(samples));
  return std::max(1.0, log * log);
}

class SynchronousQ final : public GenerativeAgent {
 public:
  SynchronousQ(const GenerativeWorld& world, const SynchronousQOptions& options)
      : GenerativeAgent(world),
        steps_(world, options),
        value_(static_cast<std::size_t>(world.num_states()), 0.0),
        next_value_(value_) {}

  void learn(SampleSource& source, std::int64_t rounds) override {
    for (std::int64_t i = 0; i < rounds; ++i) learn_round(source, steps_(++round_));
  }

 private:
  void learn_round(SampleSource& source, double step) {
    const GenerativeWorld& w = world();
    double* q = estimates().data();
    for (std::size_t s = 0; s < value_.size(); ++s) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::int64_t c = w.state_begin[s]; c < w.state_begin[s + 1]; ++c) {
        const double target =
            w.mean_reward[static_cast<std::size_t>(c)] + w.discount * value_[static_cast<std::size_t>(source.next(c))];
        q[c] += step * (target - q[c]);
        best = q[c] > best ? q[c] : best;
      }
      next_value_[s] = best;
    }
    value_.swap(next_value_);
  }

  StepSizes steps_;
  std::int64_t round_ = 0;
  std::vector<double> value_, next_value_;  ///< max Q after the last round, and what becomes it
};

}  // namespace

StepSizes::StepSizes(const GenerativeWorld& world, const SynchronousQOptions& o) {
  const double slowness = 1 - world.discount;
  if (o.steps == "rescaled") {
    parameter_ = slowness;
  } else if (o.steps == "rescaled-log") {
    parameter_ = slowness / squared_log(world.samples);
  } else if (o.steps == "linear") {
    parameter_ = 1;
  } else if (o.steps == "polynomial") {
    law_ = Law::kPolynomial;
    parameter_ = o.exponent;
  } else {
    law_ = Law::kConstant;
    const double horizon = slowness * static_cast<double>(world.samples) / squared_log(world.samples);
    parameter_ = o.size > 0 ? o.size : 1 / (1 + horizon);
  }
}

double StepSizes::operator()(std::int64_t t) const {
  const auto round = static_cast<double>(t);
  if (law_ == Law::kHyperbolic) return 1 / (1 + parameter_ * round);
  return law_ == Law::kPolynomial ? std::pow(round, -parameter_) : parameter_;
}

std::unique_ptr<GenerativeAgent> make_q_learning(const GenerativeWorld& world, const SynchronousQOptions& options,
                                                 const Stream& /*stream*/) {
  return std::make_unique<SynchronousQ>(world, options);
}

}  // namespace bellwether::online
