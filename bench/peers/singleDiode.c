/* Peer of bench/analysis.ts: cminpack's lmder with an analytic Jacobian; I(V) by Newton on the diode voltage.
   Reads "curves points tolerance repeats", then for each curve the start (IL, ln I0, Rs, Gsh, a) and v i pairs.
   Writes fits per CPU second, then the sum of squares of each curve. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cminpack.h>

typedef struct {
  int n;
  const double *v, *i;
  double *vd;
} Curve;

static int residuals(void *data, int m, int n, const double *p, double *f, double *jac, int ld, int flag) {
  Curve *c = data;
  (void)n;
  const double il = p[0], i0 = exp(p[1]), rs = p[2], g = p[3], a = p[4];
  for (int k = 0; k < m; k++) {
    double vd = c->vd[k], e = 0, step = 0;
    for (int round = 0; round < 60; round++) {
      e = i0 * exp(vd / a);
      step = (vd - c->v[k] - rs * (il + i0 - e - g * vd)) / (1 + rs * (e / a + g));
      vd -= step;
      if (fabs(step) <= 1e-8 * a) break;
    }
    e -= e * step / a;
    if (!isfinite(vd)) return -1;
    c->vd[k] = vd;
    const double current = il + i0 - e - g * vd, slope = e / a + g, d = 1 / (1 + rs * slope);
    if (flag == 1) {
      f[k] = current - c->i[k];
    } else {
      jac[k] = d;
      jac[k + ld] = -d * (e - i0);
      jac[k + 2 * ld] = -d * current * slope;
      jac[k + 3 * ld] = -d * vd;
      jac[k + 4 * ld] = d * e * vd / (a * a);
    }
  }
  return 0;
}

int main(void) {
  int curves, points, repeats;
  double tolerance;
  if (scanf("%d %d %lf %d", &curves, &points, &tolerance, &repeats) != 4) return 1;
  double *start = malloc(sizeof(double) * curves * 5), *data = malloc(sizeof(double) * curves * points * 2);
  for (int c = 0; c < curves; c++) {
    for (int k = 0; k < 5; k++)
      if (scanf("%lf", start + c * 5 + k) != 1) return 1;
    for (int k = 0; k < points; k++)
      if (scanf("%lf %lf", data + c * 2 * points + k, data + c * 2 * points + points + k) != 2) return 1;
  }
  double *f = malloc(sizeof(double) * points), *jac = malloc(sizeof(double) * points * 5), *vd = malloc(sizeof(double) * points);
  double *squares = malloc(sizeof(double) * curves);
  double qtf[5], wa1[5], wa2[5], wa3[5], diag[5], *wa4 = malloc(sizeof(double) * points);
  int pivots[5], nfev, njev;
  struct timespec from, to;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  for (int r = 0; r < repeats; r++)
    for (int c = 0; c < curves; c++) {
      Curve curve = {points, data + c * 2 * points, data + c * 2 * points + points, vd};
      double p[5];
      memcpy(p, start + c * 5, sizeof p);
      for (int k = 0; k < points; k++) vd[k] = curve.v[k] + p[2] * curve.i[k];
      lmder(residuals, &curve, points, 5, p, f, jac, points, tolerance, tolerance, tolerance, 400, diag, 1, 100, 0, &nfev,
            &njev, pivots, qtf, wa1, wa2, wa3, wa4);
      squares[c] = 0;
      for (int k = 0; k < points; k++) squares[c] += f[k] * f[k];
    }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
  printf("%.6f", curves * (double)repeats / (to.tv_sec - from.tv_sec + 1e-9 * (to.tv_nsec - from.tv_nsec)));
  for (int c = 0; c < curves; c++) printf(" %.17g", squares[c]);
  printf("\n");
  return 0;
}
