#include "solvers/exact/rational/certification.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::solvers::rational {
namespace {

std::vector<std::int64_t> model_wide(const ModelView& model, std::span<const std::int32_t> policy) {
  if (static_cast<int>(policy.size()) != model.num_states())
    throw InvalidOption(fmt::format("certify 'rational': the policy has {}, the model has {}",
                                    counted(static_cast<std::int64_t>(policy.size()), "state"), model.num_states()));
  std::vector<std::int64_t> result(policy.size());
  for (std::size_t s = 0; s < policy.size(); ++s) {
    const auto choices = model.state_begin[s + 1] - model.state_begin[s];
    if (policy[s] < 0 || policy[s] >= choices)
      throw InvalidOption(fmt::format("certify 'rational': the policy takes choice {} in state {}, which has {}",
                                      policy[s], model.state_name(static_cast<int>(s)), choices));
    result[s] = model.state_begin[s] + policy[s];
  }
  return result;
}

}  // namespace

int ExactValues::size() const { return data_ ? data_->x.size() : 0; }

std::string ExactValues::text(int i) const { return data_->x.entry(i).get_str(); }

std::size_t ExactValues::longest() const {
  std::size_t longest = 0;
  for (int i = 0; i < size(); ++i)
    longest = std::max({longest, mpz_sizeinbase(data_->x.numerator[i].get_mpz_t(), 10),
                        mpz_sizeinbase(data_->x.denominator_of(i).get_mpz_t(), 10)});
  return longest;
}

std::string RationalReport::text() const {
  const auto rows = rows_read[0] + rows_read[1] + rows_read[2];
  std::string text;
  if (rows_read[0] == rows)
    text = rows == 1 ? std::string("The one row of probabilities was read as simple fractions.")
                     : fmt::format("All {} rows of probabilities were read as simple fractions.", rows);
  else
    text = fmt::format(
        "Of {} rows of probabilities {} were read as simple fractions, {} as decimals and {} as doubles "
        "divided by their exact sum.",
        rows, rows_read[0], rows_read[1], rows_read[2]);
  text += repaired_states == 0 ? " Proven in exact arithmetic"
                               : fmt::format(" Proven in exact arithmetic after repairing {} state{} of the policy",
                                             repaired_states, repaired_states == 1 ? "" : "s");
  if (tied_states < 0) return text + ".";
  if (tied_states == 0) return text + "; the optimal policy is unique.";
  return text + fmt::format("; {} state{} several optimal choices.", tied_states, tied_states == 1 ? " has" : "s have");
}

Certification::Certification(const ModelView& model, Direction direction, bool rewards,
                             std::span<const std::int32_t> policy, const RationalOptions& options, std::string name)
    : view_(model),
      process_{rows_, 1, {}, 0, std::move(name)},
      sign_(direction == Direction::kMaximise ? 1 : -1),
      limit_(options.max_work, options.max_bytes),
      policy_(model_wide(model, policy)),
      given_(policy_) {
  bellwether::require_valid("certify 'rational'", options);
  rows_ = read_rows(model, rewards ? sign_ : 0);
  process_.boundary.assign(model.num_states(), Boundary::kFree);
}

int Certification::improve(const ChoiceComparison& comparison, std::span<const char> allowed,
                           std::vector<std::vector<std::int64_t>>& tight) {
  tight.assign(policy_.size(), {});
  int changed = 0;
  for (int s = 0; s < process_.num_states(); ++s) {
    if (process_.boundary[s] == Boundary::kTarget) continue;
    auto outcome = comparison.best(s, policy_[s], allowed);
    if (outcome.best != policy_[s]) ++changed;
    policy_[s] = outcome.best;
    tight[s] = std::move(outcome.tight);
  }
  count_comparisons(comparison);
  return changed;
}

RationalReport Certification::report() const {
  RationalReport report = report_;
  report.rows_read = rows_.rows_read;
  report.rewards_read = rows_.rewards_read;
  for (std::size_t s = 0; s < policy_.size(); ++s) report.repaired_states += policy_[s] != given_[s] ? 1 : 0;
  report.largest_class = stats_.largest;
  report.digits = stats_.digits;
  report.denominator_bits = stats_.denominator_bits;
  return report;
}

RationalResult Certification::publish(RationalVector x, const std::vector<std::vector<std::int64_t>>& tight) {
  RationalResult result;
  result.status = Status::kConverged;
  result.report = report();
  for (const auto& choices : tight) result.report.tied_states += choices.size() > 1 ? 1 : 0;
  for (int s = 0; s < process_.num_states(); ++s)
    result.policy.push_back(static_cast<std::int32_t>(policy_[s] - process_.first_choice(s)));
  publish_values(std::move(x), sign_, result);
  result.note = result.report.text();
  return result;
}

RationalResult Certification::fail(Status status, std::string note) {
  RationalResult result;
  result.status = status;
  result.note = std::move(note);
  result.report = report();
  return result;
}

void publish_values(RationalVector x, int sign, RationalResult& result) {
  if (sign < 0)
    for (auto& numerator : x.numerator) mpz_neg(numerator.get_mpz_t(), numerator.get_mpz_t());
  RoundedVector rounded = round_vector(x);
  result.gap = rounded.gap();
  result.value = std::move(rounded.nearest);
  result.lower = std::move(rounded.lower);
  result.upper = std::move(rounded.upper);
  result.exact = ExactValues(std::make_shared<const ExactValues::Data>(ExactValues::Data{std::move(x)}));
}

PolicyClasses policy_classes(const ExactRows& rows, std::span<const std::int64_t> policy,
                             std::span<const Boundary> boundary) {
  std::vector<std::int64_t> begin{0};
  std::vector<int> target;
  std::vector<char> leaves(policy.size(), false);
  for (std::size_t s = 0; s < policy.size(); ++s) {
    if (boundary[s] == Boundary::kTarget) leaves[s] = true;
    for (auto k = rows.view.choice_begin[policy[s]]; k < rows.view.choice_begin[policy[s] + 1] && !leaves[s]; ++k) {
      if (boundary[rows.view.successor[k]] == Boundary::kTarget)
        leaves[s] = true;
      else
        target.push_back(rows.view.successor[k]);
    }
    begin.push_back(static_cast<std::int64_t>(target.size()));
  }
  PolicyClasses result{mdp::strongly_connected_components({begin, target}), {}};
  result.closed.assign(result.classes.count(), true);
  const auto& class_of = result.classes.component;
  for (std::size_t s = 0; s < policy.size(); ++s) {
    if (leaves[s]) result.closed[class_of[s]] = false;
    for (auto k = begin[s]; k < begin[s + 1]; ++k)
      if (class_of[target[k]] != class_of[s]) result.closed[class_of[s]] = false;
  }
  return result;
}

}  // namespace bellwether::solvers::rational
