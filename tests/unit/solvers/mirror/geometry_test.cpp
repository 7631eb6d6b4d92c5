#include "solvers/mirror/geometry.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"
#include "solvers/mirror/tables.h"

namespace bellwether::test {
namespace {

using namespace solvers::mirror;
using testing::HasSubstr;
using testing::ThrowsMessage;

struct Point {
  std::vector<double> p, coordinates;
};

Point entered(const Geometry& geometry, std::vector<double> p) {
  std::vector<double> coordinates(p.size());
  geometry.enter(p, coordinates);
  return {std::move(p), std::move(coordinates)};
}

std::vector<double> stepped(const Geometry& geometry, const std::vector<double>& p, std::vector<double> gain) {
  Point point = entered(geometry, p);
  const double best = *std::max_element(gain.begin(), gain.end());
  for (double& g : gain) g -= best;
  geometry.step(gain, point.coordinates, point.p);
  return point.p;
}

std::vector<double> random_point(std::size_t n, Stream& stream) {
  std::vector<double> p(n);
  for (double& x : p) x = std::pow(stream.uniform(), 3) + 1e-6;
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& x : p) x /= sum;
  return p;
}

/// h(p) of the mirror map with this index.
long double map_value(const std::vector<double>& p, double index) {
  long double sum = 0;
  for (const double x : p) sum += std::pow(static_cast<long double>(x), static_cast<long double>(index));
  return (sum - 1) / (index - 1);
}

/// The step by plain bisection of the multiplier in long double.
std::vector<double> bisected(const std::vector<double>& p, const std::vector<double>& gain, double index) {
  const long double q = index;
  const auto entry = [&](std::size_t i, long double lambda) -> long double {
    const long double y = std::pow(static_cast<long double>(p[i]), q - 1) + (q - 1) / q * (gain[i] - lambda);
    return y > 0 ? std::pow(y, 1 / (q - 1)) : (q > 1 ? 0.0L : 1e30L);
  };
  long double low = -1e7L, high = 1e7L;
  for (int i = 0; i < 400; ++i) {
    const long double middle = (low + high) / 2;
    long double sum = 0;
    for (std::size_t k = 0; k < p.size(); ++k) sum += entry(k, middle);
    (sum > 1 ? low : high) = middle;
  }
  std::vector<double> result;
  for (std::size_t k = 0; k < p.size(); ++k) result.push_back(static_cast<double>(entry(k, (low + high) / 2)));
  return result;
}

TEST(Tsallis, StepsWhereBisectionFindsThem) {
  Stream stream(4);
  for (const double index : {0.3, 0.5, 0.9, 1.2, 1.5, 2.0, 3.0}) {
    const auto geometry = tsallis(index);
    for (int trial = 0; trial < 50; ++trial) {
      const std::vector<double> p = random_point(2 + stream.below(5), stream);
      std::vector<double> gain(p.size());
      const double eta = std::pow(10.0, 4 * stream.uniform() - 2);
      for (double& g : gain) g = eta * stream.uniform();
      const std::vector<double> got = stepped(*geometry, p, gain), want = bisected(p, gain, index);
      EXPECT_NEAR(std::accumulate(got.begin(), got.end(), 0.0), 1, 1e-14);
      for (std::size_t i = 0; i < p.size(); ++i)
        EXPECT_NEAR(got[i], want[i], 1e-11) << "index " << index << " trial " << trial;
    }
  }
}

// Near index 1 the power that turns coordinates into probabilities is a thousand, and so is what rounding becomes.
TEST(Tsallis, AddsUpToOneNearKullbackLeibler) {
  Stream stream(7);
  for (const double index : {0.05, 0.999, 1.001, 20.0}) {
    for (int trial = 0; trial < 50; ++trial) {
      std::vector<double> gain(5);
      for (double& g : gain) g = stream.uniform();
      const std::vector<double> got = stepped(*tsallis(index), random_point(5, stream), gain);
      EXPECT_NEAR(std::accumulate(got.begin(), got.end(), 0.0), 1, 1e-15) << "index " << index;
    }
  }
}

TEST(Tsallis, IndexTwoIsEuclideanWithTwiceTheStepAndOneIsKullbackLeibler) {
  Stream stream(5);
  for (int trial = 0; trial < 50; ++trial) {
    const std::vector<double> p = random_point(4, stream);
    std::vector<double> gain(4), twice(4);
    for (std::size_t i = 0; i < 4; ++i) twice[i] = 2 * (gain[i] = stream.uniform());
    const auto a = stepped(*tsallis(2), p, twice), b = stepped(*euclidean(), p, gain);
    const auto c = stepped(*tsallis(1), p, gain), d = stepped(*tsallis(1 + 1e-6), p, gain);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(a[i], b[i], 1e-14);
      EXPECT_NEAR(c[i], d[i], 1e-4);
      EXPECT_NEAR(c[i] / c[0], p[i] / p[0] * std::exp(gain[i] - gain[0]), 1e-12 * (1 + c[i] / c[0]));
    }
  }
}

// The least divergence to a face, against the point found by a step whose gain forbids what is outside.
TEST(Geometry, DistanceToAFaceIsTheDivergenceOfTheNearestPoint) {
  Stream stream(6);
  for (const double index : {0.5, 1.5, 2.0, 3.0}) {
    const auto geometry = tsallis(index);
    for (int trial = 0; trial < 30; ++trial) {
      const Point from = entered(*geometry, random_point(5, stream));
      const std::vector<std::uint8_t> face = {1, 0, 1, 1, 0};
      std::vector<double> gain(5, 0.0);
      for (std::size_t i = 0; i < 5; ++i)
        if (face[i] == 0) gain[i] = -1e30;
      const std::vector<double> near = stepped(*geometry, from.p, gain);
      long double want = map_value(near, index) - map_value(from.p, index);
      for (std::size_t i = 0; i < 5; ++i) {
        want -= index / (index - 1) *
                std::pow(static_cast<long double>(from.p[i]), static_cast<long double>(index) - 1) *
                (near[i] - from.p[i]);
      }
      EXPECT_NEAR(geometry->distance_to_face(from.coordinates, from.p, face), static_cast<double>(want), 1e-10);
    }
  }
  const std::vector<std::uint8_t> face = {1, 0, 1};
  const Point kl = entered(*kullback_leibler(), {0.2, 0.5, 0.3});
  EXPECT_NEAR(kullback_leibler()->distance_to_face(kl.coordinates, kl.p, face), -std::log(0.5), 1e-15);
  // (0.2, 0.3) goes to (0.45, 0.55), and 0.5 to 0.
  const Point plain = entered(*euclidean(), {0.2, 0.5, 0.3});
  EXPECT_NEAR(euclidean()->distance_to_face(plain.coordinates, plain.p, face), (2 * 0.0625 + 0.25) / 2, 1e-15);
}

// A policy may be driven to a corner by steps of any size, back again, and never becomes anything but a distribution.
TEST(Geometry, StaysFiniteUnderHugeSteps) {
  for (const auto& geometry : {kullback_leibler(), euclidean(), tsallis(0.2), tsallis(0.5), tsallis(1.5), tsallis(4)}) {
    Point point = entered(*geometry, {0.25, 0.25, 0.25, 0.25});
    for (const double base : {1e10, 1e100, 1e180, 1.0, 1e180, 1e12}) {
      double eta = base;
      for (const std::size_t best : {0, 1, 2, 3, 0}) {
        // Longer than the one before, or what that one drove out would only be level again.
        std::vector<double> gain(4, -(eta *= 1000));
        gain[best] = 0;
        geometry->step(gain, point.coordinates, point.p);
        double sum = 0;
        for (std::size_t i = 0; i < 4; ++i) {
          ASSERT_TRUE(std::isfinite(point.coordinates[i]) && point.p[i] >= 0) << eta;
          sum += point.p[i];
        }
        ASSERT_NEAR(sum, 1, 1e-12);
        if (base >= 1e100) {
          ASSERT_GT(point.p[best], 1 - 1e-9) << eta;
        }
      }
    }
  }
}

TEST(Geometry, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT([] { tsallis(0); }, ThrowsMessage<InvalidOption>(HasSubstr("the index 0 must lie in [0.05, 20]")));
  EXPECT_THAT([] { geometry_named("round", 1); },
              ThrowsMessage<InvalidOption>(HasSubstr("no geometry is named 'round'")));
}

}  // namespace
}  // namespace bellwether::test
