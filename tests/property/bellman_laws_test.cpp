// Laws of the optimality operator T on random models: contraction, monotonicity, shift and scale, relabelling.

#include <cmath>
#include <numeric>
#include <vector>

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "mdp/operators.h"
#include "tests/support/random_models.h"

namespace bellwether::test {
namespace {

using Values = std::vector<double>;

Values apply(const mdp::TabularMdp& model, double discount, const Values& v) {
  Values out(v.size());
  mdp::backup(model, discount, v, out, mdp::Expectation{}, mdp::Largest{});
  return out;
}

Values random_values(Stream& stream, int count) {
  Values v(static_cast<std::size_t>(count));
  for (double& x : v) x = 20 * stream.uniform() - 10;
  return v;
}

double distance(const Values& a, const Values& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

struct Case {
  mdp::TabularMdp model;
  double discount;
  Stream stream;
};

Case any_case() {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const int states = *rc::gen::inRange(1, 25);
  const double discount = *rc::gen::element(0.0, 0.3, 0.9, 0.99, 1.0);
  return {random_model(Stream(seed), {.states = states}), discount, Stream(seed).child("values")};
}

void check(const char* law, const std::function<void()>& body) {
  const auto outcome =
      rc::detail::checkTestable(body, rc::detail::TestMetadata{law, law},
                                rc::detail::TestParams{.seed = 20240607, .maxSuccess = 200, .maxSize = 100});
  EXPECT_TRUE(outcome.template is<rc::detail::SuccessResult>()) << law;
}

TEST(BellmanLaws, Contraction) {
  check("|Tv - Tw| <= discount |v - w|", [] {
    Case c = any_case();
    const Values v = random_values(c.stream, c.model.num_states()), w = random_values(c.stream, c.model.num_states());
    RC_ASSERT(distance(apply(c.model, c.discount, v), apply(c.model, c.discount, w)) <=
              c.discount * distance(v, w) + 1e-12);
  });
}

TEST(BellmanLaws, Monotonicity) {
  check("v <= w implies Tv <= Tw", [] {
    Case c = any_case();
    const Values v = random_values(c.stream, c.model.num_states());
    Values w = v;
    for (double& x : w) x += c.stream.uniform();
    const Values tv = apply(c.model, c.discount, v), tw = apply(c.model, c.discount, w);
    for (std::size_t s = 0; s < tv.size(); ++s) RC_ASSERT(tv[s] <= tw[s] + 1e-12);
  });
}

TEST(BellmanLaws, Shift) {
  check("T(v + k) = Tv + discount k", [] {
    Case c = any_case();
    const Values v = random_values(c.stream, c.model.num_states());
    Values shifted = v;
    for (double& x : shifted) x += 3;
    Values expected = apply(c.model, c.discount, v);
    for (double& x : expected) x += 3 * c.discount;
    RC_ASSERT(distance(apply(c.model, c.discount, shifted), expected) <= 1e-12);
  });
}

TEST(BellmanLaws, RelabellingStatesRelabelsValues) {
  check("T commutes with a renumbering of the states", [] {
    Case c = any_case();
    std::vector<int> order(static_cast<std::size_t>(c.model.num_states()));
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[c.stream.below(i)]);
    const Values v = random_values(c.stream, c.model.num_states());
    Values moved(v.size()), expected(v.size());
    const Values tv = apply(c.model, c.discount, v);
    for (std::size_t s = 0; s < v.size(); ++s) {
      moved[static_cast<std::size_t>(order[s])] = v[s];
      expected[static_cast<std::size_t>(order[s])] = tv[s];
    }
    RC_ASSERT(apply(renumbered(c.model, order), c.discount, moved) == expected);
  });
}

}  // namespace
}  // namespace bellwether::test
