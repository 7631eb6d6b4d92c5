#include "bandits/arms/sequence.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bandits/arms/changing_drifts.h"
#include "core/errors.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

std::vector<std::string> cells_of(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> cells;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    std::size_t from = begin, to = end;
    while (from < to && line[from] == ' ') ++from;
    while (to > from && line[to - 1] == ' ') --to;
    cells.push_back(line.substr(from, to - from));
    if (end == line.size()) return cells;
    begin = end + 1;
  }
}

std::optional<double> unit_number(const std::string& cell) {
  const auto value = parse_double(cell);
  return value && *value >= 0 && *value <= 1 ? value : std::nullopt;
}

class AdaptiveGame : public Game {
 public:
  AdaptiveGame(int arms, int memory, double low, double high, Draw draw, const Stream& stream)
      : low_(low),
        high_(high),
        table_(arms, draw, stream.child("arm")),
        recent_(static_cast<std::size_t>(memory), -1),
        plays_(static_cast<std::size_t>(arms)),
        means_(plays_.size(), high) {
    round_.arms = arms;
  }

  const Round& next() override {
    ++round_.number;
    table_.draw(means_);
    return round_;
  }

  Outcome play(int arm) override {
    const double mean = means_[static_cast<std::size_t>(arm)], best = std::ranges::max(means_);
    remember(arm);
    return {.reward = table_.reward(arm), .mean = mean, .regret = best - mean};
  }

  double best_in_hindsight() const override { return table_.best_sum(); }

 private:
  void remember(int arm) {
    int& oldest = recent_[static_cast<std::size_t>(round_.number) % recent_.size()];
    if (oldest >= 0) --plays_[static_cast<std::size_t>(oldest)];
    oldest = arm;
    ++plays_[static_cast<std::size_t>(arm)];
    std::ranges::fill(means_, high_);
    means_[static_cast<std::size_t>(std::ranges::max_element(plays_) - plays_.begin())] = low_;
  }

  double low_, high_;
  RewardTable table_;
  std::vector<int> recent_;
  std::vector<int> plays_;
  std::vector<double> means_;
  Round round_;
};

class AdaptiveBandit : public Bandit {
 public:
  AdaptiveBandit(int arms, int memory, double low, double high, Draw draw)
      : arms_(arms), memory_(memory), low_(low), high_(high), draw_(draw) {}

  World world(std::int64_t rounds) const override {
    return {.arms = arms_,
            .rounds = rounds,
            .noise = draw_ == Draw::kBernoulli ? Noise::kBernoulli : Noise::kUnit,
            .sigma = 0.5};
  }
  std::unique_ptr<Game> start(std::int64_t, const Stream& stream) const override {
    return std::make_unique<AdaptiveGame>(arms_, memory_, low_, high_, draw_, stream);
  }
  std::string content() const override {
    return fmt::format("adaptive {} {} {} {} {}\n", arms_, memory_, exact_text(low_), exact_text(high_),
                       draw_ == Draw::kExact ? "exact" : "bernoulli");
  }

 private:
  int arms_, memory_;
  double low_, high_;
  Draw draw_;
};

}  // namespace

Sequence read_sequence(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) throw ParseError(fmt::format("{}: cannot be read, or is empty", path));
  Sequence sequence{.arm_names = cells_of(line)};
  if (std::ranges::all_of(sequence.arm_names, [](const std::string& name) { return unit_number(name).has_value(); }))
    throw ParseError(
        fmt::format("{}:1: is a round, but the first line must name the arms, as in {}", path,
                    fmt::join(std::views::transform(std::views::iota(std::size_t{0}, sequence.arm_names.size()),
                                                    [](std::size_t i) { return fmt::format("arm{}", i); }),
                              ",")));
  for (std::int64_t number = 2; std::getline(file, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != sequence.arm_names.size())
      throw ParseError(fmt::format("{}:{}: has {} columns, the first line has {}", path, number, cells.size(),
                                   sequence.arm_names.size()));
    for (const std::string& cell : cells) {
      const auto value = unit_number(cell);
      if (!value) throw ParseError(fmt::format("{}:{}: has '{}', must be a number in [0, 1]", path, number, cell));
      sequence.rows.push_back(*value);
    }
  }
  if (sequence.rows.empty()) throw ParseError(fmt::format("{}: has no rounds below the names of the arms", path));
  return sequence;
}

std::shared_ptr<const Drift> sequence_drift(const Sequence& sequence, bool losses) {
  std::vector<double> rows = sequence.rows;
  if (losses)
    for (double& x : rows) x = 1 - x;
  return table_drift(std::move(rows), static_cast<int>(sequence.arm_names.size()));
}

std::shared_ptr<const Bandit> adaptive_adversary(int arms, int memory, double low, double high, Draw draw) {
  if (!(low <= high)) throw InvalidOption(fmt::format("bandit: low is {}, must not exceed high, {}", low, high));
  return std::make_shared<const AdaptiveBandit>(arms, memory, low, high, draw);
}

}  // namespace bellwether::bandits
