#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/exact/rational/certification.h"

namespace bellwether::solvers::rational {

RationalResult certify_discounted(const ModelView& model, double discount, Direction direction,
                                  std::span<const std::int32_t> policy, const RationalOptions& options) {
  if (!(discount >= 0 && discount < 1))
    throw InvalidOption(fmt::format("certify 'rational': discount {} must lie in [0, 1)", discount));
  Certification job(model, direction, true, policy, options, "the exact value of the policy");
  job.process().discount = read_number(discount).value;
  std::vector<std::vector<std::int64_t>> tight;
  for (;;) {
    RationalVector value = evaluate(job.process(), job.policy(), job.limit(), job.stats());
    const ChoiceComparison comparison(job.process(), value, nullptr, true);
    if (job.improve(comparison, {}, tight) == 0) return job.publish(std::move(value), tight);
    job.count_update();
  }
}

}  // namespace bellwether::solvers::rational
