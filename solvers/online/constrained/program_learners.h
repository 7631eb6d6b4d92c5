#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/constrained/agent.h"

namespace bellwether::online {

struct ProgramLearnerOptions {
  std::string constant = "theory";
  double delta = 0.05;
  std::int64_t every = 0;
};

template <class Field>
void describe(ProgramLearnerOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the widths of the intervals: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("every", o.every, at_least(0),
        "solve the program again after so many episodes (0: when the visits of a row have doubled)");
}

// Learners that solve a linear program over occupancies (docs/papers/constrained-regret.md). A model for every stage,
// mean rewards and costs known.

/// OptLP (Efroni, Mannor, Pirotta 2020): the empirical model, a bonus on rewards and a discount on costs.
std::unique_ptr<ConstrainedAgent> make_opt_lp(const ConstrainedWorld& world, const ProgramLearnerOptions& options,
                                              const Stream& stream);
/// OptCMDP (the same): the program chooses the model, too, within intervals.
std::unique_ptr<ConstrainedAgent> make_opt_cmdp(const ConstrainedWorld& world, const ProgramLearnerOptions& options,
                                                const Stream& stream);
/// OptPess-LP (Liu, Zhou, Kalathil, Kumar, Tian 2021): costs with a bonus, rewards with a larger one; the baseline
/// until the program is feasible. InvalidOption unless the baseline leaves room below every limit.
std::unique_ptr<ConstrainedAgent> make_opt_pess_lp(const ConstrainedWorld& world, const ProgramLearnerOptions& options,
                                                   const Stream& stream);
/// DOPE (Bura, HasanzadeZonuzy, Kalathil, Shakkottai, Chamberland 2022): the same with a model chosen within intervals.
std::unique_ptr<ConstrainedAgent> make_dope(const ConstrainedWorld& world, const ProgramLearnerOptions& options,
                                            const Stream& stream);

/// The same learners with the bonus of costs multiplied: 0 takes away what makes OptPess-LP and DOPE safe. For controls
/// of claims.
std::unique_ptr<ConstrainedAgent> make_opt_pess_lp_with(const ConstrainedWorld& world,
                                                        const ProgramLearnerOptions& options, double cost_bonus);

inline constexpr double kProgramPractical = 0.01;

}  // namespace bellwether::online
