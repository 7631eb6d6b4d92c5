#include "mdp/instances/linear.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <fmt/format.h>

#include "core/sampling.h"
#include "core/stream.h"
#include "mdp/instances/construction.h"

namespace bellwether::mdp {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Rows drawn from the symmetric Dirichlet law, each from a stream of its own.
RowMajor dirichlet_rows(Eigen::Index rows, Eigen::Index columns, double concentration, const Stream& stream) {
  const std::vector<double> law(static_cast<std::size_t>(columns), concentration);
  RowMajor out(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i) {
    Stream own = stream.child(static_cast<std::uint64_t>(i));
    sample_dirichlet(own, law, {out.row(i).data(), static_cast<std::size_t>(columns)});
  }
  return out;
}

std::vector<double> uniform_numbers(std::size_t count, Stream stream) {
  std::vector<double> out(count);
  for (double& x : out) x = stream.uniform();
  return out;
}

/// So that the row sums to one in spite of the rounding of products.
void normalise(std::span<double> row) {
  const double sum = std::accumulate(row.begin(), row.end(), 0.0);
  for (double& x : row) x /= sum;
}

NamedInstance posed(ModelData data, int horizon, LinearStructure linear) {
  data.initial = point_mass(static_cast<int>(data.state_begin.size()) - 1, 0);
  return {.model = TabularMdp(std::move(data)), .question = finite(horizon), .linear = std::move(linear)};
}

/// P(. | c) = sum_i phi_i(c) anchors_i, r(c) = <phi(c), theta>, every state with the same number of choices.
NamedInstance mixed_anchors(const RowMajor& phi, const RowMajor& anchors, std::span<const double> theta, int horizon) {
  const Eigen::Index states = anchors.cols();
  RegularArrays arrays(states, phi.rows() / states, states);
  for (Eigen::Index c = 0; c < phi.rows(); ++c) {
    const Eigen::RowVectorXd row = phi.row(c) * anchors;
    const auto first = static_cast<std::size_t>(c * states);
    for (Eigen::Index s = 0; s < states; ++s) {
      arrays.successor[first + static_cast<std::size_t>(s)] = static_cast<std::int32_t>(s);
      arrays.probability[first + static_cast<std::size_t>(s)] = row[s];
    }
    normalise(std::span(arrays.probability).subspan(first, static_cast<std::size_t>(states)));
    arrays.reward[static_cast<std::size_t>(c)] =
        phi.row(c).dot(Eigen::Map<const Eigen::VectorXd>(theta.data(), phi.cols()));
  }
  std::vector<double> rows(phi.data(), phi.data() + phi.size());
  return posed(std::move(arrays).take(), horizon,
               {.features = std::make_shared<const FeatureMap>(static_cast<int>(phi.cols()), std::move(rows))});
}

}  // namespace

NamedInstance linear_mdp(const LinearMdpOptions& o) {
  bellwether::require_valid("linear-mdp", o);
  const double choices = static_cast<double>(o.states) * o.actions;
  require_size("linear-mdp", "states", o.states, choices * o.states);
  const Stream root(static_cast<std::uint64_t>(o.seed));
  const RowMajor phi =
      dirichlet_rows(static_cast<Eigen::Index>(choices), o.dimension, o.concentration, root.child("features"));
  return mixed_anchors(phi, dirichlet_rows(o.dimension, o.states, o.spread, root.child("anchors")),
                       uniform_numbers(static_cast<std::size_t>(o.dimension), root.child("rewards")), o.horizon);
}

NamedInstance linear_aggregation(const LinearAggregationOptions& o) {
  bellwether::require_valid("linear-aggregation", o);
  const Eigen::Index d = static_cast<Eigen::Index>(o.clusters) * o.actions;
  const double choices = static_cast<double>(o.states) * o.actions;
  require_size("linear-aggregation", "states", o.states, choices * std::max(o.states, static_cast<int>(d)));
  const Stream root(static_cast<std::uint64_t>(o.seed));
  const RowMajor parts = dirichlet_rows(o.states, o.clusters, o.concentration, root.child("parts"));
  RowMajor phi = RowMajor::Zero(static_cast<Eigen::Index>(choices), d);
  for (Eigen::Index c = 0; c < phi.rows(); ++c)
    phi.row(c).segment((c % o.actions) * o.clusters, o.clusters) = parts.row(c / o.actions);
  return mixed_anchors(phi, dirichlet_rows(d, o.states, o.spread, root.child("anchors")),
                       uniform_numbers(static_cast<std::size_t>(d), root.child("rewards")), o.horizon);
}

NamedInstance linear_mixture(const LinearMixtureOptions& o) {
  bellwether::require_valid("linear-mixture", o);
  if (o.successors > o.states)
    reject_option("linear-mixture", "successors", fmt::format("{}", o.successors),
                  fmt::format("at most the number of states, {}", o.states));
  const double choices = static_cast<double>(o.states) * o.actions;
  require_size("linear-mixture", "states", o.states, choices * o.successors * o.dimension);
  const Stream root(static_cast<std::uint64_t>(o.seed));
  const auto b = static_cast<std::size_t>(o.successors), d = static_cast<std::size_t>(o.dimension);
  const RowMajor drawn = dirichlet_rows(1, o.dimension, 1, root.child("theta"));
  const std::vector<double> theta(drawn.data(), drawn.data() + drawn.size());
  RegularArrays arrays(o.states, o.actions, o.successors);
  arrays.reward = uniform_numbers(static_cast<std::size_t>(choices), root.child("rewards"));
  std::vector<double> features(static_cast<std::size_t>(choices) * b * d);
  std::vector<std::int32_t> all(static_cast<std::size_t>(o.states));
  std::iota(all.begin(), all.end(), 0);
  const Stream kernels = root.child("kernels");
  for (std::size_t c = 0; c < static_cast<std::size_t>(choices); ++c) {
    Stream stream = kernels.child(c);
    for (std::size_t k = 0; k < b; ++k) std::swap(all[k], all[k + stream.below(all.size() - k)]);
    std::sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(b));
    std::copy_n(all.begin(), b, arrays.successor.begin() + static_cast<std::ptrdiff_t>(c * b));
    const RowMajor base = dirichlet_rows(o.dimension, o.successors, 1, stream.child("base"));
    for (std::size_t k = 0; k < b; ++k) {
      double probability = 0;
      for (std::size_t i = 0; i < d; ++i) {
        const double x = base(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k));
        features[(c * b + k) * d + i] = x;
        probability += theta[i] * x;
      }
      arrays.probability[c * b + k] = probability;
    }
    normalise(std::span(arrays.probability).subspan(c * b, b));
  }
  std::vector<std::int64_t> begin(static_cast<std::size_t>(choices) + 1);
  for (std::size_t c = 0; c < begin.size(); ++c) begin[c] = static_cast<std::int64_t>(c * b);
  auto basis = std::make_shared<const MixtureBasis>(o.dimension, o.states, std::move(begin),
                                                    std::vector<std::int32_t>(arrays.successor), std::move(features));
  return posed(std::move(arrays).take(), o.horizon, {.mixture = std::move(basis), .mixture_theta = {theta}});
}

}  // namespace bellwether::mdp
