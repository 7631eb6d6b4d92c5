#include "mdp/linear/mixture_basis.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {

MixtureBasis::MixtureBasis(int dimension, int states, Array<std::int64_t> begin, Array<std::int32_t> successor,
                           Array<double> features)
    : dimension_(dimension),
      states_(states),
      begin_(std::move(begin)),
      successor_(std::move(successor)),
      features_(std::move(features)) {
  const auto reject = [](const std::string& what) { throw InvalidModel("features of a mixture: " + what); };
  if (dimension < 1) reject(fmt::format("the dimension is {}, must be at least 1", dimension));
  if (begin_.size() < 2 || begin_[0] != 0 || begin_.back() != static_cast<std::int64_t>(successor_.size()) ||
      !std::is_sorted(begin_.begin(), begin_.end()))
    reject(fmt::format("rows do not divide the {} successors", successor_.size()));
  if (features_.size() != successor_.size() * static_cast<std::size_t>(dimension))
    reject(
        fmt::format("{} numbers for {} successors and dimension {}", features_.size(), successor_.size(), dimension));
  for (const std::int32_t s : successor_)
    if (s < 0 || s >= states) reject(fmt::format("successor {} is no state, there are {}", s, states));
  if (!std::ranges::all_of(features_.view(), [](double x) { return std::isfinite(x); }))
    reject("a number is not finite");
}

std::span<const std::int32_t> MixtureBasis::successors(std::int64_t choice) const {
  const auto c = static_cast<std::size_t>(choice);
  return successor_.view().subspan(static_cast<std::size_t>(begin_[c]),
                                   static_cast<std::size_t>(begin_[c + 1] - begin_[c]));
}

std::span<const double> MixtureBasis::feature(std::int64_t choice, std::size_t k) const {
  const auto d = static_cast<std::size_t>(dimension_);
  return features_.view().subspan((static_cast<std::size_t>(begin_[static_cast<std::size_t>(choice)]) + k) * d, d);
}

void MixtureBasis::expected(std::int64_t choice, std::span<const double> v, std::span<double> out) const {
  std::ranges::fill(out, 0.0);
  const auto next = successors(choice);
  for (std::size_t k = 0; k < next.size(); ++k) {
    const double value = v[static_cast<std::size_t>(next[k])];
    const auto phi = feature(choice, k);
    for (std::size_t i = 0; i < phi.size(); ++i) out[i] += phi[i] * value;
  }
}

double MixtureBasis::norm_bound() const {
  double largest = 0;
  for (std::int64_t c = 0; c < num_choices(); ++c) {
    double square = 0;
    for (int i = 0; i < dimension_; ++i) {
      double up = 0, down = 0;
      for (std::size_t k = 0; k < successors(c).size(); ++k) {
        const double x = feature(c, k)[static_cast<std::size_t>(i)];
        (x > 0 ? up : down) += std::abs(x);
      }
      square += std::max(up, down) * std::max(up, down);
    }
    largest = std::max(largest, square);
  }
  return std::sqrt(largest);
}

}  // namespace bellwether::mdp
