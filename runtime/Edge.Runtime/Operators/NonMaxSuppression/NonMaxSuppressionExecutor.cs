using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.NonMaxSuppression;

/// <summary>Chooses boxes class by class, the classes divided among the threads, then writes all that were chosen.</summary>
internal sealed unsafe class NonMaxSuppressionExecutor : Executor
{
    private readonly int _pictures;
    private readonly int _classes;
    private readonly int _boxes;
    private readonly int _lanes;
    private readonly bool _centers;
    private readonly bool _hasMax;
    private readonly bool _hasIou;
    private readonly bool _hasScore;
    private readonly nint _candidateBytes;
    private readonly nint _chosenBytes;

    public NonMaxSuppressionExecutor(PrepareContext c)
    {
        _pictures = c.Shape(1)[0];
        _classes = c.Shape(1)[1];
        _boxes = c.Shape(0)[1];
        _lanes = Math.Max(1, Math.Min(c.Threads, _pictures * _classes));
        _centers = c.Attributes.Int("center_point_box", 0) != 0;
        _hasMax = c.Has(NonMaxSuppressionOperator.MaxBoxes);
        _hasIou = c.Has(NonMaxSuppressionOperator.IouThreshold);
        _hasScore = c.Has(NonMaxSuppressionOperator.ScoreThreshold);
        _candidateBytes = Scratch.Align((nint)_boxes * sizeof(ulong));
        _chosenBytes = Scratch.Align((nint)_pictures * _classes * _boxes * sizeof(int));
    }

    public override string Kernel => "nms_greedy";

    /// <summary>Pairs of boxes, if no threshold and no count spares any.</summary>
    public override long Work => (long)((double)_pictures * _classes * _boxes * _boxes);

    public override nint ScratchBytes => _lanes * _candidateBytes + _chosenBytes + (nint)_pictures * _classes * sizeof(int);

    public override void Execute(in StepContext c)
    {
        long max = _hasMax ? *c.Input<long>(NonMaxSuppressionOperator.MaxBoxes) : 0;
        float iou = _hasIou ? *c.Input<float>(NonMaxSuppressionOperator.IouThreshold) : 0;
        float score = _hasScore ? *c.Input<float>(NonMaxSuppressionOperator.ScoreThreshold) : float.NegativeInfinity;
        int all = _pictures * _classes;
        int* chosen = (int*)(c.Scratch + _lanes * _candidateBytes);
        int* counts = (int*)(c.Scratch + _lanes * _candidateBytes + _chosenBytes);
        var job = new Job(this, c.Input<float>(0), c.Input<float>(1), c.Scratch, chosen, counts, (int)Math.Clamp(max, 0, _boxes), iou, score);
        if (all > 0) c.Pool.Run(ref job, _lanes);

        int total = 0;
        for (int i = 0; i < all; i++) total += counts[i];
        long* y = c.Allocate<long>(0, new Shape(total, 3));
        for (int i = 0; i < all; i++)
        {
            for (int n = 0; n < counts[i]; n++)
            {
                *y++ = i / _classes;
                *y++ = i % _classes;
                *y++ = chosen[(nint)i * _boxes + n];
            }
        }
    }

    /// <summary>One chunk is one lane: a share of the classes of all pictures.</summary>
    private readonly struct Job(
        NonMaxSuppressionExecutor e, float* boxes, float* scores, byte* scratch, int* chosen, int* counts, int max, float iou, float threshold) : IParallelJob
    {
        public void Execute(int lane)
        {
            int all = e._pictures * e._classes;
            int end = Grain.Start(all, lane + 1, e._lanes);
            for (int i = Grain.Start(all, lane, e._lanes); i < end; i++)
                counts[i] = Choose(boxes + (nint)(i / e._classes) * e._boxes * 4, scores + (nint)i * e._boxes, (ulong*)(scratch + lane * e._candidateBytes), chosen + (nint)i * e._boxes);
        }

        private int Choose(float* box, float* score, ulong* candidates, int* kept)
        {
            if (max == 0) return 0;
            int count = 0;
            for (int b = 0; b < e._boxes; b++)
                if (score[b] > threshold) candidates[count++] = Key(score[b], b);
            new Span<ulong>(candidates, count).Sort();
            int n = 0;
            for (int i = 0; i < count && n < max; i++)
            {
                int b = (int)(uint)candidates[i];
                bool free = true;
                for (int k = 0; k < n && free; k++) free = Overlap(box + (nint)b * 4, box + (nint)kept[k] * 4) <= iou;
                if (free) kept[n++] = b;
            }

            return n;
        }

        /// <summary>Sorts ascending into scores descending, and into ascending indices where scores are equal.</summary>
        private static ulong Key(float score, int box)
        {
            uint bits = BitConverter.SingleToUInt32Bits(score + 0f); // −0 becomes 0
            uint ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
            return (ulong)~ascending << 32 | (uint)box;
        }

        /// <summary>Intersection over union; 0 where a box has no area.</summary>
        private float Overlap(float* a, float* b)
        {
            var (ax0, ay0, ax1, ay1) = Corners(a);
            var (bx0, by0, bx1, by1) = Corners(b);
            float width = MathF.Min(ax1, bx1) - MathF.Max(ax0, bx0), height = MathF.Min(ay1, by1) - MathF.Max(ay0, by0);
            if (width <= 0 || height <= 0) return 0;
            float areaA = (ax1 - ax0) * (ay1 - ay0), areaB = (bx1 - bx0) * (by1 - by0);
            if (areaA <= 0 || areaB <= 0) return 0;
            float intersection = width * height;
            return intersection / (areaA + areaB - intersection);
        }

        private (float X0, float Y0, float X1, float Y1) Corners(float* b)
        {
            // (x, y, width, height) about the centre, or two opposite corners (y, x, y, x) in any order.
            if (e._centers) return (b[0] - b[2] / 2, b[1] - b[3] / 2, b[0] + b[2] / 2, b[1] + b[3] / 2);
            return (MathF.Min(b[1], b[3]), MathF.Min(b[0], b[2]), MathF.Max(b[1], b[3]), MathF.Max(b[0], b[2]));
        }
    }
}
