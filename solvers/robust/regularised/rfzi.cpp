#include "solvers/robust/regularised/rfzi.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/alias_table.h"
#include "core/errors.h"
#include "mdp/robust/penalty.h"

namespace bellwether::solvers {
namespace {

std::vector<double> law_of(const mdp::TabularMdp& model, std::span<const double> law) {
  if (law.empty())
    return std::vector<double>(static_cast<std::size_t>(model.num_choices()),
                               1.0 / static_cast<double>(model.num_choices()));
  if (static_cast<std::int64_t>(law.size()) != model.num_choices())
    throw InvalidModel(
        fmt::format("offline data: the law has {} entries, the model has {} choices", law.size(), model.num_choices()));
  return {law.begin(), law.end()};
}

/// max_a r + discount U and where it is attained.
void plan(const mdp::TabularMdp& model, double discount, RfziResult& at) {
  at.value.resize(model.num_states());
  std::vector<std::int32_t> choice(static_cast<std::size_t>(model.num_states()), 0);
  for (int s = 0; s < model.num_states(); ++s) {
    double best = -std::numeric_limits<double>::infinity();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double q = model.reward(c) + discount * at.certainty[static_cast<std::size_t>(c)];
      if (q <= best) continue;
      best = q;
      choice[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(c - model.first_choice(s));
    }
    at.value[s] = best;
  }
  at.policy = mdp::Policy::deterministic(std::move(choice));
}

/// Samples by choice: successors with weights.
struct Grouped {
  std::vector<std::vector<std::int32_t>> next;
  std::vector<std::vector<double>> weight;

  Grouped(const mdp::TabularMdp& model, std::span<const OfflineSample> samples)
      : next(static_cast<std::size_t>(model.num_choices())), weight(next.size()) {
    std::vector<std::vector<std::pair<std::int32_t, double>>> seen(next.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const OfflineSample& sample = samples[i];
      if (sample.choice < 0 || sample.choice >= model.num_choices() || sample.next < 0 ||
          sample.next >= model.num_states() || !(sample.weight > 0 && std::isfinite(sample.weight)))
        throw InvalidModel(fmt::format("offline data: sample {} (choice {}, next state {}, weight {}) does not fit", i,
                                       sample.choice, sample.next, sample.weight));
      seen[static_cast<std::size_t>(sample.choice)].push_back({sample.next, sample.weight});
    }
    for (std::size_t c = 0; c < seen.size(); ++c) {
      std::ranges::sort(seen[c]);
      for (const auto& [to, w] : seen[c]) {
        if (next[c].empty() || next[c].back() != to) {
          next[c].push_back(to);
          weight[c].push_back(0);
        }
        weight[c].back() += w;
      }
    }
  }
};

/// Ridge regression of exp(-beta V(s')) (of V itself for beta = 0) on the features of the choice.
class Regression {
 public:
  Regression(const Eigen::MatrixXd& features, const Grouped& data, double ridge) : features_(features), data_(data) {
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(features.cols(), features.cols());
    double total = 0;
    for (std::size_t c = 0; c < data.next.size(); ++c) {
      double weight = 0;
      for (const double w : data.weight[c]) weight += w;
      total += weight;
      const Eigen::VectorXd f = features.row(static_cast<Eigen::Index>(c));
      gram += weight * f * f.transpose();
    }
    if (!(total > 0)) throw InvalidModel("offline data: there are no samples");
    const double mean_square = gram.trace() / static_cast<double>(features.cols());
    gram.diagonal().array() += ridge * mean_square + std::numeric_limits<double>::min();
    solver_.compute(gram);
  }

  void predict(const Eigen::VectorXd& value, double beta, std::vector<double>& certainty) const {
    // Targets are scaled by the largest of them, whose logarithm is -beta times the least value.
    const double least = value.minCoeff();
    Eigen::VectorXd moment = Eigen::VectorXd::Zero(features_.cols());
    for (std::size_t c = 0; c < certainty.size(); ++c) {
      double sum = 0;
      for (std::size_t i = 0; i < data_.next[c].size(); ++i) {
        const double v = value[data_.next[c][i]];
        sum += data_.weight[c][i] * (beta > 0 ? std::exp(-beta * (v - least)) : v);
      }
      moment += sum * features_.row(static_cast<Eigen::Index>(c)).transpose();
    }
    const Eigen::VectorXd fit = features_ * solver_.solve(moment);
    for (std::size_t c = 0; c < certainty.size(); ++c) {
      const double f = fit[static_cast<Eigen::Index>(c)];
      // A fit that is not positive stands for the largest value there can be: the clip puts it there.
      certainty[c] = beta > 0 ? (f > 0 ? least - std::log(f) / beta : std::numeric_limits<double>::max()) : f;
    }
  }

 private:
  const Eigen::MatrixXd& features_;
  const Grouped& data_;
  Eigen::LDLT<Eigen::MatrixXd> solver_;
};

RfziResult iterate(const mdp::TabularMdp& model, double discount, const Grouped& data, const RfziOptions& options,
                   double tolerance) {
  if (!(discount >= 0 && discount < 1))
    throw InvalidOption(fmt::format("rfzi: discount is {}, must be in [0, 1)", discount));
  const auto [low, high] = std::ranges::minmax_element(model.reward());
  const double least = *low / (1 - discount), most = *high / (1 - discount);
  std::optional<Regression> regression;
  if (options.features.size() > 0) {
    if (options.features.rows() != model.num_choices())
      throw InvalidOption(fmt::format("rfzi: there are features for {} choices, the model has {}",
                                      options.features.rows(), model.num_choices()));
    regression.emplace(options.features, data, options.ridge);
  }
  RfziResult at{.certainty = std::vector<double>(static_cast<std::size_t>(model.num_choices()), least),
                .value = {},
                .policy = {}};
  std::vector<double> next = at.certainty, z;
  double before = std::numeric_limits<double>::infinity();
  for (std::int64_t k = 0; k < options.iterations; ++k) {
    plan(model, discount, at);
    if (regression) {
      regression->predict(at.value, options.beta, next);
    } else {
      for (std::size_t c = 0; c < next.size(); ++c) {
        if (data.next[c].empty()) continue;
        z.clear();
        for (const std::int32_t s : data.next[c]) z.push_back(at.value[s]);
        next[c] = mdp::robust::paid_least(mdp::SetKind::kKl, data.weight[c], z, 1 / options.beta);
      }
    }
    at.change = 0;
    for (std::size_t c = 0; c < next.size(); ++c) {
      next[c] = std::clamp(next[c], least, most);
      at.change = std::max(at.change, std::abs(next[c] - at.certainty[c]));
    }
    at.certainty.swap(next);
    // The map contracts by the discount, so so much is left at most; a change that no longer falls is rounding.
    if (tolerance > 0 && (discount * at.change <= tolerance * (1 - discount) || (k > 100 && at.change >= before)))
      break;
    before = at.change;
    next = at.certainty;
  }
  plan(model, discount, at);
  return at;
}

}  // namespace

std::vector<OfflineSample> draw_offline(const mdp::TabularMdp& model, std::int64_t count, Stream stream,
                                        std::span<const double> law) {
  const AliasTable choices(law_of(model, law));
  std::vector<AliasTable> rows;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) rows.emplace_back(model.probabilities(c));
  std::vector<OfflineSample> samples;
  samples.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t c = choices.sample(stream);
    const auto outcome = static_cast<std::size_t>(rows[static_cast<std::size_t>(c)].sample(stream));
    samples.push_back({.choice = c, .next = model.successors(c)[outcome]});
  }
  return samples;
}

std::vector<OfflineSample> exact_offline(const mdp::TabularMdp& model, std::span<const double> law) {
  const std::vector<double> choices = law_of(model, law);
  std::vector<OfflineSample> samples;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const double mass = choices[static_cast<std::size_t>(c)];
    if (mass <= 0) continue;
    for (std::size_t i = 0; i < model.successors(c).size(); ++i)
      samples.push_back({.choice = c, .next = model.successors(c)[i], .weight = mass * model.probabilities(c)[i]});
  }
  return samples;
}

RfziResult rfzi(const mdp::TabularMdp& model, double discount, std::span<const OfflineSample> samples,
                const RfziOptions& options) {
  bellwether::require_valid("rfzi", options);
  return iterate(model, discount, Grouped(model, samples), options, 0);
}

RfziResult z_fixed_point(const mdp::TabularMdp& model, double discount, double beta, double tolerance) {
  const RfziOptions options{.beta = beta, .iterations = std::numeric_limits<std::int64_t>::max(), .features = {}};
  bellwether::require_valid("rfzi", options);
  return iterate(model, discount, Grouped(model, exact_offline(model)), options, std::max(tolerance, 1e-300));
}

}  // namespace bellwether::solvers
