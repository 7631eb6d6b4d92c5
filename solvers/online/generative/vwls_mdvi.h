#pragma once

#include <cstdint>
#include <memory>

#include <Eigen/Core>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/generative/agent.h"
#include "solvers/online/generative/least_squares_mdvi.h"

namespace bellwether::online {

struct MdviOptions {
  int iterations = 0;
  double alpha = -1;
};

template <class Field>
void describe(MdviOptions& o, Field&& field) {
  field("iterations", o.iterations, at_least(0), "K, the number of backups; 0: 12 / (1 - discount)");
  field("alpha", o.alpha, between(-1, 1), "what the sum of backups keeps in each iteration; below 0: the discount");
}

/// Mirror descent value iteration from samples (docs/papers/vwls-mdvi.md, Algorithm 1): in tables, or by least squares
/// on a core set where the model brings features. The samples are spread evenly over iterations and core.
std::unique_ptr<GenerativeAgent> make_mdvi(const GenerativeWorld& world, const MdviOptions& options,
                                           const Stream& stream);

struct VwlsMdviOptions : MdviOptions {
  double first = 0.2;
  double variance = 0.1;
};

template <class Field>
void describe(VwlsMdviOptions& o, Field&& field) {
  describe(static_cast<MdviOptions&>(o), field);
  field("first", o.first, inside(0, 1), "share of the iterations that find the values whose variance is estimated");
  field("variance", o.variance, inside(0, 1), "share of the samples that estimate the variance");
}

/// The same in three parts (docs/papers/vwls-mdvi.md, Algorithm 2): unweighted, the variance of the values found, from
/// scratch weighted by it. In tables weights change nothing and there is the last part alone.
std::unique_ptr<GenerativeAgent> make_vwls_mdvi(const GenerativeWorld& world, const VwlsMdviOptions& options,
                                                const Stream& stream);

// The parts, for whoever has samples of their own kind.

/// Backups of v at the core by `samples` of each choice.
Eigen::VectorXd sampled_backups(const GenerativeWorld& world, SampleSource& source, std::span<const std::int64_t> core,
                                std::span<const double> v, std::int64_t samples);
/// Estimated variances of v at the core: means of (v(s1) - v(s2))^2 / 2 over `pairs` independent pairs.
Eigen::VectorXd sampled_variances(SampleSource& source, std::span<const std::int64_t> core, std::span<const double> v,
                                  std::int64_t pairs);

}  // namespace bellwether::online
