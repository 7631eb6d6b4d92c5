#pragma once

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::online {

/// The discount, if it is one: InvalidOption otherwise.
inline double checked_discount(double discount) {
  if (discount > 0 && discount < 1) return discount;
  throw InvalidOption(fmt::format("the discount is {}, must be above 0 and below 1", discount));
}

}  // namespace bellwether::online
