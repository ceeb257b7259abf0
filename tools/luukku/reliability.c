#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "calibrate.h"

enum {
  BINS = 10,
  LEFT = 60,
  TOP = 40,
  SIDE = 400,
  HISTOGRAM = 90,
  GAP = 14,
  WIDTH = LEFT + SIDE + 30,
  HEIGHT = TOP + SIDE + GAP + HISTOGRAM + 60
};

typedef struct bin {
  double confidence, right;
  size_t count;
} bin;

static double x_of(double confidence) { return LEFT + SIDE * confidence; }
static double y_of(double share) { return TOP + SIDE * (1 - share); }

static double fill_bins(const lk_outcome *outcomes, size_t count, bin bins[BINS], size_t *total) {
  double error = 0;
  *total = 0;
  for (size_t i = 0; i < count; i++) {
    if (!lk_outcome_counts(&outcomes[i])) continue;
    double p = outcomes[i].confidence;
    bin *b = &bins[p >= 1 ? BINS - 1 : (int)(p * BINS)];
    b->confidence += p;
    b->right += outcomes[i].rank == 1;
    b->count++;
    (*total)++;
  }
  for (int b = 0; b < BINS; b++) error += fabs(bins[b].confidence - bins[b].right);
  return *total ? error / (double)*total : 0;
}

static void draw_frame(FILE *out, size_t total, double error) {
  (void)fprintf(out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                "<title>Confidence against being right</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n"
                "<text x=\"%d\" y=\"24\" font-size=\"14\">%zu questions, expected calibration error %.3f</text>\n",
                WIDTH, HEIGHT, WIDTH, HEIGHT, LEFT, total, error);
  for (int t = 0; t <= BINS; t += 2) {
    double share = t / 10.0;
    (void)fprintf(out,
                  "<path d=\"M%d %.1fH%d\" stroke=\"#e4e4e4\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>\n"
                  "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.1f</text>\n",
                  LEFT, y_of(share), LEFT + SIDE, LEFT - 8, y_of(share) + 4, share, x_of(share), HEIGHT - 38, share);
  }
  (void)fprintf(out,
                "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#333\"/><path d=\"M%d %dL%d %d\" stroke=\"#888\" "
                "stroke-dasharray=\"5 4\"/>\n"
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">confidence of the best candidate</text>\n"
                "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">share right</text>\n"
                "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">questions</text>\n",
                LEFT, TOP, TOP + SIDE, LEFT + SIDE, LEFT, TOP + SIDE, LEFT + SIDE, TOP, LEFT + SIDE / 2, HEIGHT - 14,
                TOP + SIDE / 2, TOP + SIDE + GAP + HISTOGRAM / 2);
}

/* Wilson's interval of a share: it stays within 0 and 1, also for a handful of questions. */
static void interval_of(double right, double n, double *low, double *high) {
  const double z = 1.96;
  double share = right / n, middle = share + z * z / (2 * n), width = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  *low = (middle - width) / (1 + z * z / n);
  *high = (middle + width) / (1 + z * z / n);
}

static void draw_bin(FILE *out, int index, const bin *b, size_t most) {
  double n = (double)b->count, x = x_of(b->confidence / n), y = y_of(b->right / n), low, high;
  double bottom = TOP + SIDE + GAP + HISTOGRAM, height = HISTOGRAM * n / (double)most;
  interval_of(b->right, n, &low, &high);
  (void)fprintf(out, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"#7aa6cf\" stroke-width=\"3\"/>", x, y_of(low), y_of(high));
  (void)fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#036\"/>\n", x, y);
  (void)fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"#cfdfee\"/>", x_of(index / 10.0) + 2,
                bottom - height, SIDE / BINS - 4, height);
  (void)fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-size=\"11\">%zu</text>\n",
                x_of((index + .5) / 10.0), height > HISTOGRAM - 14 ? bottom - height + 13 : bottom - height - 4, b->count);
}

static void draw(FILE *out, const lk_outcome *outcomes, size_t count) {
  bin bins[BINS] = {0};
  size_t total, most = 1;
  double error = fill_bins(outcomes, count, bins, &total);
  draw_frame(out, total, error);
  for (int b = 0; b < BINS; b++)
    if (bins[b].count > most) most = bins[b].count;
  for (int b = 0; b < BINS; b++)
    if (bins[b].count) draw_bin(out, b, &bins[b], most);
  (void)fprintf(out, "<path d=\"M%d %dH%d\" stroke=\"#333\"/>\n</svg>\n", LEFT, TOP + SIDE + GAP + HISTOGRAM, LEFT + SIDE);
}

int lk_plot_reliability(const lk_outcome *outcomes, size_t count, const char *path) {
  FILE *out = fopen(path, "w");
  if (out) draw(out, outcomes, count);
  bool fine = out && !ferror(out);
  if (out && fclose(out) != 0) fine = false;
  if (fine) return LK_EXIT_GOOD;
  (void)fprintf(stderr, "luukku eval: error: %s cannot be written: %s; choose another path\n", path, strerror(errno));
  return LK_EXIT_UNUSABLE;
}
