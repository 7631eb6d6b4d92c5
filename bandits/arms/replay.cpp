#include "bandits/arms/replay.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "bandits/arms/families.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

constexpr double kNobodyKnows = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string_view> cells_of(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string_view> cells;
  for (;;) {
    const std::size_t end = line.find(',');
    std::string_view cell = line.substr(0, end);
    while (cell.starts_with(' ')) cell.remove_prefix(1);
    while (cell.ends_with(' ')) cell.remove_suffix(1);
    cells.push_back(cell);
    if (end == std::string_view::npos) return cells;
    line.remove_prefix(end + 1);
  }
}

class LogReader {
 public:
  LogReader(std::string_view name, std::string_view header) : name_(name) {
    const auto names = cells_of(header);
    columns_ = names.size();
    action_ = place_of(names, "action");
    reward_ = place_of(names, "reward");
    propensity_ = place_of(names, "propensity");
    log_.dimension = static_cast<int>(columns_ - 3);
    if (log_.dimension < 1) reject("there is no column of the context beside action, reward and propensity");
  }

  void add(std::string_view line) {
    ++line_;
    const auto cells = cells_of(line);
    if (cells.size() != columns_) reject(fmt::format("{} columns, must be {}", cells.size(), columns_));
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto value = parse_double(cells[i]);
      if (!value || !std::isfinite(*value)) reject(fmt::format("\"{}\" is not a number", cells[i]));
      keep(i, *value);
    }
  }

  ActionLog take() {
    if (log_.rows() == 0) reject("there is no row");
    log_.arms = 1 + std::ranges::max(log_.actions);
    return std::move(log_);
  }

 private:
  [[noreturn]] void reject(const std::string& what) const {
    throw ParseError(fmt::format("{}:{}: {}", name_, line_, what));
  }

  std::size_t place_of(const std::vector<std::string_view>& names, std::string_view wanted) const {
    const auto at = std::ranges::find(names, wanted);
    if (at == names.end() || std::ranges::count(names, wanted) > 1)
      reject(fmt::format("one column must be named \"{}\"", wanted));
    return static_cast<std::size_t>(at - names.begin());
  }

  void keep(std::size_t column, double value) {
    constexpr double kMostArms = 1e6;
    if (column == action_) {
      if (!(value >= 0 && value < kMostArms && value == std::floor(value)))
        reject(fmt::format("action {} is not a whole number from 0 on", value));
      log_.actions.push_back(static_cast<int>(value));
    } else if (column == reward_) {
      log_.rewards.push_back(value);
    } else if (column == propensity_) {
      if (!(value > 0 && value <= 1)) reject(fmt::format("propensity {} is not above 0 and at most 1", value));
      log_.propensities.push_back(value);
    } else {
      log_.contexts.push_back(value);
    }
  }

  std::string name_;
  std::size_t columns_ = 0, action_ = 0, reward_ = 0, propensity_ = 0;
  std::int64_t line_ = 1;
  ActionLog log_;
};

class ReplayGame : public Game {
 public:
  ReplayGame(const ReplayBandit& bandit, const Stream& stream)
      : log_(bandit.log()), blocks_(bandit.blocks()), least_(bandit.least_propensity()), stream_(stream.child("keep")) {
    const World world = bandit.world(1);
    round_.arms = world.arms;
    round_.dimension = world.dimension;
    features_.assign(static_cast<std::size_t>(world.arms) * static_cast<std::size_t>(world.dimension), 0.0);
    round_.features = features_;
  }

  const Round& next() override {
    row_ = static_cast<std::size_t>(round_.number++);
    const auto d = static_cast<std::size_t>(log_.dimension);
    const auto context = std::span(log_.contexts).subspan(row_ * d, d);
    const std::size_t stride = static_cast<std::size_t>(round_.dimension) + (blocks_ ? d : 0);
    for (std::size_t a = 0; a < static_cast<std::size_t>(round_.arms); ++a)
      std::ranges::copy(context, features_.begin() + static_cast<std::ptrdiff_t>(a * stride));
    return round_;
  }

  Outcome play(int arm) override {
    // Drawn in every row, so that which rows could be kept does not depend on who plays.
    const bool spared = sample_bernoulli(stream_, least_ / log_.propensities[row_]);
    const bool kept = spared && arm == log_.actions[row_];
    return {.reward = kept ? log_.rewards[row_] : kNobodyKnows,
            .mean = kNobodyKnows,
            .regret = kNobodyKnows,
            .observed = kept};
  }

 private:
  const ActionLog& log_;
  bool blocks_;
  double least_;
  Stream stream_;
  std::vector<double> features_;
  std::size_t row_ = 0;
  Round round_;
};

struct ReplayOptions {
  std::string file = "", features = "blocks";
  double bound = 1;
};

template <class Field>
void describe(ReplayOptions& o, Field&& field) {
  field("file", o.file, any_value(),
        "lines of numbers with commas; columns action, reward, propensity and the context");
  field(
      "features", o.features, one_of({"shared", "blocks"}),
      "blocks: each arm shows the context in coordinates of its own; shared: all show it as it is, for learners with a "
      "model an arm (lin-ucb)");
  field("bound", o.bound, above(0), "what learners are told of the norm of the parameter");
}

NamedBandit log_replay(const ReplayOptions& o) {
  if (o.file.empty()) throw InvalidOption("bandit: option 'file' is empty, must name the log");
  std::ifstream in(o.file);
  if (!in) throw InvalidOption(fmt::format("bandit: cannot read the file \"{}\"", o.file));
  auto bandit = std::make_shared<const ReplayBandit>(read_action_log(in, o.file), o.features == "blocks", o.bound);
  const ActionLog& log = bandit->log();
  NamedBandit named{.bandit = bandit};
  const auto rows = static_cast<double>(log.rows());
  double kept = 0;
  for (const double propensity : log.propensities) kept += bandit->least_propensity() / propensity / log.arms;
  named.facts = {{.what = "rows", .value = rows, .how = "of the log: the most rounds that can be played"},
                 {.what = "least propensity", .value = bandit->least_propensity(), .how = "over all rows"},
                 {.what = "rows kept under uniform choice", .value = kept, .how = "expected number"},
                 {.what = "mean logged reward",
                  .value = std::accumulate(log.rewards.begin(), log.rewards.end(), 0.0) / rows,
                  .how = "of the policy that wrote the log"}};
  return named;
}

}  // namespace

ActionLog read_action_log(std::istream& in, std::string_view name) {
  std::string line;
  if (!std::getline(in, line)) throw ParseError(fmt::format("{}:1: there is no line of names", name));
  LogReader reader(name, line);
  while (std::getline(in, line))
    if (!line.empty() && line != "\r") reader.add(line);
  return reader.take();
}

ReplayBandit::ReplayBandit(ActionLog log, bool blocks, double parameter_bound)
    : log_(std::move(log)),
      blocks_(blocks),
      parameter_bound_(parameter_bound),
      least_propensity_(std::ranges::min(log_.propensities)) {}

World ReplayBandit::world(std::int64_t rounds) const {
  World world{.arms = log_.arms, .rounds = rounds, .noise = Noise::kOther};
  world.low = std::ranges::min(log_.rewards);
  world.high = std::ranges::max(log_.rewards);
  if (world.low >= 0 && world.high <= 1) {
    world.noise = Noise::kUnit;
    world.low = 0;
    world.high = 1;
  }
  world.sigma = (world.high - world.low) / 2;
  world.dimension = blocks_ ? log_.dimension * log_.arms : log_.dimension;
  world.same_features = false;
  world.link = Link::kUnknown;
  world.parameter_bound = parameter_bound_;
  world.feature_bound = 0;
  const auto d = static_cast<std::size_t>(log_.dimension);
  for (std::size_t at = 0; at < log_.contexts.size(); at += d) {
    const auto context = std::span(log_.contexts).subspan(at, d);
    const double squares = std::inner_product(context.begin(), context.end(), context.begin(), 0.0);
    world.feature_bound = std::max(world.feature_bound, std::sqrt(squares));
  }
  return world;
}

std::unique_ptr<Game> ReplayBandit::start(std::int64_t rounds, const Stream& stream) const {
  if (rounds > static_cast<std::int64_t>(log_.rows()))
    throw InvalidOption(fmt::format("a log of {0} rows cannot be replayed for {1} rounds; the most is --rounds {0}",
                                    log_.rows(), rounds));
  return std::make_unique<ReplayGame>(*this, stream);
}

std::string ReplayBandit::content() const {
  // Logs may be long: a hash (FNV-1a) of all bits stands for them.
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&hash](double x) { hash = (hash ^ std::bit_cast<std::uint64_t>(x)) * 0x100000001b3; };
  for (const auto* numbers : {&log_.contexts, &log_.rewards, &log_.propensities})
    for (const double x : *numbers) mix(x);
  for (const int action : log_.actions) mix(action);
  return fmt::format("log of {} rows, {} arms, {} columns, {}, bound {}, {:016x}\n", log_.rows(), log_.arms,
                     log_.dimension, blocks_ ? "blocks" : "shared", exact_text(parameter_bound_), hash);
}

std::vector<Family> replay_families() {
  return {bandit_family<ReplayOptions, log_replay>("log-replay", "a log of contexts, actions and rewards, by rejection",
                                                   "Li, Chu, Langford, Wang 2011")};
}

}  // namespace bellwether::bandits
