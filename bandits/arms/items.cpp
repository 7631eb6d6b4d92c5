#include "bandits/arms/items.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "bandits/arms/families.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/text.h"

namespace bellwether::bandits {
namespace {

class ItemsGame : public Game {
 public:
  ItemsGame(const TopItemsBandit& bandit, const Stream& stream) : bandit_(bandit) {
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
    // Sums of the same numbers in another order differ in the last bits: that is no regret.
    const double behind = bandit_.best() - outcome.mean;
    outcome.regret = behind > 1e-12 * bandit_.best() ? behind : 0;
    return outcome;
  }

 private:
  const TopItemsBandit& bandit_;
  Round round_;
  std::vector<Stream> streams_;
};

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
  return {.bandit = std::make_shared<const TopItemsBandit>(std::move(means), o.chosen)};
}

}  // namespace

TopItemsBandit::TopItemsBandit(std::vector<double> means, int chosen) : means_(std::move(means)), chosen_(chosen) {
  for (std::size_t i = 0; i < means_.size(); ++i)
    if (!(means_[i] >= 0 && means_[i] <= 1))
      throw InvalidOption(fmt::format("bandit: the mean of item {} is {}, must be between 0 and 1", i, means_[i]));
  if (chosen < 1 || static_cast<std::size_t>(chosen) > means_.size())
    throw InvalidOption(
        fmt::format("bandit: option 'chosen' is {}, must be between 1 and the {} items", chosen, means_.size()));
  std::vector<double> sorted = means_;
  std::ranges::sort(sorted, std::greater<>());
  best_ = std::accumulate(sorted.begin(), sorted.begin() + chosen, 0.0);
}

World TopItemsBandit::world(std::int64_t rounds) const {
  return {.kind = Kind::kItems,
          .arms = static_cast<int>(means_.size()),
          .items = chosen_,
          .rounds = rounds,
          .noise = Noise::kBernoulli};
}

std::unique_ptr<Game> TopItemsBandit::start(std::int64_t, const Stream& stream) const {
  return std::make_unique<ItemsGame>(*this, stream);
}

std::string TopItemsBandit::content() const {
  std::string text = fmt::format("items, {} at once\n", chosen_);
  for (const double mean : means_) text.append(exact_text(mean)).append("\n");
  return text;
}

std::vector<Family> item_families() {
  return {bandit_family<ItemsOptions, top_items>("top-items", "several of n items at once, each brings its reward",
                                                 "Kveton, Wen, Ashkan, Szepesvari 2015", "items")};
}

}  // namespace bellwether::bandits
