#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "mdp/instances/registry.h"
#include "tests/unit/mdp/instances/dense_reference.h"

namespace bellwether::mdp {
namespace {

struct Case {
  std::string instance;
  std::vector<Setting> settings = {};
  int facts = 0;  ///< how many it must state
};

std::string case_name(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.instance;
  for (const auto& [option, value] : info.param.settings) name += "_" + option + value;
  for (char& letter : name) {
    if (!std::isalnum(static_cast<unsigned char>(letter))) letter = '_';
  }
  return name;
}

class Facts : public testing::TestWithParam<Case> {};

TEST_P(Facts, AgreeWithAnIndependentSolution) {
  const auto& [name, settings, count] = GetParam();
  const NamedInstance made = make_instance(name, settings);
  EXPECT_EQ(static_cast<int>(made.facts.size()), count);
  for (const KnownFact& fact : made.facts) {
    const double computed = reference::recomputed(made, fact);
    EXPECT_NEAR(computed, fact.value, fact.accuracy * std::max(1.0, std::abs(fact.value)))
        << to_string(fact.quantity) << " " << to_text(fact.question) << ": " << fact.how;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Instances, Facts,
    testing::Values(
        Case{"baird-star", {}, 1}, Case{"tsitsiklis-van-roy", {}, 1}, Case{"kolter", {}, 0},
        Case{"boyan-chain", {{"size", "9"}}, 1}, Case{"random-walk", {{"size", "5"}, {"groups", "5"}}, 1},
        Case{"lspi-chain", {}, 0}, Case{"riverswim", {}, 6}, Case{"riverswim", {{"size", "2"}}, 3},
        Case{"riverswim", {{"size", "17"}}, 3}, Case{"riverswim", {{"version", "strehl2008"}}, 3},
        Case{"riverswim", {{"version", "strehl2008"}, {"states", "3"}}, 3}, Case{"riverswim-vtr", {}, 3},
        Case{"riverswim-vtr", {{"states", "2"}}, 3}, Case{"riverswim-wvtr", {}, 3},
        Case{"riverswim-bourel", {{"size", "9"}}, 3}, Case{"six-arms", {}, 3},
        Case{"six-arms", {{"scaled", "false"}}, 3}, Case{"chain", {}, 4}, Case{"chain", {{"size", "2"}}, 4},
        Case{"chain", {{"version", "stochastic"}, {"size", "7"}}, 3},
        Case{"chain", {{"version", "bootstrapped"}, {"size", "6"}}, 3},
        Case{"chain", {{"version", "bootstrapped"}, {"size", "20"}}, 3}, Case{"double-chain", {{"size", "9"}}, 3},
        Case{"double-chain", {{"size", "6"}, {"slip", "0.3"}}, 3},
        Case{"double-chain", {{"size", "5"}, {"slip", "0"}}, 3}, Case{"slow-leak", {}, 1},
        Case{"slow-leak", {{"size", "4"}, {"leak", "1e-5"}}, 1}, Case{"haddad-monmege", {}, 1},
        Case{"haddad-monmege", {{"size", "5"}, {"bias", "0.7"}, {"retreat", "false"}}, 1}, Case{"deep-sea", {}, 2},
        Case{"deep-sea", {{"size", "5"}, {"final_step", "arrival"}}, 2},
        Case{"deep-sea", {{"size", "6"}, {"slip", "0.2"}, {"seed", "9"}}, 2},
        Case{"deep-sea", {{"size", "6"}, {"slip", "0.2"}, {"final_step", "arrival"}}, 2},
        Case{"deep-sea", {{"size", "7"}, {"cost", "0.5"}, {"slip", "0.5"}}, 2},
        Case{"combination-lock", {{"size", "4"}, {"actions", "3"}}, 2},
        Case{"combination-lock", {{"size", "5"}, {"decoy_when", "leaving"}, {"decoy", "0.4"}}, 2},
        Case{"combination-lock", {{"size", "1"}, {"decoy", "0"}}, 2}, Case{"jao-gadget", {}, 3},
        Case{"jao-gadget", {{"diameter", "20"}, {"actions", "4"}, {"good_action", "2"}, {"advantage", "0.1"}}, 3},
        Case{"jao", {}, 2}, Case{"jao", {{"size", "11"}, {"actions", "3"}, {"good_gadget", "0"}}, 2},
        Case{"jao", {{"size", "2"}}, 2}, Case{"jao", {{"size", "14"}, {"actions", "8"}, {"diameter", "100"}}, 2},
        Case{"generative-gadget", {}, 1}, Case{"generative-gadget", {{"size", "3"}, {"discount", "0.6"}}, 1},
        Case{"generative-gadget", {{"actions", "3"}, {"copies", "2"}}, 1}, Case{"hard-linear-mdp", {}, 2},
        Case{"hard-linear-mixture", {{"dimension", "3"}, {"horizon", "4"}, {"episodes", "20"}, {"seed", "5"}}, 2},
        Case{"linear-two-state", {{"actions", "4"}, {"dimension", "5"}, {"seed", "2"}}, 1}, Case{"hard-tree", {}, 1},
        Case{"hard-tree", {{"unrolled", "true"}}, 1},
        Case{"hard-tree",
             {{"actions", "3"}, {"depth", "2"}, {"horizon", "12"}, {"good_wait", "4"}, {"good_leaf", "2"}},
             1},
        Case{"hard-tree", {{"depth", "1"}, {"horizon", "6"}, {"good_wait", "2"}, {"good_action", "1"}}, 1},
        Case{"courier", {{"slip", "0"}}, 2}, Case{"courier", {}, 0},
        Case{"gridworld", {{"size", "7"}, {"slip", "0"}, {"random_costs", "false"}}, 2}, Case{"gridworld", {}, 0},
        Case{"maze", {}, 1}, Case{"maze", {{"size", "15"}, {"loops", "0"}, {"seed", "4"}}, 1},
        Case{"frozenlake", {}, 4}, Case{"frozenlake", {{"slippery", "false"}}, 2},
        Case{"frozenlake", {{"size", "8"}}, 3}, Case{"frozenlake", {{"size", "8"}, {"slippery", "false"}}, 2},
        Case{"frozenlake", {{"size", "11"}, {"slippery", "false"}, {"seed", "5"}}, 2},
        Case{"frozenlake", {{"random_map", "true"}}, 0}, Case{"cliff-walking", {}, 2},
        Case{"cliff-walking", {{"size", "5"}, {"rows", "3"}}, 2}, Case{"cliff-walking", {{"slippery", "true"}}, 0},
        Case{"taxi", {}, 2}, Case{"inventory", {}, 1}, Case{"inventory", {{"demand", "poisson"}}, 0},
        Case{"machine-replacement", {}, 1},
        Case{"machine-replacement", {{"size", "4"}, {"wear", "0.1"}, {"replacement_cost", "1000"}}, 1},
        Case{"machine-replacement", {{"size", "30"}, {"wear", "1"}, {"replacement_cost", "100"}}, 1},
        Case{"queue-admission", {}, 1}, Case{"queue-admission", {{"arrival", "1.5"}, {"reward", "30"}}, 1},
        Case{"queue-admission", {{"reward", "0.1"}}, 1}, Case{"puterman-two-state", {}, 1},
        Case{"puterman-two-state", {{"discount", "0.5"}}, 1}),
    case_name);

TEST(FactTexts, SayTheExactForm) {
  for (const Instance& instance : instance_table()) {
    for (const KnownFact& fact : instance.make().facts) {
      EXPECT_FALSE(fact.how.empty()) << instance.name;
      if (fact.exact.empty()) continue;
      const std::size_t slash = fact.exact.find('/');
      ASSERT_NE(slash, std::string::npos) << instance.name;
      const double numerator = *parse_double(fact.exact.substr(0, slash));
      const double denominator = *parse_double(fact.exact.substr(slash + 1));
      EXPECT_DOUBLE_EQ(numerator / denominator, fact.value) << instance.name;
    }
  }
}

}  // namespace
}  // namespace bellwether::mdp
