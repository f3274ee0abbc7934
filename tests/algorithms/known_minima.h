// Functions of two parameters whose minimum is known. Constants; any thread may use them.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include "tests/algorithms/problems.h"

namespace hone::algorithms {

using Loss = std::function<double(const Point&)>;

inline double Square(double x) {
  return x * x;
}

inline double Sphere(const Point& x) {
  return Square(x[0] - 1.2) + Square(x[1] + 0.7);
}
inline double Rosenbrock(const Point& x) {
  return 100 * Square(x[1] - x[0] * x[0]) + Square(1 - x[0]);
}
inline double Branin(const Point& x) {
  constexpr double kPi = std::numbers::pi;
  return Square(x[1] - 5.1 / (4 * kPi * kPi) * x[0] * x[0] + 5 / kPi * x[0] - 6) +
         10 * (1 - 1 / (8 * kPi)) * std::cos(x[0]) + 10;
}
inline double SixHumpCamel(const Point& x) {
  const double a = x[0] * x[0];
  const double b = x[1] * x[1];
  return (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + (4 * b - 4) * b;
}
inline double McCormick(const Point& x) {
  return std::sin(x[0] + x[1]) + Square(x[0] - x[1]) - 1.5 * x[0] + 2.5 * x[1] + 1;
}

struct KnownMinimum {
  const char* name;
  std::vector<ParameterSpec> space;
  Loss loss;
  double minimum;
  /// The number of trials after which each of NLopt's methods comes within 1e-6. Two of them find
  /// another local minimum of McCormick's function first, and restart.
  std::map<std::string, std::size_t> trials;
};

inline std::vector<KnownMinimum> KnownMinima() {
  const auto in =
      [](std::size_t direct, std::size_t bobyqa, std::size_t nelder_mead, std::size_t sbplx) {
        return std::map<std::string, std::size_t>{
            {"direct", direct}, {"bobyqa", bobyqa}, {"nelder-mead", nelder_mead}, {"sbplx", sbplx}};
      };
  return {{"sphere", {Double("-5", "4"), Double("-5", "4")}, Sphere, 0, in(400, 30, 100, 150)},
          {"Rosenbrock",
           {Double("-2.5", "2"), Double("-2.5", "2")},
           Rosenbrock,
           0,
           in(800, 100, 90, 150)},
          {"Branin",
           {Double("-5", "10"), Double("0", "15")},
           Branin,
           0.397887357729738,
           in(250, 30, 80, 100)},
          {"six-hump camel",
           {Double("-3", "3"), Double("-2", "2")},
           SixHumpCamel,
           -1.031628453489877,
           in(250, 40, 60, 80)},
          {"McCormick",
           {Double("-1.5", "4"), Double("-3", "4")},
           McCormick,
           -1.913222954981037,
           in(300, 40, 600, 600)}};
}

}  // namespace hone::algorithms
