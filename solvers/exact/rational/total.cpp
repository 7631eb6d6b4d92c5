#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "solvers/exact/rational/certification.h"

namespace bellwether::solvers::rational {
namespace {

using Choices = std::vector<std::vector<std::int64_t>>;  // by state

class TotalCertification {
 public:
  TotalCertification(Certification& job, bool proper_only) : job_(job), proper_only_(proper_only) {}

  RationalResult run();

 private:
  int settle_closed_classes();
  void require_ends(int state) const;
  bool without_reward(std::int64_t choice) const { return sgn(job_.process().rows.reward[choice]) == 0; }
  void keep_end_components(Choices& choices) const;
  bool erase_leaving(Choices& choices, const std::vector<std::int32_t>& class_of) const;
  static int negative_state(const Choices& components, const RationalVector& value);

  Certification& job_;
  bool proper_only_;
};

// Classes of the policy that never reach the target are worth 0 when they pay nothing. Returns a state of a closed
// class that pays, or -1.
int TotalCertification::settle_closed_classes() {
  auto& boundary = job_.process().boundary;
  std::replace(boundary.begin(), boundary.end(), Boundary::kZero, Boundary::kFree);
  const PolicyClasses classes = policy_classes(job_.process().rows, job_.policy(), boundary);
  for (int c = 0; c < classes.classes.count(); ++c) {
    if (!classes.closed[c]) continue;
    for (int s : classes.classes.members_of(c)) {
      if (!without_reward(job_.choice_of(s))) return s;
      boundary[s] = Boundary::kZero;
    }
  }
  return -1;
}

void TotalCertification::require_ends(int state) const {
  if (state >= 0)
    throw InvalidOption(
        fmt::format("certify 'rational': under the policy the play never ends from state {} and rewards "
                    "go on; a policy that ends surely is needed",
                    job_.state_name(state)));
  const auto& boundary = job_.process().boundary;
  const auto zero = std::find(boundary.begin(), boundary.end(), Boundary::kZero);
  const bool target = std::find(boundary.begin(), boundary.end(), Boundary::kTarget) != boundary.end();
  if (proper_only_ && target && zero != boundary.end())
    throw InvalidOption(
        fmt::format("certify 'rational': under the policy the target is never reached from state {}, "
                    "and 'proper_only' asks for policies that reach it",
                    job_.state_name(static_cast<int>(zero - boundary.begin()))));
}

bool TotalCertification::erase_leaving(Choices& choices, const std::vector<std::int32_t>& class_of) const {
  const ExactProcess& process = job_.process();
  bool changed = false;
  for (int s = 0; s < process.num_states(); ++s)
    changed |=
        std::erase_if(choices[s], [&](std::int64_t choice) {
          for (auto k = process.rows.view.choice_begin[choice]; k < process.rows.view.choice_begin[choice + 1]; ++k) {
            if (class_of[process.rows.view.successor[k]] != class_of[s]) return true;
          }
          return false;
        }) > 0;
  return changed;
}

// Leaves the choices that can be repeated for ever without leaving their strongly connected class (de Alfaro 1997). The
// target has no choices, so it is a class of its own, as is every state that has lost its last.
void TotalCertification::keep_end_components(Choices& choices) const {
  const ExactProcess& process = job_.process();
  for (bool changed = true; changed;) {
    std::vector<std::int64_t> begin{0};
    std::vector<int> target;
    for (const auto& allowed : choices) {
      for (auto choice : allowed)
        for (auto k = process.rows.view.choice_begin[choice]; k < process.rows.view.choice_begin[choice + 1]; ++k)
          target.push_back(process.rows.view.successor[k]);
      begin.push_back(static_cast<std::int64_t>(target.size()));
    }
    changed = erase_leaving(choices, mdp::strongly_connected_components({begin, target}).component);
  }
}

int TotalCertification::negative_state(const Choices& components, const RationalVector& value) {
  for (int s = 0; s < value.size(); ++s)
    if (!components[s].empty() && sgn(value.numerator[s]) < 0) return s;
  return -1;
}

RationalResult TotalCertification::run() {
  require_ends(settle_closed_classes());
  for (Choices tight;; job_.count_update()) {
    RationalVector value = evaluate(job_.process(), job_.policy(), job_.limit(), job_.stats());
    const ChoiceComparison comparison(job_.process(), value, nullptr, true);
    if (job_.improve(comparison, {}, tight) > 0) {
      // A closed class that a strict improvement made gains at every round.
      if (const int state = settle_closed_classes(); state >= 0)
        return job_.fail(Status::kUnbounded,
                         fmt::format("a policy collects rewards without end from state {}", job_.state_name(state)));
      continue;
    }
    const bool negative = std::any_of(value.numerator.begin(), value.numerator.end(),
                                      [](const mpz_class& numerator) { return sgn(numerator) < 0; });
    if (proper_only_ || !negative) return job_.publish(std::move(value), tight);

    Choices staying = tight;
    for (auto& choices : staying) std::erase_if(choices, [&](std::int64_t c) { return !without_reward(c); });
    keep_end_components(staying);
    if (negative_state(staying, value) < 0) {
      Choices cycles = tight;
      keep_end_components(cycles);
      const int state = negative_state(cycles, value);
      if (state < 0) return job_.publish(std::move(value), tight);
      return job_.fail(
          Status::kNumericalTrouble,
          fmt::format("the total reward has no limit: from state {} a policy can go round with rewards that "
                      "cancel",
                      job_.state_name(state)));
    }
    for (int s = 0; s < value.size(); ++s)
      if (!staying[s].empty() && sgn(value.numerator[s]) < 0) job_.policy()[s] = staying[s].front();
    settle_closed_classes();
  }
}

void set_target(Certification& job, std::span<const std::int32_t> target) {
  for (std::int32_t s : target) {
    if (s < 0 || s >= job.process().num_states())
      throw InvalidOption(fmt::format("certify 'rational': target state {} is out of range, the model has {}", s,
                                      counted(job.process().num_states(), "state")));
    job.process().boundary[s] = Boundary::kTarget;
  }
}

}  // namespace

RationalResult certify_total(const ModelView& model, std::span<const std::int32_t> target, Direction direction,
                             std::span<const std::int32_t> policy, const RationalOptions& options) {
  Certification job(model, direction, true, policy, options, "the exact total reward of the policy");
  set_target(job, target);
  return TotalCertification(job, options.proper_only).run();
}

RationalResult certify_reach(const ModelView& model, std::span<const std::int32_t> target, Direction direction,
                             std::span<const std::int32_t> policy, const RationalOptions& options) {
  Certification job(model, direction, false, policy, options, "the exact reaching probability of the policy");
  set_target(job, target);
  job.process().target_value = job.sign();  // minimising: the worth of the target is -1, that of staying away 0
  return TotalCertification(job, false).run();
}

}  // namespace bellwether::solvers::rational
