#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/average/agent.h"

namespace bellwether::online {

// Optimism in the long run: play the best policy of the best model that is still possible, and plan again when the
// visits of some choice have doubled. docs/papers/ucrl.md, docs/papers/kl-ucrl.md. O(nnz) a sweep of planning, nnz the
// number of pairs of a choice and a successor that were seen, and sorting the states for ucrl2b.

struct UcrlOptions {
  std::string constant = "theory";
  double delta = 0.05;
  bool warm_start = true;
};

template <class Field>
void describe(UcrlOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the confidence widths: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("warm_start", o.warm_start, any_value(), "plan from the values of the plan before: the same guarantee, sooner");
}

struct Ucrl2bOptions {
  std::string constant = "theory";
  double delta = 0.05;
  std::string widths = "2020";
  bool warm_start = true;
};

template <class Field>
void describe(Ucrl2bOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the confidence widths: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("widths", o.widths, one_of({"2020", "2018"}), "whose constants: of the paper on UCRL2B, or of that on SCAL");
  field("warm_start", o.warm_start, any_value(), "plan from the values of the plan before: the same guarantee, sooner");
}

/// UCRL2 (Jaksch, Ortner and Auer 2010).
std::unique_ptr<AverageAgent> make_ucrl2(const AverageWorld& world, const UcrlOptions& options, const Stream& stream);
/// UCRL2B (Fruit, Pirotta and Lazaric 2020).
std::unique_ptr<AverageAgent> make_ucrl2b(const AverageWorld& world, const Ucrl2bOptions& options,
                                          const Stream& stream);
/// KL-UCRL (Filippi, Cappe and Garivier 2010).
std::unique_ptr<AverageAgent> make_kl_ucrl(const AverageWorld& world, const UcrlOptions& options, const Stream& stream);

inline constexpr double kUcrl2Practical = 0.1;
inline constexpr double kUcrl2bPractical = 0.1;
inline constexpr double kKlUcrlPractical = 0.1;

}  // namespace bellwether::online
