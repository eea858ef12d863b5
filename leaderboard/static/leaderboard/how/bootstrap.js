// The cluster bootstrap of grader/scoring.py, one resample at a time.

// sfc32: small, quick, and good enough to look at; the grader's own draws are Philox.
export function generator(seed) {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed >>> 0];
  const next = () => {
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let at = 0; at < 16; at += 1) next();
  return next;
}

// One resample of T x R speeds [0.01 mph]: what was drawn, each as R * training + run, and the median.
// Alone: runs are drawn from all T x R, as if training were no luck.
export function resample(runs, next, { alone = false } = {}) {
  const [trainings, count] = [runs.length, runs[0].length];
  const sample = new Int16Array(trainings * count);
  const drawn = new Int32Array(trainings * count);
  let at = 0;
  for (let place = 0; place < trainings; place += 1) {
    const chosen = Math.floor(trainings * next());
    for (let run = 0; run < count; run += 1) {
      const training = alone ? Math.floor(trainings * next()) : chosen;
      const driven = Math.floor(count * next());
      drawn[at] = count * training + driven;
      sample[at] = runs[training][driven];
      at += 1;
    }
  }
  return { drawn, median: medianOf(sample) };
}

export function medianOf(sample) {
  sample.sort();
  const middle = sample.length >> 1;
  return sample.length % 2 ? sample[middle] : (sample[middle - 1] + sample[middle]) / 2;
}

// As numpy has them: between the two nearest, in proportion.
export function quantile(ordered, share) {
  const place = share * (ordered.length - 1);
  const low = Math.floor(place);
  const above = ordered[Math.min(low + 1, ordered.length - 1)];
  return ordered[low] + (place - low) * (above - ordered[low]);
}

export function interval(medians) {
  const ordered = Float64Array.from(medians).sort();
  return [quantile(ordered, 0.025), quantile(ordered, 0.975)];
}
