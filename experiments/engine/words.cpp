#include "experiments/engine/words.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/content_id.h"

namespace bellwether::experiments {

std::string metric_text(std::string_view metric) {
  if (metric == "value-regret") return "cumulative regret (exact values)";
  if (metric == "gap-regret") return "cumulative regret (gaps)";
  if (metric == "reward-regret") return "cumulative regret (rewards)";
  if (metric == "value-error") return "largest error of Q";
  if (metric == "policy-loss") return "largest loss of the greedy policy";
  if (metric == "positive-regret") return "cumulative regret of the episodes that lose";
  if (metric == "violation") return "cumulative cost above the limit (room pays)";
  if (metric == "hard-violation") return "cumulative cost above the limit (room does not pay)";
  if (metric == "violating-episodes") return "episodes that broke a limit";
  if (metric == "broken-bounds") return "episodes that cost more than was promised";
  if (metric == "bonuses") return "cumulative bonuses (expected over what is visited)";
  if (metric == "broken-bonuses") return "episodes in which some bonus was too small";
  if (metric == "baseline-share") return "share of episodes that played the baseline";
  if (metric == "mixture-share") return "share of episodes that mixed in the baseline";
  if (metric == "own-share") return "share of episodes that played the learner's own policy";
  if (metric == "mistakes") return "episodes that lost more than epsilon";
  if (metric == "violations") return "times that optimism was violated";
  if (metric == "pseudo-regret") return "cumulative regret (exact means)";
  if (metric == "hindsight-regret") return "cumulative regret (best fixed arm on the same draws)";
  if (metric == "best-share") return "share of rounds that played a best arm";
  if (metric == "switches") return "rounds that changed the arm";
  if (metric == "wrong") return "share of wrong answers";
  if (metric == "simple-regret") return "loss of the arm that is named";
  if (metric == "episodes") return "episodes until it stops";
  if (metric == "rounds") return "rounds until it stops";
  if (metric == "answer-loss") return "loss of the answer";
  std::string text(metric);
  std::ranges::replace(text, '-', ' ');
  return text;
}

std::string unit_of(Protocol protocol) {
  return protocol == Protocol::kGenerative ? "samples of each choice" : std::string(length_name(protocol));
}

std::string title_of(const Grid& grid) {
  if (!grid.plan.title.empty()) return grid.plan.title;
  if (grid.instances.size() == 1) return grid.instances.front().name;
  std::vector<std::string> ids;  // what the axes tell is no part of the title
  for (const InstanceVariant& instance : grid.instances)
    if (std::ranges::find(ids, instance.common_name) == ids.end()) ids.push_back(instance.common_name);
  return join_names(ids);
}

std::string file_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '@' || c == '.' || c == '-';
    if (plain)
      name += c;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  constexpr std::size_t kLongest = 120, kDigits = 8;  // file systems take 255 bytes, an ending among them
  if (name.size() > kLongest) name = name.substr(0, kLongest) + "-" + content_id(text).substr(0, kDigits);
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name;
}

}  // namespace bellwether::experiments
