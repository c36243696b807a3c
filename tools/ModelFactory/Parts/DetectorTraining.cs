using Edge.Kernels.Threading;
using Edge.Training;
using Edge.Training.Losses;
using Edge.Training.Optimization;
using ModelFactory.Defects;

namespace ModelFactory.Parts;

/// <summary>Fits a detector to a training set. The weights depend on seed, set and kernel set, not on the threads.</summary>
internal sealed class DetectorTraining
{
    private const float PeakRate = 4e-3f;
    private const float FloorRate = 2e-5f;
    private const float FocalAlpha = 0.35f;
    private const float FocalGamma = 2;
    private const float BoxWeight = 1.0f;
    private readonly PartDetector _detector;
    private readonly TrainingSet _set;
    private readonly ulong _seed;
    private readonly WorkerPool _pool;
    private readonly float[] _targets;
    private readonly List<PositiveCell>[] _boxes;

    public DetectorTraining(PartDetector detector, TrainingSet set, ulong seed, WorkerPool pool)
    {
        (_detector, _set, _seed, _pool) = (detector, set, seed, pool);
        _targets = new float[detector.Logits.Data.Length];
        _boxes = [.. Enumerable.Range(0, detector.Graph.Batch).Select(_ => new List<PositiveCell>())];
    }

    /// <summary>Trains, and leaves the averaged weights in the detector.</summary>
    public void Run(int epochs, Progress progress)
    {
        int batch = _detector.Graph.Batch, perEpoch = _set.Count / batch, steps = perEpoch * epochs;
        var schedule = new CosineSchedule(PeakRate, FloorRate, Math.Min(200, steps / 10), steps);
        var optimizer = new AdamW(_detector.Graph.Parameters) { WeightDecay = 0.02f, MaxNorm = 10 };
        var average = new WeightAverage(_detector.Graph.Parameters, decay: 0.998f);
        int[] order = [.. Enumerable.Range(0, _set.Count)];
        double scoreLoss = 0, boxLoss = 0;
        for (int step = 0; step < steps; step++)
        {
            if (step % perEpoch == 0) new RandomStream(_seed, "order", (ulong)(step / perEpoch)).Shuffle<int>(order);
            Fill(order.AsSpan(step % perEpoch * batch, batch).ToArray(), step);
            _detector.Graph.Forward(training: true);
            (double score, double box) = Losses();
            _detector.Graph.Backward();
            optimizer.Step(schedule.At(step));
            average.Update();
            scoreLoss += 0.02 * (score - scoreLoss);
            boxLoss += 0.02 * (box - boxLoss);
            progress.Report(step + 1, $"epoch {step / perEpoch + 1} of {epochs}, loss {scoreLoss:F3} scores {boxLoss:F3} boxes");
        }
        average.Swap();
    }

    private void Fill(int[] parts, int step)
    {
        var job = new FillJob(this, parts, step);
        _pool.Run(ref job, parts.Length);
    }

    private readonly struct FillJob(DetectorTraining training, int[] parts, int step) : IParallelJob
    {
        public void Execute(int chunk) => training.FillSample(chunk, parts[chunk], (ulong)step * (ulong)parts.Length + (ulong)chunk);
    }

    private void FillSample(int n, int part, ulong number)
    {
        var random = new RandomStream(_seed, "augment", number);
        CellTruth[] defects = _set.Draw(part, random, _detector.Input.Sample(n));
        _boxes[n].Clear();
        int count = _detector.Logits.Extent.Count;
        GridTargets.Assign(defects, _targets.AsSpan(n * count, count), _boxes[n]);
    }

    /// <summary>Focal loss over all cells and GIoU over the positive ones, both by the sum of their targets.</summary>
    private (double Score, double Box) Losses()
    {
        float perPositive = 1f / Math.Max(1, _boxes.Sum(b => b.Sum(c => c.Target)));
        double score = Loss.Focal(_detector.Logits.Data, _targets, FocalAlpha, FocalGamma, perPositive, _detector.Logits.SeedGradient());
        Span<float> gradient = _detector.Distances.SeedGradient();
        double box = 0;
        for (int n = 0; n < _boxes.Length; n++)
        {
            int origin = n * _detector.Distances.Extent.Count;
            foreach ((int cell, float target, float[] distances) in _boxes[n])
            {
                int at = origin + cell * 4;
                box += Loss.GeneralizedIoU(_detector.Distances.Data.Slice(at, 4), distances, BoxWeight * target * perPositive, gradient.Slice(at, 4));
            }
        }
        return (score, box);
    }
}
