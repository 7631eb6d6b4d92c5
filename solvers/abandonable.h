#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace bellwether::solvers {

/// Runs `work` on a thread of its own and asks `keep_going` every few hundredths of a second. False once that said no:
/// the work then goes on unheard until it ends, so it must own whatever it touches. Otherwise true, after the work, or
/// its exception. No call starts while work abandoned before is still running (it waits, asking `keep_going`), so calls
/// in a loop never gather threads.
bool run_abandonable(std::function<void()> work, const std::function<bool()>& keep_going);

/// The result of `work`, or nothing once `keep_going` said no; for computations of a library that cannot be
/// interrupted.
template <class Work>
auto abandonable(Work work, const std::function<bool()>& keep_going) -> std::optional<std::invoke_result_t<Work>> {
  const auto result = std::make_shared<std::optional<std::invoke_result_t<Work>>>();
  if (!run_abandonable([result, work = std::move(work)] { result->emplace(work()); }, keep_going)) return std::nullopt;
  return std::move(*result);
}

/// Work that was abandoned and has not ended yet.
int num_abandoned();

}  // namespace bellwether::solvers
