// Files of many parts, against a reader that is too simple to be wrong.

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/expected_reward.h"
#include "mdp/io/csv.h"
#include "mdp/io/csv_header.h"
#include "mdp/io/csv_rows.h"

namespace bellwether::mdp {
namespace {

struct Line {
  int group = 0;
  std::string state, action, next;
  double probability = 0;
  std::vector<double> numbers;  // a reward and a cost
};

enum class Order { kSorted, kByAction, kShuffled, kSplitChoices };

struct Shape {
  bool named_states = false, named_actions = false, staged = false, windows_lines = false, remarks = false;
  bool holes = false;  // in the actions
  Order order = Order::kSorted;
  int vary = 0;  // rewards: 0 by choice, 1 by transition in one choice, 2 everywhere
};

constexpr int kStates = 900;

std::vector<Line> random_lines(const Shape& shape, Stream stream) {
  std::vector<Line> lines;
  const auto name = [](bool named, const char* kind, std::uint64_t i) {
    return fmt::format("{}{}", named ? kind : "", i);
  };
  for (int group = 0; group < (shape.staged ? 3 : 1); ++group) {
    for (int s = 0; s < kStates; ++s) {
      const auto actions = 1 + stream.below(3), shift = shape.holes ? stream.below(4) : 0;
      for (std::uint64_t a = 0; a < actions; ++a) {
        const double reward = static_cast<double>(stream.below(50)) - 25, cost = stream.uniform();
        const auto successors = static_cast<int>(1 + stream.below(4));
        const double third = 0.333333333333;  // three of it miss one by 1e-12
        for (int k = 0; k < successors; ++k) {
          const double probability = successors == 3 ? third : 1.0 / successors;
          const bool varies = shape.vary == 2 || (shape.vary == 1 && s == kStates / 2 && k == 1);
          lines.push_back({group,
                           name(shape.named_states, "s", static_cast<std::uint64_t>(s)),
                           name(shape.named_actions, "do ", a + shift),
                           name(shape.named_states, "s", stream.below(kStates)),
                           probability,
                           {varies ? reward + k : reward, cost}});
        }
        // What cannot happen, before or after what can, with a reward of its own.
        if (stream.below(8) == 0) {
          Line never = lines.back();
          never.probability = 0;
          never.numbers[0] += 1;
          lines.insert(lines.end() - static_cast<std::ptrdiff_t>(stream.below(2)) * successors, never);
        }
      }
    }
  }
  const auto action_of = [](const Line& line) { return line.action; };
  if (shape.order == Order::kByAction) std::ranges::stable_sort(lines, {}, action_of);
  if (shape.order == Order::kShuffled) std::shuffle(lines.begin(), lines.end(), stream);
  if (shape.order == Order::kSplitChoices) {  // the last line of every fifth choice goes to the end of its state
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
      const bool last_of_choice = lines[i].action == lines[i - 1].action && lines[i].action != lines[i + 1].action;
      if (last_of_choice && lines[i].state == lines[i + 1].state && lines[i].state == lines[i - 1].state && i % 5 == 0)
        std::swap(lines[i], lines[i + 1]);
    }
  }
  return lines;
}

std::string text_of(const std::vector<Line>& lines, const Shape& shape, Stream stream) {
  const std::string end = shape.windows_lines ? "\r\n" : "\n";
  std::string text = fmt::format("{}state,action,next,probability,reward,fuel{}", shape.staged ? "stage," : "", end);
  for (const Line& line : lines) {
    if (shape.remarks && stream.below(50) == 0) text += "# a remark, with commas" + end + end + "  " + end;
    if (shape.staged) text += fmt::format("{},", line.group);
    const bool quote = shape.remarks && stream.below(20) == 0;
    text += fmt::format("{}{}{},{}, {} ,{},{},{}{}", quote ? "\"" : "", line.state, quote ? "\"" : "", line.action,
                        line.next, line.probability, line.numbers[0], line.numbers[1], end);
  }
  return text;
}

class Numbering {
 public:
  explicit Numbering(bool named) : named_(named) {}
  int of(const std::string& word) {
    if (!named_) return std::stoi(word);
    const auto [found, added] = numbers_.emplace(word, static_cast<int>(names.size()));
    if (added) names.push_back(word);
    return found->second;
  }
  std::vector<std::string> names;

 private:
  bool named_;
  std::map<std::string, int> numbers_;
};

struct Choice {
  int action = 0;
  std::vector<std::pair<int, const Line*>> rows;  // successor
};

std::vector<double> expected_of(const Choice& choice, std::size_t column) {
  std::vector<double> probability, reward;
  for (const auto& [next, line] : choice.rows) {
    probability.push_back(line->probability);
    reward.push_back(line->numbers[column]);
  }
  const bool same = std::ranges::count(reward, reward.front()) == std::ssize(reward);
  return {expected_reward(probability, reward), same ? 0.0 : 1.0};
}

Column column_of(const std::vector<std::vector<Choice>>& states, std::size_t k, const std::string& name) {
  std::vector<double> expected, by_transition;
  bool varies = false;
  for (const auto& choices : states) {
    for (const Choice& choice : choices) {
      const std::vector<double> mean = expected_of(choice, k);
      expected.push_back(mean[0]);
      varies |= mean[1] != 0;
      for (const auto& [next, line] : choice.rows) by_transition.push_back(line->numbers[k]);
    }
  }
  if (!varies) by_transition.clear();
  return {name, expected, by_transition};
}

std::vector<TabularMdp> simple_reading(const std::vector<Line>& lines, const Shape& shape) {
  Numbering states(shape.named_states), actions(shape.named_actions);
  std::vector<std::vector<std::vector<Choice>>> groups(shape.staged ? 3 : 1, std::vector<std::vector<Choice>>(kStates));
  for (const Line& line : lines) {
    const int s = states.of(line.state), a = actions.of(line.action), next = states.of(line.next);
    std::vector<Choice>& choices = groups[static_cast<std::size_t>(line.group)][static_cast<std::size_t>(s)];
    auto choice = std::ranges::find(choices, a, &Choice::action);
    if (choice == choices.end()) choice = choices.insert(choice, Choice{a, {}});
    if (line.probability > 0) choice->rows.emplace_back(next, &line);
  }
  std::vector<TabularMdp> models;
  for (const auto& group : groups) {
    ModelData data;
    std::vector<std::int64_t> state_begin{0}, choice_begin{0};
    std::vector<std::int32_t> successor, action;
    std::vector<double> probability;
    bool plain = true;
    for (const auto& choices : group) {
      for (std::size_t i = 0; i < choices.size(); ++i) {
        plain &= choices[i].action == static_cast<int>(i);
        action.push_back(choices[i].action);
        for (const auto& [next, line] : choices[i].rows) {
          successor.push_back(next);
          probability.push_back(line->probability);
        }
        choice_begin.push_back(static_cast<std::int64_t>(successor.size()));
      }
      state_begin.push_back(static_cast<std::int64_t>(action.size()));
    }
    data.state_begin = state_begin;
    data.choice_begin = choice_begin;
    data.successor = successor;
    data.probability = probability;
    if (!plain) data.action = action;
    data.rewards = {column_of(group, 0, "reward")};
    data.costs = {column_of(group, 1, "fuel")};
    data.state_names = states.names;
    data.action_names = actions.names;
    models.emplace_back(std::move(data));
  }
  return models;
}

TEST(CsvLarge, AgreesWithASimpleReaderInEveryOrderAndWithEveryThreadCount) {
  int number = 0;
  for (const Order order : {Order::kSorted, Order::kByAction, Order::kShuffled, Order::kSplitChoices}) {
    for (int k = 0; k < 12; ++k, ++number) {
      const Shape shape{.named_states = k % 3 == 1,
                        .named_actions = k % 4 == 1,
                        .staged = k % 5 == 2,
                        .windows_lines = k % 6 == 3,
                        .remarks = k % 2 == 1,
                        .holes = k % 4 == 2,
                        .order = order,
                        .vary = k % 3};
      const Stream stream(static_cast<std::uint64_t>(number));
      const std::vector<Line> lines = random_lines(shape, stream.child(1));
      const std::string text = text_of(lines, shape, stream.child(2));
      ASSERT_GT(text.size(), std::size_t{150'000});
      const std::vector<TabularMdp> expected = simple_reading(lines, shape);
      for (const int threads : {1, 2, 5}) {
        const ThreadCount guard(threads);
        const ModelFile file = parse_csv(text, "x.csv");
        const std::vector<TabularMdp> models = shape.staged ? file.stages : std::vector<TabularMdp>{file.model};
        ASSERT_EQ(models.size(), expected.size()) << number;
        for (std::size_t i = 0; i < models.size(); ++i)
          ASSERT_EQ(models[i].data(), expected[i].data())
              << "file " << number << ", part " << i << ", threads " << threads;
      }
    }
  }
}

TEST(CsvLarge, KeepsOneRewardAChoiceWhenOnlyImpossibleRowsHaveOthers) {
  std::string text = "state,action,next,probability,reward\n";
  for (int s = 0; s < 40'000; ++s) {  // the impossible row first or last, and parts that begin with either
    const std::string possible = fmt::format("{},0,{},1,{}\n", s, s, s % 7),
                      never = fmt::format("{},0,0,0,{}\n", s, s % 7 + 1);
    text += s % 2 == 0 ? possible + never : never + possible;
  }
  const CsvHeader header = parse_csv_header(text, "x.csv");
  const CsvRows rows = parse_csv_rows(text, header, "x.csv", [](std::string_view) {});
  ASSERT_FALSE(rows.numbers[0].by_row);
  ASSERT_EQ(rows.numbers[0].values.size(), 40'000U);
  for (std::size_t s = 0; s < 40'000; ++s) ASSERT_EQ(rows.numbers[0].values[s], static_cast<double>(s % 7)) << s;
}

TEST(CsvLarge, NamesTheFirstOfManyFaults) {
  std::string text = "state,action,next,probability,reward\n";
  for (int i = 0; i < 40'000; ++i) text += i >= 30'000 && i % 100 == 17 ? "0,0,0,x,1\n" : "0,0,0,1,1\n";
  for (const int threads : {1, 2, 7}) {
    const ThreadCount guard(threads);
    EXPECT_THAT([&] { parse_csv(text, "x.csv"); },
                testing::ThrowsMessage<ParseError>(testing::HasSubstr("x.csv:30019: column 'probability' is 'x'")));
  }
}

}  // namespace
}  // namespace bellwether::mdp
