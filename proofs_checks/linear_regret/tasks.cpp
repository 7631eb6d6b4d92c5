#include "proofs_checks/linear_regret/tasks.h"

#include <cmath>
#include <memory>
#include <utility>

#include "mdp/tabular_mdp_builder.h"

namespace bellwether::claims {
namespace {

/// The features of a mixture, choice by choice.
class BasisBuilder {
 public:
  explicit BasisBuilder(int dimension) : dimension_(dimension) {}

  BasisBuilder& next(std::int32_t state, const std::vector<double>& phi) {
    successor_.push_back(state);
    features_.insert(features_.end(), phi.begin(), phi.end());
    return *this;
  }
  void end_choice() { begin_.push_back(static_cast<std::int64_t>(successor_.size())); }
  std::shared_ptr<const mdp::MixtureBasis> build(int states) && {
    return std::make_shared<const mdp::MixtureBasis>(dimension_, states, std::move(begin_), std::move(successor_),
                                                     std::move(features_));
  }

 private:
  int dimension_;
  std::vector<std::int64_t> begin_{0};
  std::vector<std::int32_t> successor_;
  std::vector<double> features_;
};

double sign(std::uint64_t bits, int i) { return (bits >> i & 1) != 0 ? 1 : -1; }

}  // namespace

online::EpisodicTask linear_task(const mdp::NamedInstance& instance) {
  return {instance.model, instance.question.horizon, instance.linear};
}

online::EpisodicTask small_mixture_task() {
  mdp::TabularMdpBuilder builder(3);
  // From 0 the choices reach 1 with .9 theta_1 + .1 theta_2 and the reverse; theta = (.05, .95). State 1 pays.
  builder.add_choice(0, 0.0, {{1, 0.14}, {2, 0.86}}).add_choice(0, 0.0, {{1, 0.86}, {2, 0.14}});
  builder.add_choice(1, 1.0, {{1, 1.0}}).add_choice(2, 0.0, {{2, 1.0}});
  builder.start_in(0);
  BasisBuilder basis(2);
  basis.next(1, {0.9, 0.1}).next(2, {0.1, 0.9}).end_choice();
  basis.next(1, {0.1, 0.9}).next(2, {0.9, 0.1}).end_choice();
  basis.next(1, {1, 1}).end_choice();
  basis.next(2, {1, 1}).end_choice();
  return {std::move(builder).build(), 2, {.mixture = std::move(basis).build(3), .mixture_theta = {{0.05, 0.95}}}};
}

online::EpisodicTask hard_mixture_task(const bounds::LinearSize& size, const std::vector<std::uint64_t>& signs) {
  const int d = static_cast<int>(size.dimension), H = static_cast<int>(size.horizon), poor = H, paying = H + 1;
  const std::uint64_t actions = std::uint64_t{1} << (d - 1);
  const double advantage = bounds::hard_mixture_advantage(size), escape = 1 / size.horizon;
  const double stretch = 1 + advantage * (d - 1), alpha = std::sqrt(1 / stretch), beta = std::sqrt(advantage / stretch);
  BasisBuilder basis(d);
  std::vector<double> phi(static_cast<std::size_t>(d));
  for (int x = 0; x < H; ++x) {
    for (std::uint64_t a = 0; a < actions; ++a) {
      for (const double way : {-1.0, 1.0}) {
        phi[0] = alpha * (way < 0 ? 1 - escape : escape);
        for (int i = 0; i < d - 1; ++i) phi[static_cast<std::size_t>(i) + 1] = way * beta * sign(a, i);
        basis.next(way < 0 ? x + 1 : paying, phi);
      }
      basis.end_choice();
    }
  }
  phi.assign(phi.size(), 0.0);
  phi[0] = alpha;
  for (const int x : {poor, paying}) basis.next(x, phi).end_choice();

  std::vector<mdp::TabularMdp> stages;
  mdp::LinearStructure linear{.mixture = std::move(basis).build(H + 2)};
  for (const std::uint64_t mu : signs) {
    mdp::TabularMdpBuilder builder(H + 2);
    for (int x = 0; x < H; ++x) {
      for (std::uint64_t a = 0; a < actions; ++a) {
        double p = escape;
        for (int i = 0; i < d - 1; ++i) p += advantage * sign(mu, i) * sign(a, i);
        builder.add_choice(x, 0.0, {{x + 1, 1 - p}, {paying, p}});
      }
    }
    builder.add_choice(poor, 0.0, {{poor, 1.0}}).add_choice(paying, 1.0, {{paying, 1.0}});
    builder.start_in(0);
    stages.push_back(std::move(builder).build());
    std::vector<double> theta{1 / alpha};
    for (int i = 0; i < d - 1; ++i) theta.push_back(advantage * sign(mu, i) / beta);
    linear.mixture_theta.push_back(std::move(theta));
  }
  return online::EpisodicTask(std::move(stages), std::move(linear));
}

}  // namespace bellwether::claims
