#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "core/options.h"
#include "solvers/linear/prediction_task.h"
#include "solvers/linear/predictor.h"

namespace bellwether::solvers {

/// A predictor, and the lambda of the fixed point that it seeks.
struct MadePredictor {
  std::unique_ptr<Predictor> predictor;
  double lambda = 0;
};

struct PredictorRow {
  std::string_view name;     ///< "td-lambda"
  std::string_view summary;  ///< one line
  std::vector<OptionRow> (*options)() = nullptr;
  MadePredictor (*make)(const PredictionTask& task, const std::vector<Setting>& settings) = nullptr;
};

/// td, td-lambda, gtd2, tdc, lstd, lspe: those who learn the values of a policy from single steps.
std::span<const PredictorRow> predictor_table();
/// InvalidOption, with what was probably meant, when there is none of this name.
const PredictorRow& find_predictor(std::string_view name);

/// How far weights are from what they could be, by the exact answers; |.|_D as in the page of linear functions.
struct PredictionError {
  Eigen::VectorXd fixed_point = {};  ///< w* of the predictor's lambda
  double weights = 0;                ///< |w - w*|
  double from_fixed_point = 0;       ///< |Phi (w - w*)|_D
  double from_values = 0;            ///< |Phi w - V|_D
};
PredictionError prediction_error(const PredictionTask& task, double lambda, const Eigen::VectorXd& w);

}  // namespace bellwether::solvers
