#pragma once

#include <memory>

#include "labs/lab.h"

namespace bellwether::labs {

// One file each; lab.cpp has the table.
std::unique_ptr<Exam> value_iteration_exam(const Stream& student);
std::unique_ptr<Exam> ucb_exam(const Stream& student);
std::unique_ptr<Exam> ucbvi_exam(const Stream& student);
std::unique_ptr<Exam> q_learning_exam(const Stream& student);

}  // namespace bellwether::labs
