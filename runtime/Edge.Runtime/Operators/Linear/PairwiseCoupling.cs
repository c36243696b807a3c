namespace Edge.Runtime.Operators.Linear;

/// <summary>
/// Probabilities of classes from scores of pairs, as libsvm has it: Platt's sigmoid makes each score the probability of the
/// first of its pair, and the probabilities of the classes are those that agree with all pairs best (Wu, Lin and Weng:
/// Probability estimates for multi-class classification by pairwise coupling, 2004, second method).
/// </summary>
internal sealed class PairwiseCoupling(int classes)
{
    private const int MaxRounds = 100;
    private const double Least = 1e-7;

    private readonly double[] _r = new double[classes * classes];
    private readonly double[] _q = new double[classes * classes];
    private readonly double[] _qp = new double[classes];
    private readonly double[] _p = new double[classes];

    /// <param name="scores">One a pair, (0,1), (0,2), …, (1,2), …</param>
    /// <param name="a">Slope of each pair's sigmoid.</param>
    /// <param name="b">Its offset.</param>
    /// <param name="y">The probability of each class.</param>
    public void Run(ReadOnlySpan<float> scores, float[] a, float[] b, Span<float> y)
    {
        int pair = 0;
        for (int i = 0; i < classes; i++)
        {
            for (int j = i + 1; j < classes; j++, pair++)
            {
                double first = Math.Clamp(1 / (1 + Math.Exp((double)scores[pair] * a[pair] + b[pair])), Least, 1 - Least);
                _r[i * classes + j] = first;
                _r[j * classes + i] = 1 - first;
            }
        }

        Couple();
        for (int i = 0; i < classes; i++) y[i] = (float)_p[i];
    }

    private void Couple()
    {
        int k = classes;
        for (int i = 0; i < k; i++)
        {
            _p[i] = 1.0 / k;
            _q[i * k + i] = 0;
            for (int j = 0; j < k; j++)
            {
                if (j == i) continue;
                _q[i * k + i] += _r[j * k + i] * _r[j * k + i];
                _q[i * k + j] = -_r[j * k + i] * _r[i * k + j];
            }
        }

        for (int round = 0; round < MaxRounds; round++)
        {
            double pqp = 0, error = 0;
            for (int i = 0; i < k; i++)
            {
                _qp[i] = 0;
                for (int j = 0; j < k; j++) _qp[i] += _q[i * k + j] * _p[j];
                pqp += _p[i] * _qp[i];
            }

            for (int i = 0; i < k; i++) error = Math.Max(error, Math.Abs(_qp[i] - pqp));
            if (error < 0.005 / k) break;
            for (int i = 0; i < k; i++)
            {
                double step = (pqp - _qp[i]) / _q[i * k + i];
                _p[i] += step;
                pqp = (pqp + step * (step * _q[i * k + i] + 2 * _qp[i])) / (1 + step) / (1 + step);
                for (int j = 0; j < k; j++)
                {
                    _qp[j] = (_qp[j] + step * _q[i * k + j]) / (1 + step);
                    _p[j] /= 1 + step;
                }
            }
        }
    }
}
