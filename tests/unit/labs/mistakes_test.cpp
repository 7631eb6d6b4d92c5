// Typical mistakes, typed as a student would, each told by its name.
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/labs/solutions.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;

struct Case {
  std::string name, lab;
  Edits edits;
  std::string check, phrase;
  friend std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.lab << ": " << c.name; }
};

const std::vector<Case>& cases() {
  static const std::vector<Case> table = {
      {"NoDiscount", "value-iteration", {{"model.discount() * sum", "sum"}}, "backup", "forgot the discount"},
      {"NoContraction", "value-iteration", {{"model.discount() * sum", "sum"}}, "contraction", "must contract by"},
      {"DiscountedReward",
       "value-iteration",
       {{"model.reward(state, a) + model.discount() * sum", "model.discount() * (model.reward(state, a) + sum)"}},
       "backup",
       "you discount the reward of this step too"},
      {"Minimum",
       "value-iteration",
       {{"-kInfinity", "kInfinity"}, {"q > best", "q < best"}},
       "backup",
       "smallest value"},
      {"LastOfEquals", "value-iteration", {{"q > best", "q >= best"}}, "ties", "a later one"},
      {"WrongAction", "value-iteration", {{"{q, a}", "{q, 0}"}}, "ties", "not one that attains the maximum"},
      {"StartsAtZero", "value-iteration", {{"-kInfinity", "0"}}, "backup", "your maximum starts at 0"},
      {"NoTerminal",
       "value-iteration",
       {{"if (model.actions(state) == 0) return best;", ""}},
       "terminal",
       "yours is -inf"},
      {"NoProbabilities", "value-iteration", {{"next.weight(i) * ", ""}}, "backup", "forgot the probabilities"},
      {"WrongState",
       "value-iteration",
       {{"sum += next.weight(i) * value[next.state(i)]", "sum = value[state]"}},
       "backup",
       "value of the state itself"},
      {"FirstReward",
       "value-iteration",
       {{"model.reward(state, a)", "model.reward(state, 0)"}},
       "backup",
       "reward of the first action"},
      {"FirstAction", "value-iteration", {{"a < model.actions(state)", "a < 1"}}, "backup", "first action alone"},
      {"Average",
       "value-iteration",
       {{"-kInfinity", "0"}, {"if (q > best.value) best = {q, a}", "best.value += q / model.actions(state)"}},
       "backup",
       "average over the actions"},
      {"TwoMistakes",
       "value-iteration",
       {{"model.discount() * sum", "sum"}, {"next.weight(i) * ", ""}},
       "backup",
       "forgot the discount; and you forgot the probabilities"},
      {"SomethingElse", "value-iteration", {{"+ model.discount()", "+ 0.5 * model.discount()"}}, "backup", "wrong in "},
      {"NoDiscount", "q-learning", {{"discount * best", "best"}}, "update", "forgot the discount"},
      {"DiscountedReward",
       "q-learning",
       {{"step.reward + discount * best", "discount * (step.reward + best)"}},
       "update",
       "discount the reward of this step too"},
      {"BeyondTheEnd", "q-learning", {{"if (step.ended) best = 0;", ""}}, "terminal", "nothing comes after it"},
      {"SameAction",
       "q-learning",
       {{"best = std::max(best, q(step.next, b))", "best = q(step.next, step.action)"}},
       "update",
       "same action"},
      {"ThisState", "q-learning", {{"q(step.next, b)", "q(step.state, b)"}}, "update", "of the state that was left"},
      {"NoRate", "q-learning", {{"rate * (target - entry)", "target - entry"}}, "update", "ignore the rate"},
      {"NoOldValue", "q-learning", {{"(target - entry)", "target"}}, "update", "without taking away the old value"},
      {"Forgets",
       "q-learning",
       {{"entry += rate * (target - entry)", "entry = rate * target"}},
       "update",
       "forget the old value"},
      {"WrongEntry",
       "q-learning",
       {{"q(step.state, step.action)", "q(step.next, step.action)"}},
       "update",
       "entry of the next state"},
      {"WrongSign", "q-learning", {{"entry +=", "entry -="}}, "update", "sign is wrong"},
      {"Runaway", "q-learning", {{"entry +=", "entry -="}}, "error", "run away"},
      {"NoBonus", "ucb", {{"std::sqrt(", "0 * std::sqrt("}}, "index", "there is no bonus"},
      {"Greedy", "ucb", {{"std::sqrt(", "0 * std::sqrt("}}, "regret", "grows linearly"},
      {"HalfTheBonus", "ucb", {{"std::sqrt(", "0.5 * std::sqrt("}}, "index", "your bonus is half the reference"},
      {"TwiceTheBonus", "ucb", {{"std::sqrt(", "2 * std::sqrt("}}, "index", "your bonus is twice the reference"},
      {"ThreeTimesTheBonus", "ucb", {{"std::sqrt(", "3 * std::sqrt("}}, "regret", "pay too long"},
      {"LogOfPulls", "ucb", {{"std::log(round)", "std::log(pulls)"}}, "index", "must be that of the round"},
      {"Log10", "ucb", {{"std::log(", "std::log10("}}, "index", "to base 10"},
      {"NoLog", "ucb", {{"std::log(round)", "round"}}, "index", "forgot the logarithm"},
      {"NoRoot", "ucb", {{"std::sqrt", ""}}, "index", "forgot the square root"},
      {"Brackets", "ucb", {{"/ (2 * pulls)", "/ 2 * pulls"}}, "index", "brackets are missing"},
      {"Total", "ucb", {{"total / pulls", "total"}}, "index", "divide by the pulls"},
      {"NeverPulled", "ucb", {{"if (pulls == 0) return kInfinity;", ""}}, "first pulls", "is not a number"},
      {"NeverPulledZero", "ucb", {{"return kInfinity", "return 0"}}, "first pulls", "must be larger than any other"},
      {"NoBonus", "ucbvi", {{"bonus = scale", "bonus = 0 * scale"}}, "value", "there is no bonus"},
      {"NoOptimism", "ucbvi", {{"bonus = scale", "bonus = 0 * scale"}}, "optimism", "optimism is violated in "},
      {"HalfTheBonus",
       "ucbvi",
       {{"bonus = scale", "bonus = 0.5 * scale"}},
       "value",
       "your bonus is half the reference"},
      {"TwiceTheBonus",
       "ucbvi",
       {{"bonus = scale", "bonus = 2 * scale"}},
       "value",
       "your bonus is twice the reference"},
      {"NoRoot", "ucbvi", {{"std::sqrt(", "("}}, "value", "it shrinks too fast"},
      {"NoHorizon", "ucbvi", {{"scale * value.horizon()", "scale"}}, "value", "forgot the factor H"},
      {"NoLog", "ucbvi", {{"* log_term", ""}}, "value", "forgot the logarithm"},
      {"ThisStage", "ucbvi", {{"stage + 1", "stage"}}, "value", "off by one stage"},
      {"NoShare", "ucbvi", {{"/ seen.visits *", "*"}}, "value", "no probabilities"},
      {"NoReward", "ucbvi", {{"sum = seen.reward", "sum = 0"}}, "value", "forgot the reward"},
      {"NoCeiling", "ucbvi", {{"std::min<double>(left, sum + bonus)", "sum + bonus"}}, "value", "not cut off"},
      {"CeilingH", "ucbvi", {{"<double>(left", "<double>(value.horizon()"}}, "value", "cut off at H instead"},
      {"HorizonTooShort", "ucbvi", {{"<double>(left", "<double>(left - 1"}}, "value", "those of horizon H - 1"},
      {"UnseenZero", "ucbvi", {{"return left;", "return 0;"}}, "value", "never tried is worth 0"},
      // Off by one.
      {"SkipsTheFirstAction",
       "value-iteration",
       {{"int a = 0", "int a = 1"}},
       "backup",
       "leaves out the first one: actions"},
      {"SkipsTheLastAction",
       "value-iteration",
       {{"a < model.actions(state)", "a < model.actions(state) - 1"}},
       "backup",
       "leaves out the last one"},
      {"SkipsTheFirstSuccessor",
       "value-iteration",
       {{"int i = 0", "int i = 1"}},
       "backup",
       "over the successors leaves out the first one"},
      {"SkipsTheFirstAction", "q-learning", {{"int b = 0", "int b = 1"}}, "update", "leaves out the first action"},
      {"SkipsTheLastAction",
       "q-learning",
       {{"b < q.actions()", "b < q.actions() - 1"}},
       "update",
       "leaves out the last action"},
      {"OneRoundLater", "ucb", {{"std::log(round)", "std::log(round + 1)"}}, "index", "next round, off by one"},
      {"OnePullMore", "ucb", {{"(2 * pulls)", "(2 * (pulls + 1))"}}, "index", "one pull more"},
      {"OneVisitMore", "ucbvi", {{"std::sqrt(seen.visits)", "std::sqrt(seen.visits + 1)"}}, "value", "one visit more"},
      // The smallest for the largest.
      {"Minimum",
       "q-learning",
       {{"-kInfinity", "kInfinity"}, {"std::max", "std::min"}},
       "update",
       "smallest value of the next state"},
      {"LargerOfBoth", "ucbvi", {{"std::min<double>", "std::max<double>"}}, "value", "larger of both"},
      // Half of the bonus, inside the root.
      {"HalfInsideTheRoot", "ucb", {{"(2 * pulls)", "(4 * pulls)"}}, "index", "half of what belongs there"},
      // Nothing is written.
      {"ForgetsTheAction",
       "value-iteration",
       {{"best = {q, a}", "best.value = q"}},
       "ties",
       "not one that attains the maximum"},
      {"ForgetsToWrite", "q-learning", {{"double& entry", "double entry"}}, "update", "nothing is written"},
      // Another discount, or rate, or factor.
      {"DiscountTwice",
       "value-iteration",
       {{"model.discount() * sum", "model.discount() * model.discount() * sum"}},
       "backup",
       "you discount twice"},
      {"OneMinusDiscount",
       "value-iteration",
       {{"model.discount() * sum", "(1 - model.discount()) * sum"}},
       "backup",
       "multiply by 1 - discount"},
      {"OneMinusDiscount",
       "q-learning",
       {{"discount * best", "(1 - discount) * best"}},
       "update",
       "multiply by 1 - discount"},
      {"OneMinusRate",
       "q-learning",
       {{"rate * (target", "(1 - rate) * (target"}},
       "update",
       "1 - rate where rate belongs"},
      {"NoAlpha", "ucb", {{"alpha * ", ""}}, "index", "alpha is missing"},
  };
  return table;
}

class Mistakes : public testing::TestWithParam<Case> {};

TEST_P(Mistakes, IsNamed) {
  const Case& wrong = GetParam();
  const Homework homework(wrong.lab, "grace", solution_of(wrong.lab, wrong.edits));
  const labs::Grade grade = homework.grade();
  ASSERT_EQ(grade.stage, labs::Stage::kJudged) << grade.trouble;
  EXPECT_FALSE(grade.passed());
  const labs::Check check = check_of(grade, wrong.check);
  EXPECT_FALSE(check.passed) << all_texts(grade);
  EXPECT_THAT(check.text, HasSubstr(wrong.phrase)) << all_texts(grade);
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.lab + info.param.name;
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Labs, Mistakes, testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace bellwether::test
