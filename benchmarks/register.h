#pragma once

namespace bellwether::benchmarks {

// Each file of benchmarks registers its own, workload by workload.
void register_sweeps();
void register_solves();
void register_files();
void register_memory();
void register_learners();
void register_bandits();
void register_latent();
void register_linear_bandits();
void register_constrained();
void register_robust();

}  // namespace bellwether::benchmarks
