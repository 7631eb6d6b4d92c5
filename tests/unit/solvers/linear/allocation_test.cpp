#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "solvers/linear/least_squares.h"
#include "solvers/linear/temporal_difference.h"
#include "tests/unit/solvers/linear/support.h"

// The linker is told to lead all our calls of malloc, calloc (which compilers make of malloc and zeros) and new (_Znwm)
// through here.
namespace {
// Atomic, since compilers know that malloc changes no ordinary variable.
std::atomic<long> requests = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real__Znwm(std::size_t size);
void* __wrap_malloc(std::size_t size) {
  ++requests;
  return __real_malloc(size);
}
void* __wrap_calloc(std::size_t count, std::size_t size) {
  ++requests;
  return __real_calloc(count, size);
}
void* __wrap__Znwm(std::size_t size) {
  ++requests;
  return __real__Znwm(size);
}
}
// NOLINTEND(bugprone-reserved-identifier)

namespace bellwether::solvers {
namespace {

template <class Work>
long requests_of(Work&& work) {
  const long before = requests;
  work();
  return requests - before;
}

TEST(Allocations, AreCounted) {
  std::vector<int> numbers;
  Eigen::VectorXd vector;
  EXPECT_EQ(requests_of([&] { numbers.resize(5); }), 1);
  EXPECT_EQ(requests_of([&] { vector.setZero(40); }), 1);
  EXPECT_EQ(static_cast<Eigen::Index>(numbers.size()) + vector.size(), 45);
}

struct Named {
  const char* name;
  std::unique_ptr<Predictor> predictor;
};

std::vector<Named> predictors(const PredictionTask& task) {
  std::vector<Named> all;
  const auto add = [&](const char* name, auto predictor) {
    all.push_back({name, std::make_unique<decltype(predictor)>(std::move(predictor))});
  };
  const Eigen::VectorXd& start = task.start();
  add("td", TemporalDifference(start, task.discount(), {.step = 0.01}));
  add("td, traces and means",
      TemporalDifference(start, task.discount(), {.step = 0.01, .lambda = 0.7, .average = "tail"}));
  add("gtd2", GradientTd(TdMethod::kGtd2, start, task.discount(), {.step = 0.01, .decay = 0.6}));
  add("tdc", GradientTd(TdMethod::kTdc, start, task.discount(), {.step = 0.01}));
  add("lstd", Lstd(start, task.discount(), {.lambda = 0.5}));
  add("lspe", Lspe(start, task.discount()));
  return all;
}

// 2500 steps: the least squares renew their inverses at d, 2 d, ... and at multiples of a thousand in between.
TEST(Predictors, StepsAllocateNothing) {
  for (const int dimension : {4, 40}) {
    const PredictionTask task = drawn_task(3, true, 0.9, dimension);
    for (const auto& [name, predictor] : predictors(task)) {
      PredictionPlay play(task, Stream(1));
      EXPECT_EQ(requests_of([&predictor = *predictor, &play] {
                  for (int t = 0; t < 2500; ++t) predictor.learn(play.step());
                  EXPECT_TRUE(predictor.weights().allFinite());
                }),
                0)
          << name << " in " << dimension << " dimensions";
    }
  }
}

}  // namespace
}  // namespace bellwether::solvers
