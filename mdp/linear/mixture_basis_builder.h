#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "mdp/linear/mixture_basis.h"

namespace bellwether::mdp {

/// The features of a mixture, choice by choice, the successors of each one by one.
class MixtureBasisBuilder {
 public:
  explicit MixtureBasisBuilder(int dimension) : dimension_(dimension) {}

  MixtureBasisBuilder& next(std::int32_t state, std::span<const double> phi) {
    successor_.push_back(state);
    features_.insert(features_.end(), phi.begin(), phi.end());
    return *this;
  }
  MixtureBasisBuilder& next(std::int32_t state, const std::vector<double>& phi) {
    return next(state, std::span<const double>(phi));
  }
  void end_choice() { begin_.push_back(static_cast<std::int64_t>(successor_.size())); }

  /// InvalidModel as of MixtureBasis.
  std::shared_ptr<const MixtureBasis> build(int states) && {
    return std::make_shared<const MixtureBasis>(dimension_, states, std::move(begin_), std::move(successor_),
                                                std::move(features_));
  }

 private:
  int dimension_;
  std::vector<std::int64_t> begin_{0};
  std::vector<std::int32_t> successor_;
  std::vector<double> features_;
};

}  // namespace bellwether::mdp
