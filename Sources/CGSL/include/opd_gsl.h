// The few distribution functions the laboratory needs, so that GSL's own headers, whose enumerations clash with
// OpenBLAS's, never meet Swift.
#pragma once

/// P(T <= t) of Student's distribution with `freedom` degrees of freedom.
double opd_t_below(double t, double freedom);

/// The t below which a share `p` of Student's distribution lies, 0 < p < 1.
double opd_t_quantile(double p, double freedom);

/// P(Z <= z) of the standard normal distribution.
double opd_normal_below(double z);

/// The z below which a share `p` of the standard normal distribution lies, 0 < p < 1.
double opd_normal_quantile(double p);

/// P(X <= x) of the beta distribution, 0 <= x <= 1.
double opd_beta_below(double x, double a, double b);

/// P(T <= t) of the noncentral t distribution with `freedom` degrees of freedom and noncentrality `delta`;
/// not a number if the integral did not converge.
double opd_noncentral_t_below(double t, double freedom, double delta);
