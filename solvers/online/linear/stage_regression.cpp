#include "solvers/online/linear/stage_regression.h"

#include <algorithm>
#include <utility>

namespace bellwether::online {

StageRegression::StageRegression(std::shared_ptr<const mdp::FeatureMap> features, double lambda)
    : features_(std::move(features)),
      ridge_(features_->dimension(), lambda),
      rows_(static_cast<std::size_t>(features_->num_choices())),
      by_choice_(features_->num_choices()),
      image_(features_->dimension()),
      solution_(features_->dimension()) {
  measure();
}

void StageRegression::measure() { norms_ = (features_->matrix() * ridge_.root()).rowwise().squaredNorm().array(); }

void StageRegression::add(std::int64_t choice, std::int32_t next, double reward, double weight) {
  Row& row = rows_[static_cast<std::size_t>(choice)];
  row.reward += weight * reward;
  const auto place = std::ranges::find(row.seen, next, &Seen::next);
  if (place == row.seen.end()) {
    row.seen.push_back({next, weight});
  } else {
    place->weight += weight;
  }
  const Ridge::Update update = ridge_.add(features_->row(choice), 0, weight);
  if (update.refreshed) return measure();
  by_choice_.noalias() = features_->matrix() * ridge_.direction();
  norms_ = (norms_ - update.shrink * by_choice_.array().square()).max(0.0);
}

void StageRegression::target(Target target, const double* v, Eigen::VectorXd& out) {
  for (std::size_t c = 0; c < rows_.size(); ++c) {
    double sum = target == Target::kReturn ? rows_[c].reward : 0;
    for (const Seen& seen : rows_[c].seen) {
      const double y = v[seen.next];
      sum += seen.weight * (target == Target::kSquare ? y * y : y);
    }
    by_choice_[static_cast<Eigen::Index>(c)] = sum;
  }
  out.noalias() = features_->matrix().transpose() * by_choice_;
}

const Eigen::VectorXd& StageRegression::solve(const Eigen::VectorXd& b) {
  image_.noalias() = ridge_.root().transpose() * b;
  solution_.noalias() = ridge_.root() * image_;
  return solution_;
}

}  // namespace bellwether::online
