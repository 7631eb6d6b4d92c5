#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "bandits/agent.h"
#include "bandits/linear/model.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Maximum likelihood of a generalised linear model whose observations come one by one, those with equal features
/// together when they carry the same key. The likelihood of separable data has no maximum: a penalty guards it.
class LikelihoodFit {
 public:
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  LikelihoodFit(int dimension, Link link, double penalty);

  /// `key` from 0 on names the feature where features repeat; negative: one of its own.
  void add(std::span<const double> feature, double y, int key);
  /// Newton's method from where the last fit ended, until the gradient is shorter than 1e-9 or cannot fall any more.
  const Eigen::VectorXd& fit();
  const Eigen::VectorXd& theta() const { return theta_; }
  /// Of the log-likelihood at theta().
  double gradient_norm() const;

 private:
  Eigen::Map<const Rows> points() const {
    return {features_.data(), static_cast<Eigen::Index>(counts_.size()), dimension_};
  }
  Eigen::ArrayXd scores(const Eigen::VectorXd& theta) const;
  Eigen::MatrixXd curvature() const;
  double objective(const Eigen::VectorXd& theta) const;
  Eigen::VectorXd gradient(const Eigen::VectorXd& theta) const;
  bool newton();

  Link link_;
  double penalty_;
  Eigen::Index dimension_;
  std::vector<double> features_, counts_, sums_;
  std::vector<int> place_;  // of a key
  Eigen::VectorXd theta_;
};

/// UCB-GLM (Li, Lu, Zhou 2017): the link is the bandit's.
struct UcbGlmOptions {
  std::string constant = "theory";
  double delta = 0, growth = 0.1, penalty = 1e-6;
};

template <class Field>
void describe(UcbGlmOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on alpha: theory, practical or a number");
  field("delta", o.delta, between(0, 0.5), "probability that the width may fail; 0: 1 / T");
  field("growth", o.growth, at_least(0),
        "C: the likelihood is maximised anew when det V has grown by 1 + C; 0: in every round");
  field("penalty", o.penalty, at_least(0), "on |theta|^2 / 2, so that separable data have an estimate");
}

/// UCB-GLM, for claims that look inside.
class UcbGlm final : public Agent {
 public:
  UcbGlm(const World& world, const UcbGlmOptions& options, const Stream& stream);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;

  double alpha() const { return alpha_; }
  bool exploring() const { return !model_; }
  const LinearModel& model() const { return *model_; }
  const LikelihoodFit& likelihood() const { return fit_; }

 private:
  void gather(const Feedback& feedback);

  World world_;
  double alpha_, growth_;
  Eigen::MatrixXd precision_;
  Eigen::VectorXd target_;
  Eigen::Index rank_ = 0;
  std::int64_t gathered_ = 0;
  std::optional<LinearModel> model_;
  std::optional<Ridge> ahead_;
  std::optional<LazySwitch> lazy_;
  LikelihoodFit fit_;
  Eigen::ArrayXd index_;
  Stream stream_;
};

std::unique_ptr<Agent> make_ucb_glm(const World& world, const UcbGlmOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
