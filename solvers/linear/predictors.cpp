#include "solvers/linear/predictors.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "solvers/linear/least_squares.h"
#include "solvers/linear/temporal_difference.h"

namespace bellwether::solvers {
namespace {

template <class Options>
Options with(std::string_view name, Options options, const std::vector<Setting>& settings) {
  apply_settings(name, options, settings);
  return options;
}

/// TD(0) is TD(lambda) whose lambda is not to be set.
std::vector<OptionRow> td_options() {
  auto rows = option_rows<TdOptions>();
  std::erase_if(rows, [](const OptionRow& row) { return row.name == "lambda"; });
  return rows;
}

MadePredictor make_td(const PredictionTask& task, const std::vector<Setting>& settings) {
  for (const Setting& setting : settings)
    if (setting.first == "lambda") throw InvalidOption("td: lambda is 0; td-lambda has others");
  return {std::make_unique<TemporalDifference>(task.start(), task.discount(), with("td", TdOptions{}, settings))};
}

constexpr double kUsualLambda = 0.8;
std::vector<OptionRow> td_lambda_options() { return option_rows(TdOptions{.lambda = kUsualLambda}); }

MadePredictor make_td_lambda(const PredictionTask& task, const std::vector<Setting>& settings) {
  const auto options = with("td-lambda", TdOptions{.lambda = kUsualLambda}, settings);
  return {std::make_unique<TemporalDifference>(task.start(), task.discount(), options), options.lambda};
}

template <TdMethod kMethod>
MadePredictor make_gradient(const PredictionTask& task, const std::vector<Setting>& settings) {
  const auto options = with(kMethod == TdMethod::kGtd2 ? "gtd2" : "tdc", GradientTdOptions{}, settings);
  return {std::make_unique<GradientTd>(kMethod, task.start(), task.discount(), options)};
}

template <class Method>
MadePredictor make_least_squares(const PredictionTask& task, const std::vector<Setting>& settings) {
  const auto options = with(std::is_same_v<Method, Lstd> ? "lstd" : "lspe", LstdOptions{}, settings);
  return {std::make_unique<Method>(task.start(), task.discount(), options), options.lambda};
}

template <class Options>
std::vector<OptionRow> rows_of() {
  return option_rows<Options>();
}

constexpr std::array<PredictorRow, 6> kTable = {{
    {"td", "TD(0): a step along the features by the error of one step", td_options, make_td},
    {"td-lambda", "TD(lambda): the same along traces of features", td_lambda_options, make_td_lambda},
    {"gtd2", "a gradient step on the projected Bellman error; converges off policy too", rows_of<GradientTdOptions>,
     make_gradient<TdMethod::kGtd2>},
    {"tdc", "TD(0) with a gradient correction; converges off policy too", rows_of<GradientTdOptions>,
     make_gradient<TdMethod::kTdc>},
    {"lstd", "LSTD(lambda): the fixed point of what was seen, by least squares", rows_of<LstdOptions>,
     make_least_squares<Lstd>},
    {"lspe", "LSPE(lambda): a least-squares step towards it after every step", rows_of<LstdOptions>,
     make_least_squares<Lspe>},
}};

}  // namespace

std::span<const PredictorRow> predictor_table() { return kTable; }

const PredictorRow& find_predictor(std::string_view name) {
  std::vector<std::string> names;
  for (const PredictorRow& row : kTable) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  throw InvalidOption(fmt::format("there is no predictor '{}'{}", name, did_you_mean(name, names)));
}

PredictionError prediction_error(const PredictionTask& task, double lambda, const Eigen::VectorXd& w) {
  const FeatureChain& chain = task.chain();
  PredictionError error{.fixed_point = lambda == 0 ? task.fixed_point() : td_fixed_point(td_moments(chain, lambda))};
  error.weights = (w - error.fixed_point).norm();
  error.from_fixed_point = weighted_norm(chain, chain.features * (w - error.fixed_point));
  error.from_values = weighted_norm(chain, chain.features * w - task.values());
  return error;
}

}  // namespace bellwether::solvers
