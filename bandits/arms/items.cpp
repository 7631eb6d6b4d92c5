#include "bandits/arms/items.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bandits/arms/families.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

/// Sums of the same numbers in another order differ in the last bits: that is no loss.
double loss_of(double best, double sum) { return best - sum > 1e-12 * best ? best - sum : 0; }

class ItemsGame : public Game {
 public:
  ItemsGame(const ItemsBandit& bandit, const Stream& stream) : bandit_(bandit) {
    round_.arms = static_cast<int>(bandit.means().size());
    const Stream items = stream.child("item");
    for (int i = 0; i < round_.arms; ++i) streams_.push_back(items.child(static_cast<std::uint64_t>(i)));
  }

  const Round& next() override {
    ++round_.number;
    return round_;
  }

  Outcome play(int) override { throw InvalidOption("this bandit is played several items at a time"); }

  Outcome play_items(std::span<const int> items, std::span<double> rewards) override {
    Outcome outcome;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto item = static_cast<std::size_t>(items[i]);
      rewards[i] = sample_bernoulli(streams_[item], bandit_.means()[item]) ? 1 : 0;
      outcome.reward += rewards[i];
      outcome.mean += bandit_.means()[item];
    }
    outcome.regret = loss_of(bandit_.best(), outcome.mean);
    return outcome;
  }

 private:
  const ItemsBandit& bandit_;
  Round round_;
  std::vector<Stream> streams_;
};

/// Means that are written out, and sets that have room for so many.
std::vector<double> written_means(const std::string& means, int items) {
  std::vector<double> written = read_numbers("bandit", "means", means);
  if (!written.empty() && static_cast<int>(written.size()) != items)
    throw InvalidOption(fmt::format("bandit: option 'means' has {} numbers, must be one for each of the {} items",
                                    written.size(), items));
  return written;
}

/// "0-1 1-0", or how many there are.
std::string named_set(const ItemsBandit& bandit) {
  constexpr std::size_t kMostNamed = 20;
  if (bandit.best_set().size() > kMostNamed) return fmt::format("its {} items", bandit.best_set().size());
  std::vector<std::string> names;
  for (const int item : bandit.best_set()) names.push_back(bandit.sets().name(item));
  return fmt::format("{}", fmt::join(names, " "));
}

NamedBandit named(std::vector<double> means, std::shared_ptr<const ItemSets> sets) {
  const auto bandit = std::make_shared<const ItemsBandit>(std::move(means), std::move(sets));
  NamedBandit made{.bandit = bandit};
  for (int i = 0; i < bandit->sets().items(); ++i) made.arm_names.push_back(bandit->sets().name(i));
  made.facts.push_back({"best set", bandit->best(), fmt::format("sum of the means of {}", named_set(*bandit))});
  constexpr int kMostSolved = 1000;  // one search an item
  if (bandit->sets().items() > kMostSolved) return made;
  double least = 0, sum = 0;
  const std::vector<double> gaps = bandit->gaps();
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    if (std::ranges::binary_search(bandit->best_set(), static_cast<int>(i))) continue;
    least = sum == 0 ? gaps[i] : std::min(least, gaps[i]);
    sum += 1 / gaps[i];
  }
  if (sum == 0) return made;  // every item is in the best set
  made.facts.push_back({"smallest gap", least, "sum of the best set minus that of the second best"});
  if (least > 0)
    made.facts.push_back(
        {"sum of 1 / gap", sum,
         "over items outside the best set, gap: what the best set that holds the item loses; times 534 "
         "m it bounds the regret of comb-ucb1 per ln T"});
  return made;
}

struct ItemsOptions {
  std::string means = "";
  int items = 20, chosen = 5;
  double low = 0.2, high = 0.8;
};

template <class Field>
void describe(ItemsOptions& o, Field&& field) {
  field("means", o.means, any_value(), "mean of each item, with / between them; empty: as the options below say");
  field("items", o.items, between(1, 100'000), "number of items");
  field("low", o.low, between(0, 1), "mean of the first item");
  field("high", o.high, between(0, 1), "mean of the last one, the others at equal steps between");
  field("chosen", o.chosen, at_least(1), "how many are played at once");
}

NamedBandit top_items(const ItemsOptions& o) {
  std::vector<double> means = read_numbers("bandit", "means", o.means);
  if (means.empty())
    for (int i = 0; i < o.items; ++i) means.push_back(o.low + (o.high - o.low) * i / std::max(1, o.items - 1));
  const int items = static_cast<int>(means.size());
  return named(std::move(means), any_items(items, o.chosen));
}

/// Means of items that have a structure: written out or drawn.
struct DrawnOptions {
  std::string means = "";
  double low = 0.1, high = 0.9;
  std::int64_t seed = 1;
};

template <class Field>
void describe_drawn(DrawnOptions& o, Field&& field) {
  field("low", o.low, between(0, 1), "means that are drawn lie between this");
  field("high", o.high, between(0, 1), "and this");
  field("seed", o.seed, at_least(0), "of means that are drawn");
}

NamedBandit drawn(const DrawnOptions& o, std::shared_ptr<const ItemSets> sets) {
  std::vector<double> means = written_means(o.means, sets->items());
  Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("means");
  if (means.empty())
    for (int i = 0; i < sets->items(); ++i) means.push_back(o.low + (o.high - o.low) * stream.uniform());
  return named(std::move(means), std::move(sets));
}

struct MatchingOptions : DrawnOptions {
  int left = 4, right = 4;
};

template <class Field>
void describe(MatchingOptions& o, Field&& field) {
  field("left", o.left, between(1, 300), "partners who each get one on the right");
  field("right", o.right, between(1, 300), "those who can be got, each by one; at least as many");
  field("means", o.means, any_value(), "mean of each pair, partner by partner, with / between; empty: drawn");
  describe_drawn(o, field);
}

NamedBandit matching_items(const MatchingOptions& o) { return drawn(o, matchings(o.left, o.right)); }

struct PathOptions : DrawnOptions {
  int width = 4, height = 4;
};

template <class Field>
void describe(PathOptions& o, Field&& field) {
  field("width", o.width, between(1, 200), "crossings of a row of the grid");
  field("height", o.height, between(1, 200), "rows");
  field("means", o.means, any_value(),
        "mean of each step, those to the right first, row by row, then those up; with / between; empty: drawn");
  describe_drawn(o, field);
}

NamedBandit path_items(const PathOptions& o) { return drawn(o, grid_paths(o.width, o.height)); }

}  // namespace

ItemsBandit::ItemsBandit(std::vector<double> means, std::shared_ptr<const ItemSets> sets)
    : means_(std::move(means)), sets_(std::move(sets)) {
  if (static_cast<int>(means_.size()) != sets_->items())
    throw InvalidOption(fmt::format("bandit: {} means for {} items", means_.size(), sets_->items()));
  for (std::size_t i = 0; i < means_.size(); ++i)
    if (!(means_[i] >= 0 && means_[i] <= 1))
      throw InvalidOption(fmt::format("bandit: the mean of item {} is {}, must be between 0 and 1",
                                      sets_->name(static_cast<int>(i)), means_[i]));
  const auto oracle = sets_->clone();
  const std::span<const int> found = oracle->best(means_);
  best_set_.assign(found.begin(), found.end());
  best_ = sum_of(best_set_);
}

double ItemsBandit::sum_of(std::span<const int> items) const {
  double sum = 0;
  for (const int item : items) sum += means_[static_cast<std::size_t>(item)];
  return sum;
}

std::vector<double> ItemsBandit::gaps() const {
  const auto oracle = sets_->clone();
  std::vector<double> gaps(means_.size()), weights = means_;
  for (std::size_t i = 0; i < means_.size(); ++i) {
    weights[i] += sets_->most() + 1;  // more than all other means together: the best set with this item
    gaps[i] = loss_of(best_, sum_of(oracle->best(weights)));
    weights[i] = means_[i];
  }
  return gaps;
}

World ItemsBandit::world(std::int64_t rounds) const {
  return {.kind = Kind::kItems,
          .arms = static_cast<int>(means_.size()),
          .items = sets_->most(),
          .rounds = rounds,
          .noise = Noise::kBernoulli,
          .sets = sets_->any() ? nullptr : sets_};
}

std::unique_ptr<Game> ItemsBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<ItemsGame>(*this, stream);
}

std::string ItemsBandit::content() const {
  std::string text = sets_->content() + "\n";
  for (const double mean : means_) text.append(exact_text(mean)).append("\n");
  return text;
}

std::vector<Family> item_families() {
  return {bandit_family<ItemsOptions, top_items>("top-items", "several of n items at once, each brings its reward",
                                                 "Kveton, Wen, Ashkan, Szepesvari 2015", "items"),
          bandit_family<MatchingOptions, matching_items>(
              "matching-items", "pairs that may be played at once: a matching, each pair brings its reward",
              "Gai, Krishnamachari, Jain 2012"),
          bandit_family<PathOptions, path_items>(
              "path-items", "steps that may be played at once: a path through a grid, each step brings its reward",
              "Kveton, Wen, Ashkan, Szepesvari 2015")};
}

}  // namespace bellwether::bandits
