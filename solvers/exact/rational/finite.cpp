#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "solvers/exact/rational/certification.h"

namespace bellwether::solvers::rational {
namespace {

double words(const RationalVector& x) {
  std::size_t sum = 0;
  for (int s = 0; s < x.size(); ++s)
    sum += mpz_size(x.numerator[s].get_mpz_t()) + mpz_size(x.denominator_of(s).get_mpz_t());
  return static_cast<double>(sum);
}

RationalVector zeros(int size) {
  RationalVector x;
  x.numerator.assign(size, 0);
  x.denominator.assign(size, 1);
  for (int s = 0; s < size; ++s) x.class_of.push_back(s);
  return x;
}

void require_fits(std::span<const ModelView> stages, int horizon, double discount) {
  if (horizon < 1) throw InvalidOption(fmt::format("certify 'rational': horizon {} must be at least 1", horizon));
  if (!(discount >= 0 && discount <= 1))
    throw InvalidOption(fmt::format("certify 'rational': discount {} must lie in [0, 1]", discount));
  if (stages.size() != 1 && static_cast<int>(stages.size()) != horizon)
    throw InvalidOption(fmt::format("certify 'rational': horizon {} does not fit a model of {}", horizon,
                                    counted(static_cast<std::int64_t>(stages.size()), "stage")));
}

}  // namespace

RationalResult solve_finite(std::span<const ModelView> stages, int horizon, double discount, Direction direction,
                            const RationalOptions& options) {
  bellwether::require_valid("certify 'rational'", options);
  require_fits(stages, horizon, discount);
  const int sign = direction == Direction::kMaximise ? 1 : -1, num_states = stages.front().num_states();
  WorkLimit limit(options.max_work, options.max_bytes);
  RationalResult result;
  result.status = Status::kConverged;
  result.stages.resize(horizon);
  ExactRows rows;
  RationalVector value = zeros(num_states);
  for (int stage = horizon - 1; stage >= 0; --stage) {
    if (stage == horizon - 1 || stages.size() > 1) {
      rows = read_rows(stages[stages.size() > 1 ? stage : 0], sign);
      for (int i = 0; i < 3; ++i) {
        result.report.rows_read[i] += rows.rows_read[i];
        result.report.rewards_read[i] += rows.rewards_read[i];
      }
    }
    // A backup multiplies and adds fractions of this length, and takes their common factors out again.
    const double mean = 4 + words(value) / num_states;
    limit.release_bytes();
    limit.charge(static_cast<double>(rows.numerator.size()) * (200 + 30 * mean), 32 * words(value) + 64.0 * num_states,
                 fmt::format("stage {} of {} (numbers of about {:.0f} bits in {} states)", stage, horizon, 32 * mean,
                             num_states));
    ExactProcess process{rows, read_number(discount).value, {}, 0, {}};
    const ChoiceComparison comparison(process, value, nullptr, true);
    RationalVector next = zeros(num_states);
    mpq_class best;
    for (int s = 0; s < num_states; ++s) {
      const auto choice = comparison.first_best(s, best);
      result.stages[stage].push_back(static_cast<std::int32_t>(choice - process.first_choice(s)));
      next.numerator[s] = best.get_num();
      next.denominator[s] = best.get_den();
      result.report.denominator_bits = std::max(result.report.denominator_bits, bit_length(best.get_den()));
    }
    result.report.exact_comparisons += comparison.exact_comparisons();
    value = std::move(next);
  }
  publish_values(std::move(value), sign, result);
  result.report.tied_states = -1;
  result.note = result.report.text();
  return result;
}

}  // namespace bellwether::solvers::rational
