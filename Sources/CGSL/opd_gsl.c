#include "opd_gsl.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <math.h>

double opd_t_below(double t, double freedom) { return gsl_cdf_tdist_P(t, freedom); }

double opd_t_quantile(double p, double freedom) { return gsl_cdf_tdist_Pinv(p, freedom); }

double opd_normal_below(double z) { return gsl_cdf_ugaussian_P(z); }

double opd_normal_quantile(double p) { return gsl_cdf_ugaussian_Pinv(p); }

double opd_beta_below(double x, double a, double b) { return gsl_cdf_beta_P(x, a, b); }

struct noncentral { double t, freedom, delta; };

// Given s = sqrt(chi2/freedom), T <= t exactly when Z <= t*s - delta; s has density 2*freedom*s*chi2pdf(freedom*s^2).
static double integrand(double s, void *context) {
  const struct noncentral *c = context;
  double density = 2 * c->freedom * s * gsl_ran_chisq_pdf(c->freedom * s * s, c->freedom);
  return density * gsl_cdf_ugaussian_P(c->t * s - c->delta);
}

double opd_noncentral_t_below(double t, double freedom, double delta) {
  struct noncentral context = {t, freedom, delta};
  gsl_function function = {integrand, &context};
  // The integration reports failure by its status; without this GSL would abort the process.
  gsl_error_handler_t *previous = gsl_set_error_handler_off();
  gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(500);
  double result = NAN, error = 0;
  // s beyond 1 + 12/sqrt(freedom) has probability below 1e-30 for freedom > 2 and is negligible for 1 and 2.
  double upper = 1 + 12 / sqrt(freedom);
  if (workspace) {
    int status =
        gsl_integration_qag(&function, 0, upper, 1e-12, 1e-10, 500, GSL_INTEG_GAUSS31, workspace, &result, &error);
    if (status != GSL_SUCCESS) result = NAN;
    gsl_integration_workspace_free(workspace);
  }
  gsl_set_error_handler(previous);
  return result;
}
