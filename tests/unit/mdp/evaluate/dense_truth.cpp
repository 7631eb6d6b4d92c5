#include "tests/unit/mdp/evaluate/dense_truth.h"

#include <string>

#include <Eigen/LU>
#include <gtest/gtest.h>

namespace bellwether::mdp::truth {

long double share(const TabularMdp& model, const Policy& policy, int s, std::int64_t c) {
  long double sum = 0;
  for (std::int64_t other = model.first_choice(s); other < model.first_choice(s + 1); ++other)
    sum += policy.probability(model, s, other);
  return policy.probability(model, s, c) / sum;
}

Matrix transitions(const TabularMdp& model, const Policy& policy) {
  Matrix p = Matrix::Zero(model.num_states(), model.num_states());
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      long double sum = 0;
      for (const double x : model.probabilities(c)) sum += x;
      for (std::size_t k = 0; k < model.successors(c).size(); ++k)
        p(s, model.successors(c)[k]) += share(model, policy, s, c) * model.probabilities(c)[k] / sum;
    }
  }
  return p;
}

Vector rewards(const TabularMdp& model, const Policy& policy, std::span<const double> value) {
  Vector r = Vector::Zero(model.num_states());
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      r[s] += share(model, policy, s, c) * value[static_cast<std::size_t>(c)];
  return r;
}

Vector solve(const Matrix& a, const Vector& b) { return Eigen::FullPivLU<Matrix>(a).solve(b); }

Vector discounted(const TabularMdp& model, const Policy& policy, long double discount) {
  const Matrix p = transitions(model, policy);
  return solve(Matrix::Identity(p.rows(), p.cols()) - discount * p, rewards(model, policy));
}

Vector initial(const TabularMdp& model) {
  const std::vector<double> mu = model.initial();
  Vector result(model.num_states());
  for (int s = 0; s < model.num_states(); ++s) result[s] = mu[static_cast<std::size_t>(s)];
  return result / result.sum();
}

Policy random_choices(const TabularMdp& model, Stream stream) {
  std::vector<std::int32_t> choice;
  for (int s = 0; s < model.num_states(); ++s)
    choice.push_back(static_cast<std::int32_t>(stream.below(static_cast<std::uint64_t>(model.num_choices(s)))));
  return Policy::deterministic(choice);
}

Policy random_policy(const TabularMdp& model, Stream stream) {
  std::vector<double> probability;
  for (int s = 0; s < model.num_states(); ++s) {
    const int choices = model.num_choices(s);
    const auto sure = static_cast<int>(stream.below(static_cast<std::uint64_t>(choices)));
    std::vector<double> weight;
    double sum = 0;
    for (int a = 0; a < choices; ++a) {
      weight.push_back(a == sure || stream.uniform() < 0.5 ? 0.1 + stream.uniform() : 0.0);
      sum += weight.back();
    }
    for (const double w : weight) probability.push_back(w / sum);
  }
  return Policy::randomised(probability);
}

void expect_encloses(const Evaluation& got, const Vector& truth, double most, const std::string& what) {
  ASSERT_EQ(got.value.size(), truth.size()) << what;
  for (Eigen::Index s = 0; s < truth.size(); ++s) {
    ASSERT_LE(std::abs(got.value[s] - truth[s]), got.error[s]) << what << ", state " << s;
    ASSERT_LE(got.error[s], most) << what << ", state " << s;
  }
}

}  // namespace bellwether::mdp::truth
