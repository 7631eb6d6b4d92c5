#pragma once

#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"
#include "proofs_checks/claim.h"
#include "solvers/problem.h"

namespace bellwether::claims {

/// A discounted question that claims are tried on.
struct Case {
  std::string name;
  solvers::Problem problem;

  const mdp::TabularMdp& model() const { return problem.model; }
  double discount() const { return problem.discount; }
};

/// RiverSwim, DeepSea and Garnets (their seeds drawn from the effort's stream) with discounts from .5 to .999.
std::vector<Case> discounted_cases(const Effort& effort);

/// A Garnet of this size; the stream draws its seed.
mdp::TabularMdp drawn_garnet(int states, int actions, int successors, Stream& stream);

/// A deterministic policy, every choice of every state equally likely.
mdp::Policy drawn_policy(const mdp::TabularMdp& model, Stream& stream);
/// A randomised policy with weights drawn uniformly and divided by their sum.
mdp::Policy drawn_randomised_policy(const mdp::TabularMdp& model, Stream& stream);

/// Entries uniform on [-scale, scale].
std::vector<double> drawn_values(int size, double scale, Stream& stream);

/// max |a_i - b_i|
double distance(std::span<const double> a, std::span<const double> b);
/// max |v_i|
double norm(std::span<const double> v);

inline std::span<const double> view(const Eigen::VectorXd& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }

/// V* with its proven error, by policy iteration. Throws when the error is not small.
struct Truth {
  explicit Truth(const Case& on);
  std::vector<double> value;
  double error = 0;
};

}  // namespace bellwether::claims
