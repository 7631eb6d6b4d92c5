#include "experiments/engine/run.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "core/text.h"
#include "experiments/engine/failure.h"
#include "experiments/engine/store.h"
#include "experiments/engine/world.h"
#include "solvers/abandonable.h"

namespace bellwether::experiments {
namespace {

/// Takes from the store what it has; the numbers of the cells that it does not have.
std::vector<std::size_t> take_found(const Grid& grid, const Store& store, Results& results) {
  std::vector<std::size_t> missing;
  for (std::size_t c = 0; c < grid.cells.size(); ++c) {
    if (auto series = store.find(grid.cells[c].key)) {
      results.series[c] = std::move(*series);
      ++results.found;
    } else {
      missing.push_back(c);
    }
  }
  return missing;
}

/// Seed by seed: a run that is stopped early leaves few seeds of everything, not everything of few learners.
void order_by_seed(const Grid& grid, std::vector<std::size_t>& cells) {
  std::ranges::stable_sort(cells, {}, [&](std::size_t c) { return c % grid.num_seeds(); });
}

/// The missing cells, played by several threads.
class Session {
 public:
  Session(const Grid& grid, Store* store, const RunOptions& options, Results& results, std::vector<std::size_t> missing)
      : grid_(grid),
        store_(store),
        options_(options),
        results_(results),
        missing_(std::move(missing)),
        root_(Stream(grid.plan.stream).child("replicate")) {
    progress_.cells = static_cast<std::int64_t>(grid.cells.size());
    progress_.cells_found = progress_.cells_done = results.found;
    for (const std::size_t c : missing_) count_work(grid.cells[c], grid.learners[grid.cells[c].learner].length, true);
  }

  void play() {
    if (!tell() || !prepare()) return;
    const int threads = options_.threads > 0 ? options_.threads : thread_count();
    const ThreadCount guard(threads);
    const auto workers = std::min<std::int64_t>(threads, static_cast<std::int64_t>(missing_.size()));
    // Each worker takes the next cell when it is done with one: cells differ in cost. Nothing depends on who takes
    // which.
    constexpr std::int64_t kAlwaysWorthAThread = std::int64_t{1} << 40;
    parallel_for(workers, kAlwaysWorthAThread, [&](std::int64_t, std::int64_t) { work(); });
  }

 private:
  /// Adds a cell's work to what there is (`all`) or to what is done.
  void count_work(const Cell& cell, std::int64_t units, bool all) {
    const LearnerVariant& learner = grid_.learners[cell.learner];
    const InstanceVariant& instance = grid_.instances[cell.instance];
    const World& world = world_of(learner.protocol);
    const std::int64_t steps = world.steps_of_unit(instance);
    if (world.plays_episodes()) (all ? progress_.episodes : progress_.episodes_done) += units;
    (all ? progress_.steps : progress_.steps_done) += units * steps;
  }

  /// The caller must hold the mutex, or be alone.
  bool tell() {
    if (!stopped_ && options_.progress && !options_.progress(progress_)) stopped_ = true;
    return !stopped_;
  }

  /// Solves the instances of the missing cells, once for all their learners and seeds.
  bool prepare() {
    for (const std::size_t c : missing_) {
      const Cell& cell = grid_.cells[c];
      const World* world = &world_of(grid_.learners[cell.learner].protocol);
      if (arenas_.contains({cell.instance, world})) continue;
      const InstanceVariant& instance = grid_.instances[cell.instance];
      try {
        auto arena = solvers::abandonable([instance, world] { return std::shared_ptr(world->prepare(instance)); },
                                          [this] { return tell(); });
        if (!arena || !tell()) return false;
        arenas_.emplace(std::pair(cell.instance, world), std::move(*arena));
      } catch (const std::bad_alloc&) {
        fail(instance.place, fmt::format("{}: the optimal values of {} choices and {} steps do not fit the memory of "
                                         "this machine",
                                         instance.label, grouped(instance.model().model.num_choices()),
                                         grouped(std::max(1, instance.horizon))));
      } catch (const std::invalid_argument& error) {
        fail(instance.place, fmt::format("{}: {}", instance.label, error.what()));
      }
    }
    return true;
  }

  void work() {
    try {
      for (std::size_t next; !stopped_ && (next = next_.fetch_add(1)) < missing_.size();) play_cell(missing_[next]);
    } catch (...) {
      stopped_ = true;  // the others need not go on
      throw;
    }
  }

  void play_cell(std::size_t number) {
    const Cell& cell = grid_.cells[number];
    const LearnerVariant& learner = grid_.learners[cell.learner];
    std::int64_t counted = 0;
    bool cut_short = false;
    const auto observe = [&](std::int64_t done) {
      const std::lock_guard lock(mutex_);
      count_work(cell, done - std::exchange(counted, done), false);
      cut_short = !tell();
      return !cut_short;
    };
    Series series;
    try {
      series = arenas_.at({cell.instance, &world_of(learner.protocol)})
                   ->play(learner, root_.child(cell.seed),
                          {.length = learner.length,
                           .checkpoints = learner.checkpoints,
                           .epsilon = grid_.plan.precision(),
                           .observer = observe});
    } catch (const std::invalid_argument& error) {
      fail(learner.place,
           fmt::format("{} on {}: {}", learner.label, grid_.instances[cell.instance].label, error.what()));
    }
    const std::lock_guard lock(mutex_);
    if (cut_short) return;
    if (store_ != nullptr) store_->append(cell.key, series);
    results_.series[number] = std::move(series);
    ++results_.computed;
    ++progress_.cells_done;
    count_work(cell, learner.length - counted, false);
    tell();
  }

  const Grid& grid_;
  Store* store_;
  const RunOptions& options_;
  Results& results_;
  const std::vector<std::size_t> missing_;
  const Stream root_;
  /// Learners of one world share an arena.
  std::map<std::pair<std::size_t, const World*>, std::shared_ptr<const Arena>> arenas_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  // guards what follows, the results and the store
  Progress progress_;
};

void play_missing(const Grid& grid, Store* store, const RunOptions& options, Results& results,
                  std::vector<std::size_t> missing) {
  if (missing.empty()) return;
  order_by_seed(grid, missing);
  Session(grid, store, options, results, std::move(missing)).play();
}

}  // namespace

Results run(const Grid& grid, const std::string& folder, const RunOptions& options) {
  Results results{.series = std::vector<Series>(grid.cells.size())};
  if (folder.empty()) {
    std::vector<std::size_t> all(grid.cells.size());
    for (std::size_t c = 0; c < all.size(); ++c) all[c] = c;
    play_missing(grid, nullptr, options, results, std::move(all));
    return results;
  }
  if (options.fresh)
    if (const auto kept = Store::put_aside(folder))
      results.notes.push_back(fmt::format("old results are in {}", *kept));
  Store store(folder, Store::Mode::kWrite);
  results.notes.insert(results.notes.end(), store.notes().begin(), store.notes().end());
  play_missing(grid, &store, options, results, take_found(grid, store, results));
  return results;
}

Results load(const Grid& grid, const std::string& folder) {
  Results results{.series = std::vector<Series>(grid.cells.size())};
  const Store store(folder, Store::Mode::kRead);
  results.notes = store.notes();
  take_found(grid, store, results);
  return results;
}

}  // namespace bellwether::experiments
