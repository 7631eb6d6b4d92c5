#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "core/stream.h"
#include "mdp/linear/feature_map.h"
#include "mdp/tabular_mdp.h"
#include "solvers/linear/prediction_task.h"

namespace bellwether::claims {

/// The evaluation that a family with features asks for (mdp/instances/approximation.h), at its own discount.
solvers::PredictionTask named_prediction(std::string_view family, const std::vector<Setting>& settings = {});

/// Garnet of 12 states, 3 choices and 5 successors with a drawn policy, normal features scaled to |phi| <= 1, and, when
/// `off_policy`, plays of another policy.
solvers::PredictionTask drawn_prediction(const Stream& stream, bool off_policy, double discount, int dimension);

/// Garnet of 15 states, 3 choices, 4 successors.
mdp::TabularMdp drawn_control(const Stream& stream);

/// The distance of values from those of the fixed point of TD(0), in the norm of the long-run law.
double distance_from_fixed_point(const solvers::PredictionTask& task, const Eigen::VectorXd& weights);

/// The share of the first state at which A of the two states of Kolter is 0.
double kolter_singular_share(double discount, double epsilon);

}  // namespace bellwether::claims
