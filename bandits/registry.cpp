#include "bandits/registry.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "bandits/adversarial/learners.h"
#include "bandits/bold.h"
#include "bandits/changing/learners.h"
#include "bandits/combinatorial/learners.h"
#include "bandits/contextual/learners.h"
#include "bandits/duelling/learners.h"
#include "bandits/dynamical/learners.h"
#include "bandits/identification/learners.h"
#include "bandits/linear/learners.h"
#include "bandits/recovering/learners.h"
#include "bandits/relaxation/learners.h"
#include "bandits/restless/learners.h"
#include "bandits/rotting/learners.h"
#include "bandits/stochastic/learners.h"
#include "bandits/tallying/learners.h"
#include "core/errors.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

/// A new family adds one line here.
std::vector<Learner> make_table() {
  std::vector<Learner> rows;
  for (const auto& family : {
           stochastic_learners,
           adversarial_learners,
           changing_learners,
           identification_learners,
           dynamical_learners,
           recovering_learners,
           relaxation_learners,
           tallying_learners,
           restless_learners,
           rotting_learners,
           linear_learners,
           contextual_learners,
           combinatorial_learners,
           duelling_learners,
       }) {
    std::vector<Learner> more = family();
    rows.insert(rows.end(), more.begin(), more.end());
  }
  rows.push_back(bold_learner());
  return rows;
}

}  // namespace

std::span<const Learner> learner_table() {
  static const std::vector<Learner> rows = make_table();
  return rows;
}

const Learner& find_learner(std::string_view name) {
  std::vector<std::string> names;
  for (const Learner& row : learner_table()) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  const std::string hint = did_you_mean(name, names);
  throw InvalidOption(fmt::format("there is no learner of bandits \"{}\"{}", name,
                                  hint.empty() ? "; there are " + join_names(names) : hint));
}

}  // namespace bellwether::bandits
