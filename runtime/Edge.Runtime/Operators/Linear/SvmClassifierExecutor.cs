using Edge.Runtime.Operators.Scores;

namespace Edge.Runtime.Operators.Linear;

/// <summary>Kernel functions, then the machines of the pairs, votes and scores row by row.</summary>
internal sealed unsafe class SvmClassifierExecutor : Executor
{
    private readonly SvmKernel _kernel;
    private readonly int _rows, _outputs;
    private readonly SvmClasses _svm;
    private readonly ClassLabels _labels;
    private readonly ScoreTransform _transform;
    private readonly bool _wantsLabels, _wantsScores, _allPositive;
    private readonly nint _kernelBytes, _scoreBytes;
    // Of one row, so that the coupling of probabilities needs no scratch.
    private readonly int[] _votes;
    private readonly float[] _pairs;
    private readonly PairwiseCoupling? _coupling;

    public SvmClassifierExecutor(SvmKernel kernel, int rows, SvmClasses svm, ClassLabels labels, ScoreTransform transform, bool wantsLabels, bool wantsScores)
    {
        (_kernel, _rows, _svm, _labels, _transform) = (kernel, rows, svm, labels, transform);
        (_wantsLabels, _wantsScores) = (wantsLabels, wantsScores);
        _outputs = svm.IsLinear ? svm.Classes : svm.VectorCount;
        _kernelBytes = FeatureRows.Aligned((nint)rows * _outputs * sizeof(float));
        _scoreBytes = FeatureRows.Aligned((nint)rows * svm.Scores * sizeof(float));
        _votes = new int[svm.Classes];
        _pairs = new float[svm.Pairs];
        _coupling = svm.HasProbabilities ? new PairwiseCoupling(svm.Classes) : null;
        _allPositive = svm.Coefficients.All(c => c >= 0);
    }

    public override string Kernel => _kernel.Name;

    public override nint ScratchBytes => _kernelBytes + _scoreBytes + _kernel.ScratchBytes;

    public override nint PackedBytes => _kernel.PackedBytes;

    public override long Macs => _kernel.Macs;

    public override void Execute(in StepContext c)
    {
        float* k = (float*)c.Scratch, scores = (float*)(c.Scratch + _kernelBytes);
        _kernel.Run(c.Input<byte>(0), k, c.Scratch + _kernelBytes + _scoreBytes, c.Pool);
        for (int row = 0; row < _rows; row++)
        {
            var y = new Span<float>(scores + (nint)row * _svm.Scores, _svm.Scores);
            var values = new ReadOnlySpan<float>(k + (nint)row * _outputs, _outputs);
            int label = _svm.IsLinear ? Linear(values, y) : Vote(values, y);
            if (_wantsLabels) c.Output<long>(0)[row] = _labels.Elements[label];
        }

        if (!_wantsScores) return;
        float* z = c.Output<float>(1);
        new ReadOnlySpan<float>(scores, _rows * _svm.Scores).CopyTo(new Span<float>(z, _rows * _svm.Scores));
        if (!_svm.IsOneScoreForTwo) _transform.Apply(z, _rows, _svm.Scores, c.Pool);
    }

    public override void Dispose()
    {
        _kernel.Dispose();
        base.Dispose();
    }

    private int Linear(ReadOnlySpan<float> sums, Span<float> y)
    {
        int best = 0;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = sums[i] + _svm.Rho[0];
            if (y[i] > y[best]) best = i;
        }

        // Of two classes ONNX Runtime prefers the second: at a half where no coefficient is negative, else at zero.
        bool second = y.Length == 2 && _svm.ProbA.Length == 0 && (_allPositive ? y[best] >= 0.5f : y[best] > 0);
        return second ? 1 : best;
    }

    private int Vote(ReadOnlySpan<float> values, Span<float> y)
    {
        Array.Clear(_votes);
        int pair = 0, count = _svm.VectorCount;
        for (int i = 0; i < _svm.Classes - 1; i++)
        {
            for (int j = i + 1; j < _svm.Classes; j++, pair++)
            {
                double sum = Sum(values, i, (j - 1) * count) + Sum(values, j, i * count) + _svm.Rho[pair];
                _pairs[pair] = (float)sum;
                _votes[sum > 0 ? i : j]++;
            }
        }

        if (_coupling is not null) _coupling.Run(_pairs, _svm.ProbA, _svm.ProbB, y);
        else if (_svm.Classes > 2) _pairs.CopyTo(y);
        else (y[0], y[1]) = _transform.Kind == PostTransform.None ? (-_pairs[0], _pairs[0]) : (1 - _pairs[0], _pairs[0]);
        return Array.IndexOf(_votes, _votes.Max());
    }

    /// <summary>The vectors of one class against another, whose coefficients begin at <paramref name="row"/>.</summary>
    private double Sum(ReadOnlySpan<float> values, int ofClass, int row)
    {
        double sum = 0;
        for (int v = _svm.Starts[ofClass]; v < _svm.Starts[ofClass + 1]; v++) sum += (double)_svm.Coefficients[row + v] * values[v];
        return sum;
    }
}
