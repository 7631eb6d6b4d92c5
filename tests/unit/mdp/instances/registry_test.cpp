#include "mdp/instances/registry.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/chains.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/gridworld.h"
#include "mdp/instances/lower_bounds.h"

namespace bellwether::mdp {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// The message of the InvalidOption that making the instance throws.
std::string complaint(const std::string& name, const std::vector<Setting>& settings) {
  try {
    make_instance(name, settings);
  } catch (const InvalidOption& error) {
    return error.what();
  }
  return "no complaint";
}

TEST(InstanceRegistry, IsSortedAndWellFormed) {
  std::string last;
  for (const Instance& instance : instance_table()) {
    EXPECT_LT(last, instance.name);
    last = instance.name;
    EXPECT_EQ(instance.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos);
    EXPECT_FALSE(instance.summary.empty());
    EXPECT_FALSE(instance.source.empty());
    std::set<std::string> names;
    for (const OptionRow& option : instance.options()) {
      EXPECT_TRUE(names.insert(option.name).second) << instance.name << " " << option.name;
      EXPECT_FALSE(option.help.empty());
    }
    if (!instance.size_option.empty()) {
      EXPECT_EQ(names.count(instance.size_option), 1u) << instance.name;
    }
  }
}

TEST(InstanceRegistry, MakesEveryInstanceWithASensibleQuestion) {
  for (const Instance& instance : instance_table()) {
    const NamedInstance made = instance.make();
    EXPECT_GE(made.model.num_states(), 2) << instance.name;
    const Question& question = made.question;
    if (question.objective == Objective::kDiscounted) {
      EXPECT_LT(question.discount, 1) << instance.name;
      EXPECT_EQ(made.model.data().discount, question.discount) << instance.name;
    }
    EXPECT_EQ(question.objective == Objective::kFinite, question.horizon > 0) << instance.name;
    if (question.objective == Objective::kReach) {
      EXPECT_NE(made.model.find_label(question.target), nullptr);
    }
    if (!made.stages.empty()) {
      EXPECT_EQ(static_cast<int>(made.stages.size()), question.horizon);
    }
  }
}

TEST(InstanceRegistry, SizeSetsTheOptionTheInstanceNames) {
  EXPECT_EQ(make_instance("riverswim", {{"size", "9"}}).model.num_states(), 9);
  EXPECT_EQ(make_instance("garnet", {{"size", "33"}}).model.num_states(), 33);
  EXPECT_EQ(make_instance("gridworld", {{"size", "6"}}).model.num_states(), 36);
  EXPECT_EQ(make_instance("frozenlake", {{"size", "8"}}).model.num_states(), 64);
  EXPECT_EQ(make_instance("frozenlake", {{"size", "5"}}).model.num_states(), 25);
  EXPECT_EQ(make_instance("deep-sea", {{"size", "4"}}).model.num_states(), 17);
  EXPECT_EQ(make_instance("car-rental", {{"size", "3"}}).model.num_states(), 16);
  EXPECT_EQ(make_instance("queue-routing", {{"size", "3"}}).model.num_states(), 16);
  EXPECT_THAT(complaint("taxi", {{"size", "3"}}), HasSubstr("taxi: comes in one size only"));
}

TEST(InstanceRegistry, ProposesTheNearestName) {
  EXPECT_THAT([] { find_instance("riverswin"); },
              ThrowsMessage<InvalidOption>(HasSubstr("unknown instance 'riverswin'; did you mean 'riverswim'?")));
  EXPECT_THAT([] { find_instance("frozen-lake"); }, ThrowsMessage<InvalidOption>(HasSubstr("'frozenlake'")));
  EXPECT_THAT([] { find_instance("xylophone-quartet"); },
              ThrowsMessage<InvalidOption>(AllOf(HasSubstr("known are"), HasSubstr("taxi"))));
  EXPECT_THAT(complaint("garnet", {{"state", "3"}}), HasSubstr("did you mean 'states'?"));
}

TEST(InstanceRegistry, SaysWhatIsWrongWithAValue) {
  EXPECT_THAT(complaint("garnet", {{"size", "0"}}), HasSubstr("garnet: option 'states' is 0, must be at least 1"));
  EXPECT_EQ(complaint("garnet", {{"states", "5"}, {"successors", "9"}}),
            "garnet: option 'successors' is 9, must be at most the number of states, 5");
  EXPECT_THAT(complaint("garnet", {{"discount", "1"}}), HasSubstr("'discount' is 1, must be in [0, 1)"));
  EXPECT_THAT(complaint("gridworld", {{"slip", "1.2"}}), HasSubstr("'slip' is 1.2, must be in [0, 1]"));
  EXPECT_THAT(complaint("riverswim", {{"version", "2013"}}), HasSubstr("one of osband2013 and strehl2008"));
  EXPECT_THAT(complaint("jao", {{"advantage", "0.95"}}), HasSubstr("'advantage' is 0.95, must be at most 0.9 "));
  EXPECT_THAT(complaint("jao", {{"good_gadget", "10"}}), HasSubstr("'good_gadget' is 10, must be below 10"));
  EXPECT_THAT(complaint("jao-gadget", {{"good_action", "2"}}), HasSubstr("'good_action' is 2, must be below 2"));
  EXPECT_THAT(complaint("generative-gadget", {{"advantage", "0.2"}}), HasSubstr("'advantage' is 0.2"));
  EXPECT_THAT(complaint("hard-tree", {{"horizon", "4"}}), HasSubstr("above waiting + depth = 4"));
  EXPECT_THAT(complaint("hard-tree", {{"good_leaf", "4"}}), HasSubstr("'good_leaf' is 4, must be below 4"));
  EXPECT_THAT(complaint("frozenlake", {{"size", "9"}, {"frozen", "0.05"}}), HasSubstr("'frozen' is 0.05"));
  EXPECT_THAT(complaint("gridworld", {{"obstacles", "0.95"}}), HasSubstr("'obstacles' is 0.95"));
  EXPECT_THAT(complaint("car-rental", {{"requests1", "1e9"}}), HasSubstr("'requests1' is 1000000000"));
  EXPECT_THAT(complaint("inventory", {{"demand", "none"}}), HasSubstr("one of puterman, poisson"));
}

TEST(InstanceRegistry, RefusesModelsThatNoMachineHolds) {
  EXPECT_THAT(complaint("garnet", {{"size", "2000000000"}}), HasSubstr("transitions, at most"));
  EXPECT_THAT(complaint("random-dense", {{"size", "1000000"}}), HasSubstr("option 'states' asks for 1e+06 states"));
  EXPECT_THAT(complaint("gridworld", {{"size", "40000"}}), HasSubstr("transitions, at most"));
  EXPECT_THAT(complaint("hard-tree", {{"size", "30"}, {"actions", "9"}}), HasSubstr("transitions, at most"));
  EXPECT_THAT(complaint("jao", {{"size", "1000000000"}}), HasSubstr("transitions, at most"));
  EXPECT_THAT(complaint("slow-leak", {{"size", "2147483647"}}), HasSubstr("at most"));
  EXPECT_THAT(complaint("riverswim", {{"size", "2147483647"}}), HasSubstr("at most"));
}

TEST(InstanceRegistry, GeneratorsCheckOptionsGivenDirectly) {
  EXPECT_THAT([] { garnet({.actions = 0}); }, ThrowsMessage<InvalidOption>(HasSubstr("garnet: option 'actions' is 0")));
  EXPECT_THAT([] { slow_leak({.leak = 0}); }, ThrowsMessage<InvalidOption>(HasSubstr("slow-leak: option 'leak' is 0")));
  EXPECT_THAT([] { maze({.side = 1}); }, ThrowsMessage<InvalidOption>(HasSubstr("maze: option 'side' is 1")));
  EXPECT_THAT([] { jao({.states = 1}); }, ThrowsMessage<InvalidOption>(HasSubstr("jao: option 'states' is 1")));
}

TEST(InstanceRegistry, SeedsDecideRandomInstances) {
  for (const char* name : {"garnet", "random-dense", "gridworld", "maze", "deep-sea", "combination-lock"}) {
    const TabularMdp one = make_instance(name, {{"seed", "7"}}).model,
                     same = make_instance(name, {{"seed", "7"}}).model;
    const TabularMdp other = make_instance(name, {{"seed", "8"}}).model;
    EXPECT_EQ(one.data(), same.data()) << name;
    EXPECT_NE(one.data(), other.data()) << name;
  }
}

TEST(QuestionTexts, NameEverythingThatIsAsked) {
  EXPECT_EQ(to_text(discounted(.9)), "discounted, discount 0.9");
  EXPECT_EQ(to_text(minimised(finite(20))), "finite, horizon 20, minimised");
  EXPECT_EQ(to_text(reach("goal")), "reach 'goal'");
  EXPECT_EQ(to_text(average()), "average");
}

}  // namespace
}  // namespace bellwether::mdp
