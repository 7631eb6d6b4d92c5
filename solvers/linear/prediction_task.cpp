#include "solvers/linear/prediction_task.h"

#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers {
namespace {

std::vector<double> ratios(const mdp::TabularMdp& model, const mdp::Policy& target, const mdp::Policy& behaviour) {
  std::vector<double> out(static_cast<std::size_t>(model.num_choices()), 0.0);
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      if (const double share = behaviour.probability(model, s, c); share > 0)
        out[static_cast<std::size_t>(c)] = target.probability(model, s, c) / share;
  return out;
}

Eigen::VectorXd first_weights(const std::vector<double>& start, int dimension) {
  if (start.empty()) return Eigen::VectorXd::Zero(dimension);
  if (start.size() != static_cast<std::size_t>(dimension))
    throw InvalidModel(fmt::format("{} first weights for features of dimension {}", start.size(), dimension));
  return Eigen::Map<const Eigen::VectorXd>(start.data(), dimension);
}

std::span<const double> view(const Eigen::VectorXd& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }

}  // namespace

PredictionTask::PredictionTask(const mdp::TabularMdp& model, const mdp::Policy& target, const mdp::Policy& behaviour,
                               const mdp::FeatureMap& features, double discount, std::vector<double> start)
    : simulator_(model),
      behaviour_(model, behaviour),
      chain_(feature_chain(model, target, behaviour, features, discount)),
      moments_(td_moments(chain_)),
      values_(true_values(chain_)),
      fixed_point_(td_fixed_point(moments_)),
      start_(first_weights(start, chain_.dimension())),
      end_(end_states(model)),
      restart_(restart_law(model, end_)),
      anywhere_(view(chain_.weight)),
      ratio_(ratios(model, target, behaviour)),
      columns_(chain_.features.transpose()) {
  for (std::size_t s = 0; s < end_.size(); ++s)
    if (end_[s] != 0) columns_.col(static_cast<Eigen::Index>(s)).setZero();
}

PredictionPlay::PredictionPlay(const PredictionTask& task, const Stream& stream, Order order)
    : task_(task), stream_(stream), order_(order), state_(task.restart_.sample(stream_)) {}

FeatureStep PredictionPlay::step() {
  if (order_ == Order::kIndependent) state_ = task_.anywhere_.sample(stream_);
  const std::int32_t from = state_;
  const std::int64_t choice = task_.behaviour_.draw(from, stream_);
  const mdp::Step step = task_.simulator_.draw_step(choice, stream_);
  const bool over = task_.end_[static_cast<std::size_t>(step.next)] != 0;
  state_ = over ? task_.restart_.sample(stream_) : step.next;
  return {.from = task_.columns_.col(from),
          .to = task_.columns_.col(step.next),
          .reward = step.reward,
          .ratio = task_.ratio_[static_cast<std::size_t>(choice)],
          .last = over || order_ == Order::kIndependent};
}

}  // namespace bellwether::solvers
