#include "solvers/abandonable.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "core/parallel.h"
#include "mdp/instances/garnet.h"
#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::test {
namespace {

using namespace solvers;

bool always() { return true; }

void until_none_is_abandoned() {
  while (num_abandoned() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

TEST(Abandonable, GivesTheResultAndTheThreadsOfTheCaller) {
  const ThreadCount guard(3);
  EXPECT_EQ(abandonable([] { return thread_count(); }, always), 3);
  EXPECT_EQ(num_abandoned(), 0);
}

TEST(Abandonable, PassesExceptionsOn) {
  EXPECT_THROW(abandonable([]() -> int { throw std::runtime_error("broken"); }, always), std::runtime_error);
}

TEST(Abandonable, LeavesWorkThatNobodyWantsAndStartsNoMoreUntilItEnded) {
  const auto gate = std::make_shared<std::promise<void>>();
  const std::shared_future<void> opened = gate->get_future().share();
  const auto owned = std::make_shared<int>(7);
  const std::weak_ptr<int> watched = owned;
  EXPECT_FALSE(abandonable([opened, owned] { return opened.wait(), *owned; }, [] { return false; }));
  EXPECT_EQ(num_abandoned(), 1);
  // The next one does not begin: it would be a second thread that nobody waits for.
  const auto begun = std::make_shared<std::atomic<bool>>(false);
  int asked = 0;
  EXPECT_FALSE(abandonable([begun] { return begun->exchange(true); }, [&] { return ++asked < 3; }));
  EXPECT_FALSE(*begun);
  EXPECT_EQ(num_abandoned(), 1);
  gate->set_value();
  until_none_is_abandoned();
  EXPECT_EQ(watched.use_count(), 1);  // mine: what the work owned has gone with it
  EXPECT_EQ(abandonable([] { return 2; }, always), 2);
}

TEST(Abandonable, AnExceptionOfTheCallersOwnLeavesNoThread) {
  std::atomic<bool> ended = false;
  const auto work = [&ended] {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    ended = true;
    return 0;
  };
  EXPECT_THROW(abandonable(work, []() -> bool { throw std::logic_error("enough"); }), std::logic_error);
  EXPECT_TRUE(ended);
}

// The factors of such a matrix fill in: a second of work, of which nobody can stop any part.
TEST(Abandonable, AnObserverIsHeardInsideAFactorisation) {
  const Problem problem{.model = mdp::garnet({.states = 2500, .actions = 2, .successors = 8}).model, .discount = 0.99};
  int asked = 0;
  const Solution got = policy_iteration(problem, {.factorisation = "sparse"},
                                        {.observer = [&](const TraceRow&) { return ++asked < 2; }});
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(num_abandoned(), 1);
  EXPECT_EQ(got.iterations, 0);
  EXPECT_TRUE(std::isfinite(got.gap));
  until_none_is_abandoned();
}

TEST(Abandonable, AnObserverThatAgreesChangesNothing) {
  const Problem problem{.model = mdp::garnet({.states = 700, .actions = 3, .successors = 4}).model, .discount = 0.99};
  const Solution alone = policy_iteration(problem),
                 watched = policy_iteration(problem, {}, {.observer = [](const TraceRow&) { return true; }});
  EXPECT_EQ(alone.status, Status::kConverged);
  EXPECT_EQ(alone.value, watched.value);
  EXPECT_EQ(alone.iterations, watched.iterations);
}

}  // namespace
}  // namespace bellwether::test
